/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading.h - what the tests of the scenario language share: a model of one parameter of each type,
 * reading a text, and writing it back.
 */
#ifndef TESTS_EXPERIMENT_READING_H
#define TESTS_EXPERIMENT_READING_H

#include "experiment/language/scenario.h"

/* The configuration of `test-model`, which has a parameter of each type and one rule. */
struct test_config {
    int64_t interval, timeout, fanout, queue, rather_slow_pause;
    double share, factor, rather_slow_share;
    bool acknowledge;
    int speed, clock;
};

/* `plain` has no parameters; `viewer` has a view; `models`: all three. */
extern const struct model model_test, model_plain, model_viewer;

/* What reading a text left. */
struct outcome {
    struct scenario scenario;
    struct errors errors;
    struct scenario_reader reader;
    struct item *root;
    struct source source;
    bool is_good;
};

/* Reads `text`; the file is taken to be `path`. */
void read_text(struct outcome *o, const char *path, const char *text, size_t bytes);
void outcome_clear(struct outcome *o);

/* The completed scenario, to be freed; for a hash: what the runs of all strategies depend on. */
char *completed(const struct scenario *scenario, bool for_hash);

/* The same of `text`, which must be good and read back to the same words. */
char *round_trip(const char *text, bool for_hash);

/* Fails unless these are the errors of the text, one a line as `LINE:COLUMN PATH: TEXT`. */
void expect_errors(const char *text, const char *expected);

/* What every scenario has, and one with every key. */
#define START      "gossipsim: 1\nnodes: 100\n"
#define STRATEGIES "strategies: {a: {test-model: {}}}\n"

extern const char full_scenario[];

#endif
