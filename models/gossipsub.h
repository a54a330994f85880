/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gossipsub.h - what the files of the model gossipsub share; see gossipsub.c.
 *
 *   gossipsub_params.c  parameters, presets and what must go together
 *   gossipsub_links.c   the peers that a node is connected to
 *   gossipsub_mesh.c    which of them are in its mesh: GRAFT and PRUNE
 *   gossipsub_cache.c   messages that it still holds, and telling others of them: IHAVE, IWANT
 */
#ifndef MODELS_GOSSIPSUB_H
#define MODELS_GOSSIPSUB_H

#include "sim/model.h"

struct config {
    int preset;
    int64_t d, d_low, d_high, d_out, d_lazy;
    double gossip_factor;
    sim_time heartbeat;
    int64_t history, gossip_window;
    sim_time backoff;
    bool refuse_when_full, flood_publish, idontwant;
    int64_t idontwant_threshold, idontwant_ttl;
};

extern const struct param gossipsub_params[];
bool gossipsub_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX]);

enum { MESSAGE, IHAVE, IWANT, IDONTWANT, GRAFT, PRUNE, SUBSCRIBE };

enum { MESH, GRAFTS, PRUNES, IHAVES, IWANTS, IDONTWANTS, DUPLICATES, SPARED };

/* A connection to a peer; the records of the model. */
struct link {
    sim_time backoff; /* until then neither end may graft the other */
    node_id peer;
    bool is_in_mesh, is_down;
    bool is_outbound; /* this node opened it, not the peer */
};

/* What a peer does not want: a list of the model, in the order of time. */
struct refusal {
    node_id peer;
    update_id update;
    uint32_t beat; /* when it came */
};

struct state {
    uint32_t beat; /* heartbeats */
    uint32_t mesh; /* links in it */
    uint32_t down; /* links whose peer does not answer */
};

/* ---- links ---- */

struct link *links_of(struct node *n, uint32_t *count);
struct link *link_to(struct node *n, node_id peer);   /* NULL: none */
struct link *link_open(struct node *n, node_id peer); /* that there is, or a new one */
void link_drop(struct node *n, node_id peer);
void links_start(struct node *n);
void link_fail(struct node *n, node_id peer);
void link_answers(struct node *n, node_id peer);

/* A random one of those that fit; NULL: none does. */
typedef bool link_test(const struct node *n, const struct link *link);
struct link *link_pick(struct node *n, link_test *fits);

/* ---- mesh ---- */

void mesh_set(struct node *n, struct link *link, bool is_in);
void mesh_beat(struct node *n);
void mesh_graft(struct node *n, const struct message *m);
void mesh_prune(struct node *n, const struct message *m);
void mesh_leave(struct node *n);

/* ---- messages held ---- */

int cache_sets(const void *config);
void cache_add(struct node *n, const struct set *news);
void cache_forget(struct node *n);
void cache_beat(struct node *n); /* tells some peers, then shifts the windows */
void cache_ask(struct node *n, const struct message *ihave);
void cache_answer(struct node *n, const struct message *iwant);

#endif
