/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison.c - one comparison of compare.h: its numbers, its verdict, its sentence. */
#include "analysis/compare.h"

#include <glib.h>
#include <math.h>

#define CONFIDENCE 0.95

void comparison_fill(struct comparison *c, const struct series *subject,
                     const struct series *baseline)
{
    double *x = g_new(double, subject->count + 1), *y = g_new(double, subject->count + 1);
    size_t k = 0;

    for (size_t i = 0; i < subject->count; i++) {
        while (k < baseline->count && baseline->replications[k] < subject->replications[i])
            k++;
        if (k == baseline->count || baseline->replications[k] != subject->replications[i] ||
            isnan(subject->values[i]) || isnan(baseline->values[k]))
            continue;
        c->pairs++;
        if (isfinite(subject->values[i]) && isfinite(baseline->values[k])) {
            x[c->both] = subject->values[i];
            y[c->both++] = baseline->values[k];
        }
        c->subject_never += isinf(subject->values[i]) && isfinite(baseline->values[k]) ? 1 : 0;
        c->baseline_never += isfinite(subject->values[i]) && isinf(baseline->values[k]) ? 1 : 0;
    }
    c->difference = statistics_paired_difference(x, y, c->both, CONFIDENCE);
    c->ratio = statistics_paired_ratio(x, y, c->both, CONFIDENCE);
    g_free(x);
    g_free(y);
}

enum verdict comparison_verdict(const struct comparison *c)
{
    if (statistics_sign_test(c->subject_never, c->baseline_never) < 1 - CONFIDENCE)
        return c->subject_never > c->baseline_never ? VERDICT_SELDOMER : VERDICT_OFTENER;
    if (c->difference.upper < 0)
        return VERDICT_LESS;
    if (c->difference.lower > 0)
        return VERDICT_MORE;
    return VERDICT_NONE; /* also where the limits are unknown */
}

/* `1.90 s (1.70–2.10)` of an estimate that is turned to be positive. */
static char *write_amount(struct estimate e, enum metric_unit unit)
{
    struct scale scale = scale_choose(unit, e.value);
    char value[32], lower[32], upper[32];
    double sign = e.value < 0 ? -1 : 1;

    scale_write(value, sign * e.value, scale);
    scale_write(lower, sign < 0 ? -e.upper : e.lower, scale);
    scale_write(upper, sign < 0 ? -e.lower : e.upper, scale);
    return g_strdup_printf("%s%s%s (%s to %s)", value, *scale.unit ? " " : "",
                           unit == UNIT_SHARE ? "percentage points" : scale.unit, lower, upper);
}

/* How many times as fast, long or much; "" if the ratio means nothing. */
static char *write_ratio(const struct comparison *c, enum verdict verdict)
{
    bool is_time = c->metric.unit == UNIT_TIME;
    double ratio = c->ratio.value;
    char text[32];

    if (!isfinite(ratio) || ratio <= 0 || c->metric.unit == UNIT_SHARE)
        return g_strdup("");
    if (is_time && verdict == VERDICT_LESS)
        ratio = 1 / ratio;
    scale_write(text, ratio, (struct scale){ 1, "" });
    return g_strdup_printf(", %s times as %s", text,
                           !is_time                  ? "much"
                           : verdict == VERDICT_LESS ? "fast"
                                                     : "long");
}

/* The difference over the pairs in which it happened to both: "1.9 s (1.7 to 2.1) sooner than
 * push, 2.1 times as fast". */
static char *write_difference(const struct comparison *c, const char *baseline)
{
    bool is_time = c->metric.unit == UNIT_TIME;
    enum verdict verdict = c->difference.value < 0 ? VERDICT_LESS : VERDICT_MORE;
    char *amount = write_amount(c->difference, c->metric.unit), *ratio = write_ratio(c, verdict);
    char *text = g_strdup_printf("%s %s than %s%s", amount,
                                 verdict == VERDICT_LESS ? is_time ? "sooner" : "less"
                                 : is_time               ? "later"
                                                         : "more",
                                 baseline, ratio);

    g_free(amount);
    g_free(ratio);
    return text;
}

/* "push never does in 3 of 20 paired runs, mail in 0"; the pairs in which neither does count
 * for both. */
static char *write_never(const struct comparison *c, const char *subject, const char *baseline)
{
    size_t neither = c->pairs - c->both - c->subject_never - c->baseline_never;

    return g_strdup_printf("%s never in %zu of %zu paired runs, %s never in %zu", subject,
                           c->subject_never + neither, c->pairs, baseline,
                           c->baseline_never + neither);
}

/* Of a difference that may be none: the interval holds 0 or is unknown. */
static char *write_no_difference(const struct comparison *c)
{
    struct scale scale =
        scale_choose(c->metric.unit, fmax(fabs(c->difference.lower), fabs(c->difference.upper)));
    const char *unit = c->metric.unit == UNIT_SHARE ? "percentage points" : scale.unit;
    char lower[32], upper[32];

    if (c->both < 2)
        return g_strdup("one pair cannot tell a difference from chance");
    if (c->difference.lower == 0 && c->difference.upper == 0)
        return g_strdup("no difference at all");
    scale_write(lower, c->difference.lower, scale);
    scale_write(upper, c->difference.upper, scale);
    return g_strdup_printf("no difference that the runs could show (%s to %s%s%s)", lower, upper,
                           *unit ? " " : "", unit);
}

/* What is compared: "push-pull reaches 99 % of the nodes" or "push-pull: bytes sent". */
static char *write_topic(const struct comparison *c, const char *subject)
{
    return c->metric.event ? g_strdup_printf("%s %s", subject, c->metric.event)
                           : g_strdup_printf("%s: %s", subject, c->metric.label);
}

static char *censored_sentence(const struct comparison *c, const char *subject,
                               const char *baseline)
{
    enum verdict verdict = comparison_verdict(c);
    char *topic = write_topic(c, subject), *never = write_never(c, subject, baseline);
    char *rest, *text;

    if (c->both == 0)
        rest = g_strdup("in no pair both do");
    else if (c->difference.lower > 0 || c->difference.upper < 0)
        rest = write_difference(c, baseline);
    else
        rest = write_no_difference(c);
    text = g_strdup_printf("%s %s %s: %s; %s%s", topic,
                           verdict == VERDICT_SELDOMER  ? "less often than"
                           : verdict == VERDICT_OFTENER ? "more often than"
                                                        : "not in every run, nor does",
                           baseline, never, c->both > 0 ? "where both do, " : "", rest);
    g_free(topic);
    g_free(never);
    g_free(rest);
    return text;
}

char *comparison_sentence(const struct comparison *c, const char *subject, const char *baseline)
{
    char *topic, *rest, *text;

    if (c->pairs == 0)
        return g_strdup_printf("%s and %s have no paired runs with %s", subject, baseline,
                               c->metric.name);
    if (c->both < c->pairs)
        return censored_sentence(c, subject, baseline);
    topic = write_topic(c, subject);
    if (comparison_verdict(c) == VERDICT_NONE) {
        rest = write_no_difference(c);
        text = g_strdup_printf("%s and %s, %s: %s; %zu paired run%s", subject, baseline,
                               c->metric.label, rest, c->pairs, c->pairs == 1 ? "" : "s");
    } else {
        rest = write_difference(c, baseline);
        text = g_strdup_printf("%s %s; %zu paired runs", topic, rest, c->pairs);
    }
    g_free(topic);
    g_free(rest);
    return text;
}
