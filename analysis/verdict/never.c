/* SPDX-License-Identifier: GPL-3.0-or-later */
/* never.c - see never.h. */
#include "analysis/verdict/never.h"

#include "analysis/study/summary.h"
#include "analysis/text/text.h"

enum { LINES_MAX = 8 };

struct tally {
    size_t runs, never;
};

struct never_notes {
    const struct study *study;
    const struct metric *metrics;
    size_t count;
    struct never *nevers;  /* one for each strategy */
    struct tally *tallies; /* one for each metric of each strategy */
};

struct never_notes *never_notes_new(const struct study *study, const struct metric *metrics,
                                    size_t count)
{
    struct never_notes *notes = g_new0(struct never_notes, 1);

    notes->study = study;
    notes->metrics = metrics;
    notes->count = count;
    notes->nevers = g_new0(struct never, study->strategy_count + 1);
    notes->tallies = g_new0(struct tally, study->strategy_count * count + 1);
    return notes;
}

void never_notes_free(struct never_notes *notes)
{
    if (!notes)
        return;
    g_free(notes->nevers);
    g_free(notes->tallies);
    g_free(notes);
}

void never_notes_add(struct never_notes *notes, size_t strategy, const struct never *never)
{
    never_add(&notes->nevers[strategy], never);
}

void never_notes_count(struct never_notes *notes, size_t strategy, size_t metric, size_t runs,
                       size_t never)
{
    struct tally *tally = &notes->tallies[strategy * notes->count + metric];

    tally->runs += runs;
    tally->never += never;
}

static bool read_place(struct never_notes *notes, size_t point, size_t strategy,
                       struct errors *errors)
{
    const char *name = notes->study->strategies[strategy];
    struct endings *endings = endings_read(notes->study, point, name, errors);
    struct never never = { 0 };
    bool is_good = endings != NULL;

    for (size_t i = 0; is_good && i < notes->count; i++) {
        struct series series;
        struct summary summary;

        is_good = study_read(notes->study, point, name, notes->metrics[i].name, &series, errors);
        summary = summary_quantile(&series, 0.5);
        endings_note(endings, &series);
        never_notes_count(notes, strategy, i, summary.runs, summary.never);
        series_clear(&series);
    }
    if (is_good)
        endings_count(endings, &never);
    never_notes_add(notes, strategy, &never);
    endings_free(endings);
    return is_good;
}

bool never_notes_read(struct never_notes *notes, struct errors *errors)
{
    for (size_t point = 0; point < notes->study->point_count; point++)
        for (size_t s = 0; s < notes->study->strategy_count; s++)
            if (!read_place(notes, point, s, errors))
                return false;
    return true;
}

/* `t99 in 10 of 20 runs, t_all in 20`; of a single run the names alone. */
static char *list_text(const struct never_notes *notes, size_t strategy)
{
    GString *list = g_string_new(NULL);
    size_t last = 1;

    for (size_t i = 0; i < notes->count; i++) {
        const struct tally *tally = &notes->tallies[strategy * notes->count + i];

        if (tally->never == 0)
            continue;
        g_string_append_printf(list, "%s%s", list->len ? ", " : "", notes->metrics[i].name);
        if (tally->runs > 1)
            g_string_append_printf(list, " in %zu", tally->never);
        if (tally->runs != last)
            g_string_append_printf(list, " of %zu runs", tally->runs);
        last = tally->runs;
    }
    return g_string_free(list, FALSE);
}

void never_notes_print(FILE *out, const struct never_notes *notes, const char *where)
{
    size_t lines = 0;

    for (size_t s = 0; s < notes->study->strategy_count; s++) {
        char *list, *reason, *name;

        if (notes->nevers[s].count == 0 || ++lines > LINES_MAX)
            continue;
        list = list_text(notes, s);
        reason = never_reason(&notes->nevers[s]);
        name = text_escape(notes->study->strategies[s]);
        fprintf(out, "Never with %s%s: %s; %s.\n", name, where, list, reason);
        g_free(list);
        g_free(reason);
        g_free(name);
    }
    if (lines > LINES_MAX)
        fprintf(out, "Never with %zu more strategies%s, too; --only shows one of them.\n",
                lines - LINES_MAX, where);
}
