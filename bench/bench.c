/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.c - measures gossipsim beside other programs that do the same work.
 *
 *   bench FOLDER NODES_MAX TURNS_MAX NAME=PROGRAM...
 *
 * A program named gossipsim or base is run on the scenario of each workload, and its result read
 * from the database; any other is called with `W1|W2 NODES SEED`, prints a line with `events=` and
 * `wall_s=`, and sits out the other workloads.  Memory and CPU time are of the whole process.
 *
 * The machine is not ours alone, so nothing is compared across time: the programs take turns, a
 * seed a turn, pinned to one core, and a ratio is the median of the ratios of the turns.  On a
 * busy machine the ratio of CPU times says more; at few nodes it is mostly the process's start.
 * Prints a table; writes every turn to FOLDER/bench.csv, the medians to FOLDER/bench-medians.csv.
 */
#include <math.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROGRAMS_MAX = 8, TURNS_MAX = 16, TEXT_MAX = 4096 };

struct program {
    const char *name, *path;
};

struct result {
    double events, wall_s, cpu_s, peak_bytes;
};

struct bench {
    const char *folder;
    struct program program[PROGRAMS_MAX];
    int programs, turns_max;
    FILE *turns, *medians;
};

struct workload {
    const char *name, *scenario;
    bool plain; /* other programs do it too: bench/work.h */
};
static const struct workload w1 = { "W1", "bench/w1.yaml", true };
static const struct workload w2 = { "W2", "bench/w2.yaml", true };
static const struct workload rumors = { "rumors", "bench/rumors.yaml", false };
static const struct workload digests = { "digests", "bench/digests.yaml", false };
static const struct workload churn = { "churn", "bench/churn.yaml", false };
static const struct workload pairs = { "pairs", "bench/pairs.yaml", false };
static const struct workload rounds = { "rounds", "bench/rounds.yaml", false };

/*
 * What is measured: enough turns for a median, about two minutes in all.  `from` keeps what takes
 * long out of a measurement up to fewer nodes than that.
 */
struct size {
    const struct workload *work;
    long nodes;
    int turns;
    int turns_heap; /* which needs 10 s a turn at 1e6 nodes and minutes at 1e7 */
    double from;
};
static const struct size sizes[] = {
    { &w1, 10000, 15, 15, 1e4 },    { &w1, 100000, 9, 9, 1e5 },     { &w1, 1000000, 7, 2, 1e6 },
    { &w1, 10000000, 1, 0, 1e7 },   { &w2, 10000, 15, 15, 1e4 },    { &w2, 100000, 9, 9, 1e5 },
    { &w2, 1000000, 7, 2, 1e6 },    { &w2, 10000000, 1, 0, 1e7 },   { &rumors, 10000, 5, 0, 1e4 },
    { &rumors, 100000, 1, 0, 1e7 }, { &digests, 1000, 5, 0, 1e4 },  { &churn, 100000, 5, 0, 1e5 },
    { &churn, 1000000, 1, 0, 1e7 }, { &pairs, 100000, 5, 0, 1e5 },  { &pairs, 1000000, 3, 0, 1e6 },
    { &rounds, 100000, 5, 0, 1e5 }, { &rounds, 1000000, 3, 0, 1e6 }
};

static _Noreturn void die(const char *what, const char *which)
{
    fprintf(stderr, "bench: %s: %s\n", which, what);
    exit(3);
}

static bool is_gossipsim(const struct program *p)
{
    return !strcmp(p->name, "gossipsim") || !strcmp(p->name, "base");
}

/* ---- One turn of one program ---- */

static void child(char *const *argv, int out)
{
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    CPU_SET((size_t)(sysconf(_SC_NPROCESSORS_ONLN) - 1), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus); /* where it is not allowed, unpinned */
    dup2(out, STDOUT_FILENO);
    execv(argv[0], argv);
    _exit(127);
}

/* Runs it to its end and fills in what the kernel knows; its standard output goes to `text`. */
static void launch(char *const *argv, char text[static TEXT_MAX], struct result *r)
{
    size_t length = 0;
    ssize_t got;
    struct rusage used;
    int pipe_ends[2], status;

    if (pipe(pipe_ends))
        die("no pipe", argv[0]);
    const pid_t pid = fork();

    if (pid < 0)
        die("cannot start", argv[0]);
    if (pid == 0)
        child(argv, pipe_ends[1]);
    close(pipe_ends[1]);
    while ((got = read(pipe_ends[0], text + length, TEXT_MAX - 1 - length)) > 0)
        length += (size_t)got;
    close(pipe_ends[0]);
    text[length] = 0;
    if (wait4(pid, &status, 0, &used) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
        die("failed", argv[0]);
    r->cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    r->peak_bytes = (double)used.ru_maxrss * 1024;
}

static double value_of(const char *line, const char *key, const char *program)
{
    const char *at = strstr(line, key);

    if (!at)
        die("prints no such value", program);
    return strtod(at + strlen(key), NULL);
}

/*
 * Events of W1 and W2 as bench/work.h counts them, whatever the engine saves itself: every node's
 * timer once a second (known to within the last lap), and every message that was sent, not lost,
 * and is not under way at the end.  Of the other workloads what the engine handled.
 */
static const char plain_sql[] =
    "SELECT wall_ns, ?1 * 1e-9 * sim_end_ns + messages - dropped - in_flight"
    " FROM run JOIN sample USING (run_id) WHERE status = 'done' AND t_ns = sim_end_ns";
static const char handled_sql[] = "SELECT wall_ns, events FROM run WHERE status = 'done' AND ?1";

static void read_database(const char *file, const struct size *size, struct result *r)
{
    sqlite3 *db;
    sqlite3_stmt *query;

    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) ||
        sqlite3_prepare_v2(db, size->work->plain ? plain_sql : handled_sql, -1, &query, NULL) ||
        sqlite3_bind_int64(query, 1, size->nodes))
        die(sqlite3_errmsg(db), file);
    if (sqlite3_step(query) != SQLITE_ROW)
        die("no run that is done", file);
    r->wall_s = 1e-9 * sqlite3_column_double(query, 0);
    r->events = sqlite3_column_double(query, 1);
    sqlite3_finalize(query);
    sqlite3_close(db);
}

static struct result take_turn(const struct bench *b, const struct program *p,
                               const struct size *size, int seed)
{
    char text[TEXT_MAX], number[32], set[48], seed_text[16], file[TEXT_MAX];
    char *path = (char *)p->path, *name = (char *)size->work->name;
    struct result r;

    snprintf(number, sizeof number, "%ld", size->nodes);
    snprintf(set, sizeof set, "nodes=%ld", size->nodes);
    snprintf(seed_text, sizeof seed_text, "%d", seed);
    snprintf(file, sizeof file, "%s/bench.db", b->folder);
    if (is_gossipsim(p)) {
        char *scenario = (char *)size->work->scenario;
        char *argv[] = { path, "run", scenario, "--set", set,  "--seed", seed_text,
                         "-j", "1",   "-q",     "-o",    file, NULL };

        unlink(file);
        launch(argv, text, &r);
        read_database(file, size, &r);
        unlink(file);
    } else {
        char *argv[] = { path, name, number, seed_text, NULL };

        launch(argv, text, &r);
        r.events = value_of(text, " events=", p->path);
        r.wall_s = value_of(text, " wall_s=", p->path);
    }
    fprintf(b->turns, "%s,%ld,%s,%d,%.0f,%.6f,%.6f,%.0f,%.3f\n", name, size->nodes, p->name, seed,
            r.events, r.wall_s, r.cpu_s, r.peak_bytes, r.wall_s * 1e9 / r.events);
    return r;
}

/* ---- The table ---- */

struct spread {
    double low, median, high;
};

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static struct spread spread_of(const double *values, int count)
{
    double sorted[TURNS_MAX];

    memcpy(sorted, values, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, by_value);
    return (struct spread){ sorted[0], (sorted[(count - 1) / 2] + sorted[count / 2]) / 2,
                            sorted[count - 1] };
}

/* `first` are the turns of the first program, against which the ratios stand. */
static void print_row(const struct bench *b, const struct program *p, const struct size *size,
                      const struct result *turn, const struct result *first, int turns)
{
    double ns[TURNS_MAX], cpu[TURNS_MAX], bytes[TURNS_MAX], ratio[TURNS_MAX];
    double cpu_ratio[TURNS_MAX];

    for (int i = 0; i < turns; i++) {
        ns[i] = turn[i].wall_s * 1e9 / turn[i].events;
        cpu[i] = turn[i].cpu_s * 1e9 / turn[i].events;
        bytes[i] = turn[i].peak_bytes;
        ratio[i] = first[i].wall_s * 1e9 / first[i].events / ns[i];
        cpu_ratio[i] = first[i].cpu_s * 1e9 / first[i].events / cpu[i];
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
    int turns = strcmp(p->name, "heap") ? size->turns : size->turns_heap;

    if (!size->work->plain && !is_gossipsim(p))
        turns = 0;
    return turns < b->turns_max ? turns : b->turns_max;
}

static void measure(const struct bench *b, const struct size *size)
{
    struct result result[PROGRAMS_MAX][TURNS_MAX];

    for (int turn = 0; turn < size->turns; turn++)
        for (int k = 0; k < b->programs; k++)
            if (turn < turns_of(b, &b->program[k], size))
                result[k][turn] = take_turn(b, &b->program[k], size, turn + 1);
    printf("%s, %ld nodes\n", size->work->name, size->nodes);
    for (int k = 0; k < b->programs; k++) {
        const int turns = turns_of(b, &b->program[k], size);

        if (turns)
            print_row(b, &b->program[k], size, result[k], result[0], turns);
    }
    fflush(stdout);
}

/* ---- The command ---- */

static FILE *create(const char *folder, const char *name, const char *header)
{
    char path[TEXT_MAX];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");

    if (!f)
        die("cannot write", path);
    fprintf(f, "%s\n", header);
    return f;
}

static void close_checked(FILE *f)
{
    if (fclose(f))
        die("cannot write", "results");
}

int main(int argc, char **argv)
{
    struct bench b = { 0 };

    if (argc > 3)
        b.turns_max = (int)strtol(argv[3], NULL, 10);
    if (b.turns_max < 1 || argc < 5 || argc > 4 + PROGRAMS_MAX) {
        fprintf(stderr, "usage: bench FOLDER NODES_MAX TURNS_MAX NAME=PROGRAM...\n");
        return 2;
    }
    b.folder = argv[1];
    for (int i = 4; i < argc; i++) {
        char *equals = strchr(argv[i], '=');

        if (!equals)
            die("is not NAME=PROGRAM", argv[i]);
        *equals = 0;
        b.program[b.programs++] = (struct program){ argv[i], equals + 1 };
    }
    b.turns = create(b.folder, "bench.csv",
                     "work,nodes,program,seed,events,wall_s,cpu_s,peak_bytes,ns_per_event");
    b.medians = create(b.folder, "bench-medians.csv",
                       "work,nodes,program,ns_per_event,low,high,cpu_ns_per_event,bytes_per_node");
    printf("Medians; ratio: the time of %s over that of the program, turn by turn\n",
           b.program[0].name);
    printf("  %-10s %8s  %-15s %8s %10s %9s %-15s %9s\n", "", "ns/event", "lowest - highest", "CPU",
           "bytes/node", "ratio", "lowest - highest", "CPU ratio");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].from <= strtod(argv[2], NULL))
            measure(&b, &sizes[i]);
    close_checked(b.turns);
    close_checked(b.medians);
    return 0;
}
