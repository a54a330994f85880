/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_keys.h - the table of keys of the scenario language.  For the language's own files only.
 *
 * A row is all that is known of a key: its path, its field, what may be written, its default, what
 * it depends on, how hashes and sweeps treat it, what the reference says.  Reading, checking,
 * completing, hashing, the reference and the schema go by the table, so that a new key is its row,
 * its field (in the engine's configuration, if that takes the value as it is written) and what the
 * engine does with it.  A value that is not a plain parameter (base/param.h) has a kind, which
 * reads and writes it and has the rules that it is under beside other keys.
 */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_KEYS_H
#define EXPERIMENT_LANGUAGE_SCENARIO_KEYS_H

#include "experiment/language/scenario.h"

struct key_kind {
    /* What may be written, in Markdown; or what appends it. */
    const char *values;
    void (*put_values)(GString *out);

    /* The same as members of a JSON Schema, written as scenario_schema.h has it; or what appends
     * them. */
    const char *schema;
    void (*put_schema)(GString *out);

    /* Reads `item` into the field; errors go to the reader. */
    void (*read)(const struct item *item, void *field, struct scenario_reader *reader);

    /* Appends the field's value in flow style; NULL: never asked for. */
    void (*write)(GString *out, const void *field, bool for_hash);

    void (*clear)(void *field);         /* NULL: nothing is held */
    bool (*is_none)(const void *field); /* there is nothing to write; NULL: there always is */

    /* Gives the groups that the value names their ranges; NULL: it names none.  `item`: the value,
     * NULL if it is the default. */
    void (*resolve)(const struct item *item, void *field, const struct scenario_groups *groups,
                    struct errors *errors);

    /* Rules of a value that is good by itself, beside the other keys; NULL: there are none. */
    void (*check)(const struct item *root, const struct scenario *scenario, struct errors *errors);
};

/* What a key depends on: another one's value. */
struct key_need {
    const char *because; /* the other's path */
    bool (*is_met)(const struct scenario *scenario);
    const char *otherwise; /* the error about a key that is given all the same */
    bool but_default;      /* its default may be: --full prints that */
    bool is_absence;       /* it is that the other is not there: the error says where it is */
};
enum { KEY_NEEDS_MAX = 5 };

enum {
    KEY_UNSWEPT = 1,       /* no axis goes over it or over a part of it, */
    KEY_UNSWEPT_WHOLE = 2, /* or over it as a whole */
    KEY_OUTSIDE = 4, /* no part of the world that the hash of a point stands for: no run depends on
                        it, or it counts where it is named, or it has a hash of its own */
    KEY_YOUNG = 8,   /* hashes of points are older: with its default it is in none */
};

/* What any latency needs, what limits of all links need, and what drawn sessions
 * need. */
extern const struct key_need scenario_time_for_latency, scenario_needs_no_classes,
    scenario_needs_no_record;

/* What keys need.  Of the workload: that neither every node writes nor a trace says what is
 * written, nor rates when; sizes that no trace has; updates, and some after the first.  Of members:
 * a model that keeps a view, and nodes that join. */
extern const struct key_need scenario_needs_no_renewals, scenario_needs_no_trace,
    scenario_needs_no_rate_of_all, scenario_needs_own_sizes, scenario_needs_updates,
    scenario_needs_later_updates, scenario_needs_views, scenario_needs_joining;

/* That a model has a figure that is a gauge. */
extern const struct key_need scenario_needs_gauges;

/* That a model estimates the mean of what nodes start with. */
extern const struct key_need scenario_needs_estimates;

struct key {
    struct param param;          /* name: the path; of struct scenario; a kind's has no type */
    const struct key_kind *kind; /* NULL: a plain parameter */
    unsigned flags;
    const char *required; /* the error if it is silent though its needs are met; NULL: it may be */
    const struct key_need *needs[KEY_NEEDS_MAX + 1]; /* those that a default passes come last */
    void (*silence)(
        struct scenario *scenario); /* what silence means where no default tells; NULL */
    const char *details; /* for the reference, a paragraph in Markdown; NULL: help says all */
};

/* Closed by a row without name. */
extern const struct key scenario_keys[];

/* The key of this path, or NULL. */
const struct key *scenario_find_key(const char *path);

bool scenario_was_given(const struct scenario *scenario, const struct key *key);

/* What the key depends on and does not have; NULL: it has all, or its default passes. */
const struct key_need *scenario_unmet_need(const struct scenario *scenario, const struct key *key);

/* True if completed scenarios have the key. */
bool scenario_key_has_effect(const struct scenario *scenario, const struct key *key);

/* Appends the value of the key. */
void scenario_write_key(GString *out, const struct scenario *scenario, const struct key *key,
                        bool for_hash);
bool scenario_has_default(const struct scenario *scenario, const struct key *key);

/* False if no axis may go over `path`; *key_path is the key that forbids it. */
bool scenario_may_be_swept(const char *path, const char **key_path);

extern const struct key_kind kind_version, kind_name, kind_text, kind_replications, kind_timing,
    kind_random_time, kind_arrival, kind_origin, kind_auto_time, kind_strategies, kind_sweep,
    kind_groups, kind_replicas, kind_faults, kind_expect, kind_loss, kind_losses, kind_latency,
    kind_by_group, kind_bandwidth, kind_queue, kind_peers, kind_processing, kind_topology,
    kind_absent, kind_join_rate, kind_random_size, kind_keys, kind_renewal, kind_rates, kind_trace,
    kind_churn_trace, kind_access, kind_record_groups, kind_record_overlay, kind_values,
    kind_stop_when;

/* No rows. */
extern const struct param scenario_no_rows[];

/* What a selector may be, in Markdown. */
#define SELECTOR_WANTED "`20%`, `{count: 3}`, `{node: 17}`, a group's name, `{all-but: 1}` or `all`"

/* Reads which nodes are meant; a group is only named until scenario_resolve_groups(). */
bool scenario_read_selector(const struct item *item, struct scenario_selector *selector,
                            struct scenario_reader *reader);
void scenario_write_selector(GString *out, const struct scenario_selector *selector, bool for_hash);

/* An error if there are no such nodes. */
void scenario_check_selector(const struct item *item, const struct sim_selector *of, int64_t nodes,
                             struct errors *errors);

/* Reads, writes, resolves and checks the value of a fault's action, which `fault->kind` tells; and
 * the value's schema. */
void scenario_read_action(const struct item *item, struct scenario_fault *fault,
                          struct scenario_reader *reader);
void scenario_write_action(GString *out, const struct scenario_fault *fault, bool for_hash);
void scenario_clear_action(struct scenario_fault *fault);
void scenario_check_action(const struct item *item, const struct scenario_fault *fault,
                           int64_t nodes, struct errors *errors);
void scenario_resolve_action(const struct item *item, const struct scenario_groups *groups,
                             struct scenario_fault *fault, struct errors *errors);
void scenario_put_action(GString *out, const struct fault_kind *kind);

/* The parameters of a family that are those of a size, in the room given. */
enum { SIZE_ROWS_MAX = 8 };
struct size_rows {
    struct param rows[SIZE_ROWS_MAX];
};
const struct param *scenario_size_rows(const struct distribution_family *family,
                                       struct size_rows *room);

/* How many updates nodes write of their own keys at most; huge if too many to count. */
int64_t scenario_own_updates(const struct scenario *scenario);
int64_t scenario_rated_updates(const struct scenario *scenario);

/* Appends the schema of a trace of writes. */
void scenario_put_trace(GString *out);

/* An error if the fault only ends others and none comes before it. */
void scenario_check_end(const struct item *item, const struct scenario_fault *fault,
                        const struct scenario_faults *faults, struct errors *errors);

/* Gives shares that make 1 whole nodes. */
void scenario_round_shares(struct scenario_groups *groups, int64_t nodes);

/* Where a matrix of a file or preset tells, its regions become the groups. */
void scenario_derive_all_groups(struct scenario *scenario);

/* Whether a group's uplinks, or downlinks, are limited. */
bool scenario_has_uplinks(const struct scenario *scenario);
bool scenario_has_downlinks(const struct scenario *scenario);

/* Has the links of nodes be those of the topology's file, where they shall. */
void scenario_find_access(struct scenario *scenario);

/* The classes of links: those listed, or those of the file of the topology, borrowed; and whether
 * one of them has a limit. */
struct topology_access scenario_access_of(const struct scenario *scenario);
bool scenario_classes_have_links(const struct scenario *scenario, bool is_down);

/* Whether some group has links of its own. */
bool scenario_groups_have_links(const struct scenario *scenario);

/* Gives every group its nodes and every name of a group its range; errors if they do not fit. */
void scenario_resolve_groups(const struct item *root, struct scenario *scenario,
                             struct scenario_reader *reader);

/* The same of one selector; `other` lists what may stand in the place of a group's name, NULL:
 * nothing may. */
void scenario_resolve_selector(const struct item *item, const struct scenario_groups *groups,
                               struct scenario_selector *selector, const char *other,
                               struct errors *errors);

/* Whether a model of a strategy has something to do whatever is written: it has a view, judges who
 * is up, or estimates a mean. */
bool scenario_has_other_work(const struct scenario *scenario);

/* Whether a model picks partners by group: then the groups are part of what a run depends on. */
bool scenario_minds_groups(const struct scenario *scenario);

/* What expectations and `until` name is recorded. */
void scenario_imply_recording(struct scenario *scenario);

/* Rules of partners that need something of the rest of the scenario. */
void scenario_check_partners(const struct item *root, const struct scenario *scenario,
                             struct errors *errors);

/* Rules over several keys. */
void scenario_check(const struct item *root, const struct scenario *scenario,
                    struct scenario_reader *reader);

/*
 * Reads one parameter from `item` into `config`; false and an error if it is no such value.
 * Shared by every table of parameters.
 */
bool scenario_read_param(const struct item *item, const struct param *row, void *config,
                         struct scenario_reader *reader);

/* True, after an error, if `item` is a word other than `word`, where else `what` is expected. */
bool scenario_is_wrong_word(const struct item *item, const char *word, const char *what,
                            struct scenario_reader *reader);

/*
 * Reads the map `item` by the rows of a table; *given gets a bit for each row that was there.
 * Unknown keys are errors that suggest the nearest.  A choice may hold the parameters of its word:
 * `partner: {spatial: {exponent: 2}}` stands for `partner: spatial, spatial_exponent: 2`.  False
 * if there was any error.
 */
bool scenario_read_params(const struct item *item, const struct param *rows, void *config,
                          uint64_t *given, struct scenario_reader *reader);

/* The only child of a map: `{poisson: …}`; NULL and an error naming `wanted` otherwise. */
const struct item *scenario_single(const struct item *item, const char *wanted,
                                   struct scenario_reader *reader);

/* An error about an unknown key or word that suggests the nearest of those offered. */
void scenario_unknown(const struct item *item, const char *what, const char *nearest,
                      const char *known, struct scenario_reader *reader);

#endif
