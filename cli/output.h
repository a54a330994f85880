/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output.h - how a verb prints its tables: --json, --csv, or for the terminal it writes to.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "analysis/table.h"
#include "cli/verb.h"

/* The style that the options ask for; false after a complaint if both are given. */
bool output_style(const struct verb *verb, bool json, bool csv, struct table_style *style);

#endif
