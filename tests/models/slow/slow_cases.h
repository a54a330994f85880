/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_cases.h - small random configurations of swim and of what happens around it.
 */
#ifndef TESTS_MODELS_SLOW_SLOW_CASES_H
#define TESTS_MODELS_SLOW_SLOW_CASES_H

#include "tests/models/slow/slow_swim.h"

enum { SLOW_PARAMETERS_MAX = 500 };

void slow_draw_case(struct slow_setup *setup, int number);

/* As a scenario has them; those without effect, which are refused, are left out. */
void slow_write_parameters(const struct slow_setup *setup, char text[SLOW_PARAMETERS_MAX]);

#endif
