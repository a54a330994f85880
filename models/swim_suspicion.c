/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_suspicion.c - how long a suspicion lasts, and how often news is told; see swim.h.
 *
 * A suspicion lasts as long as it takes the suspected member to hear of it and to refute, which
 * grows with the logarithm of the members.  Lifeguard starts with a long time, which each of the
 * first k members that suspect the same independently shortens: a slow node that alone suspects
 * others hears their refutations before its time is over.
 *
 * Source: A. Das, I. Gupta, A. Motivala, SWIM, DSN 2002, section 4.2; A. Dadgar et al., Lifeguard,
 * DSN-W 2018, section IV; memberlist's util.go and suspicion.go.
 * Known values: with memberlist-lan and 100, 1000, 10 000 members at least 8, 12, 16 s
 * (tests/theory/swim_limits_test.c).
 */
#include "models/swim.h"

#include <math.h>

/* Smallest whole number of at least the natural logarithm of `x` > 0: counted by powers of e, so
 * that it hangs on no library. */
static uint32_t ceil_log_e(uint32_t x)
{
    static const uint32_t powers[] = { /* of e, rounded down */
                                       1,    2,    7,     20,    54,     148,    403,     1096,
                                       2980, 8103, 22026, 59874, 162754, 442413, 1202604, 3269017
    };
    uint32_t k = 0;

    while (k + 1 < sizeof powers / sizeof *powers && powers[k] < x)
        k++;
    return k;
}

static uint32_t ceil_log_10(uint32_t x)
{
    uint32_t k = 0;

    for (uint64_t power = 1; power < x; power *= 10)
        k++;
    return k;
}

uint32_t swim_transmit_limit(const struct config *c, uint32_t members)
{
    return (uint32_t)c->retransmit_mult *
           (c->log == LOG_10 ? ceil_log_10(members + 1) : ceil_log_e(members + 1));
}

/* Thousandths are cut off, as memberlist does; what is added makes up for a library's last bit
 * where the logarithm is a whole number. */
static int64_t thousandths(double x)
{
    return (int64_t)floor(1000 * x + 1e-9);
}

sim_time swim_suspicion_min(const struct config *c, uint32_t members)
{
    if (c->log == LOG_E)
        return c->suspicion_mult * (int64_t)ceil_log_e(members + 1) * c->interval;
    return c->suspicion_mult * thousandths(fmax(1, log10(members))) * c->interval / 1000;
}

sim_time swim_suspicion_timeout(sim_time min, sim_time max, uint32_t confirmed, uint32_t wanted)
{
    double share, seconds;
    sim_time timeout;

    if (wanted == 0 || confirmed >= wanted)
        return min;
    if (confirmed == 0)
        return max;
    share = log(confirmed + 1) / log(wanted + 1);
    seconds = (double)max / SIM_SECOND - share * (double)(max - min) / SIM_SECOND;
    timeout = thousandths(seconds) * SIM_MILLISECOND;
    return timeout > min ? timeout : min;
}

/* ---- of a member ---- */

/* The place of the first suspicion of this member or a later one: they are in the order of members.
 */
static uint32_t find_place(struct node *n, node_id member)
{
    const struct suspicion *list = node_list(n, SUSPICION_LIST);
    uint32_t low = 0, high = node_list_count(n, SUSPICION_LIST);

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (list[middle].member < member)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct suspicion *find(struct node *n, node_id member)
{
    struct suspicion *list = node_list(n, SUSPICION_LIST);
    const uint32_t place = find_place(n, member);

    return place < node_list_count(n, SUSPICION_LIST) && list[place].member == member ? &list[place]
                                                                                      : NULL;
}

static bool has_accused(struct node *n, node_id member, node_id from)
{
    const struct accuser *list = node_list(n, ACCUSERS);

    for (uint32_t i = 0; i < node_list_count(n, ACCUSERS); i++)
        if (list[i].member == member && list[i].from == from)
            return true;
    return false;
}

static void note_accuser(struct node *n, node_id member, node_id from)
{
    *(struct accuser *)node_list_add(n, ACCUSERS) =
        (struct accuser){ .member = member, .from = from };
}

/* Of a member that is suspected no longer, or whom to suspect further makes no difference. */
static void forget_accusers(struct node *n, node_id member)
{
    struct accuser *list = node_list(n, ACCUSERS);
    const uint32_t count = node_list_count(n, ACCUSERS);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        if (list[i].member != member)
            list[kept++] = list[i];
    node_list_keep(n, ACCUSERS, kept);
}

static sim_time longest(const struct config *c, sim_time min)
{
    return c->lifeguard ? min * c->suspicion_max_mult : min;
}

/* Its time is over so long after it began, or at once. */
static void set_due(struct node *n, struct suspicion *suspicion)
{
    const struct config *c = node_config(n);
    const sim_time now = node_now(n), max = longest(c, suspicion->min);

    suspicion->due =
        suspicion->since +
        swim_suspicion_timeout(suspicion->min, max, suspicion->confirmed, suspicion->wanted);
    if (suspicion->due < now)
        suspicion->due = now;
    node_after(n, suspicion->due - now, SUSPICION_OVER, suspicion->member);
}

void suspicion_begin(struct node *n, node_id member, node_id from)
{
    const struct config *c = node_config(n);
    const uint32_t members = member_count(n);
    const int64_t wanted = c->lifeguard ? c->suspicion_mult - 2 : 0; /* as memberlist has it */
    const uint32_t place = find_place(n, member);
    uint32_t i = node_list_count(n, SUSPICION_LIST);
    struct suspicion *list;

    node_list_add(n, SUSPICION_LIST);
    if (node_list_count(n, SUSPICION_LIST) == i) /* memory is short, and the run over */
        return;
    list = node_list(n, SUSPICION_LIST);
    for (; i > place; i--)
        list[i] = list[i - 1];
    list[place] = (struct suspicion){
        .member = member,
        .wanted = wanted > 0 && (int64_t)members - 2 >= wanted ? (uint32_t)wanted : 0,
        .since = node_now(n),
        .min = swim_suspicion_min(c, members),
    };
    if (list[place].wanted > 0)
        note_accuser(n, member, from);
    set_due(n, &list[place]);
}

bool suspicion_confirm(struct node *n, node_id member, node_id from)
{
    struct suspicion *suspicion = find(n, member);

    if (!suspicion || suspicion->confirmed >= suspicion->wanted || has_accused(n, member, from))
        return false;
    if (++suspicion->confirmed < suspicion->wanted)
        note_accuser(n, member, from);
    else
        forget_accusers(n, member);
    set_due(n, suspicion);
    return true;
}

void suspicion_end(struct node *n, node_id member)
{
    struct suspicion *list = node_list(n, SUSPICION_LIST);
    const uint32_t count = node_list_count(n, SUSPICION_LIST);

    if (!find(n, member))
        return;
    for (uint32_t i = find_place(n, member); i + 1 < count; i++)
        list[i] = list[i + 1];
    node_list_keep(n, SUSPICION_LIST, count - 1);
    forget_accusers(n, member);
}

void suspicion_over(struct node *n, node_id member)
{
    const struct suspicion *suspicion = find(n, member);

    if (!suspicion || suspicion->due > node_now(n)) /* refuted, or shortened and begun anew */
        return;
    node_count(n, VERDICTS, 1);
    hear_dead(n, member, (uint32_t)member_of(n, member)->incarnation, node_self(n));
}

void suspicions_forget(struct node *n)
{
    node_list_keep(n, SUSPICION_LIST, 0);
    node_list_keep(n, ACCUSERS, 0);
}
