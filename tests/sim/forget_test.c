/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a deletion's record, against a recount of all nodes by the simplest rule there
 * is.  Of each key a node has at most one newest update, `top`, and one dormant deletion, `asleep`:
 *
 *   - forgetting a deletion that is the top leaves nothing, making it dormant leaves `asleep`;
 *     neither touches a deletion that is not the top;
 *   - what comes is learned if it is newer than the top and no older than what is asleep, which it
 *     then replaces; an older one is reported and awakens it;
 *   - a node counts as knowing what is not newer than either, and where its top is no value also
 *     what some node has let go of: on these counts stand deficits, staleness and residue;
 *   - a deletion that is the newest of its key is undone when a node that counts as knowing it
 *     takes up an old value, until the last node that lacks it counts as knowing it again.
 *
 * What is awakened is told to the stack again.  A model lets go of deletions and awakens them at
 * random, among writes, churn and wiped nodes.
 */
#include "sim/world/run.h"
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 14, KEYS = 5, UPDATES_MAX = 64, NOTHING = -1 };

/* What a run must have seen. */
enum { FORGOTTEN, SLEPT, AWAKENED, REPORTED, RETURNED, HEALED, HAPPENINGS };

struct holding {
    int top, asleep; /* update numbers, or NOTHING */
};

struct world {
    struct holding of[NODES][KEYS];
    int lapsed[KEYS]; /* the newest deletion of the key that somebody let go of */
    struct run *run;
    bool meant[NODES][KEYS]; /* who should hold which key */
    bool up[NODES], undone[UPDATES_MAX];
    int checks, told_again, happened[HAPPENINGS];
};

struct config {
    int64_t interval;
    struct world *world;
};

static struct world *world_of(struct node *n)
{
    return ((const struct config *)node_config(n))->world;
}

static int greater(int a, int b)
{
    return a > b ? a : b;
}

/* Notes which nodes should hold which keys. */
static void note_meant(struct run *run, struct world *w)
{
    for (node_id i = 0; i < NODES && !w->run; i++)
        for (uint32_t key = 0; key < KEYS; key++)
            w->meant[i][key] =
                placement_is_everywhere(&run->placement) ||
                placement_place(&run->placement, placement_shard(&run->placement, key), i) >= 0;
    w->run = run;
}

static bool shows_value(const struct world *w, const struct holding *h)
{
    return h->top != NOTHING && !w->run->census.tracks[h->top].is_delete;
}

static bool counts_as_knowing(const struct world *w, node_id node, int u)
{
    const struct holding *h = &w->of[node][u % KEYS];

    return greater(h->top, h->asleep) >= u || (!shows_value(w, h) && w->lapsed[u % KEYS] >= u);
}

static uint32_t lacking(const struct world *w, update_id u)
{
    uint32_t count = 0;

    for (node_id i = 0; i < NODES; i++)
        count += w->up[i] && w->meant[i][u % KEYS] && !counts_as_knowing(w, i, (int)u);
    return count;
}

static bool has_holder(const struct world *w, update_id u)
{
    for (node_id i = 0; i < NODES; i++)
        if (w->up[i] && w->meant[i][u % KEYS])
            return true;
    return false;
}

/* The census says what a recount says. */
static void recount(struct node *n)
{
    struct run *run = run_of(n);
    struct world *w = world_of(n);
    uint64_t deficits = 0, stale = 0;
    uint32_t complete = 0, undone = 0;

    for (update_id u = 0; u < run->census.injected; u++) {
        const uint32_t count = lacking(w, u);

        assert_int_equal(run->census.tracks[u].deficit, count);
        deficits += count;
        stale += u + KEYS >= run->census.injected ? count : 0;
        complete += count == 0 && has_holder(w, u);
        undone += w->undone[u];
    }
    assert_int_equal(run->census.deficits, deficits);
    assert_int_equal(run->census.stale, stale);
    assert_int_equal(run->census.agreed, complete);
    assert_int_equal(run->census.resurrected, undone);
    w->checks++;
}

/* The node knows its tops and what these supersede, and its models' set holds no more. */
static void check_known(struct node *n)
{
    struct run *run = run_of(n);
    struct world *w = world_of(n);
    const struct set *known = node_known(n);
    struct set *more = set_minus(node_sets(n)[0], known);

    for (update_id u = 0; u < run->census.injected; u++)
        assert_int_equal(set_has(known, u), w->of[node_self(n)][u % KEYS].top >= (int)u);
    assert_true(set_is_empty(more));
    set_free(more);
}

/* ---- letting go ---- */

static struct set *single(struct node *n, update_id u)
{
    return set_single(&run_of(n)->pool, u);
}

static void let_go(struct node *n, update_id u, bool to_sleep)
{
    struct world *w = world_of(n);
    struct holding *h = &w->of[node_self(n)][u % KEYS];
    struct set *one = single(n, u);

    if (h->top == (int)u || (h->asleep == (int)u && !to_sleep)) {
        w->lapsed[u % KEYS] = greater(w->lapsed[u % KEYS], (int)u);
        w->happened[FORGOTTEN] += !to_sleep;
        w->happened[SLEPT] += to_sleep;
        *h = (struct holding){ NOTHING, to_sleep ? (int)u : NOTHING };
    }
    if (to_sleep)
        node_make_dormant(n, one);
    else
        node_forget(n, one);
    set_free(one);
}

static void wake(struct node *n, update_id u)
{
    struct world *w = world_of(n);
    struct holding *h = &w->of[node_self(n)][u % KEYS];
    struct set *one = single(n, u);

    if (h->asleep == (int)u) {
        *h = (struct holding){ (int)u, NOTHING };
        w->happened[AWAKENED]++;
    }
    node_awaken(n, one);
    if (h->top == (int)u)
        assert_true(node_activated(n, u) >= run_of(n)->census.tracks[u].injected);
    set_free(one);
}

static void act(struct node *n, int tag, uint32_t value)
{
    struct run *run = run_of(n);
    const uint32_t written = run->census.injected;
    node_id peer;

    (void)tag;
    (void)value;
    check_known(n);
    if (node_pick_peer(n, &peer))
        node_send(n, peer, 0, set_copy(node_known(n)));
    if (written > 0) {
        const update_id u = (update_id)node_random(n, written);
        const uint64_t what = node_random(n, 4);

        if (run->census.tracks[u].is_delete && what < 2)
            let_go(n, u, what == 0);
        else if (run->census.tracks[u].is_delete && what == 2)
            wake(n, u);
    }
    recount(n);
    check_known(n);
}

/* ---- learning ---- */

/* By the rule: what the node holds of a key after `u`, the newest of that key in a message. */
static void take(struct world *w, node_id node, int u)
{
    struct holding *h = &w->of[node][u % KEYS];
    const int last = ((int)w->run->census.injected - 1 - u) / KEYS * KEYS + u; /* of the key */
    const bool knew_last = counts_as_knowing(w, node, last);

    if (h->asleep > u) { /* on_obsolete() of this model awakens it always */
        *h = (struct holding){ h->asleep, NOTHING };
        w->happened[AWAKENED]++;
        return;
    }
    if (u <= h->top)
        return;
    *h = (struct holding){ u, NOTHING };
    if (knew_last && !counts_as_knowing(w, node, last)) {
        w->happened[RETURNED] += !w->undone[last];
        w->undone[last] = true;
    }
    if (!knew_last && w->undone[last] && lacking(w, (update_id)last) == 0) {
        w->happened[HEALED]++;
        w->undone[last] = false;
    }
}

static void receive(struct node *n, const struct message *m)
{
    struct world *w = world_of(n);
    int newest[KEYS];

    memset(newest, 0xff, sizeof newest); /* NOTHING */
    for (update_id u = 0; set_next(m->set, &u); u++)
        if (w->meant[node_self(n)][u % KEYS])
            newest[u % KEYS] = (int)u;
    for (int key = 0; key < KEYS; key++)
        if (newest[key] != NOTHING)
            take(w, node_self(n), newest[key]);
    node_learn(n, m);
    recount(n);
    check_known(n);
}

/* Lets go of a deletion at once now and then, before it notes it: the engine must see to that. */
static void learn(struct node *n, const struct set *news, enum learned how)
{
    struct run *run = run_of(n);
    struct world *w = world_of(n);

    if (how == LEARNED_AGAIN)
        w->told_again += (int)set_count(news);
    for (update_id u = 0; set_next(news, &u); u++) {
        if (how == LEARNED_LOCAL)
            take(w, node_self(n), (int)u);
        if (how == LEARNED_LOCAL && run->census.tracks[u].is_delete && u % 3 == 0)
            let_go(n, u, u % 2);
    }
    set_add(&node_sets(n)[0], news);
}

static void meet(struct node *n, const struct set *deletions)
{
    struct world *w = world_of(n);

    w->happened[REPORTED] += (int)set_count(deletions);
    node_awaken(n, deletions);
    for (update_id u = 0; set_next(deletions, &u); u++)
        assert_true(node_activated(n, u) == node_now(n));
}

/* ---- coming and going ---- */

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    note_meant(run_of(n), c->world);
    c->world->up[node_self(n)] = true;
    node_every(n, c->interval, PHASE_RANDOM, 0);
    check_known(n);
}

static void go_down(struct node *n, bool graceful, bool loses)
{
    struct world *w = world_of(n);

    (void)graceful;
    w->up[node_self(n)] = false;
    for (int key = 0; key < KEYS && loses; key++)
        w->of[node_self(n)][key] = (struct holding){ NOTHING, NOTHING };
}

static int sets(const void *config)
{
    (void)config;
    return 1;
}

static const struct message_kind messages[] = { { .name = "all", .carries = CARRIES_PAYLOAD },
                                                { .name = NULL } };
static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "200ms", "1us..365d", "between acts"),
    PARAM_END,
};
static const struct model forgetful = {
    .name = "forgetful",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .sets = sets,
    .on_start = start,
    .on_timer = act,
    .on_message = receive,
    .on_learn = learn,
    .on_obsolete = meet,
    .on_down = go_down,
};

static struct distribution *exponential(double mean_seconds)
{
    return distribution_new(&(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL,
                                                         .a = mean_seconds * SIM_SECOND });
}

static void live(int64_t updates, bool has_shards, enum sim_rejoin rejoin, uint32_t replication,
                 int *total)
{
    struct distribution *session = exponential(8), *downtime = exponential(4);
    struct world world = { 0 };
    struct setup setup;
    struct sim_config *c = &setup.config;
    struct sim_result result;

    memset(world.of, 0xff, sizeof world.of); /* NOTHING */
    memset(world.lapsed, 0xff, sizeof world.lapsed);
    setup_init(&setup, NODES);
    assert_true(setup_add_model(&setup, &forgetful, ""));
    ((struct config *)setup.configs[0])->world = &world;
    c->replication = replication;
    c->churn.session = session;
    c->churn.downtime = downtime;
    c->churn.rejoin = rejoin;
    c->workload.updates = updates;
    c->workload.keys = KEYS;
    c->workload.deletes = 0.5;
    c->workload.arrival = ARRIVAL_POISSON;
    c->workload.rate = 2;
    c->store.shards = has_shards ? 3 : 0;
    c->store.replicas = has_shards ? 6 : 0;
    c->stop.when = STOP_NEVER;
    c->stop.at = 60 * SIM_SECOND;
    sim_run(c, &result);
    assert_int_equal(result.status, SIM_DONE);
    assert_true(world.checks > 1000);
    assert_int_equal(world.told_again, world.happened[AWAKENED]);
    for (int i = 0; i < HAPPENINGS; i++)
        total[i] += world.happened[i];
    sim_result_clear(&result);
    setup_clear(&setup);
    distribution_free(session);
    distribution_free(downtime);
}

static void the_census_agrees_with_a_recount(void **state)
{
    (void)state;
    for (int way = 0; way < 8; way++) {
        int total[HAPPENINGS] = { 0 };

        for (uint32_t replication = 0; replication < 5; replication++)
            live(way & 1 ? 60 : 30, way & 2, way & 4 ? REJOIN_LOSE : REJOIN_KEEP, replication,
                 total);
        for (int i = 0; i < HAPPENINGS; i++)
            if (total[i] == 0)
                fail_msg("way %d: happening %d never came", way, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_census_agrees_with_a_recount),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
