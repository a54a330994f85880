/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fitting_words.h - what a fit came to: a table of parameters, and in words. */
#ifndef ANALYSIS_FITTING_FITTING_WORDS_H
#define ANALYSIS_FITTING_FITTING_WORDS_H

#include "analysis/fitting/fitting.h"
#include "analysis/text/table.h"

/* Prints it; sentences are for people only. */
void fitting_words_print(FILE *out, const struct fitting *fitting, const struct table_style *style);

#endif
