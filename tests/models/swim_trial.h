/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swim_trial.h - runs of swim alone, in which nobody writes anything and nothing ends early. */
#ifndef TESTS_MODELS_SWIM_TRIAL_H
#define TESTS_MODELS_SWIM_TRIAL_H

#include "tests/models/harness.h"

enum { SWIM_SEEDS = 3 };

void swim_open(struct setup *setup, int64_t nodes, const char *parameters, int seconds);

/* Runs it; the accuracy from the time on when all should be well again. */
double swim_accuracy_after(struct setup *setup, int seconds);

#endif
