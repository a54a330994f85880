/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_rate.c - flow control: how many updates a second a node lets its clients write; see
 * scuttlebutt.h.
 *
 * Each node has a rate that it is allowed and one that it wants: what its clients wrote lately, or,
 * while one waits, all that it can get.  Two things change what it is allowed:
 *
 *   balancing   in each exchange the two share the sum of what they are allowed.  If it is enough,
 *               each gets what it wants and half of the rest; otherwise half of the sum, or what
 *               it wants if that is less, and the other one the remainder
 *   adaptation  an ACK or ACK2 that had no room for all that was due multiplies it by
 *               `rate_decrease`; one that had adds `rate_increase`, but no node is raised above
 *               twice what it wants, for of a rate that nobody uses nobody knows if it is too much
 *
 *   A --SYN: allowed, wanted--> B     B reckons, takes its part,
 *   A <--ACK: what B took------ B     and A gives it
 *
 * So the sum is kept whatever else A and B do meanwhile, unless an ACK is lost, or A has given away
 * elsewhere what B takes, and is left with `rate_min`.  With a `fanout` of k each partner moves a
 * k-th of it, so that all of them together take no more than A has.
 *
 * Who writes uses up credit, which grows by the rate.  There is never more than an interval's
 * beside the update that is due: what is written between two rounds goes in the same messages,
 * early or late.
 *
 * Source: van Renesse et al., LADIS 2008, section 4, that rates are adapted by overflows as TCP's
 * window is; how they are balanced, after programs that follow it.  Who reckons, what a node wants,
 * credit and values are ours.
 */
#include "models/scuttlebutt.h"

#include <math.h>
#include <string.h>

enum { SYN_RATE_BYTES = 8, ACK_RATE_BYTES = 4 };
enum { REMEMBERED = 8 }; /* rounds that what was written lately goes back, by and large */
enum { HEADROOM = 2 };
enum { NOBODY_WAITS = -1 };

static struct rate *rate_of(struct node *n)
{
    return &((struct state *)node_state(n))->rate;
}

static bool is_on(struct node *n)
{
    return ((const struct config *)node_config(n))->flow_control;
}

static double limited(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

/* ---- credit ---- */

static double seconds(sim_time time)
{
    return (double)time / SIM_SECOND;
}

static double most_credit(struct node *n)
{
    const struct config *c = node_config(n);

    return 1 + rate_of(n)->allowed * seconds(c->interval);
}

static void earn(struct node *n)
{
    struct rate *rate = rate_of(n);

    rate->credit += rate->allowed * seconds(node_now(n) - rate->since);
    rate->credit = fmin(rate->credit, most_credit(n));
    rate->since = node_now(n);
}

static void allow(struct node *n, double allowed)
{
    const struct config *c = node_config(n);
    struct rate *rate = rate_of(n);

    earn(n);
    rate->allowed = limited(allowed, c->rate_min, c->rate_max);
    node_gauge(n, RATE, rate->allowed);
}

void rate_start(struct node *n)
{
    const struct config *c = node_config(n);

    if (!is_on(n))
        return;
    *rate_of(n) = (struct rate){ .since = node_now(n), .holds_until = NOBODY_WAITS };
    allow(n, c->rate_initial);
    rate_of(n)->credit = most_credit(n);
}

/* At most an interval, for the rate may have changed then; and not less in rounds, where nothing is
 * earned before the next one. */
sim_time rate_wait(struct node *n)
{
    const struct config *c = node_config(n);
    struct rate *rate = rate_of(n);
    sim_time wait;

    if (!((const struct state *)node_state(n))->has_begun)
        return 0;
    earn(n);
    wait = (sim_time)limited(ceil((1 - rate->credit) / rate->allowed * SIM_SECOND), 0,
                             (double)c->interval);
    if (wait > 0 && node_has_rounds(n))
        wait = c->interval;
    rate->holds_until = wait > 0 ? node_now(n) + wait : NOBODY_WAITS;
    return wait;
}

void rate_note_written(struct node *n, const struct set *news)
{
    struct rate *rate = rate_of(n);

    for (update_id id = 0; is_on(n) && set_next(news, &id); id++)
        if (node_update_info(n, id).origin == node_self(n)) {
            rate->credit--;
            rate->written++;
        }
}

/* ---- what it wants ---- */

void rate_look(struct node *n)
{
    const struct config *c = node_config(n);
    struct rate *rate = rate_of(n);

    if (!is_on(n))
        return;
    rate->lately += (rate->written / seconds(c->interval) - rate->lately) / REMEMBERED;
    rate->written = 0;
}

static double wanted(struct node *n)
{
    const struct config *c = node_config(n);
    const struct rate *rate = rate_of(n);

    return node_now(n) <= rate->holds_until ? c->rate_max : rate->lately;
}

/* ---- what it is allowed ---- */

void rate_adapt(struct node *n, bool has_overflowed)
{
    const struct config *c = node_config(n);
    const struct rate *rate = rate_of(n);

    if (!is_on(n))
        return;
    if (has_overflowed)
        allow(n, rate->allowed * c->rate_decrease);
    else if (rate->allowed < HEADROOM * wanted(n))
        allow(n, rate->allowed + c->rate_increase);
}

static uint32_t bits_of(double x)
{
    const float number = (float)x;
    uint32_t bits;

    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static double number_of(uint32_t bits)
{
    float number;

    memcpy(&number, &bits, sizeof number);
    return number;
}

/* The lowest bits of a number's fraction are the flags' of a message. */
void rate_tell(struct node *n, struct pack *syn)
{
    if (!is_on(n))
        return;
    syn->value |= bits_of(wanted(n)) & ~(uint32_t)MESSAGE_FLAGS;
    syn->stamp = bits_of(rate_of(n)->allowed);
}

static double share_of_sum(double sum, double mine, double theirs)
{
    if (mine + theirs <= sum)
        return mine + (sum - mine - theirs) / 2;
    if (mine < sum / 2)
        return mine;
    return theirs < sum / 2 ? sum - theirs : sum / 2;
}

/* Positive: the partner gives it. */
uint32_t rate_take(struct node *n, const struct message *syn)
{
    const struct config *c = node_config(n);
    const double allowed = rate_of(n)->allowed;
    const double sum = allowed + number_of(syn->stamp);
    double share;
    uint32_t taken;

    if (!is_on(n))
        return 0;
    share = share_of_sum(sum, wanted(n), number_of(syn->value & ~(uint32_t)MESSAGE_FLAGS));
    share = limited(share, fmax(c->rate_min, sum - c->rate_max), sum - c->rate_min);
    taken = bits_of((share - allowed) / (double)c->fanout);
    allow(n, allowed + number_of(taken));
    return taken;
}

void rate_give(struct node *n, const struct message *ack)
{
    if (is_on(n))
        allow(n, rate_of(n)->allowed - number_of(ack->stamp));
}

uint32_t rate_bytes(const struct config *c, int kind)
{
    return !c->flow_control ? 0 : kind == ACK ? ACK_RATE_BYTES : kind == ACK2 ? 0 : SYN_RATE_BYTES;
}
