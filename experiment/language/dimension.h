/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dimension.h - numbers of any dimension, as values of an axis are.
 */
#ifndef EXPERIMENT_LANGUAGE_DIMENSION_H
#define EXPERIMENT_LANGUAGE_DIMENSION_H

#include "base/quantity.h"

enum dimension {
    DIMENSION_NUMBER,  /* a real number or a share */
    DIMENSION_COUNT,   /* a whole number */
    DIMENSION_TIME,    /* ns */
    DIMENSION_SIZE,    /* bytes */
    DIMENSION_RATE,    /* per second */
    DIMENSION_BITRATE, /* bit/s */
};

/* True if `text` is a number of some dimension; the value is in base units, times in ns. */
bool dimension_read(const char *text, double *value, enum dimension *dimension);

/* Shortest text of it, QUANTITY_TEXT_MAX bytes; times, sizes and bit rates become whole ns, bytes
 * and bit/s. */
void dimension_write(double value, enum dimension dimension, char *text);

/* `s` (though times are in ns), `B`, `/s`, `bit/s` or "". */
const char *dimension_unit(enum dimension dimension);

#endif
