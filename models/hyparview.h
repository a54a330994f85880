/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hyparview.h - what the files of the model hyparview share; see hyparview.c.
 *
 *   hyparview_params.c     parameters, presets and what must go together
 *   hyparview_views.c      the two views, and the overlay as the run begins
 *   hyparview_links.c      how links come and go: joining, asking, refilling, failures
 *   hyparview_shuffle.c    how passive views are kept fresh
 */
#ifndef MODELS_HYPARVIEW_H
#define MODELS_HYPARVIEW_H

#include "sim/model.h"

struct config {
    int preset;
    int64_t active, active_min, passive, arwl, prwl, shuffle_active, shuffle_passive;
    sim_time interval, promotion_interval, request_timeout, keep_alive;
    bool refill;
};

extern const struct param hyparview_params[];
bool hyparview_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX]);

enum { ACTIVE_MAX = 100, PASSIVE_MAX = 1000, SHUFFLE_MAX = 1 + ACTIVE_MAX + PASSIVE_MAX };

enum {
    JOIN,
    FORWARD_JOIN,
    NEIGHBOR,
    NEIGHBOR_REPLY,
    DISCONNECT,
    SHUFFLE,
    SHUFFLE_REPLY,
    KEEP_ALIVE
};

/* REQUEST_OVER: the value is the number of the request. */
enum { SHUFFLE_TICK, PROMOTION_TICK, KEEP_ALIVE_TICK, REQUEST_OVER };

enum { LINKS, REQUESTS, REFUSALS, EVICTIONS, FAILURES };

/* Lists, beside the records, which are the active view: the passive one; what the node sent of it
 * with its own shuffle that is under way; and in answer to another's, while it takes that in. */
enum { PASSIVE, SENT, GIVEN, LISTS };

struct entry {
    uint32_t peer : 31;
    uint32_t is_refused : 1; /* it had no room for us, in this round of asking */
};

/* What goes over the wire of another node: an IPv4 address and a port. */
enum { ADDRESS_BYTES = 6 };

struct state {
    uint32_t number; /* of requests made */
    uint32_t seeds_tried;
    node_id asked;  /* whom the latest went to, */
    bool is_asking; /* and that it is under way */
};

/* ---- hyparview_views.c ---- */

uint32_t active_count(struct node *n);
node_id active_at(struct node *n, uint32_t index);
bool active_has(struct node *n, node_id peer);

/* A random active peer that is neither of the two; false if there is none. */
bool active_pick(struct node *n, node_id but, node_id nor, node_id *peer);

/* Takes a peer in, for which a random other one has to go if there is no room; lets one go. */
void active_add(struct node *n, node_id peer);
void active_drop(struct node *n, node_id peer);

/* Up to `count` different random ones of a view, but for one; returns how many. */
uint32_t active_sample(struct node *n, node_id but, uint32_t count, node_id *sample);
uint32_t passive_sample(struct node *n, uint32_t count, node_id *sample);

/* A random passive peer that has not refused in this round. */
bool passive_pick(struct node *n, node_id *peer);
/* If it is new, and if there is no room in the place of the last in the list `sent` that is still
 * there, or else of any other; LISTS: of any other. */
void passive_add(struct node *n, node_id peer, int sent);
void passive_drop(struct node *n, node_id peer);
void passive_refused(struct node *n, node_id peer);
void passive_new_round(struct node *n);

/* As after a long time. */
void views_begin(struct node *n);

/* Of a node that comes back: whom it had links with it may ask again. */
void views_resume(struct node *n);

/* ---- hyparview_links.c ---- */

void links_refill(struct node *n); /* goes on filling the active view, if there is room */
void links_refill_anew(struct node *n);
void links_promote(struct node *n); /* a look whether links are missing */
void links_keep_alive(struct node *n);
void links_join(struct node *n, const struct message *m);
void links_forward_join(struct node *n, const struct message *m);
void links_asked(struct node *n, const struct message *m);
void links_answered(struct node *n, const struct message *m);
void links_request_over(struct node *n, uint32_t number);
void links_disconnected(struct node *n, const struct message *m);
void links_unreachable(struct node *n, node_id peer);
void links_failed(struct node *n, node_id to, const struct message *m);
void links_leave(struct node *n);

/* Who is no neighbor, but thinks so, is told; true if it is one. */
bool links_agree(struct node *n, node_id from);

/* ---- hyparview_shuffle.c ---- */

void shuffle_tick(struct node *n);
void shuffle_walk(struct node *n, const struct message *m);
void shuffle_answered(struct node *n, const struct message *m);

#endif
