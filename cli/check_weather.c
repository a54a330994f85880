/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_weather.c - see check_weather.h. */
#include "cli/check_weather.h"
#include "cli/check_links.h"
#include "cli/check_path.h"

#include "analysis/text/table.h"
#include "analysis/text/text.h"
#include "base/quantity.h"
#include "experiment/language/churn_trace.h"

#include <glib.h>
#include <math.h>

enum {
    NAMES_MAX = 6,   /* groups whose names stand above their columns; of more, their numbers */
    MATRIX_MAX = 24, /* groups of which a matrix is shown to people, and */
    PATHS_MAX = 64,  /* to programs */
};

/* The share of the nodes that are up in the long run, or by the record until the end. */
static double availability(const struct sim_config *config)
{
    const struct sim_churn *churn = &config->churn;
    double up, away;

    if (churn->trace != NULL) {
        const uint32_t nodes = churn->is_drawn ? churn->trace->count : (uint32_t)config->nodes;

        return 1 - churn->share * (1 - churn_trace_availability(churn->trace, nodes, churn->repeats,
                                                                config->stop.at));
    }
    if (churn->session == NULL)
        return 1;
    up = distribution_mean(churn->session);
    away = distribution_mean(churn->downtime);
    return 1 - churn->share * away / (up + away);
}

/* ---- for people ---- */

/* Times of two or three digits, not to the nanosecond. */
static char *time_text(double ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = { { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "ns", 1 } };
    size_t i = 0;

    while (i + 1 < G_N_ELEMENTS(units) && ns < units[i].ns)
        i++;
    return g_strdup_printf("%.3g %s", ns / units[i].ns, units[i].name);
}

static char *latency_text(const struct path *path)
{
    char *mean = time_text(path->mean), *p99 = time_text(path->p99), *text;

    text = fabs(path->p99 - path->mean) < 0.5 ? g_strdup(mean)
                                              : g_strdup_printf("%s (p99 %s)", mean, p99);
    g_free(mean);
    g_free(p99);
    return text;
}

/* The same by itself, in ms, for matrices of many. */
static char *mean_text(const struct path *path)
{
    return g_strdup_printf("%.3g", path->mean / 1e6);
}

static char *p99_text(const struct path *path)
{
    return g_strdup_printf("%.3g", path->p99 / 1e6);
}

static char *loss_text(const struct path *path)
{
    if (path->loss <= 0)
        return g_strdup("none");
    if (path->burst > 1.005 / (1 - path->loss) || path->burst < 0.995 / (1 - path->loss))
        return g_strdup_printf("%.3g %%, %.3g in a row", 100 * path->loss, path->burst);
    return g_strdup_printf("%.3g %%", 100 * path->loss);
}

/* What links lose, and how fast they are, where it is the same of all. */
static void print_links(const struct sim_config *config)
{
    const struct sim_groups *groups = config->network.groups;
    struct path path = { 0 };
    char *loss, *up, *down;

    if (groups != NULL)
        path_join_losses(&path, groups->list[0].loss, groups->list[0].loss_burst, 0, 0);
    else
        path_join_losses(&path, config->network.loss, config->network.loss_burst, 0, 0);
    loss = loss_text(&path);
    up = links_rate_text(groups != NULL ? groups->list[0].bandwidth : config->network.bandwidth);
    down = links_rate_text(groups != NULL ? groups->list[0].downlink : config->network.downlink);
    printf(config->graph != NULL && config->graph->loss != NULL ? "loss of links, else %s"
                                                                : "loss %s",
           loss);
    if (config->network.access_count > 0)
        printf(", links of classes");
    else if (config->timing != TIMING_ROUNDS)
        printf(", uplinks %s, downlinks %s", up, down);
    g_free(loss);
    g_free(up);
    g_free(down);
}

static void print_latency(const struct sim_config *config)
{
    const struct sim_groups *groups = config->network.groups;
    const struct path path = path_of(config, 0, 0);
    char *latency = latency_text(&path);

    if (groups != NULL && groups->latency != NULL)
        printf("latency by groups, ");
    else if (config->graph != NULL && config->graph->latency != NULL &&
             config->timing != TIMING_ROUNDS)
        printf("latency of links, else %s, ", latency);
    else if (config->timing != TIMING_ROUNDS)
        printf("latency %s, ", latency);
    g_free(latency);
}

static struct table *new_table(void)
{
    const struct table_style style = { .format = TABLE_PEOPLE,
                                       .width = text_terminal_width(stdout),
                                       .colour = text_may_colour(stdout) };

    return table_new(&style);
}

/* How a group is called beside its row, with its nodes. */
static char *label(const struct setup *setup, const struct sim_groups *groups, size_t group)
{
    const char *name = setup_group(setup, group);
    const long long nodes = groups->list[group].nodes;

    return groups->count > NAMES_MAX ? g_strdup_printf("%zu %s (%lld)", group + 1, name, nodes)
                                     : g_strdup_printf("%s (%lld)", name, nodes);
}

static void table_take(struct table *table, char *text)
{
    table_text(table, text);
    g_free(text);
}

/* Each group and its links. */
static void print_groups(const struct setup *setup, const struct sim_network *network)
{
    const struct sim_groups *groups = network->groups;
    const bool have_rates = network->access_count == 0; /* else those of classes */
    struct table *table = new_table();

    table_column(table, "group", "links of", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "loss", "loss", COLUMN_ALL | COLUMN_RIGHT);
    if (have_rates) {
        table_column(table, "up", "uplinks", COLUMN_ALL | COLUMN_RIGHT);
        table_column(table, "down", "downlinks", COLUMN_ALL | COLUMN_RIGHT);
    }
    for (size_t i = 0; i < groups->count; i++) {
        const struct sim_group *group = &groups->list[i];
        struct path own = { 0 };

        path_join_losses(&own, group->loss, group->loss_burst, 0, 0);
        table_row(table);
        table_take(table, label(setup, groups, i));
        table_take(table, loss_text(&own));
        if (have_rates) {
            table_take(table, links_rate_text(group->bandwidth));
            table_take(table, links_rate_text(group->downlink));
        }
    }
    putchar('\n');
    table_print(stdout, table);
    table_free(table);
}

/* `text` of each two groups: row from, column to. */
static void print_matrix(const struct setup *setup, const struct sim_config *config,
                         const char *title, char *(*text)(const struct path *path))
{
    const size_t count = config->network.groups->count;
    struct table *table = new_table();

    table_column(table, "from", title, COLUMN_ALL | COLUMN_KEY);
    for (size_t i = 0; i < count; i++) {
        char *number = g_strdup_printf("%zu", i + 1);

        table_column(table, number, count > NAMES_MAX ? number : setup_group(setup, i),
                     COLUMN_ALL | COLUMN_RIGHT);
        g_free(number);
    }
    for (size_t from = 0; from < count; from++) {
        table_row(table);
        table_take(table, label(setup, config->network.groups, from));
        for (size_t to = 0; to < count; to++) {
            const struct path path = path_of(config, from, to);

            table_take(table, text(&path));
        }
    }
    putchar('\n');
    table_print(stdout, table);
    table_free(table);
}

/* The least and the most of many paths. */
static void print_range(const struct sim_config *config)
{
    const struct sim_groups *groups = config->network.groups;
    double least = INFINITY, most = 0, loss = 0;
    char *low, *high;

    for (size_t i = 0; i < groups->count * groups->count; i++) {
        sim_time constant;
        const struct distribution *law =
            path_law(&config->network, i / groups->count, i % groups->count, &constant);
        const double mean = law == NULL ? (double)constant : distribution_mean(law);

        least = MIN(least, mean);
        most = MAX(most, mean);
        if (groups->loss != NULL)
            loss = MAX(loss, groups->loss[i].mean);
    }
    low = time_text(least);
    high = time_text(most);
    printf("%zu groups: mean latencies from %s to %s between them", groups->count, low, high);
    if (loss > 0)
        printf(", losses of paths up to %.3g %%", 100 * loss);
    putchar('\n');
    g_free(low);
    g_free(high);
}

static bool links_differ(const struct sim_groups *groups)
{
    const struct sim_group *first = &groups->list[0];

    for (size_t i = 1; i < groups->count; i++) {
        const struct sim_group *group = &groups->list[i];

        if (group->loss != first->loss || group->loss_burst != first->loss_burst ||
            group->bandwidth != first->bandwidth || group->downlink != first->downlink)
            return true;
    }
    return false;
}

/* Whether messages from one group to another do not all take the same time. */
static bool latencies_vary(const struct sim_config *config)
{
    const size_t count = config->network.groups->count;

    for (size_t i = 0; i < count * count; i++) {
        const struct path path = path_of(config, i / count, i % count);

        if (fabs(path.p99 - path.mean) >= 0.5)
            return true;
    }
    return false;
}

static void print_latencies(const struct setup *setup, const struct sim_config *config)
{
    if (config->network.groups->count <= NAMES_MAX) {
        print_matrix(setup, config, "latency to", latency_text);
        return;
    }
    print_matrix(setup, config, "mean latency in ms to", mean_text);
    if (latencies_vary(config))
        print_matrix(setup, config, "its 99th percentile", p99_text);
}

static void print_by_group(const struct setup *setup, const struct sim_config *config)
{
    const struct sim_groups *groups = config->network.groups;

    if (groups->count > MATRIX_MAX) {
        print_range(config);
        return;
    }
    if (links_differ(groups))
        print_groups(setup, &config->network);
    if (groups->latency != NULL && config->timing != TIMING_ROUNDS)
        print_latencies(setup, config);
    if (groups->loss != NULL)
        print_matrix(setup, config, "loss to", loss_text);
}

void check_weather_print(const struct plan *plan, const struct setup *setup)
{
    const struct sim_config *config = setup_config(setup, 0);
    const struct sim_groups *groups = config->network.groups;

    printf("\nweather%s: ", plan->point_count > 1 ? " at the first point" : "");
    print_latency(config);
    if (groups != NULL && links_differ(groups))
        printf("links by groups");
    else
        print_links(config);
    if (config->network.jitter > 0 && config->timing != TIMING_ROUNDS)
        printf(", jitter %.3g %%", 100 * config->network.jitter);
    if (config->churn.session != NULL || config->churn.trace != NULL)
        printf(", nodes up %.4g %% of the time", 100 * availability(config));
    putchar('\n');
    check_links_print(&config->network);
    if (groups != NULL)
        print_by_group(setup, config);
}

/* ---- for programs ---- */

static void json_path(const struct path *path)
{
    printf("\"latency_mean\": %.6g, \"latency_p99\": %.6g, \"loss\": %.6g, \"burst\": ",
           path->mean / 1e9, path->p99 / 1e9, path->loss);
    if (isfinite(path->burst))
        printf("%.6g", path->burst);
    else
        printf("null");
}

static void json_name(const char *key, const struct setup *setup, size_t group)
{
    printf("\"%s\": ", key);
    table_json_text(stdout, setup_group(setup, group));
}

static void json_paths(const struct setup *setup, const struct sim_config *config)
{
    const size_t count = config->network.groups->count;

    printf(",\n  \"paths\": [");
    for (size_t i = 0; i < count * count; i++) {
        const struct path path = path_of(config, i / count, i % count);

        printf("%s{", i > 0 ? ",\n   " : "");
        json_name("from", setup, i / count);
        printf(", ");
        json_name("to", setup, i % count);
        printf(", ");
        json_path(&path);
        printf("}");
    }
    printf("]");
}

/* Of the links of all, or of a group; where there are classes, these say it. */
static void json_rates(const struct sim_network *network, int64_t up, int64_t down)
{
    if (network->access_count > 0)
        return;
    links_rate_json("bandwidth", up);
    links_rate_json("downlink", down);
}

void check_weather_json(const struct setup *setup)
{
    const struct sim_config *config = setup_config(setup, 0);
    const struct sim_groups *groups = config->network.groups;

    printf("{\"availability\": %.6g", availability(config));
    check_links_json(&config->network);
    if (groups == NULL) {
        const struct path path = path_of(config, 0, 0);

        printf(", ");
        json_path(&path);
        json_rates(&config->network, config->network.bandwidth, config->network.downlink);
        printf("}");
        return;
    }
    printf(",\n  \"groups\": [");
    for (size_t i = 0; i < groups->count; i++) {
        const struct sim_group *group = &groups->list[i];

        printf("%s{", i > 0 ? ",\n   " : "");
        json_name("group", setup, i);
        printf(", \"nodes\": %lld", (long long)group->nodes);
        json_rates(&config->network, group->bandwidth, group->downlink);
        printf("}");
    }
    printf("]");
    if (groups->count <= PATHS_MAX)
        json_paths(setup, config);
    printf("}");
}
