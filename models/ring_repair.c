/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ring_repair.c - the holders of a shard make it equal in one loop round their ring; defined in
 * docs/models.md.
 *
 * Every `interval` all nodes count one check further.  Which holder starts check c of a shard is a
 * hash of (seed, shard, c) that every holder computes alike: random, without a coordinator, one
 * loop a shard and check.
 *
 *   the check         start --CHECK checksum--> each other holder; silence if it is equal
 *   missing shard     holder without any of it --REQUEST--> start     holder <--SHARD all of it---
 *                     if the start itself lacks it, it asks the first holder that answers DIFFERS,
 *                     and checks again when it has its copy
 *   inconsistent      start <--DIFFERS-- holder; the first one sets off the loop
 *   the loop          each node hands what it has and the next lacks to the next, and the turn with
 *                     it, even if that is nothing:
 *     compare: full        node --SEND all-----> next <...                        ACK
 *     compare: checksum    node --OFFER hash---> next, if it differs: WANT, SEND all;  ACK
 *     compare: digest      node --ASK----------> next: DIGEST of all it has, SEND;     ACK
 *
 *   n = 3:   A -> B   B -> C   C -> A | A -> B       and after the lap everything is with C and A
 *
 * Among n holders one lap of n sends gives the start all that any of them has (its predecessor too,
 * one send earlier), and n - 2 further sends bring it to the rest: 2n - 2 sends make all equal.  A
 * fault-free check thus ends within 6n latencies, 2n + 4 with `compare: full`, and never later:
 * whatever is inconsistent is equal after interval + 6n latencies.  A consistent shard costs n - 1
 * checksums.
 *
 * How far the loop is rides in the message: check, lap and holder say which of the 2n - 2 sends it
 * is.  A holder keeps one record a shard, of the newest turn it had: it takes no turn twice and
 * none that is older, so copies of a turn die out, and a loop still under way when the next check
 * sets off another ends where they meet.  (An `interval` shorter than a loop therefore leaves
 * equality to chance.)  What is written behind the loop's back, the next check finds.
 *
 * If a turn is not acknowledged within `timeout`, the next node is down or a message was lost:
 *   on_failure: skip     it goes to the same node once more, then to the node after, so that the
 *                        loop makes all others equal now and ends after 4n - 4 timeouts at the
 *                        latest, however long a node stays away
 *               wait     it goes to the same node again, until the next check begins: nobody who
 *                        comes back in time is left out, but all behind it wait
 *               restart  the start begins the loop anew, three times at most
 * `skip` is the default because one dead holder must not delay the others, and because it alone
 * keeps a bound on the time of a loop.  The next check finds and completes whatever a loop left
 * undone, even if the holder of the turn crashed.  If the start is down, that check does not take
 * place; the next has another start.
 *
 * limit: a SEND brings at most so many entries, or bytes of them; what is left follows in others,
 * each when the next node has asked for it (ring_repair_batch.c), and only then the turn is taken.
 * So a loop still makes all equal; it takes two latencies more for each further message, and its
 * bound grows by as much.  No shard is copied whole then: one that is missing is repaired like any
 * other.
 *
 * transport: connection   a turn has failed as soon as its connection is refused or has given up,
 * and else after `timeout` as always; with `wait` after `timeout` alone.
 *
 * Under `timing: rounds` a send takes a round.
 *
 * Cost: n - 1 messages a consistent shard and check; an inconsistent one 2n - 2 times 2 messages
 * (full), 2 or 4 (checksum), 4 (digest).  16 bytes a shard of a holder that has been in a loop.
 * Source: the repair of an InfluxDB cluster of three nodes and three replicas; its check and its
 * copying of missing shards are those of InfluxDB Enterprise's anti-entropy service.  Message by
 * message: Scylla's row-level repair, which goes on with the next buffer of rows when one is done.
 * Known value: 2n - 2 sends, from every start and any gaps (tests/models/ring_repair_test.c).
 */
#include "models/ring_repair.h"
#include "models/rule.h"
#include "models/transport.h"

#include <stdio.h>

static const char *const comparisons[] = {
    [FULL] = "full", [BY_CHECKSUM] = "checksum", [BY_DIGEST] = "digest", NULL
};

static const char *const failures[] = {
    [SKIP] = "skip", [WAIT] = "wait", [RESTART] = "restart", NULL
};

enum { NONE, INFLUXDB };
static const char *const preset_names[] = { [NONE] = "none", [INFLUXDB] = "influxdb", NULL };
static const struct param_preset presets[] = {
    [NONE] = { "of no system", "" },
    [INFLUXDB] = { "influxdata/docs-v2 at 79332006, config-data-nodes.md: [anti-entropy] of "
                   "InfluxDB Enterprise v1",
                   "interval: 5min, transport: connection" },
};

/* The rows' places, for check(). */
enum {
    ROW_PRESET,
    ROW_ENABLED,
    ROW_INTERVAL,
    ROW_COMPARE,
    ROW_TIMEOUT,
    ROW_ON_FAILURE,
    ROW_TRANSPORT,
    ROW_LIMIT,
    ROW_FIRST,
    ROWS
};

static const struct param params[] = {
    [ROW_PRESET] =
        PARAM_CHOICE(struct config, preset, "none", preset_names,
                     "the values that a system ships with", .presets = presets, .is_young = true),
    [ROW_ENABLED] = PARAM_BOOL(struct config, enabled, "true", "false: no check ever takes place"),
    [ROW_INTERVAL] =
        PARAM_INTERVAL(struct config, interval, "10s", "1ms..365d",
                       "between the consistency checks of a shard; longer than a loop takes"),
    [ROW_COMPARE] = PARAM_CHOICE(
        struct config, compare, "digest", comparisons,
        "what shows a node what the next one lacks: nothing, a checksum, or identities"),
    [ROW_TIMEOUT] =
        PARAM_TIME(struct config, timeout, "1s", "1us..365d",
                   "a turn without an acknowledgement for so long has failed; below the interval"),
    [ROW_ON_FAILURE] =
        PARAM_CHOICE(struct config, on_failure, "skip", failures,
                     "then it goes there once more and on to the node after, again and again to "
                     "the same node, or the loop begins anew"),
    [ROW_TRANSPORT] = PARAM_CHOICE(struct config, transport, "datagram", transport_names,
                                   TRANSPORT_HELP, .is_young = true),
    [ROW_LIMIT] = LIMIT_ROW(struct config, limit,
                            "entries, or bytes of them, that a message brings; the rest follows in "
                            "others before the turn goes on; 0: no limit"),
    [ROW_FIRST] = FIRST_ROW(struct config, first, first_names),
    [ROWS] = PARAM_END,
};

static const struct message_kind messages[] = {
    [CHECK] = { .name = "check", .carries = CARRIES_CHECKSUM },
    [DIFFERS] = { .name = "differs", .carries = CARRIES_CONTROL },
    [REQUEST] = { .name = "request", .carries = CARRIES_CONTROL },
    [SHARD] = { .name = "shard", .carries = CARRIES_PAYLOAD },
    [ASK] = { .name = "ask", .carries = CARRIES_CONTROL },
    [DIGEST] = { .name = "digest", .carries = CARRIES_IDENTITIES },
    [OFFER] = { .name = "offer", .carries = CARRIES_CHECKSUM },
    [WANT] = { .name = "want", .carries = CARRIES_CONTROL },
    [SEND] = { .name = "send", .carries = CARRIES_PAYLOAD },
    [ACK] = { .name = "ack", .carries = CARRIES_CONTROL },
    [FAILED] = { .name = "failed", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [SENDS] = { "sends", "turns handed to a next holder, with data or without", FIGURE_COUNT,
                UNIT_COUNT },
    [SHARDS_COPIED] = { "shards_copied", "missing shards that were copied whole", FIGURE_COUNT,
                        UNIT_COUNT },
    [PASSES] = { "passes", "loops that went all the way", FIGURE_COUNT, UNIT_COUNT },
    { .name = NULL },
};

/* Sends about turn `turn` of check `check`.  Takes `set`. */
void ring_tell(struct node *n, node_id to, int kind, struct set *set, uint32_t shard, uint32_t turn,
               uint32_t check)
{
    node_send_pack(n, to, kind, set,
                   &(struct pack){ .value = shard << SHARD_SHIFT | turn, .stamp = check });
}

void ring_answer(struct node *n, const struct message *m, int kind, struct set *set)
{
    ring_tell(n, m->from, kind, set, shard_of(m), turn_of(m), m->stamp);
}

/* What this node has of a shard; a new set. */
struct set *ring_part(struct node *n, uint32_t shard)
{
    struct set *all = node_shard_updates(n, shard);
    struct set *part = set_common(node_known(n), all);

    set_free(all);
    return part;
}

/* The record of a shard, made at first use. */
struct loop *ring_loop(struct node *n, uint32_t shard)
{
    const uint32_t index = node_shard_index(n, shard);
    struct loop *last = NULL;

    for (uint32_t i = node_record_count(n); i <= index; i++)
        last = node_record_add(n);
    return index < node_record_count(n) ? (struct loop *)node_records(n) + index : last;
}

uint32_t ring_check_number(const struct node *n)
{
    const struct config *c = node_config(n);

    return (uint32_t)(node_now(n) / c->interval);
}

/* The place of the holder that starts a check. */
uint32_t ring_start(const struct node *n, uint32_t shard, uint32_t check)
{
    return (uint32_t)node_shared_random(n, shard, check, node_replica_count(n));
}

/* How many sends came before this node's turn: 0 .. 2n-2. */
static uint32_t sends_before(const struct node *n, uint32_t shard, uint32_t check, uint32_t turn)
{
    const uint32_t count = node_replica_count(n);
    const uint32_t steps = (node_place(n, shard) + count - ring_start(n, shard, check)) % count;

    return steps + ((turn - FIRST_TURN) % 2 ? count : 0);
}

node_id ring_holder(const struct node *n, uint32_t shard, uint32_t ahead)
{
    return node_holder(n, shard, (node_place(n, shard) + ahead) % node_replica_count(n));
}

/* ---- the loop ---- */

static void hand_on(struct node *n, uint32_t shard, struct loop *loop, uint32_t ahead)
{
    const struct config *c = node_config(n);
    const uint32_t count = node_replica_count(n);
    const uint32_t sends = sends_before(n, shard, loop->check, loop->turn) + ahead;
    const node_id next = ring_holder(n, shard, ahead);

    loop->attempt++;
    loop->ahead = 0;
    if (ahead == count || sends > 2 * count - 2)
        return; /* nobody is left to skip to */
    loop->ahead = ahead;
    loop->handed = (uint8_t)(loop->turn - (loop->turn - FIRST_TURN) % 2 + (sends >= count));
    node_count(n, SENDS, 1);
    if (c->compare == FULL)
        batch_send(n, next, shard, loop, ring_part(n, shard));
    else
        ring_tell(n, next, c->compare == BY_CHECKSUM ? OFFER : ASK,
                  c->compare == BY_DIGEST ? set_new() : ring_part(n, shard), shard, loop->handed,
                  loop->check);
    node_after(n, c->timeout, TURN_TIMEOUT, timer_value(shard, loop));
}

/* Whether `m` comes from the holder of the turn that this node handed on last (if it was taken
 * already, that is nobody: the node itself). */
static bool is_answer(struct node *n, const struct loop *loop, const struct message *m)
{
    return loop->check == m->stamp && loop->handed == turn_of(m) &&
           ring_holder(n, shard_of(m), loop->ahead) == m->from;
}

static bool is_new_turn(const struct loop *loop, const struct message *m)
{
    return m->stamp > loop->check || (m->stamp == loop->check && turn_of(m) > loop->turn);
}

/* A turn came: it is acknowledged, and taken if it is new. */
static void take_turn(struct node *n, const struct message *m)
{
    const uint32_t shard = shard_of(m), turn = turn_of(m);
    struct loop *loop = ring_loop(n, shard);

    ring_answer(n, m, ACK, set_new());
    if (!is_new_turn(loop, m))
        return;
    *loop = (struct loop){ .check = m->stamp,
                           .attempt = (uint16_t)(loop->attempt + 1),
                           .turn = (uint8_t)turn };
    if (sends_before(n, shard, m->stamp, turn) == 2 * node_replica_count(n) - 2)
        node_count(n, PASSES, 1);
    else /* once what came with it has been learned */
        node_after(n, 0, TAKE_TURN, timer_value(shard, loop));
}

/* A holder's shard differs from that of this node, the start. */
static void begin(struct node *n, const struct message *m)
{
    const uint32_t shard = shard_of(m);
    const bool again = turn_of(m);
    struct loop *loop = ring_loop(n, shard);
    struct set *part;

    if (again ? loop->check != m->stamp || loop->turn > 0 : loop->check >= m->stamp)
        return; /* it has begun */
    part = ring_part(n, shard);
    *loop = (struct loop){ .check = m->stamp, .attempt = (uint16_t)(loop->attempt + 1) };
    if (set_is_empty(part) && copies_shards(n))
        ring_answer(n, m, REQUEST, set_new());
    else {
        loop->turn = FIRST_TURN;
        hand_on(n, shard, loop, 1);
    }
    set_free(part);
}

static void send_difference(struct node *n, const struct message *m)
{
    const uint32_t shard = shard_of(m);
    struct loop *loop = ring_loop(n, shard);
    struct set *part;

    if (!is_answer(n, loop, m))
        return;
    if (m->more_count > 0) {
        batch_go_on(n, m, loop);
        return;
    }
    part = ring_part(n, shard);
    if (m->kind == DIGEST)
        set_remove(&part, m->set);
    batch_send(n, m->from, shard, loop, part);
}

static void compare_offer(struct node *n, const struct message *m)
{
    struct set *part = ring_part(n, shard_of(m));

    if (set_is_equal(part, m->set))
        take_turn(n, m);
    else
        ring_answer(n, m, WANT, set_new());
    set_free(part);
}

/* ---- failures ---- */

/* The loop begins anew at its start, this node, unless it has since turn `failed`. */
static void restart(struct node *n, uint32_t shard, struct loop *loop, uint32_t failed)
{
    const uint32_t restarts = (failed - FIRST_TURN) / 2;

    if (restarts == RESTARTS_MAX || (loop->turn - FIRST_TURN) / 2u != restarts)
        return;
    loop->turn = (uint8_t)(FIRST_TURN + 2 * (restarts + 1));
    hand_on(n, shard, loop, 1);
}

static void restart_failed(struct node *n, const struct message *m)
{
    struct loop *loop = ring_loop(n, shard_of(m));

    if (loop->check == m->stamp && loop->turn > 0)
        restart(n, shard_of(m), loop, turn_of(m));
}

static void handle_failure(struct node *n, uint32_t shard, struct loop *loop)
{
    const struct config *c = node_config(n);
    const uint32_t ahead = loop->ahead, start = ring_start(n, shard, loop->check);
    const bool is_second = loop->is_again;

    loop->ahead = 0;
    if (c->on_failure == SKIP) {
        hand_on(n, shard, loop, ahead + is_second);
        loop->is_again = !is_second;
    } else if (c->on_failure == WAIT && loop->check == ring_check_number(n))
        hand_on(n, shard, loop, ahead);
    else if (c->on_failure == RESTART && start == node_place(n, shard))
        restart(n, shard, loop, loop->turn);
    else if (c->on_failure == RESTART)
        ring_tell(n, node_holder(n, shard, start), FAILED, set_new(), shard, loop->turn,
                  loop->check);
}

/* ---- callbacks ---- */

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    if (c->enabled && node_replica_count(n) > 1)
        node_every(n, c->interval, PHASE_TOGETHER, NEXT_CHECK);
}

static void act(struct node *n, int tag, uint32_t value)
{
    const uint32_t shard = value >> SHARD_SHIFT;
    struct loop *loop;

    if (tag == NEXT_CHECK) {
        check_start(n);
        return;
    }
    loop = ring_loop(n, shard);
    if (loop->attempt != (value & LOW_MASK))
        return; /* another loop has taken its place */
    if (tag == CHECK_AGAIN)
        check_send(n, shard, loop->check, true);
    else if (tag == TAKE_TURN)
        hand_on(n, shard, loop, 1);
    else if (loop->ahead > 0)
        handle_failure(n, shard, loop);
}

static void receive(struct node *n, const struct message *m)
{
    switch (m->kind) {
    case CHECK:
        check_compare(n, m);
        break;
    case DIFFERS:
        begin(n, m);
        break;
    case REQUEST:
        check_give(n, m);
        break;
    case SHARD:
        check_take(n, m);
        break;
    case ASK:
        ring_answer(n, m, DIGEST, ring_part(n, shard_of(m)));
        break;
    case OFFER:
        compare_offer(n, m);
        break;
    case DIGEST:
    case WANT:
        send_difference(n, m);
        break;
    case SEND:
        node_learn(n, m);
        if (m->more_count > 0 && is_new_turn(ring_loop(n, shard_of(m)), m))
            batch_ask_on(n, m);
        else
            take_turn(n, m);
        break;
    case ACK: {
        struct loop *loop = ring_loop(n, shard_of(m));

        loop->ahead = is_answer(n, loop, m) ? 0 : loop->ahead;
        break;
    }
    case FAILED:
        restart_failed(n, m);
        break;
    }
}

/* The turn, or what comes before it, could not be delivered: it has failed before its timeout.  To
 * `wait` is to wait for that. */
static void be_failed(struct node *n, node_id to, const struct message *m)
{
    const struct config *c = node_config(n);
    const bool hands_on = m->kind == ASK || m->kind == OFFER || m->kind == SEND;
    struct loop *loop;

    if (!hands_on || c->on_failure == WAIT)
        return;
    loop = ring_loop(n, shard_of(m));
    if (loop->ahead > 0 && loop->check == m->stamp && loop->handed == turn_of(m) &&
        ring_holder(n, shard_of(m), loop->ahead) == to)
        handle_failure(n, shard_of(m), loop);
}

/* Whether all goes over connections. */
static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rule = { ROW_FIRST, c->limit != 0, "`limit`" };

    if (c->timeout < c->interval)
        return rules_are_kept(&rule, 1, params, given, why);
    snprintf(why, PARAM_WHY_MAX, "timeout must be shorter than interval");
    return false;
}

const struct model model_ring_repair = {
    .name = "ring-repair",
    .summary = "the holders of a shard make it equal in one loop round their ring",
    .source = "the shard repair of a self-developed InfluxDB cluster",
    .params = params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .record_size = sizeof(struct loop),
    .connects = connects,
    .check = check,
    .on_start = start,
    .on_timer = act,
    .on_message = receive,
    .on_failed = be_failed,
};
