/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node_send.c - what a node sends; see node.h. */
#include "sim/world/mute.h"
#include "sim/world/network.h"
#include "sim/world/network_connection.h"

#include <assert.h>

struct set *node_newest(const struct node *n, const struct set *a)
{
    return network_carried(run_of_const(n), a);
}

/* Where not all that nodes send is sent. */
static RARE void send_what_goes(struct run *run, node_id to, int kind, struct set *set)
{
    set = mute_hold_back(run, kind, set);
    if (set)
        network_send(run, to, kind, set, set_handle(set));
}

void node_send(struct node *n, node_id to, int kind, struct set *set)
{
    struct run *run = run_of(n);

    if (UNLIKELY(run->holds_back))
        send_what_goes(run, to, kind, set);
    else
        network_send(run, to, kind, set, set_handle(set));
}

void node_send_some(struct node *n, node_id to, int kind, struct set *set)
{
    if (!set_is_empty(set))
        node_send(n, to, kind, set);
}

static void free_sets(struct set *set, const struct pack *pack)
{
    set_free(set);
    for (int i = 0; i < pack->count; i++)
        set_free(pack->more[i]);
}

static void check_pack(const struct node *n, int kind, const struct pack *pack)
{
    assert(pack->count >= 0 && pack->count < PACK_SETS_MAX);
    assert(pack->item_count == 0 || n->layer->model->messages[kind].item_size > 0);
}

void node_send_pack_to(struct node *n, const node_id *to, int count, int kind, struct set *set,
                       const struct pack *pack)
{
    struct run *run = run_of(n);
    uint64_t beside;
    uint32_t load;

    check_pack(n, kind, pack);
    if ((UNLIKELY(run->holds_back) && !mute_lets_pack(run, kind, set)) || count <= 0) {
        free_sets(set, pack);
        return;
    }
    beside = network_bytes_beside(run, kind, pack);
    load = network_parcel(run, kind, set, pack, (uint32_t)count + 1);
    if (!load)
        return;
    for (int i = 0; i < count && n->layer->connects; i++)
        connection_send(run, to[i], kind, load, beside);
    for (int i = 0; i < count && !n->layer->connects; i++) {
        run->traffic[network_tag(n, kind)].beside += beside;
        network_send(run, to[i], kind, set, load);
    }
    network_fold(run, load);
    network_release(run, load); /* held for the sake of `set` */
}

void node_send_pack(struct node *n, node_id to, int kind, struct set *set, const struct pack *pack)
{
    node_send_pack_to(n, &to, 1, kind, set, pack);
}

void node_send_reliably(struct node *n, node_id to, int kind, struct set *set,
                        const struct pack *pack)
{
    static const struct pack nothing = { .count = 0 };
    struct run *run = run_of(n);
    uint32_t load = set_handle(set);

    if (!pack)
        pack = &nothing;
    check_pack(n, kind, pack);
    if (run->holds_back && !mute_lets_pack(run, kind, set)) {
        free_sets(set, pack);
        return;
    }
    if (pack != &nothing)
        load = network_parcel(run, kind, set, pack, 1);
    if (load)
        connection_send(run, to, kind, load, network_bytes_beside(run, kind, pack));
}

void node_send_items(struct node *n, node_id to, int kind, const void *items, uint32_t item_count)
{
    node_send_pack_to(n, &to, 1, kind, set_new(),
                      &(struct pack){ .items = items, .item_count = item_count });
}
