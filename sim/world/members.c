/* SPDX-License-Identifier: GPL-3.0-or-later */
/* members.c - see members.h; and what a node is told of the others, see node.h. */
#include "sim/world/members.h"

#include "sim/world/presence.h"

/* ---- who joins ---- */

/* The scenario's numbers of those who join: from `first` on, but for a gap. */
struct joiners {
    uint32_t first, count;
    uint32_t gap, absent; /* the absent group's nodes among them, from the gap-th on */
};

static struct joiners joiners_of(const struct run *run)
{
    const struct sim_config *config = run->config;
    const int64_t nodes = run->nodes;
    const int64_t first = config->seeds < nodes ? config->seeds : nodes;
    const int64_t absent_end = config->absent_first + config->absent_nodes;
    const int64_t gap = config->absent_first > first ? config->absent_first : first;
    const int64_t absent = absent_end > gap ? absent_end - gap : 0;

    return (struct joiners){ (uint32_t)first, (uint32_t)(nodes - first - absent),
                             (uint32_t)(gap - first), (uint32_t)absent };
}

static node_id joiner(const struct run *run, uint32_t index)
{
    const struct joiners joiners = joiners_of(run);
    const uint32_t place = numbering_inside(&run->members.order, index);

    return numbering_inside(&run->numbering,
                            joiners.first + place + (place < joiners.gap ? 0 : joiners.absent));
}

/* The next that joins has its time, if that comes. */
static void schedule(struct run *run)
{
    const double rate = run->config->join_rate;
    const double at = rate > 0 ? (run->members.joined + 1.0) / rate * SIM_SECOND : 0;

    if (at <= (double)run->config->stop.at)
        agenda_add(&run->agenda, (sim_time)at, AGENDA_CHURN, run->nodes);
}

static void begin_alone(struct run *run)
{
    struct members *members = &run->members;

    members->to_join = joiners_of(run).count;
    if (members->to_join == 0)
        return;
    numbering_init(&members->order, members->to_join, run->keys[PURPOSE_MEMBERS]);
    members->order.tweak = draw(run->keys[PURPOSE_MEMBERS], run->nodes, 0);
    for (uint32_t i = 0; i < members->to_join; i++)
        presence_begin_away(run, joiner(run, i), ABSENT_YET);
    run->faults_left++; /* the run does not end before all are there */
    schedule(run);
}

void members_join(struct run *run)
{
    struct members *members = &run->members;
    const uint32_t last = run->config->join_rate > 0 ? members->joined + 1 : members->to_join;

    census_begin_change(&run->census);
    for (; members->joined < last; members->joined++) {
        const node_id node = joiner(run, members->joined);

        if (presence_is_away(run, node, ABSENT_YET))
            presence_return(run, node, ABSENT_YET);
    }
    census_end_change(&run->census, run_credit(run, run->node.now));
    if (last < members->to_join)
        schedule(run);
    else
        run->faults_left--;
}

/* ---- who was there ---- */

/* Whether a model of the stack may ask. */
static bool is_asked(const struct run *run)
{
    return run->provider || run->detection.nodes;
}

static void list_founders(struct run *run)
{
    struct members *members = &run->members;

    members->founder_count = run->census.alive;
    if (members->founder_count == run->nodes)
        return;
    members->founders =
        memory_get(&run->memory, members->founder_count + 1, sizeof *members->founders);
    for (node_id node = 0, count = 0; node < run->nodes && members->founders; node++)
        if (!run_is_down(run, node))
            members->founders[count++] = node;
}

void members_init(struct run *run)
{
    if (run->memory.is_short)
        return;
    if (run->config->members == MEMBERS_JOIN)
        begin_alone(run);
    else if (is_asked(run))
        list_founders(run);
}

uint32_t node_founder_count(const struct node *n)
{
    return run_of_const(n)->members.founder_count;
}

node_id node_founder_at(const struct node *n, uint32_t index)
{
    const struct members *members = &run_of_const(n)->members;

    return members->founders ? members->founders[index] : index;
}

bool node_is_founder(const struct node *n, node_id node)
{
    const struct members *members = &run_of_const(n)->members;
    uint32_t low = 0, high = members->founder_count;

    if (!members->founders)
        return high > 0;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (members->founders[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low < members->founder_count && members->founders[low] == node;
}

/* ---- contact points ---- */

bool node_seed(const struct node *n, uint32_t index, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const int64_t seeds = run->config->seeds;
    const uint32_t known = seeds < run->nodes ? (uint32_t)seeds : run->nodes;
    const node_id own = numbering_outside(&run->numbering, n->id);
    const uint32_t others = known - (own < known);
    struct numbering order;
    uint32_t place;

    if (index >= others)
        return false;
    numbering_init(&order, others, run->keys[PURPOSE_MEMBERS]);
    order.tweak = draw(run->keys[PURPOSE_MEMBERS], n->id, run_life(run, n->id));
    place = numbering_inside(&order, index);
    *peer = numbering_inside(&run->numbering, place + (own < known && place >= own));
    return true;
}
