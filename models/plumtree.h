/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plumtree.h - what the files of the model plumtree share; see plumtree.c.
 *
 *   plumtree_params.c     parameters, presets
 *   plumtree_links.c      which links are lazy, in which tree
 *   plumtree_missing.c    what was announced and has not come; grafting
 */
#ifndef MODELS_PLUMTREE_H
#define MODELS_PLUMTREE_H

#include "sim/model.h"

struct config {
    int preset, transport;
    sim_time graft_timeout, regraft_timeout, lazy_interval;
    int64_t threshold;
    bool per_origin;
};

extern const struct param plumtree_params[];

enum { GOSSIP, IHAVE, GRAFT, PRUNE };

/* GRAFT_DUE: the value is the update. */
enum { GRAFT_DUE, LAZY_DUE };

enum { GRAFTS, PRUNES, OPTIMISED };

/* Lists, beside the records, which are the lazy links. */
enum { MISSING, WAITING, QUEUE, RECEIVED };

enum { ID_BYTES = 16, ROUND_BYTES = 4, NODE_BYTES = 6 };

/* Of a GRAFT, in the place of a round: the link alone is wanted. */
#define NO_PAYLOAD UINT32_MAX

/* A lazy link; records are in the order of trees and peers. */
struct lazy {
    uint32_t tree;
    node_id peer;
};

/* In an IHAVE. */
struct announced {
    uint32_t update, round;
};

/* Of an update that has not come. */
struct missing {
    uint32_t update, round;
    node_id announcer;
};

/* Waits for an IHAVE to go out. */
struct queued {
    node_id peer;
    struct announced what;
};

/* A GOSSIP whose update is being learned; under `timing: rounds` to the end of the round. */
struct received {
    uint32_t update, round;
    node_id from;
};

struct state {
    bool is_queue_due; /* its timer is set */
};

/* ---- plumtree_links.c ---- */

/* The tree that an update goes along. */
uint32_t tree_of(struct node *n, update_id update);
bool is_lazy(struct node *n, uint32_t tree, node_id peer);
void make_eager(struct node *n, uint32_t tree, node_id peer);
void make_lazy(struct node *n, uint32_t tree, node_id peer); /* if it is a peer */
void links_forget(struct node *n, node_id peer);

/* ---- plumtree_missing.c ---- */

bool is_received(struct node *n, update_id update); /* known, or being learned */
void missing_announced(struct node *n, const struct message *m);
void missing_due(struct node *n, update_id update);

/* An update has come from `from` by so many hops: its way may be changed for a shorter one. */
void missing_optimise(struct node *n, update_id update, uint32_t round, node_id from);
void missing_found(struct node *n, update_id update); /* nothing of it is awaited any more */
void missing_forget(struct node *n, node_id announcer);

void send_graft(struct node *n, node_id to, update_id update, uint32_t round);
void send_prune(struct node *n, node_id to, uint32_t tree);

#endif
