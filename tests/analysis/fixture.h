/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixture.h - a results database for a test, made of experiment/store/schema.sql and a file of
 * tests/fixtures.
 */
#ifndef TESTS_ANALYSIS_FIXTURE_H
#define TESTS_ANALYSIS_FIXTURE_H

/*
 * Makes the database in a temporary folder, reads the fixture `name` ("results.sql") into it and
 * executes `extra` (NULL: nothing).  Returns its path; fixture_remove() ends it.  Aborts if
 * anything fails.
 */
char *fixture_make(const char *name, const char *extra);

/* The same of a fixture that looks at what `before` has made. */
char *fixture_make_shaped(const char *name, const char *before, const char *extra);
void fixture_remove(char *path);

#endif
