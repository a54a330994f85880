/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * region_preset.h - matrices of measured latencies that come with the program: the files of
 * scenarios/data/regions, which say where they are from.
 */
#ifndef EXPERIMENT_LANGUAGE_REGION_PRESET_H
#define EXPERIMENT_LANGUAGE_REGION_PRESET_H

#include <stdbool.h>

struct region_preset {
    const char *name;
    const char *text; /* of the file: times in ms */
    double scale;     /* that makes them latencies one way */
};

/* The preset called so, or NULL. */
const struct region_preset *region_preset_find(const char *name);

/* All names, as a text to be freed with g_free(). */
char *region_preset_names(void);

#endif
