/* SPDX-License-Identifier: GPL-3.0-or-later */
/* launch.c - see launch.h. */
#include "bench/launch.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Noreturn void die(const char *what, const char *which)
{
    fprintf(stderr, "bench: %s: %s\n", which, what);
    exit(3);
}

int launch_programs(struct program programs[PROGRAMS_MAX], char **arguments, int count)
{
    if (count > PROGRAMS_MAX)
        die("too many programs", arguments[PROGRAMS_MAX]);
    for (int i = 0; i < count; i++) {
        char *equals = strchr(arguments[i], '=');

        if (!equals)
            die("is not NAME=PROGRAM", arguments[i]);
        *equals = 0;
        programs[i] = (struct program){ arguments[i], equals + 1 };
    }
    return count;
}

static double clock_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static _Noreturn void child(char *const *argv, bool pinned, struct limits limits, int out)
{
    cpu_set_t cpus;

    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    if (limits.cpu_s >
        0) /* at the second number the kernel kills, which would look like any death */
        setrlimit(RLIMIT_CPU, &(struct rlimit){ limits.cpu_s, limits.cpu_s + 1 });
    if (limits.bytes > 0)
        setrlimit(RLIMIT_AS, &(struct rlimit){ limits.bytes, limits.bytes });

    CPU_ZERO(&cpus);
    CPU_SET((size_t)(sysconf(_SC_NPROCESSORS_ONLN) - 1), &cpus);
    if (pinned)
        sched_setaffinity(0, sizeof cpus, &cpus); /* where it is not allowed, unpinned */
    dup2(out, STDOUT_FILENO);
    close(out);
    execv(argv[0], argv);
    _exit(127);
}

/* Reads to the end, also what has no room: a writer without a reader would be killed. */
static void drain(int from, char text[LAUNCH_TEXT_MAX])
{
    char rest[LAUNCH_TEXT_MAX];
    size_t length = 0;
    ssize_t got;

    while ((got = read(from, rest, sizeof rest)) > 0) {
        const size_t room = LAUNCH_TEXT_MAX - 1 - length;
        const size_t taken = (size_t)got < room ? (size_t)got : room;

        memcpy(text + length, rest, taken);
        length += taken;
    }
    text[length] = 0;
}

int launch(char *const *argv, bool pinned, struct limits limits, char text[LAUNCH_TEXT_MAX],
           struct cost *cost)
{
    const double started = clock_s();
    struct rusage used;
    int ends[2], status;

    if (pipe(ends))
        die("no pipe", argv[0]);
    const pid_t pid = fork();

    if (pid < 0)
        die("cannot start", argv[0]);
    if (pid == 0) {
        close(ends[0]);
        child(argv, pinned, limits, ends[1]);
    }
    close(ends[1]);
    drain(ends[0], text);
    close(ends[0]);
    if (wait4(pid, &status, 0, &used) != pid)
        die("is not there", argv[0]);

    const bool is_over_time = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;

    if (!WIFEXITED(status) && !is_over_time)
        die("was killed", argv[0]);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        die("cannot start", argv[0]);
    *cost = (struct cost){
        .wall_s = clock_s() - started,
        .cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec),
        .peak_bytes = (double)used.ru_maxrss * 1024,
    };
    return is_over_time ? LAUNCH_OVER_TIME : WEXITSTATUS(status);
}
