/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plumtree_params.c - parameters of plumtree, and what real systems ship; see plumtree.h. */
#include "models/plumtree.h"
#include "models/transport.h"

enum { PAPER, IROH, RIAK };
static const char *const preset_names[] = {
    [PAPER] = "paper", [IROH] = "iroh", [RIAK] = "riak", NULL
};
static const struct param_preset presets[] = {
    [PAPER] = { "Leitao et al., SRDS 2007, which leaves the two timeouts open: these are ours",
                "" },
    [IROH] = { "iroh-gossip at 2ce78afe, src/proto/plumtree.rs",
               "graft_timeout: 80ms, regraft_timeout: 40ms, lazy_interval: 5ms" },
    [RIAK] = { "riak_core, riak_core_broadcast.erl",
               "graft_timeout: 0s, regraft_timeout: 1s, lazy_interval: 1s, threshold: 0, "
               "per_origin: true" },
};

const struct param plumtree_params[] = {
    PARAM_CHOICE(struct config, preset, "paper", preset_names,
                 "the values that a system ships with", .presets = presets),
    PARAM_TIME(struct config, graft_timeout, "500ms", "0s..365d",
               "from the first announcement of an update until a node asks for it"),
    PARAM_TIME(struct config, regraft_timeout, "250ms", "1us..365d",
               "from one such request until the next, to another who announced it"),
    PARAM_TIME(struct config, lazy_interval, "0s", "0s..365d",
               "for which announcements are gathered; 0s: each goes at once"),
    PARAM_COUNT(struct config, threshold, "7", "0..1000",
                "hops by which an announced way has to be shorter to be taken from then on; 0: "
                "never"),
    PARAM_BOOL(struct config, per_origin, "false",
               "true: a tree for each node that writes; false: one that all share"),
    PARAM_CHOICE(struct config, transport, "connection", transport_names, TRANSPORT_HELP),
    PARAM_END,
};
