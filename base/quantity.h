/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quantity.h - numbers with units, as people write them in scenarios.
 *
 * One reader and one writer for every quantity of the program: `40ms`, `1.5h`, `200B`, `5%`,
 * `10_000`, `1e6`, `10/s`.  What a writer prints, the reader reads back to the same value.
 */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t sim_time; /* nanoseconds of simulated time */

#define SIM_MICROSECOND ((sim_time)1000)
#define SIM_MILLISECOND ((sim_time)1000000)
#define SIM_SECOND      ((sim_time)1000000000)
#define SIM_DAY         (86400 * SIM_SECOND)
#define SIM_TIME_MAX    (36525 * SIM_DAY) /* 100 years: sums of two never overflow */

enum { QUANTITY_WHY_MAX = 160, QUANTITY_TEXT_MAX = 32 };

/*
 * Each reads the whole of `text`; false leaves *value alone and says in `why` what is wrong
 * and what is allowed (NULL: not wanted).
 */
bool quantity_read_time(const char *text, sim_time *value, char *why); /* unit; 0..100 years */
bool quantity_read_size(const char *text, int64_t *bytes, char *why);  /* unit needed */
bool quantity_read_bitrate(const char *text, double *bits_per_second, char *why);
bool quantity_read_rate(const char *text, double *per_second, char *why); /* `10/s`, `3/min` */
bool quantity_read_count(const char *text, int64_t *value, char *why);    /* `1000 10_000 1e6` */
bool quantity_read_fraction(const char *text, double *value, char *why);  /* `0.05 5%`; 0..1 */
bool quantity_read_real(const char *text, double *value, char *why);      /* finite */

/* Shortest text that reads back to the same value; `text` has QUANTITY_TEXT_MAX bytes. */
void quantity_write_time(sim_time value, char *text); /* `1500ms`, `2h` */
void quantity_write_size(int64_t bytes, char *text);
void quantity_write_bitrate(int64_t bits_per_second, char *text); /* `10Mbit/s` */
void quantity_write_rate(double per_second, char *text);
void quantity_write_count(int64_t value, char *text);
void quantity_write_fraction(double value, char *text); /* `0.05` */
void quantity_write_real(double value, char *text);

/* Three digits and a prefix, `1.23M`; the same of bytes of memory, `1.23MB`.  For people: they do
 * not read back to the same value. */
void quantity_write_short(double value, char *text);
void quantity_write_memory(double bytes, char *text);

#endif
