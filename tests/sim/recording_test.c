/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is recorded by node, by group and of ages: it changes nothing; a group of all nodes has the
 * figures of the run, whatever the run is like; groups add up; and an observer that works the
 * figures out the slow way finds the same.
 */
#include "sim/truth/ages.h"
#include "tests/models/harness.h"
#include "tests/sim/same_result.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 30, UPDATES = 40, GROUPS = 3, CASES = 24 };

static const char *const one_name[] = { "all" };
static const uint32_t one_end[] = { NODES };
static const char *const names[GROUPS] = { "eu", "us", "asia" };
static const uint32_t ends[GROUPS] = { 4, 13, NODES };

/* ---- setups ---- */

/* What differs from case to case. */
struct scene {
    struct setup setup;
    struct sim_fault faults[3];
    struct distribution *sizes;
};

static uint64_t bits_of(uint32_t number, uint32_t what)
{
    return draw(draw_key(number, 0, PURPOSE_MODEL), what, 0);
}

static void draw_faults(struct scene *s, uint32_t number)
{
    static const enum sim_fault_kind kinds[] = { FAULT_CRASH, FAULT_WIPE, FAULT_RECOVER };

    for (uint32_t i = 0; i < 3; i++) {
        const uint64_t bits = bits_of(number, 10 + i);

        s->faults[i] =
            (struct sim_fault){ .kind = kinds[bits % 3],
                                .of = { .kind = SELECT_COUNT, .count = (int64_t)(bits % NODES) },
                                .at = (sim_time)(bits % (20 * (uint64_t)SIM_SECOND)),
                                .every = bits & 1 ? 4 * SIM_SECOND : 0 };
        if (s->faults[i].kind == FAULT_CRASH && (bits & 2))
            s->faults[i].lasts = (sim_time)(bits % (9 * (uint64_t)SIM_SECOND)) + 1;
    }
    s->setup.config.faults = s->faults;
    s->setup.config.fault_count = number % 4 == 3 ? 0 : 3;
}

static void draw_scene(struct scene *s, uint32_t number)
{
    static const char *const stacks[][2] = { { "rumor-mongering", "" },
                                             { "anti-entropy", "compare=peel-back" },
                                             { "anti-entropy", "compare=merkle" },
                                             { "direct-mail", "queue=3 retry_every=300ms" },
                                             { "rumor-mongering", "transport=connection" } };
    struct sim_config *config = &s->setup.config;

    *s = (struct scene){ .sizes = distribution_new(&(struct distribution_spec){
                             .kind = DISTRIBUTION_EXPONENTIAL, .a = 500 }) };
    setup_init(&s->setup, NODES);
    draw_faults(s, number);
    config->seed = number;
    config->network.loss = 0.2;
    config->network.duplicate = number % 3 == 1 ? 0.2 : 0;
    config->network.bandwidth = number % 4 == 1 ? 200000 : 0;
    config->network.processing = number % 5 == 2 ? s->setup.latency : NULL;
    config->network.inbox_max = 3;
    config->workload.updates = UPDATES;
    config->workload.keys = number % 2 ? 7 : UPDATES;
    config->workload.sizes = number % 6 >= 4 ? s->sizes : NULL;
    config->workload.arrival = ARRIVAL_POISSON;
    config->workload.rate = 2;
    config->store.preload = number % 3 == 0 ? 5 : 0;
    config->store.missing = 0.3;
    config->stop.at = 40 * SIM_SECOND;
    config->stop.when = (enum sim_stop_when)(number % 3);
    config->warmup = number % 2 ? 3 * SIM_SECOND : 0;
    config->cooldown = number % 7 == 2 ? 9 * SIM_SECOND : 0;
    assert_true(setup_add(&s->setup, stacks[number % 5][0], stacks[number % 5][1]));
    if (number % 8 >= 4)
        assert_true(setup_add(&s->setup, "anti-entropy", "mode=pull"));
}

static void record_all(struct sim_config *config, const char *const *group_names,
                       const uint32_t *group_ends, size_t count)
{
    config->node_counts = true;
    config->ages = true;
    config->group_names = group_names;
    config->group_ends = group_ends;
    config->group_count = count;
}

/* ---- a group of all ---- */

/* The metric of the group, or of the run. */
static const struct sim_metric *find(const struct sim_result *result, const char *name,
                                     const char *group)
{
    char whole[METRIC_NAME_MAX + 1];

    snprintf(whole, sizeof whole, "%s%s%s", name, group ? "@" : "", group ? group : "");
    for (size_t i = 0; i < result->metric_count; i++)
        if (strcmp(result->metrics[i].name, whole) == 0)
            return &result->metrics[i];
    return NULL;
}

static void check_group_of_all(const struct sim_config *config, uint32_t number)
{
    struct sim_config recorded = *config;
    struct sim_result plain, seen;

    record_all(&recorded, one_name, one_end, 1);
    sim_run(config, &plain);
    sim_run(&recorded, &seen);
    assert_true(plain.fingerprint == seen.fingerprint);
    for (size_t i = 0; i < plain.metric_count; i++) {
        const struct sim_metric *a = &plain.metrics[i], *b = find(&seen, a->name, NULL);

        if (strchr(a->name, '.')) /* a model may be there twice */
            continue;
        if (!b || a->never != b->never || memcmp(&a->value, &b->value, sizeof a->value) != 0)
            fail_msg("case %u: %s is another where more is recorded", number, a->name);
    }
    for (int i = 0; i < METRICS; i++) {
        const struct metric *row = &metric_table[i];
        const struct sim_metric *all = find(&seen, row->name, NULL);
        const struct sim_metric *group = find(&seen, row->name, "all");

        if ((group != NULL) != (all != NULL && row->by_group) ||
            (group && (group->never != all->never ||
                       fabs(group->value - all->value) > 1e-12 * fabs(all->value))))
            fail_msg("case %u: %s is %.17g, and of the group of all %.17g", number, row->name,
                     all ? all->value : -1, group ? group->value : -1);
    }
    sim_result_clear(&plain);
    sim_result_clear(&seen);
}

static void a_group_of_all_has_the_figures_of_the_run(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < CASES; number++) {
        struct scene s;
        struct sim_config *config = &s.setup.config;

        draw_scene(&s, number);
        check_group_of_all(config, number);
        config->store.shards = 6; /* more of what it may be like */
        config->store.replicas = number % 4 == 1 ? 0 : 5;
        config->workload.deletes = 0.3;
        check_group_of_all(config, number);
        setup_clear(&s.setup);
        distribution_free(s.sizes);
    }
}

static void forgotten_deletions_count_in_groups_too(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < CASES; number++) {
        struct scene s;

        draw_scene(&s, number);
        setup_clear(&s.setup);
        setup_init(&s.setup, NODES);
        s.setup.config.seed = number;
        s.setup.config.faults = s.faults;
        s.setup.config.fault_count = 3;
        s.setup.config.workload.updates = UPDATES;
        s.setup.config.workload.keys = 9;
        s.setup.config.workload.arrival = ARRIVAL_POISSON;
        s.setup.config.workload.rate = 2;
        s.setup.config.workload.deletes = 0.5;
        s.setup.config.stop.at = 40 * SIM_SECOND;
        assert_true(setup_add(&s.setup, "anti-entropy", "interval=2s"));
        assert_true(
            setup_add(&s.setup, "death-certificates",
                      number % 2 ? "retain=3s" : "retain=1s dormant_sites=4 dormant_retain=9s"));
        check_group_of_all(&s.setup.config, number);
        setup_clear(&s.setup);
        distribution_free(s.sizes);
    }
}

/* ---- the slow way ---- */

struct stretch {
    double from, to; /* ages, s */
};

struct slow_group {
    uint64_t messages[GROUPS], bytes[GROUPS], bytes_in;
    double stale_area, age_area, age_time, age_max;
    GArray *stretches;           /* of ages that some replica has been through, all in the window */
    double reached[UPDATES + 5]; /* all of the group know it, s; -1: not yet */
};

struct slow {
    struct sim_observer observer;
    const struct sim_config *config;
    sim_time begin, end, latest, since;
    bool is_down[NODES];
    uint64_t knows[NODES], written;
    sim_time written_at[UPDATES + 5];
    struct slow_group groups[GROUPS + 1]; /* the last one: all */
    uint64_t sent[NODES], handled[NODES];
    GHashTable *charged; /* message to bytes */
};

static int group_of(node_id node)
{
    int group = 0;

    while (node >= ends[group])
        group++;
    return group;
}

static uint32_t key_of(const struct sim_config *config, update_id update)
{
    const uint32_t preloaded = (uint32_t)config->store.preload;

    return update < preloaded ? update
                              : preloaded + (update - preloaded) % (uint32_t)config->workload.keys;
}

/* The newest update of a key that is in the set, or -1. */
static int newest_of(const struct sim_config *config, uint64_t set, uint32_t key)
{
    for (int i = UPDATES + 4; i >= 0; i--)
        if (set >> i & 1 && key_of(config, (update_id)i) == key)
            return i;
    return -1;
}

/* Node by node and key by key, between two changes. */
static void pass_node(struct slow *slow, node_id node, double from, double to, double stale[2])
{
    for (uint32_t key = 0; key < UPDATES + 5; key++) {
        const int newest = newest_of(slow->config, slow->written, key);
        const int shown = newest_of(slow->config, slow->knows[node], key);

        if (newest < 0)
            continue;
        stale[0] += shown != newest;
        stale[1]++;
        for (int g = group_of(node); shown >= 0; g = GROUPS) {
            const double at = (double)slow->written_at[shown] / 1e9;
            const struct stretch stretch = { from - at, to - at };
            struct slow_group *group = &slow->groups[g];

            g_array_append_val(group->stretches, stretch);
            group->age_area += (stretch.from + stretch.to) / 2 * (to - from);
            group->age_time += to - from;
            group->age_max = fmax(group->age_max, stretch.to);
            if (g == GROUPS)
                break;
        }
    }
}

static void pass(struct slow *slow, sim_time now)
{
    const sim_time from = slow->since > slow->begin ? slow->since : slow->begin;
    const sim_time to = now < slow->end ? now : slow->end;

    slow->since = now;
    if (to <= from)
        return;
    for (int g = 0; g < GROUPS; g++) {
        double stale[2] = { 0, 0 };

        for (node_id i = g ? ends[g - 1] : 0; i < ends[g]; i++)
            if (!slow->is_down[i])
                pass_node(slow, i, (double)from / 1e9, (double)to / 1e9, stale);
        if (stale[1] > 0)
            slow->groups[g].stale_area += stale[0] / stale[1] * (double)(to - from) / 1e9;
    }
}

/* When all live nodes of a group know an update for the first time, and there are some. */
static void look(struct slow *slow, sim_time now)
{
    for (int g = 0; g < GROUPS; g++) {
        uint64_t common = ~UINT64_C(0);
        bool is_empty = true;

        for (node_id i = g ? ends[g - 1] : 0; i < ends[g]; i++)
            if (!slow->is_down[i]) {
                common &= slow->knows[i];
                is_empty = false;
            }
        for (int i = 0; i < UPDATES + 5 && !is_empty; i++)
            if (common >> i & 1 && slow->groups[g].reached[i] < 0)
                slow->groups[g].reached[i] = (double)(now - slow->written_at[i]) / 1e9;
    }
}

static void see_message(struct slow *slow, const struct sight *sight)
{
    struct slow_group *group = &slow->groups[group_of(sight->node)];
    const gpointer known = g_hash_table_lookup(slow->charged, GSIZE_TO_POINTER(sight->message));
    const bool counts = sight->at >= slow->begin;

    if (sight->what == SEEN_SENT) {
        g_hash_table_insert(slow->charged, GSIZE_TO_POINTER(sight->message),
                            GSIZE_TO_POINTER(sight->bytes));
        group->messages[group_of(sight->peer)] += counts;
        group->bytes[group_of(sight->peer)] += counts ? sight->bytes : 0;
        slow->sent[sight->node] += counts ? sight->bytes : 0;
    } else if (counts) {
        slow->groups[group_of(sight->peer)].bytes_in += GPOINTER_TO_SIZE(known);
        slow->handled[sight->peer]++;
    }
}

static void see_slowly(void *context, const struct sight *sight)
{
    struct slow *slow = context;

    if (sight->at > slow->latest) /* all of an instant has happened */
        look(slow, slow->latest);
    slow->latest = sight->at;
    if (sight->what == SEEN_SENT || sight->what == SEEN_ARRIVED) {
        see_message(slow, sight);
        return;
    }
    pass(slow, sight->at);
    if (sight->what == SEEN_UP || sight->what == SEEN_DOWN)
        slow->is_down[sight->node] = sight->what == SEEN_DOWN;
    if (sight->what == SEEN_WIPED)
        slow->knows[sight->node] = 0;
    for (update_id i = 0; sight->what == SEEN_LEARNED && set_next(sight->set, &i); i++) {
        if (!(slow->written >> i & 1))
            slow->written_at[i] = sight->at;
        slow->written |= UINT64_C(1) << i;
        slow->knows[sight->node] |= UINT64_C(1) << i;
    }
}

static double metric_of(const struct sim_result *result, const char *name, int group)
{
    const struct sim_metric *found = find(result, name, group < GROUPS ? names[group] : NULL);

    return found ? found->never ? INFINITY : found->value : NAN;
}

static void expect(uint32_t number, const char *name, int group, double engine, double slow)
{
    if (isnan(engine) || fabs(engine - slow) > 1e-9 * fmax(1, fabs(slow)))
        fail_msg("case %u: %s of group %d is %.17g, recounted %.17g", number, name, group, engine,
                 slow);
}

/* Time spent at ages up to this. */
static double spent_below(const struct slow_group *group, double age)
{
    double sum = 0;

    for (guint i = 0; i < group->stretches->len; i++) {
        const struct stretch *s = &g_array_index(group->stretches, struct stretch, i);

        sum += fmax(0, fmin(age, s->to) - s->from);
    }
    return sum;
}

static void check_ages(const struct slow_group *group, const struct sim_result *result,
                       uint32_t number, int g)
{
    const double p99 = metric_of(result, "age_p99", g), wanted = 0.99 * group->age_time;

    expect(number, "age_mean", g, metric_of(result, "age_mean", g),
           group->age_area / group->age_time);
    expect(number, "age_max", g, metric_of(result, "age_max", g), group->age_max);
    if (!(spent_below(group, p99 * 17 / 16) >= wanted * (1 - 1e-12) &&
          spent_below(group, p99 * 15 / 16) <= wanted))
        fail_msg("case %u: age_p99 of group %d is %.17g, which is wrong", number, g, p99);
}

static int compare_loads(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The least that so many of all do not exceed, counted out. */
static double p99_of(uint64_t *counts, size_t count)
{
    size_t place = 0;

    qsort(counts, count, sizeof *counts, compare_loads);
    while ((place + 1) * 100 < 99 * count)
        place++;
    return (double)counts[place];
}

static void check_messages(struct slow *slow, const struct sim_result *result, uint32_t number)
{
    const double seconds = metric(result, "measured_time");
    double messages = 0, bytes = 0, in = 0;

    for (int g = 0; g < GROUPS; g++) {
        const struct slow_group *group = &slow->groups[g];
        const uint32_t first = g ? ends[g - 1] : 0, count = ends[g] - first;

        for (int k = 0; k < GROUPS; k++) {
            char name[64];

            snprintf(name, sizeof name, "messages@%s>%s", names[g], names[k]);
            expect(number, name, g, metric(result, name), (double)group->messages[k]);
            snprintf(name, sizeof name, "bytes@%s>%s", names[g], names[k]);
            expect(number, name, g, metric(result, name), (double)group->bytes[k]);
            messages += (double)group->messages[k];
            bytes += (double)group->bytes[k];
        }
        in += (double)group->bytes_in;
        if (seconds <= 0)
            continue;
        expect(number, "bytes_rate_in", g, metric_of(result, "bytes_rate_in", g),
               (double)group->bytes_in / count / seconds);
        expect(number, "load_p99", g, metric_of(result, "load_p99", g),
               p99_of(slow->handled + first, count));
        expect(number, "bytes_rate_p99", g, metric_of(result, "bytes_rate_p99", g),
               p99_of(slow->sent + first, count) / seconds);
        expect(number, "bytes_rate_max", g, metric_of(result, "bytes_rate_max", g),
               (double)slow->sent[first + count - 1] / seconds); /* sorted by now */
    }
    expect(number, "messages", GROUPS, metric(result, "messages"), messages);
    expect(number, "bytes", GROUPS, metric(result, "bytes"), bytes);
    if (seconds <= 0)
        return;
    expect(number, "bytes_rate_in", GROUPS, metric(result, "bytes_rate_in"), in / NODES / seconds);
    expect(number, "load_p99", GROUPS, metric(result, "load_p99"), p99_of(slow->handled, NODES));
}

static void check_knowledge(const struct slow *slow, const struct sim_result *result,
                            uint32_t number)
{
    for (int g = 0; g < GROUPS; g++) {
        const struct slow_group *group = &slow->groups[g];
        double slowest = 0;

        for (size_t i = 0; i < result->outcome_count; i++) {
            const double time = group->reached[result->outcomes[i].update];

            slowest = time < 0 ? INFINITY : fmax(slowest, time);
        }
        if (result->outcome_count > 0 && slowest != metric_of(result, "t_all", g))
            expect(number, "t_all", g, metric_of(result, "t_all", g), slowest);
        if (!find(result, "staleness_mean", NULL))
            continue;
        expect(number, "staleness_mean", g, metric_of(result, "staleness_mean", g),
               group->stale_area / ((double)(slow->end - slow->begin) / 1e9));
    }
}

static void recount(const struct sim_config *config, uint32_t number)
{
    struct slow slow = { .config = config,
                         .begin = config->warmup,
                         .end = config->stop.at - config->cooldown };
    struct sim_config watched = *config;
    struct sim_result result;

    slow.observer = (struct sim_observer){ .wants = SEEN_SENT | SEEN_ARRIVED | SEEN_LEARNED |
                                                    SEEN_UP | SEEN_DOWN | SEEN_WIPED,
                                           .see = see_slowly,
                                           .context = &slow };
    slow.charged = g_hash_table_new(NULL, NULL);
    for (update_id i = 0; i < config->store.preload; i++) /* whoever knows it */
        slow.written |= UINT64_C(1) << i;
    for (int g = 0; g <= GROUPS; g++) {
        slow.groups[g].stretches = g_array_new(FALSE, FALSE, sizeof(struct stretch));
        for (int i = 0; i < UPDATES + 5; i++)
            slow.groups[g].reached[i] = -1;
    }
    watched.observer = &slow.observer;
    sim_run(&watched, &result);
    look(&slow, slow.latest);
    pass(&slow, slow.end);
    check_messages(&slow, &result, number);
    check_knowledge(&slow, &result, number);
    for (int g = 0; g <= GROUPS && find(&result, "age_mean", NULL); g++)
        if (find(&result, "age_mean", g < GROUPS ? names[g] : NULL) || slow.groups[g].age_time > 0)
            check_ages(&slow.groups[g], &result, number, g);
    for (int g = 0; g <= GROUPS; g++)
        g_array_free(slow.groups[g].stretches, TRUE);
    g_hash_table_destroy(slow.charged);
    sim_result_clear(&result);
}

static void what_is_seen_adds_up_by_group(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < CASES; number++) {
        struct scene s;

        draw_scene(&s, number);
        record_all(&s.setup.config, names, ends, GROUPS);
        recount(&s.setup.config, number);
        setup_clear(&s.setup);
        distribution_free(s.sizes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_of_all_has_the_figures_of_the_run),
        cmocka_unit_test(forgotten_deletions_count_in_groups_too),
        cmocka_unit_test(what_is_seen_adds_up_by_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
