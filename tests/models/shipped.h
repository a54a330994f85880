/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shipped.h - a model's preset beside what a system ships. */
#ifndef TESTS_MODELS_SHIPPED_H
#define TESTS_MODELS_SHIPPED_H

#include <stddef.h>

struct shipped {
    const char *name, *value; /* of a parameter, as param_get() writes it */
};

/* Fails unless the preset gives these parameters these values, and all others their defaults. */
void check_preset(const char *model, const char *preset, const struct shipped *shipped,
                  size_t count);

#endif
