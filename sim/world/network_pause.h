/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network_pause.h - nodes that are up and stand still: a stopped process, or one whose network is
 * blocked.
 *
 * What comes to such a node waits in its inbox (sim/net/inbox.h).  Of a stopped process the timers
 * wait, too: as it goes on, each one-shot timer that fell due fires, and each periodic timer that
 * did fires once and is then in step again, as a ticker of a stopped process is.  If only its
 * network is blocked its timers fire, and what they send waits and leaves then.  Where a send
 * blocks whoever sends, the first tick of each periodic timer does so, and all that would follow
 * waits as in a stopped process.  First goes, in order, what waited of timers and letters, and then
 * the inbox, at the pace of `network.processing`.
 *
 * To the others, and to what is measured, the node is up.  A node that goes down is paused no
 * more: what waited is lost.
 *
 * Cost: 32 B a node and its inbox, 28 B for a letter or a timer that waits; nothing for a run
 * without pauses.
 */
#ifndef SIM_WORLD_NETWORK_PAUSE_H
#define SIM_WORLD_NETWORK_PAUSE_H

#include "sim/world/run.h"

/* Room for pauses, if the timeline has any. */
void pause_init(struct run *run);

/* The node pauses until then, or on; where pauses overlap, until the last of them is over, and as
 * much held as by any of them.  False if it is down or paused already. */
bool pause_begin(struct run *run, node_id node, sim_time until, enum sim_timers timers);

/* It goes on, if no pause holds it any more. */
bool pause_end(struct run *run, node_id node);

/* The node whose turn it is goes down. */
void pause_forget(struct run *run);

/* A timer of the node whose turn it is: true if it waits. */
bool pause_keeps_timer(struct run *run, struct event event);
bool pause_keeps_tick(struct run *run, const struct lane *lane);

/* A letter of the node whose turn it is has left its uplink: true if it waits. */
bool pause_keeps_letter(struct run *run, const struct letter *letter);

#endif
