/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recording.h - what is recorded of a run beyond the usual, if it is asked for: a census of each
 * group by itself, and the ages of what nodes show.
 *
 * A run that asks for none of it has no recording, and pays nothing: all calls stand behind tests
 * that are taken for an observer, or where nothing is frequent.
 */
#ifndef SIM_WORLD_RECORDING_H
#define SIM_WORLD_RECORDING_H

#include "sim/truth/ages.h"
#include "sim/world/run.h"

/* A group, with a census as if its nodes were all that there are. */
struct part {
    uint32_t first, nodes; /* of the scenario's numbers */
    uint32_t *replicas;    /* of each shard, live or not; NULL: all nodes hold everything */
    struct census census;
    struct ages ages;
    double stale_begin, stale_end;              /* as in struct window */
    uint64_t false_dead, false_dead_at_healthy; /* verdicts about its nodes */
};

struct recording {
    uint16_t *group_of; /* of each node, below part_count */
    struct part *parts; /* NULL: not by group */
    uint32_t part_count;
    bool has_ages;
    struct ages ages; /* of all nodes */
};

/* Sets it up, or leaves it NULL, when the census is there and before anybody goes. */
void recording_init(struct run *run);

/* The rest is for runs that have one.  An update comes into being, or is forgotten by or excused to
 * a live node, as in census.h. */
void recording_inject(struct run *run, update_id update);
void recording_unlearn(struct run *run, update_id update);
void recording_excuse(struct run *run, node_id node, update_id update);

/* What is learned, as knowledge.c has it: the node whose turn it is does not know it yet. */
struct learning {
    node_id from;
    const struct set *news;    /* the newest of each key */
    const struct set *learned; /* with what they supersede */
    const struct set *counted; /* those of them that the census counts already, */
    const struct set *before;  /* and those that the node has known once */
};
void recording_learn(struct run *run, const struct learning *learning);

/* A node holds another dead that is up and within reach. */
void recording_accuse(struct run *run, const struct belief_change *change);

/* All live nodes know what they know from the start, of so many updates. */
void recording_hold(struct run *run, uint32_t updates);

/* A node comes (by = 1) or goes (by = -1) with what it holds. */
void recording_change(struct run *run, node_id node, const struct set *held, int by);

/* Many do at one instant, as in census.h. */
void recording_begin_change(struct run *run);
void recording_end_change(struct run *run);

/* What is measured begins, as in measure.h; averages over time end. */
void recording_begin(struct run *run);
void recording_end_averages(struct run *run);

/* How many nodes of a group should hold an update. */
uint32_t recording_replicas(const struct run *run, const struct part *part,
                            const struct track *track);

#endif
