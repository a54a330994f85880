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
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    item_error(item_nearest(c->root, path), c->errors, "%s", text);
    g_free(text);
}

/* What was given lacks what it depends on.  If an axis varies that, there are points that have it.
 */
static void check_needs(const struct check *c)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        const struct item *item = item_find(c->root, key->param.name);
        const struct key_need *need =
            item != NULL && scenario_was_given(c->s, key) ? scenario_unmet_need(c->s, key) : NULL;

        if (need == NULL || item_is_swept(item_find(c->root, need->because)))
            continue;
        if (need->is_absence) {
            char *place = item_place(item_nearest(c->root, need->because));

            item_error_key(item, c->errors, "%s (%s)", need->otherwise, place);
            g_free(place);
        } else if (need->but_default) /* it is the value that has none */
            item_error(item, c->errors, "%s", need->otherwise);
        else
            item_error_key(item, c->errors, "%s", need->otherwise);
    }
}

/* What kinds of keys know of their values. */
static void check_kinds(const struct check *c)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (key->kind != NULL && key->kind->check != NULL)
            key->kind->check(c->root, c->s, c->errors);
}

static void check_duration(const struct check *c, const char *path, const struct random_time *time)
{
    struct distribution_spec spec;

    random_time_spec(time, &spec);
    if (random_time_is_zero(time))
        refuse(c, path, "must be longer than 0s%s",
               random_time_is_constant(time) ? "" : ", at least sometimes");
    if (c->s->config.churn.start == CHURN_STATIONARY && time->family->has_mean != NULL &&
        !time->family->has_mean(&spec))
        refuse(c, path,
               "has an infinite mean, so there is no stationary state to start in; take a shape "
               "above 1 or `churn.start: up`");
}

static void check_churn(const struct check *c)
{
    if (c->s->session.family == NULL && c->s->churn_trace.source.file == NULL)
        return;
    if (c->s->config.churn.share <= 0 && !item_is_swept(item_find(c->root, "churn.share")))
        refuse(c, "churn.share", "no node comes and goes, so there is no churn");
    if (c->s->session.family == NULL || c->s->churn_trace.source.file != NULL)
        return;
    check_duration(c, "churn.session", &c->s->session);
    check_duration(c, "churn.downtime", &c->s->downtime);
}

/* Whether chance has a part in when updates after the first are written, or the first. */
static bool is_random(const struct scenario *s)
{
    return s->arrival.mode == ARRIVAL_POISSON || scenario_has_rate_of_all(s);
}

/* The last injection, as far as it is certain; SIM_TIME_MAX stands for all that is later. */
static sim_time last_injection(const struct scenario *s)
{
    sim_time gaps = s->config.workload.updates - 1, last = 0;

    if (s->trace.read != NULL)
        return s->trace.read->writes[s->trace.read->count - 1].at;
    if (s->renewal.is_given) /* somewhere in the last round */
        return s->config.stop.at - 1;
    if (s->arrival.mode != ARRIVAL_EVERY)
        return s->config.workload.at;
    if (__builtin_mul_overflow(gaps, s->arrival.every, &last) || last > SIM_TIME_MAX)
        return SIM_TIME_MAX;
    return MIN(last + s->config.workload.at, SIM_TIME_MAX);
}

static void refuse_so_many(const struct check *c, int64_t updates, const char *stop)
{
    const struct scenario *s = c->s;

    if (s->renewal.is_given)
        refuse(c, s->rates.count > 0 ? "workload.rate" : "workload.each_node.every",
               "more than %d updates by all nodes until `stop.at: %s`, preloaded ones with them; "
               "take a longer `every` or a lower `rate`, fewer nodes or an earlier end",
               SIM_UPDATES_MAX, stop);
    else if (scenario_has_rate_of_all(s))
        refuse(c, "workload.rate",
               "more than %d updates until `stop.at: %s`, preloaded ones with them; take lower "
               "rates or an earlier end",
               SIM_UPDATES_MAX, stop);
    else
        refuse(c,
               s->trace.read != NULL ? "workload.trace"
               : updates > 0         ? "workload.updates"
                                     : "store.preload",
               "%lld updates and preloaded ones together; at most %d",
               (long long)(updates + s->config.store.preload), SIM_UPDATES_MAX);
}

static void check_workload(const struct check *c)
{
    const struct scenario *s = c->s;
    const int64_t updates = scenario_updates(s);
    char text[QUANTITY_TEXT_MAX];

    if (s->renewal.is_given && s->renewal.every == 0 && s->rates.count == 0)
        return; /* an error of its own */
    quantity_write_time(s->config.stop.at, text);
    if (updates + s->config.store.preload > SIM_UPDATES_MAX)
        refuse_so_many(c, updates, text);
    if (updates == 0 && s->config.store.preload == 0 && !scenario_has_other_work(s))
        refuse(c,
               s->rates.count > 0    ? "workload.rate"
               : s->renewal.is_given ? "workload.at"
                                     : "workload.updates",
               s->rates.count > 0 ? "nobody writes before the end of the run, `stop.at: %s`"
               : s->renewal.is_given
                   ? "the first update would come only after the end of the run, `stop.at: %s`"
                   : "0 updates and no `store.preload`: there would be nothing to spread, and "
                     "no model of a strategy has something else to do",
               text);
    else if (updates == 0 && s->config.store.preload == 0 && s->config.stop.when == STOP_CONVERGED)
        refuse(c, "stop.when", "without updates and preload there is nothing to agree on");
    if (updates == 0 || s->renewal.is_given || s->trace.read != NULL)
        return;
    if (!s->keys.is_drawn && s->keys.count > updates && !scenario_has_rate_of_all(s))
        refuse(c, "workload.keys", "%lld keys for %lld updates; at most a key each",
               (long long)s->keys.count, (long long)updates);
    if (s->origin.mode == ORIGIN_NODE && s->origin.node >= s->config.nodes)
        refuse(c, "workload.origin", "node %lld does not exist; the %lld nodes count from 0",
               (long long)s->origin.node, (long long)s->config.nodes);
    if (last_injection(s) >= s->config.stop.at)
        refuse(c, s->arrival.mode == ARRIVAL_EVERY ? "workload.arrival" : "workload.at",
               "the last update would come only after the end of the run, `stop.at: %s`", text);
}

/* A model that needs every node to hold all; NULL: none does. */
static const char *keeper_of_all(const struct scenario *s)
{
    for (int i = 0; i < s->strategies.count; i++)
        for (int k = 0; k < s->strategies.list[i].count; k++)
            if (s->strategies.list[i].layers[k].model->keeps_all)
                return s->strategies.list[i].layers[k].model->name;
    return NULL;
}

static void check_store(const struct check *c)
{
    const char *keeper = c->s->config.store.replicas > 0 ? keeper_of_all(c->s) : NULL;

    if (keeper)
        refuse(c, "store.replicas", "`%s` works only where every node holds all, `replicas: all`",
               keeper);
    if (c->s->config.store.replicas > c->s->config.nodes)
        refuse(c, "store.replicas", "%lld replicas of a shard on %lld nodes; at most one a node",
               (long long)c->s->config.store.replicas, (long long)c->s->config.nodes);
    if (c->s->config.members == MEMBERS_JOIN && c->s->config.store.preload > 0 &&
        c->s->config.store.replicas > 0)
        refuse(c, "store.preload",
               "with `members.start: join` only the seeds are there, who may hold none of a shard; "
               "take `replicas: all`");
}

/* How many there are depends on when a run ends; this is what there surely are. */
static void check_samples(const struct check *c)
{
    const struct scenario *s = c->s;
    sim_time end = s->config.stop.at;

    if (s->config.sample_every <= 0)
        return;
    if (s->config.stop.when != STOP_NEVER)
        end = is_random(s) ? 0 : last_injection(s);
    if (end / s->config.sample_every > SIM_SAMPLES_MAX)
        refuse(c, "record.every", "makes %lld samples a run; at most %d",
               (long long)(end / s->config.sample_every), SIM_SAMPLES_MAX);
}

static sim_time first_injection(const struct scenario *s)
{
    return s->trace.read != NULL ? s->trace.read->writes[0].at : s->config.workload.at;
}

static void check_measuring(const struct check *c)
{
    const struct scenario *s = c->s;
    bool is_certain = !is_random(s) || scenario_updates(s) == 1;

    if (s->config.warmup >= s->config.stop.at)
        refuse(c, "warmup", "ends only with the run, so nothing would be measured");
    else if (s->config.warmup > 0 && !scenario_has_other_work(s) &&
             (scenario_updates(s) == 0 || (is_certain && last_injection(s) < s->config.warmup)))
        refuse(c, "warmup",
               "all updates are injected before it ends, so nothing would be measured");
    if (s->config.cooldown > 0 && s->config.warmup < s->config.stop.at &&
        s->config.cooldown >= s->config.stop.at - s->config.warmup)
        refuse(c, "cooldown", "begins before `warmup` ends, so nothing would be measured");
    else if (s->config.cooldown > 0 && !scenario_has_other_work(s) &&
             (scenario_updates(s) == 0
                  ? s->config.warmup > 0
                  : first_injection(s) > s->config.stop.at - s->config.cooldown))
        refuse(c, "cooldown", "all updates are injected within it, so nothing would be measured");
    check_samples(c);
}

void scenario_check(const struct item *root, const struct scenario *scenario,
                    struct scenario_reader *reader)
{
    const struct check check = { .root = root, .s = scenario, .errors = reader->errors };

    check_needs(&check);
    check_churn(&check);
    check_workload(&check);
    check_store(&check);
    check_measuring(&check);
    check_kinds(&check);
}
