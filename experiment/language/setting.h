/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setting.h - plain values of the language, for those too who do not read it: changes from the
 * command line, numbers of replications, values of a sweep's axes.
 */
#ifndef EXPERIMENT_LANGUAGE_SETTING_H
#define EXPERIMENT_LANGUAGE_SETTING_H

#include <stdbool.h>
#include <stdint.h>

/* PATH=VALUE of --set, PATH=V1,V2 of --sweep; the text is the user's. */
struct setting {
    const char *path;
    const char *value;
};

/* `replications`: min == max without a rule. */
struct replications {
    uint32_t min, max;
    char *metric;      /* NULL: no rule */
    double half_width; /* of the confidence interval of its mean, as a share of the mean */
    double confidence; /* 0..1 */
};

/* One of the values of a sweep axis. */
struct point_param {
    char *text; /* as written: `5s` */
    bool is_number;
    double number;    /* in the base unit: seconds, bytes, per second, share, count */
    const char *unit; /* s, B, bit/s, /s, or ""; never freed */
};

#endif
