/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c - finds the verb and runs it, and sees to it that no output gets lost.
 *
 * Standard output is closed and checked before the program ends: a full disk is exit code 3 and
 * one line, never a silent half of a table.  A pipe whose reader has left, as `| head` does, is
 * exit code 3 without a line: the reader has what it wants.
 */
#include "base/nearest.h"
#include "base/printable.h"
#include "cli/help_metrics.h"
#include "cli/verb.h"
#include "sim/model.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VERBS_MAX = 64, WORD_MAX = 32 };

static const struct verb *find_verb(const char *name)
{
    for (int i = 0; verb_registry[i]; i++)
        if (strcmp(verb_registry[i]->name, name) == 0)
            return verb_registry[i];
    return NULL;
}

static int complain_unknown(const char *name)
{
    struct nearest nearest = { .word = name };

    for (int i = 0; verb_registry[i]; i++)
        nearest_offer(&nearest, verb_registry[i]->name);
    if (nearest.best)
        printable_line(stderr, "gossipsim: error: '%.*s' is not a command; did you mean '%s'?",
                       WORD_MAX, name, nearest.best);
    else
        printable_line(stderr,
                       "gossipsim: error: '%.*s' is not a command; 'gossipsim help' lists them",
                       WORD_MAX, name);
    return EXIT_USAGE;
}

static int by_rank(const void *left, const void *right)
{
    const struct verb *a = *(const struct verb *const *)left;
    const struct verb *b = *(const struct verb *const *)right;

    return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank)
                              : strcmp(a->name, b->name);
}

static void print_help(FILE *out)
{
    const struct verb *verbs[VERBS_MAX];
    size_t count = 0;

    while (count < VERBS_MAX && verb_registry[count]) {
        verbs[count] = verb_registry[count];
        count++;
    }
    qsort(verbs, count, sizeof *verbs, by_rank);
    fprintf(out, "gossipsim - simulate gossip protocols and compare how they converge\n\n"
                 "usage: gossipsim COMMAND [options] [arguments]\n\n");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
    fprintf(out, "\n'gossipsim help COMMAND' explains one, 'gossipsim help metrics' what is\n"
                 "measured; --version tells the version.\n");
}

static int help(int argc, char **argv)
{
    char option[] = "--help";
    const struct verb *verb;

    if (argc < 2) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "metrics") == 0)
        return help_metrics(argc - 1, argv + 1);
    if (argc > 2) {
        printable_line(stderr, "gossipsim: error: help: one argument too many: '%s'", argv[2]);
        return EXIT_USAGE;
    }
    verb = find_verb(argv[1]);
    if (!verb)
        return complain_unknown(argv[1]);
    return verb->run(2, (char *[]){ argv[1], option, NULL });
}

static int dispatch(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    const struct verb *verb;

    if (!name) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(argc - 1, argv + 1);
    if (strcmp(name, "--version") == 0) {
        printf("gossipsim %s\n", GOSSIPSIM_VERSION);
        return EXIT_DONE;
    }
    if (name[0] == '-') {
        printable_line(stderr,
                       "gossipsim: error: unknown option '%s'; a command comes first, see "
                       "'gossipsim help'",
                       name);
        return EXIT_USAGE;
    }
    verb = find_verb(name);
    return verb ? verb->run(argc - 1, argv + 1) : complain_unknown(name);
}

/*
 * Fills the places of standard streams that the caller closed, so that no file opened later
 * gets their number and has messages written into it.  Read-only: what is then written to
 * standard output fails, as it should.
 */
static bool open_missing_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDONLY) != fd)
            return false;
    return true;
}

/* True if standard output is a pipe that nobody reads any more. */
static bool has_reader_left(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

    return poll(&out, 1, 0) > 0 && (out.revents & POLLERR);
}

/* False, with a line on standard error, if some of the output could not be written. */
static bool close_stdout(void)
{
    bool had_failed = ferror(stdout) != 0, has_left = has_reader_left();

    errno = 0;
    if (fclose(stdout) == 0 && !had_failed)
        return true;
    if (has_left)
        return false;
    fprintf(stderr, "gossipsim: error: cannot write to standard output%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return false;
}

/* Whether the tables of all models of the build are within their limits. */
static bool models_are_good(void)
{
    char why[PARAM_WHY_MAX];

    for (const struct model *const *m = model_registry; *m != NULL; m++)
        if (!model_check(*m, why)) {
            fprintf(stderr, "gossipsim: error: the model %s %s\n",
                    (*m)->name != NULL ? (*m)->name : "without a name", why);
            return false;
        }
    return true;
}

int main(int argc, char **argv)
{
    int code;

    if (!open_missing_streams())
        return EXIT_IO;
    if (!models_are_good())
        return EXIT_USAGE;
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is then an error of the write */
    code = dispatch(argc, argv);
    return close_stdout() || code != EXIT_DONE ? code : EXIT_IO;
}
