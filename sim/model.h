/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h - what a gossip model gives to the engine: one constant table.
 *
 * models/NAME.c defines `const struct model model_NAME`; the Makefile lists the folder into the
 * registry, so a new model touches no other file.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "base/param.h"
#include "sim/metric.h"
#include "sim/node.h"
#include "sim/theory.h"

/* What a message's set stands for on the wire, and so what is charged for it; flags add up. */
enum carries {
    CARRIES_CONTROL = 0,    /* nothing of the set: a control message, 8 B */
    CARRIES_CHECKSUM = 1,   /* one hash of the set, 8 B of digest: compare for equality only */
    CARRIES_IDENTITIES = 2, /* key hash and version of each member, 16 B of digest each */
    CARRIES_PAYLOAD = 4,    /* the updates themselves, each with its size */
};

enum {
    MODEL_KINDS_MAX = 16,   /* message kinds of a model: 4 bits of an event */
    MODEL_TAGS_MAX = 16,    /* timer tags of a model: the same bits */
    MODEL_STACK_MAX = 15,   /* models of a strategy: 4 bits of an event, less the engine's own */
    MODEL_FIGURES_MAX = 16, /* own figures of a model */
    MODEL_LISTS_MAX = 8,    /* lists of records beside the one, of a model */
};

/* A callback that most events of large runs go through: what it calls is compiled into it, and it
 * into the loop that runs a strategy of this model alone.  Speed only. */
#define MODEL_HOT __attribute__((flatten))

struct message_kind {
    const char *name;     /* in traces; NULL closes the table */
    enum carries carries; /* or several or-ed */
    uint16_t item_size;   /* bytes of an item in memory; 0: messages of this kind have none */
    uint16_t item_bytes;  /* of an item on the wire, counted as digest */
    bool weighs_items; /* the model says with each message what they take, in its `extra_bytes`, for
                          not all do alike: `item_bytes` is 0 */
    bool asks; /* it carries payload and is a question too: a node that forwards nothing sends it
                  without the updates of others */
};

/* What a model measures of itself; all but a gauge is measured from `warmup` on. */
enum model_figure_kind {
    FIGURE_COUNT, /* node_count(): a sum over nodes and time */
    FIGURE_PEAK,  /* node_peak(): the largest of all nodes */
    FIGURE_GAUGE, /* node_gauge(): how it stands on a node; at the end the mean of the live ones */
    FIGURE_OBSERVED, /* node_observe(): a distribution, four metrics: MODEL.NAME.mean and the
                        quantiles .p50, .p99, right to a sixteenth, and .max; 8 KiB */
};

struct model_figure {
    const char *name; /* metric MODEL.NAME; NULL closes the table */
    const char *help; /* lower case, no full stop */
    enum model_figure_kind kind;
    enum metric_unit unit;
};

/* What follows NAME in the names of a figure's metrics, closed by NULL: "", or ".mean" and so on.
 */
const char *const *model_figure_metrics(enum model_figure_kind kind);

/* How an update came to a replica, as on_learn() is told. */
enum learned {
    LEARNED_LOCAL, /* a client of this node wrote it here */
    LEARNED_HERE,  /* this model brought it */
    LEARNED_OTHER, /* another model of the stack brought it */
    LEARNED_AGAIN, /* a dormant deletion that this node awakened */
};

struct model {
    const char *name;                    /* kebab-case, as in a scenario */
    const char *summary;                 /* one line for `gossipsim models` */
    const char *source;                  /* the paper or program it follows */
    const struct param *params;          /* closed by PARAM_END */
    const struct message_kind *messages; /* closed by a NULL name */
    const struct model_figure *figures;  /* closed by a NULL name; NULL: none */
    size_t config_size;                  /* of the struct that params fills */
    size_t state_size;                   /* bytes per node; 0 = memoryless */
    size_t record_size;                  /* bytes of one record; 0 = keeps none */
    const size_t *list_sizes; /* of a record of each of its further lists, closed by 0; NULL: none
                               */
    bool (*needs_lists)(const void *config); /* whether this configuration keeps them; NULL: where
                                                it keeps a state */
    bool knows_all; /* a record for each other node, on each: for estimates before a run */
    bool (*lists_all)(const void *config, int list); /* the same of this list; NULL: of none */
    bool goes_through_all; /* with each of the three messages of an exchange it goes through them */
    bool keeps_all;        /* it works only where every node holds all updates */
    bool mails;  /* an update written leads to a message at once, and a record if it keeps some, for
                    each other replica of it: for estimates before a run, */
    bool floods; /* or from each replica to all of its peers, */
    bool (*relays)(const void *config); /* if this says so; else from who wrote it; NULL: it does */

    bool believes; /* it says what it believes of other nodes, by node_believe(); one of a stack */

    /* How long a cycle of it is, in which each node acts once, if it estimates the mean of the
     * nodes' values, as node_estimate() has it; NULL: it does not.  One of a stack. */
    sim_time (*cycle)(const void *config);

    /* Sets per node that the engine keeps for this configuration; NULL: none. */
    int (*sets)(const void *config);

    /* Whether this configuration needs the state and the records at all; NULL: always. */
    bool (*needs_state)(const void *config);

    /* Speed only: whether this configuration can go the short way that the model has for plain
     * ones, as node_is_plain() tells it then; asked once a run.  NULL: none can. */
    bool (*is_plain)(const void *config);

    /* Whether all that this configuration sends goes over connections, as node_send_reliably() has
     * it; NULL: only what that sends. */
    bool (*connects)(const void *config);

    /* For estimates before a run: the peers that a node sends to at a time; NULL: one. */
    int64_t (*fanout)(const void *config);

    /* The same: messages a second by which one of so many nodes tells who came and went, all
     * `fanout` of them on a timer, where so many nodes a second do; NULL: none. */
    double (*tells)(const void *config, double nodes, double changes);

    /* For estimates before a run: the most peers in a view of this model; NULL: all nodes. */
    int64_t (*view_size)(const void *config);

    /* Its equations for this configuration in this world (sim/theory.h); NULL: none are known.
     * False: theory->why says why not. */
    bool (*theory)(const void *config, const struct theory_world *world, struct theory *theory);

    /*
     * Rules over several parameters; NULL: none.  Bit i of `given` is set if the scenario gave
     * row i: an option without effect is an error.  False: `why` says what is wrong.
     */
    bool (*check)(const void *config, uint64_t given, char why[PARAM_WHY_MAX]);

    /* Rules about the other models of its stack; NULL: none.  As check(), but it is told the models
     * of the stack, itself among them, closed by NULL. */
    bool (*check_stack)(const void *config, uint64_t given, const struct model *const *stack,
                        char why[PARAM_WHY_MAX]);

    /*
     * Callbacks; a NULL one is not called.  Each runs at one instant of simulated time, on one
     * node, and must not keep a pointer to its arguments.
     */

    /* The node comes up: at the start of the run and after each absence.  State, sets and
     * records are what they were, or empty if the scenario's `rejoin` says `lose`. */
    void (*on_start)(struct node *n);

    /* A timer of node_every() (value 0) or node_after(). */
    void (*on_timer)(struct node *n, int tag, uint32_t value);

    void (*on_message)(struct node *n, const struct message *m);

    /* A message over a connection could not be delivered: `m` as the receiver would have seen it.
     */
    void (*on_failed)(struct node *n, node_id to, const struct message *m);

    /*
     * A membership model's view: the peers that this node would name now, index 0 .. count-1, none
     * twice and never the node itself, up or down as the model knows no better.  At most one model
     * of a stack has a view, and has both callbacks.  With `peers: NAME` of that model all others
     * pick from it, and node_view_at() lists it.  On a node
     * that comes up this model starts last, so that the others are told of all that comes in.
     */
    uint32_t (*view_count)(struct node *n);
    node_id (*view_at)(struct node *n, uint32_t index);

    /* Of a membership model: what another model of the stack sent to `peer` over a connection could
     * not be delivered; that model has been told before. */
    void (*on_unreachable)(struct node *n, node_id peer);

    /* A peer has come into the view, or left it: for models that keep links, or a mesh, of their
     * own.  The provider itself is not told. */
    void (*on_peer)(struct node *n, node_id peer, bool is_there);

    /*
     * Flow control: a client is about to write on this node; how long it has to wait, 0: it writes
     * now, and on_learn() runs with LEARNED_LOCAL.  Otherwise it waits, and behind it those who
     * come later to this node, and the model is asked again then (sim/world/holding.h).  Of several
     * models of a stack the one that lets it wait longest counts.  Only to ask: it must send
     * nothing.  NULL: nobody ever waits.
     */
    sim_time (*holds_back)(struct node *n);

    /* Whether this configuration ever holds back; NULL: it does, with holds_back(). */
    bool (*controls_flow)(const void *config);

    /* The replica just learned `news`, never empty. */
    void (*on_learn)(struct node *n, const struct set *news, enum learned how);

    /* A value came that a dormant deletion of this node supersedes: `deletions` are those met. It
     * was not learned. */
    void (*on_obsolete)(struct node *n, const struct set *deletions);

    /* The node is about to go: `graceful`: it may still send; otherwise what it sends is
     * dropped.  `loses`: it will come back without its data. */
    void (*on_down)(struct node *n, bool graceful, bool loses);
};

/* Whether this configuration of a model may send over connections. */
bool model_connects(const struct model *model, const void *config);

/* The same of holding clients' writes back. */
bool model_holds_back(const struct model *model, const void *config);

/* Whether its list of this index has an element for each other node, on each. */
bool model_lists_all(const struct model *model, const void *config, int list);

/* Whether a model's tables are within the limits above, its names short enough, and those of its
 * callbacks there that belong together; if not, `why` says what is wrong, as in "has 20 figures;
 * ...".  The program looks at all models when it starts, and each run at those of its stack. */
bool model_check(const struct model *model, char why[PARAM_WHY_MAX]);

/* All models of the build, by name, closed by NULL.  Generated from the folder's listing. */
extern const struct model *const model_registry[];

#endif
