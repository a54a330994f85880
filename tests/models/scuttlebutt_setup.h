/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scuttlebutt_setup.h - runs of scuttlebutt without a scenario file. */
#ifndef TESTS_MODELS_SCUTTLEBUTT_SETUP_H
#define TESTS_MODELS_SCUTTLEBUTT_SETUP_H

#include "tests/models/harness.h"

/* Three seeds, no updates, and an end after so many seconds. */
void scuttlebutt_setup(struct setup *setup, int64_t nodes, const char *parameters, int seconds);

/* So many updates of 100 B, each of a key of its own unless `keys` are fewer. */
void scuttlebutt_write(struct setup *setup, int64_t updates, int64_t keys, double seconds);

#endif
