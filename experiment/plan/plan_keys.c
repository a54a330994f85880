/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_keys.c - what the runs of a plan are keyed by; see plan_keys.h.
 *
 * Both hashes are SHA-256 of completed text in canonical words, cut down to what can change a
 * result: the same study written in other words has the same.  A strategy that --only leaves out
 * changes neither.
 */
#include "experiment/plan/plan_keys.h"

#include <string.h>

/* Positions are kept plus one, because NULL says that there is none. */
struct plan_keys {
    struct plan *plan;
    GHashTable *worlds;   /* hash, which is a point's, to the first point that has it */
    GHashTable *stacks;   /* text, which is a stack's, to its number */
    GHashTable *variants; /* GBytes of the numbers of the stacks, to the variant */
    GHashTable *places;   /* world and variant, as int64_t, to the point */
    GString *text;
};

/* Of two numbers in one: the library's own hash heeds the lower only, so that all points of a sweep
 * of one variant met in one place of the table. */
static guint hash_pair(gconstpointer pair)
{
    return (guint)((*(const uint64_t *)pair * 0x9e3779b97f4a7c15u) >> 32);
}

struct plan_keys *plan_keys_new(struct plan *plan)
{
    struct plan_keys *keys = g_new0(struct plan_keys, 1);

    keys->plan = plan;
    keys->worlds = g_hash_table_new(g_str_hash, g_str_equal);
    keys->stacks = g_hash_table_new(g_str_hash, g_str_equal);
    keys->variants =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    keys->places = g_hash_table_new_full(hash_pair, g_int64_equal, g_free, NULL);
    keys->text = g_string_new(NULL);
    return keys;
}

void plan_keys_free(struct plan_keys *keys)
{
    g_hash_table_destroy(keys->worlds);
    g_hash_table_destroy(keys->stacks);
    g_hash_table_destroy(keys->variants);
    g_hash_table_destroy(keys->places);
    g_string_free(keys->text, TRUE);
    g_free(keys);
}

static void hash_text(const GString *text, char hash[65])
{
    char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);

    g_strlcpy(hash, sum, 65);
    g_free(sum);
}

/* What the table has for `key`, or else `number`, which it has from now on. */
static size_t find_or_number(GHashTable *table, void *key, size_t number)
{
    size_t found = GPOINTER_TO_SIZE(g_hash_table_lookup(table, key));

    if (found > 0)
        return found - 1;
    g_hash_table_insert(table, key, GSIZE_TO_POINTER(number + 1));
    return number;
}

static uint32_t number_of_stack(struct plan_keys *keys, const struct scenario_strategy *strategy)
{
    struct plan *plan = keys->plan;
    struct plan_stack stack = { .hash = "" };
    size_t found;

    g_string_truncate(keys->text, 0);
    scenario_write_stack(keys->text, strategy);
    found = GPOINTER_TO_SIZE(g_hash_table_lookup(keys->stacks, keys->text->str));
    if (found > 0)
        return (uint32_t)(found - 1);
    hash_text(keys->text, stack.hash);
    stack.text = g_strdup(keys->text->str);
    if ((plan->stack_count & (plan->stack_count - 1)) == 0) /* full: 0, 1, 2, 4, ... */
        plan->stacks = g_renew(struct plan_stack, plan->stacks, MAX(2 * plan->stack_count, 1));
    plan->stacks[plan->stack_count] = stack;
    return (uint32_t)find_or_number(keys->stacks, stack.text, plan->stack_count++);
}

static uint32_t number_of_variant(struct plan_keys *keys, const uint32_t *stacks)
{
    struct plan *plan = keys->plan;
    size_t width = (size_t)plan->strategy_count, count = plan->variant_count, number;
    GBytes *bytes = g_bytes_new(stacks, width * sizeof *stacks);

    number = GPOINTER_TO_SIZE(g_hash_table_lookup(keys->variants, bytes));
    if (number > 0) {
        g_bytes_unref(bytes);
        return (uint32_t)(number - 1);
    }
    find_or_number(keys->variants, bytes, count);
    if ((count & (count - 1)) == 0)
        plan->variants = g_renew(uint32_t, plan->variants, width * MAX(2 * count, 1));
    memcpy(plan->variants + count * width, stacks, width * sizeof *stacks);
    return plan->variant_count++;
}

bool plan_keys_add(struct plan_keys *keys, size_t number, const struct scenario *scenario,
                   size_t *same)
{
    struct plan_point *point = &keys->plan->points[number];
    uint32_t stacks[STRATEGIES_MAX];
    int64_t *place = g_new(int64_t, 1);

    g_string_truncate(keys->text, 0);
    scenario_write(keys->text, scenario, true);
    hash_text(keys->text, point->hash);
    for (int i = 0; i < scenario->strategies.count; i++)
        stacks[i] = number_of_stack(keys, &scenario->strategies.list[i]);
    point->variant = number_of_variant(keys, stacks);
    *place = (int64_t)find_or_number(keys->worlds, point->hash, number) << 32 | point->variant;
    *same = GPOINTER_TO_SIZE(g_hash_table_lookup(keys->places, place));
    if (*same > 0) {
        g_free(place);
        (*same)--;
        return false;
    }
    find_or_number(keys->places, place, number);
    return true;
}

void plan_keys_keep(struct plan *plan, const bool *is_wanted)
{
    size_t kept = 0, to = 0;

    for (uint32_t variant = 0; variant < plan->variant_count; variant++)
        for (int i = 0; i < plan->strategy_count; i++)
            if (is_wanted[i])
                plan->variants[to++] =
                    plan->variants[variant * (size_t)plan->strategy_count + (size_t)i];
    for (int i = 0; i < plan->strategy_count; i++)
        if (is_wanted[i])
            plan->strategies[kept++] = plan->strategies[i];
        else
            g_free(plan->strategies[i]);
    plan->strategy_count = (int)kept;
}

size_t plan_stack(const struct plan *plan, size_t point, int strategy)
{
    size_t width = (size_t)plan->strategy_count;

    return plan->variants[plan->points[point].variant * width + (size_t)strategy];
}

static size_t place_of(const struct plan *plan, size_t point, int strategy)
{
    return point * (size_t)plan->strategy_count + (size_t)strategy;
}

size_t plan_cell(const struct plan *plan, size_t point, int strategy)
{
    size_t place = place_of(plan, point, strategy);

    return plan->cells ? plan->cells[place] : place;
}

/* Numbers the different pairs of a world and a stack. */
static void number_pairs(struct plan *plan)
{
    GHashTable *worlds = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *pairs = g_hash_table_new_full(hash_pair, g_int64_equal, g_free, NULL);

    for (size_t i = 0; i < plan->point_count; i++) {
        size_t world = find_or_number(worlds, plan->points[i].hash, i);
        for (int j = 0; j < plan->strategy_count; j++) {
            int64_t pair = (int64_t)world << 32 | (int64_t)plan_stack(plan, i, j);
            size_t found = GPOINTER_TO_SIZE(g_hash_table_lookup(pairs, &pair));
            if (found == 0) {
                found = ++plan->cell_count;
                g_hash_table_insert(pairs, g_memdup2(&pair, sizeof pair), GSIZE_TO_POINTER(found));
            }
            plan->cells[place_of(plan, i, j)] = (uint32_t)(found - 1);
        }
    }
    g_hash_table_destroy(pairs);
    g_hash_table_destroy(worlds);
}

/* True if a world stands at several points, or a stack under several names. */
static bool may_share(const struct plan *plan)
{
    GHashTable *worlds = g_hash_table_new(g_str_hash, g_str_equal);
    bool is_shared = false;

    for (size_t i = 0; i < plan->point_count && !is_shared; i++)
        is_shared = !g_hash_table_add(worlds, plan->points[i].hash);
    g_hash_table_destroy(worlds);
    for (uint32_t variant = 0; variant < plan->variant_count && !is_shared; variant++)
        for (int i = 0; i < plan->strategy_count; i++)
            for (int j = 0; j < i; j++)
                is_shared = is_shared ||
                            plan->variants[variant * (size_t)plan->strategy_count + (size_t)i] ==
                                plan->variants[variant * (size_t)plan->strategy_count + (size_t)j];
    return is_shared;
}

void plan_number_cells(struct plan *plan)
{
    plan->cell_count = plan->point_count * (size_t)plan->strategy_count;
    if (may_share(plan)) {
        plan->cells = g_new(uint32_t, plan->cell_count);
        plan->cell_count = 0;
        number_pairs(plan);
    }
    plan->memory = g_malloc0_n(plan->cell_count, sizeof *plan->memory);
}
