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

#define NEWS_FROM ((uint64_t)1 << 58) /* the first rank of news about members */

static uint32_t bytes_of(const struct queued *q)
{
    if (q->state == UNKNOWN)
        return USER_BYTES + q->incarnation; /* its size */
    return (uint32_t)(q->state == ALIVE ? ALIVE_BYTES : SUSPECT_BYTES);
}

/* What has a higher rank goes earlier: 9 bits for how often it was told, 16 for its bytes. */
static uint64_t rank_of(const struct queued *q)
{
    return (q->state == UNKNOWN ? 0 : NEWS_FROM) | (uint64_t)(TRANSMITS_MAX - q->transmits) << 48 |
           (uint64_t)bytes_of(q) << 32 | q->number;
}

/* How many of the list, which is in order, have a lower rank. */
static uint32_t count_below(const struct queued *list, uint32_t count, uint64_t rank)
{
    uint32_t low = 0;

    while (low < count) {
        const uint32_t middle = low + (count - low) / 2;

        if (rank_of(&list[middle]) < rank)
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
    place = count_below(list, count, rank_of(added));
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
    return count_below(node_list(n, QUEUE), node_list_count(n, QUEUE), NEWS_FROM);
}

void queue_updates(struct node *n, const struct set *updates)
{
    struct state *s = node_state(n);
    const uint32_t most = node_mtu(n) - COMPOUND_BYTES - PART_BYTES - USER_BYTES;
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

/* False: it is an update that the node has forgotten. */
static bool pack(struct node *n, struct packet *p, const struct queued *q)
{
    if (q->state != UNKNOWN) {
        add_news(p, &(struct news){ .member = q->subject,
                                    .from = q->from,
                                    .incarnation = q->incarnation,
                                    .state = q->state });
        return true;
    }
    struct set *update = set_only(node_known(n), q->subject);

    if (set_is_empty(update))
        return false;
    p->parts++;
    p->bytes += PART_BYTES + bytes_of(q);
    p->update_bytes += bytes_of(q) - USER_BYTES;
    set_add(&p->updates, update);
    set_free(update);
    return true;
}

/* How many of the first `count`, from the last of them on, are passed over, as they do not fit into
 * what is left: at once those that are as large. */
static uint32_t count_unfit(const struct queued *list, uint32_t count, uint32_t left)
{
    const struct queued *q = &list[count - 1];
    uint64_t down_to = rank_of(q) & ~(uint64_t)UINT32_MAX;

    if (PART_BYTES + bytes_of(q) <= left)
        return 0;
    if (q->state != UNKNOWN && left < PART_BYTES + SUSPECT_BYTES)
        down_to = NEWS_FROM;
    return count - count_below(list, count, down_to);
}

/* What was told goes back among what was passed over, list[from..count): room for it is before
 * these.  It is in order, the last to go first. */
static void put_back(struct queued *list, uint32_t from, uint32_t count, const struct queued *told,
                     uint32_t told_count)
{
    uint32_t to = from - told_count;

    while (told_count-- > 0) {
        const uint32_t passed = count_below(&list[from], count - from, rank_of(&told[told_count]));

        memmove(&list[to], &list[from], passed * sizeof *list);
        to += passed;
        from += passed;
        list[to++] = told[told_count];
    }
}

/* Closes the gap from `i` to `right` in the list with what has been told once more, in the order in
 * which it was taken; returns how many the list then has.  Only what is between moves, unless
 * something was dropped. */
static uint32_t close_gap(struct queued *list, uint32_t i, uint32_t right, uint32_t count,
                          const struct queued *told, uint32_t told_count)
{
    uint32_t above = 0;

    while (above < told_count && right < count && rank_of(&told[above]) > rank_of(&list[right]))
        above++;
    put_back(list, right, count, told, above);
    right -= above;
    for (uint32_t k = above; k < told_count; k++) {
        const uint32_t below = count_below(list, i, rank_of(&told[k]));

        right -= i - below;
        memmove(&list[right], &list[below], (i - below) * sizeof *list);
        i = below;
        list[--right] = told[k];
    }
    if (i < right)
        memmove(&list[i], &list[right], (count - right) * sizeof *list);
    return i + count - right;
}

/* Takes from the queue what fits into so many bytes. */
static void fill(struct node *n, struct packet *p, uint32_t room)
{
    const uint32_t limit = swim_transmit_limit(node_config(n), member_count(n));
    const uint32_t count = node_list_count(n, QUEUE);
    struct queued *list = node_list(n, QUEUE), told[PARTS_MAX];
    uint32_t i = count, right = count, kept = 0;

    while (i > 0 && p->parts < PARTS_MAX) {
        const uint32_t unfit = count_unfit(list, i, room - p->bytes);

        if (unfit == i)
            break;
        if (unfit > 0) {
            i -= unfit;
            right -= unfit;
            memmove(&list[right], &list[i], unfit * sizeof *list);
            continue;
        }
        i--;
        if (!pack(n, p, &list[i]))
            continue;
        if (list[i].transmits + 1u < limit) {
            told[kept] = list[i];
            told[kept++].transmits++;
        } else if (list[i].state != UNKNOWN) {
            note_queued(n, list[i].subject, false);
        }
    }
    node_list_keep(n, QUEUE, close_gap(list, i, right, count, told, kept));
}

static void send(struct node *n, node_id to, const struct header *header, const struct packet *p)
{
    const struct config *c = node_config(n);
    uint32_t bytes = p->bytes;

    if (header->bytes > 0)
        bytes = header->bytes + (p->parts > 0 ? COMPOUND_BYTES + PART_BYTES + bytes : 0);
    else
        bytes = p->parts > 1 ? COMPOUND_BYTES + bytes : bytes - PART_BYTES;
    bytes -= p->update_bytes;
    if (c->compression)
        bytes = swim_compressed(bytes);
    node_send_pack(n, to, header->kind, p->updates,
                   &(struct pack){ .value = header->value,
                                   .stamp = header->stamp,
                                   .items = p->news,
                                   .item_count = p->count,
                                   .extra_bytes = bytes - p->count * ITEM_BYTES });
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
        fill(n, &p, node_mtu(n) - COMPOUND_BYTES - header->bytes);
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
        fill(n, &p, node_mtu(n) - COMPOUND_BYTES);
        if (p.parts > 0)
            send(n, to[i], &(struct header){ .kind = GOSSIP }, &p);
        else
            set_free(p.updates);
    }
}
