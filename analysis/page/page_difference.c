/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_difference.c - which of the strategies differ, and which the runs cannot tell apart; see
 * page_parts.h.
 *
 * Few comparisons are told in the sentences of `compare`; of more of them the strategies are listed
 * by verdict, and of a sweep the verdicts counted.
 */
#include "analysis/page/page_parts.h"

#include "analysis/verdict/compare.h"
#include "base/markup.h"

#include <string.h>

enum {
    SENTENCES_MAX = 24,
    CELLS_MAX = 4000, /* points times strategies; of more the page has nothing to say in its time */
    ROWS_MAX = 200,
};

/* The comparisons of a metric and a strategy at all points. */
struct tally {
    struct metric metric;
    size_t strategy, counts[VERDICT_MORE_OFTEN + 1];
};

struct differences {
    const struct study *study;
    GPtrArray *sentences; /* with a verdict, then those without */
    size_t told;          /* of them, with a verdict */
    GArray *tallies;
    size_t count, tests, pairs; /* the most pairs of any */
    size_t unpaired;            /* comparisons of strategies without a replication in common */
    size_t of_ends; /* comparisons of totals up to ends that differ: they tell of the ends */
};

static void take(void *context, const struct comparison *c, const char *sentence)
{
    struct differences *d = context;
    const enum verdict verdict = comparison_verdict(c);
    struct tally *tally = NULL;

    d->count++;
    d->tests = c->tests;
    d->pairs = MAX(d->pairs, c->pairs);
    if (c->pairs == 0)
        d->unpaired++;
    else if (c->ends_differ)
        d->of_ends++;
    else if (verdict == VERDICT_NONE)
        g_ptr_array_add(d->sentences, g_strdup(sentence));
    else
        g_ptr_array_insert(d->sentences, (gint)d->told++, g_strdup(sentence));
    for (guint i = 0; i < d->tallies->len && !tally; i++) {
        struct tally *other = &g_array_index(d->tallies, struct tally, i);
        if (other->strategy == c->subject.strategy &&
            strcmp(other->metric.name, c->metric.name) == 0)
            tally = other;
    }
    if (!tally) {
        const struct tally fresh = { .metric = c->metric, .strategy = c->subject.strategy };
        g_array_append_val(d->tallies, fresh);
        tally = &g_array_index(d->tallies, struct tally, d->tallies->len - 1);
    }
    tally->counts[verdict]++;
}

/* ---- sentences ---- */

static void add_list(GString *out, const struct differences *d, size_t from, size_t to)
{
    g_string_append(out, "<ul>\n");
    for (size_t i = from; i < to; i++) {
        g_string_append(out, "<li>");
        markup_text(out, g_ptr_array_index(d->sentences, (guint)i));
        g_string_append(out, ".</li>\n");
    }
    g_string_append(out, "</ul>\n");
}

static void add_sentences(GString *out, const struct differences *d)
{
    if (d->of_ends > 0)
        g_string_append(out, "<p class=\"note\">Runs of the strategies end at different times, so "
                             "what they send is compared by the second, not in all.</p>\n");
    if (d->told > 0) {
        g_string_append(out, "<p>More than chance explains:</p>\n");
        add_list(out, d, 0, d->told);
    }
    if (d->told < d->sentences->len) {
        g_string_append(out, "<p>Not told apart from chance:</p>\n");
        add_list(out, d, d->told, d->sentences->len);
    }
}

/* ---- counts ---- */

static const struct {
    const char *title;
    enum verdict verdict;
} columns[] = {
    { "less, sooner", VERDICT_LESS },     { "more, later", VERDICT_MORE },
    { "less often", VERDICT_LESS_OFTEN }, { "more often", VERDICT_MORE_OFTEN },
    { "no verdict", VERDICT_NONE },
};

static void add_counts(GString *out, const struct differences *d)
{
    const struct table_style style = { .format = TABLE_PEOPLE };
    struct table *table = table_new(&style);

    table_column(table, "", "strategy", COLUMN_PEOPLE | COLUMN_KEY);
    table_column(table, "", "metric", COLUMN_PEOPLE | COLUMN_KEY);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        table_column(table, "", columns[i].title, COLUMN_PEOPLE | COLUMN_RIGHT);
    for (guint i = 0; i < d->tallies->len; i++) {
        const struct tally *tally = &g_array_index(d->tallies, struct tally, i);

        table_row(table);
        table_text(table, d->study->strategies[tally->strategy]);
        table_text(table, tally->metric.name);
        for (size_t k = 0; k < G_N_ELEMENTS(columns); k++)
            table_number(table, (double)tally->counts[columns[k].verdict], NULL);
    }
    g_string_append_printf(out, "<p>%zu comparisons%s, counted by their verdicts:</p>\n", d->count,
                           d->study->point_count > 1 ? " at the points of the sweep" : "");
    page_add_table(out, table, NULL, ROWS_MAX);
    table_free(table);
}

/* The strategies with a verdict about a metric. */
static void add_those(GString *out, const struct differences *d, const char *metric, size_t column)
{
    size_t count = 0;

    for (guint i = 0; i < d->tallies->len; i++) {
        const struct tally *tally = &g_array_index(d->tallies, struct tally, i);

        if (strcmp(tally->metric.name, metric) != 0 || tally->counts[columns[column].verdict] == 0)
            continue;
        if (count++ == 0)
            g_string_append_printf(out, "<dd>%s: ", columns[column].title);
        else
            g_string_append(out, ", ");
        markup_text(out, d->study->strategies[tally->strategy]);
    }
    g_string_append(out, count > 0 ? "</dd>\n" : "");
}

/* Of a single point: who is what, as in `t99: sooner push, pull; no verdict mail`. */
static void add_names(GString *out, const struct differences *d)
{
    g_string_append(out, "<dl>\n");
    for (guint i = 0; i < d->tallies->len; i++) {
        const struct tally *first = &g_array_index(d->tallies, struct tally, i);
        const struct tally *before = i > 0 ? first - 1 : NULL;

        if (before && strcmp(before->metric.name, first->metric.name) == 0)
            continue;
        g_string_append(out, "<dt><code>");
        markup_text(out, first->metric.name);
        g_string_append(out, "</code></dt>\n");
        for (size_t k = 0; k < G_N_ELEMENTS(columns); k++)
            add_those(out, d, first->metric.name, k);
    }
    g_string_append(out, "</dl>\n");
}

/* ---- all together ---- */

/* True, and said, if there are too few runs for any verdict. */
static bool has_too_few(GString *out, const struct differences *d)
{
    const size_t needed = d->tests > 0 ? statistics_sign_pairs(1, 0, 0.05 / (double)d->tests) : 0;
    size_t verdicts = 0;

    for (guint i = 0; i < d->tallies->len; i++) {
        const struct tally *tally = &g_array_index(d->tallies, struct tally, i);
        for (size_t k = 0; k < G_N_ELEMENTS(columns); k++)
            verdicts += columns[k].verdict == VERDICT_NONE ? 0 : tally->counts[columns[k].verdict];
    }
    if (verdicts > 0 || needed <= d->pairs)
        return false;
    g_string_append_printf(out,
                           "<p>%zu paired run%s of each leave%s no verdict: it takes at least "
                           "%zu, if all of them go one way.</p>\n",
                           d->pairs, d->pairs == 1 ? "" : "s", d->pairs == 1 ? "s" : "", needed);
    return true;
}

static void add_verdicts(GString *out, const struct differences *d)
{
    if (has_too_few(out, d))
        return;
    if (d->count <= SENTENCES_MAX) {
        add_sentences(out, d);
        return;
    }
    if (d->of_ends > 0)
        g_string_append(out, "<p class=\"note\">Totals count to the end of a run, and the runs of "
                             "the strategies end at different times; rates tell what a second "
                             "costs.</p>\n");
    if (d->study->point_count > 1)
        add_counts(out, d);
    else
        add_names(out, d);
}

static void add_all(GString *out, const struct page *page, const struct differences *d)
{
    char *command = page_command(page, "compare", "");

    g_string_append(out, "<h3>Against ");
    markup_text(out, page->study->strategies[0]);
    g_string_append(out, "</h3>\n");
    if (d->unpaired > 0)
        g_string_append_printf(out,
                               "<p class=\"note\">%zu of %zu comparisons are not made: no "
                               "replication is done of both.</p>\n",
                               d->unpaired, d->count);
    add_verdicts(out, d);
    g_string_append_printf(out,
                           "<p class=\"note\">The scenario's first strategy is what others are "
                           "compared with. Runs of the same replication meet the same weather and "
                           "are compared pair by pair; medians with their 95 %% intervals, and "
                           "sign tests at 5 %%%s. <code>",
                           d->tests > 1 ? " for all of them together (Holm's correction)" : "");
    markup_text(out, command);
    g_string_append(out, "</code> tells more.</p>\n");
    g_free(command);
}

/* Why there is nothing to compare; false and an error if it is that the file cannot be read. */
static bool add_reason(GString *out, const struct errors *reasons, struct errors *errors)
{
    if (reasons->list[0].kind == ERROR_IO) {
        errors_add(errors, ERROR_IO, "%s", reasons->list[0].text);
        return false;
    }
    g_string_append(out, "<p class=\"note\">Not compared: ");
    markup_text(out, reasons->list[0].text);
    g_string_append(out, ".</p>\n");
    return true;
}

bool page_add_differences(GString *out, const struct page *page, struct errors *errors)
{
    const struct compare_options options = { .metrics = NULL };
    const struct study *study = page->study;
    struct differences d = { .study = study,
                             .sentences = g_ptr_array_new_with_free_func(g_free),
                             .tallies = g_array_new(FALSE, TRUE, sizeof(struct tally)) };
    struct errors reasons = { .count = 0 };
    bool is_good = true;

    if (study->point_count * study->strategy_count > CELLS_MAX)
        g_string_append(out, "<p class=\"note\">So many points and strategies are compared by "
                             "<code>gossipsim compare</code>.</p>\n");
    else if (study->strategy_count > 1 && compare_each(study, &options, take, &d, &reasons))
        add_all(out, page, &d);
    else if (reasons.count > 0)
        is_good = add_reason(out, &reasons, errors);
    g_string_append(out, "</section>\n");
    errors_clear(&reasons);
    g_ptr_array_free(d.sentences, TRUE);
    g_array_free(d.tallies, TRUE);
    return is_good;
}
