/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_weather.h - what `check` says of the world at the first point of a study: latencies,
 * losses, links, and how many nodes are up in the long run.
 */
#ifndef CLI_CHECK_WEATHER_H
#define CLI_CHECK_WEATHER_H

#include "experiment/plan/plan.h"

/* For people: a line or two, or with groups a table of them and a matrix of latencies. */
void check_weather_print(const struct plan *plan, const struct setup *setup);

/* The same as a JSON object, without a newline at its end. */
void check_weather_json(const struct setup *setup);

#endif
