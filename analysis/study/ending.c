/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ending.c - see ending.h. */
#include "analysis/study/ending.h"

#include "base/quantity.h"

#include <math.h>

struct endings {
    struct series cut_off, quiet; /* 1: the run ended so */
    struct series end;            /* seconds */
    bool *is_noted;
};

struct endings *endings_read(const struct study *study, size_t point, const char *strategy,
                             struct errors *errors)
{
    struct endings *endings = g_new0(struct endings, 1);

    if (study_read(study, point, strategy, "cut_off", &endings->cut_off, errors) &&
        study_read(study, point, strategy, "went_quiet", &endings->quiet, errors) &&
        study_read(study, point, strategy, "sim_end", &endings->end, errors)) {
        endings->is_noted = g_new0(bool, endings->end.count + 1);
        return endings;
    }
    endings_free(endings);
    return NULL;
}

void endings_free(struct endings *endings)
{
    if (!endings)
        return;
    series_clear(&endings->cut_off);
    series_clear(&endings->quiet);
    series_clear(&endings->end);
    g_free(endings->is_noted);
    g_free(endings);
}

/* The place among the endings, at *k or behind it, of the series' run `i`; SIZE_MAX: none. */
static size_t find_run(const struct endings *endings, const struct series *series, size_t i,
                       size_t *k)
{
    while (*k < endings->end.count && endings->end.replications[*k] < series->replications[i])
        ++*k;
    return *k < endings->end.count && endings->end.replications[*k] == series->replications[i]
               ? *k
               : SIZE_MAX;
}

void endings_note(struct endings *endings, const struct series *series)
{
    for (size_t i = 0, k = 0; i < series->count; i++) {
        size_t place = find_run(endings, series, i, &k);
        if (place < SIZE_MAX && isinf(series->values[i]))
            endings->is_noted[place] = true;
    }
}

size_t endings_cut_off(const struct endings *endings, const struct series *series)
{
    size_t count = 0;

    for (size_t i = 0, k = 0; i < series->count; i++) {
        size_t place = find_run(endings, series, i, &k);
        count +=
            place < SIZE_MAX && isinf(series->values[i]) && endings->cut_off.values[place] == 1;
    }
    return count;
}

static void add_cut_off(struct never *never, size_t count, double earliest, double latest)
{
    never->cut_off_min = never->cut_off == 0 ? earliest : fmin(never->cut_off_min, earliest);
    never->cut_off_max = never->cut_off == 0 ? latest : fmax(never->cut_off_max, latest);
    never->cut_off += count;
}

void endings_count(const struct endings *endings, struct never *never)
{
    never->runs += endings->end.count;
    for (size_t i = 0; i < endings->end.count; i++) {
        if (!endings->is_noted[i])
            continue;
        never->count++;
        never->quiet += endings->quiet.values[i] == 1;
        if (endings->cut_off.values[i] == 1)
            add_cut_off(never, 1, endings->end.values[i], endings->end.values[i]);
    }
}

void never_add(struct never *never, const struct never *other)
{
    never->runs += other->runs;
    never->count += other->count;
    never->quiet += other->quiet;
    if (other->cut_off > 0)
        add_cut_off(never, other->cut_off, other->cut_off_min, other->cut_off_max);
}

size_t endings_wanted(const struct endings *endings, const struct study *study)
{
    size_t count = endings->end.count;
    size_t last = count > 0 ? (size_t)endings->end.replications[count - 1] + 1 : 0;

    return MAX(last, study->replications_min);
}

/* "`stop.at` (10s)", or "`stop.at`" where the runs had different ones. */
static char *end_text(const struct never *never)
{
    char time[QUANTITY_TEXT_MAX];

    if (never->cut_off_min < never->cut_off_max)
        return g_strdup("`stop.at`");
    quantity_write_time((sim_time)llround(never->cut_off_max * (double)SIM_SECOND), time);
    return g_strdup_printf("`stop.at` (%s)", time);
}

/* `all`, `both`, `it` or, of some only, the number; after a part that went before, behind `; `. */
static void append_who(GString *text, size_t count, size_t of)
{
    if (text->len > 0)
        g_string_append(text, "; ");
    if (count < of)
        g_string_append_printf(text, "%zu", count);
    else
        g_string_append(text, of == 1 ? "it" : of == 2 ? "both" : "all");
}

char *never_reason(const struct never *never)
{
    size_t others = never->count - never->cut_off - never->quiet;
    GString *text = g_string_new(NULL);

    if (never->cut_off > 0) {
        char *end = end_text(never);

        append_who(text, never->cut_off, never->count);
        g_string_append_printf(text, " %s still going on at %s: a later end may show when",
                               never->cut_off == 1 ? "was" : "were", end);
        g_free(end);
    }
    if (never->quiet > 0) {
        append_who(text, never->quiet, never->count);
        g_string_append(text, " had gone quiet: nothing was left that could spread it");
    }
    if (others > 0) {
        append_who(text, others, never->count);
        g_string_append(text, " had converged without it");
    }
    return g_string_free(text, FALSE);
}

char *never_brief(const struct never *never)
{
    size_t others = never->count - never->cut_off - never->quiet;
    GString *text = g_string_new(NULL);
    char *end = end_text(never), *going_on = g_strdup_printf("still going on at %s", end);
    const struct {
        size_t count;
        const char *how;
    } parts[] = { { never->cut_off, going_on },
                  { never->quiet, "gone quiet" },
                  { others, "converged without it" } };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].count == 0)
            continue;
        g_string_append(text, text->len > 0 ? ", " : "");
        if (parts[i].count < never->count)
            g_string_append_printf(text, "%zu ", parts[i].count);
        g_string_append(text, parts[i].how);
    }
    g_free(going_on);
    g_free(end);
    return g_string_free(text, FALSE);
}
