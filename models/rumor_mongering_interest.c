/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumor_mongering_interest.c - how a node of rumor-mongering loses interest; see rumor_mongering.c.
 *
 * Counters are bit-sliced (set_tally() in sim/set.h): a contact with many rumors costs as one.
 */
#include "models/counters.h"
#include "models/rumor_mongering.h"

#include <stdio.h>

bool interest_is_judged(const struct config *c)
{
    if (c->stop == TRANSMISSIONS)
        return false;
    return c->mode != PUSH || (c->stop == ROUNDS && c->calls.connection_limit > 0);
}

static int first_plane(const struct config *c)
{
    return interest_is_judged(c) ? PLANES_JUDGED : PLANES;
}

static int plane_count(const struct config *c)
{
    return c->stop != COIN && c->stop != NEVER ? set_tally_planes((unsigned)c->k) : 0;
}

int interest_sets(const void *config)
{
    const struct config *c = config;

    if (c->stop == NEVER)
        return c->relay ? 0 : 1;
    return first_plane(c) + plane_count(c);
}

/* Loses interest in `old`, which it takes. */
static void retire(struct node *n, struct set *old)
{
    node_count(n, RETIRED, set_count(old));
    set_remove(&node_sets(n)[HOT], old);
    set_free(old);
}

struct set *interest_first(struct node *n, node_id to)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);
    struct set *current = node_newest(n, s[HOT]);

    retire(n, set_minus(s[HOT], current));
    set_free(current);
    if (c->first == FIRST_FEWEST_SENT)
        return limit_by_counter(n, node_meant_for(n, to, s[HOT]), c->limit, s + first_plane(c),
                                plane_count(c));
    return limit_entries(n, node_meant_for(n, to, s[HOT]), c->limit, (enum first)c->first);
}

bool interest_can_limit(const struct config *c, char why[PARAM_WHY_MAX])
{
    if (c->limit != 0 && c->stop == NEVER) {
        snprintf(why, PARAM_WHY_MAX,
                 "`limit` needs rumors that cool down: with `stop: never` some would never go");
        return false;
    }
    if (c->limit != 0 && (c->stop == COUNTER || c->stop == COIN) && !c->feedback) {
        snprintf(why, PARAM_WHY_MAX,
                 "`limit` is not supported with blind contacts; it needs `feedback: true`, or "
                 "`stop: transmissions` or `rounds`");
        return false;
    }
    if (c->first == FIRST_FEWEST_SENT && c->stop != TRANSMISSIONS) {
        snprintf(why, PARAM_WHY_MAX,
                 "`first: fewest-sent` needs `stop: transmissions`, which counts them");
        return false;
    }
    return true;
}

void interest_tally(struct node *n, const struct set *told)
{
    const struct config *c = node_config(n);
    struct set *still_hot = set_common(told, node_sets(n)[HOT]);

    retire(n, set_tally(node_sets(n) + first_plane(c), still_hot, (unsigned)c->k));
    set_free(still_hot);
}

/* Those of the hot rumors in `told` on which the coin falls. */
static struct set *toss(struct node *n, const struct set *told)
{
    const struct config *c = node_config(n);
    struct set *kept = set_common(told, node_sets(n)[HOT]);
    struct set *fallen = set_copy(kept);

    for (update_id i = 0; set_next(fallen, &i); i++)
        if (node_random(n, (uint64_t)c->k) == 0)
            set_drop(&kept, i);
    set_remove(&fallen, kept);
    set_free(kept);
    return fallen;
}

void interest_fade(struct node *n, const struct set *told)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);
    struct set *in_vain;

    if (!interest_is_judged(c)) {
        if (c->stop == COIN)
            retire(n, toss(n, told));
        else
            interest_tally(n, told);
        return;
    }
    in_vain = c->stop == COIN ? toss(n, told) : set_common(told, s[HOT]);
    set_add(&s[VAIN], in_vain);
    set_free(in_vain);
}

void interest_count_blind(struct node *n, const struct set *hot, const node_id *partners, int count)
{
    const struct config *c = node_config(n);
    struct set *told;

    if (c->feedback || (c->stop != COUNTER && c->stop != COIN))
        return;
    told = set_copy(hot);
    for (int i = 0; i < count; i++) {
        struct set *theirs = node_meant_for(n, partners[i], told);

        interest_fade(n, theirs);
        set_free(theirs);
    }
    set_free(told);
}

void interest_renew(struct node *n, const struct set *told)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);

    if (!interest_is_judged(c))
        set_tally_reset(s + PLANES, told, (unsigned)c->k);
    else
        set_add(&s[WANTED], told);
}

void interest_end_cycle(struct node *n)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);
    struct set *told;

    if (c->stop == COIN) {
        retire(n, set_copy(s[VAIN]));
        set_clear(&s[VAIN]);
        return;
    }
    if (c->reset)
        set_tally_reset(s + PLANES_JUDGED, s[WANTED], (unsigned)c->k);
    told = set_minus(s[VAIN], s[WANTED]);
    interest_tally(n, told);
    set_free(told);
    set_clear(&s[WANTED]);
    set_clear(&s[VAIN]);
    if (c->stop == ROUNDS)
        s[VAIN] = set_copy(s[HOT]);
}

void interest_send_counters(struct node *n, node_id to, int kind, struct set *told)
{
    const struct config *c = node_config(n);
    const int count = plane_count(c);
    struct set *planes[8];

    for (int i = 0; i < count; i++)
        planes[i] = set_common(node_sets(n)[PLANES_JUDGED + i], told);
    node_send_pack(n, to, kind, told, &(struct pack){ .more = planes, .count = count });
}

struct set *interest_compare_counters(struct node *n, const struct message *m)
{
    struct set *both = set_common(m->set, node_sets(n)[HOT]);
    struct set *counted =
        counters_not_larger(node_sets(n) + PLANES_JUDGED, m->more, m->more_count, both);

    interest_fade(n, counted);
    set_free(counted);
    return both;
}
