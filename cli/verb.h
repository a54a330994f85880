/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verb.h - what a command of the program is: cli/NAME.c defines `const struct verb verb_NAME`.
 *
 * The Makefile lists the folder into the registry (all but main.c and the files named there as
 * shared), so a new verb touches no other file.
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#define GOSSIPSIM_VERSION "0.1.0"

/* Exit codes. */
enum {
    EXIT_DONE = 0,
    EXIT_CHECK_FAILED = 1, /* an expectation, comparison, verification or validation failed */
    EXIT_USAGE = 2,        /* usage or scenario error */
    EXIT_IO = 3,           /* input/output or database error */
    EXIT_RUNS_FAILED = 4,
    EXIT_INTERRUPTED = 130,
};

struct verb {
    const char *name;
    const char *arguments;    /* as in `SCENARIO [options]`, for the usage line */
    const char *summary;      /* one line, lower case, no full stop */
    const char *examples;     /* lines of the help, each one command as typed; NULL: none */
    void (*print_more)(void); /* of the help, before the examples: words that an option takes, each
                                 with its meaning, under a title that ends in a colon; NULL: none */
    int rank;                 /* place in `gossipsim help`: main jobs first, from 10 in tens */

    /* argv[0] is the verb's name.  Returns an exit code. */
    int (*run)(int argc, char **argv);
};

/* All verbs by file name, closed by NULL. */
extern const struct verb *const verb_registry[];

#endif
