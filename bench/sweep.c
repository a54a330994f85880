/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.c - measures how fast a study of many small runs goes: W1 at so many nodes.
 *
 *   sweep FOLDER NODES RUNS TURNS NAME=PROGRAM...
 *
 * Each turn makes so many runs on one thread and on two, asks for the first of these studies again,
 * which finds nothing to do, and makes a tenth of the runs for their memory.  Programs take turns.
 *
 *   engine   share of the threads' time that is of runs: their wall clock, summed, over that of the
 *            process times its threads
 *   writer   share of the CPU time that is not of runs: what reading the scenario, storing and the
 *            table cost.  A run's time is here the mean of those that took less than thrice the
 *            median: the others had to wait for a core
 *
 * Not pinned: threads shall have the cores that there are.  Prints a table of medians; writes
 * every turn to FOLDER/bench-sweep-NODES.csv.
 */
#include "bench/launch.h"
#include "bench/spread.h"
#include "bench/study.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum { FEWER = 10, THREADS_MAX = 2, PATH_SPACE = 1024 };

struct turn {                                            /* [0]: one thread */
    double runs_per_s[THREADS_MAX], cpu_us[THREADS_MAX]; /* cpu_us: a run, with its storing */
    double engine[THREADS_MAX], writer[THREADS_MAX];
    double again_s, peak_bytes, peak_bytes_of_fewer;
};

struct sweep {
    char database[PATH_SPACE];
    long nodes, runs;
    int turns;
    FILE *csv;
};

struct runs {
    double wall_s;        /* summed */
    double undisturbed_s; /* the same if none had waited */
};

static const char runs_sql[] =
    "WITH median(ns) AS (SELECT wall_ns FROM run ORDER BY wall_ns LIMIT 1 OFFSET ?1 / 2)"
    " SELECT count(*), sum(wall_ns) * 1e-9,"
    "  count(*) * 1e-9 * avg(wall_ns) FILTER (WHERE wall_ns < 3 * ns)"
    " FROM run, median WHERE status = 'done'";

/* A study into a database of its own, which stays. */
static struct cost run_new(const struct program *p, const struct study *study, struct runs *runs)
{
    double row[3];
    struct cost cost;

    study_remove(study);
    if (!study_run(p, study, &cost))
        die("refuses the scenario", study->scenario);
    study_row(study, runs_sql, study->replications, row, 3);
    if ((long)row[0] != study->replications)
        die("did not make all runs", p->path);
    *runs = (struct runs){ row[1], row[2] };
    return cost;
}

static void take_turn(const struct sweep *s, const struct program *p, int seed, struct turn *t)
{
    struct study study = {
        .scenario = "bench/w1.yaml", .database = s->database, .nodes = s->nodes, .seed = seed
    };
    struct cost cost, again;
    struct runs runs;

    study.replications = s->runs;
    for (int i = 0; i < THREADS_MAX; i++) {
        study.threads = i + 1;
        cost = run_new(p, &study, &runs);
        t->runs_per_s[i] = (double)s->runs / cost.wall_s;
        t->cpu_us[i] = 1e6 * cost.cpu_s / (double)s->runs;
        t->engine[i] = runs.wall_s / (cost.wall_s * study.threads);
        t->writer[i] = 1 - runs.undisturbed_s / cost.cpu_s;
        fprintf(s->csv, "%s,%d,%d,%ld,%.6f,%.6f,%.6f,%.6f,%.0f\n", p->name, seed, study.threads,
                s->runs, cost.wall_s, runs.wall_s, runs.undisturbed_s, cost.cpu_s, cost.peak_bytes);
        if (i > 0)
            continue;
        t->peak_bytes = cost.peak_bytes;
        if (!study_run(p, &study, &again))
            die("refuses to go on", p->path);
        t->again_s = again.wall_s;
    }
    study.threads = 1;
    study.replications = s->runs / FEWER;
    t->peak_bytes_of_fewer = run_new(p, &study, &runs).peak_bytes;
    study_remove(&study);
}

/* ---- The table ---- */

/* The spread of the figure that lies `offset` doubles into each turn. */
static struct spread spread_of_figure(const struct turn *turn, size_t offset, int turns)
{
    double values[TURNS_MAX];

    for (int i = 0; i < turns; i++)
        values[i] = *(const double *)((const char *)&turn[i] + offset);
    return spread_of(values, turns);
}

#define SPREAD(figure) spread_of_figure(turn, offsetof(struct turn, figure), turns)

/* Of two figures that lie at these offsets. */
static double median_ratio(const struct turn *a, size_t offset_a, const struct turn *b,
                           size_t offset_b, int turns)
{
    double values[TURNS_MAX];

    for (int i = 0; i < turns; i++)
        values[i] = *(const double *)((const char *)&a[i] + offset_a) /
                    *(const double *)((const char *)&b[i] + offset_b);
    return spread_of(values, turns).median;
}

#define RATIO(a, figure_a, b, figure_b) \
    median_ratio(a, offsetof(struct turn, figure_a), b, offsetof(struct turn, figure_b), turns)

/* `first` are the turns of the first program, against which the others stand. */
static void print_program(const struct sweep *s, const struct program *p, const struct turn *turn,
                          const struct turn *first)
{
    const int turns = s->turns;
    const struct spread speed[THREADS_MAX] = { SPREAD(runs_per_s[0]), SPREAD(runs_per_s[1]) };
    const struct spread cpu[THREADS_MAX] = { SPREAD(cpu_us[0]), SPREAD(cpu_us[1]) };
    const struct spread engine[THREADS_MAX] = { SPREAD(engine[0]), SPREAD(engine[1]) };
    const struct spread writer[THREADS_MAX] = { SPREAD(writer[0]), SPREAD(writer[1]) };
    const double cpu_ratio[THREADS_MAX] = { RATIO(turn, cpu_us[0], first, cpu_us[0]),
                                            RATIO(turn, cpu_us[1], first, cpu_us[1]) };

    printf("%s\n", p->name);
    for (int i = 0; i < THREADS_MAX; i++) {
        char range[32];

        snprintf(range, sizeof range, "%.0f - %.0f", speed[i].low, speed[i].high);
        printf("  %d thread%s  %7.0f runs/s  %-15s  CPU %6.1f us/run", i + 1, i ? "s" : " ",
               speed[i].median, range, cpu[i].median);
        if (turn != first)
            printf(", %.2f times the first's", cpu_ratio[i]);
        printf("  engine %2.0f %%  writer %2.0f %%", 100 * engine[i].median,
               100 * writer[i].median);
        if (i > 0)
            printf("  %.2f times one thread", RATIO(turn, runs_per_s[1], turn, runs_per_s[0]));
        putchar('\n');
    }
    printf("  peak memory %.1f MB at %ld runs, %.1f MB at %ld; %.2f s to find nothing to do\n",
           1e-6 * SPREAD(peak_bytes_of_fewer).median, s->runs / FEWER,
           1e-6 * SPREAD(peak_bytes).median, s->runs, SPREAD(again_s).median);
}

int main(int argc, char **argv)
{
    struct turn turn[PROGRAMS_MAX][TURNS_MAX];
    struct program program[PROGRAMS_MAX];
    struct sweep s = { 0 };
    char csv[PATH_SPACE];

    if (argc > 5) {
        s.nodes = strtol(argv[2], NULL, 10);
        s.runs = strtol(argv[3], NULL, 10);
        s.turns = (int)strtol(argv[4], NULL, 10);
    }
    if (s.nodes < 2 || s.runs < FEWER || s.turns < 1 || s.turns > TURNS_MAX) {
        fprintf(stderr,
                "usage: sweep FOLDER NODES RUNS TURNS NAME=PROGRAM...\n"
                "       (from 2 nodes, from %d runs, 1 to %d turns)\n",
                FEWER, TURNS_MAX);
        return 2;
    }
    const int programs = launch_programs(program, argv + 5, argc - 5);

    snprintf(s.database, sizeof s.database, "%s/bench.db", argv[1]);
    snprintf(csv, sizeof csv, "bench-sweep-%ld.csv", s.nodes);
    s.csv = table_create(argv[1], csv,
                         "program,seed,threads,runs,wall_s,runs_s,undisturbed_runs_s,cpu_s,"
                         "peak_bytes");
    for (int i = 0; i < s.turns; i++)
        for (int k = 0; k < programs; k++)
            take_turn(&s, &program[k], i + 1, &turn[k][i]);
    printf("Studies of %ld runs of W1 at %ld nodes, medians of %d\n", s.runs, s.nodes, s.turns);
    for (int k = 0; k < programs; k++)
        print_program(&s, &program[k], turn[k], turn[0]);
    table_close(s.csv);
    return 0;
}
