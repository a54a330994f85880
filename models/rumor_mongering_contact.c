/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumor_mongering_contact.c - calls where partners accept so many (connection_limit), and calls
 * that fail; see rumor_mongering.c.
 */
#include "models/door.h"
#include "models/partner.h"
#include "models/rumor_mongering.h"

void contact_ask(struct node *n, node_id partner, uint32_t hunts_left)
{
    hunt_note(n, partner);
    node_send_pack(n, partner, CONNECT, set_new(), &(struct pack){ .value = hunts_left });
}

void contact_answer(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    if (door_admits(node_state(n), node_now(n), c->interval, c->connection_limit)) {
        node_send(n, m->from, ACCEPT, set_new());
        return;
    }
    node_count(n, REJECTED, 1);
    node_send_pack(n, m->from, REJECT, set_new(), &(struct pack){ .value = m->value });
}

void contact_again(struct node *n, const struct message *m)
{
    const struct partner_choice anybody = { .how = PARTNER_RANDOM };
    node_id partner;

    hunt_note(n, m->from); /* it may have been called in the cycle before */
    if (m->value > 0 && hunt_pick(n, &anybody, &partner))
        contact_ask(n, partner, m->value - 1);
}

/* Who cannot be asked for a connection counts as having rejected it.  A contact that fails gives no
 * feedback, and so does not count; blind ones have counted when they were made. */
void contact_fail(struct node *n, node_id to, const struct message *m)
{
    struct message rejection = *m;

    rejection.from = to;
    if (m->kind == CONNECT)
        contact_again(n, &rejection);
}
