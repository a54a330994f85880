/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_queue.c - news that a node has to tell, and how it is packed; see slow_state.h. */
#include "tests/models/slow/slow_state.h"

#include <math.h>

enum {
    ALIVE_BYTES = 68,
    OTHER_BYTES = 51,
    PART = 2,
    BESIDE_UPDATE = 1,
    TABLE_BYTES = 33,
    ENTRY_BYTES = 74
};

/* ---- compression ---- */

static int between(int knots, const int (*of)[2], int value)
{
    int i = 1;

    while (i < knots - 1 && value > of[i][0])
        i++;
    return of[i - 1][1] +
           (of[i][1] - of[i - 1][1]) * (value - of[i - 1][0]) / (of[i][0] - of[i - 1][0]);
}

int slow_compressed(int bytes)
{
    static const int of[][2] = { { 100, 100 }, { 150, 140 },  { 200, 167 },
                                 { 300, 205 }, { 420, 240 },  { 640, 325 },
                                 { 850, 380 }, { 1060, 430 }, { 1400, 510 } };

    return !slow.setup->compression || bytes <= 100 ? bytes : between(9, of, bytes);
}

int slow_table_bytes(int members)
{
    static const int of[][2] = { { 1, 123 },  { 3, 203 },  { 5, 259 }, { 10, 373 },
                                 { 20, 551 }, { 30, 684 }, { 50, 883 } };

    return slow.setup->compression ? between(7, of, members) : TABLE_BYTES + ENTRY_BYTES * members;
}

/* ---- the queue ---- */

int slow_rounded(int node)
{
    const int members = slow_members(node);

    return (int)ceil(slow.setup->natural ? log(members + 1) : log10(members + 1));
}

static void put(struct node *n, struct told told)
{
    told.number = slow.number++;
    n->queue[n->queue_count++] = told;
    slow.figures[SLOW_QUEUE_MAX] = fmax(slow.figures[SLOW_QUEUE_MAX], n->queue_count);
}

static void take_out(struct node *n, int at)
{
    n->queue[at] = n->queue[--n->queue_count];
}

void slow_tell(int node, struct news news)
{
    struct node *n = &slow.nodes[node];

    for (int i = 0; i < n->queue_count; i++)
        if (!n->queue[i].is_update && n->queue[i].news.member == news.member) {
            take_out(n, i);
            break;
        }
    put(n, (struct told){ .news = news, .size = news.state == ALIVE ? ALIVE_BYTES : OTHER_BYTES });
}

void slow_queue_updates(int node, uint64_t updates)
{
    for (int i = 0; i < slow.written_count && slow.setup->broadcasts; i++)
        if (!(updates >> i & 1))
            continue;
        else if (slow.sizes[i] + BESIDE_UPDATE > slow.setup->mtu - 2 * PART)
            slow.figures[SLOW_DROPPED]++;
        else
            put(&slow.nodes[node], (struct told){ .is_update = true,
                                                  .update = i,
                                                  .size = slow.sizes[i] + BESIDE_UPDATE });
}

/* Whether `a` goes before `b`. */
static bool is_first(const struct told *a, const struct told *b)
{
    if (a->is_update != b->is_update)
        return b->is_update;
    if (a->times != b->times)
        return a->times < b->times;
    if (a->size != b->size)
        return a->size > b->size;
    return a->number > b->number;
}

static int choose(const struct node *n, const bool *is_taken, int room)
{
    int best = -1;

    for (int i = 0; i < n->queue_count; i++)
        if (!is_taken[i] && n->queue[i].size + PART <= room &&
            (best < 0 || is_first(&n->queue[i], &n->queue[best])))
            best = i;
    return best;
}

/* Adds news to a message that has `own` bytes of its own, or 0. */
void slow_pack(int node, struct packet *packet, int own)
{
    struct node *n = &slow.nodes[node];
    bool is_taken[NODES + SLOW_UPDATES_MAX] = { false };
    const int limit = slow.setup->retransmit_mult * slow_rounded(node);
    int room = slow.setup->mtu - PART - own, bytes = own, parts = own > 0, best;

    while ((best = choose(n, is_taken, room)) >= 0) {
        struct told *told = &n->queue[best];

        is_taken[best] = true;
        room -= told->size + PART;
        parts++;
        if (told->is_update)
            packet->updates |= UINT64_C(1) << told->update;
        else
            packet->news[packet->count++] = told->news;
        bytes += told->is_update ? BESIDE_UPDATE : told->size;
        told->times++;
    }
    for (int i = n->queue_count - 1; i >= 0; i--)
        if (is_taken[i] && n->queue[i].times >= limit)
            take_out(n, i);
    packet->bytes = slow_compressed(bytes + (parts > 1 ? PART * (parts + 1) : 0));
}
