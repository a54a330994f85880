/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_faults.c - the timeline of what breaks: a list of entries, each with its time, one
 * action, and perhaps how long it lasts and how often it happens.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"

#include <string.h>

enum { FAULT_EVENTS_MAX = 1000000 };

const char *const scenario_fault_actions[] = {
    [FAULT_CRASH] = "crash",         [FAULT_RECOVER] = "recover", [FAULT_WIPE] = "wipe",
    [FAULT_PARTITION] = "partition", [FAULT_ONE_WAY] = "one_way", [FAULT_HEAL] = "heal",
    [FAULT_LOSS] = "loss",           [FAULT_LATENCY] = "latency", NULL,
};
#define ACTION_COUNT (G_N_ELEMENTS(scenario_fault_actions) - 1)

static const char *const later_actions[] = { "pause" };

struct when {
    sim_time at, lasts, every;
};
const struct param scenario_when_rows[] = {
    PARAM_TIME(struct when, at, NULL, "0s..36525d", "when it happens"),
    PARAM_NAMED("for", TIME, struct when, lasts, NULL, "1ns..36525d", NULL, "then it is undone"),
    PARAM_TIME(struct when, every, NULL, "1ns..36525d", "it happens again so long after"),
    PARAM_END,
};

/* Position of a word in the list, or -1. */
static int position(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

static void unknown_key(const struct item *item, struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };

    for (size_t i = 0; i < ACTION_COUNT; i++)
        nearest_offer(&nearest, scenario_fault_actions[i]);
    for (int i = 0; scenario_when_rows[i].type != PARAM_TYPE_END; i++)
        nearest_offer(&nearest, scenario_when_rows[i].name);
    scenario_unknown(
        item, "key", nearest.best,
        "at, for, every, crash, recover, wipe, partition, one_way, heal, loss, latency", reader);
}

/* Which nodes, or what else, the action of an entry is about. */
static void read_action(const struct item *item, struct scenario_fault *fault,
                        struct scenario_reader *reader)
{
    if (scenario_is_obstacle(fault->action))
        scenario_read_obstacle(item, fault->action, &fault->obstacle, reader);
    else if (fault->action != FAULT_HEAL)
        scenario_read_selector(item, &fault->of, reader);
    else if (item->kind != ITEM_SCALAR || strcmp(item->text, "all") != 0)
        item_error(item, reader->errors,
                   "`all` was expected: healing ends every partition and one-way cut");
}

/* Reads a key of an entry; `fault->action` is -1 until there is one. */
static void read_key(const struct item *item, struct scenario_fault *fault, struct when *when,
                     struct scenario_reader *reader)
{
    const struct param *row = param_find(scenario_when_rows, item->key);
    int action = position(item->key, scenario_fault_actions, ACTION_COUNT);

    if (row != NULL) {
        scenario_read_param(item, row, when, reader);
    } else if (position(item->key, later_actions, G_N_ELEMENTS(later_actions)) >= 0) {
        item_error_key(item, reader->errors, "`%s` is not supported yet", item->key);
    } else if (action < 0) {
        unknown_key(item, reader);
    } else if (fault->action >= 0) {
        item_error_key(item, reader->errors, "an entry has one action, and `%s` is there already",
                       scenario_fault_actions[fault->action]);
    } else {
        fault->action = action;
        read_action(item, fault, reader);
    }
}

static bool can_be_undone(int action)
{
    return action == FAULT_CRASH || scenario_is_obstacle(action);
}

static void read_fault(const struct item *item, struct scenario_fault *fault,
                       struct scenario_reader *reader)
{
    size_t before = reader->errors->count;
    struct when when = { 0 };

    if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors, "a fault was expected, as in {at: 60s, crash: 10%%}");
        return;
    }
    fault->action = -1;
    for (size_t i = 0; i < item->count; i++)
        read_key(item->children[i], fault, &when, reader);
    if (reader->errors->count == before && item_get(item, "at") == NULL)
        item_error(item, reader->errors, "`at` is missing: when it happens");
    if (reader->errors->count == before && fault->action < 0)
        item_error(item, reader->errors, "an action is missing, as in `crash: 10%%`");
    if (fault->action >= 0 && !can_be_undone(fault->action) && item_get(item, "for") != NULL)
        item_error_key(item_get(item, "for"), reader->errors,
                       "`%s` cannot be undone, so it has no length",
                       scenario_fault_actions[fault->action]);
    fault->at = when.at;
    fault->lasts = when.lasts;
    fault->every = when.every;
}

static void read_faults(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_faults *faults = field;

    if (item->kind != ITEM_LIST || item->count == 0) {
        item_error(item, reader->errors,
                   "a list of faults was expected, as in [{at: 60s, crash: 10%%}]");
        return;
    }
    if (item->count > SIM_FAULTS_MAX) {
        item_error(item, reader->errors, "%zu faults; at most %d", item->count, SIM_FAULTS_MAX);
        return;
    }
    faults->list = g_new0(struct scenario_fault, item->count);
    faults->count = (int)item->count;
    for (size_t i = 0; i < item->count; i++)
        read_fault(item->children[i], &faults->list[i], reader);
}

static void write_faults(GString *out, const void *field, bool for_hash)
{
    const struct scenario_faults *faults = field;

    g_string_truncate(out, out->len - 1); /* the blank after the colon */
    for (int i = 0; i < faults->count; i++) {
        const struct scenario_fault *fault = &faults->list[i];
        char text[QUANTITY_TEXT_MAX];

        quantity_write_time(fault->at, text);
        g_string_append_printf(out, "\n  - {at: %s", text);
        quantity_write_time(fault->lasts, text);
        if (fault->lasts > 0)
            g_string_append_printf(out, ", for: %s", text);
        quantity_write_time(fault->every, text);
        if (fault->every > 0)
            g_string_append_printf(out, ", every: %s", text);
        g_string_append_printf(out, ", %s: ", scenario_fault_actions[fault->action]);
        if (scenario_is_obstacle(fault->action))
            scenario_write_obstacle(out, fault->action, &fault->obstacle, for_hash);
        else
            scenario_write_selector(out, &fault->of, for_hash);
        g_string_append_c(out, '}');
    }
}

static void clear_faults(void *field)
{
    struct scenario_faults *faults = field;

    for (int i = 0; i < faults->count; i++) {
        g_free(faults->list[i].of.group);
        scenario_clear_obstacle(&faults->list[i].obstacle);
    }
    g_free(faults->list);
    *faults = (struct scenario_faults){ 0 };
}

const struct key_kind kind_faults = {
    "a list, `[{at: 60s, for: 45s, crash: 10%}]`; see [below](#groups-and-faults)", read_faults,
    write_faults, clear_faults
};

/* ---- rules ---- */

/* An axis may go down to nothing, the value to compare with. */
static void check_some(const struct item *item, const struct sim_selector *of, int64_t nodes,
                       struct errors *errors)
{
    const bool is_none = (of->kind == SELECT_COUNT && of->count == 0) ||
                         (of->kind == SELECT_SHARE && of->share <= 0);

    if (is_none && !item_is_swept(item))
        item_error(item, errors, "no nodes, so it has no effect");
    else if (!is_none && of->kind == SELECT_SHARE && of->share * (double)nodes < 0.5)
        item_error(item, errors, "its share of %lld nodes is less than a node", (long long)nodes);
}

void scenario_check_selector(const struct item *item, const struct sim_selector *of, int64_t nodes,
                             struct errors *errors)
{
    check_some(item, of, nodes, errors);
    if (of->kind == SELECT_COUNT && of->count > nodes)
        item_error(item, errors, "%lld nodes; there are %lld", (long long)of->count,
                   (long long)nodes);
    if (of->kind == SELECT_ALL_BUT && of->count >= nodes)
        item_error(item, errors, "all but %lld of %lld nodes are none", (long long)of->count,
                   (long long)nodes);
    if (of->kind == SELECT_RANGE && of->first >= nodes)
        item_error(item, errors, "node %lld does not exist; the %lld nodes count from 0",
                   (long long)of->first, (long long)nodes);
}

/* Whether a fault has something to end: a crash, or a cut of the network. */
static bool has_before(const struct scenario_faults *faults, const struct scenario_fault *fault)
{
    for (int i = 0; i < faults->count; i++) {
        const struct scenario_fault *other = &faults->list[i];

        if ((fault->action == FAULT_HEAL ? scenario_is_cut(other->action)
                                         : other->action == FAULT_CRASH) &&
            (other->at <= fault->at || fault->every > 0))
            return true;
    }
    return false;
}

static void check_action(const struct item *root, const struct item *item,
                         const struct scenario_fault *fault, const struct scenario *scenario,
                         struct errors *errors)
{
    const struct random_time *latency = &scenario->network.latency;

    if (scenario_is_obstacle(fault->action))
        scenario_check_obstacle(item, fault->action, &fault->obstacle, scenario->nodes, errors);
    else
        scenario_check_selector(item, &fault->of.nodes, scenario->nodes, errors);
    if (fault->action == FAULT_RECOVER && !has_before(&scenario->faults, fault))
        item_error_key(item, errors, "has no effect: no `crash` comes before it");
    if (fault->action == FAULT_LATENCY && scenario->timing.mode == TIMING_ROUNDS &&
        !item_is_swept(item_get(root, "timing")))
        item_error_key(item, errors,
                       "has no effect under `timing: rounds`, where messages arrive within their "
                       "round");
    if (fault->action == FAULT_LATENCY && random_time_is_zero(latency) &&
        !item_is_swept(item_find(root, "network.latency")))
        item_error_key(item, errors, "has no effect with `network.latency: 0s`");
    if (fault->action == FAULT_HEAL && !has_before(&scenario->faults, fault))
        item_error_key(item, errors, "has no effect: no `partition` or `one_way` comes before it");
}

void scenario_check_faults(const struct item *root, const struct scenario *scenario,
                           struct errors *errors)
{
    const struct item *items = item_get(root, "faults");
    int64_t events = 0;

    for (int i = 0; i < scenario->faults.count; i++) {
        const struct scenario_fault *fault = &scenario->faults.list[i];
        const struct item *item = items->children[i];

        check_action(root, item_get(item, scenario_fault_actions[fault->action]), fault, scenario,
                     errors);
        if (fault->at >= scenario->stop.at)
            item_error(item_get(item, "at"), errors,
                       "would come only after the end of the run, `stop.at`");
        else if (fault->every > 0 && fault->every >= scenario->stop.at - fault->at)
            item_error(item_get(item, "every"), errors,
                       "would happen again only after the end of the run, `stop.at`");
        else if (fault->every > 0)
            events += (scenario->stop.at - fault->at) / fault->every; /* at most 2^52 each */
    }
    if (events > FAULT_EVENTS_MAX)
        item_error(items, errors, "%lld faults within a run; at most %d", (long long)events,
                   FAULT_EVENTS_MAX);
}
