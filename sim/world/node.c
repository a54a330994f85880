/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node.c - a node itself: its timers, what it knows, its records and figures; see node.h. */
#include "sim/world/knowledge.h"
#include "sim/world/network.h"
#include "sim/world/observation.h"
#include "sim/world/recording.h"
#include "sim/world/run.h"
#include "sim/world/writes.h"

#include <assert.h>
#include <math.h>

/* ---- itself ---- */

const void *node_config(const struct node *n)
{
    return n->layer->config;
}

bool node_is_plain(const struct node *n)
{
    return n->layer->is_plain;
}

node_id node_self(const struct node *n)
{
    return n->id;
}

sim_time node_now(const struct node *n)
{
    return run_credit(run_of_const(n), n->now);
}

void *node_state(struct node *n)
{
    const struct layer *layer = n->layer;

    return layer->states + (size_t)n->id * layer->model->state_size;
}

struct set **node_sets(struct node *n)
{
    const struct layer *layer = n->layer;

    return layer->sets + (size_t)n->id * (size_t)layer->set_count;
}

uint64_t node_random(struct node *n, uint64_t limit)
{
    struct run *run = run_of(n);

    return draw_below(draw(run->keys[PURPOSE_MODEL], n->id, n->me->drawn++), limit);
}

uint64_t node_shared_random(const struct node *n, uint32_t about, uint32_t number, uint64_t limit)
{
    return draw_below(draw(run_of_const(n)->keys[PURPOSE_SHARED], about, number), limit);
}

/* ---- timers ---- */

void node_every(struct node *n, sim_time interval, enum phase phase, int tag)
{
    struct run *run = run_of(n);
    struct lane *lane = lanes_find(&run->lanes, (int)n->layer->index, tag);

    assert(tag >= 0 && tag < MODEL_TAGS_MAX && interval > 0);
    if (!lane) {
        lane = lanes_add(&run->lanes, (int)n->layer->index, tag, interval, phase);
    }
    if (lane)
        lane_arm(&run->lanes, lane, n->id, n->now);
}

RARE void node_sleep(struct node *n, int tag)
{
    struct run *run = run_of(n);

    lane_disarm(&run->lanes, lanes_find(&run->lanes, (int)n->layer->index, tag), n->id);
}

RARE void node_wake(struct node *n, int tag)
{
    struct run *run = run_of(n);

    lane_arm(&run->lanes, lanes_find(&run->lanes, (int)n->layer->index, tag), n->id, n->now);
}

bool node_has_rounds(const struct node *n)
{
    return run_of_const(n)->round > 0;
}

void node_take_turn(struct node *n, bool is_redrawn, int tag)
{
    struct run *run = run_of(n);
    const sim_time round = run_credit(run, n->now);
    const sim_time turn =
        run->round / 2 / run->nodes; /* spread: the queue takes them as they come */
    struct numbering order;

    assert(turn >= SIM_TURN && tag >= 0 && tag < MODEL_TAGS_MAX);
    numbering_init(&order, run->nodes, run->keys[PURPOSE_TURN]);
    if (is_redrawn)
        order.tweak = draw(run->keys[PURPOSE_TURN], (uint32_t)(round / run->round), UINT32_MAX);
    event_queue_put(&run->queue, n->now + 1 + numbering_outside(&order, n->id) * turn,
                    (struct event){ .when = (uint32_t)EVENT_TIMER << 8 | network_tag(n, tag),
                                    .to = n->id,
                                    .from = run_life(run, n->id) },
                    1);
}

void node_after(struct node *n, sim_time delay, int tag, uint32_t value)
{
    struct run *run = run_of(n);

    assert(tag >= 0 && tag < MODEL_TAGS_MAX && delay >= 0);
    event_queue_put(&run->queue, run_after(run, delay),
                    (struct event){ .when = (uint32_t)EVENT_TIMER << 8 | network_tag(n, tag),
                                    .to = n->id,
                                    .from = run->lives ? run->lives[n->id] : 0,
                                    .load = value },
                    1);
}

/* ---- knowledge ---- */

const struct set *node_known(const struct node *n)
{
    return set_of_handle(&run_of_const(n)->pool, n->me->known);
}

static RARE bool learn_with_care(struct run *run, const struct message *m)
{
    assert(run->carries[network_tag(&run->node, m->kind)] & CARRIES_PAYLOAD);
    return run->round ? knowledge_defer(run, m->from, m->set)
                      : knowledge_learn(run, m->from, m->set);
}

bool node_learn(struct node *n, const struct message *m)
{
    struct run *run = run_of(n);
    const uint64_t known = n->me->known, told = (uintptr_t)m->set;

    /* Speed only: nothing new, which one look at both sets tells. */
    if (LIKELY(run->learns_plainly && (told & known & 1) && (told & ~known) == 0)) {
        run->census.duplicates += run->weighs ? set_count(m->set) : !set_is_empty(m->set);
        return false;
    }
    return learn_with_care(run, m);
}

bool node_learned_from(const struct node *n, node_id *from)
{
    *from = run_of_const(n)->via_node;
    return *from != NODE_NONE;
}

void node_relay(struct node *n, const struct set *news)
{
    knowledge_relay(run_of(n), news);
}

struct set *node_written_since(const struct node *n, const struct set *a, sim_time since)
{
    const struct run *run = run_of_const(n);
    const struct track *tracks = run->census.tracks;
    uint32_t low = 0, high = run->census.begun; /* updates are numbered as they are written */
    struct set *older, *result;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (tracks[middle].injected < since)
            low = middle + 1;
        else
            high = middle;
    }
    older = set_below(a, low);
    result = set_minus(a, older);
    set_free(older);
    return result;
}

/* Numbers the updates that have been written since it was last done. */
static void number_updates(struct run *run)
{
    const struct census *census = &run->census;

    if (!run->numbers) {
        run->written = memory_get(&run->memory, run->nodes, sizeof *run->written);
        run->numbers = memory_get(&run->memory, census->updates, sizeof *run->numbers);
    }
    for (; run->numbered < census->begun && run->written && run->numbers; run->numbered++) {
        const node_id origin = census->tracks[run->numbered].origin;

        if (origin != NODE_NONE)
            run->numbers[run->numbered] = run->written[origin]++;
    }
}

uint32_t node_mtu(const struct node *n)
{
    const int64_t mtu = run_of_const(n)->config->network.mtu;

    return mtu > 0 ? (uint32_t)mtu : SIM_MTU;
}

uint32_t node_update_bytes(const struct node *n, update_id update)
{
    const struct run *run = run_of_const(n);

    assert(update < run->census.begun);
    return run->census.tracks[update].is_delete ? IDENTITY_BYTES : run_size_of(run, update);
}

uint64_t node_set_bytes(const struct node *n, const struct set *a)
{
    uint64_t bytes = 0;

    for (update_id i = 0; set_next(a, &i); i++)
        bytes += node_update_bytes(n, i);
    return bytes;
}

struct update_info node_update_info(const struct node *n, update_id update)
{
    struct run *run = run_of((struct node *)(uintptr_t)n); /* for the numbers */
    const struct track *track = &run->census.tracks[update];

    assert(update < run->census.begun);
    number_updates(run);
    return (struct update_info){
        .origin = track->origin,
        .number = update < run->numbered ? run->numbers[update] : 0, /* memory is short */
        .key = track->key,
        .bytes = node_update_bytes(n, update),
    };
}

/* Where a key lies among the hashes of keys, 0 .. 2^32-1. */
static uint32_t key_hash(const struct run *run, update_id update)
{
    return (uint32_t)(draw(run->keys[PURPOSE_STORE], UINT32_MAX, writes_key(run, update)) >> 32);
}

/* How many updates, in the order of their keys' hashes, come before `hash`. */
static uint32_t count_before(const struct run *run, uint64_t hash)
{
    uint32_t low = 0, high = run->hashed;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (key_hash(run, run->by_hash[middle]) < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds so many updates as there are, or as are known, to those that are in order. */
static void sort_by_hash(struct run *run, uint32_t updates)
{
    const uint32_t sorted = run->hashed;

    if (!run->by_hash)
        run->by_hash = memory_get(&run->memory, run->census.updates + 1, sizeof *run->by_hash);
    if (!run->by_hash)
        return;
    for (uint32_t i = sorted; i < updates; i++)
        run->by_hash[i] = i;
    run->hashed = updates;
    for (uint32_t gap = sorted > 0 ? 1 : updates / 2; gap > 0; gap /= 2) /* Shell's sort */
        for (uint32_t i = gap > sorted ? gap : sorted; i < updates; i++) {
            update_id update = run->by_hash[i];
            uint32_t hash = key_hash(run, update), k = i;

            for (; k >= gap && key_hash(run, run->by_hash[k - gap]) > hash; k -= gap)
                run->by_hash[k] = run->by_hash[k - gap];
            run->by_hash[k] = update;
        }
}

/* The order of keys' hashes, made when first asked for; where writes are held back, nobody knows
 * that of an update before it is written.  False if memory is short. */
static bool has_order(const struct node *n)
{
    struct run *run = run_of((struct node *)(uintptr_t)n);
    const uint32_t known = run->writes.clients ? run->census.begun : run->census.updates;

    if (run->hashed < known || !run->by_hash)
        sort_by_hash(run, known);
    return run->by_hash != NULL;
}

static void put_range(const struct run *run, uint32_t index, uint32_t ranges, struct set **range)
{
    const uint32_t end = count_before(run, ((uint64_t)(index + 1) << 32) / ranges);

    for (uint32_t i = count_before(run, ((uint64_t)index << 32) / ranges); i < end; i++)
        set_put(run->placement.pool, range, run->by_hash[i]);
}

struct set *node_key_range(const struct node *n, uint32_t index, uint32_t ranges)
{
    const struct run *run = run_of_const(n);
    struct set *range = SET_EMPTY;

    assert(ranges > 0 && index < ranges);
    if (ranges == 1) /* speed only */
        return set_first(run->placement.pool, run->census.updates);
    if (has_order(n))
        put_range(run, index, ranges, &range);
    return range;
}

struct set *node_key_ranges(const struct node *n, const struct set *a, uint32_t ranges,
                            uint32_t *count)
{
    const struct run *run = run_of_const(n);
    struct set *found = SET_EMPTY;

    assert(ranges > 0);
    *count = 0;
    for (update_id i = 0; has_order(n) && set_next(a, &i); i++) {
        if (set_has(found, i)) /* with another of its range */
            continue;
        /* The last range that begins at the hash or before it. */
        put_range(run, (uint32_t)((((uint64_t)key_hash(run, i) + 1) * ranges - 1) >> 32), ranges,
                  &found);
        ++*count;
    }
    return found;
}

struct set *node_deletions(const struct node *n, const struct set *a)
{
    const struct census *census = &run_of_const(n)->census;
    struct set *deletions = set_common(a, census->deletions), *old;

    if (!census->has_versions)
        return deletions;
    old = set_minus(deletions, census->current);
    for (update_id i = 0; set_next(old, &i); i++)
        if (set_has(node_known(n), census->tracks[i].newer))
            set_drop(&deletions, i);
    set_free(old);
    return deletions;
}

sim_time node_written(const struct node *n, update_id update)
{
    return run_of_const(n)->census.tracks[update].injected;
}

sim_time node_activated(const struct node *n, update_id update)
{
    return run_of_const(n)->census.tracks[update].activated;
}

bool node_some_are_forgotten(const struct node *n)
{
    return !set_is_empty(run_of_const(n)->lapsed);
}

void node_forget(struct node *n, const struct set *deletions)
{
    knowledge_forget(run_of(n), deletions);
}

void node_make_dormant(struct node *n, const struct set *deletions)
{
    knowledge_make_dormant(run_of(n), deletions);
}

void node_awaken(struct node *n, const struct set *deletions)
{
    knowledge_awaken(run_of(n), deletions);
}

/* ---- beliefs ---- */

/* It pauses, or works off what waited meanwhile. */
static bool is_stalled(const struct run *run, node_id id)
{
    return run_is_paused(run, id) ||
           (run->pauses.nodes && run->node.now < run->pauses.nodes[id].well_from);
}

void node_believe(struct node *n, node_id about, enum belief from, enum belief to)
{
    struct run *run = run_of(n);
    const struct obstacles *obstacles = &run->effects.obstacles;
    struct belief_change change;

    assert(n->layer->model->believes);
    if (from == to)
        return;
    change = (struct belief_change){
        .observer = n->id,
        .subject = about,
        .from = from,
        .to = to,
        .is_excused = run->is_returning || obstacles_divide(obstacles, n->id, about) ||
                      run_is_paused(run, about),
        .is_disturbed = obstacles_disturb(obstacles, n->id) || is_stalled(run, n->id),
    };
    if (detection_believe(&run->detection, &change, run_credit(run, n->now)) && run->recording)
        recording_accuse(run, &change);
    if (run->observation)
        observation_believe(run, about, from, to);
}

/* ---- records and figures ---- */

uint32_t node_record_count(const struct node *n)
{
    return n->layer->records[n->id].count;
}

void *node_records(struct node *n)
{
    return n->layer->records[n->id].items;
}

void *node_record_add(struct node *n)
{
    return records_add(n->layer->records_pool, &n->layer->records[n->id]);
}

void node_records_keep(struct node *n, uint32_t count)
{
    records_keep(n->layer->records_pool, &n->layer->records[n->id], count);
}

static struct records *list_of(const struct node *n, int list)
{
    const struct layer *layer = n->layer;

    assert(list >= 0 && list < layer->list_count);
    return &layer->lists[(size_t)n->id * (size_t)layer->list_count + (size_t)list];
}

uint32_t node_list_count(const struct node *n, int list)
{
    return list_of(n, list)->count;
}

void *node_list(struct node *n, int list)
{
    return list_of(n, list)->items;
}

void *node_list_add(struct node *n, int list)
{
    return records_add(n->layer->list_pools[list], list_of(n, list));
}

void node_list_keep(struct node *n, int list, uint32_t count)
{
    records_keep(n->layer->list_pools[list], list_of(n, list), count);
}

void node_count(struct node *n, int figure, uint64_t amount)
{
    assert(figure >= 0 && figure < MODEL_FIGURES_MAX);
    n->layer->figures[figure].count += amount;
}

void node_peak(struct node *n, int figure, uint64_t value)
{
    uint64_t *peak = &n->layer->figures[figure].count;

    assert(figure >= 0 && figure < MODEL_FIGURES_MAX);
    *peak = value > *peak ? value : *peak;
}

/* Whether a figure is one of these; the slow ones are looked at more closely. */
static bool is_figure(const struct node *n, int figure, enum model_figure_kind kind)
{
    return figure >= 0 && figure < MODEL_FIGURES_MAX &&
           n->layer->model->figures[figure].kind == kind;
}

void node_gauge(struct node *n, int figure, double value)
{
    assert(is_figure(n, figure, FIGURE_GAUGE));
    n->layer->figures[figure].gauge[n->id] = value;
}

void node_observe(struct node *n, int figure, double value)
{
    assert(is_figure(n, figure, FIGURE_OBSERVED) && value >= 0 && value < HUGE_VAL);
    observed_add(n->layer->figures[figure].observed, value);
}
