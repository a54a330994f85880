/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.c - measures gossipsim beside other programs that do the same work.
 *
 *   bench FOLDER NODES_MAX TURNS_MAX NAME=PROGRAM...
 *
 * A program named gossipsim or base is run on the scenario of each workload, and its result read
 * from the database; the one named plain is a folder with a program for each further workload;
 * any other does W1 and W2.  All of these are called with `WORK NODES SEED` and print a line with
 * `events=` and `wall_s=`.  Memory and CPU time are of the whole process.
 *
 * The machine is not ours alone, so nothing is compared across time: the programs take turns, a
 * seed a turn, pinned to one core, and a ratio is the median of the ratios of the turns.  On a
 * busy machine the ratio of CPU times says more; at few nodes it is mostly the process's start.
 * Prints a table; writes every turn to FOLDER/bench.csv, the medians to FOLDER/bench-medians.csv.
 */
#include "bench/launch.h"
#include "bench/spread.h"
#include "bench/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SPACE = 1024 };

struct turn {
    double events, wall_s; /* of the run alone */
    struct cost cost;      /* of the process */
};

struct bench {
    const char *folder;
    struct program program[PROGRAMS_MAX];
    int programs, turns_max;
    FILE *turns, *medians;
};

struct workload {
    const char *name, *scenario;
    bool is_further;    /* only gossipsim and its plain program, if there is one, do it */
    bool counts_timers; /* of all nodes, also where there is nothing to do: bench/work.h */
};
static const struct workload w1 = { "W1", "bench/w1.yaml", false, true };
static const struct workload w2 = { "W2", "bench/w2.yaml", false, true };
static const struct workload rumors = { "rumors", "bench/rumors.yaml", true, false };
static const struct workload digests = { "digests", "bench/digests.yaml", true, false };
static const struct workload churn = { "churn", "bench/churn.yaml", true, false };
static const struct workload pairs = { "pairs", "bench/pairs.yaml", true, true };
static const struct workload rounds = { "rounds", "bench/rounds.yaml", true, true };
static const struct workload weather = { "weather", "bench/weather.yaml", true, false };

/*
 * What is measured: enough turns for a median, about two minutes in all.  `from` keeps what takes
 * long out of a measurement up to fewer nodes than that.
 */
struct size {
    const struct workload *work;
    long nodes;
    int turns;
    int turns_heap; /* of programs with a binary heap, which need 10 s a turn at 1e6 nodes */
    double from;
};
static const struct size sizes[] = {
    { &w1, 10000, 15, 15, 1e4 },     { &w1, 100000, 9, 9, 1e5 },
    { &w1, 1000000, 7, 2, 1e6 },     { &w1, 10000000, 1, 0, 1e7 },
    { &w1, 100000000, 1, 0, 1e8 },   { &w2, 10000, 15, 15, 1e4 },
    { &w2, 100000, 9, 9, 1e5 },      { &w2, 1000000, 7, 2, 1e6 },
    { &w2, 10000000, 1, 0, 1e7 },    { &rumors, 10000, 5, 5, 1e4 },
    { &rumors, 100000, 1, 1, 1e6 },  { &digests, 1000, 5, 5, 1e4 },
    { &churn, 100000, 5, 3, 1e5 },   { &churn, 1000000, 1, 1, 1e7 },
    { &pairs, 100000, 5, 3, 1e5 },   { &pairs, 1000000, 3, 0, 1e6 },
    { &rounds, 100000, 5, 5, 1e5 },  { &rounds, 1000000, 3, 3, 1e6 },
    { &weather, 100000, 5, 0, 1e5 }, { &weather, 1000000, 1, 0, 1e7 },
};

static bool is_gossipsim(const struct program *p)
{
    return !strcmp(p->name, "gossipsim") || !strcmp(p->name, "base");
}

static bool is_plain(const struct program *p)
{
    return !strcmp(p->name, "plain");
}

/* ---- One turn of one program ---- */

/*
 * Events as bench/work.h counts them, whatever the engine saves itself: every node's timer once a
 * second (known to within the last lap), and every message that was sent, not lost, and is not
 * under way at the end; or what the engine handled.
 */
static const char timers_sql[] =
    "SELECT wall_ns, ?1 * 1e-9 * sim_end_ns + messages - dropped - in_flight"
    " FROM run JOIN sample USING (run_id) WHERE status = 'done' AND t_ns = sim_end_ns";
static const char handled_sql[] = "SELECT wall_ns, events FROM run WHERE status = 'done' AND ?1";

/* False: the program knows no such scenario. */
static bool take_turn_of_gossipsim(const struct bench *b, const struct program *p,
                                   const struct size *size, int seed, struct turn *t)
{
    char database[PATH_SPACE];
    const struct study study = { .scenario = size->work->scenario,
                                 .database = database,
                                 .nodes = size->nodes,
                                 .replications = 1,
                                 .seed = seed,
                                 .threads = 1,
                                 .pinned = true };
    double row[2];

    snprintf(database, sizeof database, "%s/bench.db", b->folder);
    study_remove(&study);
    if (!study_run(p, &study, &t->cost))
        return false;
    study_row(&study, size->work->counts_timers ? timers_sql : handled_sql, size->nodes, row, 2);
    study_remove(&study);
    t->wall_s = 1e-9 * row[0];
    t->events = row[1];
    return true;
}

static double value_of(const char *line, const char *key, const char *program)
{
    const char *at = strstr(line, key);

    if (!at)
        die("prints no such value", program);
    return strtod(at + strlen(key), NULL);
}

static void take_turn_of_other(const struct program *p, const struct size *size, int seed,
                               struct turn *t)
{
    char path[PATH_SPACE], nodes[32], seed_text[16], text[LAUNCH_TEXT_MAX];
    char *argv[] = { path, (char *)size->work->name, nodes, seed_text, NULL };

    snprintf(path, sizeof path, is_plain(p) ? "%s/%s" : "%s", p->path, size->work->name);
    snprintf(nodes, sizeof nodes, "%ld", size->nodes);
    snprintf(seed_text, sizeof seed_text, "%d", seed);
    if (launch(argv, true, (struct limits){ 0 }, text, &t->cost) != 0)
        die("failed", path);
    t->events = value_of(text, " events=", path);
    t->wall_s = value_of(text, " wall_s=", path);
}

/* False: there is nothing to measure. */
static bool take_turn(const struct bench *b, const struct program *p, const struct size *size,
                      int seed, struct turn *t)
{
    if (!is_gossipsim(p))
        take_turn_of_other(p, size, seed, t);
    else if (!take_turn_of_gossipsim(b, p, size, seed, t)) {
        if (p == b->program)
            die("refuses the scenario", size->work->scenario);
        return false;
    }
    fprintf(b->turns, "%s,%ld,%s,%d,%.0f,%.6f,%.6f,%.0f,%.3f\n", size->work->name, size->nodes,
            p->name, seed, t->events, t->wall_s, t->cost.cpu_s, t->cost.peak_bytes,
            t->wall_s * 1e9 / t->events);
    return true;
}

/* ---- The table ---- */

/* `first` are the turns of the first program, against which the ratios stand. */
static void print_row(const struct bench *b, const struct program *p, const struct size *size,
                      const struct turn *turn, const struct turn *first, int turns)
{
    double ns[TURNS_MAX], cpu[TURNS_MAX], bytes[TURNS_MAX], ratio[TURNS_MAX];
    double cpu_ratio[TURNS_MAX];

    for (int i = 0; i < turns; i++) {
        ns[i] = turn[i].wall_s * 1e9 / turn[i].events;
        cpu[i] = turn[i].cost.cpu_s * 1e9 / turn[i].events;
        bytes[i] = turn[i].cost.peak_bytes;
        ratio[i] = first[i].wall_s * 1e9 / first[i].events / ns[i];
        cpu_ratio[i] = first[i].cost.cpu_s * 1e9 / first[i].events / cpu[i];
    }
    const struct spread s = spread_of(ns, turns), c = spread_of(cpu, turns),
                        m = spread_of(bytes, turns), q = spread_of(ratio, turns),
                        u = spread_of(cpu_ratio, turns);
    const double nodes = (double)size->nodes;
    char range[32];

    snprintf(range, sizeof range, "%.1f - %.1f", s.low, s.high);
    printf("  %-10s %8.1f  %-15s %8.1f %10.1f", p->name, s.median, range, c.median,
           m.median / nodes);
    if (turn != first)
        printf(" %9.2f %6.2f - %-6.2f %9.2f", q.median, q.low, q.high, u.median);
    putchar('\n');
    fprintf(b->medians, "%s,%ld,%s,%.3f,%.3f,%.3f,%.3f,%.1f\n", size->work->name, size->nodes,
            p->name, s.median, s.low, s.high, c.median, m.median / nodes);
}

static int turns_of(const struct bench *b, const struct program *p, const struct size *size)
{
    int turns = is_plain(p) || !strcmp(p->name, "heap") ? size->turns_heap : size->turns;

    if (!is_gossipsim(p) && is_plain(p) != size->work->is_further)
        turns = 0;
    return turns < b->turns_max ? turns : b->turns_max;
}

static void measure(const struct bench *b, const struct size *size)
{
    struct turn turn[PROGRAMS_MAX][TURNS_MAX];
    int taken[PROGRAMS_MAX] = { 0 };

    for (int i = 0; i < size->turns; i++)
        for (int k = 0; k < b->programs; k++)
            if (i < turns_of(b, &b->program[k], size))
                taken[k] += take_turn(b, &b->program[k], size, i + 1, &turn[k][i]);
    printf("%s, %ld nodes\n", size->work->name, size->nodes);
    for (int k = 0; k < b->programs; k++)
        if (taken[k])
            print_row(b, &b->program[k], size, turn[k], turn[0], taken[k]);
    fflush(stdout);
}

/* ---- The command ---- */

int main(int argc, char **argv)
{
    struct bench b = { 0 };

    if (argc > 3)
        b.turns_max = (int)strtol(argv[3], NULL, 10);
    if (b.turns_max < 1 || argc < 5) {
        fprintf(stderr, "usage: bench FOLDER NODES_MAX TURNS_MAX NAME=PROGRAM...\n");
        return 2;
    }
    b.folder = argv[1];
    b.programs = launch_programs(b.program, argv + 4, argc - 4);
    b.turns = table_create(b.folder, "bench.csv",
                           "work,nodes,program,seed,events,wall_s,cpu_s,peak_bytes,ns_per_event");
    b.medians =
        table_create(b.folder, "bench-medians.csv",
                     "work,nodes,program,ns_per_event,low,high,cpu_ns_per_event,bytes_per_node");
    printf("Medians; ratio: the time of %s over that of the program, turn by turn\n",
           b.program[0].name);
    printf("  %-10s %8s  %-15s %8s %10s %9s %-15s %9s\n", "", "ns/event", "lowest - highest", "CPU",
           "bytes/node", "ratio", "lowest - highest", "CPU ratio");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].from <= strtod(argv[2], NULL))
            measure(&b, &sizes[i]);
    table_close(b.turns);
    table_close(b.medians);
    return 0;
}
