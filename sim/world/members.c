/* SPDX-License-Identifier: GPL-3.0-or-later */
/* members.c - see members.h. */
#include "sim/world/members.h"

#include "sim/world/presence.h"

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

void members_begin_away(struct run *run)
{
    struct members *members = &run->members;

    if (run->config->members != MEMBERS_JOIN || run->memory.is_short)
        return;
    members->to_join = joiners_of(run).count;
    if (members->to_join == 0)
        return;
    numbering_init(&members->order, members->to_join, run->keys[PURPOSE_MEMBERS]);
    members->order.tweak = draw(run->keys[PURPOSE_MEMBERS], run->nodes, 0);
    for (uint32_t i = 0; i < members->to_join; i++)
        presence_begin_away(run, joiner(run, i), ABSENT_YET);
}

void members_init(struct run *run)
{
    if (run->members.to_join == 0)
        return;
    run->faults_left++; /* the run does not end before all are there */
    schedule(run);
}

void members_join(struct run *run)
{
    struct members *members = &run->members;
    const uint32_t last = run->config->join_rate > 0 ? members->joined + 1 : members->to_join;

    presence_begin_change(run);
    for (; members->joined < last; members->joined++) {
        const node_id node = joiner(run, members->joined);

        if (presence_is_away(run, node, ABSENT_YET))
            presence_return(run, node, ABSENT_YET);
    }
    presence_end_change(run);
    if (last < members->to_join)
        schedule(run);
    else
        run->faults_left--;
}
