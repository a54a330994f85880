/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * partner.h - whom a node calls: the ways that models offer as `partner`, one partner or several,
 * and the hunt for another partner after one has rejected the call.
 *
 * A hunt never goes to a partner that was called in the same cycle: the model keeps those as its
 * records (one of struct called each), and forgets them when the next cycle begins.
 */
#ifndef MODELS_PARTNER_H
#define MODELS_PARTNER_H

#include "models/rule.h"
#include "sim/node.h"

enum partner {
    PARTNER_RANDOM,      /* any peer, one as likely as another */
    PARTNER_SHUFFLED,    /* the next of a list of one's own, shuffled anew when it is through */
    PARTNER_ROUND_ROBIN, /* the next by the node numbers, all nodes in step */
    PARTNER_NEAREST,     /* a neighbour on the ring of node numbers */
    PARTNER_SPATIAL,     /* less often the farther away on that ring */
    PARTNER_LATENCY,     /* the nearest in latency of some random peers */
    PARTNER_WEIGHTED,    /* more often the more it weighs, by the weights that the layer has */
};

extern const char *const partner_names[]; /* closed by NULL */

/* How partners are chosen, part of a model's configuration. */
struct partners {
    int how;                 /* enum partner */
    double spatial_exponent; /* of the distance */
    int64_t latency_choices; /* peers compared */
    double own_group;        /* the share of picks within it; -1: groups do not matter */
};

/*
 * The places of its rows in a model's enum, and the rows; `is_new`: the model was there before its
 * `partner` was.
 *
 * An exponent of 2: on a line it keeps traffic local and spreads nearly as fast (Demers, section
 * 3).  Two choices: what a second one gains is most of what there is to gain (M. Mitzenmacher, The
 * power of two choices in randomized load balancing, 2001).
 */
#define PARTNER_PLACES ROW_PARTNER, ROW_SPATIAL_EXPONENT, ROW_LATENCY_CHOICES, ROW_OWN_GROUP
#define PARTNER_ROWS(config, field, is_new)                                                        \
    [ROW_PARTNER] = PARAM_NAMED(                                                                   \
        "partner", CHOICE, config, field.how, "random", NULL, partner_names,                       \
        "who is called: anybody; the next of a shuffled list of one's own; the next by node "      \
        "numbers (each two meet once a round, but news is slow: all nodes in step); a neighbour "  \
        "on the ring of node numbers; anybody, less often the farther away; the nearest in "       \
        "latency of some peers; or anybody, more often the larger the weight, by `{weights: "      \
        "{file: stake.csv}}` or `{weights: {eu: 3, us: 1}}`",                                      \
        .is_young = (is_new)),                                                                     \
    [ROW_SPATIAL_EXPONENT] =                                                                       \
        PARAM_NAMED("spatial_exponent", REAL, config, field.spatial_exponent, "2", "0..100", NULL, \
                    "partner: spatial: falls with the distance to this "                           \
                    "power"),                                                                      \
    [ROW_LATENCY_CHOICES] = PARAM_NAMED(                                                           \
        "latency_choices", COUNT, config, field.latency_choices, "2", "2..64", NULL,               \
        "partner: latency: random peers of which that with the shortest round trip is called"),    \
    [ROW_OWN_GROUP] =                                                                              \
        PARAM_NAMED("own_group", FRACTION, config, field.own_group, "any", "0..1", NULL,           \
                    "probability that it is one of the own group, and else of any other; any: "    \
                    "groups do not matter",                                                        \
                    .none = "any", .is_young = true)

/* Which of them have an effect. */
#define PARTNER_RULES(partners)                                                           \
    { ROW_SPATIAL_EXPONENT, (partners).how == PARTNER_SPATIAL, "`partner: spatial`" },    \
        { ROW_LATENCY_CHOICES, (partners).how == PARTNER_LATENCY, "`partner: latency`" }, \
    {                                                                                     \
        ROW_OWN_GROUP, (partners).how != PARTNER_ROUND_ROBIN,                             \
            "a `partner` other than `round-robin`"                                        \
    }

/* Whether all peers are alike: then node_pick_peer() is all there is to it. */
bool partner_is_anybody(const struct partners *partners);

/* Whether counters of the node's own are needed, 0 at first: one, and with `own_group` a second one
 * behind it; other ways pass NULL. */
bool partner_takes_turns(const struct partners *partners);

/* The next partner; false if there is nobody. */
bool partner_pick(struct node *n, const struct partners *partners, uint32_t *turns,
                  node_id *partner);

/* Up to `count` different ones; returns how many.  Nearest finds two; one that a shuffled list
 * brings again, because it was shuffled anew meanwhile, is passed over. */
int partner_pick_some(struct node *n, const struct partners *partners, uint32_t *turns,
                      node_id *found, int count);

struct called {
    node_id partner : 31;
    node_id has_answered : 1;
};

/* A cycle begins: nobody was called yet. */
void hunt_begin(struct node *n);

/* Somebody was called in this cycle. */
void hunt_note(struct node *n, node_id partner);

/* A partner answers: whether it is the first answer to a call of this cycle. */
bool hunt_hear(struct node *n, node_id partner);

/* As partner_pick(), but one that was not called yet.  Gives up after so many tries in vain that
 * hardly anybody can be left. */
bool hunt_pick(struct node *n, const struct partners *partners, uint32_t *turns, node_id *partner);

#endif
