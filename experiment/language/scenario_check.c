/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_check.c - rules over several keys: what contradicts, what is too much, what would
 * have no effect.
 *
 * Runs only on a scenario whose values are all good by themselves.
 */
#include "experiment/language/scenario_keys.h"

#include <stdarg.h>
#include <string.h>

enum { SAMPLES_MAX = 1000000 };

struct check {
    const struct item *root;
    const struct scenario *s;
    struct errors *errors;
};

/* An error about the key `path`, at its value, or at the section nearest to it. */
static void refuse(const struct check *c, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void refuse(const struct check *c, const char *path, const char *format, ...)
{
    const struct item *item = item_find(c->root, path);
    const char *dot = strchr(path, '.');
    va_list arguments;
    char *text;

    if (item == NULL && dot != NULL) {
        char *section = g_strndup(path, (gsize)(dot - path));
        item = item_find(c->root, section);
        g_free(section);
    }
    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    item_error(item != NULL ? item : c->root, c->errors, "%s", text);
    g_free(text);
}

static bool starts_with(const char *path, const char *section)
{
    return strncmp(path, section, strlen(section)) == 0;
}

/* Why a key has no effect, *because of the value of another one; NULL if it has one. */
static const char *without_effect(const struct scenario *s, const char *path, const char **because)
{
    *because = "timing";
    if (s->timing.mode == TIMING_ROUNDS &&
        (starts_with(path, "network.latency") || strcmp(path, "network.jitter") == 0))
        return "has no effect under `timing: rounds`, where messages arrive within their round";
    if (s->timing.mode == TIMING_ROUNDS &&
        (strcmp(path, "network.bandwidth") == 0 || strcmp(path, "network.queue") == 0))
        return "has no effect under `timing: rounds`, where a round has time for all its messages";
    *because = "network.bandwidth";
    if (s->network.bandwidth.bits == 0 && strcmp(path, "network.queue") == 0)
        return "has no effect without `network.bandwidth`, for which messages queue";
    *because = "churn.session";
    if (s->churn.session.family == NULL && starts_with(path, "churn."))
        return "has no effect without `churn.session`, how long a node stays up";
    *because = "workload.updates";
    if (s->workload.updates == 0 && starts_with(path, "workload.") &&
        strcmp(path, "workload.updates") != 0 && strcmp(path, "workload.size") != 0)
        return "has no effect with `workload.updates: 0`";
    *because = "store.preload";
    if (s->store.preload == 0 && starts_with(path, "store.missing"))
        return "has no effect without `store.preload`";
    return NULL;
}

bool scenario_key_has_effect(const struct scenario *scenario, const char *path)
{
    const char *because;

    if (strcmp(path, "name") == 0)
        return scenario->name != NULL;
    if (strcmp(path, "description") == 0)
        return scenario->description != NULL;
    if (strcmp(path, "groups") == 0)
        return scenario->groups.count > 0;
    if (strcmp(path, "faults") == 0)
        return scenario->faults.count > 0;
    if (strcmp(path, "expect") == 0)
        return scenario->expect.count > 0;
    return strcmp(path, "sweep") != 0 && without_effect(scenario, path, &because) == NULL;
}

/* If an axis varies what the effect depends on, there are points where it has one. */
static void check_effects(const struct check *c)
{
    const char *because = "";

    for (int i = 0; scenario_keys[i].param.name != NULL; i++) {
        const char *path = scenario_keys[i].param.name;
        const char *why = without_effect(c->s, path, &because);
        const struct item *item = item_find(c->root, path);

        if (why != NULL && item != NULL && (c->s->given >> i & 1) &&
            !item_is_swept(item_find(c->root, because)))
            item_error_key(item, c->errors, "%s", why);
    }
}

/* Values that change nothing, given the value of another key; the defaults, which --full prints,
 * pass. */
static void check_values(const struct check *c)
{
    const struct scenario *s = c->s;
    bool is_constant = random_time_is_constant(&s->network.latency) &&
                       !item_is_swept(item_find(c->root, "network.latency"));

    if (is_constant && s->network.latency_per == LATENCY_PER_MESSAGE)
        refuse(c, "network.latency_per", "has no effect where every latency is the same");
    if (is_constant && random_time_is_zero(&s->network.latency) && s->network.jitter > 0)
        refuse(c, "network.jitter", "has no effect on a latency of 0s, of which it is a share");
    if (s->network.loss.burst > 0 && s->network.loss.mean <= 0 &&
        !item_is_swept(item_find(c->root, "network.loss")))
        refuse(c, "network.loss.burst", "has no effect: no message is lost");
    if (s->workload.updates == 1 && s->workload.arrival.mode != ARRIVAL_AT_ONCE &&
        !item_is_swept(item_find(c->root, "workload.updates")))
        refuse(c, "workload.arrival",
               "has no effect on one update: it is about those after the "
               "first");
}

static void check_duration(const struct check *c, const char *path, const struct random_time *time)
{
    struct distribution_spec spec;

    random_time_spec(time, &spec);
    if (random_time_is_zero(time))
        refuse(c, path, "must be longer than 0s%s",
               random_time_is_constant(time) ? "" : ", at least sometimes");
    if (c->s->churn.start == CHURN_STATIONARY && time->family->has_mean != NULL &&
        !time->family->has_mean(&spec))
        refuse(c, path,
               "has an infinite mean, so there is no stationary state to start in; take a shape "
               "above 1 or `churn.start: up`");
}

static void check_churn(const struct check *c)
{
    if (c->s->churn.session.family == NULL)
        return;
    if (c->s->churn.downtime.family == NULL) {
        refuse(c, "churn.downtime",
               "`downtime` is missing: how long a node stays away after a session");
        return;
    }
    if (c->s->churn.share <= 0 && !item_is_swept(item_find(c->root, "churn.share")))
        refuse(c, "churn.share", "no node comes and goes, so there is no churn");
    check_duration(c, "churn.session", &c->s->churn.session);
    check_duration(c, "churn.downtime", &c->s->churn.downtime);
}

/* The last injection, as far as it is certain; SIM_TIME_MAX stands for all that is later. */
static sim_time last_injection(const struct scenario *s)
{
    sim_time gaps = s->workload.updates - 1, last = 0;

    if (s->workload.arrival.mode != ARRIVAL_EVERY)
        return s->workload.at;
    if (__builtin_mul_overflow(gaps, s->workload.arrival.every, &last) || last > SIM_TIME_MAX)
        return SIM_TIME_MAX;
    return MIN(last + s->workload.at, SIM_TIME_MAX);
}

static void check_workload(const struct check *c)
{
    const struct scenario *s = c->s;
    char text[QUANTITY_TEXT_MAX];

    if (s->workload.updates + s->store.preload > SIM_UPDATES_MAX)
        refuse(c, s->workload.updates > 0 ? "workload.updates" : "store.preload",
               "%lld updates and preloaded ones together; at most %d",
               (long long)(s->workload.updates + s->store.preload), SIM_UPDATES_MAX);
    if (s->workload.updates == 0 && s->store.preload == 0)
        refuse(c, "workload.updates",
               "0 updates and no `store.preload`: there would be nothing to spread");
    if (s->workload.updates == 0)
        return;
    if (s->workload.keys > s->workload.updates)
        refuse(c, "workload.keys", "%lld keys for %lld updates; at most a key each",
               (long long)s->workload.keys, (long long)s->workload.updates);
    if (s->workload.origin.mode == ORIGIN_NODE && s->workload.origin.node >= s->nodes)
        refuse(c, "workload.origin", "node %lld does not exist; the %lld nodes count from 0",
               (long long)s->workload.origin.node, (long long)s->nodes);
    quantity_write_time(s->stop.at, text);
    if (last_injection(s) >= s->stop.at)
        refuse(c, s->workload.arrival.mode == ARRIVAL_EVERY ? "workload.arrival" : "workload.at",
               "the last update would come only after the end of the run, `stop.at: %s`", text);
}

static void check_store(const struct check *c)
{
    if (c->s->store.replicas > c->s->nodes)
        refuse(c, "store.replicas", "%lld replicas of a shard on %lld nodes; at most one a node",
               (long long)c->s->store.replicas, (long long)c->s->nodes);
}

static void check_measuring(const struct check *c)
{
    const struct scenario *s = c->s;
    bool is_certain = s->workload.arrival.mode != ARRIVAL_POISSON || s->workload.updates == 1;

    if (s->warmup >= s->stop.at)
        refuse(c, "warmup", "ends only with the run, so nothing would be measured");
    else if (s->warmup > 0 &&
             (s->workload.updates == 0 || (is_certain && last_injection(s) < s->warmup)))
        refuse(c, "warmup",
               "all updates are injected before it ends, so nothing would be measured");
    if (s->cooldown > 0 && s->warmup < s->stop.at && s->cooldown >= s->stop.at - s->warmup)
        refuse(c, "cooldown", "begins before `warmup` ends, so nothing would be measured");
    else if (s->cooldown > 0 &&
             (s->workload.updates == 0 ? s->warmup > 0 : s->workload.at > s->stop.at - s->cooldown))
        refuse(c, "cooldown", "all updates are injected within it, so nothing would be measured");
    if (s->record.every > 0 && s->stop.at / s->record.every > SAMPLES_MAX)
        refuse(c, "record.every", "makes %lld samples a run; at most %d",
               (long long)(s->stop.at / s->record.every), SAMPLES_MAX);
}

/* Intervals of a layer are whole rounds, those by default too. */
static void check_intervals(const struct check *c, const struct item *item,
                            const struct scenario_layer *layer)
{
    const struct param *rows = layer->model->params;
    char round[QUANTITY_TEXT_MAX], interval[QUANTITY_TEXT_MAX];

    quantity_write_time(c->s->timing.round, round);
    for (int i = 0; rows[i].type != PARAM_TYPE_END; i++) {
        const struct item *given = item_get(item, rows[i].name);
        sim_time value = 0;

        if (rows[i].type != PARAM_TYPE_INTERVAL)
            continue;
        memcpy(&value, (const char *)layer->config + rows[i].offset, sizeof value);
        if (value % c->s->timing.round == 0 && value > 0)
            continue;
        quantity_write_time(value, interval);
        if (given != NULL)
            item_error(given, c->errors, "%s is not a whole number of rounds of %s", interval,
                       round);
        else
            item_error_key(item, c->errors,
                           "`%s` is %s by default, no whole number of rounds of %s", rows[i].name,
                           interval, round);
    }
}

/* In rounds every node acts once a round, so a random clock has no meaning. */
static void check_clock(const struct check *c, const struct item *item,
                        const struct scenario_layer *layer)
{
    const struct param *row = param_find(layer->model->params, "clock");
    const struct item *given = item_get(item, "clock");
    char text[QUANTITY_TEXT_MAX];

    if (row == NULL || row->type != PARAM_TYPE_CHOICE)
        return;
    param_get(row, layer->config, text);
    if (strcmp(text, "poisson") == 0)
        item_error(given != NULL ? given : item, c->errors,
                   "a `poisson` clock ticks in real-valued time; under `timing: rounds` intervals "
                   "are whole rounds");
}

static void check_rounds(const struct check *c)
{
    const struct item *strategies = item_get(c->root, "strategies");

    if (c->s->timing.mode != TIMING_ROUNDS)
        return;
    for (int i = 0; i < c->s->strategies.count; i++) {
        const struct scenario_strategy *strategy = &c->s->strategies.list[i];
        const struct item *stack = item_get(strategies, strategy->name);

        for (int j = 0; j < strategy->count; j++) {
            const struct item *item = item_get(stack, strategy->layers[j].model->name);

            check_intervals(c, item, &strategy->layers[j]);
            check_clock(c, item, &strategy->layers[j]);
        }
    }
}

void scenario_check(const struct item *root, const struct scenario *scenario,
                    struct scenario_reader *reader)
{
    const struct check check = { .root = root, .s = scenario, .errors = reader->errors };

    check_effects(&check);
    check_values(&check);
    check_churn(&check);
    check_workload(&check);
    check_store(&check);
    scenario_check_faults(root, scenario, reader->errors);
    check_measuring(&check);
    check_rounds(&check);
    scenario_check_expect(root, scenario, reader->errors);
}
