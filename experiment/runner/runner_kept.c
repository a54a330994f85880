/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runner_kept.c - see runner_kept.h. */
#include "experiment/runner/runner_kept.h"

#include "experiment/runner/pool_plan.h"

#include <glib.h>

enum { SETUP_BYTES = 10000 }; /* of one without a graph, about */

struct entry {
    struct pool_point *point; /* NULL: none */
    uint64_t bytes;           /* that it counts for; 0: it is not kept */
    bool is_weighed;
};

struct runner_kept {
    const struct plan *plan;
    struct pool *pool;
    uint64_t bytes, limit;
    struct entry *entries; /* by point */
    size_t open;           /* the one that was opened last */
    bool has_more;         /* of that */
};

struct runner_kept *runner_kept_new(const struct plan *plan, struct pool *pool, uint64_t bytes)
{
    struct runner_kept *kept = g_new0(struct runner_kept, 1);

    kept->plan = plan;
    kept->pool = pool;
    kept->limit = bytes;
    kept->entries = g_new0(struct entry, plan->point_count);
    return kept;
}

static void release(struct runner_kept *kept, size_t point)
{
    struct entry *entry = &kept->entries[point];

    if (entry->point != NULL)
        pool_point_release(kept->pool, entry->point);
    kept->bytes -= entry->bytes;
    *entry = (struct entry){ 0 };
}

static void count(struct runner_kept *kept, struct entry *entry, uint64_t bytes)
{
    entry->bytes += bytes;
    kept->bytes += bytes;
}

void runner_kept_free(struct runner_kept *kept)
{
    if (kept == NULL)
        return;
    for (size_t i = 0; i < kept->plan->point_count; i++)
        release(kept, i);
    g_free(kept->entries);
    g_free(kept);
}

/* Another point is to be opened. */
static void close_open(struct runner_kept *kept)
{
    struct entry *entry = &kept->entries[kept->open];

    if (entry->point == NULL || (entry->bytes > 0 && kept->has_more))
        return;
    if (kept->has_more && kept->bytes + SETUP_BYTES <= kept->limit)
        count(kept, entry, SETUP_BYTES);
    else
        release(kept, kept->open);
}

struct pool_point *runner_kept_open(struct runner_kept *kept, size_t point, bool has_more)
{
    struct entry *entry = &kept->entries[point];

    if (point != kept->open)
        close_open(kept);
    kept->open = point;
    kept->has_more = has_more;
    if (entry->point == NULL)
        entry->point = pool_point_of_plan(kept->plan, point);
    return entry->point;
}

void runner_kept_weigh(struct runner_kept *kept, const struct pool_task *task)
{
    struct entry *entry = &kept->entries[pool_point_index(task->point)];
    const struct sim_graph *graph = pool_point_config(task->point, task->strategy)->graph;
    const uint64_t bytes = graph != NULL ? sim_graph_bytes(graph) : 0;

    if (entry->point != task->point || entry->bytes == 0 || entry->is_weighed)
        return;
    entry->is_weighed = true;
    count(kept, entry, bytes);
    if (kept->bytes > kept->limit)
        release(kept, pool_point_index(task->point));
}
