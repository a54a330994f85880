/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_keys.h - the table of keys of the scenario language.  For scenario*.c only.
 *
 * A row is a parameter (base/param.h) whose name is the path of the key and of its field in
 * struct scenario; what is no plain parameter names its kind, which reads and writes it.
 */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_KEYS_H
#define EXPERIMENT_LANGUAGE_SCENARIO_KEYS_H

#include "experiment/language/scenario.h"

struct key_kind {
    const char *values; /* what may be written, in Markdown */

    /* Reads `item` into the field; errors go to the reader. */
    void (*read)(const struct item *item, void *field, struct scenario_reader *reader);

    /* Appends the field's value in flow style. */
    void (*write)(GString *out, const void *field, bool for_hash);

    void (*clear)(void *field); /* NULL: nothing is held */
};

struct key {
    struct param param;
    const struct key_kind *kind; /* NULL: a plain parameter */
};

/* Closed by a row without name. */
extern const struct key scenario_keys[];

/* What is known of the language but not built: a key, or words that a key may have.  Closed by a
 * NULL path. */
struct later {
    const char *path;
    const char *const *words; /* NULL: the whole key */
};
extern const struct later scenario_later[];

extern const struct key_kind kind_version, kind_name, kind_text, kind_replications, kind_timing,
    kind_random_time, kind_arrival, kind_origin, kind_auto_time, kind_strategies, kind_sweep,
    kind_groups, kind_replicas, kind_faults, kind_expect, kind_loss, kind_bandwidth, kind_queue;

/* When faults happen, rows of struct scenario_fault; actions that are not built; and no rows. */
extern const struct param scenario_when_rows[], scenario_no_rows[];
extern const char *const scenario_later_faults[];

/* A loss in bursts, `mean: 5%, burst: 4`: rows of struct scenario_loss. */
extern const struct param scenario_burst_rows[];

/* What a selector may be, in Markdown. */
#define SELECTOR_WANTED "`20%`, `{count: 3}`, `{node: 17}`, a group's name, `{all-but: 1}` or `all`"

/* Reads which nodes are meant; a group is only named until scenario_resolve_groups(). */
bool scenario_read_selector(const struct item *item, struct scenario_selector *selector,
                            struct scenario_reader *reader);
void scenario_write_selector(GString *out, const struct scenario_selector *selector, bool for_hash);

/* An error if there are no such nodes. */
void scenario_check_selector(const struct item *item, const struct sim_selector *of, int64_t nodes,
                             struct errors *errors);

/* Reads, writes and checks the value of a fault's action, which `fault->kind` tells; the item of a
 * selector of a side; and the value's schema. */
void scenario_read_action(const struct item *item, struct scenario_fault *fault,
                          struct scenario_reader *reader);
void scenario_write_action(GString *out, const struct scenario_fault *fault, bool for_hash);
void scenario_clear_action(struct scenario_fault *fault);
void scenario_check_action(const struct item *item, const struct scenario_fault *fault,
                           int64_t nodes, struct errors *errors);
const struct item *scenario_action_part(const struct item *item, const struct scenario_fault *fault,
                                        int side, int part);
void scenario_put_action(GString *out, const struct fault_kind *kind);

/* An error if the fault only ends others and none comes before it. */
void scenario_check_end(const struct item *item, const struct scenario_fault *fault,
                        const struct scenario_faults *faults, struct errors *errors);

/* Gives every group its nodes and every name of a group its range; errors if they do not fit. */
void scenario_resolve_groups(const struct item *root, struct scenario *scenario,
                             struct scenario_reader *reader);

/* Rules of the faults, whose values are all good by themselves. */
void scenario_check_faults(const struct item *root, const struct scenario *scenario,
                           struct errors *errors);

/* Whether the study has what its expectations are about. */
void scenario_check_expect(const struct item *root, const struct scenario *scenario,
                           struct errors *errors);

/* True if the key's value can change what the scenario does, given its other values. */
bool scenario_key_has_effect(const struct scenario *scenario, const char *path);

/* True if the key is as it was when there was no such key: hashes of points, which are older, do
 * not have it then. */
bool scenario_is_calm(const struct scenario *scenario, const char *path);

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
