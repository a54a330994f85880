/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft_numbers.c - numbers and quantities of random scenarios, narrowed to small runs. */
#include "tests/random/draft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A range by a part of the path; the first that is found counts. */
struct narrowing {
    const char *part;
    double low, high;
};

static const struct narrowing counts[] = {
    { "seed", 0, 1e15 },         { "replications.until", 1, 4 },
    { "replications", 1, 4 },    { "updates", 0, 60 },
    { "preload", 0, 150 },       { "shards", 1, 40 },
    { "keys", 1, 30 },           { "depth", 1, 4 },
    { "branching", 2, 20 },      { "queue", 0, 100 },
    { "stop.events", 1e5, 1e5 }, { "", 0, 12 },
};

/* Of times, in shares of `stop.at`. */
static const struct narrowing times[] = {
    { "each_node", 0.1, 0.6 },    { "network.latency", 1e-5, 0.1 },
    { "interval", 0.005, 0.4 },   { "every", 0.01, 0.5 },
    { "timeout", 0.002, 0.1 },    { "churn", 0.02, 2 },
    { "workload.at", 1e-3, 0.5 }, { "cooldown", 0.01, 0.3 },
    { "warmup", 0.01, 0.3 },      { "", 1e-3, 0.9 },
};

static struct narrowing narrow(const struct narrowing *list, const char *path)
{
    while (!strstr(path, list->part))
        list++;
    return *list;
}

static double bound(struct draft *d, rule *what, const char *name, double otherwise)
{
    const char *text = rule_text(rule_get(d->language, what, name));

    return text ? g_ascii_strtod(text, NULL) : otherwise;
}

static int64_t a_count(struct draft *d, struct dice *dice, const char *path, double low,
                       double high)
{
    struct narrowing range = narrow(counts, path);

    if (g_str_has_suffix(path, "node") || g_str_has_suffix(path, "count") ||
        g_str_has_suffix(path, "all-but") || g_str_has_suffix(path, "replicas"))
        range.high = (double)(d->nodes - 1);
    low = fmax(low, range.low);
    high = fmin(high, fmax(range.high, low));
    if (low <= 0 && dice_chance(dice, 0.1))
        return 0;
    return (int64_t)dice_scale(dice, fmin(fmax(low, 1), high), high);
}

/* To two digits. */
static double rounded(double value)
{
    char text[32];

    g_ascii_formatd(text, sizeof text, "%.1e", value);
    return g_ascii_strtod(text, NULL);
}

static double a_share(struct dice *dice)
{
    if (dice_chance(dice, 0.2))
        return (double)dice_below(dice, 2);
    return rounded(dice_chance(dice, 0.5) ? dice_unit(dice) : dice_scale(dice, 1e-3, 1));
}

/* Of several partners by distance, who must be of another part, each is drawn many times over where
 * those next count a million times as much as those far away. */
static double highest_real(const char *path)
{
    return strstr(path, "spatial") ? 3 : 20;
}

void draft_number(struct draft *d, struct dice *dice, const char *path, rule *what)
{
    const double low = bound(d, what, "minimum", 0), high = bound(d, what, "maximum", 1e9);
    char text[QUANTITY_TEXT_MAX];

    if (rule_has(d->language, rule_get(d->language, what, "type"), "integer"))
        quantity_write_count(a_count(d, dice, path, low, high), text);
    else if (high <= 1)
        quantity_write_fraction(a_share(dice), text);
    else
        quantity_write_real(
            rounded(dice_scale(dice, fmax(low, 0.01), fmin(high, highest_real(path)))), text);
    g_string_append(d->text, text);
}

static sim_time a_time(struct draft *d, struct dice *dice, const char *path)
{
    const struct narrowing range = narrow(times, path);
    const double whole = (double)d->horizon;
    double time = rounded(dice_scale(dice, range.low * whole, range.high * whole));

    if (d->round && dice_chance(dice, 0.95))
        return ((sim_time)time / d->round + 1) * d->round;
    if (dice_chance(dice, 0.03))
        return 0;
    return (sim_time)(time < 1 ? 1 : time);
}

/* Words that may stand where a name is expected. */
static char *a_word(struct draft *d, struct dice *dice, const char *path)
{
    static const char *const files[] = { "times.txt", "regions.csv", "edges.gml" };
    static const char *const words[] = { "random", "first", "all" };

    if (g_str_has_suffix(path, "file"))
        return g_build_filename(d->folder, files[dice_below(dice, G_N_ELEMENTS(files))], NULL);
    if (d->groups && dice_chance(dice, 0.6))
        return draft_group((int)dice_below(dice, (uint64_t)d->groups));
    return g_strdup(words[dice_below(dice, G_N_ELEMENTS(words))]);
}

void draft_text(struct draft *d, struct dice *dice, const char *path, const char *pattern)
{
    char text[QUANTITY_TEXT_MAX], *word = NULL;

    if (strstr(pattern, "[A-Za-z]") || !*pattern || strstr(pattern, "[a-z0-9]"))
        word = a_word(d, dice, path);
    else if (strstr(pattern, "(ns|"))
        quantity_write_time(a_time(d, dice, path), text);
    else if (strstr(pattern, "(B|"))
        quantity_write_size((int64_t)rounded(dice_scale(dice, 1, 2e4)), text);
    else if (strstr(pattern, "(bit/s|"))
        quantity_write_bitrate((int64_t)rounded(dice_scale(dice, 1e3, 1e8)), text);
    else if (strstr(pattern, "(/s|"))
        quantity_write_rate(rounded(dice_scale(dice, 20, 500) / ((double)d->horizon / 1e9)), text);
    else if (g_str_has_suffix(pattern, "%$"))
        g_snprintf(text, sizeof text, "%g%%", rounded(100 * a_share(dice)));
    else
        quantity_write_count(a_count(d, dice, path, 0, 1e9), text);
    g_string_append(d->text, word ? word : text);
    g_free(word);
}
