/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle.h - the engine's meaning in the plainest form: one sorted list of everything to come, a
 * table of who knows what, and statistics counted anew after every event.
 *
 * It offers models the same calls as sim/node.h under names of its own, shares with the engine
 * nothing but the random draws, and is meant for a few dozen nodes.  Of the faults it has those
 * that cut the network, and no downlinks.  One run at a time.
 */
#ifndef TESTS_SIM_ORACLE_H
#define TESTS_SIM_ORACLE_H

#include "sim/sim.h"
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"

enum {
    ORACLE_NODES_MAX = 48,
    ORACLE_UPDATES_MAX = 100,
    ORACLE_SAMPLES_MAX = 1000,
    ORACLE_FAULTS_MAX = 4,
    ORACLE_SIDES_MAX = 3,
    ORACLE_GROUPS_MAX = 3
};

struct oracle_figures {
    sim_time end;
    bool has_converged;
    uint64_t events, messages, lost, met_down, dropped_queue, dropped_partition, duplicated, useful,
        duplicates;
    uint64_t payload, digest, control;
    double measured_time, bytes_rate, messages_rate, messages_rate_in, load_mean;
    double repair_time; /* NAN: never, or no fault */
    double m, staleness, staleness_mean, entropy, residue, load_max, hops_max, hops_mean, t_avg;
    double last_hop, rmr; /* NAN: nobody was told anything */
    double times[8];      /* largest t50 ... t_all, t_last, t_settled, seconds; NAN: never */
    uint32_t lost_updates;
    struct sim_sample samples[ORACLE_SAMPLES_MAX];
    size_t sample_count;
    struct sim_outcome outcomes[ORACLE_UPDATES_MAX];
    size_t outcome_count;
};

/* Samples are taken every config->sample_every. */
void oracle_run(const struct sim_config *config, struct oracle_figures *figures);

const void *oracle_node_config(const struct node *n);
uint64_t oracle_node_random(struct node *n, uint64_t limit);
bool oracle_node_pick_peer(struct node *n, node_id *peer);
void oracle_node_send(struct node *n, node_id to, int kind, struct set *set);
void oracle_node_send_pack(struct node *n, node_id to, int kind, struct set *set,
                           const struct pack *pack);
void oracle_node_every(struct node *n, sim_time interval, enum phase phase, int tag);
void oracle_node_sleep(struct node *n, int tag);
void oracle_node_wake(struct node *n, int tag);
void oracle_node_after(struct node *n, sim_time delay, int tag, uint32_t value);
const struct set *oracle_node_known(const struct node *n);
bool oracle_node_learn(struct node *n, const struct message *m);

/* A set is a pointer to its bits here. */
struct set *oracle_set(uint128 bits);
uint128 oracle_bits(const struct set *a);
struct set *oracle_set_copy(const struct set *a);
struct set *oracle_set_minus(const struct set *a, const struct set *b);
bool oracle_set_is_empty(const struct set *a);
void oracle_set_free(struct set *a);

/* Called when a node loses its data; NULL: models keep nothing. */
extern void (*oracle_on_loss)(node_id node);

#endif
