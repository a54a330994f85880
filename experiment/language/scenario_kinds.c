/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_kinds.c - keys that are more than one number or word: how each is read and written.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 64, DESCRIPTION_MAX = 10000 };

static void clear_text(void *field)
{
    char **text = field;

    g_clear_pointer(text, g_free);
}

static bool is_no_text(const void *field)
{
    return *(char *const *)field == NULL;
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

const struct key_kind kind_version = {
    .values = "`1`",
    .schema = "'enum':[1,'1']",
    .read = read_version,
    .write = write_version,
};

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

const struct key_kind kind_name = {
    .values = "`[a-z0-9][a-z0-9_-]*`, at most 64",
    .schema = "'type':['string','number'],'pattern':'^[a-z0-9][a-z0-9_-]*$','maxLength':64",
    .read = read_name,
    .write = write_text,
    .clear = clear_text,
    .is_none = is_no_text,
};

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

const struct key_kind kind_text = {
    .values = "text",
    .schema = "'type':['string','number','boolean'],'maxLength':10000",
    .read = read_text,
    .write = write_text,
    .clear = clear_text,
    .is_none = is_no_text,
};

/* ---- timing ---- */

static const char *const timings[] = {
    [TIMING_EVENTS] = "events", [TIMING_ROUNDS] = "rounds", NULL
};
static const struct param timing_row =
    PARAM_CHOICE(struct scenario_timing, mode, "events", timings, "mode");
static const struct param round_row =
    PARAM_TIME(struct scenario_timing, round, "1s", "1us..365d", "length of a round");

static void read_timing(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_timing *timing = field;
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
        scenario_unknown(inner, "timing", nearest_among(timings + TIMING_ROUNDS, inner->key),
                         "events, rounds", reader);
}

static void write_timing(GString *out, const void *field, bool for_hash)
{
    const struct scenario_timing *timing = field;
    char text[QUANTITY_TEXT_MAX];

    (void)for_hash;
    quantity_write_time(timing->round, text);
    if (timing->mode == TIMING_ROUNDS)
        g_string_append_printf(out, "{rounds: %s}", text);
    else
        g_string_append(out, "events");
}

const struct key_kind kind_timing = {
    .values = "`events`, `rounds` (of 1 s) or `{rounds: 1s}`",
    .schema = "'anyOf':[{'enum':['events','rounds']},{'type':'object','required':['rounds']"
              "," NO_OTHERS ",'properties':{'rounds':" REF("time") "}}]",
    .read = read_timing,
    .write = write_timing,
};

/* ---- workload.arrival ---- */

static const char *const arrivals[] = {
    [ARRIVAL_AT_ONCE] = "at-once", [ARRIVAL_POISSON] = "poisson", [ARRIVAL_EVERY] = "every", NULL
};
static const struct param every_row =
    PARAM_TIME(struct scenario_arrival, every, NULL, "1ns..36525d", "between two injections");
#define ARRIVAL_WANTED "`at-once`, `{poisson: {rate: 10/s}}` or `{every: 100ms}`"

static void read_rate(const struct item *item, struct scenario_arrival *arrival,
                      struct scenario_reader *reader)
{
    const struct item *rate = scenario_single(item, "`{rate: 10/s}`", reader);
    char why[QUANTITY_WHY_MAX];

    if (rate == NULL)
        return;
    if (strcmp(rate->key, "rate") != 0)
        scenario_unknown(rate, "parameter",
                         nearest_among((const char *[]){ "rate", NULL }, rate->key), "rate",
                         reader);
    else if (rate->kind != ITEM_SCALAR)
        item_error(rate, reader->errors, "a rate was expected, as in 10/s");
    else if (!quantity_read_rate(rate->text, &arrival->rate, why))
        item_error(rate, reader->errors, "%s", why);
    else if (!(arrival->rate >= 1e-9 && arrival->rate <= 1e9))
        item_error(rate, reader->errors, "%.40s is outside 1e-9/s..1e9/s", rate->text);
}

static void read_arrival(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_arrival *arrival = field;
    const struct item *inner;

    *arrival = (struct scenario_arrival){ .mode = ARRIVAL_AT_ONCE };
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
        scenario_unknown(inner, "arrival", nearest_among(arrivals + ARRIVAL_POISSON, inner->key),
                         "at-once, poisson, every", reader);
    }
}

static void write_arrival(GString *out, const void *field, bool for_hash)
{
    const struct scenario_arrival *arrival = field;
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

const struct key_kind kind_arrival = {
    .values = ARRIVAL_WANTED,
    .schema = "'anyOf':[{'const':'at-once'},{'type':'object','minProperties':1,'maxProperties':1"
              "," NO_OTHERS ",'properties':{'every':" REF("time") ",'poisson':{'type':'object',"
                                                                  "'required':['rate']," NO_OTHERS
                                                                  ",'properties':{'rate':{" TEXT(
                                                                      NUMBER RATE_UNITS) "}}}}}]",
    .read = read_arrival,
    .write = write_arrival,
};

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
        scenario_unknown(inner, "origin",
                         nearest_among((const char *[]){ "node", NULL }, inner->key),
                         "random, first, node", reader);
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

static void resolve_origin(const struct item *item, void *field,
                           const struct scenario_groups *groups, struct errors *errors)
{
    struct scenario_origin *origin = field;

    if (origin->of.group != NULL)
        scenario_resolve_selector(item, groups, &origin->of, "`random`, `first`, `{node: 17}`",
                                  errors);
}

const struct key_kind kind_origin = {
    .values = ORIGIN_WANTED,
    .schema = "'anyOf':[{'type':'string'},{'type':'object','required':['node']," NO_OTHERS
              ",'properties':{'node':{" A_COUNT "}}}]",
    .read = read_origin,
    .write = write_origin,
    .clear = clear_origin,
    .resolve = resolve_origin,
};

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

const struct key_kind kind_replicas = {
    .values = "`all` or a count",
    .schema = "'anyOf':[{'const':'all'},{" A_COUNT "}]",
    .read = read_replicas,
    .write = write_replicas,
};

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

const struct key_kind kind_auto_time = {
    .values = "`auto` or a time",
    .schema = "'anyOf':[{'const':'auto'}," REF("time") "]",
    .read = read_auto_time,
    .write = write_auto_time,
};

/* ---- sweep: sweep.c reads it ---- */

static void read_nothing(const struct item *item, void *field, struct scenario_reader *reader)
{
    (void)item;
    (void)field;
    (void)reader;
}

static bool is_never_written(const void *field)
{
    (void)field;
    return true;
}

const struct key_kind kind_sweep = {
    .values = "`{axes: {PATH: VALUES, …}, design: grid, points: 64}`; see [below](#sweep)",
    .schema = "'type':['object','null'],'required':['axes']," NO_OTHERS ",'properties':{"
              "'design':{'enum':['grid','zip','sobol','random'],"
              "'description':'every combination, the lists walked together, or points spread over "
              "the axes; grid, or sobol if there are points'},"
              "'points':{" A_COUNT ","
              "'description':'of a sobol or random design; 64 by default'},"
              "'axes':{'type':'object','minProperties':1,"
              "'description':'path and values, as in network.loss: [0, 5%]',"
              "'additionalProperties':" REF("axis") "}}",
    .read = read_nothing,
    .is_none = is_never_written,
};
