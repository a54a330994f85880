/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The C tests are one program under as many names (see the Makefile); what each of them sees. */
#ifndef TESTS_MAIN_H
#define TESTS_MAIN_H

/* Of every test; the Makefile renames it. */
int main(void);

/* As other programs are given them: the name first, NULL behind the last. */
extern int test_argc;
extern char **test_argv;

#endif
