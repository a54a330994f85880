/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_peers.h - what may be written as `peers`, for the scenario and for strategies that have
 * their own.  For the language's own files only.
 */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_PEERS_H
#define EXPERIMENT_LANGUAGE_SCENARIO_PEERS_H

#include "experiment/language/scenario.h"

/* Errors go to the reader, and leave *peers as they were. */
void scenario_read_peers(const struct item *item, struct scenario_peers *peers,
                         struct scenario_reader *reader);

const char *scenario_peers_word(const struct scenario_peers *peers);

/* Appends what may be written as members of a JSON Schema. */
void scenario_schema_peers(GString *out);

#endif
