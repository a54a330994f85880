/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison.c - one comparison of compare.h: its numbers, its verdict, its sentence. */
#include "analysis/verdict/compare.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define CONFIDENCE 0.95

/* ---- numbers ---- */

/* Steps *k to the baseline's run of the same replication as run `i`; false: there is none. */
static bool find_pair(const struct series *subject, size_t i, const struct series *baseline,
                      size_t *k)
{
    while (*k < baseline->count && baseline->replications[*k] < subject->replications[i])
        (*k)++;
    return *k < baseline->count && baseline->replications[*k] == subject->replications[i];
}

/* The pairs that have the metric; of those that happened to both also their values. */
struct pairs {
    struct survival_time *subjects, *baselines;
    double *x, *y, *differences, *ratios;
};

static struct survival_time time_of(double value)
{
    return (struct survival_time){ .time = value, .is_reached = isfinite(value) };
}

static void add_pair(struct comparison *c, struct pairs *pairs, double subject, double baseline)
{
    pairs->subjects[c->pairs] = time_of(subject);
    pairs->baselines[c->pairs++] = time_of(baseline);
    if (isfinite(subject) && isfinite(baseline)) {
        c->less += subject < baseline;
        c->more += subject > baseline;
        pairs->x[c->both] = subject;
        pairs->y[c->both] = baseline;
        pairs->ratios[c->both] = baseline == 0 ? NAN : subject / baseline;
        pairs->differences[c->both++] = subject - baseline;
    }
    c->subject_never += isinf(subject) && isfinite(baseline) ? 1 : 0;
    c->baseline_never += isfinite(subject) && isinf(baseline) ? 1 : 0;
}

/* The median ratio, unless a baseline of 0 leaves one open. */
static struct estimate median_ratio(const double *ratios, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isnan(ratios[i]))
            return (struct estimate){ NAN, NAN, NAN };
    return statistics_quantile(ratios, count, 0.5, CONFIDENCE);
}

void comparison_fill(struct comparison *c, const struct series *subject,
                     const struct series *baseline)
{
    const size_t most = subject->count + 1;
    struct pairs pairs = {
        g_new(struct survival_time, most),
        g_new(struct survival_time, most),
        g_new(double, most),
        g_new(double, most),
        g_new(double, most),
        g_new(double, most),
    };
    size_t k = 0;

    for (size_t i = 0; i < subject->count; i++)
        if (find_pair(subject, i, baseline, &k) && !isnan(subject->values[i]) &&
            !isnan(baseline->values[k]))
            add_pair(c, &pairs, subject->values[i], baseline->values[k]);
    c->difference = statistics_quantile(pairs.differences, c->both, 0.5, CONFIDENCE);
    c->ratio = median_ratio(pairs.ratios, c->both);
    c->pairing = statistics_pairing(pairs.x, pairs.y, c->both);
    c->p_often = statistics_sign_test(c->subject_never, c->baseline_never);
    c->p_much = statistics_sign_test(c->less, c->more);
    c->curves.p = NAN;
    if (c->both < c->pairs)
        c->curves = survival_test(pairs.subjects, c->pairs, pairs.baselines, c->pairs);
    g_free(pairs.subjects);
    g_free(pairs.baselines);
    g_free(pairs.x);
    g_free(pairs.y);
    g_free(pairs.differences);
    g_free(pairs.ratios);
}

bool comparison_is_of_costs(const struct comparison *c)
{
    static const char *const costs[] = { "bytes", "messages", "m", "load_" };
    const char *name = c->metric.name;
    size_t length = strcspn(name, "/");

    if (strstr(name, "_rate"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(costs); i++) {
        size_t wanted = strlen(costs[i]);
        if (strncmp(name, costs[i], wanted) == 0 &&
            (length == wanted || costs[i][wanted - 1] == '_' || name[wanted] == '_'))
            return true;
    }
    return false;
}

void comparison_set_ends(struct comparison *c, const struct series *subject,
                         const struct series *baseline)
{
    double *x = g_new(double, subject->count + 1), *y = g_new(double, subject->count + 1);
    size_t k = 0, count = 0;

    for (size_t i = 0; i < subject->count; i++)
        if (find_pair(subject, i, baseline, &k)) {
            c->ends_differ = c->ends_differ || subject->values[i] != baseline->values[k];
            x[count] = subject->values[i];
            y[count++] = baseline->values[k];
        }
    c->subject_end = statistics_quantile(x, count, 0.5, CONFIDENCE).value;
    c->baseline_end = statistics_quantile(y, count, 0.5, CONFIDENCE).value;
    g_free(x);
    g_free(y);
}

/* ---- verdicts ---- */

/* The p-values that are tests: where no pair differs there is nothing to test. */
static void add_sign_tests(struct comparison *c, GPtrArray *tests)
{
    if (c->subject_never + c->baseline_never > 0)
        g_ptr_array_add(tests, &c->p_often);
    if (c->less + c->more > 0)
        g_ptr_array_add(tests, &c->p_much);
}

static void add_curve_tests(struct comparison *c, GPtrArray *tests)
{
    if (!isnan(c->curves.p))
        g_ptr_array_add(tests, &c->curves.p);
}

/* Corrects one family of tests; returns how many it has. */
static size_t correct_family(struct comparison *list, size_t count,
                             void (*add)(struct comparison *, GPtrArray *))
{
    GPtrArray *tests = g_ptr_array_new();
    size_t found;
    double *p;

    for (size_t i = 0; i < count; i++)
        add(&list[i], tests);
    found = tests->len;
    p = g_new(double, found + 1);
    for (size_t i = 0; i < found; i++)
        p[i] = *(double *)g_ptr_array_index(tests, i);
    statistics_holm(p, found);
    for (size_t i = 0; i < found; i++)
        *(double *)g_ptr_array_index(tests, i) = p[i];
    g_free(p);
    g_ptr_array_free(tests, TRUE);
    return found;
}

void comparison_correct(struct comparison *list, size_t count)
{
    size_t tests = correct_family(list, count, add_sign_tests);

    for (size_t i = 0; i < count; i++)
        list[i].tests = tests;
    correct_family(list, count, add_curve_tests);
}

static bool is_much_different(const struct comparison *c)
{
    return c->p_much <= 1 - CONFIDENCE;
}

enum verdict comparison_verdict(const struct comparison *c)
{
    if (c->p_often <= 1 - CONFIDENCE)
        return c->subject_never > c->baseline_never ? VERDICT_LESS_OFTEN : VERDICT_MORE_OFTEN;
    if (is_much_different(c))
        return c->less > c->more ? VERDICT_LESS : VERDICT_MORE;
    return VERDICT_NONE;
}

/* ---- sentences ---- */

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

static const char *word(const struct comparison *c, bool is_less)
{
    bool is_time = c->metric.unit == UNIT_TIME;

    return is_less ? is_time ? "sooner" : "less" : is_time ? "later" : "more";
}

/*
 * The difference over the pairs in which it happened to both, if it is one: "1.9 s (1.7 to 2.1)
 * sooner than push, 2.1 times as fast; sooner in 29 of 30 paired runs".  Where many pairs are
 * equal the median says little: "less than push in 9 of 30 paired runs, more in 1".
 */
static char *write_difference(const struct comparison *c, const char *baseline)
{
    bool is_less = c->less > c->more;
    enum verdict verdict = is_less ? VERDICT_LESS : VERDICT_MORE;
    size_t majority = is_less ? c->less : c->more, minority = is_less ? c->more : c->less;
    char *amount, *ratio, *text;

    if (is_less ? !(c->difference.upper < 0) : !(c->difference.lower > 0))
        return g_strdup_printf("%s than %s in %zu of %zu paired runs, %s in %zu", word(c, is_less),
                               baseline, majority, c->both, word(c, !is_less), minority);
    amount = write_amount(c->difference, c->metric.unit);
    ratio = write_ratio(c, verdict);
    text = g_strdup_printf("%s %s than %s%s; %s in %zu of %zu paired runs", amount,
                           word(c, is_less), baseline, ratio, word(c, is_less), majority, c->both);
    g_free(amount);
    g_free(ratio);
    return text;
}

/* "; about 14 that differ as these do would tell", if it is a number that one would run. */
static char *write_wanted(const struct comparison *c)
{
    size_t pairs = statistics_sign_pairs(c->less, c->more, (1 - CONFIDENCE) / (double)c->tests);

    return pairs == 0 ? g_strdup("")
                      : g_strdup_printf("; about %zu that differ as these do would tell", pairs);
}

/* Of a difference that may be none. */
static char *write_no_difference(const struct comparison *c)
{
    struct estimate e = c->difference;
    struct scale scale = scale_choose(c->metric.unit, fmax(fabs(e.lower), fabs(e.upper)));
    const char *unit = c->metric.unit == UNIT_SHARE ? "percentage points" : scale.unit;
    bool is_clear_alone = e.lower > 0 || e.upper < 0;
    char lower[32], upper[32];

    if (c->less + c->more == 0 && c->both > 1)
        return g_strdup("no difference at all");
    if (isnan(e.lower) || isnan(e.upper))
        return g_strdup_printf("%s cannot tell a difference from chance",
                               c->both == 1 ? "one pair" : "so few pairs");
    scale_write(lower, e.lower, scale);
    scale_write(upper, e.upper, scale);
    if (is_clear_alone && c->tests > 1) {
        char *wanted = write_wanted(c);
        char *text = g_strdup_printf("a difference by itself (%s to %s%s%s), but too few pairs for "
                                     "a verdict among %zu tests%s",
                                     lower, upper, *unit ? " " : "", unit, c->tests, wanted);
        g_free(wanted);
        return text;
    }
    return g_strdup_printf("no difference that the runs could show (%s to %s%s%s)", lower, upper,
                           *unit ? " " : "", unit);
}

/* What is compared: "push-pull reaches 99 % of the nodes" or "push-pull: bytes sent". */
static char *write_topic(const struct comparison *c, const char *subject)
{
    return c->metric.event ? g_strdup_printf("%s %s", subject, c->metric.event)
                           : g_strdup_printf("%s: %s", subject, c->metric.label);
}

/* How often it happened: "in 8 of 12 paired runs, old in 11". */
static char *write_often(const struct comparison *c, const char *baseline)
{
    return g_strdup_printf("in %zu of %zu paired run%s, %s in %zu", c->both + c->baseline_never,
                           c->pairs, c->pairs == 1 ? "" : "s", baseline,
                           c->both + c->subject_never);
}

/* "; over all pairs together sooner (log-rank test, p = 0.003)". */
static char *write_curves(const struct comparison *c)
{
    bool is_less = c->curves.observed > c->curves.expected;
    char p[32];

    if (c->both == 0) /* how often says it all */
        return g_strdup("");
    if (c->curves.p > 1 - CONFIDENCE)
        return g_strdup_printf("; over all pairs together no difference that they "
                               "could show (log-rank test, p = %.2f)",
                               c->curves.p);
    if (c->curves.p < 0.001)
        g_strlcpy(p, "p < 0.001", sizeof p);
    else
        g_snprintf(p, sizeof p, "p = %.3f", c->curves.p);
    return g_strdup_printf("; over all pairs together %s (log-rank test, %s)", word(c, is_less), p);
}

/* Of a time that was not reached in every run. */
static char *censored_sentence(const struct comparison *c, const char *subject,
                               const char *baseline)
{
    enum verdict verdict = comparison_verdict(c);
    char *topic = write_topic(c, subject), *often = write_often(c, baseline), *rest, *text;
    char *curves = write_curves(c);

    if (c->both == 0)
        rest = g_strdup(c->subject_never + c->baseline_never > 0 ? "; in no pair both do" : "");
    else {
        char *much = is_much_different(c) ? write_difference(c, baseline) : write_no_difference(c);
        rest = g_strdup_printf("; where both do, %s", much);
        g_free(much);
    }
    if (verdict == VERDICT_LESS_OFTEN || verdict == VERDICT_MORE_OFTEN)
        text = g_strdup_printf("%s %s often than %s: %s%s%s", topic,
                               verdict == VERDICT_LESS_OFTEN ? "less" : "more", baseline, often,
                               rest, curves);
    else
        text = g_strdup_printf("%s %s%s%s", topic, often, rest, curves);
    g_free(curves);
    g_free(topic);
    g_free(often);
    g_free(rest);
    return text;
}

static char *plain_sentence(const struct comparison *c, const char *subject, const char *baseline)
{
    char *topic, *rest, *text;

    if (comparison_verdict(c) == VERDICT_NONE) {
        rest = write_no_difference(c);
        text = g_strdup_printf("%s and %s, %s: %s; %zu paired run%s", subject, baseline,
                               c->metric.label, rest, c->pairs, c->pairs == 1 ? "" : "s");
        g_free(rest);
        return text;
    }
    topic = write_topic(c, subject);
    rest = write_difference(c, baseline);
    text = g_strdup_printf("%s %s", topic, rest);
    g_free(topic);
    g_free(rest);
    return text;
}

/* "; but costs count to the end of a run, which is at 4.6 s (median), of push at 9.9 s: compare
 * bytes_rate". */
static char *write_ends(const struct comparison *c, const char *baseline)
{
    struct scale scale = scale_choose(UNIT_TIME, fmax(c->subject_end, c->baseline_end));
    char subject_end[32], baseline_end[32];

    scale_write(subject_end, c->subject_end, scale);
    scale_write(baseline_end, c->baseline_end, scale);
    return g_strdup_printf("; but costs count to the end of a run, which is at %s %s (median), of "
                           "%s at %s %s: compare %s",
                           subject_end, scale.unit, baseline, baseline_end, scale.unit,
                           g_str_has_prefix(c->metric.name, "bytes") ? "bytes_rate"
                                                                     : "messages_rate");
}

char *comparison_sentence(const struct comparison *c, const char *subject, const char *baseline)
{
    char *text, *ends, *all;

    if (c->pairs == 0)
        return g_strdup_printf("%s and %s have no paired runs with %s", subject, baseline,
                               c->metric.name);
    text = c->both < c->pairs ? censored_sentence(c, subject, baseline)
                              : plain_sentence(c, subject, baseline);
    if (!c->ends_differ)
        return text;
    ends = write_ends(c, baseline);
    all = g_strconcat(text, ends, NULL);
    g_free(text);
    g_free(ends);
    return all;
}
