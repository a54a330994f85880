/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measured.c - see measured.h. */
#include "analysis/fitting/measured.h"

#include "base/csv.h"

#include <glib.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

enum { ROWS_MIN = 2 };

/* What the head of the columns says; all 0 without one. */
struct head {
    sim_time unit; /* of times, ns; 0: they have their own */
    bool is_percent;
};

struct reading {
    struct csv *csv;
    struct head head;
    size_t columns; /* 0: no row yet */
    GArray *times, *shares;
    struct measured *measured;
};

/* ---- the head ---- */

static sim_time unit_called(const char *word)
{
    char *text = g_strconcat("1", word, NULL);
    sim_time unit = 0;

    if (!g_ascii_isalpha(word[0]) || !quantity_read_time(text, &unit, NULL))
        unit = 0;
    g_free(text);
    return unit;
}

/* The last word of a head that is a unit of time. */
static sim_time unit_in(const char *text)
{
    char **words = g_strsplit_set(text, " _-.:;,/()[]", -1);
    sim_time unit = 0;

    for (size_t i = 0; words[i]; i++)
        unit = unit_called(words[i]) ? unit_called(words[i]) : unit;
    g_strfreev(words);
    return unit;
}

/* Whether a field begins as a number does, or says `never`: the row is none of names then. */
static bool is_value(const char *field)
{
    return strspn(field, "+-.0123456789") > 0 || strcmp(field, "never") == 0;
}

/* With blanks between columns, words of one name are many fields. */
static void read_head(struct reading *r)
{
    GString *all = g_string_new(NULL);
    const size_t count = csv_count(r->csv);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(all, "%s ", csv_field(r->csv, i));
    r->head.unit = unit_in(count == 2 ? csv_field(r->csv, 0) : all->str);
    r->head.is_percent = strchr(all->str, '%') != NULL || strstr(all->str, "percent") != NULL;
    g_string_free(all, TRUE);
}

/* ---- rows ---- */

static bool read_time(struct reading *r, sim_time *time)
{
    return csv_read_time(r->csv, 0, r->head.unit, 1, time);
}

static bool read_share(struct reading *r, double *share)
{
    const char *field = csv_field(r->csv, 1);
    char why[QUANTITY_WHY_MAX];

    if (!r->head.is_percent || strchr(field, '%') != NULL) {
        if (quantity_read_fraction(field, share, why))
            return true;
        csv_error(r->csv, 1, "share: %s", why);
        return false;
    }
    if (!csv_read_real(r->csv, 1, share))
        return false;
    *share /= 100;
    if (*share >= 0 && *share <= 1)
        return true;
    csv_error(r->csv, 1, "share: 0 to 100 per cent was expected");
    return false;
}

static void add_row(struct reading *r)
{
    const guint count = r->times->len;
    sim_time time;
    double at, share;

    if (!read_time(r, &time) || !read_share(r, &share))
        return;
    at = (double)time / (double)SIM_SECOND;
    if (count > 0 && at <= g_array_index(r->times, double, count - 1)) {
        csv_error(r->csv, 0, "times must ascend: this one is not after that of the row before");
        return;
    }
    if (count > 0 && share < g_array_index(r->shares, double, count - 1)) {
        csv_error(r->csv, 1,
                  "the share sinks: who is informed stays so, so none is below that of "
                  "the row before");
        return;
    }
    g_array_append_val(r->times, at);
    g_array_append_val(r->shares, share);
}

static void add_delay(struct reading *r)
{
    sim_time time;
    double at;

    if (strcmp(csv_field(r->csv, 0), "never") == 0) {
        r->measured->never++;
        return;
    }
    if (!read_time(r, &time))
        return;
    at = (double)time / (double)SIM_SECOND;
    r->measured->has_origin |= time == 0;
    g_array_append_val(r->times, at);
}

static void take_row(struct reading *r)
{
    if (r->columns == 0) {
        r->columns = csv_count(r->csv);
        r->measured->is_delays = r->columns == 1;
        if (r->columns > 2)
            csv_error(r->csv, 2,
                      "one column was expected, delays, or two: a time and a share informed");
    } else if (csv_count(r->csv) != r->columns) {
        csv_error(r->csv, MIN(csv_count(r->csv), r->columns),
                  "%zu columns were expected, as in the rows before", r->columns);
    }
    if (!csv_is_good(r->csv))
        return;
    if (r->times->len + r->measured->never >= MEASURED_ROWS_MAX)
        csv_error(r->csv, 0, "more than %d rows", MEASURED_ROWS_MAX);
    else if (r->columns == 1)
        add_delay(r);
    else
        add_row(r);
}

/* ---- the whole ---- */

static void rank_delays(struct reading *r)
{
    const double all = (double)(r->times->len + r->measured->never);

    if (r->times->len > 0)
        gsl_sort((double *)(void *)r->times->data, 1, r->times->len);
    for (guint i = 0; i < r->times->len; i++) {
        double share = (i + 1) / all;
        g_array_append_val(r->shares, share);
    }
}

static void check(const struct reading *r)
{
    const double *shares = (const double *)(const void *)r->shares->data;
    const guint count = r->shares->len;

    if (r->columns == 0)
        csv_error_of_file(r->csv, "no rows: expected delays, one a line, or times and shares");
    else if (count + r->measured->never < ROWS_MIN)
        csv_error_of_file(r->csv, "a single row is no curve");
    else if (count == 0)
        csv_error_of_file(r->csv, "no node has heard: there is no curve");
    else if (r->columns == 2 && shares[0] >= shares[count - 1])
        csv_error_of_file(r->csv, "the share is the same at all times: there is no curve");
    else if (g_array_index(r->times, double, count - 1) <= 0)
        csv_error_of_file(r->csv, "all delays are 0: there is no curve");
}

bool measured_read(const char *path, struct measured *measured, struct errors *errors)
{
    struct reading r = { .csv = csv_open(path, CSV_AS_FIRST_ROW, errors),
                         .times = g_array_new(FALSE, FALSE, sizeof(double)),
                         .shares = g_array_new(FALSE, FALSE, sizeof(double)),
                         .measured = measured };
    bool is_first = true, is_good;

    *measured = (struct measured){ 0 };
    for (; csv_next(r.csv); is_first = false)
        if (is_first && !is_value(csv_field(r.csv, 0)))
            read_head(&r);
        else
            take_row(&r);
    if (csv_is_good(r.csv) && measured->is_delays)
        rank_delays(&r);
    if (csv_is_good(r.csv))
        check(&r);
    is_good = csv_is_good(r.csv);
    csv_close(r.csv);
    measured->count = r.shares->len;
    measured->times = (double *)(void *)g_array_free(r.times, FALSE);
    measured->shares = (double *)(void *)g_array_free(r.shares, FALSE);
    return is_good;
}

void measured_clear(struct measured *measured)
{
    g_free(measured->times);
    g_free(measured->shares);
    *measured = (struct measured){ 0 };
}

size_t measured_rows(const struct measured *measured)
{
    return measured->count + measured->never;
}
