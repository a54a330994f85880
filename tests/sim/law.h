/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * law.h - does a sample follow a law?  Each answer is in units in which chance alone seldom passes
 * a few, so a test needs no tolerance of its own.
 */
#ifndef TESTS_SIM_LAW_H
#define TESTS_SIM_LAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A distribution function: the probability of at most `x`. */
typedef double law_cdf(double x, const void *about);

/* Kolmogorov and Smirnov's largest distance times the root of n; sorts `x`.  Chance alone passes
 * LAW_KS once in a thousand samples, LAW_KS_NEVER once in 10^9. */
double law_ks(double *x, size_t n, law_cdf *cdf, const void *about);
#define LAW_KS       1.95
#define LAW_KS_NEVER 3.3

/* Chi square with so many degrees of freedom, as a standard normal deviate (Wilson, Hilferty). */
double law_chi(double chi, double free);

/* Chi square of counts that should be equal, as a standard normal deviate (Wilson, Hilferty). */
double law_even(const uint32_t *counts, size_t n);

/* The same of counts that are to have these shares, which add up to 1; NULL: all are alike. */
double law_counts(const uint32_t *counts, const double *shares, size_t n);

/* `found` of `n` trials against the probability `p`, in standard errors. */
double law_share(double found, double n, double p);

/* The mean of a sample against `mean`, in its own standard errors. */
double law_mean(const double *x, size_t n, double mean);

/* Correlation of two samples times the root of n: a standard normal deviate if there is none. */
double law_correlation(const double *x, const double *y, size_t n);

/* Deviates beyond this come once in 16 000. */
#define LAW_Z 4.0

#endif
