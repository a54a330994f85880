/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * knowledge.c - how a replica comes to know updates; see knowledge.h.
 *
 * A newer value of a key supersedes the older ones: who learns it counts as knowing them, so that
 * nobody sends them to it, and "who knows it or a newer value" is one bit.
 */
#include "sim/knowledge.h"

/* Tells every model of the stack; the layer whose turn it is stays so. */
static void tell_stack(struct run *run, node_id from, const struct set *news)
{
    const int through = run->node.model;

    for (int i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, i);
        enum learned how = i == through ? LEARNED_HERE : LEARNED_OTHER;

        if (model->on_learn)
            model->on_learn(&run->node, news, from == NODE_NONE ? LEARNED_LOCAL : how);
    }
    run_layer(run, through);
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

/* Learns `news`, of which nothing is known yet; takes it. */
static void learn_news(struct run *run, node_id from, struct set *news)
{
    struct replica *me = run->node.me;
    struct set *known = set_of_handle(&run->pool, me->known);
    struct set *learned = set_copy(news);
    const sim_time credit = run_credit(run, run->node.now);

    if (run->census.has_versions)
        supersede(run, known, &learned, &news);
    for (update_id i = 0; set_next(learned, &i); i++)
        census_learn(&run->census, i, run->node.id, from, credit);
    set_add(&known, learned);
    me->known = set_handle(known);
    set_free(learned);
    tell_stack(run, from, news);
    set_free(news);
    if (UNLIKELY(census_is_complete(&run->census)))
        run_check_agreement(run);
}

/* Counts the copies that a payload message brought, and which of them were news. */
static void count_copies_received(struct run *run, const struct set *got, uint32_t news)
{
    run->census.useful += news;
    run->census.duplicates += set_count(got) - news;
    run->census.learned_by[run->node.model] += news;
}

bool knowledge_learn(struct run *run, node_id from, const struct set *got)
{
    struct set *news = set_minus(got, set_of_handle(&run->pool, run->node.me->known));

    if (from != NODE_NONE)
        count_copies_received(run, got, set_count(news));
    if (set_is_empty(news))
        return false;
    learn_news(run, from, news);
    return true;
}

/* Changes with every departure and return. */
static uint32_t life_of(const struct run *run, node_id node)
{
    return run->lives ? run->lives[node] : 0;
}

bool knowledge_defer(struct run *run, node_id from, const struct set *got)
{
    struct set *news = set_minus(got, set_of_handle(&run->pool, run->node.me->known));
    bool is_news = !set_is_empty(news);

    set_free(news);
    if (!is_news) {
        count_copies_received(run, got, 0);
        return false;
    }
    if (!memory_grow(&run->memory, &run->lessons, &run->lesson_capacity, run->lesson_count + 1,
                     sizeof *run->lessons))
        return true;
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
