/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loads.c - see loads.h. */
#include "analysis/study/loads.h"

#include "experiment/store/database.h"

#include <glib.h>
#include <math.h>

static double middle(const struct load_bin *bin)
{
    return (bin->low + bin->high - 1) / 2;
}

/* The mean difference of two numbers of a bin, as a share of twice its middle. */
static double spread_of(const struct load_bin *bin)
{
    const double numbers = bin->high - bin->low;

    return numbers > 1 ? (numbers * numbers - 1) / (3 * numbers) / (2 * middle(bin)) : 0;
}

/* Adds the Lorenz curve of a run, straight from bin to bin, and its Gini coefficient: the area
 * between the curve and the diagonal over that below the diagonal. */
static void add_lorenz(struct loads *loads, const struct load_bin *bins, guint count)
{
    double all = 0, load = 0, x = 0, y = 0, area = 0;
    size_t place = 0;

    for (guint i = 0; i < count; i++) {
        all += bins[i].nodes;
        load += bins[i].nodes * middle(&bins[i]);
    }
    if (!(load > 0))
        return;
    for (guint i = 0; i < count; i++) {
        const double width = bins[i].nodes / all;
        const double height = bins[i].nodes * middle(&bins[i]) / load;

        for (; place <= LOADS_GRID && width > 0 && (double)place / LOADS_GRID <= x + width + 1e-12;
             place++)
            loads->lorenz[place] += y + height * ((double)place / LOADS_GRID - x) / width;
        area += width * (y + height / 2);
        loads->spread += width * height * spread_of(&bins[i]);
        x += width;
        y += height;
    }
    loads->gini += 1 - 2 * area;
    loads->lorenz_runs++;
}

static int by_low(gconstpointer a, gconstpointer b)
{
    const struct load_bin *x = a, *y = b;

    return (x->low > y->low) - (x->low < y->low);
}

static void end_run(struct loads *loads, GArray *all, GArray *bins)
{
    add_lorenz(loads, (const struct load_bin *)(void *)bins->data, bins->len);
    loads->runs++;
    g_array_append_vals(all, bins->data, bins->len);
    g_array_set_size(bins, 0);
}

/* Takes the bins of a run; what no run of this program has is passed over. */
static void take_bin(struct loads *loads, GArray *bins, sqlite3_stmt *row)
{
    const struct load_bin bin = { sqlite3_column_double(row, 1), sqlite3_column_double(row, 2),
                                  sqlite3_column_double(row, 3) };

    if (!(bin.low >= 0 && bin.high >= bin.low + 1 && bin.nodes > 0 && isfinite(bin.high)))
        return;
    g_array_append_val(bins, bin);
    loads->nodes += bin.nodes;
}

bool loads_read(const struct study *study, size_t point, const char *strategy,
                const char *histogram, struct loads *loads, struct errors *errors)
{
    char *sql =
        sqlite3_mprintf("SELECT run_id, lo, hi, count FROM histogram WHERE name = %Q AND "
                        "run_id IN (SELECT run_id FROM run WHERE status = 'done' AND " STUDY_RUNS
                        ") ORDER BY run_id, lo",
                        histogram);
    sqlite3_stmt *statement = database_prepare(study->database, study->path, sql, errors);
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct load_bin));
    GArray *bins = g_array_new(FALSE, FALSE, sizeof(struct load_bin));
    int64_t last = -1;
    int code = SQLITE_ERROR;

    *loads = (struct loads){ 0 };
    if (statement)
        study_bind(study, point, strategy, statement);
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const int64_t run = sqlite3_column_int64(statement, 0);

        if (last >= 0 && run != last)
            end_run(loads, all, bins);
        last = run;
        take_bin(loads, bins, statement);
    }
    if (last >= 0)
        end_run(loads, all, bins);
    if (statement && code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    g_array_sort(all, by_low);
    loads->bin_count = all->len;
    loads->bins = (struct load_bin *)(void *)g_array_free(all, FALSE);
    g_array_free(bins, TRUE);
    sqlite3_free(sql);
    return code == SQLITE_DONE;
}

void loads_clear(struct loads *loads)
{
    g_free(loads->bins);
    *loads = (struct loads){ 0 };
}
