/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transport.h - how a model's messages travel: what models offer as `transport`.
 *
 * The engine does it: a model says in `connects` that it is TRANSPORT_CONNECTION, and is then told
 * in on_failed() of what cannot be delivered.
 */
#ifndef MODELS_TRANSPORT_H
#define MODELS_TRANSPORT_H

enum transport {
    TRANSPORT_DATAGRAM,   /* what is lost is gone, and nobody is told */
    TRANSPORT_CONNECTION, /* what is lost comes late, or its sender learns that it does not */
};

extern const char *const transport_names[]; /* closed by NULL */

#define TRANSPORT_HELP                                                                        \
    "messages as datagrams, lost without anybody knowing, or over connections: what is lost " \
    "comes late, and who sent learns what does not arrive"

#endif
