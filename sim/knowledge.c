/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * knowledge.c - how a replica comes to know updates; see knowledge.h.
 *
 * A newer value of a key supersedes the older ones: who learns it counts as knowing them, so that
 * nobody sends them to it, and "who knows it or a newer value" is one bit.
 */
#include "sim/knowledge.h"
#include "sim/network.h"

/* Tells every model of the stack; the layer whose turn it is stays so. */
static void tell_stack(struct run *run, const struct set *news, enum learned how)
{
    const int through = run->node.model;

    run->bringer = through;
    for (int i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, i);

        if (model->on_learn)
            model->on_learn(&run->node, news,
                            how == LEARNED_HERE && i != through ? LEARNED_OTHER : how);
    }
    run_layer(run, through);
}

void knowledge_relay(struct run *run, const struct set *a)
{
    const int relayer = run->node.model;

    for (int i = 0; i < run->layer_count; i++) {
        const struct model *model;

        if (i == relayer || i == run->bringer)
            continue;
        model = run_layer(run, i);
        if (model->on_learn)
            model->on_learn(&run->node, a, LEARNED_LOCAL);
    }
    run_layer(run, relayer);
}

/*
 * Splits news among versions of a key: *learned gets the older values that the news supersede and
 * that were not known either; what is left of *spread are the newest only.
 */
static void supersede(struct run *run, const struct set *known, struct set **learned,
                      struct set **spread)
{
    struct set *news = set_copy(*spread);

    for (update_id i = 0; set_next(news, &i); i++)
        for (update_id older = run->census.tracks[i].older;
             older != UPDATE_NONE && !set_has(known, older);
             older = run->census.tracks[older].older) {
            struct set *one = set_single(&run->pool, older);

            set_add(learned, one);
            set_free(one);
            set_drop(spread, older);
        }
    set_free(news);
}

/* ---- deletions whose record is gone, or dormant ---- */

/* A set of the node whose turn it is, kept in an array of handles that is made at first use. */
static struct set *side_set(const struct run *run, const uint32_t *handles)
{
    return handles ? set_of_handle(&run->pool, handles[run->node.id]) : SET_EMPTY;
}

static void keep_side_set(struct run *run, uint32_t **handles, struct set *set)
{
    if (!*handles) {
        *handles = memory_get(&run->memory, run->nodes, sizeof **handles);
        for (node_id i = 0; i < run->nodes && *handles; i++)
            (*handles)[i] = set_handle(SET_EMPTY);
    }
    if (*handles)
        (*handles)[run->node.id] = set_handle(set);
}

struct set *knowledge_held(struct run *run, node_id node)
{
    struct set *held = set_copy(set_of_handle(&run->pool, run->replicas[node].known));

    if (run->forgotten)
        set_add(&held, set_of_handle(&run->pool, run->forgotten[node]));
    if (run->dormant)
        set_add(&held, set_of_handle(&run->pool, run->dormant[node]));
    return held;
}

/* Takes the known ones of `deletions`, with all that they supersede, out of what the node knows. */
static struct set *take_out(struct run *run, const struct set *deletions)
{
    struct set *known = set_of_handle(&run->pool, run->node.me->known);
    struct set *out = SET_EMPTY;

    for (update_id i = 0; set_next(deletions, &i); i++)
        for (update_id k = i; k != UPDATE_NONE && set_has(known, k);
             k = run->census.tracks[k].older)
            set_put(&run->pool, &out, k);
    set_remove(&known, out);
    run->node.me->known = set_handle(known);
    return out;
}

void knowledge_forget(struct run *run, const struct set *deletions)
{
    struct set *out = take_out(run, deletions);
    struct set *forgotten = side_set(run, run->forgotten);

    set_add(&forgotten, out);
    keep_side_set(run, &run->forgotten, forgotten);
    set_free(out);
}

void knowledge_make_dormant(struct run *run, const struct set *deletions)
{
    struct set *out = take_out(run, deletions);
    struct set *dormant = side_set(run, run->dormant);

    run->learns_plainly = false;

    set_add(&dormant, out);
    keep_side_set(run, &run->dormant, dormant);
    set_free(out);
}

void knowledge_clear(struct run *run)
{
    set_release(set_of_handle(&run->pool, run->node.me->known));
    run->node.me->known = set_handle(SET_EMPTY);
    set_release(side_set(run, run->forgotten));
    set_release(side_set(run, run->dormant));
    if (run->forgotten)
        run->forgotten[run->node.id] = set_handle(SET_EMPTY);
    if (run->dormant)
        run->dormant[run->node.id] = set_handle(SET_EMPTY);
}

void knowledge_awaken(struct run *run, const struct set *deletions)
{
    struct set *dormant = side_set(run, run->dormant);
    struct set *known = set_of_handle(&run->pool, run->node.me->known);
    struct set *awake = set_common(deletions, dormant);

    for (update_id i = 0; set_next(awake, &i); i++)
        for (update_id k = i; k != UPDATE_NONE && set_has(dormant, k);
             k = run->census.tracks[k].older) {
            struct set *one = set_single(&run->pool, k);

            set_add(&known, one);
            set_drop(&dormant, k);
            set_free(one);
        }
    run->node.me->known = set_handle(known);
    if (!set_is_empty(awake)) {
        keep_side_set(run, &run->dormant, dormant);
        tell_stack(run, awake, LEARNED_AGAIN);
    }
    set_free(awake);
}

/*
 * Old values among `news` undo deletions that the node had forgotten; what of `learned` the census
 * has counted all the while is no longer forgotten but known.  Returns that part.
 */
static struct set *resurrect(struct run *run, const struct set *news, const struct set *learned)
{
    struct set *forgotten = side_set(run, run->forgotten);
    struct set *counted = set_common(learned, forgotten);

    set_remove(&forgotten, learned);
    for (update_id i = 0; set_next(news, &i); i++)
        for (update_id k = run->census.tracks[i].newer; k != UPDATE_NONE;
             k = run->census.tracks[k].newer) {
            if (!set_has(forgotten, k))
                continue;
            set_drop(&forgotten, k);
            census_unlearn(&run->census, k, run_credit(run, run->node.now));
        }
    keep_side_set(run, &run->forgotten, forgotten);
    return counted;
}

/* Tells the models of dormant deletions that supersede something of `got`. */
static void meet_dormant(struct run *run, const struct set *got)
{
    struct set *dormant = set_copy(side_set(run, run->dormant));
    struct set *met = set_common(got, dormant), *deletions = SET_EMPTY;
    const int through = run->node.model;

    for (update_id i = 0; set_next(met, &i); i++)
        for (update_id k = run->census.tracks[i].newer; k != UPDATE_NONE;
             k = run->census.tracks[k].newer)
            if (set_has(dormant, k) && run->census.tracks[k].is_delete)
                set_put(&run->pool, &deletions, k);
    for (int i = 0; i < run->layer_count && !set_is_empty(deletions); i++) {
        const struct model *model = run_layer(run, i);

        if (model->on_obsolete)
            model->on_obsolete(&run->node, deletions);
    }
    run_layer(run, through);
    set_free(deletions);
    set_free(met);
    set_free(dormant);
}

/* ---- learning ---- */

/* Learns `news`, of which nothing is known yet; takes it. */
static void learn_news(struct run *run, node_id from, struct set *news)
{
    struct replica *me = run->node.me;
    struct set *known = set_of_handle(&run->pool, me->known);
    struct set *learned = set_copy(news), *counted = SET_EMPTY;
    const sim_time credit = run_credit(run, run->node.now);

    if (run->census.has_versions)
        supersede(run, known, &learned, &news);
    if (UNLIKELY(run->forgotten != NULL))
        counted = resurrect(run, news, learned);
    for (update_id i = 0; set_next(learned, &i); i++)
        if (!set_has(counted, i))
            census_learn(&run->census, i, run->node.id, from, credit);
    set_add(&known, learned);
    me->known = set_handle(known);
    set_free(learned);
    set_free(counted);
    tell_stack(run, news, from == NODE_NONE ? LEARNED_LOCAL : LEARNED_HERE);
    set_free(news);
    if (UNLIKELY(census_is_complete(&run->census)))
        run_check_agreement(run);
}

/*
 * Counts the copies that a payload message brought, as it was charged for, and those of `news`.
 * What the node should not hold is neither news nor known: it is no duplicate.
 */
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
    run->census.learned_by[run->node.model] += useful;
}

/* What of `got` the node lacks and should hold; a new set. */
static struct set *news_of(struct run *run, const struct set *got)
{
    struct set *lacking = set_minus(got, set_of_handle(&run->pool, run->node.me->known));
    struct set *news;

    if (UNLIKELY(run->dormant != NULL))
        set_remove(&lacking, side_set(run, run->dormant));
    news = placement_restrict(&run->placement, run->node.id, lacking);
    set_free(lacking);
    return news;
}

bool knowledge_learn(struct run *run, node_id from, const struct set *got)
{
    struct set *news = news_of(run, got);

    if (from != NODE_NONE)
        count_copies_received(run, got, news);
    if (UNLIKELY(run->dormant != NULL))
        meet_dormant(run, got);
    if (set_is_empty(news))
        return false;
    learn_news(run, from, news);
    return true;
}

/* Which of its lives a node is in. */
static uint32_t life_of(const struct run *run, node_id node)
{
    return run->lives ? run->lives[node] : 0;
}

bool knowledge_defer(struct run *run, node_id from, const struct set *got)
{
    struct set *news = news_of(run, got);
    bool is_news = !set_is_empty(news);

    set_free(news);
    if (!is_news && !run->dormant) { /* a dormant deletion may still have to say something */
        count_copies_received(run, got, SET_EMPTY);
        return false;
    }
    if (!memory_grow(&run->memory, &run->lessons, &run->lesson_capacity, run->lesson_count + 1,
                     sizeof *run->lessons))
        return is_news;
    if (run->lesson_count == 0)
        agenda_add(&run->agenda, run_credit(run, run->node.now) + run->round / 2, AGENDA_COMMIT, 0);
    run->lessons[run->lesson_count++] =
        (struct lesson){ run->node.id, from, life_of(run, run->node.id), run->node.model,
                         set_copy(got) };
    return true;
}

void knowledge_commit(struct run *run)
{
    for (size_t i = 0; i < run->lesson_count; i++) {
        struct lesson *lesson = &run->lessons[i];

        run_turn(run, lesson->node);
        run_layer(run, lesson->model);
        if (lesson->life == life_of(run, lesson->node))
            knowledge_learn(run, lesson->from, lesson->set);
        set_free(lesson->set);
    }
    run->lesson_count = 0;
    run_check_agreement(run);
}
