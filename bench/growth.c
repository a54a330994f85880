/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * growth.c - measures how time and memory grow with the work, in scenarios far from W1 and W2.
 *
 *   growth FOLDER SIZES LIMIT TURNS NAME=PROGRAM...
 *
 * Each row is a scenario of bench/growth/ at up to three sizes; of some the database is then used
 * too.  Programs take turns on one core, on the same runs, so that a ratio is of the same work: the
 * median of the ratios of the turns.  Time is the CPU time of whole processes, memory their peak:
 * at the smallest sizes, of a few ms and 8 MB, most is the process's start.
 *
 * A program may take LIMIT seconds of CPU time and 4 GiB.  What takes more says so in the table,
 * and is not tried again nor at larger sizes.  What has spent a tenth of LIMIT at a size takes no
 * more turns there.
 *
 * Prints a table for each row; writes every turn to FOLDER/bench-growth.csv.
 */
#include "bench/launch.h"
#include "bench/spread.h"
#include "bench/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZES_MAX = 3, OPTIONS_MAX = 4, ARGUMENTS_MAX = 16, PATH_SPACE = 1024, LABEL_SPACE = 32 };
enum { TENTHS = 10 };

static const unsigned long memory_limit = 4UL << 30;

struct size {
    const char *label;
    const char *options[OPTIONS_MAX]; /* of `run` */
};

/* What is done with a database after the run that has made it. */
enum use { NOTHING, REPORT, CURVE };
static const char *const use_names[] = { "", "report", "view curve" };

struct row {
    const char *title, *scenario;
    enum use use;
    bool per_event; /* the figure is time an event: what is larger has more of them */
    struct size sizes[SIZES_MAX];
};

#define SET(path_and_value) "--set", path_and_value

static const struct row rows[] = {
    { "Direct mail of 1000 updates, over shards of ten nodes each", "bench/growth/mail-shards.yaml",
      .sizes = { { "1e3 nodes", { SET("nodes=1e3"), SET("store.shards=100") } },
                 { "1e4 nodes", { SET("nodes=1e4"), SET("store.shards=1000") } },
                 { "1e5 nodes", { SET("nodes=1e5"), SET("store.shards=10000") } } } },
    { "Ring repair of 1e5 entries by 9 nodes", "bench/growth/ring-repair.yaml",
      .sizes = { { "100 shards", { SET("store.shards=100") } },
                 { "1000 shards", { SET("store.shards=1000") } },
                 { "10000 shards", { SET("store.shards=10000") } } } },
    { "Anti-entropy of 1e4 updates by 1000 nodes", "bench/growth/shards.yaml",
      .sizes = { { "10 shards", { SET("store.shards=10") } },
                 { "1000 shards", { SET("store.shards=1000") } },
                 { "10000 shards", { SET("store.shards=10000") } } } },
    { "Ten keys written again and again, 1000 nodes", "bench/growth/few-keys.yaml",
      .sizes = { { "1e3 updates", { SET("workload.updates=1e3") } },
                 { "1e4 updates", { SET("workload.updates=1e4") } },
                 { "1e5 updates", { SET("workload.updates=1e5") } } } },
    { "Anti-entropy, compare: recent, 1000 nodes", "bench/growth/newest-first.yaml",
      .sizes = { { "1e3 keys", { "--only", "recent", SET("store.preload=1e3") } },
                 { "1e4 keys", { "--only", "recent", SET("store.preload=1e4") } },
                 { "1e5 keys", { "--only", "recent", SET("store.preload=1e5") } } } },
    { "Anti-entropy, compare: peel-back, 1000 nodes", "bench/growth/newest-first.yaml",
      .sizes = { { "1e3 keys", { "--only", "peel-back", SET("store.preload=1e3") } },
                 { "1e4 keys", { "--only", "peel-back", SET("store.preload=1e4") } },
                 { "1e5 keys", { "--only", "peel-back", SET("store.preload=1e5") } } } },
    { "Direct mail to 1e4 nodes", "bench/growth/mail-memory.yaml",
      .sizes = { { "100 updates", { SET("workload.updates=100") } },
                 { "1000 updates", { SET("workload.updates=1000") } },
                 { "10000 updates", { SET("workload.updates=10000") } } } },
    { "Death certificates kept for 10 s, of half the updates, 1000 nodes",
      "bench/growth/certificates.yaml",
      .sizes = { { "1000 updates", { SET("workload.updates=1000") } },
                 { "3000 updates", { SET("workload.updates=3000") } },
                 { "10000 updates", { SET("workload.updates=10000") } } } },
    { "A study of many points, one run of 10 nodes each", "bench/growth/points.yaml", .use = REPORT,
      .sizes = { { "1e3 points",
                   { SET("sweep.axes.seed.to=1000"), SET("sweep.axes.seed.steps=1000") } },
                 { "1e4 points",
                   { SET("sweep.axes.seed.to=10000"), SET("sweep.axes.seed.steps=10000") } },
                 { "1e5 points",
                   { SET("sweep.axes.seed.to=100000"), SET("sweep.axes.seed.steps=100000") } } } },
    { "W1, 100 nodes: many runs at one point", "bench/w1.yaml", .use = CURVE,
      .sizes = { { "200 runs", { SET("nodes=100"), "--replications", "200" } },
                 { "2000 runs", { SET("nodes=100"), "--replications", "2000" } },
                 { "20000 runs", { SET("nodes=100"), "--replications", "20000" } } } },
    { "W1, 1e6 nodes, exponential latency", "bench/w1.yaml", .per_event = true,
      .sizes = { { "1 s", { SET("nodes=1e6"), SET("network.latency.exponential.mean=1s") } },
                 { "10 s", { SET("nodes=1e6"), SET("network.latency.exponential.mean=10s") } },
                 { "100 s",
                   { SET("nodes=1e6"), SET("network.latency.exponential.mean=100s") } } } },
    { "Stacks, 1e5 nodes", "bench/growth/stacks.yaml", .per_event = true,
      .sizes = { { "1 model", { "--only", "one" } },
                 { "3 models", { "--only", "three" } },
                 { "5 models", { "--only", "five" } } } },
};

struct growth {
    char database[PATH_SPACE];
    struct program program[PROGRAMS_MAX];
    int programs, sizes, turns, limit_s;
    FILE *csv;
};

enum state { LEFT_OUT, DONE, REFUSED, OVER_TIME, OVER_MEMORY };
static const char *const state_names[] = { "left out", "done", "refused", "over time",
                                           "over memory" };

/* What a program takes for one step of a row at one size. */
struct result {
    enum state state; /* of the last turn */
    int turns;        /* that are done */
    double cpu_s[TURNS_MAX], peak_bytes[TURNS_MAX];
    double events; /* of a row whose figure is time an event */
};

enum step { RUN, USE, STEPS };

struct results {
    struct result of[PROGRAMS_MAX][SIZES_MAX][STEPS];
};

/* ---- A turn ---- */

static struct limits limits_of(const struct growth *g)
{
    return (struct limits){ (unsigned long)g->limit_s, memory_limit };
}

static enum state make_runs(const struct growth *g, const struct program *p, const struct row *row,
                            const struct size *size, struct cost *cost)
{
    enum { USAGE = 2, RUNS_FAILED = 4 }; /* exit codes */
    char text[LAUNCH_TEXT_MAX];
    char *argv[ARGUMENTS_MAX] = {
        (char *)p->path, "run", (char *)row->scenario, "-q", "-j", "1", "-o", (char *)g->database
    };
    int count = 8;

    for (int i = 0; i < OPTIONS_MAX && size->options[i]; i++)
        argv[count++] = (char *)size->options[i];
    const int code = launch(argv, true, limits_of(g), text, cost);

    if (code == USAGE && p == g->program)
        die("refuses the scenario", row->scenario);
    if (code != 0 && code != USAGE && code != RUNS_FAILED && code != LAUNCH_OVER_TIME)
        die("failed", p->path);
    /* These runs have nothing to fail of but a want of memory. */
    return code == 0             ? DONE
           : code == USAGE       ? REFUSED
           : code == RUNS_FAILED ? OVER_MEMORY
                                 : OVER_TIME;
}

static enum state use_database(const struct growth *g, const struct program *p, enum use use,
                               struct cost *cost)
{
    char text[LAUNCH_TEXT_MAX];
    char *report[] = { (char *)p->path, "report", (char *)g->database, NULL };
    char *curve[] = { "/usr/bin/env", "sqlite3", (char *)g->database,
                      "SELECT count(*), sum(lower), sum(upper) FROM curve", NULL };
    char **argv = use == REPORT ? report : curve;
    const int code = launch(argv, true, limits_of(g), text, cost);

    if (code != 0 && code != LAUNCH_OVER_TIME)
        die("cannot be used", g->database);
    return code == 0 ? DONE : OVER_TIME;
}

/* A turn of one step is over: its cost into the file and, if it counts, among the results. */
static void note(const struct growth *g, const struct program *p, const struct row *row,
                 const struct size *size, enum step step, struct result *r, const struct cost *cost)
{
    fprintf(g->csv, "\"%s\",%s,%s,%s,%s,%.6f,%.0f\n", row->title, size->label,
            step == RUN ? "run" : use_names[row->use], p->name, state_names[r->state], cost->cpu_s,
            cost->peak_bytes);
    if (r->state != DONE)
        return;
    r->cpu_s[r->turns] = cost->cpu_s;
    r->peak_bytes[r->turns++] = cost->peak_bytes;
}

/* Returns the seconds that it took; `r` are the program's results of all steps at this size. */
static double take_turn(const struct growth *g, const struct program *p, const struct row *row,
                        const struct size *size, struct result r[STEPS])
{
    const struct study study = { .database = g->database };
    struct cost run, use = { 0 };

    study_remove(&study);
    r[RUN].state = make_runs(g, p, row, size, &run);
    note(g, p, row, size, RUN, &r[RUN], &run);
    if (r[RUN].state == DONE && row->per_event)
        study_row(&study, "SELECT events FROM run WHERE ?1", 1, &r[RUN].events, 1);
    if (r[RUN].state == DONE && row->use != NOTHING) {
        r[USE].state = use_database(g, p, row->use, &use);
        note(g, p, row, size, USE, &r[USE], &use);
    }
    study_remove(&study);
    return run.cpu_s + use.cpu_s;
}

/* ---- The table ---- */

static const char *label_of(const struct growth *g, enum state state, char text[LABEL_SPACE])
{
    switch (state) {
    case OVER_TIME:
        snprintf(text, LABEL_SPACE, "over %d s", g->limit_s);
        return text;
    case OVER_MEMORY:
        snprintf(text, LABEL_SPACE, "over %lu GiB", memory_limit >> 30);
        return text;
    default:
        return state_names[state];
    }
}

static void print_figure(const struct row *row, const struct result *r, const struct result *less,
                         const struct result *first)
{
    const double scale = row->per_event ? 1e9 / r->events : 1;
    const int pairs = r->turns < first->turns ? r->turns : first->turns;
    const struct spread s = spread_of(r->cpu_s, r->turns);
    double ratio[TURNS_MAX];
    char range[LABEL_SPACE];

    snprintf(range, sizeof range, row->per_event ? "%.1f - %.1f" : "%.3f - %.3f", scale * s.low,
             scale * s.high);
    printf(row->per_event ? " %8.1f ns  %-17s" : " %8.3f s   %-17s", scale * s.median, range);
    printf(" %8.1f MB", 1e-6 * spread_of(r->peak_bytes, r->turns).median);
    if (less && less->turns > 0)
        printf(" %8.1f", s.median / spread_of(less->cpu_s, less->turns).median *
                             (row->per_event ? less->events / r->events : 1));
    else
        printf(" %8s", "");
    if (r == first || pairs == 0)
        return;
    for (int i = 0; i < pairs; i++)
        ratio[i] = first->cpu_s[i] / r->cpu_s[i];
    printf(" %8.3f", spread_of(ratio, pairs).median);
}

static void print_step(const struct growth *g, const struct row *row, enum step step,
                       const struct results *results)
{
    char text[LABEL_SPACE];

    printf("%s%s%s\n", row->title, row->use ? ": " : "",
           !row->use     ? ""
           : step == RUN ? "run"
                         : use_names[row->use]);
    for (int i = 0; i < g->sizes; i++)
        for (int k = 0; k < g->programs; k++) {
            const struct result *r = &results->of[k][i][step];
            const struct result *less = i > 0 ? &results->of[k][i - 1][step] : NULL;

            printf("  %-13s %-10s", k ? "" : row->sizes[i].label, g->program[k].name);
            if (r->turns > 0)
                print_figure(row, r, less, &results->of[0][i][step]);
            else
                printf("  %s", label_of(g, r->state, text));
            putchar('\n');
        }
    fflush(stdout);
}

static void measure(const struct growth *g, const struct row *row)
{
    static const struct results none;
    struct results results = none;
    bool is_over[PROGRAMS_MAX] = { false };

    for (int i = 0; i < g->sizes; i++) {
        double spent[PROGRAMS_MAX] = { 0 };

        for (int turn = 0; turn < g->turns; turn++)
            for (int k = 0; k < g->programs; k++) {
                if (is_over[k] || spent[k] * TENTHS >= g->limit_s)
                    continue;
                spent[k] += take_turn(g, &g->program[k], row, &row->sizes[i], results.of[k][i]);
                is_over[k] = results.of[k][i][RUN].state != DONE;
            }
    }
    for (enum step step = RUN; step < (row->use ? STEPS : USE); step++)
        print_step(g, row, step, &results);
}

/* ---- The command ---- */

/* 0: it is no whole number from 1 to `max`. */
static int number(const char *text, int max)
{
    char *end;
    const long value = strtol(text, &end, 10);

    return *end || value < 1 || value > max ? 0 : (int)value;
}

int main(int argc, char **argv)
{
    enum { DAY = 86400 };
    struct growth g = { 0 };

    if (argc > 5) {
        g.sizes = number(argv[2], SIZES_MAX);
        g.limit_s = number(argv[3], DAY);
        g.turns = number(argv[4], TURNS_MAX);
    }
    if (!g.sizes || !g.limit_s || !g.turns) {
        fprintf(stderr,
                "usage: growth FOLDER SIZES LIMIT TURNS NAME=PROGRAM...\n"
                "       (1 to %d sizes, a limit of seconds, 1 to %d turns)\n",
                SIZES_MAX, TURNS_MAX);
        return 2;
    }
    g.programs = launch_programs(g.program, argv + 5, argc - 5);
    snprintf(g.database, sizeof g.database, "%s/bench.db", argv[1]);
    g.csv =
        table_create(argv[1], "bench-growth.csv", "row,size,step,program,state,cpu_s,peak_bytes");
    printf("CPU time and peak memory of the process, medians; growth: times the size before;\n"
           "ratio: the time of %s over that of the program, turn by turn\n",
           g.program[0].name);
    printf("  %-24s %10s  %-17s %11s %8s %8s\n", "", "CPU", "lowest - highest", "memory", "growth",
           "ratio");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        measure(&g, &rows[i]);
    table_close(g.csv);
    return 0;
}
