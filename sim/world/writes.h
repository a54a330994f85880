/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writes.h - what is known of updates before they are written: their keys, sizes and times.
 *
 * Updates are numbered in the order in which they are written, the preloaded ones first.  Keys are
 * those of the preloaded entries, one each, then those of the injected updates, which write theirs
 * in turn, by Zipf's law or as a trace has them.  Where every node renews a key of its own, key and
 * turn are one: each round of renewals is n updates in the order of the nodes' phases, whoever is
 * up, so that faults change nobody's turn.
 */
#ifndef SIM_WORLD_WRITES_H
#define SIM_WORLD_WRITES_H

#include "sim/world/run.h"

/* Draws what is drawn; true if some key is written more than once. */
bool writes_init(struct run *run);

/* All writes of ARRIVAL_OWN and their keys: writes_own.c.  All times of ARRIVAL_RATES:
 * writes_rate.c. */
void writes_init_own(struct run *run);
void writes_init_times(struct run *run);

/* The number of an update's draw of the time since the one before. */
enum { WRITES_DRAW_GAP };

/* How many clients come, if the run goes on to its end. */
uint32_t writes_count(const struct run *run);

/* The key of an update that is preloaded or written, or, unless a model holds writes back, still to
 * come. */
uint32_t writes_key(const struct run *run, update_id update);

/*
 * The rest goes by clients, who are numbered in the order in which they come: as the updates are
 * that they then write, unless a model holds writes back and others write before them (holding.h).
 *
 * The key that a client wants to write; when it comes, the one before having come now; of
 * ARRIVAL_RENEWAL, ARRIVAL_TRACE and ARRIVAL_OWN, the scenario's node to which it does; and whether
 * that is the only one that may take it, as the key is its own.
 */
uint32_t writes_wanted(const struct run *run, uint32_t client);
sim_time writes_time(struct run *run, uint32_t client);
node_id writes_node(const struct run *run, uint32_t client);
bool writes_are_own(const struct run *run);
bool writes_is_delete(const struct run *run, uint32_t client);

/* A client writes now: its update. */
update_id writes_let_in(struct run *run, uint32_t client);

#endif
