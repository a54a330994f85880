/* SPDX-License-Identifier: GPL-3.0-or-later */
/* glimpse.c - see glimpse.h. */
#include "analysis/fitting/glimpse.h"

#include "sim/value/draw.h"

#include <glib.h>
#include <gsl/gsl_sort.h>
#include <math.h>

static const double usual[] = { 0.01, 0.02, 0.05, 0.1,  0.2,  0.3,  0.4,   0.5,  0.6,
                                0.7,  0.8,  0.9,  0.95, 0.98, 0.99, 0.995, 0.999 };

/* ---- what the file tells apart ---- */

/* The row of a delay that is the first by which `share` is informed. */
static size_t rank_of(double share, size_t rows)
{
    return (size_t)ceil(share * (double)rows - 1e-9);
}

static bool is_told(const struct glimpse *glimpse, double share)
{
    const struct measured *m = glimpse->measured;
    const size_t rows = measured_rows(m), rank = rank_of(share, rows);
    const double last = glimpse->count > 0 ? glimpse->shares[glimpse->count - 1] : 0;

    if (!m->is_delays)
        return share > m->shares[0] && share <= m->shares[m->count - 1];
    return rank > rank_of(last, rows) && rank > m->has_origin && rank <= m->count;
}

bool glimpse_init(struct glimpse *glimpse, const struct measured *measured, size_t nodes,
                  size_t broadcasts, const char *path, struct errors *errors)
{
    const size_t others = measured->has_origin ? nodes : nodes - 1;

    *glimpse = (struct glimpse){ .measured = measured,
                                 .nodes = nodes,
                                 .broadcasts = broadcasts,
                                 .horizon = 2 * measured->times[measured->count - 1] };
    for (size_t i = 0; i < G_N_ELEMENTS(usual); i++)
        if (is_told(glimpse, usual[i]))
            glimpse->shares[glimpse->count++] = usual[i];
    if (!measured->is_delays || measured_rows(measured) <= others * broadcasts)
        return true;
    errors_add(errors, ERROR_SCENARIO,
               "'%s' has %zu delays, and %zu broadcast%s to %zu nodes%s only %zu; --broadcasts "
               "says that they are of several",
               path, measured_rows(measured), broadcasts, broadcasts == 1 ? "" : "s", nodes,
               broadcasts == 1 ? " has" : " have", others * broadcasts);
    return false;
}

size_t glimpse_numbers(const struct glimpse *glimpse)
{
    return glimpse->count + 1;
}

/* ---- numbers of what is seen ---- */

static double number_of_time(const struct glimpse *glimpse, double time)
{
    return log(fmin(fmax(time, glimpse->horizon * 1e-9), glimpse->horizon));
}

double glimpse_smallest(const struct glimpse *glimpse)
{
    const struct measured *m = glimpse->measured;

    return 1 / (double)(m->is_delays ? measured_rows(m) : glimpse->nodes * glimpse->broadcasts);
}

static double number_of_end(const struct glimpse *glimpse, double share)
{
    return log(1 - share + glimpse_smallest(glimpse) / 2);
}

/* When `share` was informed: on a straight line between rows. */
static double time_of(const double *times, const double *shares, size_t count, double share)
{
    size_t i = 0;
    double from = 0, low = 0;

    while (i < count && shares[i] < share)
        i++;
    if (i == count)
        return INFINITY;
    if (i > 0) {
        from = times[i - 1];
        low = shares[i - 1];
    }
    return from + (times[i] - from) * (share - low) / (shares[i] - low);
}

static void look_at_shares(const struct glimpse *glimpse, const double *shares, double *numbers)
{
    const struct measured *m = glimpse->measured;

    for (size_t i = 0; i < glimpse->count; i++)
        numbers[i] =
            number_of_time(glimpse, time_of(m->times, shares, m->count, glimpse->shares[i]));
    numbers[glimpse->count] = number_of_end(glimpse, shares[m->count - 1]);
}

/* Of ascending delays, `heard` of them finite. */
static void look_at_delays(const struct glimpse *glimpse, const double *delays, size_t heard,
                           double *numbers)
{
    const size_t rows = measured_rows(glimpse->measured);

    for (size_t i = 0; i < glimpse->count; i++) {
        size_t rank = rank_of(glimpse->shares[i], rows);
        numbers[i] = number_of_time(glimpse, rank <= heard ? delays[rank - 1] : INFINITY);
    }
    numbers[glimpse->count] = number_of_end(glimpse, (double)heard / (double)rows);
}

void glimpse_of_file(const struct glimpse *glimpse, double *numbers)
{
    const struct measured *m = glimpse->measured;

    if (m->is_delays)
        look_at_delays(glimpse, m->times, m->count, numbers);
    else
        look_at_shares(glimpse, m->shares, numbers);
}

/* ---- what is seen of runs ---- */

/* The share at `time`; *next is where the search goes on, for ascending times. */
static double share_at(const struct glimpse_curve *curve, double time, size_t *next)
{
    const double *times = curve->times, *shares = curve->shares;
    size_t i = *next;

    while (i < curve->count && times[i] <= time)
        i++;
    *next = i;
    if (i == 0 || i == curve->count)
        return shares[i == 0 ? 0 : i - 1];
    return shares[i - 1] +
           (shares[i] - shares[i - 1]) * (time - times[i - 1]) / (times[i] - times[i - 1]);
}

static void see_shares(const struct glimpse *glimpse, const struct glimpse_curve *curves,
                       double *numbers)
{
    const struct measured *m = glimpse->measured;
    double *shares = g_new0(double, m->count);

    for (size_t run = 0; run < glimpse->broadcasts; run++)
        for (size_t i = 0, next = 0; i < m->count; i++)
            shares[i] += share_at(&curves[run], m->times[i], &next) / (double)glimpse->broadcasts;
    for (size_t i = 1; i < m->count; i++) /* under churn the share of live nodes may sink */
        shares[i] = fmax(shares[i], shares[i - 1]);
    look_at_shares(glimpse, shares, numbers);
    g_free(shares);
}

/* Adds the delay of each node that is among those chosen: by D. Knuth's algorithm S (The Art of
 * Computer Programming 2, section 3.4.2).  Nodes hear in an order, so a node is its rank. */
static void see_delays(const struct glimpse *glimpse, const struct glimpse_curve *curves,
                       uint64_t key, double *numbers)
{
    const struct measured *m = glimpse->measured;
    const size_t first = m->has_origin ? 1 : 2;
    size_t left = (glimpse->nodes - first + 1) * glimpse->broadcasts, wanted = measured_rows(m);
    double *delays = g_new(double, wanted);
    size_t heard = 0;

    for (size_t run = 0; run < glimpse->broadcasts; run++) {
        const struct glimpse_curve *curve = &curves[run];
        size_t next = 0;
        for (size_t rank = first; rank <= glimpse->nodes && wanted > 0; rank++, left--) {
            double share = ((double)rank - 1e-6) / (double)glimpse->nodes;
            if (draw_below(draw(key, (uint32_t)run, (uint32_t)rank), left) >= wanted)
                continue;
            wanted--;
            while (next < curve->count && curve->shares[next] < share)
                next++;
            if (next < curve->count)
                delays[heard++] = time_of(&curve->times[next ? next - 1 : 0],
                                          &curve->shares[next ? next - 1 : 0], 2, share);
        }
    }
    gsl_sort(delays, 1, heard);
    look_at_delays(glimpse, delays, heard, numbers);
    g_free(delays);
}

/* ---- what the samples of a run hide ---- */

/* The share of the file at a time between its first and last row. */
static double share_of_file(const struct measured *m, double time, size_t *next)
{
    const struct glimpse_curve file = { m->times, m->shares, m->count };

    return share_at(&file, time, next);
}

/* Rows between two samples that the file encloses lie on a straight line between these. */
static void blur_shares(const struct measured *m, const struct glimpse_curve *run, double *shares)
{
    const double first = m->times[0], last = m->times[m->count - 1];
    size_t row = 0, from = 0, to = 0;

    for (size_t i = 1; i < run->count; i++) {
        const double start = run->times[i - 1], end = run->times[i];
        double low, high;
        if (start < first || end > last)
            continue;
        low = share_of_file(m, start, &from);
        high = share_of_file(m, end, &to);
        while (row < m->count && m->times[row] < start)
            row++;
        for (; row < m->count && m->times[row] < end; row++)
            shares[row] = low + (high - low) * (m->times[row] - start) / (end - start);
    }
}

/* Delays between two samples are spread evenly between these. */
static void blur_delays(const struct measured *m, const struct glimpse_curve *run, double *delays)
{
    size_t row = 0;

    while (row < m->count && m->times[row] <= 0)
        row++;
    for (size_t i = 1; i < run->count; i++) {
        const double start = run->times[i - 1], width = run->times[i] - start;
        const size_t before = row;
        while (row < m->count && m->times[row] <= run->times[i])
            row++;
        for (size_t k = before; k < row; k++)
            delays[k] = start + width * (double)(k + 1 - before) / (double)(row - before);
    }
}

/* Takes off what the samples of a run, one of the broadcasts, change. */
static void take_off(const struct glimpse *glimpse, const struct glimpse_curve *run,
                     double *numbers)
{
    const struct measured *m = glimpse->measured;
    double *blurred = g_memdup2(m->is_delays ? m->times : m->shares, m->count * sizeof *blurred);
    double exact[GLIMPSE_NUMBERS_MAX], seen[GLIMPSE_NUMBERS_MAX];

    glimpse_of_file(glimpse, exact);
    if (m->is_delays) {
        blur_delays(m, run, blurred);
        look_at_delays(glimpse, blurred, m->count, seen);
    } else {
        blur_shares(m, run, blurred);
        look_at_shares(glimpse, blurred, seen);
    }
    for (size_t i = 0; i < glimpse_numbers(glimpse); i++)
        numbers[i] -= (seen[i] - exact[i]) / (double)glimpse->broadcasts;
    g_free(blurred);
}

void glimpse_of_runs(const struct glimpse *glimpse, const struct glimpse_curve *curves,
                     uint64_t key, double *numbers)
{
    if (glimpse->measured->is_delays)
        see_delays(glimpse, curves, key, numbers);
    else
        see_shares(glimpse, curves, numbers);
    for (size_t i = 0; i < glimpse->broadcasts; i++)
        take_off(glimpse, &curves[i], numbers);
}
