/* SPDX-License-Identifier: GPL-3.0-or-later */
/* witness_swim.c - see witness_swim.h. */
#include "tests/random/witness_swim.h"

#include "models/swim.h"
#include "tests/models/harness.h"

#include <glib.h>

struct swim_laws {
    GHashTable *said;      /* member -> highest incarnation that it has told of itself */
    GHashTable *heard;     /* node and member -> highest incarnation that is alive to the node */
    GHashTable *dead;      /* node and member: held dead at some time */
    GArray *coming;        /* struct news that `handler` heeds once it has answered */
    node_id handler, goer; /* goer: holds one no more that it held alive; OBSERVE_NOBODY */
};

struct swim_laws *swim_laws_new(void)
{
    struct swim_laws *laws = g_new(struct swim_laws, 1);

    *laws = (struct swim_laws){ .said = g_hash_table_new(NULL, NULL),
                                .heard = g_hash_table_new(NULL, NULL),
                                .dead = g_hash_table_new(NULL, NULL),
                                .coming = g_array_new(FALSE, FALSE, sizeof(struct news)),
                                .handler = OBSERVE_NOBODY,
                                .goer = OBSERVE_NOBODY };
    return laws;
}

void swim_laws_free(struct swim_laws *laws)
{
    g_hash_table_destroy(laws->said);
    g_hash_table_destroy(laws->heard);
    g_hash_table_destroy(laws->dead);
    g_array_free(laws->coming, TRUE);
    g_free(laws);
}

static gpointer pair(node_id node, node_id member)
{
    return GSIZE_TO_POINTER((gsize)node << 32 | member);
}

static uint32_t number_in(GHashTable *table, gpointer key)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(table, key));
}

static void raise_to(GHashTable *table, gpointer key, uint32_t number)
{
    if (number > number_in(table, key))
        g_hash_table_insert(table, key, GUINT_TO_POINTER(number));
}

static bool is_swim(const struct sight *sight)
{
    return sight->model && g_str_equal(sight->model->name, "swim");
}

/* With the scenario's numbers. */
static struct news news_at(const struct sight *sight, uint32_t i)
{
    struct news news = ((const struct news *)sight->carried->items)[i];

    news.member = observe_node(sight, news.member);
    news.from = observe_node(sight, news.from);
    return news;
}

/* ---- what is told ---- */

static const char *judge_news(struct swim_laws *laws, const struct sight *sight, struct news news)
{
    const uint32_t heard = number_in(laws->heard, pair(sight->node, news.member));

    if (news.member == sight->node)
        raise_to(laws->said, GUINT_TO_POINTER(news.member), news.incarnation);
    else if (news.incarnation > MAX(1, number_in(laws->said, GUINT_TO_POINTER(news.member))))
        return "swim: news of an incarnation that its member has not told of";
    if (sight->is_connection) /* which may be on its way again, and says not who is the judge */
        return NULL;
    if (news.incarnation < heard)
        return "swim: news that was overruled is told";
    if (news.state == DEAD && news.from != news.member &&
        !g_hash_table_contains(laws->dead, pair(news.from, news.member)))
        return "swim: a verdict of somebody who made none";
    return NULL;
}

static const char *see_sent(struct swim_laws *laws, const struct sight *sight)
{
    for (uint32_t i = 0; i < sight->carried->item_count; i++) {
        const char *broken = judge_news(laws, sight, news_at(sight, i));

        if (broken)
            return broken;
    }
    return NULL;
}

/* ---- what is heard: after it was answered ---- */

static void heed(struct swim_laws *laws)
{
    for (guint i = 0; i < laws->coming->len; i++) {
        const struct news *news = &g_array_index(laws->coming, struct news, i);

        if (news->state == ALIVE)
            raise_to(laws->heard, pair(laws->handler, news->member), news->incarnation);
    }
    g_array_set_size(laws->coming, 0);
}

static void see_arrived(struct swim_laws *laws, const struct sight *sight)
{
    laws->handler = sight->peer;
    for (uint32_t i = 0; i < sight->carried->item_count; i++) {
        const struct news news = news_at(sight, i);

        g_array_append_val(laws->coming, news);
    }
}

/* ---- what is believed ---- */

static void see_belief(struct swim_laws *laws, const struct sight *sight)
{
    if (sight->to == BELIEF_DEAD)
        g_hash_table_add(laws->dead, pair(sight->node, sight->peer));
    if (sight->to != BELIEF_NONE)
        return;
    g_hash_table_remove(laws->heard, pair(sight->node, sight->peer));
    if (sight->from != BELIEF_DEAD)
        laws->goer = sight->node;
}

static gboolean is_of(gpointer key, gpointer value, gpointer node)
{
    (void)value;
    return GPOINTER_TO_SIZE(key) >> 32 == GPOINTER_TO_SIZE(node);
}

/* Something else begins: what an arrival has led to is over. */
static const char *turn(struct swim_laws *laws, const struct sight *sight)
{
    const bool is_lost =
        laws->goer != OBSERVE_NOBODY && (sight->what != SEEN_DOWN || sight->node != laws->goer);

    heed(laws);
    laws->goer = OBSERVE_NOBODY;
    if (sight->what == SEEN_WIPED || sight->what == SEEN_DOWN)
        g_hash_table_foreach_remove(laws->heard, is_of, GSIZE_TO_POINTER((gsize)sight->node));
    return is_lost ? "swim: a member was forgotten that was not dead" : NULL;
}

const char *swim_laws_see(struct swim_laws *laws, const struct sight *sight)
{
    const char *broken = NULL;

    if (sight->what & (SEEN_ARRIVED | SEEN_TIMER | SEEN_UP | SEEN_DOWN | SEEN_WIPED))
        broken = turn(laws, sight);
    if (!is_swim(sight))
        return broken;
    if (sight->what == SEEN_ARRIVED)
        see_arrived(laws, sight);
    else if (sight->what == SEEN_SENT && !broken)
        broken = see_sent(laws, sight);
    else if (sight->what == SEEN_BELIEF)
        see_belief(laws, sight);
    return broken;
}

const char *swim_laws_judge(const struct sim_config *config, const struct sim_result *result)
{
    return has_metric(result, "swim.queue_max") &&
                   metric(result, "swim.queue_max") > (double)config->nodes + UPDATES_MAX
               ? "swim: a queue had too much in it"
               : NULL;
}
