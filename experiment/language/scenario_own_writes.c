/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_own_writes.c - nodes that write keys of their own: `workload.each_node`. */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"
#include "experiment/language/scenario_schema.h"
#include "sim/node.h"

#include <string.h>

/* ---- workload.each_node ---- */

static const char *const phases[] = {
    [PHASE_RANDOM] = "random", [PHASE_TOGETHER] = "together", NULL
};
enum { CLOCK_PERIODIC, CLOCK_POISSON };
enum { ORDER_RANDOM, ORDER_IN_TURN };
static const char *const clocks[] = {
    [CLOCK_PERIODIC] = "periodic", [CLOCK_POISSON] = "poisson", NULL
};
static const char *const orders[] = {
    [ORDER_RANDOM] = "random", [ORDER_IN_TURN] = "in-turn", NULL
};
enum { ROW_EVERY, ROW_PHASE, ROW_KEYS, ROW_ORDER, ROW_CLOCK };
static const struct param renewal_rows[] = {
    [ROW_EVERY] = PARAM_TIME(struct scenario_renewal, every, NULL, "1ns..36525d",
                             "from one of a node's writes to the next"),
    [ROW_PHASE] = PARAM_CHOICE(struct scenario_renewal, phase, "random", phases, "of each node"),
    [ROW_KEYS] = PARAM_COUNT(struct scenario_renewal, keys, "1", "1..1048576", "of each node"),
    [ROW_ORDER] =
        PARAM_CHOICE(struct scenario_renewal, order, "random", orders, "in which it writes them"),
    [ROW_CLOCK] = PARAM_CHOICE(struct scenario_renewal, clock, "periodic", clocks,
                               "evenly, or as a Poisson process"),
    PARAM_END,
};
#define DEFAULT_SIZE "100B"

static void read_default_size(struct scenario_renewal *renewal, struct scenario_reader *reader)
{
    const struct item item = { .kind = ITEM_SCALAR, .text = (char *)(uintptr_t)DEFAULT_SIZE };

    kind_random_size.read(&item, &renewal->size, reader);
}

/* All but the size. */
static void read_times(const struct item *item, struct scenario_renewal *renewal,
                       struct scenario_reader *reader)
{
    struct item rest = *item;

    rest.children = g_new(struct item *, item->count);
    rest.count = 0;
    for (size_t i = 0; i < item->count; i++) {
        struct item *child = item->children[i];
        struct nearest nearest = { .word = child->key };

        if (strcmp(child->key, "size") == 0)
            continue;
        if (param_find(renewal_rows, child->key) != NULL) {
            rest.children[rest.count++] = child;
            continue;
        }
        for (int k = 0; renewal_rows[k].name != NULL; k++)
            nearest_offer(&nearest, renewal_rows[k].name);
        nearest_offer(&nearest, "size");
        scenario_unknown(child, "parameter", nearest.best, "every, size, phase, keys, order, clock",
                         reader);
    }
    scenario_read_params(&rest, renewal_rows, renewal, &renewal->given, reader);
    if (renewal->every > 0)
        renewal->steady.rate = 1e9 / (double)renewal->every;
    g_free(rest.children);
}

static void clear_renewal(void *field)
{
    struct scenario_renewal *renewal = field;

    kind_random_size.clear(&renewal->size);
    *renewal = (struct scenario_renewal){ 0 };
}

static void read_renewal(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_renewal *renewal = field;
    const struct item *size;

    clear_renewal(field);
    param_defaults(renewal_rows, renewal);
    renewal->is_given = true;
    if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors,
                   "`{every: 1min, size: 1kB}` was expected: how often, and how much, each node "
                   "writes");
        return;
    }
    read_times(item, renewal, reader);
    size = item_get(item, "size");
    if (size != NULL)
        kind_random_size.read(size, &renewal->size, reader);
    else
        read_default_size(renewal, reader);
}

static void write_renewal(GString *out, const void *field, bool for_hash)
{
    const struct scenario_renewal *renewal = field;
    char text[QUANTITY_TEXT_MAX];

    g_string_append_c(out, '{');
    if (renewal->every > 0) {
        quantity_write_time(renewal->every, text);
        g_string_append_printf(out, "every: %s, ", text);
    }
    g_string_append(out, "size: ");
    kind_random_size.write(out, &renewal->size, for_hash);
    if (renewal->clock == CLOCK_PERIODIC)
        g_string_append_printf(out, ", phase: %s", phases[renewal->phase]);
    else
        g_string_append_printf(out, ", clock: %s", clocks[renewal->clock]);
    if (renewal->keys > 1)
        g_string_append_printf(out, ", keys: %lld, order: %s", (long long)renewal->keys,
                               orders[renewal->order]);
    g_string_append_c(out, '}');
}

/* What goes together, and with `workload.rate`. */
static void check_renewal(const struct item *root, const struct scenario *s, struct errors *errors)
{
    const struct item *item = item_nearest(root, "workload.each_node");
    const uint64_t given = s->renewal.given;

    if (!s->renewal.is_given)
        return;
    if (s->renewal.every == 0 && s->rates.count == 0)
        item_error_key(item, errors,
                       "`every` is missing: how often each node writes its key, as in "
                       "{every: 1min, size: 1kB}, or `workload.rate`");
    if (s->renewal.every > 0 && s->rates.count > 0)
        item_error_key(item_nearest(root, "workload.each_node.every"), errors,
                       "has no effect: `workload.rate` says how often");
    if (s->renewal.clock == CLOCK_POISSON && given >> ROW_PHASE & 1)
        item_error_key(item_nearest(root, "workload.each_node.phase"), errors,
                       "has no effect with `clock: poisson`");
    if (s->renewal.keys == 1 && given >> ROW_ORDER & 1)
        item_error_key(item_nearest(root, "workload.each_node.order"), errors,
                       "has no effect on one key");
    if (s->renewal.keys > SIM_UPDATES_MAX / s->config.nodes)
        item_error(item, errors, "%lld keys of each of %lld nodes; at most %d in all",
                   (long long)s->renewal.keys, (long long)s->config.nodes, SIM_UPDATES_MAX);
}

static bool is_no_renewal(const void *field)
{
    return !((const struct scenario_renewal *)field)->is_given;
}

const struct key_kind kind_renewal = {
    .values = "`{every: 1min, size: 1kB}`, the size or a [random quantity](#random-quantities) of "
              "bytes, " DEFAULT_SIZE " if not given; `phase`: `random` or `together`; or `clock: "
              "poisson`; `keys: 64` of each node, written in the `order`: `random` or `in-turn`",
    .schema = "'type':'object'," NO_OTHERS ",'properties':{"
              "'every':" REF("time") ",'size':{'anyOf':[" REF(
                  "random-size") "]},'phase':{'enum':['random','together'],'default':'random'},"
                                 "'keys':{'anyOf':[{'type':'integer','minimum':1,'maximum':1048576}"
                                 ",{" TEXT(NUMBER) "}]},'order':{'enum':['random','in-turn'],"
                                                   "'default':'random'},'clock':{'enum':["
                                                   "'periodic','poisson'],'default':'periodic'}}",
    .read = read_renewal,
    .check = check_renewal,
    .write = write_renewal,
    .clear = clear_renewal,
    .is_none = is_no_renewal,
};

/* ---- how many ---- */

/* Rounds of renewals that begin before the end; huge if they are too many to count. */
static int64_t count_renewals(const struct scenario *s)
{
    const sim_time length = s->config.stop.at - s->config.workload.at;
    const sim_time every = s->renewal.every;
    int64_t updates;

    if (length <= 0)
        return 0;
    if (__builtin_mul_overflow((length - 1) / every + 1, s->config.nodes, &updates))
        return INT64_MAX / 2;
    return MIN(updates, INT64_MAX / 2);
}

/* Whether a key of each node at one interval is all that there is. */
static bool is_plain(const struct scenario *s)
{
    return s->rates.count == 0 && s->renewal.keys == 1 && s->renewal.clock == CLOCK_PERIODIC;
}

void scenario_own_writes(const struct scenario *s, struct sim_workload *workload)
{
    const bool has_steps = s->rates.count > 0;

    workload->at = s->config.workload.at;
    workload->is_together = s->renewal.phase == PHASE_TOGETHER;
    workload->own_keys = s->renewal.keys;
    workload->keys = s->config.nodes * s->renewal.keys;
    if (is_plain(s)) {
        workload->arrival = ARRIVAL_RENEWAL;
        workload->every = s->renewal.every;
        return;
    }
    workload->arrival = ARRIVAL_OWN;
    workload->rates = has_steps ? s->rates.list : &s->renewal.steady;
    workload->rate_count = has_steps ? (size_t)s->rates.count : 1;
    workload->writes_poisson = s->renewal.clock == CLOCK_POISSON;
    workload->writes_in_turn = s->renewal.order == ORDER_IN_TURN;
}

int64_t scenario_own_updates(const struct scenario *s)
{
    struct sim_workload own = { 0 };

    if (s->renewal.every == 0 && s->rates.count == 0) /* an error of its own */
        return 0;
    if (is_plain(s))
        return count_renewals(s);
    scenario_own_writes(s, &own);
    return sim_rated_updates_max(&own, s->config.nodes, s->config.stop.at);
}
