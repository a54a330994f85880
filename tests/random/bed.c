/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bed.c - see bed.h. */
#include "tests/random/bed.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 2 };

/* What the processes share. */
struct board {
    _Atomic uint64_t next, failed;
    _Atomic uint64_t at[WORKERS]; /* the number that a worker tries */
};

struct bed {
    struct board *board;
    uint64_t last;
    unsigned seconds;
    const char *(*attempt)(uint64_t number);
    pid_t workers[WORKERS]; /* 0: has no more to do */
};

static void tell(struct bed *bed, uint64_t number, const char *what)
{
    atomic_fetch_add(&bed->board->failed, 1);
    printf("# scenario %llu: %s\n", (unsigned long long)number, what);
    fflush(stdout);
}

static void work(struct bed *bed, int worker)
{
    uint64_t number;

    while ((number = atomic_fetch_add(&bed->board->next, 1)) <= bed->last) {
        const char *wrong;

        atomic_store(&bed->board->at[worker], number);
        alarm(bed->seconds);
        wrong = bed->attempt(number);
        alarm(0);
        if (wrong)
            tell(bed, number, wrong);
    }
}

static void start(struct bed *bed, int worker)
{
    fflush(stdout);
    bed->workers[worker] = fork();
    if (bed->workers[worker] < 0)
        abort();
    if (bed->workers[worker] == 0) {
        work(bed, worker);
        fflush(stdout);
        _exit(0);
    }
}

/* A worker that died over a number leaves the rest to another. */
static void replace(struct bed *bed, int worker, int status)
{
    char what[80];

    bed->workers[worker] = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        snprintf(what, sizeof what, "still runs after %u s", bed->seconds);
    else if (WIFSIGNALED(status))
        snprintf(what, sizeof what, "ended its process by signal %d", WTERMSIG(status));
    else
        snprintf(what, sizeof what, "ended its process with %d", WEXITSTATUS(status));
    tell(bed, atomic_load(&bed->board->at[worker]), what);
    start(bed, worker);
}

uint64_t bed_try(uint64_t first, uint64_t last, unsigned seconds,
                 const char *(*attempt)(uint64_t number))
{
    struct board *board =
        mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct bed bed = { .board = board, .last = last, .seconds = seconds, .attempt = attempt };
    uint64_t failed;
    int status;
    pid_t pid;

    if (board == MAP_FAILED)
        abort();
    atomic_store(&board->next, first);
    for (int i = 0; i < WORKERS; i++)
        start(&bed, i);
    while ((pid = wait(&status)) > 0)
        for (int i = 0; i < WORKERS; i++)
            if (bed.workers[i] == pid)
                replace(&bed, i, status);
    failed = atomic_load(&board->failed);
    munmap(board, sizeof *board);
    return failed;
}
