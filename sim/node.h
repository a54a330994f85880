/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * node.h - the world as one node's model sees it.
 *
 * This is all that a model may call.  There is no way to see another node, the network, the
 * fault plan or the true state of the system; and a model measures nothing but its own figures:
 * the engine measures what is sent and who learned what when.
 *
 * A `struct node *` is good for one callback only: the engine reuses it.
 */
#ifndef SIM_NODE_H
#define SIM_NODE_H

#include "base/quantity.h"
#include "sim/set.h"

struct node;              /* one model on one node; valid during a callback */
typedef uint32_t node_id; /* 0 .. nodes-1 */

struct message {
    node_id from;
    int kind;                      /* index into the model's message table */
    const struct set *set;         /* belongs to the engine; gone after the callback */
    const struct set *const *more; /* what node_send_pack() added; as `set` */
    int more_count;
    uint32_t value, stamp;
    uint32_t item_count;
    const void *items; /* of the kind's `item_size`; NULL: none; as `set` */
};

const void *node_config(const struct node *n); /* the model's config struct */
bool node_is_plain(const struct node *n);      /* what the model's is_plain() says of it */
void *node_state(struct node *n);              /* state_size bytes, zero at start */
struct set **node_sets(struct node *n);        /* the model's sets, empty at start */
node_id node_self(const struct node *n);
sim_time node_now(const struct node *n); /* under `timing: rounds` the start of the round */

/* A uniform random number in [0, limit), limit > 0.  One draw. */
uint64_t node_random(struct node *n, uint64_t limit);

/* The same, but a hash of `about` and `number` that all nodes compute alike, with no draw of their
 * own: what they agree on without a coordinator. */
uint64_t node_shared_random(const struct node *n, uint32_t about, uint32_t number, uint64_t limit);

/*
 * A uniformly random peer, never the node itself, by the scenario's `peers` and `topology`; with
 * `peers: all` it may be dead, and in a view, too.  With shards: another holder of a random shard
 * of this node; in a view, of any of them.  False if there is nobody to pick.  One draw; with
 * shards two, and with `alive` two a try.
 */
bool node_pick_peer(struct node *n, node_id *peer);

/* Up to `count` different random peers; returns how many there were to pick. */
int node_pick_peers(struct node *n, node_id *peers, int count);

/*
 * Peers by their place on the ring of the scenario's node numbers (with shards: among the holders
 * of a shard of this node); with `peers: alive` those that are up, with a view those in it.  By
 * distance: with shards of a random one; a node at distance d with a probability that falls as
 * d^-exponent, 0 being uniform; a huge exponent picks next neighbours only, with `alive` or a view
 * the next that are there.  With a topology the distance is in hops, over nodes that are down too,
 * and any node of the component may be picked.  In turn: the next of a round that visits all
 * others, with shards those of one after another, with a view or a topology those in it; *turn, 0
 * at first, counts them.
 *
 * Shuffled: the next of a list of all peers in random order, which is shuffled anew when it is
 * through: each once a lap.  Every node has orders of its own, and keeps nothing but *turn, 0 at
 * first.  Makes no draw of the node's own; with `alive` it takes longer the more nodes are down.
 */
bool node_pick_by_distance(struct node *n, double exponent, node_id *peer);
bool node_pick_in_turn(struct node *n, uint32_t *turn, node_id *peer);
bool node_pick_shuffled(struct node *n, uint32_t *turn, node_id *peer);

/*
 * The one of up to `choices`, at most 64, random peers with the least round trip, by the latencies
 * of pairs and without jitter.
 *
 * A peer with a probability in proportion to its weight, as the configuration has it for this model
 * (struct sim_layer), of those that are none of the `count` in `besides`.  False if none of them
 * weighs anything.
 */
bool node_pick_by_latency(struct node *n, uint32_t choices, node_id *peer);
bool node_pick_by_weight(struct node *n, const node_id *besides, int count, node_id *peer);

/*
 * Picks by group.  node_draw_own() is true with probability `own`: one draw.  From node_narrow() to
 * node_widen() all peers that the node picks, except in turn, are of its own group or else all of
 * other groups.  There every holder of any of the node's shards is as likely as another, and on the
 * ring of node numbers distance does not heed shards.
 */
bool node_draw_own(struct node *n, double own);
void node_narrow(struct node *n, bool to_own);
void node_widen(struct node *n);

/*
 * All of a node's places for peers, index 0 .. count-1: the peer at a place, or false if who stands
 * there is none now (it is down and `peers: alive`, or holds no shard of this node).  For who sends
 * to all of them.
 */
uint32_t node_peer_places(struct node *n);
bool node_peer_at(struct node *n, uint32_t index, node_id *peer);

/*
 * The view of the stack's membership model (model.h): how many peers, 0 without such a model, and
 * the `index`-th of them.  That model tells when a peer comes into it or leaves it: on_peer() of
 * the rest of the stack runs at once.  It is no event, and changes nothing by itself; a node that
 * goes down tells nothing.
 */
uint32_t node_view_count(struct node *n);
node_id node_view_at(struct node *n, uint32_t index);
void node_peer_up(struct node *n, node_id peer);
void node_peer_down(struct node *n, node_id peer);

/*
 * How a node gets in: contact points, nodes that all know of, up or down, except the node itself,
 * in a random order, which is another for each node and each of its lives: the first is a random
 * one.  They are the first nodes of the scenario, `members.seeds` of them.  False if there are no
 * more than `index`.
 */
uint32_t node_seed_count(const struct node *n);
bool node_seed(const struct node *n, uint32_t index, node_id *peer);
bool node_is_seed(const struct node *n, node_id peer); /* which may be the node itself */

/*
 * The other nodes that this node knows as the run begins, as after a long time together: the
 * smallest >= *peer in *peer, or false.  They are those that are up then; with `members.start:
 * join` there are none.  A model that keeps a view takes them in as it starts, and tells of them as
 * of others.  None after the start: who comes later has to get in.
 */
bool node_next_member(const struct node *n, node_id *peer);

/*
 * The same for models that know only a few of them: up to `count` different random ones, or those
 * that come next by the scenario's numbers; returns how many there are.  No draw of the node's own:
 * the first of many are those of fewer.  O(count) a node, over all nodes.
 */
uint32_t node_random_members(const struct node *n, node_id *members, uint32_t count);
uint32_t node_next_members(const struct node *n, node_id *members, uint32_t count);

/*
 * All nodes of the run, up or down, in a random order that all of them compute alike, another for
 * each `about`: how many they are, the place of one, and who has a place, 0 .. count-1.  O(1): how
 * models agree on an overlay as the run begins.
 */
uint32_t node_shared_count(const struct node *n);
uint32_t node_shared_place(const struct node *n, uint32_t about, node_id node);
node_id node_shared_at(const struct node *n, uint32_t about, uint32_t place);

/*
 * The other nodes that should hold `update`, up or down, in order: the smallest >= *peer in *peer,
 * or false.  for (peer = 0; node_next_replica(n, update, &peer); peer++)
 */
bool node_next_replica(const struct node *n, update_id update, node_id *peer);

/* Those of `a` that `peer` should hold; a new set.  Without shards a copy, O(1). */
struct set *node_meant_for(const struct node *n, node_id peer, const struct set *a);

/*
 * The shards that this node should hold, index 0 .. count-1; the holders of one in ring order,
 * place 0 .. node_replica_count()-1; this node's own place among them; all updates that belong to
 * it, including those that this node does not know.  node_shard_index() is the inverse of
 * node_shard(), of a shard that this node should hold.
 */
uint32_t node_shard_count(const struct node *n);
uint32_t node_shard(const struct node *n, uint32_t index);
uint32_t node_shard_index(const struct node *n, uint32_t shard);
uint32_t node_replica_count(const struct node *n);
node_id node_holder(const struct node *n, uint32_t shard, uint32_t place);
uint32_t node_place(const struct node *n, uint32_t shard);
uint32_t node_shard_of(const struct node *n, update_id update);       /* held by this node or not */
struct set *node_shard_updates(const struct node *n, uint32_t shard); /* a new set */

/* Those of `a` of whose keys it has no newer value: what a message with `a` carries, and is charged
 * for.  A new set. */
struct set *node_newest(const struct node *n, const struct set *a);

/* Sends to `to`.  Takes `set`.  The message may be lost; nobody is told. */
void node_send(struct node *n, node_id to, int kind, struct set *set);

/* The same, but an empty set is dropped unsent: saying nothing costs nothing. */
void node_send_some(struct node *n, node_id to, int kind, struct set *set);

/*
 * The same with more in one message: up to 7 further sets, which are carried free of charge
 * (counters, say, or what a hash stands for), two numbers for the receiver, and `hashes` hash
 * values beside what `kind` charges for `set`, 8 B of digest each.  Takes all sets.
 *
 * Items are records whose meaning only the model knows (a member and its state, a peer and its
 * age): `item_count` of the size that `kind` declares, each charged the `item_bytes` of `kind`, and
 * `extra_bytes` beside them (names, signatures), all of it digest.  They are copied, so that the
 * array may be the caller's own; in the copy they are aligned as the largest integer is.
 */
struct pack {
    struct set **more;
    int count;
    uint32_t value, stamp;
    uint32_t hashes;
    uint32_t item_count;
    const void *items;
    uint32_t extra_bytes;
};
void node_send_pack(struct node *n, node_id to, int kind, struct set *set, const struct pack *pack);

/* The same to `count` peers, who share one copy of it all. */
void node_send_pack_to(struct node *n, const node_id *to, int count, int kind, struct set *set,
                       const struct pack *pack);

/* Bytes of a datagram of the scenario, `network.header` apart: for models that pack as much into it
 * as fits.  Nothing cuts what is larger. */
uint32_t node_mtu(const struct node *n);

/*
 * Sends over a connection: what is lost or cut off comes late, by 200 ms (`retransmit` of struct
 * sim_network), twice as much the next time, and so on; after six repetitions the sender's
 * on_failed() is told.  So is it after one latency if the receiver has left gracefully: its machine
 * refuses.  Otherwise as node_send_pack(); `pack` may be NULL.  It ends with the life of the
 * sender.
 */
void node_send_reliably(struct node *n, node_id to, int kind, struct set *set,
                        const struct pack *pack);

/* A message of nothing but items. */
void node_send_items(struct node *n, node_id to, int kind, const void *items, uint32_t item_count);

/*
 * on_timer(n, tag, 0) every `interval` from now on: at the node's own random phase, with all nodes
 * together (first after one interval), or as a Poisson process of that mean (not under `timing:
 * rounds`).  Lives as long as the node.  Called in on_start only, with the same arguments on every
 * node: the engine keeps one lane for all, which costs no event in the queue.  A tag is 0..15.
 */
enum phase { PHASE_RANDOM, PHASE_TOGETHER, PHASE_POISSON };
void node_every(struct node *n, sim_time interval, enum phase phase, int tag);

/*
 * Speed only: nothing to do at this timer until node_wake().  The lane passes by; the timer
 * keeps its phase.  Draws and results of the model must not depend on it.  (A Poisson process that
 * nobody listened to goes on with fresh draws: the same in law.)
 */
void node_sleep(struct node *n, int tag);
void node_wake(struct node *n, int tag);

/*
 * Under `timing: rounds`, where all nodes act at one instant, for who must act alone:
 * on_timer(n, tag, 0) once in this round, at this node's turn.  What it sends then arrives, and
 * what is answered at once has come back, before the next one's turn.  The order of the turns is
 * drawn anew each round, or is the same in all.  Called in on_timer() of node_every() only.
 */
bool node_has_rounds(const struct node *n);
void node_take_turn(struct node *n, bool is_redrawn, int tag);

/*
 * Calls on_timer(n, tag, value) once after `delay` >= 0, unless the node goes down before.  Under
 * `timing: rounds` at the first round that begins after so long, never in this one.
 */
void node_after(struct node *n, sim_time delay, int tag, uint32_t value);

/* What this replica knows.  Valid until the next node_learn(). */
const struct set *node_known(const struct node *n);

/*
 * Adds the set of a received message, whose kind must carry payload, to the replica; already
 * known updates do no harm.  True if any was news; on_learn() of the whole stack has then run
 * (under `timing: rounds` it runs at the end of the round, and node_known() changes only then).
 */
bool node_learn(struct node *n, const struct message *m);

/* In on_learn(): who sent the news; false if nobody did. */
bool node_learned_from(const struct node *n, node_id *from);

/*
 * In on_learn() with LEARNED_OTHER: makes the rest of the stack, except the model that brought the
 * news, treat them as written here (LEARNED_LOCAL), so that direct-mail mails what anti-entropy
 * found.
 */
void node_relay(struct node *n, const struct set *news);

/* Who wrote an update that this node has met, which of that node's updates it is (from 0), its key,
 * and what its value takes on the wire. */
struct update_info {
    node_id origin;
    uint32_t number, key, bytes;
};
struct update_info node_update_info(const struct node *n, update_id update);

/* What the value of such an update takes on the wire, of a deletion 16 B; and the values of all of
 * `a`, older ones of a key too. */
uint32_t node_update_bytes(const struct node *n, update_id update);
uint64_t node_set_bytes(const struct node *n, const struct set *a);

/* Updates carry their time and kind: those of `a` written at `since` or later, and the deletions
 * among them, except those whose keys this node knows a newer value of; new sets. */
struct set *node_written_since(const struct node *n, const struct set *a, sim_time since);
struct set *node_deletions(const struct node *n, const struct set *a);
sim_time node_written(const struct node *n, update_id update);

/* A deletion also carries its activation time: when it was written, or when a dormant copy of it
 * was last awakened.  (All copies share it: whoever holds one has heard of the latest activation.)
 */
sim_time node_activated(const struct node *n, update_id update);

/* All updates whose keys fall into the `index`-th of `ranges` equal ranges of the hashes of keys,
 * known to this node or not: what a leaf of a hash tree covers.  A new set. */
struct set *node_key_range(const struct node *n, uint32_t index, uint32_t ranges);

/* The same of all these ranges that the keys of any of `a` fall into; *count is how many. */
struct set *node_key_ranges(const struct node *n, const struct set *a, uint32_t ranges,
                            uint32_t *count);

/*
 * Discards the records of deletions, known or dormant ones: nothing is known of their keys then,
 * they leave the sets of all models on this node, and an old value that arrives is news.  A
 * deletion that a newer value has superseded has no record; nothing happens.
 *
 * Once a node has forgotten a deletion or made it dormant, showing no value of its key counts as
 * knowing of it, on every node.
 */
void node_forget(struct node *n, const struct set *deletions);

/* Speed only: false as long as no node has forgotten a deletion or made one dormant.  Until then a
 * node that keeps its data knows all that it has learned. */
bool node_some_are_forgotten(const struct node *n);

/*
 * Keeps the records of known deletions, but no longer counts them among what is known: they are not
 * told and leave the sets of all models, and a value that they supersede is not learned but
 * reported to on_obsolete().  A dormant deletion that comes is learned as news is.  Awakening makes
 * them known again, activated now; on_learn() of the stack runs with LEARNED_AGAIN.
 */
void node_make_dormant(struct node *n, const struct set *deletions);
void node_awaken(struct node *n, const struct set *deletions);

/*
 * Records that the model keeps on this node, `record_size` bytes each, in the order added.  The
 * array moves when one is added, and when some are forgotten.  Adding returns a zeroed record at
 * the end, never NULL: where memory is short, and the run about to end, one that may not count.
 * Keeping the first `count` forgets the rest, whose memory other nodes then use.
 */
uint32_t node_record_count(const struct node *n);
void *node_records(struct node *n);
void *node_record_add(struct node *n);
void node_records_keep(struct node *n, uint32_t count);

/* The same of the further lists of its table, by their index there. */
uint32_t node_list_count(const struct node *n, int list);
void *node_list(struct node *n, int list);
void *node_list_add(struct node *n, int list);
void node_list_keep(struct node *n, int list, uint32_t count);

/*
 * This node's belief of another changes from what it said last, BELIEF_NONE at first, to something
 * else: what failure detectors are measured by.  For models that say `believes`.  In on_down() it
 * takes back all that it believes, and when it is up again it says what it then believes.
 */
enum belief { BELIEF_NONE, BELIEF_ALIVE, BELIEF_SUSPECT, BELIEF_DEAD, BELIEFS };
void node_believe(struct node *n, node_id about, enum belief from, enum belief to);

/*
 * For models that say `cycle`: the value that this node starts with, whatever becomes of it; and
 * what it holds now, a sum of values and a weight > 0, by which it estimates their mean as
 * sum / weight.  It says so in on_start(), and whenever either has changed; what it says of its
 * parts of the whole counts as mass.
 */
double node_value(const struct node *n);
void node_estimate(struct node *n, double sum, double weight);

/*
 * The model's own figures, by their index into its table: adds to a count; raises a peak to at
 * least `value`; says how a gauge now stands on this node, where it was 0 at first and is again
 * when the node loses its data; notes a value, finite and >= 0, of a distribution.
 */
void node_count(struct node *n, int figure, uint64_t amount);
void node_peak(struct node *n, int figure, uint64_t value);
void node_gauge(struct node *n, int figure, double value);
void node_observe(struct node *n, int figure, double value);

#endif
