/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.h - the lines that tell how an expression did in many places.
 *
 * Each place where it is not as wanted gets a line; if there is none, the place that came closest
 * to that gets one, so that what was found is always told.
 */
#ifndef ANALYSIS_VERDICT_JUDGE_H
#define ANALYSIS_VERDICT_JUDGE_H

#include "base/statistics.h"
#include "experiment/language/expression.h"

#include <stdio.h>

struct judge {
    FILE *out;
    const struct expression *expression;
    bool wanted;      /* true: it should hold; false: it should not, --fail-if */
    size_t different; /* places where it is not as wanted */
    size_t applied;   /* places where it applies */
    char *closest;    /* the line of the place that most nearly is not as wanted */
    double margin;    /* of that one */
};

/* `3.21 s (95 % confidence 3.10 to 3.40)`, `never (95 % confidence from 9.8 s)`.  g_free() it. */
char *judge_estimate_text(const struct expression *expression, struct estimate estimate);

/* True if the interval has values that hold and values that do not. */
bool judge_is_open(const struct expression *expression, struct estimate estimate);

/* One place: the value found, the same in words, and the place's name, escaped ("": the only
 * one). */
void judge_place(struct judge *judge, double value, const char *found, const char *place);

/* After the last place.  If there was no place: `no run has it`, which is not as wanted if it
 * should hold. */
void judge_end(struct judge *judge);

#endif
