/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * work.c - arguments, memory and the result line of the benchmark programs.
 *
 * Large blocks ask for huge pages: without them the random accesses of a large run pay for
 * address translation too, and all programs shall pay alike.
 */
#include "bench/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

enum { HUGE_PAGE = 2 << 20 };

static double clock_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Place of `name` among the words of `names`, from 1; 0: it is none of them. */
static int place_of(const char *name, const char *names)
{
    const size_t length = strlen(name);

    for (int place = 1; *names; place++) {
        const size_t word = strcspn(names, " ");

        if (word == length && !memcmp(name, names, word))
            return place;
        names += word + (names[word] == ' ');
    }
    return 0;
}

struct work work_begin(int argc, char **argv, const char *names)
{
    struct work w = { .started = clock_s() };
    char *end_nodes = NULL, *end_seed = NULL;

    if (argc == 4) {
        const double nodes = strtod(argv[2], &end_nodes);

        w.seed = strtoull(argv[3], &end_seed, 10);
        w.name = argv[1];
        w.number = place_of(argv[1], names);
        if (w.number && !*end_nodes && !*end_seed && nodes >= 2 && nodes <= 1e9) {
            w.nodes = (uint32_t)nodes;
            return w;
        }
    }
    fprintf(stderr, "usage: %s WORK NODES SEED   (WORK: %s; 2 to 1e9 nodes)\n", argv[0], names);
    exit(2);
}

static void print_count(const char *name, uint64_t count)
{
    if (count)
        printf(" %s=%llu", name, (unsigned long long)count);
}

void work_end(const struct work *w, const struct outcome *o)
{
    const double wall = clock_s() - w->started;
    struct rusage r;

    getrusage(RUSAGE_SELF, &r);
    printf("workload=%s nodes=%u seed=%llu events=%llu wall_s=%.6f ns_per_event=%.3f "
           "peak_bytes=%lld bytes_per_node=%.1f t_last_s=%.9f messages=%llu",
           w->name, w->nodes, (unsigned long long)w->seed, (unsigned long long)o->events, wall,
           wall * 1e9 / (double)o->events, (long long)r.ru_maxrss * 1024,
           (double)r.ru_maxrss * 1024 / w->nodes, o->t_last_s, (unsigned long long)o->messages);
    print_count("copies", o->copies);
    print_count("lacking", o->lacking);
    print_count("to_away", o->to_away);
    print_count("in_flight", o->in_flight);
    putchar('\n');
    if (fflush(stdout))
        exit(3);
}

void *work_allocate(uint64_t bytes)
{
    const uint64_t size = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *p;

    if (bytes < HUGE_PAGE) {
        p = calloc(1, bytes);
    } else {
        p = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (p != MAP_FAILED) { /* to a page border, so that every page of it can be huge */
            p += HUGE_PAGE - (uintptr_t)p % HUGE_PAGE;
            madvise(p, size, MADV_HUGEPAGE);
        }
    }
    if (!p || p == MAP_FAILED) {
        fprintf(stderr, "no memory for %llu bytes\n", (unsigned long long)bytes);
        exit(3);
    }
    return p;
}

void *work_resize(void *block, uint64_t bytes)
{
    void *p = realloc(block, bytes);

    if (!p) {
        fprintf(stderr, "no memory for %llu bytes\n", (unsigned long long)bytes);
        exit(3);
    }
    return p;
}
