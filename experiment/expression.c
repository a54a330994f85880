/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expression.c - see expression.h. */
#include "experiment/expression.h"

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

static bool read_stat(const char *text, struct expression *e, char *why)
{
    static const struct {
        const char *name;
        enum expression_stat stat;
        double quantile;
    } stats[] = {
        { "mean", STAT_MEAN, 0 }, { "median", STAT_QUANTILE, 0.5 }, { "min", STAT_MIN, 0 },
        { "max", STAT_MAX, 0 },   { "P", STAT_PROBABILITY, 0 },
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
    if (text[0] == 'p' && read_percentile(text + 1, &e->quantile))
        return true;
    if (nearest.best != NULL)
        return refuse(why, "unknown statistic `%.40s`; did you mean `%s`?", text, nearest.best);
    return refuse(why,
                  "unknown statistic `%.40s`; known are mean, median, min, max, P and p1 to p99.9",
                  text);
}

/* Reads the value in the unit that the metric has. */
static bool read_value(const char *text, struct expression *e, char *why)
{
    char reason[QUANTITY_WHY_MAX];
    int64_t whole = 0;

    switch (metric_describe(e->metric).unit) {
    case UNIT_TIME:
        if (!quantity_read_time(text, &whole, reason))
            return refuse(why, "%s", reason);
        e->value = (double)whole / 1e9;
        return true;
    case UNIT_BYTES:
        if (!quantity_read_size(text, &whole, reason))
            return refuse(why, "%s", reason);
        e->value = (double)whole;
        return true;
    case UNIT_SHARE:
        return quantity_read_fraction(text, &e->value, reason) || refuse(why, "%s", reason);
    case UNIT_COUNT:
    case UNIT_NUMBER:
        break;
    }
    if (quantity_read_count(text, &whole, NULL)) {
        e->value = (double)whole;
        return true;
    }
    return quantity_read_real(text, &e->value, reason) || refuse(why, "%s", reason);
}

/* Reads `OP VALUE`. */
static bool read_bound(const char *text, struct expression *e, char *why)
{
    size_t length = strspn(text, "<>=");
    char *order = g_strndup(text, length);
    char *value = piece(text + length, text + strlen(text));
    bool is_known = false, is_good;

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        if (strcmp(order, orders[i]) == 0) {
            e->order = (enum expression_order)i;
            is_known = true;
        }
    }
    is_good = is_known ? read_value(value, e, why)
                       : refuse(why, "one of < <= > >= and a value were expected after the `)`");
    if (is_good) {
        char *subject = e->text;
        e->text = g_strdup_printf("%s %s %s", subject, order, value);
        g_free(subject);
    }
    g_free(order);
    g_free(value);
    return is_good;
}

/* Reads `METRIC` or `METRIC, STRATEGY`. */
static bool read_subject(const char *from, const char *to, struct expression *e, char *why)
{
    const char *comma = memchr(from, ',', (size_t)(to - from));

    e->metric = piece(from, comma != NULL ? comma : to);
    e->strategy = comma != NULL ? piece(comma + 1, to) : NULL;
    if (e->metric[0] == 0)
        return refuse(why, "a metric is missing; the form is " FORM);
    if (e->strategy != NULL && e->strategy[0] == 0)
        return refuse(why, "a strategy is missing after the comma");
    if (e->stat == STAT_PROBABILITY && strcmp(e->metric, "converged") != 0)
        return refuse(why,
                      "P is the share of runs that converged, `P(converged)`; of `%.60s` take "
                      "mean, median or a percentile",
                      e->metric);
    return true;
}

bool expression_read(const char *text, struct expression *expression, char why[EXPRESSION_WHY_MAX])
{
    struct expression e = { 0 };
    const char *open = strchr(text, '('), *close = strrchr(text, ')'), *after;
    char *stat;
    bool is_good;

    if (open == NULL)
        return refuse(why, "`%.60s` is no expression; the form is " FORM, text);
    if (close == NULL || close < open)
        return refuse(why, "the `(` is not closed; within a [list] the expression needs quotes, "
                           "because of its comma");
    for (after = close + 1; g_ascii_isspace(*after);)
        after++;
    stat = piece(text, open);
    is_good = read_stat(stat, &e, why) && read_subject(open + 1, close, &e, why);
    if (is_good) {
        e.text = g_strdup_printf("%s(%s%s%s)", stat, e.metric, e.strategy != NULL ? ", " : "",
                                 e.strategy != NULL ? e.strategy : "");
        is_good = read_bound(after, &e, why);
    }
    g_free(stat);
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

bool expression_holds(const struct expression *expression, double found)
{
    switch (expression->order) {
    case ORDER_LESS:
        return found < expression->value;
    case ORDER_AT_MOST:
        return found <= expression->value;
    case ORDER_MORE:
        return found > expression->value;
    case ORDER_AT_LEAST:
        return found >= expression->value;
    }
    return false;
}
