/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * census.h - who knows what: the true state of the system, kept up to date with every learning.
 *
 * For every update the census counts the live replicas that lack it (its deficit), so sampling
 * never looks at the nodes: a sample costs O(keys / 64), and O(versions) of the keys on which not
 * all agree.  A replica that knows a value knows all older values of its key too: the sets are
 * closed downwards, and the holders of exactly one version are a difference of two counts.  A node
 * that comes or goes costs O(updates it lacks), and now and then O(updates) to see whether a share
 * is reached because there are more live nodes.
 */
#ifndef SIM_TRUTH_CENSUS_H
#define SIM_TRUTH_CENSUS_H

#include "sim/sim.h"
#include "sim/truth/placement.h"
#include "sim/truth/set_row.h"
#include "sim/value/draw.h"

#define UPDATE_NONE UINT32_MAX /* no such update */
#define NODE_NONE   UINT32_MAX /* no such node: a local client, or the start of the run */

#define CENSUS_UNKNOWN (-1.0) /* no entropy */

enum {
    SHARES = 6,          /* of the live replicas: 50, 90, 95, 99, 99.9, 100 % */
    DELAY_BINS = 64 * 8, /* eight to a doubling */
    HOPS_BINS = 256,
    CENSUS_HOPS_MAX = 256 << 20, /* pairs of node and update whose hops are kept, a byte each */
    CENSUS_LOGS_MAX = 1 << 16,   /* nodes up to which logarithms are kept */
};

/* An update and what became of it; what comings and goings touch lies in one line. */
struct track {
    uint32_t deficit;   /* live replicas that lack it */
    uint32_t threshold; /* above this deficit the next share is not reached, see check_shares() */
    uint8_t step;       /* shares reached so far */
    bool is_measured, is_delete;
    bool is_undone;             /* a deletion whose key's old value has come back */
    uint32_t key, older, newer; /* versions of the key before and after; UPDATE_NONE */
    node_id origin;
    uint32_t hops_max;
    sim_time activated;      /* when it was written, or a dormant copy was last awakened */
    sim_time injected, last; /* last: when the last replica learned it for the first time */
    sim_time settled;        /* since when all live replicas know it, if they do */
    sim_time reached[SHARES];
    uint64_t learned,
        hops;      /* replicas that learned it first by gossip, and the sum of their hops */
    uint128 delay; /* sum over these, ns */
};

struct census {
    const struct placement *placement;
    uint32_t nodes, alive;
    uint32_t *holders; /* live holders of each shard; NULL: every node holds everything */
    uint32_t updates, injected, measured;
    uint32_t begun;  /* updates whose turn has come: those of them that nobody wrote have a track,
                        but are not among the injected */
    uint32_t agreed; /* of the injected: all live replicas know it, and there are some */
    uint32_t struck; /* those begun before the last fault struck; UPDATE_NONE: none has, or they
                        have all been agreed upon since */
    uint32_t awaited,
        agreed_struck; /* of those, the injected, or UPDATE_NONE; the agreed of these */
    struct track *tracks;
    struct set *unfinished; /* injected updates that have shares still to reach */
    uint32_t ceiling;  /* with fewer live nodes than this no update reaches a share merely because a
                          node comes up */
    update_id *newest; /* of each key, or UPDATE_NONE */
    uint32_t keys, keys_written;
    bool has_versions;      /* keys are written more than once */
    bool is_changing;       /* nodes come and go at one instant: shares wait for the last of them */
    struct set *everything; /* all injected updates */
    struct set *watched;    /* the measured ones of them */
    struct set *deletions;  /* those of them that delete their key */
    struct set *current;    /* the newest of each key; not kept unless has_versions */

    uint64_t pairs;     /* (live replica, measured update that it should hold) */
    uint64_t key_pairs; /* (live replica, written key that it should hold) */
    uint64_t deficits;  /* sum over the measured updates */
    uint64_t stale;     /* sum over the newest of each key */
    double stale_area;  /* integral of the stale share over time, ns */
    sim_time stale_since;

    double *entropies;    /* of each key, as last asked for; CENSUS_UNKNOWN: has changed since */
    uint64_t *in_doubt;   /* a bit for each key: its entropy is not known, or not 0 */
    bool holders_change;  /* and with them all entropies, since last asked for */
    double *logs;         /* c log2 c of a count, 0: not yet asked for; NULL: too many counts */
    uint8_t *hops;        /* per replica and update; NULL: too many to keep */
    uint32_t resurrected; /* deletions undone; see census_undo() */
    uint64_t useful, duplicates;          /* payload copies received that were news, or not */
    uint64_t learned_by[MODEL_STACK_MAX]; /* deliveries through each model of the stack */
    uint64_t *delay_bins, *hops_bins;     /* histograms; NULL: not wanted */
};

struct census_config {
    uint32_t nodes, updates, keys;
    bool has_versions;
    bool wants_histograms;
    bool is_part; /* of some of the nodes: no hops are kept, nor, at first, holders counted */
};

void census_init(struct census *census, struct memory *memory, const struct placement *placement,
                 const struct census_config *config);

/* An update of `key` comes into being; every live replica lacks it until census_learn().  Those
 * between it and the one before are never written. */
void census_inject(struct census *census, struct set_pool *pool, update_id update, uint32_t key,
                   bool is_delete, bool is_measured, sim_time now);

/* `holders` live replicas have known the just injected `update` from the start of the run. */
void census_hold(struct census *census, update_id update, uint32_t holders);

/* A live node learns `update` from `from` (NODE_NONE: it accepted it itself); `is_first`: it never
 * knew it before. */
void census_learn(struct census *census, update_id update, node_id node, node_id from,
                  bool is_first, sim_time now);

/* The same in the census of a part of the nodes. */
void census_learn_in_part(struct census *census, update_id update, node_id node, node_id from,
                          bool is_first, sim_time now);

/* A node comes or goes, knowing `known` while it is up. */
void census_up(struct census *census, node_id node, const struct set *known, sim_time now);
void census_down(struct census *census, node_id node, const struct set *known, sim_time now);

/* Many nodes come and go at one instant: no share counts as reached until the last of them has come
 * or gone. */
void census_begin_change(struct census *census);
void census_end_change(struct census *census, sim_time now);

/* A live node that had forgotten `update` takes up an older value of its key. */
void census_unlearn(struct census *census, update_id update, sim_time now);

/*
 * That undoes the deletion `update`: until all live replicas know of it again, or for good if the
 * key is written anew before that.  Not if the key has a newer value already: that one will win.
 */
void census_undo(struct census *census, update_id update);

/* A live node that shows no value of the key of `update`, a deletion that has lapsed or what it
 * superseded, counts as knowing it from now on. */
void census_excuse(struct census *census, update_id update, sim_time now);

/* Live nodes that should hold the key of an update. */
static inline uint32_t census_holders(const struct census *census, const struct track *track)
{
    return census->holders ? census->holders[placement_shard(census->placement, track->key)]
                           : census->alive;
}

/* True if there are live replicas of an update, and all know it. */
static inline bool census_is_agreed(const struct census *census, const struct track *track)
{
    return track->deficit == 0 && census_holders(census, track) > 0;
}

/* True if every injected update is agreed upon: there are live replicas of it, and all know it. */
static inline bool census_is_complete(const struct census *census)
{
    return census->agreed == census->injected && census->alive > 0;
}

/* A fault strikes: from now on the census watches for the moment at which all that has been
 * injected so far is agreed upon. */
void census_strike(struct census *census);

/* True at the first look after that moment. */
static inline bool census_is_repaired(const struct census *census)
{
    return census->agreed_struck == census->awaited && census->alive > 0;
}

/* Live nodes times the share of (live replica, measured update) pairs that are known: where every
 * node is a replica, the number of live replicas that know a measured update, mean over these
 * updates. */
double census_informed(const struct census *census);
double census_staleness(const struct census *census);          /* now */
double census_stale_area(struct census *census, sim_time now); /* its integral from 0, ns */
double census_entropy(struct census *census);                  /* bits */

/* The counts of a key have changed, and with them its entropy. */
static inline void census_doubt_key(const struct census *census, uint32_t key)
{
    census->entropies[key] = CENSUS_UNKNOWN;
    census->in_doubt[key / 64] |= (uint64_t)1 << key % 64;
}

static inline uint32_t census_key_words(uint32_t keys)
{
    return (keys + 63) / 64;
}

/* Lower end of a bin of the delay histogram, ns. */
double census_delay_bin(int bin);

#endif
