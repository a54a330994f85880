/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_keys.c - the table of keys: all that is known of each; see scenario_keys.h.
 *
 * The order of the rows is that of the reference and of completed scenarios.
 */
#include "experiment/language/scenario_keys.h"
#include "experiment/language/scenario_details.h"

#include <string.h>

/* ---- words, by the engine's numbers ---- */

static const char *const latency_pers[] = {
    [LATENCY_PER_PAIR] = "pair", [LATENCY_PER_MESSAGE] = "message", NULL
};
static const char *const sharings[] = { [SHARING_FIFO] = "fifo", [SHARING_FAIR] = "fair", NULL };
static const char *const rejoins[] = { [REJOIN_KEEP] = "keep", [REJOIN_LOSE] = "lose", NULL };
static const char *const leaves[] = {
    [LEAVE_CRASH] = "crash", [LEAVE_GRACEFUL] = "graceful", NULL
};
static const char *const starts[] = { [CHURN_STATIONARY] = "stationary", [CHURN_UP] = "up", NULL };
static const char *const begins[] = { [MEMBERS_JOINED] = "joined", [MEMBERS_JOIN] = "join", NULL };

/* ---- what keys depend on ---- */

static bool has_events(const struct scenario *s)
{
    return s->timing.mode == TIMING_EVENTS;
}
const struct key_need scenario_time_for_latency = {
    .because = "timing",
    .is_met = has_events,
    .otherwise = "has no effect under `timing: rounds`, where messages arrive within their round",
};
static const struct key_need time_for_uplinks = {
    .because = "timing",
    .is_met = has_events,
    .otherwise =
        "has no effect under `timing: rounds`, where a round has time for all its messages",
};

static bool has_groups(const struct scenario *s)
{
    return s->groups.count > 0;
}
static const struct key_need some_groups = {
    .because = "groups",
    .is_met = has_groups,
    .otherwise = "has nothing to tell apart: the scenario has no `groups`",
    .but_default = true,
};

static bool latency_differs(const struct scenario *s)
{
    return !scenario_latency_is_constant(&s->latency);
}
static const struct key_need different_latencies = {
    .because = "network.latency",
    .is_met = latency_differs,
    .otherwise = "has no effect where every latency is the same",
    .but_default = true,
};

static bool has_latency(const struct scenario *s)
{
    return !scenario_latency_is_constant(&s->latency) || !scenario_latency_is_zero(&s->latency);
}
static const struct key_need some_latency = {
    .because = "network.latency",
    .is_met = has_latency,
    .otherwise = "has no effect on a latency of 0s, of which it is a share",
    .but_default = true,
};

static bool has_uplinks(const struct scenario *s)
{
    return scenario_has_uplinks(s) || scenario_has_downlinks(s);
}
static const struct key_need uplinks = {
    .because = "network.bandwidth",
    .is_met = has_uplinks,
    .otherwise = "has no effect without `network.bandwidth` or `network.downlink`, for which "
                 "messages queue",
};

static bool has_connections(const struct scenario *s)
{
    for (int i = 0; i < s->strategies.count; i++)
        for (int j = 0; j < s->strategies.list[i].count; j++) {
            const struct scenario_layer *layer = &s->strategies.list[i].layers[j];

            if (model_connects(layer->model, layer->config))
                return true;
        }
    return false;
}
static const struct key_need connections = {
    .because = "strategies",
    .is_met = has_connections,
    .otherwise = "has no effect without `transport: connection` in a model of a strategy",
};

static const struct key_need bandwidth = {
    .because = "network.bandwidth",
    .is_met = scenario_has_uplinks,
    .otherwise = "has no effect without `network.bandwidth`, which messages share",
};

static bool has_queues(const struct scenario *s)
{
    return s->config.network.sharing == SHARING_FIFO || scenario_has_downlinks(s);
}
static const struct key_need queues = {
    .because = "network.sharing",
    .is_met = has_queues,
    .otherwise = "has no effect with `network.sharing: fair`, where no message waits",
    .but_default = true,
};

static bool has_sessions(const struct scenario *s)
{
    return s->session.family != NULL;
}
static const struct key_need sessions = {
    .because = "churn.session",
    .is_met = has_sessions,
    .otherwise = "has no effect without `churn.session`, how long a node stays up",
};

static bool has_churn(const struct scenario *s)
{
    return has_sessions(s) || s->churn_trace.source.file != NULL;
}
static const struct key_need churn = {
    .because = "churn.session",
    .is_met = has_churn,
    .otherwise =
        "has no effect without `churn.session`, how long a node stays up, or `churn.trace`",
};

static bool has_preload(const struct scenario *s)
{
    return s->config.store.preload > 0;
}
static const struct key_need preload = {
    .because = "store.preload",
    .is_met = has_preload,
    .otherwise = "has no effect without `store.preload`",
};

/* ---- what silence means ---- */

static void key_each(struct scenario *s)
{
    s->keys.count = CLAMP(scenario_updates(s), 1, SIM_UPDATES_MAX);
}

/* ---- all of them ---- */

/* What has a field and a kind of its own, and what is a parameter; behind the help, whatever else a
 * row says. */
#define OWN(path_, kind_, field_, fallback_, ...)                                         \
    {                                                                                     \
        .kind = &(kind_), .param.name = (path_),                                          \
        .param.offset = offsetof(struct scenario, field_), .param.fallback = (fallback_), \
        .param.help = __VA_ARGS__                                                         \
    }
#define PLAIN(path_, type_, field_, fallback_, range_, ...)                               \
    {                                                                                     \
        .param.name = (path_), .param.type = PARAM_TYPE_##type_,                          \
        .param.offset = PARAM_OFFSET(type_, struct scenario, field_),                     \
        .param.fallback = (fallback_), .param.range = (range_), .param.help = __VA_ARGS__ \
    }
#define CHOICE(path_, field_, fallback_, words_, ...)                                     \
    {                                                                                     \
        .param.name = (path_), .param.type = PARAM_TYPE_CHOICE,                           \
        .param.offset = PARAM_OFFSET(CHOICE, struct scenario, field_),                    \
        .param.fallback = (fallback_), .param.words = (words_), .param.help = __VA_ARGS__ \
    }

const struct key scenario_keys[] = {
    OWN("gossipsim", kind_version, gossipsim, NULL, "version of this language",
        .required = "`gossipsim: 1` is missing; write it as the first line", .flags = KEY_UNSWEPT),
    OWN("name", kind_name, name, NULL, "of the study; the file's name if there is none",
        .flags = KEY_UNSWEPT | KEY_OUTSIDE),
    OWN("description", kind_text, description, NULL, "for people",
        .flags = KEY_UNSWEPT | KEY_OUTSIDE),
    PLAIN("nodes", COUNT, config.nodes, NULL, "1..1073741824", "number of nodes",
          .required = "`nodes` is missing: how many nodes there are, as in `nodes: 1000`"),
    PLAIN("seed", COUNT, config.seed, "1", "0..9223372036854775807",
          "master seed of all randomness"),
    OWN("replications", kind_replications, replications, "30",
        "runs of each strategy at each point, or as many as a precision needs",
        .flags = KEY_UNSWEPT | KEY_OUTSIDE),
    OWN("timing", kind_timing, timing, "events",
        "real-valued time, or synchronous rounds: contacts are judged on the state at the start of "
        "the round, messages of a round arrive within it, latency plays no part, intervals of "
        "models are whole numbers of rounds"),
    OWN("peers", kind_peers, peers, "all",
        "whom a node can pick: every node, dead ones too, or only those alive (a perfect "
        "failure detector)"),
    OWN("topology", kind_topology, topology, "complete",
        "whose peers are whose: with `complete` all are, otherwise neighbours"),
    OWN("groups", kind_groups, groups, NULL,
        "named parts of the nodes, which take their numbers in the order written",
        .flags = KEY_OUTSIDE),
    CHOICE("members.start", config.members, "joined", begins,
           "at t = 0 all who are up know each other, or only contact points are there and the "
           "others join",
           .needs = { &scenario_needs_views }, .flags = KEY_YOUNG),
    PLAIN("members.seeds", COUNT, config.seeds, "3", "1..1073741824",
          "contact points, through which nodes get in: the first of the nodes",
          .needs = { &scenario_needs_views }, .flags = KEY_YOUNG),
    OWN("members.rate", kind_join_rate, config.join_rate, "at-once",
        "at which nodes join, at even distances and in a random order",
        .needs = { &scenario_needs_views, &scenario_needs_joining }, .flags = KEY_YOUNG),
    OWN("members.absent", kind_absent, absent, NULL,
        "a group that is not there until a `join` fault; its nodes hold no data before"),
    OWN("network.latency", kind_latency, latency, "1ms", "from sender to receiver",
        .needs = { &scenario_time_for_latency }),
    CHOICE("network.latency_per", config.network.latency_per, "pair", latency_pers,
           "drawn once per ordered pair and kept, or for each message",
           .needs = { &scenario_time_for_latency, &different_latencies }),
    PLAIN("network.jitter", FRACTION, config.network.jitter, "0", "0..1",
          "each message's latency varies uniformly by up to this share of it",
          .needs = { &scenario_time_for_latency, &some_latency }),
    OWN("network.loss", kind_losses, loss, "0",
        "probability that a message is lost, alone or in bursts", .details = loss_details),
    OWN("network.bandwidth", kind_bandwidth, config.network.bandwidth, "unlimited",
        "of each node's uplink: messages queue",
        .needs = { &time_for_uplinks, &scenario_needs_no_classes }, .details = bandwidth_details,
        .flags = KEY_YOUNG),
    CHOICE("network.sharing", config.network.sharing, "fifo", sharings,
           "of an uplink by messages: one after another, or all at once with equal parts of it",
           .needs = { &time_for_uplinks, &bandwidth }, .details = sharing_details,
           .flags = KEY_YOUNG),
    OWN("network.downlink", kind_bandwidth, config.network.downlink, "unlimited",
        "of each node's downlink: messages queue there, too",
        .needs = { &time_for_uplinks, &scenario_needs_no_classes }, .details = downlink_details,
        .flags = KEY_YOUNG),
    OWN("network.queue", kind_queue, config.network.queue_bytes, "unlimited",
        "what may wait for an uplink, or for a downlink; the rest is dropped",
        .needs = { &time_for_uplinks, &uplinks, &queues }),
    OWN("network.access", kind_access, access, NULL,
        "in the place of `bandwidth` and `downlink`, links of several classes",
        .needs = { &time_for_uplinks }),
    OWN("network.by_group", kind_by_group, by_group, NULL,
        "in the place of these keys for the nodes of a group"),
    PLAIN("network.duplicate", FRACTION, config.network.duplicate, "0", "0..1",
          "probability that a message arrives twice", .details = duplicate_details,
          .flags = KEY_YOUNG),
    OWN("network.processing", kind_processing, processing, NULL,
        "a node handles messages one after another; not given: at once, as they come",
        .needs = { &time_for_uplinks }, .details = processing_details),
    PLAIN(
        "network.retransmit", TIME, config.network.retransmit, "200ms", "1us..365d",
        "how late what is lost on a connection is sent again; then twice as late, up to six times",
        .needs = { &connections }, .flags = KEY_YOUNG),
    PLAIN("network.mtu", SIZE, config.network.mtu, "1400B", "256B..65507B",
          "of a datagram, without `network.header`: models that pack (swim) put as much into one; "
          "`check` compares the others with it",
          .flags = KEY_YOUNG),
    PLAIN("network.header", SIZE, config.network.header_bytes, "28B", "0B..1MiB",
          "added to every message (UDP over IPv4: 28 B)"),
    OWN("churn.session", kind_random_time, session, NULL,
        "how long a node stays up; neither it nor `trace` given: no churn",
        .needs = { &scenario_needs_no_record }),
    OWN("churn.downtime", kind_random_time, downtime, NULL, "how long it is then down",
        .required = "`downtime` is missing: how long a node stays away after a session",
        .needs = { &sessions, &scenario_needs_no_record }),
    OWN("churn.trace", kind_churn_trace, churn_trace, NULL,
        "when nodes came and went, from a file, in the place of both", .details = trace_details),
    PLAIN("churn.share", FRACTION, config.churn.share, "1", "0..1", "of the nodes that come and go",
          .needs = { &churn }),
    CHOICE("churn.rejoin", config.churn.rejoin, "keep", rejoins, "what a node knew before it went",
           .needs = { &churn }),
    CHOICE("churn.leave", config.churn.leave, "crash", leaves, "whether models may say goodbye",
           .needs = { &churn }),
    CHOICE("churn.start", config.churn.start, "stationary", starts,
           "at t = 0: as after a long time of churn, or all nodes up",
           .needs = { &sessions, &scenario_needs_no_record }),
    PLAIN("workload.updates", COUNT, config.workload.updates, "1", "0..1048576",
          "how many are injected; 0 with a preload, or where a model has members to keep",
          .needs = { &scenario_needs_no_renewals, &scenario_needs_no_trace,
                     &scenario_needs_no_rate_of_all }),
    OWN("workload.keys", kind_keys, keys, NULL,
        "that they write in turn, or by Zipf's law, where a few are hot; not given: a key each",
        .needs = { &scenario_needs_no_renewals, &scenario_needs_no_trace, &scenario_needs_updates },
        .silence = key_each),
    OWN("workload.size", kind_random_size, size, "100B", "of each update",
        .needs = { &scenario_needs_no_renewals, &scenario_needs_own_sizes }),
    OWN("workload.each_node", kind_renewal, renewal, NULL,
        "in the place of `updates`: every node writes a key of its own, or several, again and "
        "again "
        "until `stop.at`",
        .needs = { &scenario_needs_no_trace }),
    OWN("workload.rate", kind_rates, rates, NULL,
        "at which rate each node writes, beside `each_node` in the place of `every`; or all "
        "clients "
        "together, in the place of `updates` and `arrival`: from when on, counted from `at`",
        .needs = { &scenario_needs_no_trace }),
    OWN("workload.trace", kind_trace, trace, NULL,
        "in the place of `updates`: what is written, when and where, from a file"),
    PLAIN("workload.at", TIME, config.workload.at, "0s", "0s..36525d", "first injection",
          .needs = { &scenario_needs_no_trace, &scenario_needs_updates }),
    OWN("workload.arrival", kind_arrival, arrival, "at-once", "of the updates after the first",
        .needs = { &scenario_needs_no_renewals, &scenario_needs_no_trace,
                   &scenario_needs_no_rate_of_all, &scenario_needs_updates,
                   &scenario_needs_later_updates }),
    OWN("workload.origin", kind_origin, origin, "random",
        "node that accepts an update; if it is down or should not hold it, the next number that "
        "can",
        .needs = { &scenario_needs_no_renewals, &scenario_needs_no_trace,
                   &scenario_needs_updates }),
    PLAIN("workload.deletes", FRACTION, config.workload.deletes, "0", "0..1",
          "share of the updates that delete their key",
          .needs = { &scenario_needs_no_renewals, &scenario_needs_no_trace,
                     &scenario_needs_updates }),
    PLAIN("store.shards", COUNT, config.store.shards, "1", "1..65536",
          "parts of the data, on which keys fall in turn"),
    OWN("store.replicas", kind_replicas, config.store.replicas, "all",
        "nodes that hold each shard"),
    PLAIN("store.preload", COUNT, config.store.preload, "0", "0..1048576",
          "updates known to every replica at the start"),
    PLAIN("store.missing", FRACTION, config.store.missing, "0", "0..1",
          "share of these that each replica lacks; what all lack is given back to one",
          .needs = { &preload }),
    PLAIN("store.missing_shards", FRACTION, config.store.missing_shards, "0", "0..1",
          "share of whole shards that each replica lacks at the start; likewise",
          .needs = { &preload }),
    OWN("values", kind_values, values, "linear",
        "what nodes start with where a model estimates its mean: 1, 2, 3 and so on; a random "
        "number "
        "below 1; 0, but as much as there are nodes at node 0; or those of a file",
        .needs = { &scenario_needs_estimates }, .flags = KEY_YOUNG),
    OWN("faults", kind_faults, faults, NULL, "what breaks and when, besides churn"),
    OWN("strategies", kind_strategies, strategies, NULL, "what is compared: a stack of models each",
        .required = "`strategies` is missing: what to simulate, as in "
                    "`strategies: {push: {rumor-mongering: {mode: push}}}`",
        .flags = KEY_UNSWEPT_WHOLE | KEY_OUTSIDE),
    PLAIN("stop.at", TIME, config.stop.at, "1h", "1ns..36525d", "end of a run at the latest"),
    OWN("stop.when", kind_stop_when, end, "converged",
        "earlier end: all updates known to all their live replicas, nothing left to do, none, or "
        "all estimates right to a share of the mean; without updates and preload `never`"),
    PLAIN("stop.events", COUNT, config.stop.events, "1000000000000", "1..1000000000000000000",
          "cap on the events of a run; a run that reaches it has failed"),
    PLAIN("warmup", TIME, config.warmup, "0s", "0s..36525d",
          "updates and costs before it are not measured"),
    PLAIN("cooldown", TIME, config.cooldown, "0s", "0s..36525d",
          "updates injected within so long before `stop.at` are not measured", .flags = KEY_YOUNG),
    OWN("record.every", kind_auto_time, config.sample_every, "auto",
        "sampling period; `auto`: about 200 samples a run, 100 with 1000 nodes, 30 with 100"),
    PLAIN("record.nodes", BOOL, config.node_histograms, "false", NULL,
          "store histograms over the nodes, and metrics over them: `load_p99`, `bytes_rate_max` "
          "and others"),
    OWN("record.groups", kind_record_groups, record_groups, "false",
        "metrics by group, `t99@eu`, and between groups, `bytes@eu>us`", .flags = KEY_YOUNG,
        .needs = { &some_groups }),
    PLAIN("record.age", BOOL, config.ages, "false", NULL,
          "age of what nodes show: `age_mean`, `age_p99`, `age_max`", .flags = KEY_YOUNG),
    PLAIN("record.lag", BOOL, config.lags, "false", NULL,
          "how far what nodes hold is behind: `lag_max`, `lag_mean`, `stale_keys`, in samples too",
          .flags = KEY_YOUNG),
    PLAIN("record.figures", BOOL, config.figures, "false", NULL,
          "samples of what models say of how they stand, as `MODEL.FIGURE`",
          .needs = { &scenario_needs_gauges }, .flags = KEY_YOUNG),
    OWN("record.overlay", kind_record_overlay, config.overlay_every, NULL,
        "the graph of views, from 0 s on and at the end: degrees, clustering, paths, components",
        .needs = { &scenario_needs_views }, .flags = KEY_YOUNG),
    OWN("expect", kind_expect, expect, NULL, "what must hold at the end of `run`, at every point",
        .flags = KEY_UNSWEPT | KEY_OUTSIDE),
    { .kind = &kind_sweep,
      .param.name = "sweep",
      .param.help = "many points in one study",
      .flags = KEY_UNSWEPT },
    { .kind = NULL },
};
G_STATIC_ASSERT(G_N_ELEMENTS(scenario_keys) <= SCENARIO_KEYS_MAX);

/* ---- what is asked of them ---- */

const struct key *scenario_find_key(const char *path)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (strcmp(key->param.name, path) == 0)
            return key;
    return NULL;
}

bool scenario_was_given(const struct scenario *scenario, const struct key *key)
{
    return scenario->given[key - scenario_keys];
}

const struct key_need *scenario_unmet_need(const struct scenario *scenario, const struct key *key)
{
    for (const struct key_need *const *need = key->needs; *need != NULL; need++)
        if (!(*need)->is_met(scenario) &&
            !((*need)->but_default && scenario_has_default(scenario, key)))
            return *need;
    return NULL;
}

bool scenario_key_has_effect(const struct scenario *scenario, const struct key *key)
{
    const struct key_need *need = scenario_unmet_need(scenario, key);
    const void *field = (const char *)scenario + key->param.offset;

    if (key->kind != NULL && key->kind->is_none != NULL && key->kind->is_none(field))
        return false;
    return need == NULL || need->but_default;
}

void scenario_write_key(GString *out, const struct scenario *scenario, const struct key *key,
                        bool for_hash)
{
    char text[QUANTITY_TEXT_MAX];

    if (key->kind != NULL) {
        key->kind->write(out, (const char *)scenario + key->param.offset, for_hash);
        return;
    }
    param_get(&key->param, scenario, text);
    g_string_append(out, text);
}

bool scenario_has_default(const struct scenario *scenario, const struct key *key)
{
    GString *text = g_string_new(NULL);
    bool is_default;

    scenario_write_key(text, scenario, key, false);
    is_default = g_strcmp0(text->str, key->param.fallback) == 0;
    g_string_free(text, TRUE);
    return is_default;
}

bool scenario_may_be_swept(const char *path, const char **key_path)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        const size_t length = strlen(key->param.name);
        const bool is_whole = strcmp(path, key->param.name) == 0;
        const bool is_inside = strncmp(path, key->param.name, length) == 0 && path[length] == '.';

        *key_path = key->param.name;
        if (((key->flags & KEY_UNSWEPT) && (is_whole || is_inside)) ||
            ((key->flags & KEY_UNSWEPT_WHOLE) && is_whole))
            return false;
    }
    return true;
}
