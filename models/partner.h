/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * partner.h - whom a node calls: the ways that models offer as `partner`, and the hunt for another
 * partner after one has rejected the call.
 *
 * A hunt never goes to a partner that was called in the same cycle: the model keeps those as its
 * records (one of struct called each), and forgets them when the next cycle begins.
 */
#ifndef MODELS_PARTNER_H
#define MODELS_PARTNER_H

#include "sim/node.h"

enum partner {
    PARTNER_RANDOM,      /* any peer, one as likely as another */
    PARTNER_SHUFFLED,    /* the next of a list of one's own, shuffled anew when it is through */
    PARTNER_ROUND_ROBIN, /* the next by the node numbers, all nodes in step */
    PARTNER_NEAREST,     /* a neighbour on the ring of node numbers */
    PARTNER_SPATIAL,     /* less often the farther away on that ring */
};

extern const char *const partner_names[]; /* closed by NULL */

/* What a choice of partners needs: the exponent of the distance (spatial), and a counter of the
 * node's own, 0 at first (shuffled and round-robin; others pass NULL). */
struct partner_choice {
    enum partner how;
    double exponent;
    uint32_t *turn;
};

/* Whether that counter is needed. */
bool partner_takes_turns(int how);

/* The next partner; false if there is nobody. */
bool partner_pick(struct node *n, const struct partner_choice *choice, node_id *partner);

struct called {
    node_id partner;
};

/* A cycle begins: nobody was called yet. */
void hunt_begin(struct node *n);

/* Somebody was called in this cycle. */
void hunt_note(struct node *n, node_id partner);

/* As partner_pick(), but one that was not called yet.  Gives up after so many tries in vain that
 * hardly anybody can be left. */
bool hunt_pick(struct node *n, const struct partner_choice *choice, node_id *partner);

#endif
