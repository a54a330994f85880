/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_judge.c - ratio and diff against what was demanded; see compare.h. */
#include "analysis/verdict/compare_parts.h"

#include "analysis/text/text.h"
#include "analysis/verdict/judge.h"

#include <math.h>
#include <string.h>

/*
 * What decides: the estimate over the pairs in which it happened to both.  Where there is no such
 * pair, what never happens to one side only is infinitely later than the other.
 */
static struct estimate find(const struct expression *e, const struct comparison *c)
{
    bool is_ratio = e->stat == STAT_RATIO;
    struct estimate none = { NAN, NAN, NAN };

    if (c->both > 0)
        return is_ratio ? c->ratio : c->difference;
    if (c->subject_never > 0 && c->baseline_never == 0)
        none.value = INFINITY;
    else if (c->baseline_never > 0 && c->subject_never == 0)
        none.value = is_ratio ? 0 : -INFINITY;
    return none;
}

/* Escaped, in the place of the name, which it frees.  g_free() it. */
static char *escape(char *name)
{
    char *safe = text_escape(name);

    g_free(name);
    return safe;
}

/* `1.34 (95 % confidence 1.2 to 1.5) in 20 pairs`, and where it did not happen to both. */
static char *found_text(const struct compare *compare, const struct expression *e,
                        const struct comparison *c)
{
    struct estimate found = find(e, c);
    size_t neither = c->pairs - c->both - c->subject_never - c->baseline_never;
    GString *text = g_string_new(NULL);
    char *value = judge_estimate_text(e, found);
    char *subject = escape(compare_subject_name(compare, c, true));
    char *baseline = escape(compare_baseline_name(compare, c));

    if (c->pairs == 0)
        g_string_append(text, "no pair of runs has it");
    else if (c->both == 0)
        g_string_append(text, "no pair in which both do");
    else
        g_string_append_printf(text, "%s in %zu pair%s", value, c->both, c->both == 1 ? "" : "s");
    if (c->both < c->pairs)
        g_string_append_printf(text, "; %s never in %zu of %zu, %s never in %zu", subject,
                               c->subject_never + neither, c->pairs, baseline,
                               c->baseline_never + neither);
    if (c->both > 0 && judge_is_open(e, found))
        g_string_append(text, "; more runs may change that");
    g_free(value);
    g_free(subject);
    g_free(baseline);
    return g_string_free(text, FALSE);
}

/* `mail` or `nodes=100`.  g_free() it. */
static char *against_text(const struct compare *compare, const struct comparison *c)
{
    return escape(compare->axis < 0
                      ? compare_baseline_name(compare, c)
                      : g_strdup_printf("%s=%s", compare->study->axes[compare->axis],
                                        compare_axis_text(compare, c->baseline.point)));
}

/* `push against mail, at network.loss=5%`. */
static char *place_name(const struct compare *compare, const struct comparison *c)
{
    char *subject = escape(compare_subject_name(compare, c, true));
    char *baseline = against_text(compare, c);
    char *at = escape(study_point_name(compare->study, c->subject.point, compare->axis));
    char *name = g_strconcat(subject, " against ", baseline, *at ? ", at " : "", at, NULL);

    g_free(subject);
    g_free(baseline);
    g_free(at);
    return name;
}

static void judge_comparison(struct judge *judge, const struct compare *compare,
                             const struct comparison *c)
{
    char *found = found_text(compare, judge->expression, c), *place = place_name(compare, c);

    judge_place(judge, find(judge->expression, c).value, found, place);
    g_free(found);
    g_free(place);
}

static bool judge_relative(struct judge *judge, const struct study *study,
                           const struct compare_options *options, struct errors *errors)
{
    const struct expression *e = judge->expression;
    struct compare compare;
    bool is_good;

    compare_init(&compare, study);
    is_good = compare_fill(&compare, options, e->metric, errors);
    for (size_t i = 0; is_good && i < compare.list->len; i++) {
        const struct comparison *c = &g_array_index(compare.list, struct comparison, i);
        const char *strategy = study->strategies[c->subject.strategy];

        if ((!e->strategy && c->pairs > 0) || g_strcmp0(e->strategy, strategy) == 0)
            judge_comparison(judge, &compare, c);
    }
    if (is_good)
        judge_end(judge);
    compare_clear(&compare);
    return is_good;
}

bool compare_judge(FILE *out, const struct study *study, const struct compare_options *options,
                   const struct expression *list, size_t count, size_t *different,
                   struct errors *errors)
{
    bool is_good = true;

    *different = 0;
    for (size_t i = 0; is_good && i < count; i++) {
        struct judge judge = { .out = out, .expression = &list[i] };

        if (!expression_is_relative(&list[i]))
            continue;
        is_good = judge_relative(&judge, study, options, errors);
        *different += judge.different > 0;
    }
    return is_good;
}
