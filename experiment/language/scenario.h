/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario.h - one point of a study, read and checked: everything that a run depends on.
 *
 * One table of keys (scenario_keys.h) reads it, completes it, writes it back and prints the
 * reference, so these cannot drift apart.  Most keys are fields of the engine's configuration; what
 * the engine takes in other terms than people write has a field here and is translated when a point
 * is set up (plan/plan_setup.c).
 */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_H
#define EXPERIMENT_LANGUAGE_SCENARIO_H

#include "experiment/language/churn_trace.h"
#include "experiment/language/document.h"
#include "experiment/language/expression.h"
#include "experiment/language/setting.h"
#include "experiment/language/write_trace.h"
#include "experiment/topology/topology_file.h"
#include "sim/fault_kind.h"
#include "sim/sim.h"
#include "sim/value/distribution_family.h"

enum {
    STRATEGIES_MAX = 64,
    STRATEGY_NAME_MAX = 64,
    GROUP_NAME_MAX = 64,
    MEASUREMENTS_MAX = 1000000, /* of a file */
    SCENARIO_KEYS_MAX = 128
};

/* The values of a file of measurements. */
struct measurements {
    sim_time *values;
    size_t count;
    char sha256[65]; /* of the values, so that a changed file is another point */
};

/* A file of measurements, and how its values are meant, as written. */
struct file_source {
    char *file;   /* NULL: none */
    char *column; /* by name or number; NULL: there is only one */
    int unit;     /* of enum in scenario_files.c; counts if it was given */
    double scale;
    int64_t skip; /* lines at the start */
    bool drop_zeros;
    sim_time inside; /* of a matrix: for what is empty on the diagonal */
    uint64_t given;  /* bit i: row i of the table that it was read by */
};

/* A random quantity: a distribution and its parameters, as written; of bytes where times have ns,
 * if it is a size. */
struct random_time {
    bool is_size;
    const struct distribution_family *family;                   /* NULL: not given */
    _Alignas(max_align_t) char params[DISTRIBUTION_PARAMS_MAX]; /* of the family */
    uint64_t given;                                             /* bit i: row i of them */
    struct file_source source;                                  /* that its values are read from */
    const struct measurements *measured;                        /* borrowed from the reader */
};

/* What a cell of a matrix between groups is about. */
struct scenario_pair {
    char *from, *to;
};

/* A matrix between groups, as written: cells, or a file or a preset. */
struct scenario_matrix {
    bool is_given;
    bool is_preset;
    struct file_source source;
    const struct region_table *table; /* of file or preset; borrowed from the reader, or for ever */
    struct scenario_pair *pairs;      /* of the cells otherwise */
    int count;
};

/* Latencies: one law, or a matrix of them. */
struct scenario_latency {
    struct random_time all; /* without a matrix */
    struct scenario_matrix regions;
    struct random_time *laws; /* of its pairs */
    sim_time *cells;          /* from each group to each, as struct sim_groups has it: x < 0 stands
                                 for laws[-1 - x]; NULL: no matrix, or not resolved, like: */
    int64_t *group_nodes;     /* of each group, */
    int group_count;          /* of so many */
};

/* A loss by itself, or in bursts. */
struct scenario_loss {
    double mean, burst; /* burst 0: each message by itself */
};

/* Losses: of every message, or a matrix of them. */
struct scenario_losses {
    struct scenario_loss all; /* without a matrix */
    struct scenario_matrix regions;
    struct scenario_loss *laws;  /* of its pairs */
    struct sim_path_loss *cells; /* likewise from each group to each */
    int64_t *group_nodes;
    int group_count;
};

/* What a node needs for a message, and how many may wait. */
struct scenario_processing {
    struct random_time time; /* not given: nothing */
    int64_t queue;           /* -1: unlimited */
};

/* A record of nodes that came and went, and who follows whom. */
struct scenario_churn_trace {
    struct file_source source; /* of the record; file NULL: none */
    sim_time from;             /* of the record, where the run begins */
    int assign;                /* of enum assign in scenario_churn.c */
    bool repeat, shift;
    uint64_t given;                 /* bit i: row i of them */
    const struct churn_trace *read; /* borrowed from the reader */
};

/* What each node of a group weighs. */
struct scenario_group_weight {
    char *group;
    double weight;
};

/* What peers weigh for a model that picks them by weight. */
struct scenario_weights {
    struct file_source source;       /* of a file, */
    const struct weight_table *read; /* borrowed from the reader; NULL: by group, */
    struct scenario_group_weight *groups;
    int group_count;
    double other; /* of nodes that the file has not; -1: there are none */
};

/* What nodes start with where a model estimates the mean of it. */
struct scenario_values {
    int how;                         /* of enum sim_values */
    struct file_source source;       /* VALUES_GIVEN: of a file, */
    const struct weight_table *read; /* borrowed from the reader; NULL otherwise */
};

/* When a run ends, before `stop.at`. */
struct scenario_end {
    int when; /* of enum sim_stop_when */
    double estimate_error;
};

struct scenario_layer {
    const struct model *model;
    void *config;
    uint64_t given;                   /* bit i: row i of the model's parameters was given */
    struct scenario_weights *weights; /* of its partners; NULL: none */
};

struct scenario_peers {
    enum sim_peers source;
    const struct model *model; /* PEERS_VIEW: whose; NULL otherwise */
};

struct scenario_strategy {
    char *name;
    struct scenario_layer layers[MODEL_STACK_MAX];
    int count;
    struct scenario_peers peers; /* if it has its own */
    bool has_peers;
};

/* A named part of the nodes, `first` and `nodes` as soon as the scenario is read. */
struct scenario_group {
    char *name;
    double share;  /* of all nodes, if written as one */
    int64_t count; /* otherwise */
    bool is_share;
    int64_t first, nodes; /* the scenario's node numbers first .. first + nodes - 1 */
};

struct scenario_groups {
    struct scenario_group *list;
    int count;
    int64_t nodes;   /* all there are, in groups or not; known as soon as the scenario is read */
    bool is_derived; /* not written: they are the regions of a matrix */
};

/* Which nodes something is about; a group's range is known as soon as the scenario is read. */
struct scenario_selector {
    struct sim_selector nodes;
    char *group; /* SELECT_RANGE by a group's name; NULL: otherwise */
};

/* What the network is to one group: what is not given is as for all. */
struct scenario_group_network {
    struct scenario_selector group;
    struct scenario_loss loss;
    int64_t bandwidth, downlink, queue_bytes;
    unsigned given; /* bit i: row i of the table in scenario_by_group.c */
};

struct scenario_by_group {
    struct scenario_group_network *list;
    int count;
};

/* Classes of access links, as written: a list, or those of the file of the topology. */
struct scenario_access {
    struct sim_access_class *list;
    int count;
    const struct preset *preset; /* that they are from; NULL: none */
    bool is_of_topology;
    const struct topology_file *read; /* then: that file, borrowed; NULL: it could not be read */
};

/* The nodes of one side of a fault: parts, or a share of all nodes. */
struct scenario_side {
    struct scenario_selector *parts;
    int count;
    double share;
};

struct scenario_fault {
    enum sim_fault_kind kind;
    struct scenario_side *sides; /* one, or as many as a partition has, or from and to */
    int count;
    bool is_shares;            /* a partition by shares */
    struct sim_obstacle plan;  /* its parameters; the sides are not there */
    uint64_t given;            /* bit i: row i of the parameters */
    sim_time at, lasts, every; /* 0: not given, as the others here */
    bool redraw;
    int64_t batch;
    sim_time pace, down;
    int timers;
    uint32_t said; /* of enum fault_word */
};

struct scenario_faults {
    struct scenario_fault *list;
    int count;
};

struct scenario_expect {
    struct expression *list;
    int count;
};

struct scenario_timing {
    int mode;
    sim_time round; /* TIMING_ROUNDS */
};

struct scenario_topology {
    const struct topology_kind *kind;                       /* NULL: complete */
    _Alignas(max_align_t) char params[TOPOLOGY_PARAMS_MAX]; /* of the kind */
    uint64_t given;                                         /* bit i: row i of them */
    char *file;                                             /* of a kind that takes one */
    const struct topology_file *read;                       /* borrowed from the reader */
};

struct scenario_arrival {
    int mode;
    double rate;    /* ARRIVAL_POISSON: a second */
    sim_time every; /* ARRIVAL_EVERY */
};

/* What keys updates write: so many in turn, or drawn by Zipf's law. */
struct scenario_written_keys {
    int64_t count;
    bool is_drawn;
    double zipf;
};

/* Every node writes keys of its own. */
struct scenario_renewal {
    bool is_given;
    sim_time every;         /* 0: not given */
    struct sim_rate steady; /* the same as a rate */
    int phase;              /* of enum phase in sim/node.h, PHASE_RANDOM or PHASE_TOGETHER */
    int64_t keys;
    int clock, order; /* of enums in scenario_workload.c */
    uint64_t given;   /* bit i: row i of the parameters there */
    struct random_time size;
};

/* At what rate they do, or all clients together, from when on. */
struct scenario_rates {
    struct sim_rate *list;
    int count; /* 0: not given */
};

/* What is written is in a file. */
struct scenario_trace {
    struct file_source source;
    const struct write_trace *read; /* borrowed from the reader; NULL: not given */
};

struct scenario_origin {
    int mode;
    int64_t node;                /* ORIGIN_NODE */
    struct scenario_selector of; /* ORIGIN_RANGE */
};

/* Whether metrics by group are recorded, and of which groups, as hashes have it. */
struct scenario_record_groups {
    bool is_on;
    char *names;
};

struct scenario_strategies {
    struct scenario_strategy *list;
    int count;
};

struct scenario {
    int64_t gossipsim;
    char *name, *description; /* NULL: none */
    struct replications replications;
    struct scenario_expect expect;

    /* What the engine takes as it is written; plan_setup.c fills the rest from what follows. */
    struct sim_config config;
    struct scenario_timing timing;
    struct scenario_peers peers;
    struct scenario_topology topology;
    struct scenario_groups groups;
    struct scenario_latency latency;
    struct random_time session, downtime;
    struct scenario_churn_trace churn_trace; /* in their place */
    struct scenario_losses loss;
    struct scenario_by_group by_group;
    struct scenario_access access;
    struct scenario_processing processing;
    struct scenario_written_keys keys;
    struct random_time size;
    struct scenario_renewal renewal;
    struct scenario_rates rates;
    struct scenario_trace trace;
    struct scenario_arrival arrival;
    struct scenario_origin origin;
    struct scenario_values values;
    struct scenario_end end;
    struct scenario_selector absent; /* a group; none: no node is */
    struct scenario_faults faults;
    struct scenario_strategies strategies;
    struct scenario_record_groups record_groups;

    bool given[SCENARIO_KEYS_MAX]; /* the scenario gave row i of scenario_keys */
};

/* What reading needs besides the tree. */
struct scenario_reader {
    const struct model *const *models; /* closed by NULL */
    char *folder;                      /* that files are named relative to */
    GHashTable *measured;              /* file as meant -> struct measurements, owned */
    GHashTable *matrices;              /* likewise -> struct region_table */
    GHashTable *traces;                /* likewise -> struct write_trace */
    GHashTable *graphs;                /* unit and path -> struct topology_file, owned */
    GHashTable *records;               /* how it is meant, and path -> struct churn_trace, owned */
    GHashTable *weights;               /* file as meant -> struct weight_table, owned */
    struct errors *errors;
};

void scenario_reader_init(struct scenario_reader *reader, const struct model *const *models,
                          const char *path, struct errors *errors);
void scenario_reader_clear(struct scenario_reader *reader);

/* Whether any scenario that was read named a file, or data that come with the program. */
bool scenario_reader_has_files(const struct scenario_reader *reader);

/*
 * Moves keys of the map `root` that are written with their sections, `network.loss: 5%`, into
 * these sections.  A key that is given both ways is an error that names both places.
 */
void scenario_join_dotted(struct item *root, struct errors *errors);

/*
 * Reads and checks the tree `root` (a whole document; its `sweep` is not looked at).  False, with
 * the errors, if it is no good scenario.  *scenario needs scenario_clear() in both cases.
 */
bool scenario_read(const struct item *root, struct scenario_reader *reader,
                   struct scenario *scenario);
void scenario_clear(struct scenario *scenario);

/*
 * Writes it as YAML with every default that has an effect, always in the same words and order.
 * `for_hash`: only what can change a result of any strategy, without the strategies themselves;
 * files by their contents.
 */
void scenario_write(GString *out, const struct scenario *scenario, bool for_hash);

/* Writes the models of a strategy likewise, a line each, as the map that stands under its name:
 * all of it that can change a result, files by their contents. */
void scenario_write_stack(GString *out, const struct scenario_strategy *strategy);

/* Whom the nodes of a strategy pick: its own peers, or else the scenario's. */
const struct scenario_peers *scenario_peers_of(const struct scenario *scenario,
                                               const struct scenario_strategy *strategy);

/* How many updates are written, as far as it is known before, preloaded ones apart; huge if too
 * many to count. */
int64_t scenario_updates(const struct scenario *scenario);

/* The engine's terms for nodes that write keys of their own, but for how many updates and how
 * large; what it points to is the scenario's. */
void scenario_own_writes(const struct scenario *scenario, struct sim_workload *workload);

/* Whether rates say when the updates of all clients together are written; and then the engine's
 * terms for that, likewise. */
bool scenario_has_rate_of_all(const struct scenario *scenario);
void scenario_rate_of_all(const struct scenario *scenario, struct sim_workload *workload);

/* Fills what distribution_new() needs; `time` must be given, for the others below too. */
void random_time_spec(const struct random_time *time, struct distribution_spec *spec);

/* The engine's terms for a trace that was read, or none; borrowed from the reader. */
void scenario_give_churn_trace(const struct scenario_churn_trace *record, struct sim_churn *churn);

/* Gives a group what it has of its own. */
void scenario_give_group(const struct scenario_group_network *own, struct sim_group *group);

/* True if no two messages of a pair of nodes differ in it but by jitter; and if it is never longer
 * than 0s. */
bool scenario_latency_is_constant(const struct scenario_latency *latency);
bool scenario_latency_is_zero(const struct scenario_latency *latency);

/* Of a family of one value; and never longer than 0s. */
bool random_time_is_constant(const struct random_time *time);
bool random_time_is_zero(const struct random_time *time);

/* The reference of the scenario language, in Markdown, from the tables that read it. */
void scenario_print_reference(FILE *out);

/* A JSON Schema (draft-07) of the language, from the same tables. */
void scenario_print_schema(FILE *out);

#endif
