/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_probe.c - who is there? see swim.h.
 *
 *   prober --PING-----> target            target --ACK--> prober
 *   no ACK within `timeout`:
 *   prober --PING-REQ-> helpers           helper --PING-> target --ACK-> helper --ACK--> prober
 *                                         no ACK within `timeout`:       helper --NACK-> prober
 *   prober --KNOCK----> target            target --KNOCK-REPLY--> prober, over a connection
 *
 * The probe fails if no ACK has come, and no knock was answered, when the interval is over, which a
 * node that is not well stretches.  Meanwhile ticks pass by but for one, which begins the next
 * probe as soon as this one is over: a ticker of Go keeps one.
 *
 * Source: A. Das, I. Gupta, A. Motivala, SWIM, DSN 2002, section 3.1; memberlist's state.go,
 * probeNode(), and net.go, handleIndirectPing().
 */
#include "models/swim.h"

static void ping(struct node *n, node_id target, uint32_t number, const struct news *first)
{
    queue_send(n, target, &(struct header){ .kind = PING, .bytes = PING_BYTES, .value = number },
               first);
}

static void begin(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct news suspect;
    const struct member *target;

    if (!members_next(n, &s->target))
        return;
    target = member_of(n, s->target);
    s->is_probing = true;
    s->is_late = s->is_answered = s->has_asked = false;
    s->nacks = s->nacks_wanted = 0;
    s->probe = ++s->number;
    s->target_incarnation = target->incarnation & INCARNATION_MAX;
    node_count(n, PROBES, 1);
    suspect = (struct news){ .member = s->target,
                             .from = node_self(n),
                             .incarnation = s->target_incarnation & INCARNATION_MAX,
                             .state = SUSPECT };
    ping(n, s->target, s->probe,
         c->lifeguard && c->buddy && target->state == SUSPECT ? &suspect : NULL);
    node_after(n, c->timeout, NO_ACK, s->probe);
    node_after(n, health_scale(n), PROBE_OVER, s->probe);
}

void probe_tick(struct node *n)
{
    struct state *s = node_state(n);

    if (s->is_probing)
        s->is_late = true;
    else
        begin(n);
}

/* The probe is over, and another begins if its tick has come. */
static void end(struct node *n)
{
    struct state *s = node_state(n);

    s->is_probing = false;
    if (s->is_late)
        begin(n);
}

static bool is_current(struct node *n, uint32_t number)
{
    const struct state *s = node_state(n);

    return s->is_probing && s->probe == number;
}

void probe_no_ack(struct node *n, uint32_t number)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    node_id helpers[MEMBERS_PICK_MAX];
    uint32_t count;

    if (!is_current(n, number))
        return;
    count = members_pick(n, PICK_ALIVE, (uint32_t)c->helpers, s->target, helpers);
    s->has_asked = true;
    s->nacks_wanted = c->lifeguard && c->nacks ? count : 0;
    for (uint32_t i = 0; i < count; i++)
        queue_send(
            n, helpers[i],
            &(struct header){
                .kind = PING_REQ, .bytes = PING_REQ_BYTES, .value = number, .stamp = s->target },
            NULL);
    if (c->connection_probe)
        node_send_reliably(n, s->target, KNOCK, set_new(),
                           &(struct pack){ .value = number, .extra_bytes = PING_BYTES });
}

/* Nothing was heard of it. */
static void fail(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    node_count(n, PROBES_FAILED, 1);
    health_change(n, s->nacks_wanted > 0 ? (int)(s->nacks_wanted - s->nacks) : 1);
    if (c->suspicion) {
        hear_suspect(n, s->target, s->target_incarnation, node_self(n));
        return;
    }
    node_count(n, VERDICTS, hear_dead(n, s->target, s->target_incarnation, node_self(n)));
}

void probe_over(struct node *n, uint32_t number)
{
    const struct state *s = node_state(n);

    if (!is_current(n, number))
        return;
    if (s->is_answered) {
        node_count(n, PROBES_CONNECTED, 1);
        health_change(n, -1);
    } else {
        fail(n);
    }
    end(n);
}

void probe_ack(struct node *n, uint32_t number)
{
    const struct state *s = node_state(n);
    struct relay *relays = node_list(n, RELAYS);

    if (is_current(n, number)) {
        node_count(n, PROBES_HELPED, s->has_asked);
        health_change(n, -1);
        end(n);
        return;
    }
    for (uint32_t i = 0; i < node_list_count(n, RELAYS); i++) {
        const struct relay relay = relays[i];

        if (relay.number != number)
            continue;
        relays[i] = relays[node_list_count(n, RELAYS) - 1];
        node_list_keep(n, RELAYS, node_list_count(n, RELAYS) - 1);
        queue_send(n, relay.requester,
                   &(struct header){ .kind = ACK, .bytes = ACK_BYTES, .value = relay.requested },
                   NULL);
        return;
    }
}

void probe_nack(struct node *n, uint32_t number)
{
    struct state *s = node_state(n);

    if (is_current(n, number) && s->nacks < s->nacks_wanted)
        s->nacks++;
}

void probe_knocked(struct node *n, uint32_t number)
{
    struct state *s = node_state(n);

    if (is_current(n, number))
        s->is_answered = true;
}

/* ---- for others ---- */

void probe_relay(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const uint32_t number = ++s->number;

    *(struct relay *)node_list_add(n, RELAYS) =
        (struct relay){ .number = number, .requester = m->from, .requested = m->value };
    ping(n, m->stamp, number, NULL);
    node_after(n, c->timeout, RELAY_OVER, number);
}

void probe_relay_over(struct node *n, uint32_t number)
{
    const struct config *c = node_config(n);
    struct relay *relays = node_list(n, RELAYS);
    const uint32_t count = node_list_count(n, RELAYS);

    for (uint32_t i = 0; i < count; i++) {
        const struct relay relay = relays[i];

        if (relay.number != number)
            continue;
        relays[i] = relays[count - 1];
        node_list_keep(n, RELAYS, count - 1);
        if (c->lifeguard && c->nacks)
            queue_send(
                n, relay.requester,
                &(struct header){ .kind = NACK, .bytes = NACK_BYTES, .value = relay.requested },
                NULL);
        return;
    }
}
