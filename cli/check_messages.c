/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_messages.c - see check_messages.h. */
#include "cli/check_messages.h"

#include "analysis/text/table.h"
#include "analysis/text/text.h"
#include "base/quantity.h"
#include "sim/observe.h"

#include <glib.h>
#include <string.h>

enum {
    STEPS_MAX = 20000,      /* events of a trial, and messages, */
    STEPS_ALL = 40000,      /* of all of them, */
    STEPS_MIN = 5000,       /* but of one as many as that; fewer where there are many updates: */
    OP_WORDS = 16,          /* words of a row of updates that take as long as a step */
    SETUP_MAX = 3000000,    /* nodes to set up for all trials, fewer likewise */
    MEMORY_MAX = 256 << 20, /* bytes of a trial */
    ROWS_MAX = 40,          /* of the table */
    UPDATES_IN_A_WORD = 64,
};

/* Messages of a kind. */
struct sent {
    uint64_t messages, bytes, largest, too_large; /* without headers; the last: datagrams */
    bool has_datagrams;
};

struct trial {
    const struct sim_config *config;
    int64_t mtu;
    uint64_t left; /* messages that may still be sent */
    struct sim_watch watch;
    struct sent sent[MODEL_STACK_MAX][MODEL_KINDS_MAX]; /* by model of the stack */
};

/* ---- trials ---- */

static int64_t mtu_of(const struct sim_config *config)
{
    return config->network.mtu > 0 ? config->network.mtu : SIM_MTU;
}

static void note(void *context, const struct sight *sight)
{
    struct trial *trial = context;
    const uint64_t bytes = sight->bytes - (uint64_t)trial->config->network.header_bytes;
    struct sent *sent;
    int layer = 0;

    if (trial->left == 0)
        return;
    if (--trial->left == 0)
        atomic_store(&trial->watch.cancel, true);
    while (trial->config->stack[layer].model != sight->model)
        layer++;
    sent = &trial->sent[layer][sight->kind];
    sent->messages++;
    sent->bytes += bytes;
    sent->largest = MAX(sent->largest, bytes);
    sent->has_datagrams |= !sight->is_connection;
    sent->too_large += !sight->is_connection && bytes > (uint64_t)trial->mtu;
}

/* Words of a row of updates. */
static double words_of(const struct sim_config *config)
{
    return (double)(config->workload.updates + config->store.preload) / UPDATES_IN_A_WORD;
}

static uint64_t steps_of(const struct plan *plan, const struct sim_config *config)
{
    const double steps = (double)STEPS_ALL / plan->strategy_count;

    return (uint64_t)(CLAMP(steps, STEPS_MIN, STEPS_MAX) / (1 + words_of(config) / OP_WORDS)) + 1;
}

/* Whether there are trials. */
static bool may_try(const struct plan *plan, const struct setup *setup)
{
    const struct sim_config *config = setup_config(setup, 0);

    return (double)config->nodes * (1 + words_of(config)) * plan->strategy_count <= SETUP_MAX;
}

/* Fills *trial; a run that wants more memory ends there, as one does that has made its steps. */
static void try_strategy(const struct plan *plan, const struct sim_config *config,
                         struct trial *trial)
{
    const struct sim_observer observer = { SEEN_SENT, note, trial };
    struct sim_config watched = *config;
    struct sim_result result;

    memset(trial, 0, sizeof *trial);
    trial->config = config;
    trial->mtu = mtu_of(config);
    trial->left = steps_of(plan, config);
    watched.watch = &trial->watch;
    watched.observer = &observer;
    watched.memory_max = MEMORY_MAX;
    watched.stop.events = MIN(config->stop.events, steps_of(plan, config));
    sim_run(&watched, &result);
    sim_result_clear(&result);
}

/* Calls `tell` for each kind of message that was sent. */
typedef void tell_function(void *context, const char *strategy, const struct model *model, int kind,
                           const struct sent *sent);

static void tell_all(const struct plan *plan, const struct setup *setup, tell_function *tell,
                     void *context)
{
    struct trial *trial = g_new(struct trial, 1);

    for (int i = 0; i < plan->strategy_count; i++) {
        const struct sim_config *config = setup_config(setup, i);

        try_strategy(plan, config, trial);
        for (int layer = 0; layer < config->stack_count; layer++)
            for (int kind = 0; kind < MODEL_KINDS_MAX; kind++)
                if (trial->sent[layer][kind].messages > 0)
                    tell(context, plan->strategies[i], config->stack[layer].model, kind,
                         &trial->sent[layer][kind]);
    }
    g_free(trial);
}

/* ---- for people ---- */

struct listing {
    struct table *table;
    int rows;
};

static void put_bytes(struct table *table, double bytes)
{
    char text[QUANTITY_TEXT_MAX];

    quantity_write_memory(bytes, text);
    table_number(table, bytes, text);
}

static void put_row(void *context, const char *strategy, const struct model *model, int kind,
                    const struct sent *sent)
{
    struct listing *listing = context;
    struct table *table = listing->table;
    char count[QUANTITY_TEXT_MAX], *name, *verdict;

    if (++listing->rows > ROWS_MAX)
        return;
    name = g_strdup_printf("%s %s", model->name, model->messages[kind].name);
    if (!sent->has_datagrams)
        verdict = g_strdup("a connection");
    else if (sent->too_large == 0)
        verdict = g_strdup("fit");
    else
        verdict = g_strdup_printf("%.3g %% do not fit",
                                  100 * (double)sent->too_large / (double)sent->messages);
    quantity_write_short((double)sent->messages, count);
    table_row(table);
    table_text(table, strategy);
    table_text(table, name);
    table_number(table, (double)sent->messages, count);
    put_bytes(table, (double)sent->bytes / (double)sent->messages);
    put_bytes(table, (double)sent->largest);
    table_text(table, verdict);
    g_free(name);
    g_free(verdict);
}

void check_messages_print(const struct plan *plan, const struct setup *setup)
{
    const struct sim_config *config = setup_config(setup, 0);
    const struct table_style style = { .format = TABLE_PEOPLE,
                                       .width = text_terminal_width(stdout),
                                       .colour = text_may_colour(stdout) };
    struct listing listing = { 0 };
    char mtu[QUANTITY_TEXT_MAX];

    if (!may_try(plan, setup))
        return;
    listing.table = table_new(&style);
    table_column(listing.table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(listing.table, "message", "message", COLUMN_ALL);
    table_column(listing.table, "messages", "sent", COLUMN_ALL | COLUMN_RIGHT);
    table_column(listing.table, "bytes_mean", "mean", COLUMN_ALL | COLUMN_RIGHT);
    table_column(listing.table, "bytes_max", "largest", COLUMN_ALL | COLUMN_RIGHT);
    table_column(listing.table, "mtu", "into the MTU", COLUMN_ALL | COLUMN_RIGHT);
    tell_all(plan, setup, put_row, &listing);
    quantity_write_size(mtu_of(config), mtu);
    if (listing.rows > 0) {
        printf("\nwhat a run sends first%s, headers apart; the MTU is %s:\n",
               plan->point_count > 1 ? " at the first point" : "", mtu);
        table_print(stdout, listing.table);
    }
    if (listing.rows > ROWS_MAX)
        printf("and %d more, with --json\n", listing.rows - ROWS_MAX);
    table_free(listing.table);
}

/* ---- for programs ---- */

static void put_json(void *context, const char *strategy, const struct model *model, int kind,
                     const struct sent *sent)
{
    const char **separator = context;

    printf("%s{\"strategy\": ", *separator);
    table_json_text(stdout, strategy);
    printf(", \"model\": ");
    table_json_text(stdout, model->name);
    printf(", \"message\": ");
    table_json_text(stdout, model->messages[kind].name);
    printf(", \"datagrams\": %s, \"messages\": %llu, \"bytes_mean\": %.6g, \"bytes_max\": %llu, "
           "\"above_mtu\": %llu}",
           sent->has_datagrams ? "true" : "false", (unsigned long long)sent->messages,
           (double)sent->bytes / (double)sent->messages, (unsigned long long)sent->largest,
           (unsigned long long)sent->too_large);
    *separator = ",\n   ";
}

void check_messages_json(const struct plan *plan, const struct setup *setup)
{
    const char *separator = "\n   ";

    printf("{\"mtu\": %lld, \"kinds\": [", (long long)mtu_of(setup_config(setup, 0)));
    if (may_try(plan, setup))
        tell_all(plan, setup, put_json, &separator);
    printf("]}");
}
