/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_faults.c - the timeline of what breaks: a list of entries, each with its time, one
 * action, and perhaps how long it lasts and how often it happens.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

enum { FAULT_EVENTS_MAX = 1000000 };

static const char *const timers[] = {
    [TIMERS_LATE] = "late", [TIMERS_BLOCK] = "block", [TIMERS_RUN] = "run", NULL
};

static const struct param when_rows[] = {
    PARAM_TIME(struct scenario_fault, at, NULL, "0s..36525d", "when it happens"),
    PARAM_TIME(struct scenario_fault, every, NULL, "1ns..36525d", "it happens again so long after"),
    PARAM_NAMED("for", TIME, struct scenario_fault, lasts, NULL, "1ns..36525d", NULL,
                "then it is undone"),
    PARAM_BOOL(struct scenario_fault, redraw, "true",
               "whether what is drawn at random is drawn anew when it happens again"),
    PARAM_COUNT(struct scenario_fault, batch, NULL, "1..1073741824", "so many nodes at a time"),
    PARAM_TIME(struct scenario_fault, pace, NULL, "1ns..36525d", "from one batch to the next"),
    PARAM_TIME(struct scenario_fault, down, NULL, "1ns..36525d", "how long a node is down"),
    PARAM_CHOICE(struct scenario_fault, timers, "late", timers,
                 "of nodes that pause: they wait, or only those behind a send, or none"),
    PARAM_END,
};
enum { ROW_EVERY = 1, ROW_FOR };

/* What a row of these is to the table of kinds; 0: any may have it. */
static uint32_t word_of(const struct param *row)
{
    const long number = row - when_rows - ROW_FOR;

    return number < 0 ? 0 : (uint32_t)1 << number;
}

/* The number of a kind, or -1. */
static int find_kind(const char *name)
{
    for (int i = 0; i < FAULT_KINDS; i++)
        if (strcmp(fault_kinds[i].name, name) == 0)
            return i;
    return -1;
}

static void unknown_key(const struct item *item, struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);

    for (const struct param *row = when_rows; row->type != PARAM_TYPE_END; row++) {
        nearest_offer(&nearest, row->name);
        g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", row->name);
    }
    for (int i = 0; i < FAULT_KINDS; i++) {
        nearest_offer(&nearest, fault_kinds[i].name);
        g_string_append_printf(known, ", %s", fault_kinds[i].name);
    }
    scenario_unknown(item, "key", nearest.best, known->str, reader);
    g_string_free(known, TRUE);
}

/* Reads a key of an entry, which has its `action` once that was read. */
static void read_key(const struct item *item, struct scenario_fault *fault,
                     const struct item **action, struct scenario_reader *reader)
{
    const struct param *row = param_find(when_rows, item->key);
    const int kind = find_kind(item->key);

    if (row != NULL) {
        fault->said |= word_of(row);
        scenario_read_param(item, row, fault, reader);
    } else if (kind < 0) {
        unknown_key(item, reader);
    } else if (*action != NULL) {
        item_error_key(item, reader->errors, "an entry has one action, and `%s` is there already",
                       (*action)->key);
    } else {
        *action = item;
        fault->kind = (enum sim_fault_kind)kind;
        scenario_read_action(item, fault, reader);
    }
}

/* What an entry says that its kind has no use for, and what it does not say and must. */
static void check_words(const struct item *item, const struct scenario_fault *fault,
                        struct errors *errors)
{
    const struct fault_kind *kind = &fault_kinds[fault->kind];
    const uint32_t steps = WORD_BATCH | WORD_PACE;
    const uint32_t needs = kind->needs | (fault->said & steps ? steps & kind->takes : 0);

    for (const struct param *row = when_rows; row->type != PARAM_TYPE_END; row++) {
        const struct item *word = item_get(item, row->name);
        const uint32_t bit = word_of(row);

        if (word != NULL && (bit & ~(kind->takes | kind->needs)) != 0) {
            if (bit == WORD_FOR)
                item_error_key(word, errors, "`%s` cannot be undone, so it has no length",
                               kind->name);
            else
                item_error_key(word, errors, "means nothing to `%s`", kind->name);
        }
        if (word == NULL && (bit & needs) != 0)
            item_error(item, errors, "`%s` is missing: %s", row->name, row->help);
    }
}

static void read_fault(const struct item *item, struct scenario_fault *fault,
                       struct scenario_reader *reader)
{
    const struct item *action = NULL;
    size_t before = reader->errors->count;

    if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors, "a fault was expected, as in {at: 60s, crash: 10%%}");
        return;
    }
    for (size_t i = 0; i < item->count; i++)
        read_key(item->children[i], fault, &action, reader);
    if (reader->errors->count == before && item_get(item, "at") == NULL)
        item_error(item, reader->errors, "`at` is missing: when it happens");
    if (reader->errors->count == before && action == NULL)
        item_error(item, reader->errors, "an action is missing, as in `crash: 10%%`");
    if (action != NULL)
        check_words(item, fault, reader->errors);
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

/* Those of the words that are said and have an effect, in the order of the table. */
static void write_words(GString *out, const struct scenario_fault *fault)
{
    char text[QUANTITY_TEXT_MAX];

    for (const struct param *row = when_rows + ROW_FOR + 1; row->type != PARAM_TYPE_END; row++) {
        const uint32_t word = word_of(row);

        if ((fault->said & word) == 0 || (word == WORD_REDRAW && fault->redraw))
            continue;
        param_get(row, fault, text);
        g_string_append_printf(out, ", %s: %s", row->name, text);
    }
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
        write_words(out, fault);
        g_string_append_printf(out, ", %s: ", fault_kinds[fault->kind].name);
        scenario_write_action(out, fault, for_hash);
        g_string_append_c(out, '}');
    }
}

static void clear_faults(void *field)
{
    struct scenario_faults *faults = field;

    for (int i = 0; i < faults->count; i++)
        scenario_clear_action(&faults->list[i]);
    g_free(faults->list);
    *faults = (struct scenario_faults){ 0 };
}

/* ---- rules ---- */

/* What acts on latencies needs some. */
static void check_latency(const struct item *root, const struct item *item,
                          const struct scenario *scenario, struct errors *errors)
{
    const struct key_need *time = &scenario_time_for_latency;

    if (!time->is_met(scenario) && !item_is_swept(item_find(root, time->because)))
        item_error_key(item, errors, "%s", time->otherwise);
    if (scenario_latency_is_zero(&scenario->latency) &&
        !item_is_swept(item_find(root, "network.latency")))
        item_error_key(item, errors, "has no effect with `network.latency: 0s`");
}

/* Whether which nodes it means is drawn at random. */
static bool draws(const struct scenario_fault *fault)
{
    for (int i = 0; i < fault->count; i++)
        for (int k = 0; k < fault->sides[i].count; k++) {
            const enum sim_select kind = fault->sides[i].parts[k].nodes.kind;

            if (kind != SELECT_ALL && kind != SELECT_RANGE)
                return true;
        }
    return fault->is_shares;
}

/* To draw once must be for something. */
static void check_redraw(const struct item *item, const struct scenario_fault *fault,
                         struct errors *errors)
{
    const struct item *redraw = item_get(item, "redraw");

    if (redraw == NULL || fault->redraw || item_is_swept(redraw))
        return;
    if (fault->every == 0 && !item_is_swept(item_get(item, "every")))
        item_error_key(redraw, errors, "has no effect without `every`: it happens once");
    else if (!draws(fault))
        item_error_key(redraw, errors, "has no effect: it means the same nodes each time anyway");
}

/* What hits the same nodes again before it has ended would never end. */
static void check_length(const struct item *item, const struct scenario_fault *fault,
                         struct errors *errors)
{
    const struct item *every = item_get(item, "every");
    const bool is_drawn_anew = draws(fault) && (item_get(item, "redraw") == NULL || fault->redraw);
    char text[QUANTITY_TEXT_MAX];

    if (fault->every == 0 || fault->every >= fault->lasts || is_drawn_anew ||
        item_is_swept(every) || item_is_swept(item_get(item, "for")))
        return;
    quantity_write_time(fault->lasts, text);
    item_error(every, errors, "it would happen to the same nodes again before it ends, after %s",
               text);
}

/* How often its steps happen before the end of the run, and are over; an error if it would happen
 * again before its last step is over. */
static int64_t check_steps(const struct item *item, const struct scenario_fault *fault,
                           const struct sim_config *config, struct errors *errors)
{
    const struct sim_fault plan = { .of = fault->sides[0].parts[0].nodes,
                                    .batch = fault->batch,
                                    .pace = fault->pace,
                                    .down = fault->down };
    const sim_time length = fault_length(&plan, (uint32_t)config->nodes);
    const int64_t steps = fault_steps(&plan, (uint32_t)config->nodes);
    char text[QUANTITY_TEXT_MAX];

    quantity_write_time(length, text);
    if (fault->every > 0 && fault->every <= length)
        item_error(item_get(item, "every"), errors,
                   "it would happen again before its %lld steps are over, which takes %s",
                   (long long)steps, text);
    return 2 * MIN(steps, 1 + MAX(config->stop.at - fault->at, 0) / fault->pace);
}

static void check_faults(const struct item *root, const struct scenario *scenario,
                         struct errors *errors)
{
    const struct item *items = item_get(root, "faults");
    int64_t events = 0;

    for (int i = 0; i < scenario->faults.count; i++) {
        const struct scenario_fault *fault = &scenario->faults.list[i];
        const struct item *item = items->children[i];
        const struct item *action = item_get(item, fault_kinds[fault->kind].name);

        scenario_check_action(action, fault, scenario->config.nodes, errors);
        scenario_check_end(action, fault, &scenario->faults, errors);
        if (fault_kinds[fault->kind].takes_time)
            check_latency(root, action, scenario, errors);
        check_redraw(item, fault, errors);
        check_length(item, fault, errors);
        if (fault->batch > 0)
            events += check_steps(item, fault, &scenario->config, errors);
        if (fault->at >= scenario->config.stop.at)
            item_error(item_get(item, "at"), errors,
                       "would come only after the end of the run, `stop.at`");
        else if (fault->every > 0 && fault->every >= scenario->config.stop.at - fault->at)
            item_error(item_get(item, "every"), errors,
                       "would happen again only after the end of the run, `stop.at`");
        else if (fault->every > 0)
            events += (scenario->config.stop.at - fault->at) / fault->every; /* at most 2^52 each */
        if (fault->kind == FAULT_JOIN && scenario->absent.group == NULL)
            item_error_key(action, errors,
                           "has no effect without `members.absent`, who is not there yet");
    }
    if (events > FAULT_EVENTS_MAX)
        item_error(items, errors, "%lld faults within a run; at most %d", (long long)events,
                   FAULT_EVENTS_MAX);
}

static void resolve_faults(const struct item *item, void *field,
                           const struct scenario_groups *groups, struct errors *errors)
{
    struct scenario_faults *faults = field;

    for (int i = 0; i < faults->count; i++) {
        struct scenario_fault *fault = &faults->list[i];

        scenario_resolve_action(item_get(item->children[i], fault_kinds[fault->kind].name), groups,
                                fault, errors);
    }
}

/* ---- the kind of key ---- */

static bool has_no_faults(const void *field)
{
    return ((const struct scenario_faults *)field)->count == 0;
}

/* Appends `,` and the name of each row of which one of the words says that it is among them, with
 * what follows it. */
static void put_words(GString *out, uint32_t words, const char *follows)
{
    for (const struct param *row = when_rows; row->type != PARAM_TYPE_END; row++)
        if (word_of(row) & words) {
            schema_put(out, ",");
            schema_text(out, row->name);
            schema_put(out, follows);
        }
}

/* Appends what an entry with an action must say, and must not. */
static void put_choice(GString *out, const struct fault_kind *kind)
{
    const uint32_t steps = WORD_BATCH | WORD_PACE;

    schema_put(out, "{'required':[");
    schema_text(out, kind->name);
    put_words(out, kind->needs, "");
    schema_put(out, "],'properties':{");
    schema_text(out, kind->name);
    schema_put(out, ":true");
    put_words(out, ~(kind->takes | kind->needs), ":false");
    schema_put(out, (kind->takes & steps) == steps
                        ? "},'dependencies':{'batch':['pace'],'pace':['batch']}}"
                        : "}}");
}

static void put_schema(GString *out)
{
    schema_put(out,
               "'type':'array','minItems':1,'items':{'type':'object','required':['at']," NO_OTHERS
               ",'properties':{");
    schema_params(out, when_rows);
    for (int i = 0; i < FAULT_KINDS; i++) {
        schema_name(out, fault_kinds[i].name);
        scenario_put_action(out, &fault_kinds[i]);
    }
    schema_put(out, "},'oneOf':[");
    for (int i = 0; i < FAULT_KINDS; i++) {
        schema_put(out, i > 0 ? "," : "");
        put_choice(out, &fault_kinds[i]);
    }
    schema_put(out, "]}");
}

const struct key_kind kind_faults = {
    .values = "a list, `[{at: 60s, for: 45s, crash: 10%}]`; see [below](#groups-and-faults)",
    .put_schema = put_schema,
    .read = read_faults,
    .write = write_faults,
    .clear = clear_faults,
    .is_none = has_no_faults,
    .resolve = resolve_faults,
    .check = check_faults,
};
