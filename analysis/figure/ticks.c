/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ticks.c - see ticks.h. */
#include "analysis/figure/ticks.h"

#include "analysis/text/text.h"

#include <string.h>

enum {
    TICKS_MAX = 12,   /* labels of an axis that has room for any number */
    EDGE = 2,         /* letters beyond the right end of an x axis */
    GAP = 2,          /* letters between two labels */
    CANDIDATES = 400, /* at most: ten a decade over forty decades */
};

#define BEYOND     1.1  /* its outermost value an axis goes on, as a factor */
#define BEYOND_LOG 0.03 /* of the length of a logarithmic axis, if that is more */

/* ---- logarithmic ---- */

/* Round numbers: the first are the labels if they are enough, then the second, with all others
 * marked without a label. */
enum rank { RANK_DECADE, RANK_FEW, RANK_ANY };

struct candidate {
    double value;
    enum rank rank;
};

/* Minutes are no decimal units, so their round numbers are others than 100 and 1000 s; from an hour
 * on they are decimal again, in hours. */
static const struct candidate minutes[] = {
    { 60, RANK_DECADE },  { 120, RANK_FEW },  { 300, RANK_FEW },
    { 600, RANK_DECADE }, { 1200, RANK_FEW }, { 1800, RANK_ANY },
};
static const double hour = 3600;

static bool has_room_in(const struct ticks *ticks, double value)
{
    double edge = 1e-9; /* of rounding */

    return value >= ticks->low * (1 - edge) && value <= ticks->high * (1 + edge);
}

static void offer(const struct ticks *ticks, struct candidate candidate, GArray *candidates)
{
    if (has_room_in(ticks, candidate.value) && candidates->len < CANDIDATES)
        g_array_append_val(candidates, candidate);
}

/* The round numbers of a decimal unit that begin with 10^power. */
static void offer_decade(const struct ticks *ticks, double unit, int power, GArray *candidates)
{
    for (int digit = 1; digit <= 9; digit++) {
        double value = digit * pow(10, power) * unit;
        enum rank rank = digit == 1 ? RANK_DECADE : digit == 2 || digit == 5 ? RANK_FEW : RANK_ANY;
        if (ticks->unit != UNIT_TIME || unit == hour || value < minutes[0].value)
            offer(ticks, (struct candidate){ value, rank }, candidates);
    }
}

static GArray *list_candidates(const struct ticks *ticks)
{
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(struct candidate));
    bool is_time = ticks->unit == UNIT_TIME;
    int first = (int)floor(log10(ticks->low)), last = (int)ceil(log10(ticks->high));

    for (int power = first; power <= last; power++)
        offer_decade(ticks, 1, power, candidates);
    for (size_t i = 0; is_time && i < G_N_ELEMENTS(minutes); i++)
        offer(ticks, minutes[i], candidates);
    for (int power = 0; is_time && power <= last; power++)
        offer_decade(ticks, hour, power, candidates);
    return candidates;
}

static void write_number(char out[32], double value)
{
    g_ascii_formatd(out, 32, "%.10g", value);
    if (strchr(out, 'e'))
        g_ascii_formatd(out, 32, fabs(value) >= 1 && fabs(value) < 1e15 ? "%.0f" : "%.3g", value);
}

/* A value in the unit in which it reads best: `10 ms`, `1 h`, `100`. */
static char *label_of(const struct ticks *ticks, double value)
{
    struct scale scale = scale_choose(ticks->unit, value);
    char number[32];

    if (ticks->unit == UNIT_TIME) /* as people say it: 60 s is 1 min, 100 ms not 0.1 s */
        scale = value >= 3600 ? (struct scale){ 1 / 3600., "h" }
                : value >= 60 ? (struct scale){ 1 / 60., "min" }
                              : scale;
    if (ticks->unit == UNIT_COUNT || ticks->unit == UNIT_NUMBER)
        scale = value >= 1e9   ? (struct scale){ 1e-9, "G" }
                : value >= 1e6 ? (struct scale){ 1e-6, "M" }
                               : (struct scale){ 1, "" };
    write_number(number, value * scale.factor);
    if (ticks->unit == UNIT_COUNT || ticks->unit == UNIT_NUMBER || !*scale.unit)
        return g_strconcat(number, scale.unit, NULL);
    return g_strconcat(number, " ", scale.unit, NULL);
}

/* True if the candidates up to `rank`, every `step`-th of them, have room for their labels. */
static bool fits(const struct ticks *ticks, char axis, const GArray *candidates, enum rank rank,
                 size_t step)
{
    double last = -INFINITY, length = log(ticks->high / ticks->low);
    size_t seen = 0, width, before = 0;

    for (guint i = 0; i < candidates->len; i++) {
        struct candidate c = g_array_index(candidates, struct candidate, i);
        double place = log(c.value / ticks->low) / length * (double)ticks->room;
        char *label;
        if (c.rank > rank || seen++ % step != 0)
            continue;
        label = label_of(ticks, c.value);
        width = axis == 'x' ? text_width(label) : 1;
        g_free(label);
        if (place - last < (double)(width + before) / 2.0 + (axis == 'x' ? GAP : 0.5))
            return false;
        last = place;
        before = width;
    }
    return true;
}

/* False if the label, in the middle under its tick, would leave the page on the right. */
static bool is_on_page(const struct ticks *ticks, char axis, double share, const char *label)
{
    return axis != 'x' || share * (double)ticks->room + (double)text_width(label) / 2.0 <=
                              (double)ticks->room + EDGE;
}

static size_t count_rank(const GArray *candidates, enum rank rank)
{
    size_t count = 0;

    for (guint i = 0; i < candidates->len; i++)
        count += g_array_index(candidates, struct candidate, i).rank <= rank;
    return count;
}

static void set_log(const struct ticks *ticks, char axis, struct gnuplot *gnuplot)
{
    GArray *candidates = list_candidates(ticks);
    enum rank rank = RANK_DECADE;
    size_t step = 1, seen = 0;

    /* As few ranks as make three labels; where even decades have no room, some of them. */
    while (rank < RANK_ANY && count_rank(candidates, rank) < 3)
        rank++;
    while (rank > RANK_DECADE && !fits(ticks, axis, candidates, rank, 1))
        rank--;
    while (step < CANDIDATES && !fits(ticks, axis, candidates, rank, step))
        step++;
    gnuplot_add(gnuplot, "set %ctics (", axis);
    for (guint i = 0; i < candidates->len; i++) {
        struct candidate c = g_array_index(candidates, struct candidate, i);
        bool is_major = c.rank <= rank && seen++ % step == 0;
        double share = log(c.value / ticks->low) / log(ticks->high / ticks->low);
        char *label = label_of(ticks, c.value), *quoted;
        is_major = is_major && is_on_page(ticks, axis, share, label);
        quoted = gnuplot_quote_tic(gnuplot, is_major ? label : "", 20);
        gnuplot_add(gnuplot, "%s%s %.10g %d", i > 0 ? ", " : "", quoted,
                    c.value * ticks->scale.factor, !is_major);
        g_free(quoted);
        g_free(label);
    }
    gnuplot_add(gnuplot, ")\n");
    g_array_free(candidates, TRUE);
}

/* ---- linear ---- */

/* The smallest round step that is at least `least`. */
static double round_step(double least)
{
    double power = pow(10, floor(log10(least))), digit = least / power;

    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

/* Letters of the longest label at a step, in what gnuplot sees. */
static size_t longest_label(double low, double high, double step)
{
    size_t longest = 1;
    char number[32];

    for (double k = ceil(low / step); k * step <= high * (1 + 1e-9); k++) {
        write_number(number, k * step);
        longest = MAX(longest, strlen(number));
    }
    return longest;
}

static size_t count_steps(double low, double high, double step)
{
    return (size_t)(floor(high / step) - ceil(low / step) + 1);
}

static bool step_fits(const struct ticks *ticks, char axis, double step)
{
    double low = ticks->low * ticks->scale.factor, high = ticks->high * ticks->scale.factor;
    size_t count = count_steps(low, high, step);

    if (axis == 'x')
        return count * (longest_label(low, high, step) + GAP) <= ticks->room;
    return count * 2 <= ticks->room;
}

static void set_linear(const struct ticks *ticks, char axis, struct gnuplot *gnuplot)
{
    double low = ticks->low * ticks->scale.factor, high = ticks->high * ticks->scale.factor;
    double step = round_step((high - low) / TICKS_MAX), edge = (high - low) * 1e-9;
    const char *separator = "";

    while (!step_fits(ticks, axis, step) && count_steps(low, high, round_step(step * 1.5)) >= 2)
        step = round_step(step * 1.5);
    gnuplot_add(gnuplot, "set %ctics (", axis);
    for (double k = ceil((low - edge) / step); k * step <= high + edge; k++) {
        char number[32];
        write_number(number, k == 0 ? 0 : k * step);
        gnuplot_add(gnuplot, "%s'%s' %.10g", separator,
                    is_on_page(ticks, axis, (k * step - low) / (high - low), number) ? number : "",
                    k * step);
        separator = ", ";
    }
    gnuplot_add(gnuplot, ")\n");
}

const char *ticks_unit(const struct ticks *ticks)
{
    return ticks->is_log ? "" : ticks->scale.unit;
}

void ticks_set(const struct ticks *ticks, char axis, struct gnuplot *gnuplot)
{
    if (ticks->is_log)
        set_log(ticks, axis, gnuplot);
    else
        set_linear(ticks, axis, gnuplot);
}

void ticks_axis(const struct ticks *ticks, char axis, struct gnuplot *gnuplot)
{
    const double factor = ticks->scale.factor;

    gnuplot_add(gnuplot, "%s logscale %c\nset %crange [%.7g:%.7g]\n",
                ticks->is_log ? "set" : "unset", axis, axis, ticks->low * factor,
                ticks->high * factor);
    ticks_set(ticks, axis, gnuplot);
}

/* ---- ends ---- */

void ticks_widen(struct ticks *ticks, double value)
{
    if (!isfinite(value))
        return;
    ticks->low = fmin(ticks->low, value);
    ticks->high = fmax(ticks->high, value);
}

void ticks_end(struct ticks *ticks, enum metric_unit unit, double log_from, size_t room)
{
    if (!(ticks->low <= ticks->high))
        ticks->low = 0, ticks->high = 1;
    ticks->is_log = ticks->low > 0 && ticks->high > log_from * ticks->low;
    if (ticks->is_log) {
        const double margin = fmax(BEYOND, pow(ticks->high / ticks->low, BEYOND_LOG));

        ticks->low /= margin;
        ticks->high *= margin;
    } else {
        ticks->low = fmin(ticks->low * BEYOND, 0);
        ticks->high = fmax(ticks->high * BEYOND, 0);
        if (ticks->low == ticks->high) /* nothing but zeros */
            ticks->high = 1;
    }
    ticks->unit = unit;
    ticks->scale = scale_choose(unit, fmax(ticks->high, -ticks->low));
    ticks->room = room;
}

double ticks_at(const struct ticks *ticks, double share)
{
    return ticks->is_log ? ticks->low * pow(ticks->high / ticks->low, share)
                         : ticks->low + (ticks->high - ticks->low) * share;
}

double ticks_share(const struct ticks *ticks, double value)
{
    return ticks->is_log ? log(value / ticks->low) / log(ticks->high / ticks->low)
                         : (value - ticks->low) / (ticks->high - ticks->low);
}
