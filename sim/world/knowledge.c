/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * knowledge.c - how a replica comes to know updates; see knowledge.h.
 *
 * A newer value of a key supersedes the older ones: who learns it counts as knowing them, so that
 * nobody sends them to it, and "who knows it or a newer value" is one bit.
 */
#include "sim/world/knowledge.h"
#include "sim/world/agreement.h"
#include "sim/world/lapse.h"
#include "sim/world/network.h"
#include "sim/world/observation.h"
#include "sim/world/recording.h"

#include <assert.h>

/* What the node whose turn it is no longer knows is in none of its models' sets. */
static void drop_from_models(struct run *run, const struct set *out)
{
    for (uint32_t i = 0; i < run->layer_count && !set_is_empty(out); i++) {
        struct layer *layer = &run->layers[i];
        const size_t first = (size_t)run->node.id * (size_t)layer->set_count;

        for (int k = 0; k < layer->set_count; k++)
            set_remove(&layer->sets[first + (size_t)k], out);
    }
}

/* Tells every model of the stack; the layer whose turn it is stays so. */
static void tell_stack(struct run *run, node_id from, const struct set *news, enum learned how)
{
    const uint32_t through = run->via_layer = run->node.layer->index;

    run->via_node = from;
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, i);

        if (model->on_learn)
            model->on_learn(&run->node, news,
                            how == LEARNED_HERE && i != through ? LEARNED_OTHER : how);
    }
    run_layer(run, through);
    if (UNLIKELY(run->recalls)) { /* one may have let go of it */
        struct set *gone = set_minus(news, set_of_handle(&run->pool, run->node.me->known));

        drop_from_models(run, gone);
        set_free(gone);
    }
}

void knowledge_relay(struct run *run, const struct set *a)
{
    const uint32_t relayer = run->node.layer->index;

    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct model *model;

        if (i == relayer || i == run->via_layer)
            continue;
        model = run_layer(run, i);
        if (model->on_learn)
            model->on_learn(&run->node, a, LEARNED_LOCAL);
    }
    run_layer(run, relayer);
}

/* Splits news among versions of a key: *learned gets the older values that they supersede and that
 * were not known either; what is left of *spread are the newest only. */
static RARE void supersede(struct run *run, const struct set *known, struct set **learned,
                           struct set **spread)
{
    const struct track *tracks = run->census.tracks;
    struct set *unheard = SET_EMPTY, *old = SET_EMPTY;

    for (update_id i = 0; set_next(*spread, &i); i++) {
        update_id older = tracks[i].older;

        for (; older != UPDATE_NONE && !set_has(known, older) && !set_has(*spread, older);
             older = tracks[older].older)
            set_put(&run->pool, &unheard, older);
        if (older != UPDATE_NONE && set_has(*spread, older)) /* it looks further back itself */
            set_put(&run->pool, &old, older);
    }
    set_add(learned, unheard);
    set_remove(spread, old);
    set_free(unheard);
    set_free(old);
}

/* ---- deletions whose record is gone, or dormant ---- */

/* The node no longer knows `a`, taken: to learn it again will not be the first time. */
static void note_unlearned(struct run *run, struct set *a)
{
    struct set *before = lapse_side(run, run->unlearned, run->node.id);

    set_add(&before, a);
    if (!set_is_empty(a))
        lapse_keep_side(run, &run->unlearned, run->node.id, before);
    set_free(a);
}

struct set *knowledge_held(struct run *run, node_id node)
{
    struct set *held = set_copy(set_of_handle(&run->pool, run->replicas[node].known));

    set_add(&held, lapse_side(run, run->forgotten, node));
    set_add(&held, lapse_side(run, run->dormant, node));
    return held;
}

/*
 * Takes those of `deletions` that are in *set, with all that they supersede, out of it; but not one
 * that is itself superseded there: of such a one there is no record.  Returns what it took.
 */
static struct set *take_out(struct run *run, const struct set *deletions, struct set **set)
{
    const struct track *tracks = run->census.tracks;
    struct set *out = SET_EMPTY;

    for (update_id i = 0; set_next(deletions, &i); i++) {
        assert(tracks[i].is_delete);
        if (tracks[i].newer != UPDATE_NONE && set_has(*set, tracks[i].newer))
            continue;
        for (update_id k = i; k != UPDATE_NONE && set_has(*set, k); k = tracks[k].older)
            set_put(&run->pool, &out, k);
    }
    set_remove(set, out);
    return out;
}

void knowledge_forget(struct run *run, const struct set *deletions)
{
    const node_id self = run->node.id;
    struct set *known = set_of_handle(&run->pool, run->node.me->known);
    struct set *dormant = lapse_side(run, run->dormant, self);
    struct set *forgotten = lapse_side(run, run->forgotten, self);
    struct set *out = take_out(run, deletions, &known);
    struct set *slept = take_out(run, deletions, &dormant);

    run->node.me->known = set_handle(known);
    if (!set_is_empty(slept))
        lapse_keep_side(run, &run->dormant, self, dormant);
    set_add(&out, slept);
    if (!set_is_empty(out)) {
        set_add(&forgotten, out);
        lapse_keep_side(run, &run->forgotten, self, forgotten);
        drop_from_models(run, out);
        lapse_first(run, out);
    }
    set_free(slept);
    set_free(out);
}

void knowledge_make_dormant(struct run *run, const struct set *deletions)
{
    const node_id self = run->node.id;
    struct set *known = set_of_handle(&run->pool, run->node.me->known);
    struct set *dormant = lapse_side(run, run->dormant, self);
    struct set *out = take_out(run, deletions, &known);

    run->node.me->known = set_handle(known);
    if (!set_is_empty(out)) {
        run->learns_plainly = false;
        set_add(&dormant, out);
        lapse_keep_side(run, &run->dormant, self, dormant);
        drop_from_models(run, out);
        lapse_first(run, out);
    }
    set_free(out);
}

void knowledge_clear(struct run *run)
{
    const node_id self = run->node.id;

    note_unlearned(run, knowledge_held(run, self));
    set_release(set_of_handle(&run->pool, run->node.me->known));
    run->node.me->known = set_handle(SET_EMPTY);
    set_release(lapse_side(run, run->forgotten, self));
    set_release(lapse_side(run, run->dormant, self));
    if (run->forgotten) /* what has lapsed needs no record */
        run->forgotten[self] = set_handle(placement_restrict(&run->placement, self, run->lapsed));
    if (run->dormant)
        run->dormant[self] = set_handle(SET_EMPTY);
}

void knowledge_awaken(struct run *run, const struct set *deletions)
{
    struct set *dormant = lapse_side(run, run->dormant, run->node.id);
    struct set *known = set_of_handle(&run->pool, run->node.me->known);
    struct set *out = take_out(run, deletions, &dormant);
    struct set *awake = set_common(deletions, out);

    if (!set_is_empty(out)) {
        for (update_id i = 0; set_next(awake, &i); i++)
            run->census.tracks[i].activated = run_credit(run, run->node.now);
        set_add(&known, out);
        run->node.me->known = set_handle(known);
        lapse_keep_side(run, &run->dormant, run->node.id, dormant);
        tell_stack(run, NODE_NONE, awake, LEARNED_AGAIN);
    }
    set_free(awake);
    set_free(out);
}

/* The old value `update` undoes what *forgotten has of newer ones of its key. */
static void undo(struct run *run, update_id update, struct set **forgotten)
{
    const struct track *tracks = run->census.tracks;
    update_id last = UPDATE_NONE;

    for (update_id k = tracks[update].newer; k != UPDATE_NONE; k = tracks[k].newer)
        if (set_has(*forgotten, k)) {
            note_unlearned(run, set_single(&run->pool, k));
            set_drop(forgotten, k);
            census_unlearn(&run->census, k, run_credit(run, run->node.now));
            if (run->recording)
                recording_unlearn(run, k);
            last = k;
        }
    if (last != UPDATE_NONE)
        census_undo(&run->census, last);
}

/*
 * The node learns `learned`, `news` being the newest of each key.  Returns those that it had
 * forgotten or kept dormant; the census counted them as known all along.
 */
static RARE struct set *recall(struct run *run, const struct set *news, const struct set *learned)
{
    const node_id self = run->node.id;
    struct set *forgotten = lapse_side(run, run->forgotten, self);
    struct set *dormant = lapse_side(run, run->dormant, self);
    struct set *counted = set_common(learned, forgotten);
    struct set *slept = set_common(learned, dormant);

    set_remove(&forgotten, counted);
    for (update_id i = 0; set_next(news, &i); i++)
        if (!run->census.tracks[i].is_delete)
            undo(run, i, &forgotten);
    if (run->forgotten)
        lapse_keep_side(run, &run->forgotten, self, forgotten);
    if (!set_is_empty(slept)) {
        set_remove(&dormant, slept);
        lapse_keep_side(run, &run->dormant, self, dormant);
    }
    set_add(&counted, slept);
    set_free(slept);
    return counted;
}

/*
 * What a message brings of the keys of dormant deletions: *again gets the dormant ones that it
 * carries themselves, *met those that supersede something in it.
 */
static void meet_dormant(struct run *run, const struct set *got, struct set **again,
                         struct set **met)
{
    const struct track *tracks = run->census.tracks;
    const struct set *dormant = lapse_side(run, run->dormant, run->node.id);
    struct set *carried = network_carried(run, got);
    struct set *touched = set_common(carried, dormant);

    for (update_id i = 0; set_next(touched, &i); i++) {
        update_id last = i;

        while (tracks[last].newer != UPDATE_NONE && set_has(dormant, tracks[last].newer))
            last = tracks[last].newer;
        set_put(&run->pool, last == i ? again : met, last);
    }
    set_free(touched);
    set_free(carried);
}

/* Tells the models of dormant deletions that supersede something of `got`. */
static RARE void tell_obsolete(struct run *run, const struct set *got)
{
    struct set *again = SET_EMPTY, *met = SET_EMPTY;
    const uint32_t through = run->node.layer->index;

    meet_dormant(run, got, &again, &met);
    for (uint32_t i = 0; i < run->layer_count && !set_is_empty(met); i++) {
        const struct model *model = run_layer(run, i);

        if (model->on_obsolete)
            model->on_obsolete(&run->node, met);
    }
    run_layer(run, through);
    set_free(met);
    set_free(again);
}

/* ---- learning ---- */

/* Somebody keeps track of who learns what. */
static RARE void note_learning(struct run *run, const struct learning *learning)
{
    if (run->observation)
        observation_learn(run, learning->from, learning->learned);
    if (run->recording)
        recording_learn(run, learning);
}

/* Learns `news`, of which nothing is known yet; takes it. */
static void learn_news(struct run *run, node_id from, struct set *news)
{
    struct replica *me = run->node.me;
    struct set *known = set_of_handle(&run->pool, me->known);
    const struct set *before = lapse_side(run, run->unlearned, run->node.id);
    struct set *learned = set_copy(news), *counted = SET_EMPTY;
    const sim_time credit = run_credit(run, run->node.now);

    if (run->census.has_versions)
        supersede(run, known, &learned, &news);
    if (UNLIKELY(run->recalls))
        counted = recall(run, news, learned);
    if (UNLIKELY(run->minds_learning))
        note_learning(run, &(struct learning){ from, news, learned, counted, before });
    for (update_id i = 0; set_next(learned, &i); i++)
        if (!set_has(counted, i))
            census_learn(&run->census, i, run->node.id, from, !set_has(before, i), credit);
    set_add(&known, learned);
    me->known = set_handle(known);
    if (UNLIKELY(!set_is_empty(run->lapsed)))
        lapse_excuse_newer(run, news);
    set_free(learned);
    set_free(counted);
    tell_stack(run, from, news, from == NODE_NONE ? LEARNED_LOCAL : LEARNED_HERE);
    set_free(news);
    if (UNLIKELY(census_is_complete(&run->census) || census_is_repaired(&run->census)))
        agreement_look(run);
}

/* Counts the copies that a payload message brought, as it was charged for, and those of `news`.
 * What the node should not hold is neither news nor known: it is no duplicate. */
static void count_copies_received(struct run *run, const struct set *got, const struct set *news)
{
    struct set *meant = placement_restrict(&run->placement, run->node.id, got);
    uint32_t copies = set_count(meant), useful = set_count(news);

    if (run->census.has_versions) {
        struct set *carried = network_carried(run, meant);
        struct set *used = set_common(carried, news);

        copies = set_count(carried);
        useful = set_count(used);
        set_free(used);
        set_free(carried);
    }
    set_free(meant);
    run->census.useful += useful;
    run->census.duplicates += copies - useful;
    run->census.learned_by[run->node.layer->index] += useful;
}

/* Takes out of *lacking what dormant deletions supersede, but not these themselves. */
static RARE void leave_out_obsolete(struct run *run, const struct set *got, struct set **lacking)
{
    struct set *again = SET_EMPTY, *met = SET_EMPTY;

    meet_dormant(run, got, &again, &met);
    set_remove(lacking, lapse_side(run, run->dormant, run->node.id));
    set_add(lacking, again);
    set_free(again);
    set_free(met);
}

/* What of `got` the node lacks and should hold; a new set. */
static struct set *news_of(struct run *run, const struct set *got)
{
    struct set *lacking = set_minus(got, set_of_handle(&run->pool, run->node.me->known));
    struct set *news;

    if (UNLIKELY(run->dormant != NULL))
        leave_out_obsolete(run, got, &lacking);
    news = placement_restrict(&run->placement, run->node.id, lacking);
    set_free(lacking);
    return news;
}

bool knowledge_learn(struct run *run, node_id from, const struct set *got)
{
    struct set *news;

    if (UNLIKELY(run->dormant != NULL))
        tell_obsolete(run, got);
    news = news_of(run, got);
    if (from != NODE_NONE)
        count_copies_received(run, got, news);
    if (set_is_empty(news))
        return false;
    learn_news(run, from, news);
    return true;
}

bool knowledge_defer(struct run *run, node_id from, const struct set *got)
{
    struct set *news = news_of(run, got);
    const bool is_news = !set_is_empty(news);

    set_free(news);
    if (!is_news && !run->dormant) { /* a dormant deletion may still have to say something */
        count_copies_received(run, got, SET_EMPTY);
        return false;
    }
    if (!memory_grow(&run->memory, &run->deferred, &run->deferred_capacity, run->deferred_count + 1,
                     sizeof *run->deferred))
        return is_news;
    if (run->deferred_count == 0) {
        agenda_add(&run->agenda, run_credit(run, run->node.now) + run->round / 2, AGENDA_COMMIT, 0);
        run_heed_agenda(run);
    }
    run->deferred[run->deferred_count++] =
        (struct deferred){ run->node.id, from, run_life(run, run->node.id), run->node.layer->index,
                           set_copy(got) };
    return is_news;
}

void knowledge_commit(struct run *run)
{
    for (size_t i = 0; i < run->deferred_count; i++) {
        struct deferred *learned = &run->deferred[i];

        run_turn(run, learned->node);
        run_layer(run, learned->layer);
        if (learned->life == run_life(run, learned->node))
            knowledge_learn(run, learned->from, learned->set);
        set_free(learned->set);
    }
    run->deferred_count = 0;
    agreement_look(run);
}
