/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_kinds.c - keys that are more than one number or word: how each is read and written.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"
#include "sim/metric.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 64, DESCRIPTION_MAX = 10000 };

static void clear_text(void *field)
{
    char **text = field;

    g_clear_pointer(text, g_free);
}

/* The single value of an item, or NULL and an error. */
static const char *scalar(const struct item *item, const char *wanted,
                          struct scenario_reader *reader)
{
    if (item->kind == ITEM_SCALAR && !item_is_null(item))
        return item->text;
    item_error(item, reader->errors, "%s was expected", wanted);
    return NULL;
}

/* ---- version ---- */

static void read_version(const struct item *item, void *field, struct scenario_reader *reader)
{
    const char *text = scalar(item, "the version of the language, 1,", reader);
    int64_t *version = field;

    if (text == NULL)
        return;
    if (strcmp(text, "1") == 0)
        *version = 1;
    else
        item_error(item, reader->errors,
                   "language version %.40s is not known; this program reads version 1", text);
}

static void write_version(GString *out, const void *field, bool for_hash)
{
    (void)for_hash;
    g_string_append_printf(out, "%d", (int)*(const int64_t *)field);
}

const struct key_kind kind_version = { "`1`", read_version, write_version, NULL };

/* ---- name, description ---- */

static void read_name(const struct item *item, void *field, struct scenario_reader *reader)
{
    const char *text = scalar(item, "a name", reader);
    char **name = field;

    if (text == NULL)
        return;
    if (strlen(text) > NAME_MAX_LENGTH || !g_ascii_isalnum(text[0]) ||
        strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(text)) {
        item_error(item, reader->errors,
                   "`%.80s` is not a name; it has lower-case letters, digits, _ and -, begins with "
                   "a letter or digit and has at most %d characters",
                   text, NAME_MAX_LENGTH);
        return;
    }
    g_free(*name);
    *name = g_strdup(text);
}

static void write_text(GString *out, const void *field, bool for_hash)
{
    const char *text = *(char *const *)field;

    (void)for_hash;
    document_write_scalar(out, text);
}

const struct key_kind kind_name = { "`[a-z0-9][a-z0-9_-]*`, at most 64", read_name, write_text,
                                    clear_text };

static void read_text(const struct item *item, void *field, struct scenario_reader *reader)
{
    const char *text = scalar(item, "a text", reader);
    char **description = field;

    if (text == NULL)
        return;
    if (strlen(text) > DESCRIPTION_MAX) {
        item_error(item, reader->errors, "longer than %d bytes", DESCRIPTION_MAX);
        return;
    }
    g_free(*description);
    *description = g_strdup(text);
}

const struct key_kind kind_text = { "text", read_text, write_text, clear_text };

/* ---- replications ---- */

struct replication_rule {
    int64_t min, max;
    int metric; /* enum metric_id */
    double half_width, confidence;
};
#define REPLICATIONS_RANGE "1..1000000"
static const struct param count_rows[] = {
    PARAM_COUNT(struct replication_rule, min, "1", REPLICATIONS_RANGE, "replications"),
    PARAM_END,
};
/* A precision that is judged on fewer runs is too often luck: see docs/statistics.md. */
#define RULE_RANGE "20..1000000"
enum { RULE_MAX = 1000, REPLICATIONS_MAX = 1000000 };
static const struct param rule_rows[] = {
    PARAM_COUNT(struct replication_rule, min, "30", RULE_RANGE, "at least so many"),
    PARAM_COUNT(struct replication_rule, max, "1000", RULE_RANGE, "at most so many"),
    PARAM_END,
};
/* `until`: every metric of the table can end a study but what the simulation itself took. */
static void read_until(const struct item *item, struct replication_rule *rule,
                       struct scenario_reader *reader)
{
    const char *names[METRIC_OF_PROGRAM + 1] = { NULL };
    const struct param rows[] = {
        PARAM_CHOICE(struct replication_rule, metric, "t99", names, "whose mean must be precise"),
        PARAM_FRACTION(struct replication_rule, half_width, "2%", "0.0001..1",
                       "of the confidence interval, as a share of the mean"),
        PARAM_FRACTION(struct replication_rule, confidence, "95%", "0.5..0.9999",
                       "of the interval"),
        PARAM_END,
    };
    uint64_t given = 0;

    for (int i = 0; i < METRIC_OF_PROGRAM; i++)
        names[i] = metric_table[i].name;
    param_defaults(rows, rule);
    scenario_read_params(item, rows, rule, &given, reader);
}

static void read_rule(const struct item *item, struct replication_rule *rule,
                      struct scenario_reader *reader)
{
    const struct item *until = item_get(item, "until");
    struct nearest nearest = { .word = "" };

    param_defaults(rule_rows, rule);
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        const struct param *row = param_find(rule_rows, child->key);

        nearest = (struct nearest){ .word = child->key };
        nearest_offer(&nearest, "min");
        nearest_offer(&nearest, "max");
        nearest_offer(&nearest, "until");
        if (row != NULL)
            scenario_read_param(child, row, rule, reader);
        else if (child != until)
            scenario_unknown(child, "key", nearest.best, "min, max, until", reader);
    }
    if (until == NULL)
        item_error(item, reader->errors,
                   "`until` is missing: what precision to reach, as in "
                   "{metric: t99, half_width: 2%%, confidence: 95%%}");
    else if (item_is_null(until))
        item_error(until, reader->errors, "a precision was expected");
    else
        read_until(until, rule, reader);
    if (item_get(item, "max") == NULL) /* there is room above any `min` */
        rule->max = MIN(REPLICATIONS_MAX, MAX(RULE_MAX, 10 * rule->min));
    if (rule->min > rule->max)
        item_error(item, reader->errors, "`min` is greater than `max`");
}

static void read_replications(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct replication_rule rule = { .min = 1 };
    struct replications *replications = field;

    g_clear_pointer(&replications->metric, g_free);
    if (item->kind == ITEM_MAP) {
        read_rule(item, &rule, reader);
        replications->metric = g_strdup(metric_table[rule.metric].name);
    } else {
        scenario_read_param(item, count_rows, &rule, reader);
        rule.max = rule.min;
    }
    replications->min = (uint32_t)rule.min;
    replications->max = (uint32_t)rule.max;
    replications->half_width = rule.half_width;
    replications->confidence = rule.confidence;
}

static void write_replications(GString *out, const void *field, bool for_hash)
{
    const struct replications *replications = field;
    char half_width[QUANTITY_TEXT_MAX], confidence[QUANTITY_TEXT_MAX];

    (void)for_hash;
    if (replications->metric == NULL) {
        g_string_append_printf(out, "%u", replications->min);
        return;
    }
    quantity_write_fraction(replications->half_width, half_width);
    quantity_write_fraction(replications->confidence, confidence);
    g_string_append_printf(
        out, "{min: %u, max: %u, until: {metric: %s, half_width: %s, confidence: %s}}",
        replications->min, replications->max, replications->metric, half_width, confidence);
}

static void clear_replications(void *field)
{
    struct replications *replications = field;

    g_clear_pointer(&replications->metric, g_free);
}

const struct key_kind kind_replications = {
    "a count up to 1 000 000, or `{min: 20, max: 400, until: {metric: t99, half_width: 2%, "
    "confidence: 95%}}`",
    read_replications, write_replications, clear_replications
};

/* ---- timing ---- */

struct timing {
    int mode;
    sim_time round;
};
G_STATIC_ASSERT(sizeof(struct timing) == sizeof(((struct scenario *)0)->timing));
static const char *const timings[] = {
    [TIMING_EVENTS] = "events", [TIMING_ROUNDS] = "rounds", NULL
};
static const struct param timing_row = PARAM_CHOICE(struct timing, mode, "events", timings, "mode");
static const struct param round_row =
    PARAM_TIME(struct timing, round, "1s", "1us..365d", "length of a round");

static void read_timing(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct timing *timing = field;
    const struct item *inner;

    timing->round = SIM_SECOND;
    if (item->kind == ITEM_SCALAR) {
        scenario_read_param(item, &timing_row, timing, reader);
        return;
    }
    inner = scenario_single(item, "`events`, `rounds` or `{rounds: 1s}`", reader);
    if (inner == NULL)
        return;
    timing->mode = TIMING_ROUNDS;
    if (strcmp(inner->key, "rounds") == 0)
        scenario_read_param(inner, &round_row, timing, reader);
    else
        scenario_unknown(inner, "timing", NULL, "events, rounds", reader);
}

static void write_timing(GString *out, const void *field, bool for_hash)
{
    const struct timing *timing = field;
    char text[QUANTITY_TEXT_MAX];

    (void)for_hash;
    quantity_write_time(timing->round, text);
    if (timing->mode == TIMING_ROUNDS)
        g_string_append_printf(out, "{rounds: %s}", text);
    else
        g_string_append(out, "events");
}

const struct key_kind kind_timing = { "`events`, `rounds` (of 1 s) or `{rounds: 1s}`", read_timing,
                                      write_timing, NULL };

/* ---- workload.arrival ---- */

struct arrival {
    int mode;
    double rate;
    sim_time every;
};
G_STATIC_ASSERT(sizeof(struct arrival) == sizeof(((struct scenario *)0)->workload.arrival));
static const char *const arrivals[] = {
    [ARRIVAL_AT_ONCE] = "at-once", [ARRIVAL_POISSON] = "poisson", [ARRIVAL_EVERY] = "every", NULL
};
static const struct param every_row =
    PARAM_TIME(struct arrival, every, NULL, "1ns..36525d", "between two injections");
#define ARRIVAL_WANTED "`at-once`, `{poisson: {rate: 10/s}}` or `{every: 100ms}`"

static void read_rate(const struct item *item, struct arrival *arrival,
                      struct scenario_reader *reader)
{
    const struct item *rate = scenario_single(item, "`{rate: 10/s}`", reader);
    char why[QUANTITY_WHY_MAX];

    if (rate == NULL)
        return;
    if (strcmp(rate->key, "rate") != 0)
        scenario_unknown(rate, "parameter", NULL, "rate", reader);
    else if (rate->kind != ITEM_SCALAR)
        item_error(rate, reader->errors, "a rate was expected, as in 10/s");
    else if (!quantity_read_rate(rate->text, &arrival->rate, why))
        item_error(rate, reader->errors, "%s", why);
    else if (!(arrival->rate >= 1e-9 && arrival->rate <= 1e9))
        item_error(rate, reader->errors, "%.40s is outside 1e-9/s..1e9/s", rate->text);
}

static void read_arrival(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct arrival *arrival = field;
    const struct item *inner;

    *arrival = (struct arrival){ .mode = ARRIVAL_AT_ONCE };
    if (item->kind == ITEM_SCALAR && strcmp(item->text, arrivals[ARRIVAL_AT_ONCE]) == 0)
        return;
    inner = scenario_single(item, ARRIVAL_WANTED, reader);
    if (inner == NULL)
        return;
    if (strcmp(inner->key, arrivals[ARRIVAL_POISSON]) == 0) {
        arrival->mode = ARRIVAL_POISSON;
        read_rate(inner, arrival, reader);
    } else if (strcmp(inner->key, arrivals[ARRIVAL_EVERY]) == 0) {
        arrival->mode = ARRIVAL_EVERY;
        scenario_read_param(inner, &every_row, arrival, reader);
    } else {
        scenario_unknown(inner, "arrival", NULL, "at-once, poisson, every", reader);
    }
}

static void write_arrival(GString *out, const void *field, bool for_hash)
{
    const struct arrival *arrival = field;
    char text[QUANTITY_TEXT_MAX];

    (void)for_hash;
    if (arrival->mode == ARRIVAL_POISSON) {
        quantity_write_rate(arrival->rate, text);
        g_string_append_printf(out, "{poisson: {rate: %s}}", text);
    } else if (arrival->mode == ARRIVAL_EVERY) {
        quantity_write_time(arrival->every, text);
        g_string_append_printf(out, "{every: %s}", text);
    } else {
        g_string_append(out, arrivals[ARRIVAL_AT_ONCE]);
    }
}

const struct key_kind kind_arrival = { ARRIVAL_WANTED, read_arrival, write_arrival, NULL };

/* ---- workload.origin ---- */

static const char *const origins[] = { [ORIGIN_RANDOM] = "random", [ORIGIN_FIRST] = "first", NULL };
static const struct param origin_row =
    PARAM_CHOICE(struct scenario_origin, mode, "random", origins, "who");
static const struct param node_row =
    PARAM_COUNT(struct scenario_origin, node, NULL, "0..1073741823", "its number, from 0");
#define ORIGIN_WANTED "`random`, `first`, `{node: 17}` (they count from 0) or a group's name"

static void clear_origin(void *field)
{
    struct scenario_origin *origin = field;

    g_clear_pointer(&origin->of.group, g_free);
}

static void read_origin(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_origin *origin = field;
    const struct item *inner;
    char why[PARAM_WHY_MAX];

    clear_origin(field);
    *origin = (struct scenario_origin){ .mode = ORIGIN_RANDOM };
    if (item->kind == ITEM_SCALAR && !item_is_null(item)) {
        if (param_set(&origin_row, origin, item->text, why))
            return;
        origin->mode = ORIGIN_RANGE;
        origin->of.nodes.kind = SELECT_RANGE;
        origin->of.group = g_strdup(item->text);
        return;
    }
    inner = scenario_single(item, ORIGIN_WANTED, reader);
    if (inner == NULL)
        return;
    origin->mode = ORIGIN_NODE;
    if (strcmp(inner->key, "node") == 0)
        scenario_read_param(inner, &node_row, origin, reader);
    else
        scenario_unknown(inner, "origin", NULL, "random, first, node", reader);
}

static void write_origin(GString *out, const void *field, bool for_hash)
{
    const struct scenario_origin *origin = field;

    if (origin->mode == ORIGIN_NODE)
        g_string_append_printf(out, "{node: %lld}", (long long)origin->node);
    else if (origin->mode == ORIGIN_RANGE)
        scenario_write_selector(out, &origin->of, for_hash);
    else
        g_string_append(out, origins[origin->mode]);
}

const struct key_kind kind_origin = { ORIGIN_WANTED, read_origin, write_origin, clear_origin };

/* ---- store.replicas ---- */

struct replicas {
    int64_t count;
};
static const struct param replicas_row =
    PARAM_COUNT(struct replicas, count, NULL, "1..1073741824", "nodes of a shard");

static void read_replicas(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct replicas *replicas = field;

    if (item->kind == ITEM_SCALAR && strcmp(item->text, "all") == 0)
        replicas->count = 0;
    else if (!scenario_is_wrong_word(item, "all", "a number of nodes, as in 3", reader))
        scenario_read_param(item, &replicas_row, replicas, reader);
}

static void write_replicas(GString *out, const void *field, bool for_hash)
{
    const struct replicas *replicas = field;

    (void)for_hash;
    if (replicas->count == 0)
        g_string_append(out, "all");
    else
        g_string_append_printf(out, "%lld", (long long)replicas->count);
}

const struct key_kind kind_replicas = { "`all` or a count", read_replicas, write_replicas, NULL };

/* ---- record.every ---- */

struct period {
    sim_time every;
};
static const struct param period_row =
    PARAM_TIME(struct period, every, NULL, "1ns..36525d", "between two samples");

static void read_auto_time(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct period *period = field;

    if (item->kind == ITEM_SCALAR && strcmp(item->text, "auto") == 0)
        period->every = 0;
    else if (!scenario_is_wrong_word(item, "auto", "a time, as in 500ms", reader))
        scenario_read_param(item, &period_row, period, reader);
}

static void write_auto_time(GString *out, const void *field, bool for_hash)
{
    const struct period *period = field;
    char text[QUANTITY_TEXT_MAX] = "auto";

    (void)for_hash;
    if (period->every != 0)
        quantity_write_time(period->every, text);
    g_string_append(out, text);
}

const struct key_kind kind_auto_time = { "`auto` or a time", read_auto_time, write_auto_time,
                                         NULL };

/* ---- sweep: the plan reads it ---- */

static void read_sweep(const struct item *item, void *field, struct scenario_reader *reader)
{
    (void)item;
    (void)field;
    (void)reader;
}

static void write_sweep(GString *out, const void *field, bool for_hash)
{
    (void)out;
    (void)field;
    (void)for_hash;
}

const struct key_kind kind_sweep = {
    "`{axes: {PATH: VALUES, …}, design: grid}`; see [below](#sweep)", read_sweep, write_sweep, NULL
};
