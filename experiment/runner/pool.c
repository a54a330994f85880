/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool.c - threads that make runs; see pool.h.
 *
 * One lock guards the two queues, the memory in use and the reference counts; it is never held
 * while a run or a setup is made, nor while the giver is told of a run's end.
 */
#include "experiment/runner/pool.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct pool_point {
    const struct pool_source *source;
    const void *all; /* borrowed, like the source */
    size_t index;
    int references;       /* of tasks, and of the giver until it releases */
    pthread_mutex_t lock; /* held while the setup is made; guards what follows */
    bool is_tried;        /* to set up */
    void *setup;          /* NULL: not yet, or memory is short */
};

struct worker {
    struct pool *pool;
    pthread_t thread;
    struct sim_watch watch;
    _Atomic int64_t started; /* wall clock, ns; 0: idle */
    _Atomic int64_t end;     /* simulated time at which the run ends at the latest */
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t given, memory_freed;
    pool_ended *ended;
    void *context;     /* of `ended` */
    GQueue todo, done; /* of struct pool_task */
    bool is_closing;
    bool is_cancelled;
    uint64_t memory, memory_used, shortage;
    int waiting; /* threads that wait for memory */
    int worker_count;
    struct worker *workers;
};

int64_t pool_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SIM_SECOND + now.tv_nsec;
}

void pool_cond_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool pool_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until)
{
    const struct timespec deadline = { until / SIM_SECOND, until % SIM_SECOND };

    return pthread_cond_timedwait(condition, lock, &deadline) != ETIMEDOUT;
}

/* -------------------------------------------------------------------------------- points */

struct pool_point *pool_point_new(const struct pool_source *source, const void *all, size_t index)
{
    struct pool_point *point = g_new0(struct pool_point, 1);

    point->source = source;
    point->all = all;
    point->index = index;
    point->references = 1;
    pthread_mutex_init(&point->lock, NULL);
    return point;
}

void pool_point_release(struct pool *pool, struct pool_point *point)
{
    bool is_last;

    pthread_mutex_lock(&pool->lock);
    is_last = --point->references == 0;
    pthread_mutex_unlock(&pool->lock);
    if (!is_last)
        return;
    if (point->setup)
        point->source->free(point->setup);
    pthread_mutex_destroy(&point->lock);
    g_free(point);
}

size_t pool_point_index(const struct pool_point *point)
{
    return point->index;
}

const struct sim_config *pool_point_config(const struct pool_point *point, int strategy)
{
    return point->source->config(point->setup, strategy);
}

/* An equal part for each worker: runs side by side that take no more stay within the memory. */
static uint64_t memory_share(const struct pool *pool)
{
    return pool->memory / (uint64_t)pool->worker_count;
}

/* What the task is a run of, with the setup of its point, made at the first call; false if memory
 * is short for that. */
static bool configure(const struct pool *pool, struct pool_task *task, struct sim_config *config)
{
    struct pool_point *point = task->point;

    pthread_mutex_lock(&point->lock);
    if (!point->is_tried)
        point->setup = point->source->set_up(point->all, point->index);
    point->is_tried = true;
    if (point->setup) {
        *config = *point->source->config(point->setup, task->strategy);
        task->seed = config->seed;
        task->memory_estimate =
            point->source->memory(point->setup, task->strategy, memory_share(pool));
    }
    pthread_mutex_unlock(&point->lock);
    return point->setup != NULL;
}

/* --------------------------------------------------------------------------------- tasks */

void pool_give(struct pool *pool, struct pool_point *point, int strategy, uint32_t replication)
{
    struct pool_task *task = g_new0(struct pool_task, 1);

    task->point = point;
    task->strategy = strategy;
    task->replication = replication;
    pthread_mutex_lock(&pool->lock);
    point->references++;
    g_queue_push_tail(&pool->todo, task);
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->lock);
}

struct pool_task *pool_take(struct pool *pool)
{
    struct pool_task *task;

    pthread_mutex_lock(&pool->lock);
    task = g_queue_pop_head(&pool->done);
    pthread_mutex_unlock(&pool->lock);
    return task;
}

static struct pool_counts count_tasks(const struct pool *pool)
{
    return (struct pool_counts){ .todo = pool->todo.length, .ended = pool->done.length };
}

struct pool_counts pool_count(struct pool *pool)
{
    struct pool_counts counts;

    pthread_mutex_lock(&pool->lock);
    counts = count_tasks(pool);
    pthread_mutex_unlock(&pool->lock);
    return counts;
}

void pool_task_free(struct pool *pool, struct pool_task *task)
{
    sim_result_clear(&task->result);
    pool_point_release(pool, task->point);
    g_free(task);
}

void pool_cancel(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->is_cancelled = true;
    for (int i = 0; i < pool->worker_count; i++)
        atomic_store(&pool->workers[i].watch.cancel, true);
    pthread_cond_broadcast(&pool->memory_freed);
    pthread_mutex_unlock(&pool->lock);
}

/* ------------------------------------------------------------------------------- threads */

/* Waits until a run of this size fits beside the others; false: cancelled meanwhile. */
static bool reserve(struct pool *pool, uint64_t bytes)
{
    bool may_run;

    pthread_mutex_lock(&pool->lock);
    while (bytes > pool->memory - pool->memory_used && !pool->is_cancelled) {
        pool->shortage = bytes;
        pool->waiting++;
        pthread_cond_wait(&pool->memory_freed, &pool->lock);
        pool->waiting--;
    }
    may_run = !pool->is_cancelled;
    if (may_run)
        pool->memory_used += bytes;
    pthread_mutex_unlock(&pool->lock);
    return may_run;
}

static void give_back(struct pool *pool, uint64_t bytes)
{
    pthread_mutex_lock(&pool->lock);
    pool->memory_used -= bytes;
    if (pool->waiting > 0)
        pthread_cond_broadcast(&pool->memory_freed);
    pthread_mutex_unlock(&pool->lock);
}

static enum pool_fate make_run(struct worker *worker, struct pool_task *task)
{
    struct pool *pool = worker->pool;
    struct sim_config config;
    int64_t start;

    if (!configure(pool, task, &config) || task->memory_estimate > pool->memory)
        return POOL_REFUSED;
    config.replication = task->replication;
    config.watch = &worker->watch;
    if (!reserve(pool, task->memory_estimate))
        return POOL_CANCELLED;
    start = pool_clock_ns();
    atomic_store(&worker->watch.now, 0);
    atomic_store(&worker->watch.alive, 0);
    atomic_store(&worker->watch.informed, 0);
    atomic_store(&worker->watch.events, 0);
    atomic_store(&worker->end, config.stop.at);
    atomic_store(&worker->started, start);
    /* The estimate is no bound where a network's queues grow. */
    config.memory_max = MAX(memory_share(pool), task->memory_estimate);
    sim_run(&config, &task->result);
    atomic_store(&worker->started, 0);
    task->wall_ns = pool_clock_ns() - start;
    give_back(pool, task->memory_estimate);
    return task->result.status == SIM_CANCELLED ? POOL_CANCELLED : POOL_MADE;
}

/* The next task, or NULL when the pool closes. */
static struct pool_task *next_task(struct pool *pool, bool *is_cancelled)
{
    struct pool_task *task;

    pthread_mutex_lock(&pool->lock);
    while (g_queue_is_empty(&pool->todo) && !pool->is_closing)
        pthread_cond_wait(&pool->given, &pool->lock);
    task = g_queue_pop_head(&pool->todo);
    *is_cancelled = pool->is_cancelled;
    pthread_mutex_unlock(&pool->lock);
    return task;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    struct pool_task *task;
    bool is_cancelled;

    while ((task = next_task(pool, &is_cancelled))) {
        struct pool_counts counts;

        task->fate = is_cancelled ? POOL_CANCELLED : make_run(worker, task);
        pthread_mutex_lock(&pool->lock);
        g_queue_push_tail(&pool->done, task);
        counts = count_tasks(pool);
        pthread_mutex_unlock(&pool->lock);
        pool->ended(pool->context, counts);
    }
    return NULL;
}

/* Starts the threads with every signal blocked, so that signals find the caller's thread. */
static void start_threads(struct pool *pool, int threads)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    while (pool->worker_count < threads) {
        struct worker *worker = &pool->workers[pool->worker_count];
        worker->pool = pool;
        if (pthread_create(&worker->thread, NULL, work, worker) != 0)
            break;
        pool->worker_count++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct pool *pool_new(int threads, uint64_t memory, pool_ended *ended, void *context)
{
    struct pool *pool = g_new0(struct pool, 1);

    pool->memory = memory;
    pool->ended = ended;
    pool->context = context;
    pool->workers = g_new0(struct worker, (size_t)threads);
    g_queue_init(&pool->todo);
    g_queue_init(&pool->done);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->given, NULL);
    pthread_cond_init(&pool->memory_freed, NULL);
    start_threads(pool, threads);
    if (pool->worker_count > 0)
        return pool;
    pool_free(pool);
    return NULL;
}

void pool_free(struct pool *pool)
{
    struct pool_task *task;

    pool_cancel(pool);
    pthread_mutex_lock(&pool->lock);
    pool->is_closing = true;
    pthread_cond_broadcast(&pool->given);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->worker_count; i++)
        pthread_join(pool->workers[i].thread, NULL);
    while ((task = pool_take(pool)))
        pool_task_free(pool, task);
    pthread_cond_destroy(&pool->memory_freed);
    pthread_cond_destroy(&pool->given);
    pthread_mutex_destroy(&pool->lock);
    g_free(pool->workers);
    g_free(pool);
}

/* ---------------------------------------------------------------------------- from outside */

bool pool_view(struct pool *pool, struct pool_view *view)
{
    struct worker *oldest = NULL;
    int64_t earliest = INT64_MAX;

    for (int i = 0; i < pool->worker_count; i++) {
        int64_t started = atomic_load(&pool->workers[i].started);
        if (started != 0 && started < earliest) {
            earliest = started;
            oldest = &pool->workers[i];
        }
    }
    if (!oldest)
        return false;
    view->seconds = (double)(pool_clock_ns() - earliest) / (double)SIM_SECOND;
    view->now = atomic_load(&oldest->watch.now);
    view->end = atomic_load(&oldest->end);
    view->alive = atomic_load(&oldest->watch.alive);
    view->informed = atomic_load(&oldest->watch.informed);
    return true;
}

uint64_t pool_shortage(struct pool *pool)
{
    uint64_t shortage;

    pthread_mutex_lock(&pool->lock);
    shortage = pool->shortage;
    pthread_mutex_unlock(&pool->lock);
    return shortage;
}

/* The number after `label` in the file, or `missing`. */
static uint64_t read_number(const char *path, const char *label, uint64_t missing)
{
    char *text = NULL;
    const char *found;
    uint64_t value = missing;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return missing;
    found = strstr(text, label);
    if (found)
        found += strlen(label) + strspn(found + strlen(label), " ");
    if (found && g_ascii_isdigit(*found))
        value = g_ascii_strtoull(found, NULL, 10);
    g_free(text);
    return value;
}

uint64_t pool_memory_available(void)
{
    uint64_t machine = read_number("/proc/meminfo", "MemAvailable:", UINT64_MAX / 1024) * 1024;
    uint64_t container = read_number("/sys/fs/cgroup/memory.max", "", UINT64_MAX);
    uint64_t container_used = read_number("/sys/fs/cgroup/memory.current", "", 0);
    struct rlimit limit;

    if (container != UINT64_MAX)
        machine = MIN(machine, container > container_used ? container - container_used : 0);
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        machine = MIN(machine, limit.rlim_cur);
    return machine;
}
