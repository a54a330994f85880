/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_replications.c - the key `replications`: a number of runs, or a precision to reach.
 */
#include "base/nearest.h"
#include "experiment/language/expression.h"
#include "experiment/language/scenario_schema.h"
#include "sim/metric.h"

#include <string.h>

struct replication_rule {
    int64_t min, max;
    int metric;           /* enum metric_id; METRIC_OF_PROGRAM: of groups, */
    const char *of_group; /* as it is written */
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
    const struct item *metric = item_get(item, "metric");
    const char *names[METRIC_OF_PROGRAM + 2] = { NULL };
    const struct param rows[] = {
        PARAM_CHOICE(struct replication_rule, metric, "t99", names, "whose mean must be precise"),
        PARAM_FRACTION(struct replication_rule, half_width, "2%", "0.0001..1",
                       "of the confidence interval, as a share of the mean"),
        PARAM_FRACTION(struct replication_rule, confidence, "95%", "0.5..0.9999",
                       "of the interval"),
        PARAM_END,
    };
    char why[EXPRESSION_WHY_MAX];
    uint64_t given = 0;

    for (int i = 0; i < METRIC_OF_PROGRAM; i++)
        names[i] = metric_table[i].name;
    if (metric != NULL && metric->kind == ITEM_SCALAR && !item_is_null(metric) &&
        strchr(metric->text, '@') != NULL) {
        if (!expression_check_metric(metric->text, why)) {
            item_error(metric, reader->errors, "%s", why);
            return;
        }
        names[METRIC_OF_PROGRAM] = rule->of_group = metric->text;
    }
    param_defaults(rows, rule);
    scenario_read_params(item, rows, rule, &given, reader);
}

static void read_rule(const struct item *item, struct replication_rule *rule,
                      struct scenario_reader *reader)
{
    const struct item *until = item_get(item, "until");
    static const char *const known[] = { "min", "max", "until", NULL };

    param_defaults(rule_rows, rule);
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        const struct param *row = param_find(rule_rows, child->key);

        if (row != NULL)
            scenario_read_param(child, row, rule, reader);
        else if (child != until)
            scenario_unknown(child, "key", nearest_among(known, child->key), "min, max, until",
                             reader);
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
        replications->metric = g_strdup(
            rule.metric == METRIC_OF_PROGRAM ? rule.of_group : metric_table[rule.metric].name);
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

static void put_metrics(GString *out)
{
    schema_put(out, "'anyOf':[{'enum':[");
    for (int i = 0; i < METRIC_OF_PROGRAM; i++) {
        g_string_append(out, i > 0 ? "," : "");
        schema_text(out, metric_table[i].name);
    }
    schema_put(out, "]},{'type':'string','pattern':'^[a-z0-9_]+@'}]");
}

static void put_schema(GString *out)
{
    schema_put(out, "'anyOf':[{" A_COUNT "},{'type':'object'," NO_OTHERS ",'required':['until'],"
                    "'properties':{'min':{" A_COUNT "},'max':{" A_COUNT "},"
                    "'until':{'type':'object'," NO_OTHERS ",'properties':{'metric':{");
    put_metrics(out);
    schema_put(out, "},'half_width':{" A_SHARE "},'confidence':{" A_SHARE "}}}}}]");
}

const struct key_kind kind_replications = {
    .values = "a count up to 1 000 000, or `{min: 20, max: 400, until: {metric: t99, half_width: "
              "2%, confidence: 95%}}`",
    .put_schema = put_schema,
    .read = read_replications,
    .write = write_replications,
    .clear = clear_replications,
};
