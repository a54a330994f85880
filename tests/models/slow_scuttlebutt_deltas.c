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

bool scuttle_has_gap(const struct scuttle_view *one, const struct scuttle_view *other)
{
    return !scuttle_is_by_age() && (one->has_gap || other->has_gap);
}

/* What a node has of an owner that is not known, by version. */
static int of_owner(int node, int owner, const struct scuttle_view *known,
                    struct scuttle_delta *deltas)
{
    const struct scuttle_view *own = &w->views[node][owner];
    const bool by_key = scuttle_is_by_age() || (known->is_known && scuttle_has_gap(own, known));
    int count = 0;

    for (int k = 0; k < w->setup->keys; k++) {
        const int version = own->versions[k];
        int at = count;

        if (version <= (by_key ? known->versions[k] : known->max))
            continue;
        for (; at > 0 && deltas[at - 1].version > version; at--)
            deltas[at] = deltas[at - 1];
        deltas[at] = (struct scuttle_delta){ .owner = owner, .key = k, .version = version };
        count++;
    }
    return count;
}

/* A newer heartbeat is the first of its owner's things. */
static void set_places(struct scuttle_delta *things, int count, bool has_heartbeat)
{
    for (int i = 0; i < count; i++) {
        const double time = (double)w->times[things[i].owner][things[i].version];
        const double places[] = { [SCUTTLE_BREADTH] = i + has_heartbeat,
                                  [SCUTTLE_DEPTH] = -count - has_heartbeat,
                                  [SCUTTLE_OLDEST] = time,
                                  [SCUTTLE_NEWEST] = -time };

        things[i].place = places[w->setup->first];
    }
}

/* Behind those of the same place; what is beyond the limit falls out. */
static int insert(struct scuttle_delta *things, int count, int limit,
                  const struct scuttle_delta *new)
{
    int at = count;

    for (; at > 0 && things[at - 1].place > new->place; at--)
        if (at < limit)
            things[at] = things[at - 1];
    if (at < limit)
        things[at] = *new;
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

/* Of things in their order as many as so many bytes hold, and one value at any rate; values by
 * age need nothing that says whose they are. */
static int fill(struct scuttle_delta *things, int count, double room, bool *tells)
{
    const struct scuttle_setup *s = w->setup;
    bool is_full = false, is_full_of_lives = false;
    int deltas = 0;

    for (int i = 0; i < count; i++) {
        const bool is_life = things[i].key == SCUTTLE_HEARTBEAT;
        const bool has_header = tells[things[i].owner] || (scuttle_is_by_age() && !is_life);
        const double size =
            (has_header ? 0 : s->state_bytes) + (is_life ? 0 : s->delta_bytes + s->size);
        bool *full = scuttle_is_by_age() && is_life ? &is_full_of_lives : &is_full;

        *full = *full || size > room;
        if (*full && (is_life || deltas > 0))
            continue;
        room -= size;
        if (!scuttle_is_by_age() || is_life)
            tells[things[i].owner] = true;
        if (!is_life)
            things[deltas++] = things[i];
    }
    return deltas;
}

int scuttle_choose(int node, const bool *asked, const struct scuttle_view *digest, int bytes,
                   struct scuttle_delta *deltas, bool *tells)
{
    const bool is_limited = (w->setup->limit > 0 || w->setup->limit_bytes > 0) &&
                            net_now() >= w->setup->limit_from && digest != scuttle_nothing;
    const bool by_bytes = is_limited && w->setup->limit_bytes > 0;
    const int limit = is_limited && !by_bytes ? w->setup->limit : NODES * KEYS;
    int order[NODES], count = 0, all = 0;

    shuffle(order, w->setup->nodes);
    for (int i = 0; i < w->setup->nodes; i++) {
        const int owner = order[i];
        const struct scuttle_view *own = &w->views[node][owner];
        struct scuttle_delta more[KEYS], life = { owner, SCUTTLE_HEARTBEAT, 0, 0 };
        const bool has_life = asked[owner] && scuttle_is_younger(own, &digest[owner]);
        const int of =
            asked[owner] || scuttle_is_by_age() ? of_owner(node, owner, &digest[owner], more) : 0;

        if (is_limited)
            set_places(more, of, has_life);
        life.place = w->setup->first == SCUTTLE_BREADTH ? 0
                     : w->setup->first == SCUTTLE_DEPTH ? -of - 1
                                                        : -1e30;
        if (has_life && by_bytes)
            count = insert(deltas, count, limit, &life);
        tells[owner] = has_life && !by_bytes;
        for (int k = 0; k < of; k++)
            count = insert(deltas, count, limit, &more[k]);
        all += of;
    }
    if (by_bytes)
        count = fill(deltas, count, w->setup->limit_bytes - bytes, tells);
    for (int i = 0; i < count && !scuttle_is_by_age(); i++)
        tells[deltas[i].owner] = true;
    scuttle_add(SCUTTLE_DELTAS, count);
    scuttle_add(SCUTTLE_LEFT_OUT, all - count);
    return count;
}
