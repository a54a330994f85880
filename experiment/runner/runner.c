/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner.c - makes the runs of a study that its database lacks; see runner.h.
 *
 * There is a turn, which one thread has at a time: it walks on over the plan, gives missing runs to
 * the pool and writes what has come out, all that is ready in one transaction.  The threads that
 * make the runs take it when few runs are left to make or the last transaction is a while ago, and
 * go on with runs where another one has it: so N threads need N cores.  The caller's thread sleeps,
 * tells of the progress, and writes what no other thread has written meanwhile.
 *
 * Only so many tasks are out at a time, so memory does not grow with the study.  As the walk comes
 * to each point again and again, setups of points are kept between as far as they are small.
 */
#include "experiment/runner/runner.h"

#include "base/quantity.h"
#include "experiment/language/metric_name.h"
#include "experiment/runner/pool_plan.h"
#include "experiment/runner/runner_kept.h"
#include "experiment/runner/runner_measure.h"
#include "experiment/runner/walk.h"

#include <glib.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

enum {
    POLL_MS = 100,     /* how soon a stop is noticed */
    WRITE_MS = 20,     /* how long a run that is done may wait for others to be written with */
    SPARE_TASKS = 256, /* out beyond 4 a thread: a transaction costs as much as some short runs */
    KEPT_SHARE = 16,   /* of the memory, the part of setups that are kept */
    LARGE_ROWS = 5000, /* rows of a result that count as large: then none to spare */
};

struct runner {
    struct results *results;
    const struct plan *plan;
    const struct runner_options *options;
    struct runner_outcome *outcome;
    struct errors *errors;
    struct pool *pool;
    uint64_t memory;
    int64_t start;               /* wall clock, ns */
    _Atomic int64_t written_at;  /* when the latest transaction ended, likewise */
    _Atomic unsigned tasks_few;  /* so many left to make, and it is time for a turn */
    pthread_mutex_t turn;        /* held by who has it; guards all below, results and errors */
    pthread_cond_t turn_is_over; /* for the caller's thread */
    bool is_good;                /* the database */
    bool has_more;               /* to give */
    struct walk *walk;
    struct runner_kept *kept; /* points of which there will be more runs */
    bool *is_settled;         /* of each point: no more replications will be wanted */
    uint64_t stored;          /* runs, by this call */
    uint64_t out;             /* tasks given and not yet taken */
    struct runner_measuring measuring;
    size_t last_rows; /* of the latest result */
    bool is_cancelled, has_noticed_shortage;
    size_t refused_point; /* place of the first refused run */
};

/* ------------------------------------------------------------------------------ the walk */

static bool read_states(void *results, size_t point, int strategy, uint32_t count,
                        enum results_state *states, struct errors *errors)
{
    return results_states(results, point, strategy, count, states, errors);
}

/* Whether the first run is one of those to be made: under a rule all of a place are, or none. */
static bool is_wanted(const struct runner *runner, size_t point, int strategy)
{
    const struct walk_part *part = &runner->options->part;

    return !part->has || part->has(part->part, point, strategy, 0);
}

static bool is_stop_wanted(const struct runner *runner)
{
    return runner->options->stop && atomic_load(runner->options->stop);
}

/* Gives the next missing run to the pool.  False if the walk has ended or must end, or if reading
 * failed. */
static bool give_next(struct runner *runner)
{
    struct walk_step step;
    struct pool_point *point;

    if (is_stop_wanted(runner) || !walk_next(runner->walk, &step, runner->errors))
        return false;
    point = runner_kept_open(runner->kept, step.point,
                             step.replication + 1 < walk_wanted(runner->walk, step.point));
    pool_give(runner->pool, point, step.strategy, step.replication);
    runner->out++;
    return true;
}

static uint64_t count_done(const struct runner *runner)
{
    return walk_stored(runner->walk) + runner->stored;
}

/* ---------------------------------------------------------------------------- what comes out */

static void refuse(struct runner *runner, const struct pool_task *task)
{
    struct runner_outcome *outcome = runner->outcome;
    size_t point = pool_point_index(task->point);
    char needed[QUANTITY_TEXT_MAX], available[QUANTITY_TEXT_MAX];

    quantity_write_memory((double)task->memory_estimate, needed);
    quantity_write_memory((double)runner->memory, available);
    if (!outcome->refusal || point < runner->refused_point) {
        g_free(outcome->refusal);
        if (task->memory_estimate == 0)
            outcome->refusal =
                g_strdup_printf("point %zu does not fit into %s of memory", point + 1, available);
        else
            outcome->refusal = g_strdup_printf(
                "a run of '%s' at point %zu needs about %s of memory; %s are available",
                runner->plan->strategies[task->strategy], point + 1, needed, available);
        runner->refused_point = point;
    }
    outcome->refused++;
}

/* What is to be stored of a task. */
static struct results_run run_of(const struct pool_task *task)
{
    return (struct results_run){
        .point = pool_point_index(task->point),
        .strategy = task->strategy,
        .replication = task->replication,
        .seed = task->seed,
        .wall_ns = task->wall_ns,
        .result = &task->result,
    };
}

/* Stores what the topologies of points are like, with the first of their runs. */
static bool measure(struct runner *runner, const GPtrArray *tasks)
{
    bool is_good = true;

    for (guint i = 0; i < tasks->len && is_good; i++) {
        const struct pool_task *task = tasks->pdata[i];

        if (task->fate == POOL_MADE)
            is_good = runner_measure(
                &runner->measuring, runner->results, pool_point_index(task->point),
                pool_point_config(task->point, task->strategy)->graph, runner->errors);
    }
    return is_good;
}

static bool store(struct runner *runner, const GPtrArray *tasks, const GArray *runs)
{
    const struct results_run *first = (const struct results_run *)(const void *)runs->data;

    if (!results_begin(runner->results, runner->errors) || !measure(runner, tasks) ||
        !results_add_runs(runner->results, first, runs->len, runner->errors) ||
        !results_commit(runner->results, runner->errors))
        return false;
    runner->stored += runs->len;
    runner->outcome->made += runs->len;
    return true;
}

/* Stores all runs that are ready in one transaction. */
static bool store_ready(struct runner *runner)
{
    GPtrArray *tasks = g_ptr_array_new();
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(struct results_run));
    struct pool_task *task;
    bool is_good;

    while ((task = pool_take(runner->pool))) {
        g_ptr_array_add(tasks, task);
        if (task->fate == POOL_REFUSED)
            refuse(runner, task);
        if (task->fate != POOL_MADE)
            continue;
        runner_kept_weigh(runner->kept, task);
        g_array_append_vals(runs, &(struct results_run[]){ run_of(task) }, 1);
        runner->last_rows = task->result.sample_count + task->result.outcome_count;
    }
    is_good = runs->len == 0 || store(runner, tasks, runs);
    for (guint i = 0; i < tasks->len; i++)
        pool_task_free(runner->pool, tasks->pdata[i]);
    if (tasks->len > 0)
        atomic_store(&runner->written_at, pool_clock_ns());
    runner->out -= tasks->len;
    g_array_free(runs, TRUE);
    g_ptr_array_free(tasks, TRUE);
    return is_good;
}

/* -------------------------------------------------------------------------------- the turn */

static void give_more(struct runner *runner)
{
    uint64_t threads = (uint64_t)runner->options->threads;
    uint64_t limit = runner->last_rows > LARGE_ROWS ? threads + 1 : 4 * threads + SPARE_TASKS;

    while (runner->has_more && runner->out < limit)
        runner->has_more = give_next(runner);
    runner->is_good = runner->is_good && runner->errors->count == 0;
    atomic_store(&runner->tasks_few, runner->has_more ? (unsigned)(limit / 2) : 0);
}

/* Before writing it gives, so that other threads go on meanwhile. */
static void do_turn(struct runner *runner)
{
    if (runner->is_good)
        give_more(runner);
    if (runner->is_good)
        runner->is_good = store_ready(runner);
    if (runner->is_good)
        give_more(runner);
}

/* Called by the pool's threads. */
static void take_turn(void *context, struct pool_counts tasks)
{
    struct runner *runner = context;

    if (tasks.todo > atomic_load(&runner->tasks_few) &&
        pool_clock_ns() - atomic_load(&runner->written_at) < WRITE_MS * SIM_MILLISECOND)
        return;
    while (pthread_mutex_trylock(&runner->turn) == 0) {
        bool is_good;

        do_turn(runner);
        is_good = runner->is_good;
        pthread_cond_signal(&runner->turn_is_over);
        pthread_mutex_unlock(&runner->turn);
        tasks = pool_count(runner->pool);
        if (!is_good || tasks.todo > 0 || tasks.ended == 0)
            break; /* otherwise the thread that ended one has not got the turn yet */
    }
}

/* Has the turn, but lets go of it meanwhile. */
static void report(struct runner *runner)
{
    const struct runner_options *options = runner->options;
    char *graph_notice = runner->measuring.notice;
    struct runner_progress progress = { .total = runner->outcome->total,
                                        .done = count_done(runner),
                                        .made = runner->outcome->made };

    runner->measuring.notice = NULL;
    pthread_mutex_unlock(&runner->turn);
    if (graph_notice && options->notice)
        options->notice(options->context, graph_notice);
    g_free(graph_notice);
    if (options->progress) {
        progress.seconds = (double)(pool_clock_ns() - runner->start) / 1e9;
        progress.is_running = pool_view(runner->pool, &progress.longest);
        options->progress(options->context, &progress);
    }
    if (options->notice && !runner->has_noticed_shortage && pool_shortage(runner->pool) > 0) {
        char needed[QUANTITY_TEXT_MAX], available[QUANTITY_TEXT_MAX], *text;

        quantity_write_memory((double)pool_shortage(runner->pool), needed);
        quantity_write_memory((double)runner->memory, available);
        text = g_strdup_printf("a run needs about %s, %s of memory are available: "
                               "fewer than %d runs at a time",
                               needed, available, options->threads);
        runner->has_noticed_shortage = true;
        options->notice(options->context, text);
        g_free(text);
    }
    pthread_mutex_lock(&runner->turn);
}

/* Checks whether the caller wants an end; then what is out comes back soon. */
static void look_at_stop(struct runner *runner)
{
    if (runner->is_cancelled || !is_stop_wanted(runner))
        return;
    runner->is_cancelled = true;
    runner->has_more = false;
    pool_cancel(runner->pool);
}

/* Waits for the end of a turn; false: none ended within POLL_MS. */
static bool wait_for_turn(struct runner *runner)
{
    return pool_wait(&runner->turn_is_over, &runner->turn,
                     pool_clock_ns() + POLL_MS * SIM_MILLISECOND);
}

/* True if all that is out has ended, and no thread is left to take the turn: each ended while
 * another one had it. */
static bool is_turn_left(struct runner *runner)
{
    return runner->out > 0 && pool_count(runner->pool).ended == runner->out;
}

/* Walks over all points once; false if the database failed. */
static bool walk(struct runner *runner)
{
    pthread_mutex_lock(&runner->turn);
    walk_restart(runner->walk);
    runner->has_more = true;
    look_at_stop(runner);
    give_more(runner);
    while (runner->is_good && (runner->has_more || runner->out > 0)) {
        if (is_turn_left(runner) || !wait_for_turn(runner))
            do_turn(runner);
        report(runner);
        look_at_stop(runner);
    }
    pthread_mutex_unlock(&runner->turn);
    return runner->is_good;
}

/* -------------------------------------------------------------------------- replications */

/* Checks whether the rule wants no more of this point; false if the database failed. */
static bool is_point_precise(struct runner *runner, size_t point, double *values, bool *is_precise)
{
    const struct replications *rule = &runner->plan->replications;
    bool is_share = metric_describe(rule->metric).unit == UNIT_SHARE;
    uint32_t found;

    *is_precise = true;
    for (int i = 0; i < runner->plan->strategy_count && *is_precise; i++) {
        if (!is_wanted(runner, point, i)) /* others decide on the whole point */
            continue;
        if (!results_values(runner->results, point, i, rule->metric,
                            walk_wanted(runner->walk, point), values, &found, runner->errors))
            return false;
        *is_precise = found == 0 || runner_is_precise(values, found, is_share, rule->half_width,
                                                      rule->confidence);
    }
    return true;
}

/* Raises the replications of points that are not precise enough; false if none was raised. */
static bool raise_replications(struct runner *runner)
{
    const struct replications *rule = &runner->plan->replications;
    double *values = g_new(double, rule->max);
    bool is_raised = false;
    bool is_good = true;

    pthread_mutex_lock(&runner->turn); /* a thread may still be at the end of the last one */
    for (size_t i = 0; i < runner->plan->point_count && is_good; i++) {
        uint32_t before = walk_wanted(runner->walk, i);
        bool is_precise;
        if (runner->is_settled[i])
            continue;
        is_good = is_point_precise(runner, i, values, &is_precise);
        runner->is_settled[i] = is_precise || before >= rule->max;
        if (!is_good || runner->is_settled[i])
            continue;
        walk_want(runner->walk, i, MIN(rule->max, before + (before + 1) / 2));
        is_raised = true;
    }
    runner->outcome->total = walk_total(runner->walk);
    pthread_mutex_unlock(&runner->turn);
    g_free(values);
    return is_good && is_raised;
}

/* --------------------------------------------------------------------------- the whole study */

static bool start(struct runner *runner)
{
    const struct plan *plan = runner->plan;

    runner->memory = runner->options->memory ? runner->options->memory : pool_memory_available();
    runner->is_settled = g_new0(bool, plan->point_count);
    runner->measuring.is_done = g_new0(bool, plan->point_count);
    runner->walk = walk_new(plan, &runner->options->part, read_states, runner->results);
    for (size_t i = 0; runner->options->wanted && i < plan->point_count; i++)
        walk_want(runner->walk, i, runner->options->wanted[i]);
    runner->outcome->total = walk_total(runner->walk);
    runner->pool = pool_new(runner->options->threads, runner->memory, take_turn, runner);
    if (!runner->pool) {
        errors_add(runner->errors, ERROR_IO, "cannot start a thread");
        return false;
    }
    runner->kept = runner_kept_new(plan, runner->pool, runner->memory / KEPT_SHARE);
    return true;
}

static void end(struct runner *runner)
{
    pthread_mutex_lock(&runner->turn); /* a thread may still be at the end of the last one */
    runner_kept_free(runner->kept);
    pthread_mutex_unlock(&runner->turn);
    if (runner->pool)
        pool_free(runner->pool);
    pthread_cond_destroy(&runner->turn_is_over);
    pthread_mutex_destroy(&runner->turn);
    walk_free(runner->walk);
    g_free(runner->is_settled);
    g_free(runner->measuring.is_done);
    g_free(runner->measuring.notice);
}

bool runner_run(struct results *results, const struct plan *plan,
                const struct runner_options *options, struct runner_outcome *outcome,
                struct errors *errors)
{
    struct runner runner = {
        .results = results, .plan = plan, .options = options, .outcome = outcome, .errors = errors
    };
    bool is_good;

    *outcome = (struct runner_outcome){ .total = 0 };
    runner.start = pool_clock_ns();
    runner.is_good = true;
    pthread_mutex_init(&runner.turn, NULL);
    pool_cond_init(&runner.turn_is_over);
    is_good = start(&runner);
    while (is_good) {
        is_good = walk(&runner);
        if (!is_good || runner.is_cancelled || !plan->replications.metric ||
            !raise_replications(&runner))
            break;
    }
    is_good = is_good && errors->count == 0;
    outcome->is_interrupted =
        is_good && runner.is_cancelled &&
        (count_done(&runner) + outcome->refused < outcome->total || plan->replications.metric);
    end(&runner);
    if (is_good)
        is_good = results_failures(results, &outcome->failed, &outcome->failure, errors);
    return is_good;
}

void runner_outcome_clear(struct runner_outcome *outcome)
{
    g_free(outcome->failure);
    g_free(outcome->refusal);
    *outcome = (struct runner_outcome){ .total = 0 };
}
