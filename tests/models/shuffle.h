/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shuffle.h - a small membership model for tests: nodes know a few others each, and swap them.
 */
#ifndef TESTS_MODELS_SHUFFLE_H
#define TESTS_MODELS_SHUFFLE_H

#include "sim/model.h"

extern const struct model model_shuffle;

enum { SHUFFLE_ENTRY_BYTES = 10 }; /* on the wire: an address and an age */

enum { SHUFFLE_FAILED, SHUFFLE_DROPPED }; /* its figures */

#endif
