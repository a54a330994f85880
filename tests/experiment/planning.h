/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * planning.h - what the tests of plans share: a plan of a text, changed by options.
 */
#ifndef TESTS_EXPERIMENT_PLANNING_H
#define TESTS_EXPERIMENT_PLANNING_H

#include "experiment/plan/plan.h"

/* 50 nodes, strategies `push` and `both`. */
#define SCENARIO                                                                      \
    "gossipsim: 1\nnodes: 50\nstrategies:\n  push: {rumor-mongering: {mode: push}}\n" \
    "  both:\n    rumor-mongering: {}\n    anti-entropy: {interval: 5s}\n"

/* The plan of `text`, or NULL and errors; one that has to be good, `options` NULL: none. */
struct plan *try_plan(const char *text, const struct plan_options *options, struct errors *errors);
struct plan *good_plan(const char *text, const struct plan_options *options);

/* Fails unless the values of the axes at a point are these, in words. */
void expect_point(const struct plan *plan, size_t point, const char *expected);

/* How the first error of SCENARIO and `tail`, changed by a --set and a --sweep, starts. */
void expect_error(const char *tail, const char *set_path, const char *set_value,
                  const char *sweep_path, const char *sweep_value, const char *expected);

#endif
