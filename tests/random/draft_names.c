/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft_names.c - places of random scenarios that name others: groups, metrics, strategies, paths.
 */
#include "tests/random/draft.h"

#include "experiment/language/scenario_keys.h"

#include <math.h>
#include <string.h>

char *draft_group(int i)
{
    static const char *const names[DRAFT_NAMES] = { "eu", "us", "asia", "edge" };

    return g_strdup(names[i]);
}

char *draft_strategy(int i)
{
    static const char *const names[DRAFT_NAMES] = { "first", "second", "third", "fourth" };

    return g_strdup(names[i]);
}

/* Whether a group that is not there from the start needs it. */
static bool joins(const char *path, const char *name)
{
    if (*path)
        return strcmp(path, "members") == 0 && strcmp(name, "absent") == 0;
    return strcmp(name, "members") == 0 || strcmp(name, "faults") == 0;
}

/* By whom what is called so in `workload` is written, as bits of `enum draft_writes`; 0: by all. */
static unsigned writers_of(const char *name)
{
    if (strcmp(name, "each_node") == 0)
        return 1 << BY_NODES | 1 << BY_RATES;
    if (strcmp(name, "rate") == 0)
        return 1 << BY_RATES | 1 << BY_RATE_OF_ALL;
    return strcmp(name, "trace") == 0 ? 1 << BY_FILE : 0;
}

bool draft_wants(const struct draft *d, const char *path, const char *name)
{
    char *place = g_strconcat(path, *path ? "." : "", name, NULL);
    const struct key *key = scenario_find_key(place);
    const bool is_missed = key && key->required;

    g_free(place);
    if (d->has_absent && joins(path, name))
        return true;
    if (strcmp(path, "stop") == 0)
        return strcmp(name, "when") != 0;
    if (strcmp(path, "workload") == 0)
        return writers_of(name) >> d->writes & 1;
    if (d->writes != BY_UPDATES && strcmp(name, "workload") == 0)
        return true;
    if (d->by_latency && (strcmp(name, "network") == 0 || strcmp(name, "latency") == 0 ||
                          strcmp(name, "partner") == 0))
        return true;
    if (d->round && (strcmp(name, "interval") == 0 || strcmp(name, "timeout") == 0))
        return true;
    return is_missed || (d->round && strcmp(name, "timing") == 0) ||
           (d->groups && strcmp(name, "groups") == 0) || strcmp(name, "stop") == 0;
}

bool draft_excludes(const struct draft *d, const char *path, const char *name)
{
    const bool is_drawn =
        strcmp(name, "session") == 0 || strcmp(name, "downtime") == 0 || strcmp(name, "start") == 0;

    if (strcmp(path, "workload") == 0 && d->writes == BY_RATE_OF_ALL &&
        (strcmp(name, "updates") == 0 || strcmp(name, "arrival") == 0))
        return true;
    if (strcmp(path, "workload") == 0)
        return writers_of(name) && !(writers_of(name) >> d->writes & 1);
    if (d->writes == BY_RATES && strcmp(path, "workload.each_node") == 0)
        return strcmp(name, "every") == 0;
    return strcmp(path, "churn") == 0 && (d->by_record ? is_drawn : strcmp(name, "trace") == 0);
}

/* ---- parts of the nodes ---- */

/* Each its part, which add up. */
static void put_groups(struct draft *d, struct dice *dice)
{
    const bool is_share = dice_chance(dice, 0.5);
    int64_t left = is_share ? 100 : d->nodes;

    g_string_append_c(d->text, '{');
    for (int i = 0; i < d->groups; i++) {
        const int64_t after = d->groups - 1 - i;
        const int64_t part = after ? 1 + (int64_t)dice_below(dice, (uint64_t)(left - after)) : left;
        char *name = draft_group(i);

        left -= part;
        g_string_append_printf(d->text, "%s%s: %lld%s", i ? ", " : "", name, (long long)part,
                               is_share ? "%" : "");
        g_free(name);
    }
    g_string_append_c(d->text, '}');
}

static void put_absent(struct draft *d, struct dice *dice)
{
    char *name = draft_group((int)dice_below(dice, (uint64_t)MAX(d->groups, 1)));

    g_string_append(d->text, name);
    g_free(name);
}

/* Every group on one of two sides, or on none. */
static void put_sides(struct draft *d, struct dice *dice)
{
    const int middle = 1 + (int)dice_below(dice, (uint64_t)(d->groups > 1 ? d->groups - 1 : 1));

    g_string_append(d->text, "[[");
    for (int i = 0; i < d->groups; i++) {
        char *name = draft_group(i);

        g_string_append_printf(d->text, "%s%s", i == middle ? "], [" : i ? ", " : "", name);
        g_free(name);
    }
    g_string_append(d->text, "]]");
}

static void put_shares(struct draft *d, struct dice *dice)
{
    int left = 100;

    g_string_append_c(d->text, '[');
    while (dice_chance(dice, 0.5) || left == 100) {
        const int part = 1 + (int)dice_below(dice, (uint64_t)left - 1);

        g_string_append_printf(d->text, "%d%%, ", part);
        left -= part;
        if (left < 2)
            break;
    }
    g_string_append_printf(d->text, "%d%%]", left);
}

/* Links of classes that are all nodes together. */
static void put_access(struct draft *d, struct dice *dice)
{
    static const char *const rates[] = { "unlimited", "1Mbit/s", "300kbit/s" };
    const int classes = d->nodes < 10 ? 1 : 1 + (int)dice_below(dice, 3);
    int left = 100;

    for (int i = 0; i < classes; i++) {
        const int part = i < classes - 1 ? 10 + (int)dice_below(dice, 30) : left;

        left -= part;
        g_string_append_printf(d->text, "%s{share: %d%%, bandwidth: %s, downlink: %s}",
                               i ? ", " : "[", part, rates[dice_below(dice, G_N_ELEMENTS(rates))],
                               rates[dice_below(dice, G_N_ELEMENTS(rates))]);
    }
    g_string_append_c(d->text, ']');
}

/* ---- files ---- */

static const char *const units[] = { "ns", "us", "ms", "s", "min", "h", "d" };

static const char *const size_units[G_N_ELEMENTS(units)] = { "B",   "kB",  "MB", "GB",
                                                             "KiB", "MiB", "GiB" };

/* A column of a file of others, or a file of times; or of sizes. */
static void put_empirical(struct draft *d, struct dice *dice, bool are_sizes)
{
    static const char *const scales[] = { "", ", scale: 0.5", ", scale: 2" };
    static const char *const zeros[] = { "", ", drop_zeros: true", ", drop_zeros: false" };
    static const char *const smooths[] = { "", ", smooth: true", ", smooth: false" };

    g_string_append_printf(d->text, "{file: %s/", d->folder);
    if (dice_chance(dice, 0.4))
        g_string_append(d->text, are_sizes ? "sizes.txt" : "times.txt");
    else
        g_string_append_printf(
            d->text, "%s.csv, column: %s, unit: %s%s%s%s", are_sizes ? "objects" : "pings",
            dice_chance(dice, 0.5) ? "avg" : "2",
            (are_sizes ? size_units : units)[dice_below(dice, G_N_ELEMENTS(units))],
            scales[dice_below(dice, 3)], zeros[dice_below(dice, 3)],
            dice_chance(dice, 0.5) ? ", skip: 1" : "");
    g_string_append_printf(d->text, "%s}", smooths[dice_below(dice, 3)]);
}

/* A record of few nodes, which all can follow where they draw whom. */
static void put_record(struct draft *d, struct dice *dice)
{
    static const char *const assigns[] = { "", ", assign: in-order", ", assign: random",
                                           ", assign: random", ", assign: random" };
    static const char *const froms[] = { "", ", from: 0s", ", from: 300ms" };
    static const char *const laps[] = { "", ", repeat: true", ", repeat: true, shift: true",
                                        ", repeat: true, shift: false", ", repeat: false" };
    const uint64_t file = dice_below(dice, 3);
    const char *const unit = dice_chance(dice, 0.5) ? "ms" : units[dice_below(dice, 7)];

    g_string_append_printf(d->text, "{file: %s/", d->folder);
    if (file == 0)
        g_string_append(d->text, "lengths.txt");
    else
        g_string_append_printf(d->text, "%s, unit: %s%s", file == 1 ? "churn.csv" : "nodes", unit,
                               dice_chance(dice, 0.2) ? ", skip: 0" : "");
    g_string_append_printf(d->text, "%s%s%s}", assigns[dice_below(dice, G_N_ELEMENTS(assigns))],
                           froms[dice_below(dice, G_N_ELEMENTS(froms))],
                           laps[dice_below(dice, G_N_ELEMENTS(laps))]);
}

/* Writes of a file, whose last is at 401 of their unit, before the end of the run. */
static void put_writes(struct draft *d, struct dice *dice)
{
    static const double in_ns[] = { 1, 1e3, 1e6, 1e9, 60e9, 3600e9, 86400e9 };
    const uint64_t unit = dice_below(dice, G_N_ELEMENTS(units));
    const double most = 0.9 * (double)d->horizon / (401 * in_ns[unit]);

    g_string_append_printf(d->text, "{file: %s/writes.csv, unit: %s%s", d->folder, units[unit],
                           dice_chance(dice, 0.2) ? ", skip: 0" : "");
    if (most < 1 || dice_chance(dice, 0.5))
        g_string_append_printf(d->text, ", scale: %.3g", fmin(fmax(0.9 * most, 1e-9), 1e9));
    g_string_append_c(d->text, '}');
}

/* Weights of nodes: of a file, which has few of them, or of each group. */
static void put_weights(struct draft *d, struct dice *dice)
{
    static const double weights[] = { 0, 0.5, 1, 1, 3, 100 };

    if (d->groups == 0 || dice_chance(dice, 0.5)) {
        g_string_append_printf(d->text, "{file: %s/weights.csv, column: stake, other: %g%s}",
                               d->folder, weights[dice_below(dice, G_N_ELEMENTS(weights))],
                               dice_chance(dice, 0.2) ? ", skip: 0" : "");
        return;
    }
    g_string_append_c(d->text, '{');
    for (int i = 0; i < d->groups; i++) {
        char *group = draft_group(i);

        g_string_append_printf(d->text, "%s: %g, ", group,
                               weights[dice_below(dice, G_N_ELEMENTS(weights))]);
        g_free(group);
    }
    g_string_append(d->text, "other: 1}");
}

/* What nodes start with; a file has it of all that there may be. */
static void put_values(struct draft *d, struct dice *dice)
{
    static const char *const words[] = { "linear", "uniform", "peak" };

    if (dice_chance(dice, 0.7))
        g_string_append(d->text, words[dice_below(dice, G_N_ELEMENTS(words))]);
    else
        g_string_append_printf(d->text, "{file: %s/values.csv, column: load%s}", d->folder,
                               dice_chance(dice, 0.2) ? ", skip: 0" : "");
}

/* A matrix of a file between groups, or a known one; false: one that is written. */
static bool put_regions(struct draft *d, struct dice *dice, bool is_loss)
{
    static const char *const presets[] = { "cloud-13", "places-8" };
    const char *scale = dice_chance(dice, 0.5) ? ", scale: 0.5" : "";
    const char *skip = dice_chance(dice, 0.5) ? ", skip: 0" : "";

    if (dice_chance(dice, 0.5))
        return false;
    if (is_loss)
        g_string_append_printf(d->text, "{file: %s/losses.csv%s%s}", d->folder, scale, skip);
    else if (dice_chance(dice, 0.3))
        g_string_append_printf(d->text, "{preset: %s}", presets[dice_below(dice, 2)]);
    else
        g_string_append_printf(d->text, "{file: %s/regions.csv, unit: %s, inside: 1ms%s%s}",
                               d->folder, units[dice_below(dice, G_N_ELEMENTS(units))], scale,
                               skip);
    return true;
}

/* ---- replications ---- */

static void put_replications(struct draft *d, struct dice *dice)
{
    static const char *const metrics[] = { "t50", "t_all", "messages", "residue",
                                           "staleness_mean" };

    if (dice_chance(dice, 0.95))
        g_string_append_printf(d->text, "%d", 1 + (int)dice_below(dice, 4));
    else
        g_string_append_printf(
            d->text, "{min: 20, max: %d, until: {metric: %s, half_width: 20%%, confidence: 9%d%%}}",
            20 + (int)dice_below(dice, 4), metrics[dice_below(dice, G_N_ELEMENTS(metrics))],
            (int)dice_below(dice, 10));
}

static void put_time(struct draft *d, const char *before, sim_time time, const char *after)
{
    char text[QUANTITY_TEXT_MAX];

    quantity_write_time(time, text);
    g_string_append_printf(d->text, "%s%s%s", before, text, after);
}

/* Some writes of each node, or more of all together, at rates that change once or twice. */
static void put_rates(struct draft *d, struct dice *dice)
{
    const int steps = 2 + (int)dice_below(dice, 2);
    const double unit = (d->writes == BY_RATE_OF_ALL ? 10e9 : 1e9) / (double)d->horizon;

    for (int i = 0; i < steps; i++) {
        put_time(d, i > 0 ? ", {from: " : "[{from: ", d->horizon / 4 * i, "");
        g_string_append_printf(d->text, ", rate: %.3g/s}", (double)dice_below(dice, 8) * unit);
    }
    g_string_append_c(d->text, ']');
}

bool draft_special(struct draft *d, struct dice *dice, const char *path)
{
    if (strcmp(path, "gossipsim") == 0)
        g_string_append(d->text, "1");
    else if (strcmp(path, "name") == 0)
        g_string_append(d->text, "random");
    else if (strcmp(path, "description") == 0)
        g_string_append(d->text, "\"drawn at random: it means nothing\"");
    else if (strcmp(path, "nodes") == 0)
        g_string_append_printf(d->text, "%lld", (long long)d->nodes);
    else if (strcmp(path, "groups") == 0)
        put_groups(d, dice);
    else if (strcmp(path, "topology") == 0 && d->by_graph)
        g_string_append_printf(d->text, "{edges: {file: %s/edges.gml%s}}", d->folder,
                               dice_chance(dice, 0.5) ? ", unit: 1ms" : "");
    else if (strcmp(path, "network.access") == 0 && d->by_graph && dice_chance(dice, 0.7))
        g_string_append(d->text, "topology");
    else if (strcmp(path, "network.access") == 0 && dice_chance(dice, 0.6))
        put_access(d, dice);
    else if (strcmp(path, "network.latency") == 0 && d->by_latency)
        g_string_append_printf(d->text, "{regions: {file: %s/regions.csv, unit: ms, inside: 1ms}}",
                               d->folder);
    else if (g_str_has_suffix(path, ".partner") && d->by_latency && dice_chance(dice, 0.5))
        g_string_append(d->text, dice_chance(dice, 0.5) ? "latency" : "{latency: {choices: 3}}");
    else if (g_str_has_suffix(path, ".empirical"))
        put_empirical(d, dice, g_str_has_prefix(path, "workload"));
    else if (strcmp(path, "churn.trace") == 0)
        put_record(d, dice);
    else if (strcmp(path, "workload.trace") == 0)
        put_writes(d, dice);
    else if (strcmp(path, "workload.rate") == 0)
        put_rates(d, dice);
    else if (g_str_has_suffix(path, ".regions"))
        return put_regions(d, dice, strstr(path, "loss") != NULL);
    else if (g_str_has_suffix(path, ".weights"))
        put_weights(d, dice);
    else if (strcmp(path, "values") == 0)
        put_values(d, dice);
    else if (strcmp(path, "members.absent") == 0)
        put_absent(d, dice);
    else if (strcmp(path, "replications") == 0)
        put_replications(d, dice);
    else if (g_str_has_suffix(path, "partition.groups"))
        put_sides(d, dice);
    else if (g_str_has_suffix(path, "partition.shares"))
        put_shares(d, dice);
    else if (strcmp(path, "stop.at") == 0)
        put_time(d, "", d->horizon, "");
    else if (strcmp(path, "timing") == 0 && d->round && d->round != SIM_SECOND)
        put_time(d, "{rounds: ", d->round, "}");
    else if (strcmp(path, "timing") == 0)
        g_string_append(d->text, d->round ? "rounds" : "events");
    else
        return false;
    return true;
}

/* ---- expectations ---- */

void draft_expect(struct draft *d, struct dice *dice)
{
    static const char *const stats[] = { "mean", "median", "min", "max", "p95", "p99.9" };
    static const char *const orders[] = { "<", "<=", ">", ">=" };
    static const char *const values[] = {
        [UNIT_TIME] = "10s", [UNIT_SHARE] = "5%",  [UNIT_BYTES] = "1kB", [UNIT_BYTE_RATE] = "1kB/s",
        [UNIT_RATE] = "3/s", [UNIT_COUNT] = "100", [UNIT_NUMBER] = "2",
    };

    if (!dice_chance(dice, d->density))
        return;
    g_string_append(d->text, "expect:\n");
    for (int i = 0; i < 3; i++) {
        const struct metric *metric = &metric_table[dice_below(dice, METRIC_OF_PROGRAM)];
        char *strategy = draft_strategy((int)dice_below(dice, (uint64_t)d->strategies));
        const char *order = orders[dice_below(dice, G_N_ELEMENTS(orders))];
        char *of = dice_chance(dice, 0.5) ? g_strconcat(", ", strategy, NULL) : g_strdup("");

        if (dice_chance(dice, 0.3))
            g_string_append_printf(d->text, "  - \"P(%s < %s%s) %s 90%%\"\n", metric->name,
                                   values[metric->unit], of, order);
        else
            g_string_append_printf(d->text, "  - \"%s(%s%s) %s %s\"\n",
                                   stats[dice_below(dice, G_N_ELEMENTS(stats))], metric->name, of,
                                   order, values[metric->unit]);
        g_free(of);
        g_free(strategy);
    }
}

/* ---- sweeps ---- */

/* The path of an axis, mostly as it was written; of a model's parameter, perhaps for all. */
static const char *axis_path(const char *path, struct dice *dice)
{
    const char *dot = strchr(path, '.');

    if (g_str_has_prefix(path, "strategies.") && dice_chance(dice, 0.5))
        return strchr(dot + 1, '.') + 1;
    return path;
}

/* How a range goes on after its ends, by the design. */
static const char *range_rest(bool is_spread, struct dice *dice)
{
    const bool is_log = dice_chance(dice, 0.5);

    if (is_spread)
        return is_log ? ", scale: log}\n" : "}\n";
    return is_log ? ", steps: 3, scale: log}\n" : ", steps: 3, scale: linear}\n";
}

void draft_sweep(struct draft *d, struct dice *dice)
{
    static const char *const designs[] = { "grid", "grid", "zip", "sobol", "random" };
    const int axes = 1 + (int)dice_below(dice, 2);
    const size_t design = dice_below(dice, G_N_ELEMENTS(designs));
    const bool is_spread = design >= 3;

    if (!dice_chance(dice, d->density))
        return;
    g_string_append_printf(d->text, "sweep:\n    design: %s\n%s    axes:\n", designs[design],
                           is_spread ? "    points: 3\n" : "");
    for (int i = 0; i < axes; i++) {
        const guint n = 2 * (guint)dice_below(dice, d->paths->len / 2);
        const char *path = d->paths->pdata[n];
        rule *what = d->paths->pdata[n + 1];
        const bool is_range = dice_chance(dice, 0.25);

        g_string_append_printf(d->text, "        %s: %s", axis_path(path, dice),
                               is_range ? "{from: " : "[");
        for (int k = 0; k < 2; k++) {
            struct dice own = dice_of(dice, k ? "from" : "to");

            g_string_append(d->text, !k ? "" : is_range ? ", to: " : ", ");
            draft_value(d, &own, path, what);
        }
        g_string_append(d->text, is_range ? range_rest(is_spread, dice) : "]\n");
    }
}
