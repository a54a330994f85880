/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_queue.c - news that a node has still to tell, and how it is packed into messages; see
 * swim.h.
 *
 * The queue holds one piece of news about a member, the latest, and updates of the workload.  Every
 * message takes from its front as much as fits; what has been told as often as the limit says is
 * dropped.  Its order: members before updates; what was told less often first; the larger; the
 * newer.  So one pass from the front takes what memberlist takes, and what was taken keeps its
 * order.
 *
 * Cost: O(1) a message for what is told, and O(length) where not all of the queue fits into it, or
 * something comes into it.
 * Source: memberlist's queue.go, TransmitLimitedQueue, and state.go, gossip().
 */
#include "models/swim.h"

#include <string.h>

/* What fits into one message. */
struct packet {
    struct news news[PARTS_MAX];
    uint32_t count;
    struct set *updates;
    uint32_t bytes;        /* of the parts, with what each of them takes beside */
    uint32_t update_bytes; /* of these the updates, which the network charges */
    uint32_t parts;
};

/* ---- what comes in ---- */

#define UPDATES_FROM ((uint64_t)1 << 52) /* the first place of updates */

static uint32_t bytes_of(const struct queued *q)
{
    if (q->state == UNKNOWN)
        return USER_BYTES + q->incarnation;
    return (uint32_t)(q->state == ALIVE ? ALIVE_BYTES : SUSPECT_BYTES);
}

static uint64_t place_of(const struct queued *q)
{
    return (q->state == UNKNOWN ? UPDATES_FROM : 0) | (uint64_t)q->transmits << 43 |
           (uint64_t)(MTU - bytes_of(q)) << 32 | (UINT32_MAX - q->number);
}

static uint32_t find_place(const struct queued *list, uint32_t count, uint64_t place)
{
    uint32_t low = 0;

    while (low < count) {
        const uint32_t middle = low + (count - low) / 2;

        if (place_of(&list[middle]) < place)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

static void put(struct node *n, const struct queued *added)
{
    const struct config *c = node_config(n);
    const uint32_t count = node_list_count(n, QUEUE);
    uint32_t place;
    struct queued *list;

    node_list_add(n, QUEUE);
    if (node_list_count(n, QUEUE) == count) /* memory is short, and the run over */
        return;
    list = node_list(n, QUEUE);
    place = find_place(list, count, place_of(added));
    memmove(&list[place + 1], &list[place], (count - place) * sizeof *list);
    list[place] = *added;
    node_peak(n, QUEUE_MAX, node_list_count(n, QUEUE));
    if (node_list_count(n, QUEUE) == 1 && c->gossip_nodes > 0)
        node_wake(n, GOSSIP_TICK);
}

static void take_out(struct node *n, node_id member)
{
    struct queued *list = node_list(n, QUEUE);
    const uint32_t count = node_list_count(n, QUEUE);
    uint32_t i = 0;

    while (i < count && (list[i].state == UNKNOWN || list[i].subject != member))
        i++;
    if (i == count)
        return;
    memmove(&list[i], &list[i + 1], (count - i - 1) * sizeof *list);
    node_list_keep(n, QUEUE, count - 1);
}

/* Whether the queue may hold news of the member; of itself a node does not keep in mind. */
static bool is_queued(struct node *n, node_id member)
{
    const struct member *record = member_of(n, member);

    return member == node_self(n) || (record && record->is_queued);
}

static void note_queued(struct node *n, node_id member, bool queued)
{
    struct member *record = member_of(n, member);

    if (member != node_self(n) && record) /* none: memory is short */
        record->is_queued = queued;
}

void queue_news(struct node *n, const struct news *news)
{
    struct state *s = node_state(n);

    if (is_queued(n, news->member))
        take_out(n, news->member);
    put(n, &(struct queued){ .subject = news->member,
                             .from = news->from,
                             .number = s->queue_number++,
                             .incarnation = (uint32_t)news->incarnation & INCARNATION_MAX,
                             .state = news->state });
    note_queued(n, news->member, true);
}

static uint32_t count_updates(struct node *n)
{
    const struct queued *list = node_list(n, QUEUE);
    uint32_t i = node_list_count(n, QUEUE), updates = 0;

    while (i-- > 0 && list[i].state == UNKNOWN)
        updates++;
    return updates;
}

void queue_updates(struct node *n, const struct set *updates)
{
    struct state *s = node_state(n);
    const uint32_t most = MTU - COMPOUND_BYTES - PART_BYTES - USER_BYTES;
    uint32_t queued = count_updates(n);

    for (update_id i = 0; set_next(updates, &i); i++) {
        const uint32_t bytes = node_update_info(n, i).bytes;

        if (queued == UPDATES_MAX || bytes > most) {
            node_count(n, DROPPED, 1);
            continue;
        }
        put(n, &(struct queued){ .subject = i,
                                 .number = s->queue_number++,
                                 .incarnation = bytes & INCARNATION_MAX,
                                 .state = UNKNOWN });
        queued++;
    }
}

void queue_forget(struct node *n)
{
    node_list_keep(n, QUEUE, 0);
}

/* ---- what goes out ---- */

static void add_news(struct packet *p, const struct news *news)
{
    p->news[p->count++] = *news;
    p->parts++;
    p->bytes += (uint32_t)(PART_BYTES + (news->state == ALIVE ? ALIVE_BYTES : SUSPECT_BYTES));
}

static void pack(struct node *n, struct packet *p, const struct queued *q)
{
    if (q->state != UNKNOWN) {
        add_news(p, &(struct news){ .member = q->subject,
                                    .from = q->from,
                                    .incarnation = q->incarnation,
                                    .state = q->state });
        return;
    }
    struct set *update = set_only(node_known(n), q->subject);

    if (set_is_empty(update)) /* the node has forgotten it */
        return;
    p->parts++;
    p->bytes += PART_BYTES + bytes_of(q);
    p->update_bytes += bytes_of(q) - USER_BYTES;
    set_add(&p->updates, update);
    set_free(update);
}

/* Merges what has been told once more, in order, with the first `count` of the list, in order; from
 * the end, so that the list has room for both. */
static void merge(struct queued *list, uint32_t count, const struct queued *told,
                  uint32_t told_count)
{
    while (told_count-- > 0) {
        const uint32_t place = find_place(list, count, place_of(&told[told_count]));

        memmove(&list[place + told_count + 1], &list[place], (count - place) * sizeof *list);
        list[place + told_count] = told[told_count];
        count = place;
    }
}

/* Speed only: from `first` on, how many pieces of news there are that need not be looked at, as
 * none fits into what is left. */
static uint32_t count_unfit(const struct queued *list, uint32_t first, uint32_t count,
                            uint32_t left)
{
    if (list[first].state == UNKNOWN || left >= PART_BYTES + SUSPECT_BYTES)
        return 0;
    return find_place(&list[first], count - first, UPDATES_FROM);
}

/* Takes from the queue what fits into so many bytes. */
static void fill(struct node *n, struct packet *p, uint32_t room)
{
    const uint32_t limit = swim_transmit_limit(node_config(n), member_count(n));
    const uint32_t count = node_list_count(n, QUEUE);
    struct queued *list = node_list(n, QUEUE), told[PARTS_MAX];
    uint32_t left = 0, kept = 0;

    for (uint32_t i = 0; i < count;) {
        const uint32_t unfit = count_unfit(list, i, count, room - p->bytes);

        if (unfit > 0 || p->parts == PARTS_MAX ||
            p->bytes + PART_BYTES + bytes_of(&list[i]) > room) {
            const uint32_t passed = unfit > 0 ? unfit : 1;

            memmove(&list[left], &list[i], passed * sizeof *list);
            left += passed;
            i += passed;
            continue;
        }
        pack(n, p, &list[i]);
        if (list[i].transmits + 1u < limit) {
            told[kept] = list[i];
            told[kept++].transmits++;
        } else if (list[i].state != UNKNOWN) {
            note_queued(n, list[i].subject, false);
        }
        i++;
    }
    merge(list, left, told, kept);
    if (left + kept < count)
        node_list_keep(n, QUEUE, left + kept);
}

static void send(struct node *n, node_id to, const struct header *header, const struct packet *p)
{
    uint32_t bytes = p->bytes;

    if (header->bytes > 0)
        bytes = header->bytes + (p->parts > 0 ? COMPOUND_BYTES + PART_BYTES + bytes : 0);
    else
        bytes = p->parts > 1 ? COMPOUND_BYTES + bytes : bytes - PART_BYTES;
    node_send_pack(
        n, to, header->kind, p->updates,
        &(struct pack){ .value = header->value,
                        .stamp = header->stamp,
                        .items = p->news,
                        .item_count = p->count,
                        .extra_bytes = bytes - p->update_bytes - p->count * SUSPECT_BYTES });
}

static void open_packet(struct packet *p)
{
    p->count = p->bytes = p->update_bytes = p->parts = 0;
    p->updates = set_new();
}

void queue_send(struct node *n, node_id to, const struct header *header, const struct news *first)
{
    struct packet p;

    open_packet(&p);
    if (first)
        add_news(&p, first);
    else if (node_list_count(n, QUEUE) > 0)
        fill(n, &p, MTU - COMPOUND_BYTES - header->bytes);
    send(n, to, header, &p);
}

void queue_gossip(struct node *n)
{
    const struct config *c = node_config(n);
    node_id to[MEMBERS_PICK_MAX];
    uint32_t count;

    if (node_list_count(n, QUEUE) == 0) {
        node_sleep(n, GOSSIP_TICK);
        return;
    }
    count = members_pick(n, PICK_GOSSIP, (uint32_t)c->gossip_nodes, node_self(n), to);
    for (uint32_t i = 0; i < count && node_list_count(n, QUEUE) > 0; i++) {
        struct packet p;

        open_packet(&p);
        fill(n, &p, MTU - COMPOUND_BYTES);
        if (p.parts > 0)
            send(n, to[i], &(struct header){ .kind = GOSSIP }, &p);
        else
            set_free(p.updates);
    }
}
