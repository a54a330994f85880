/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool.h - threads that make runs, whatever these are runs of: the points of a study, the trials
 * of a validation.
 *
 * Tasks go in in any number and come out when made, in the order in which they ended.  Runs of one
 * point share its setup, which the first thread to need it makes and the last task frees.  Runs
 * wait for each other where memory is short: together they never hold more than the pool may have,
 * by their estimates, and a run that would by itself is refused.
 */
#ifndef EXPERIMENT_RUNNER_POOL_H
#define EXPERIMENT_RUNNER_POOL_H

#include "sim/sim.h"

#include <pthread.h>
#include <stddef.h>

struct pool;
struct pool_point; /* a point whose runs are being made, with its setup */

enum pool_fate {
    POOL_MADE,      /* `result` holds the run, done or failed */
    POOL_CANCELLED, /* by pool_cancel() */
    POOL_REFUSED,   /* needs more memory than there is */
};

struct pool_task {
    struct pool_point *point;
    int strategy;
    uint32_t replication;
    /* Filled by the pool: */
    enum pool_fate fate;
    uint64_t seed;            /* of the point */
    uint64_t memory_estimate; /* bytes; 0: the setup itself did not fit */
    int64_t wall_ns;
    struct sim_result result; /* cleared by pool_task_free() */
};

/* The run that has been going on longest. */
struct pool_view {
    double seconds;
    sim_time now, end;
    uint32_t alive;
    double informed;
};

struct pool_counts {
    unsigned todo;  /* tasks that nobody has begun */
    unsigned ended; /* tasks to be taken */
};

/* Called for each task that has ended, by the thread that made it, which may give, take and free
 * tasks on behalf of the pool's owner.  Several threads may be in it at once. */
typedef void pool_ended(void *context, struct pool_counts counts);

/* Starts `threads` threads whose runs may hold `memory` bytes in all; NULL: none would start. */
struct pool *pool_new(int threads, uint64_t memory, pool_ended *ended, void *context);

/* Cancels what is left and waits for the threads; takes `pool`.  Tasks not taken are freed. */
void pool_free(struct pool *pool);

/* Where the configurations of runs come from. */
struct pool_source {
    /* Makes what the runs of point `index` of `all` share; NULL: memory is short. */
    void *(*set_up)(const void *all, size_t index);
    /* The configuration of its runs with a strategy, but for replication, watch and memory. */
    const struct sim_config *(*config)(const void *setup, int strategy);
    /* Bytes that such a run will hold, about; if certainly less than `enough`, a bound will do.
     * Asked for by each, so made once. */
    uint64_t (*memory)(void *setup, int strategy, uint64_t enough);
    void (*free)(void *setup);
};

/* Point `index` of `all` (borrowed, like the source) for tasks to come; pool_point_release() when
 * all are given. */
struct pool_point *pool_point_new(const struct pool_source *source, const void *all, size_t index);
void pool_point_release(struct pool *pool, struct pool_point *point);
size_t pool_point_index(const struct pool_point *point);

/* The configuration of a strategy's runs, of a point of which one has been made. */
const struct sim_config *pool_point_config(const struct pool_point *point, int strategy);

/* Hands over a run to make. */
void pool_give(struct pool *pool, struct pool_point *point, int strategy, uint32_t replication);

/* Takes a task that has ended; NULL: none.  The caller frees it by pool_task_free(). */
struct pool_task *pool_take(struct pool *pool);
void pool_task_free(struct pool *pool, struct pool_task *task);

struct pool_counts pool_count(struct pool *pool);

/* Ends runs soon; these and all tasks still to be made come out as cancelled. */
void pool_cancel(struct pool *pool);

/* False if nothing runs. */
bool pool_view(struct pool *pool, struct pool_view *view);

/* Estimate of a run that had to wait for memory, in bytes; 0: none had to. */
uint64_t pool_shortage(struct pool *pool);

/* Nanoseconds on a clock that nobody sets. */
int64_t pool_clock_ns(void);

/* A condition whose waits end by that clock; false: `until` has come before it was signalled. */
void pool_cond_init(pthread_cond_t *condition);
bool pool_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until);

/* Memory that this process can still have: of the machine, its container, its own limit. */
uint64_t pool_memory_available(void);

#endif
