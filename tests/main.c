/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the C test by whose name the program is called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int test_argc;
char **test_argv;

/* Made by the Makefile: what is linked in; the last has no path. */
extern const struct test_program {
    const char *path; /* below the folder of the build, like tests/sim/store_test */
    int (*run)(void);
} test_programs[];

static int ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

int main(int argc, char **argv)
{
    char *name = argc > 0 ? realpath(argv[0], NULL) : NULL;

    test_argc = argc;
    test_argv = argv;
    for (const struct test_program *test = test_programs; name && test->path; test++)
        if (ends_with(name, test->path)) {
            free(name);
            return test->run();
        }
    free(name);
    fprintf(stderr, "call me by the path of a test, such as build/release/tests/sim/store_test\n");
    return 2;
}
