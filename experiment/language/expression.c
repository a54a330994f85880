/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expression.c - see expression.h. */
#include "experiment/language/expression.h"

#include "base/nearest.h"
#include "base/quantity.h"

#include <glib.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define FORM "STAT(METRIC, STRATEGY) OP VALUE, as in p95(t99, push) < 90s"

static const char *const orders[] = {
    [ORDER_LESS] = "<", [ORDER_AT_MOST] = "<=", [ORDER_MORE] = ">", [ORDER_AT_LEAST] = ">="
};

/* Says what is wrong; always false. */
static bool refuse(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(char *why, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_vsnprintf(why, EXPRESSION_WHY_MAX, format, arguments);
    va_end(arguments);
    return false;
}

/* A copy of the text from `from` to before `to`, without blanks around it. */
static char *piece(const char *from, const char *to)
{
    return g_strstrip(g_strndup(from, (gsize)(to - from)));
}

/* `95` of p95, `99.9` of p99.9: digits, perhaps a fraction, between 0 and 100. */
static bool read_percentile(const char *text, double *quantile)
{
    size_t length = strspn(text, G_CSET_DIGITS);

    if (length == 0 || length > 2)
        return false;
    if (text[length] == '.' && g_ascii_isdigit(text[length + 1]))
        length += 1 + strspn(text + length + 1, G_CSET_DIGITS);
    *quantile = g_ascii_strtod(text, NULL) / 100;
    return text[length] == 0 && length < 12 && *quantile > 0;
}

bool expression_read_quantile(const char *text, double *quantile)
{
    double read = 0.5;

    if (strcmp(text, "median") != 0 && !(text[0] == 'p' && read_percentile(text + 1, &read)))
        return false;
    *quantile = read;
    return true;
}

static bool read_stat(const char *text, struct expression *e, char *why)
{
    static const struct {
        const char *name;
        enum expression_stat stat;
        double quantile;
    } stats[] = {
        { "mean", STAT_MEAN, 0 },       { "median", STAT_QUANTILE, 0.5 },
        { "min", STAT_MIN, 0 },         { "max", STAT_MAX, 0 },
        { "P", STAT_PROBABILITY, 0 },   { "ratio", STAT_RATIO, 0 },
        { "diff", STAT_DIFFERENCE, 0 },
    };
    struct nearest nearest = { .word = text };

    for (size_t i = 0; i < G_N_ELEMENTS(stats); i++) {
        if (strcmp(text, stats[i].name) == 0) {
            e->stat = stats[i].stat;
            e->quantile = stats[i].quantile;
            return true;
        }
        nearest_offer(&nearest, stats[i].name);
    }
    e->stat = STAT_QUANTILE;
    if (expression_read_quantile(text, &e->quantile))
        return true;
    if (nearest.best != NULL)
        return refuse(why, "unknown statistic `%.40s`; did you mean `%s`?", text, nearest.best);
    return refuse(why,
                  "unknown statistic `%.40s`; known are mean, median, min, max, P, p1 to p99.9, "
                  "ratio and diff",
                  text);
}

/* Bytes a second, as `20kB/s` or `160kbit/s`. */
static bool read_byte_rate(const char *text, double *value, char why[QUANTITY_WHY_MAX])
{
    char *size = g_strndup(text, strlen(text) - (g_str_has_suffix(text, "/s") ? 2 : 0));
    int64_t bytes;
    bool is_good = quantity_read_bitrate(text, value, NULL);

    if (is_good) {
        *value /= 8;
    } else if (g_str_has_suffix(text, "/s") && quantity_read_size(size, &bytes, NULL)) {
        *value = (double)bytes;
        is_good = true;
    } else {
        g_snprintf(why, QUANTITY_WHY_MAX,
                   "`%.40s` is not a rate of bytes, as in 20kB/s or 160kbit/s", text);
    }
    g_free(size);
    return is_good;
}

/* Reads a value in the unit, in base units. */
static bool read_amount(const char *text, enum metric_unit unit, double *value, char *why)
{
    int64_t whole = 0;

    switch (unit) {
    case UNIT_TIME:
        if (!quantity_read_time(text, &whole, why))
            return false;
        *value = (double)whole / 1e9;
        return true;
    case UNIT_BYTES:
        if (!quantity_read_size(text, &whole, why))
            return false;
        *value = (double)whole;
        return true;
    case UNIT_BYTE_RATE:
        return read_byte_rate(text, value, why);
    case UNIT_RATE:
        return quantity_read_rate(text, value, why);
    case UNIT_SHARE:
        return quantity_read_fraction(text, value, why);
    case UNIT_COUNT:
    case UNIT_NUMBER:
        break;
    }
    if (!quantity_read_count(text, &whole, NULL))
        return quantity_read_real(text, value, why);
    *value = (double)whole;
    return true;
}

/* Reads `OP VALUE` into *bound, one of *e, and appends it to the canonical text.  `after` is what
 * the bound should stand behind. */
static bool read_bound(const char *text, enum metric_unit unit, const struct expression *e,
                       struct expression_bound *bound, GString *canonical, const char *after,
                       char *why)
{
    size_t length = strspn(text, "<>=");
    char *order = g_strndup(text, length);
    char *value = piece(text + length, text + strlen(text));
    bool is_negative = e->stat == STAT_DIFFERENCE && value[0] == '-';
    bool is_known = false, is_good = false;
    char reason[QUANTITY_WHY_MAX];

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        if (strcmp(order, orders[i]) == 0) {
            bound->order = (enum expression_order)i;
            is_known = true;
        }
    }
    if (!is_known)
        refuse(why, "one of < <= > >= and a value were expected after the %s", after);
    else if (!read_amount(value + is_negative, unit, &bound->value, reason))
        refuse(why, "%s%s",
               strchr(e->metric, '.') && (unit == UNIT_COUNT || unit == UNIT_NUMBER)
                   ? "this figure of a model is a plain number; "
                   : "",
               reason);
    else
        is_good = true;
    if (is_good && is_negative)
        bound->value = -bound->value;
    if (is_good)
        g_string_append_printf(canonical, " %s %s", order, value);
    g_free(order);
    g_free(value);
    return is_good;
}

/* True if there is such a metric of groups; whether there are such groups is for the caller to say.
 */
static bool check_of_group(const char *metric, const struct group_metric *of, char *why)
{
    const int length = (int)(of->group - metric) - 1;
    char *name = g_strndup(metric, (gsize)length);
    struct nearest nearest = { .word = name };
    bool is_good = false;

    for (int i = 0; i < METRICS; i++)
        if (metric_table[i].by_group)
            nearest_offer(&nearest, metric_table[i].name);
    if (of->row == NULL && nearest.best != NULL)
        refuse(why, "there is no metric `%.60s`; did you mean `%s%.80s`?", name, nearest.best,
               metric + length);
    else if (of->row == NULL)
        refuse(why, "there is no metric `%.60s`; `gossipsim help metrics` lists all", name);
    else if (!of->row->by_group)
        refuse(why, "`%s` is not measured by group; `gossipsim help metrics` says what is", name);
    else if (of->group_length == 0 || (of->other != NULL && of->other[0] == 0))
        refuse(why, "a group is missing in `%.60s`; the form is t99@GROUP or bytes@GROUP>OTHER",
               metric);
    else if (strchr(of->group, '/') != NULL)
        refuse(why,
               "there is no NAME/node of groups; `messages_rate@eu` and its like are per node");
    else if (of->other != NULL && !of->row->between)
        refuse(why, "`%s` is not measured between groups; `bytes` and `messages` are", name);
    else
        is_good = true;
    g_free(name);
    return is_good;
}

/*
 * True if there is such a metric.  What a model counts has a dot in its name; which of these there
 * are depends on the study, and so is for the caller to say.
 */
bool expression_check_metric(const char *metric, char why[EXPRESSION_WHY_MAX])
{
    struct group_metric of_group;

    if (group_metric_read(metric, &of_group))
        return check_of_group(metric, &of_group, why);
    bool is_per_node = g_str_has_suffix(metric, "/node");
    char *name = g_strndup(metric, strlen(metric) - (is_per_node ? strlen("/node") : 0));
    const struct metric *row = metric_find(name);
    struct nearest nearest = { .word = name };
    bool is_good = strchr(name, '.') != NULL || (row && (!is_per_node || row->per_node));

    for (int i = 0; i < METRICS && !is_good; i++)
        nearest_offer(&nearest, metric_table[i].name);
    if (!is_good && row)
        refuse(why, "`%s` divided by the nodes would mean nothing", name);
    else if (!is_good && nearest.best != NULL)
        refuse(why, "there is no metric `%.60s`; did you mean `%s`?", name, nearest.best);
    else if (!is_good)
        refuse(why, "there is no metric `%.60s`; `gossipsim help metrics` lists all", name);
    g_free(name);
    return is_good;
}

/* Reads `METRIC` or, of P, `METRIC OP VALUE`. */
static bool read_metric(const char *text, struct expression *e, GString *canonical, char *why)
{
    const char *bound = metric_name_end(text);

    e->metric = piece(text, bound);
    e->has_condition = *bound != 0;
    g_string_append(canonical, e->metric);
    if (e->metric[0] == 0)
        return refuse(why, "a metric is missing; the form is " FORM);
    if (!expression_check_metric(e->metric, why))
        return false;
    if (e->has_condition && e->stat != STAT_PROBABILITY)
        return refuse(why, "`%.60s` is a condition, which only P takes, as in P(t_all < 15s)",
                      text);
    if (e->has_condition)
        return read_bound(bound, metric_describe(e->metric).unit, e, &e->condition, canonical,
                          "metric", why);
    if (e->stat == STAT_PROBABILITY && strcmp(e->metric, "converged") != 0)
        return refuse(why,
                      "P is the share of runs in which something holds, as in P(converged) or "
                      "P(t_all < 15s); of `%.60s` take mean, median or a percentile, or add a "
                      "condition",
                      e->metric);
    return true;
}

/* Reads what stands between the brackets: what is measured and perhaps `, STRATEGY`. */
static bool read_subject(const char *from, const char *to, struct expression *e, GString *canonical,
                         char *why)
{
    const char *comma = memchr(from, ',', (size_t)(to - from));
    char *measured = piece(from, comma != NULL ? comma : to);
    bool is_good = read_metric(measured, e, canonical, why);

    g_free(measured);
    if (!is_good)
        return false;
    e->strategy = comma != NULL ? piece(comma + 1, to) : NULL;
    if (e->strategy != NULL && e->strategy[0] == 0)
        return refuse(why, "a strategy is missing after the comma");
    if (e->strategy != NULL)
        g_string_append_printf(canonical, ", %s", e->strategy);
    return true;
}

enum metric_unit expression_unit(const struct expression *expression)
{
    switch (expression->stat) {
    case STAT_PROBABILITY:
        return UNIT_SHARE;
    case STAT_RATIO:
        return UNIT_NUMBER;
    case STAT_MEAN:
    case STAT_QUANTILE:
    case STAT_MIN:
    case STAT_MAX:
    case STAT_DIFFERENCE:
        break;
    }
    return metric_describe(expression->metric).unit;
}

bool expression_is_relative(const struct expression *expression)
{
    return expression->stat == STAT_RATIO || expression->stat == STAT_DIFFERENCE;
}

/* Reads all but the value behind the bracket. */
static bool read_parts(const char *text, const char *open, const char *close, struct expression *e,
                       GString *canonical, char *why)
{
    char *stat = piece(text, open);
    bool is_good = read_stat(stat, e, why);

    g_string_append_printf(canonical, "%s(", stat);
    is_good = is_good && read_subject(open + 1, close, e, canonical, why);
    g_string_append_c(canonical, ')');
    g_free(stat);
    return is_good;
}

/* True of two statistics, as in median(t99, push) < median(t99, pull). */
static bool is_compared(const char *open, const char *close)
{
    const char *after = strchr(open, ')') + 1, *second = strchr(after, '(');

    while (g_ascii_isspace(*after))
        after++;
    return (*after == '<' || *after == '>') && second != NULL && second < close;
}

bool expression_read(const char *text, struct expression *expression, char why[EXPRESSION_WHY_MAX])
{
    struct expression e = { 0 };
    const char *open = strchr(text, '('), *close = strrchr(text, ')'), *after;
    GString *canonical;

    if (open == NULL)
        return refuse(why, "`%.60s` is not an expression; the form is " FORM, text);
    if (close == NULL || close < open)
        return refuse(why, "the `(` is not closed; within a [list] the expression needs quotes, "
                           "because of its comma");
    if (is_compared(open, close))
        return refuse(why,
                      "the right side is a value, as in median(t99) < 15s; `compare` "
                      "sets strategies side by side, and its --fail-if takes diff() and ratio()");
    for (after = close + 1; g_ascii_isspace(*after);)
        after++;
    canonical = g_string_new(NULL);
    if (read_parts(text, open, close, &e, canonical, why) &&
        read_bound(after, expression_unit(&e), &e, &e.bound, canonical, "`)`", why)) {
        e.text = g_string_free(canonical, FALSE);
        *expression = e;
        return true;
    }
    g_string_free(canonical, TRUE);
    expression_clear(&e);
    return false;
}

bool expression_read_measure(const char *text, struct expression *expression,
                             char why[EXPRESSION_WHY_MAX])
{
    struct expression e = { 0 };
    const char *open = strchr(text, '('), *close = strrchr(text, ')');
    GString *canonical;
    bool is_good = false;

    if (open == NULL || close == NULL || close < open || close[1 + strspn(close + 1, " ")] != 0)
        return refuse(why,
                      "`%.60s`: the form is STAT(METRIC) or P(METRIC OP VALUE), as in p95(t99) "
                      "or P(t_all < 15s)",
                      text);
    canonical = g_string_new(NULL);
    if (!read_parts(text, open, close, &e, canonical, why))
        is_good = false;
    else if (expression_is_relative(&e))
        refuse(why, "`%.60s` needs a baseline, which `compare` has", text);
    else if (e.strategy != NULL)
        refuse(why, "`%.60s`: every strategy has its row, so none is named here", text);
    else
        is_good = true;
    e.text = g_string_free(canonical, FALSE);
    if (is_good)
        *expression = e;
    else
        expression_clear(&e);
    return is_good;
}

void expression_clear(struct expression *expression)
{
    g_free(expression->text);
    g_free(expression->metric);
    g_free(expression->strategy);
    *expression = (struct expression){ 0 };
}

static bool bound_holds(const struct expression_bound *bound, double found)
{
    switch (bound->order) {
    case ORDER_LESS:
        return found < bound->value;
    case ORDER_AT_MOST:
        return found <= bound->value;
    case ORDER_MORE:
        return found > bound->value;
    case ORDER_AT_LEAST:
        return found >= bound->value;
    }
    return false;
}

bool expression_holds(const struct expression *expression, double found)
{
    return bound_holds(&expression->bound, found);
}

bool expression_counts(const struct expression *expression, double value)
{
    return expression->has_condition ? bound_holds(&expression->condition, value) : value > 0;
}
