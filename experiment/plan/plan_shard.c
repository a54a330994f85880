/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_shard.c - see plan_shard.h. */
#include "experiment/plan/plan_shard.h"

#include <glib.h>
#include <string.h>

static bool read_count(const char **text, uint32_t *value)
{
    char *end;

    if (!g_ascii_isdigit(**text) || **text == '0' || strspn(*text, G_CSET_DIGITS) > 7)
        return false;
    *value = (uint32_t)g_ascii_strtoull(*text, &end, 10);
    *text = end;
    return true;
}

bool plan_shard_read(const char *text, uint32_t *number, uint32_t *count)
{
    return read_count(&text, number) && *text++ == '/' && read_count(&text, count) && *text == 0 &&
           *number <= *count && *count <= SHARDS_MAX;
}

uint64_t plan_shard_key(const char *hashes)
{
    enum { DIGITS = 15 };
    char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, hashes, -1);
    uint64_t key;

    sum[DIGITS] = 0;
    key = g_ascii_strtoull(sum, NULL, 16);
    g_free(sum);
    return key;
}

/* Shards of the pairs of a world and a stack. */
static void divide_cells(struct plan_shard *shard)
{
    const struct plan *plan = shard->plan;

    shard->first = g_new(uint32_t, plan->cell_count);
    for (size_t i = 0; i < plan->point_count; i++)
        for (int j = 0; j < plan->strategy_count; j++) {
            const char *stack = plan->stacks[plan_stack(plan, i, j)].hash;
            char *hashes = g_strconcat(plan->points[i].hash, stack, NULL);

            shard->first[plan_cell(plan, i, j)] = (uint32_t)(plan_shard_key(hashes) % shard->count);
            g_free(hashes);
        }
}

/* True for each point that has a cell with another one. */
static bool *find_sharing(const struct plan *plan)
{
    size_t *last = g_new0(size_t, plan->cell_count); /* point that has the cell, plus one */
    bool *shares = g_new0(bool, plan->point_count);

    for (size_t i = 0; i < plan->point_count; i++)
        for (int j = 0; j < plan->strategy_count; j++) {
            size_t *other = &last[plan_cell(plan, i, j)];

            if (*other != 0 && *other != i + 1)
                shares[i] = shares[*other - 1] = true;
            *other = i + 1;
        }
    g_free(last);
    return shares;
}

/* Shards of points: of all of a world that share runs, or of one with its stacks. */
static void divide_points(struct plan_shard *shard)
{
    const struct plan *plan = shard->plan;
    bool *shares = find_sharing(plan);
    GString *hashes = g_string_new(NULL);

    shard->first = g_new(uint32_t, plan->point_count);
    for (size_t i = 0; i < plan->point_count; i++) {
        g_string_assign(hashes, plan->points[i].hash);
        for (int j = 0; j < plan->strategy_count && !shares[i]; j++)
            g_string_append(hashes, plan->stacks[plan_stack(plan, i, j)].hash);
        shard->first[i] = (uint32_t)(plan_shard_key(hashes->str) % shard->count);
    }
    g_string_free(hashes, TRUE);
    g_free(shares);
}

struct plan_shard *plan_shard_new(const struct plan *plan, uint32_t number, uint32_t count)
{
    struct plan_shard *shard = g_new0(struct plan_shard, 1);

    *shard = (struct plan_shard){ .number = number, .count = count, .plan = plan };
    if (plan->replications.metric)
        divide_points(shard);
    else
        divide_cells(shard);
    return shard;
}

void plan_shard_free(struct plan_shard *shard)
{
    if (!shard)
        return;
    g_free(shard->first);
    g_free(shard);
}

bool plan_shard_has(const void *of, size_t point, int strategy, uint32_t replication)
{
    const struct plan_shard *shard = of;
    uint64_t owner;

    if (shard->plan->replications.metric)
        owner = shard->first[point];
    else
        owner = ((uint64_t)shard->first[plan_cell(shard->plan, point, strategy)] + replication) %
                shard->count;
    return owner + 1 == shard->number;
}
