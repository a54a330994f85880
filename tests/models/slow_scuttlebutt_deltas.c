/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_scuttlebutt_deltas.c - which values go, and which of them first; see slow_scuttlebutt.h. */
#include "tests/models/slow_scuttlebutt_state.h"

const struct scuttle_view scuttle_nothing[NODES];

bool scuttle_is_younger(const struct scuttle_view *one, const struct scuttle_view *other)
{
    return one->is_known != other->is_known       ? one->is_known
           : one->generation != other->generation ? one->generation > other->generation
                                                  : one->heartbeat > other->heartbeat;
}

bool scuttle_is_by_age(void)
{
    return w->setup->first == SCUTTLE_OLDEST || w->setup->first == SCUTTLE_NEWEST;
}

/* What a node has of an owner that is not known, by version. */
static int of_owner(int node, int owner, const struct scuttle_view *known,
                    struct scuttle_delta *deltas)
{
    const struct scuttle_view *own = &w->views[node][owner];
    int count = 0;

    if (!scuttle_is_by_age() && own->max <= known->max)
        return 0;
    for (int k = 0; k < w->setup->keys; k++) {
        const int version = own->versions[k];
        int at = count;

        if (version <= (scuttle_is_by_age() ? known->versions[k] : known->max))
            continue;
        for (; at > 0 && deltas[at - 1].version > version; at--)
            deltas[at] = deltas[at - 1];
        deltas[at] = (struct scuttle_delta){ .owner = owner, .key = k, .version = version };
        count++;
    }
    return count;
}

/* A heartbeat counts as one of its owner's. */
static void set_places(struct scuttle_delta *deltas, int count, bool has_heartbeat)
{
    for (int i = 0; i < count; i++) {
        const double time = (double)w->times[deltas[i].owner][deltas[i].version];
        const double places[] = { [SCUTTLE_BREADTH] = i,
                                  [SCUTTLE_DEPTH] = -count - has_heartbeat,
                                  [SCUTTLE_OLDEST] = time,
                                  [SCUTTLE_NEWEST] = -time };

        deltas[i].place = places[w->setup->first];
    }
}

/* Behind those of the same place; what is beyond the limit falls out. */
static int insert(struct scuttle_delta *deltas, int count, int limit,
                  const struct scuttle_delta *new)
{
    int at = count;

    for (; at > 0 && deltas[at - 1].place > new->place; at--)
        if (at < limit)
            deltas[at] = deltas[at - 1];
    if (at < limit)
        deltas[at] = *new;
    return count < limit ? count + 1 : limit;
}

static void shuffle(int *order, int count)
{
    for (int i = 0; i < count; i++) {
        const int j = net_below(i + 1);

        order[i] = order[j];
        order[j] = i;
    }
}

int scuttle_choose(int node, const bool *asked, const struct scuttle_view *digest,
                   struct scuttle_delta *deltas)
{
    const bool is_limited =
        w->setup->limit > 0 && net_now() >= w->setup->limit_from && digest != scuttle_nothing;
    const int limit = is_limited ? w->setup->limit : NODES * KEYS;
    int order[NODES], count = 0, all = 0;

    shuffle(order, w->setup->nodes);
    for (int i = 0; i < w->setup->nodes; i++) {
        struct scuttle_delta more[KEYS];
        const int owner = order[i];
        const int of =
            asked[owner] || scuttle_is_by_age() ? of_owner(node, owner, &digest[owner], more) : 0;

        if (is_limited)
            set_places(more, of, scuttle_is_younger(&w->views[node][owner], &digest[owner]));
        for (int k = 0; k < of; k++)
            count = insert(deltas, count, limit, &more[k]);
        all += of;
    }
    scuttle_add(SCUTTLE_DELTAS, count);
    scuttle_add(SCUTTLE_LEFT_OUT, all - count);
    return count;
}
