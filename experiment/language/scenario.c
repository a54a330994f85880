/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario.c - reads a tree by the table of keys, completes it and writes it back.
 *
 * Reading walks the tree in its written order, so errors come in that order; then defaults fill
 * what was silent, and scenario_check() looks at rules over several keys.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"

#include <string.h>

static const char *const topologies[] = { "complete", NULL };
static const char *const peers[] = { [PEERS_ALL] = "all", [PEERS_ALIVE] = "alive", NULL };
static const char *const latency_pers[] = {
    [LATENCY_PER_PAIR] = "pair", [LATENCY_PER_MESSAGE] = "message", NULL
};
static const char *const rejoins[] = { [REJOIN_KEEP] = "keep", [REJOIN_LOSE] = "lose", NULL };
static const char *const leaves[] = {
    [LEAVE_CRASH] = "crash", [LEAVE_GRACEFUL] = "graceful", NULL
};
static const char *const starts[] = { [CHURN_STATIONARY] = "stationary", [CHURN_UP] = "up", NULL };
static const char *const whens[] = {
    [STOP_CONVERGED] = "converged", [STOP_QUIET] = "quiet", [STOP_NEVER] = "never", NULL
};

#define PLAIN(type, ...)                                    \
    {                                                       \
        .param = PARAM_##type(struct scenario, __VA_ARGS__) \
    }
#define OWN(field, kind_, fallback_, help_)                    \
    {                                                          \
        .param = { .name = #field,                             \
                   .offset = offsetof(struct scenario, field), \
                   .fallback = (fallback_),                    \
                   .help = (help_) },                          \
        .kind = &(kind_),                                      \
    }

const struct key scenario_keys[] = {
    OWN(gossipsim, kind_version, NULL, "version of this language"),
    OWN(name, kind_name, NULL, "of the study; the file's name if there is none"),
    OWN(description, kind_text, NULL, "for people"),
    PLAIN(COUNT, nodes, NULL, "1..1073741824", "number of nodes"),
    PLAIN(COUNT, seed, "1", "0..9223372036854775807", "master seed of all randomness"),
    OWN(replications, kind_replications, "30",
        "runs of each strategy at each point, or as many as a precision needs"),
    OWN(timing, kind_timing, "events",
        "real-valued time, or synchronous rounds: contacts are judged on the state at the start of "
        "the round, messages of a round arrive within it, latency plays no part, intervals of "
        "models are whole numbers of rounds"),
    PLAIN(CHOICE, peers, "all", peers,
          "whom a node can pick: every node, dead ones too, or only those alive (a perfect "
          "failure detector)"),
    PLAIN(CHOICE, topology, "complete", topologies, "who can reach whom"),
    OWN(groups, kind_groups, NULL,
        "named parts of the nodes, which take their numbers in the order written"),
    OWN(network.latency, kind_random_time, "1ms", "from sender to receiver"),
    PLAIN(CHOICE, network.latency_per, "pair", latency_pers,
          "drawn once per ordered pair and kept, or for each message"),
    PLAIN(FRACTION, network.jitter, "0", "0..1",
          "each message's latency varies uniformly by up to this share of it"),
    OWN(network.loss, kind_loss, "0", "probability that a message is lost, alone or in bursts"),
    OWN(network.bandwidth, kind_bandwidth, "unlimited", "of each node's uplink: messages queue"),
    OWN(network.queue, kind_queue, "unlimited", "what may wait for an uplink; the rest is dropped"),
    PLAIN(FRACTION, network.duplicate, "0", "0..1", "probability that a message arrives twice"),
    PLAIN(SIZE, network.header, "28B", "0B..1MiB", "added to every message (UDP over IPv4: 28 B)"),
    OWN(churn.session, kind_random_time, NULL, "how long a node stays up; silent: no churn"),
    OWN(churn.downtime, kind_random_time, NULL, "how long it is then down"),
    PLAIN(FRACTION, churn.share, "1", "0..1", "of the nodes that come and go"),
    PLAIN(CHOICE, churn.rejoin, "keep", rejoins, "what a node knew before it went"),
    PLAIN(CHOICE, churn.leave, "crash", leaves, "whether models may say goodbye"),
    PLAIN(CHOICE, churn.start, "stationary", starts,
          "at t = 0: as after a long time of churn, or all nodes up"),
    PLAIN(COUNT, workload.updates, "1", "0..1048576", "how many are injected; 0 with a preload"),
    PLAIN(COUNT, workload.keys, NULL, "1..1048576", "they write in turn; silent: a key each"),
    PLAIN(SIZE, workload.size, "100B", "0B..1GiB", "of each update"),
    PLAIN(TIME, workload.at, "0s", "0s..36525d", "first injection"),
    OWN(workload.arrival, kind_arrival, "at-once", "of the updates after the first"),
    OWN(workload.origin, kind_origin, "random",
        "node that accepts an update; if it is down or no holder, the next number that can"),
    PLAIN(FRACTION, workload.deletes, "0", "0..1", "share of the updates that delete their key"),
    PLAIN(COUNT, store.shards, "1", "1..65536", "parts of the data, on which keys fall in turn"),
    OWN(store.replicas, kind_replicas, "all", "nodes that hold each shard"),
    PLAIN(COUNT, store.preload, "0", "0..1048576", "updates known to every replica at the start"),
    PLAIN(FRACTION, store.missing, "0", "0..1",
          "share of these that each replica lacks; what all lack goes back to one"),
    PLAIN(FRACTION, store.missing_shards, "0", "0..1",
          "share of whole shards that each replica lacks at the start; likewise"),
    OWN(faults, kind_faults, NULL, "what breaks and when, beside churn"),
    OWN(strategies, kind_strategies, NULL, "what is compared: a stack of models each"),
    PLAIN(TIME, stop.at, "1h", "1ns..36525d", "end of a run at the latest"),
    PLAIN(CHOICE, stop.when, "converged", whens,
          "earlier end: all updates known to all their live replicas, nothing left to do, or none"),
    PLAIN(COUNT, stop.events, "1000000000000", "1..1000000000000000000",
          "cap on the events of a run; a run that reaches it has failed"),
    PLAIN(TIME, warmup, "0s", "0s..36525d", "updates and costs before it are not measured"),
    PLAIN(TIME, cooldown, "0s", "0s..36525d",
          "updates injected within so long before `stop.at` are not measured"),
    OWN(record.every, kind_auto_time, "auto",
        "sampling period; `auto`: about 200 samples a run, 100 of one of 1000 nodes, "
        "30 of one of 100"),
    PLAIN(BOOL, record.nodes, "false", "store histograms over the nodes"),
    OWN(expect, kind_expect, NULL, "what must hold at the end of `run`, at every point"),
    { .param = { .name = "sweep", .help = "many points in one study" }, .kind = &kind_sweep },
    { .kind = NULL },
};
G_STATIC_ASSERT(G_N_ELEMENTS(scenario_keys) <= 64); /* bits of struct scenario's `given` */

static const char *const later_peers[] = { "swim",      "scuttlebutt", "plumtree",
                                           "hyparview", "cyclon",      NULL };
static const char *const later_topologies[] = { "ring",        "grid",  "random-regular",
                                                "small-world", "tree",  "scale-free",
                                                "erdos-renyi", "edges", NULL };
static const char *const later_latency[] = { "regions", NULL };
static const char *const later_churn[] = { "trace", NULL };

const struct later scenario_later[] = {
    { "peers", later_peers },         { "topology", later_topologies },
    { "network.regions", NULL },      { "network.latency", later_latency },
    { "churn.session", later_churn }, { "churn.downtime", later_churn },
    { "churn.trace", NULL },          { NULL, NULL },
};

static const struct key *find_key(const char *path)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (strcmp(key->param.name, path) == 0)
            return key;
    return NULL;
}

static void *field_of(const struct key *key, struct scenario *scenario)
{
    return (char *)scenario + key->param.offset;
}

/* True if the item, or a word that it holds, belongs to the language but is not built. */
static bool is_later(const struct item *item, const char *path, struct scenario_reader *reader)
{
    for (const struct later *later = scenario_later; later->path != NULL; later++) {
        if (strcmp(later->path, path) != 0)
            continue;
        if (later->words == NULL) {
            item_error_key(item, reader->errors, "is not supported yet");
            return true;
        }
        for (const char *const *word = later->words; *word != NULL; word++) {
            const struct item *inner = item_get(item, *word);
            bool is_word = item->kind == ITEM_SCALAR && strcmp(item->text, *word) == 0;
            if (inner == NULL && !is_word)
                continue;
            item_error(item, reader->errors, "`%s` is not supported yet", *word);
            return true;
        }
    }
    return false;
}

bool scenario_read_param(const struct item *item, const struct param *row, void *config,
                         struct scenario_reader *reader)
{
    char why[PARAM_WHY_MAX];

    if (item->kind != ITEM_SCALAR || item_is_null(item)) {
        item_error(item, reader->errors, "a single value was expected, not %s",
                   item->kind == ITEM_LIST  ? "a list"
                   : item->kind == ITEM_MAP ? "a section"
                                            : "nothing");
        return false;
    }
    if (param_set(row, config, item->text, why))
        return true;
    if (row->words != NULL) {
        struct nearest nearest = { .word = item->text };
        for (size_t i = 0; row->words[i] != NULL; i++)
            nearest_offer(&nearest, row->words[i]);
        if (nearest.best != NULL) {
            item_error(item, reader->errors, "%s; did you mean `%s`?", why, nearest.best);
            return false;
        }
    }
    item_error(item, reader->errors, "%s", why);
    return false;
}

static void unknown_parameter(const struct item *item, const struct param *rows, const char *prefix,
                              struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);
    size_t length = strlen(prefix);

    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++) {
        if (strncmp(row->name, prefix, length) != 0)
            continue;
        nearest_offer(&nearest, row->name + length);
        g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", row->name + length);
    }
    scenario_unknown(item, "parameter", nearest.best,
                     known->len > 0 ? known->str : "none, it has no parameters", reader);
    g_string_free(known, TRUE);
}

/* One parameter of a table, unless it was given already in its other form. */
static void read_row(const struct item *item, const struct param *row, const struct param *rows,
                     void *config, uint64_t *given, struct scenario_reader *reader)
{
    uint64_t bit = (uint64_t)1 << (row - rows);

    if (*given & bit) {
        item_error_key(item, reader->errors,
                       "`%s` is given twice: by itself and within the braces of a choice",
                       row->name);
        return;
    }
    *given |= bit;
    scenario_read_param(item, row, config, reader);
}

/*
 * A choice with parameters of its own, `partner: {spatial: {exponent: 2}}`: the word, and the rows
 * named after it, `spatial_exponent: 2`.
 */
static void read_choice(const struct item *item, const struct param *row, const struct param *rows,
                        void *config, uint64_t *given, struct scenario_reader *reader)
{
    const struct item *inner =
        scenario_single(item, "one of its words, perhaps with parameters,", reader);
    struct item word;
    char *prefix;

    if (inner == NULL)
        return;
    word = *inner; /* an error about the word stands at the word */
    word.kind = ITEM_SCALAR;
    word.text = inner->key;
    word.line = inner->key_line;
    word.column = inner->key_column;
    *given |= (uint64_t)1 << (row - rows);
    if (!scenario_read_param(&word, row, config, reader) || item_is_null(inner))
        return;
    if (inner->kind != ITEM_MAP) {
        item_error(inner, reader->errors, "parameters were expected, as in {name: value}");
        return;
    }
    prefix = g_strdelimit(g_strconcat(inner->key, "_", NULL), "-", '_');
    for (size_t i = 0; i < inner->count; i++) {
        const struct item *child = inner->children[i];
        char *name = g_strconcat(prefix, child->key, NULL);
        const struct param *sibling = param_find(rows, name);

        if (sibling != NULL)
            read_row(child, sibling, rows, config, given, reader);
        else
            unknown_parameter(child, rows, prefix, reader);
        g_free(name);
    }
    g_free(prefix);
}

bool scenario_read_params(const struct item *item, const struct param *rows, void *config,
                          uint64_t *given, struct scenario_reader *reader)
{
    size_t before = reader->errors->count;

    *given = 0;
    if (item_is_null(item))
        return true;
    if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors, "parameters were expected, as in {name: value}");
        return false;
    }
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        const struct param *row = param_find(rows, child->key);

        if (row == NULL)
            unknown_parameter(child, rows, "", reader);
        else if (row->type == PARAM_TYPE_CHOICE && child->kind == ITEM_MAP)
            read_choice(child, row, rows, config, given, reader);
        else
            read_row(child, row, rows, config, given, reader);
    }
    return reader->errors->count == before;
}

/* The part of a key's path that follows the section `prefix` ("" or "network."), if it does. */
static const char *within(const struct key *key, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(key->param.name, prefix, length) == 0 ? key->param.name + length : NULL;
}

/* True if the table has keys below the section whose path, with its dot, is `prefix`. */
static bool is_section(const char *prefix)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (within(key, prefix) != NULL)
            return true;
    return false;
}

static void unknown_key(const struct item *item, const char *prefix, struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter names_left;
    gpointer name;

    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        const char *rest = within(key, prefix);
        char *first = rest == NULL ? NULL : g_strndup(rest, strcspn(rest, "."));
        if (first != NULL && !g_hash_table_contains(names, first))
            g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", first);
        if (first != NULL)
            g_hash_table_add(names, first);
    }
    g_hash_table_iter_init(&names_left, names);
    while (g_hash_table_iter_next(&names_left, &name, NULL))
        nearest_offer(&nearest, name);
    scenario_unknown(item, "key", nearest.best, known->str, reader);
    g_hash_table_destroy(names);
    g_string_free(known, TRUE);
}

/* Reads a section's keys; `prefix` is its path with a dot, "" the whole scenario. */
static void read_section(const struct item *map, const char *prefix, struct scenario *scenario,
                         struct scenario_reader *reader)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct item *child = map->children[i];
        char *path = g_strconcat(prefix, child->key, NULL);
        char *inner = g_strconcat(path, ".", NULL);
        const struct key *key = find_key(path);

        if (is_later(child, path, reader)) {
            /* said */
        } else if (key != NULL) {
            scenario->given |= (uint64_t)1 << (key - scenario_keys);
            if (key->kind != NULL)
                key->kind->read(child, field_of(key, scenario), reader);
            else
                scenario_read_param(child, &key->param, scenario, reader);
        } else if (prefix[0] != 0 || !is_section(inner)) {
            unknown_key(child, prefix, reader);
        } else if (child->kind == ITEM_MAP) {
            read_section(child, inner, scenario, reader);
        } else if (!item_is_null(child)) {
            item_error(child, reader->errors, "a section was expected, as in `%s: {…}`", path);
        }
        g_free(inner);
        g_free(path);
    }
}

/* Fills in the defaults; reading overwrites them. */
static void set_defaults(struct scenario *scenario, struct scenario_reader *reader)
{
    char why[PARAM_WHY_MAX];

    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        struct item item = { .kind = ITEM_SCALAR, .text = (char *)key->param.fallback };
        if (item.text == NULL)
            continue;
        if (key->kind != NULL)
            key->kind->read(&item, field_of(key, scenario), reader);
        else if (!param_set(&key->param, scenario, item.text, why))
            g_error("default of %s: %s", key->param.name, why);
    }
}

static bool was_given(const struct scenario *scenario, const char *path)
{
    return scenario->given >> (find_key(path) - scenario_keys) & 1;
}

/* What every scenario must say. */
static void check_required(const struct item *root, const struct scenario *scenario,
                           struct errors *errors)
{
    if (!was_given(scenario, "gossipsim"))
        item_error(root, errors, "`gossipsim: 1` is missing; write it as the first line");
    if (!was_given(scenario, "nodes"))
        item_error(root, errors,
                   "`nodes` is missing: how many nodes there are, as in `nodes: 1000`");
    if (!was_given(scenario, "strategies"))
        item_error(root, errors,
                   "`strategies` is missing: what to simulate, as in "
                   "`strategies: {push: {rumor-mongering: {mode: push}}}`");
}

bool scenario_read(const struct item *root, struct scenario_reader *reader,
                   struct scenario *scenario)
{
    size_t before = reader->errors->count;

    *scenario = (struct scenario){ 0 };
    set_defaults(scenario, reader);
    if (item_is_null(root)) {
        item_error(root, reader->errors,
                   "the file is empty; a scenario starts with `gossipsim: 1`");
        return false;
    }
    if (root->kind != ITEM_MAP) {
        item_error(root, reader->errors, "a scenario is a map of keys, starting `gossipsim: 1`");
        return false;
    }
    read_section(root, "", scenario, reader);
    check_required(root, scenario, reader->errors);
    if (!was_given(scenario, "workload.keys"))
        scenario->workload.keys = MAX(scenario->workload.updates, 1);
    if (reader->errors->count == before)
        scenario_resolve_groups(root, scenario, reader);
    if (reader->errors->count == before)
        scenario_check(root, scenario, reader);
    return reader->errors->count == before;
}

void scenario_clear(struct scenario *scenario)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (key->kind != NULL && key->kind->clear != NULL)
            key->kind->clear(field_of(key, scenario));
    *scenario = (struct scenario){ 0 };
}

/* ---- writing ---- */

/* Not part of the world that runs compute; groups count where they are named, strategies have
 * hashes of their own. */
static bool is_not_world(const char *path)
{
    return strcmp(path, "name") == 0 || strcmp(path, "description") == 0 ||
           strcmp(path, "replications") == 0 || strcmp(path, "groups") == 0 ||
           strcmp(path, "strategies") == 0 || strcmp(path, "expect") == 0;
}

/*
 * A default that no value expresses: a key for each update, however many a sweep or --set makes of
 * them.  A number written here would hold at every point.
 */
static bool is_silent(const struct scenario *scenario, const char *path)
{
    return strcmp(path, "workload.keys") == 0 && !was_given(scenario, path);
}

void scenario_write(GString *out, const struct scenario *scenario, bool for_hash)
{
    const char *section = "";
    size_t section_length = 0;

    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        const char *path = key->param.name;
        const char *dot = strchr(path, '.');
        const void *field = (const char *)scenario + key->param.offset;
        char text[QUANTITY_TEXT_MAX];

        if (!scenario_key_has_effect(scenario, path) ||
            (for_hash && (is_not_world(path) || scenario_is_calm(scenario, path))))
            continue;
        if (!for_hash && is_silent(scenario, path))
            continue;
        if (dot != NULL && (section_length != (size_t)(dot - path) ||
                            strncmp(section, path, section_length) != 0)) {
            section = path;
            section_length = (size_t)(dot - path);
            g_string_append_printf(out, "%.*s:\n", (int)section_length, section);
        }
        g_string_append_printf(out, "%s%s: ", dot != NULL ? "  " : "",
                               dot != NULL ? dot + 1 : path);
        if (key->kind != NULL) {
            key->kind->write(out, field, for_hash);
        } else {
            param_get(&key->param, scenario, text);
            g_string_append(out, text);
        }
        g_string_append_c(out, '\n');
    }
}
