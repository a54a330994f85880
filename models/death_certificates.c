/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * death_certificates.c - for how long, and by whom, the record of a deletion is kept; defined in
 * docs/models.md.
 *
 * The record of a deletion, its death certificate, tells old values of the key that they are old.
 * This model sends nothing: the certificates spread as all updates do, by the other models of the
 * stack.  Without it every node keeps every certificate for ever.
 *
 *   written or awakened          + retain               + dormant_retain
 *   |------- held, told ---------|------- dormant ------|- forgotten     on a retention site
 *   |------- held, told ---------|- forgotten                            on any other node
 *
 * Times count from the certificate's activation, not from its arrival: so all nodes let go of it
 * together, and it does not go round for ever.  A certificate that comes later is obeyed and let
 * go of at once.  What a node has forgotten it cannot refuse: a replica that was away for longer
 * than `retain` brings the old value back.
 *
 * A dormant certificate is not told.  When an old value comes to its site it wakes up, like an
 * antibody: it is activated anew and spreads as news.  It still bears the time of the deletion, so
 * it never cancels a value written since.  The old value may spread until it meets a site.
 *
 * The retention sites of a deletion are among the holders of its key at even distances from a
 * random place, which all nodes compute alike from the update's number, without a message.  (In the
 * paper the origin draws them and lists them in the certificate.)  A site that is down when a
 * certificate spreads has none.
 *
 * Cost: no message; some operations on the set of the certificates held (sim/set.h) when one is
 * learned and when one falls due, and a look at each that falls due or was ever awakened; one timer
 * a node at a time, for the next due, and one more whenever an earlier one is learned.
 * Source: A. Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987,
 * section 2: tau_1 is `retain`, tau_2 `dormant_retain`, r `dormant_sites`.
 * Known value: at d deletions of different keys a second a node holds d * retain certificates in
 * the mean, and of s sites among n nodes each d * dormant_retain * s / n dormant ones more
 * (tests/models/death_certificates_test.c).
 */
#include "sim/model.h"

#include <stdio.h>

struct config {
    sim_time retain, dormant_retain;
    int64_t dormant_sites;
};

/* The rows' places, for check(). */
enum { ROW_RETAIN, ROW_DORMANT_SITES, ROW_DORMANT_RETAIN, ROWS };

/* Defaults: gc_grace_seconds of Cassandra; no dormant copies there.  In the paper tau_1 and tau_2
 * are 30 days and years. */
static const struct param params[] = {
    [ROW_RETAIN] = PARAM_TIME(struct config, retain, "10d", "0s..18250d",
                              "after a deletion every node keeps its certificate for so long"),
    [ROW_DORMANT_SITES] = PARAM_COUNT(struct config, dormant_sites, "0", "0..1000000000",
                                      "nodes that then keep a dormant copy; 0: none"),
    [ROW_DORMANT_RETAIN] = PARAM_TIME(struct config, dormant_retain, "30d", "0s..18250d",
                                      "for so long after `retain`"),
    [ROWS] = PARAM_END,
};

enum { HELD_MAX, AWAKENED };
static const struct model_figure figures[] = {
    [HELD_MAX] = { "held_max", "most certificates that a node held, dormant ones too", FIGURE_PEAK,
                   UNIT_COUNT },
    [AWAKENED] = { "awakened", "times that an old value awakened a dormant certificate",
                   FIGURE_COUNT, UNIT_COUNT },
    { .name = NULL },
};

enum { HELD, DORMANT, SETS }; /* certificates of this node */

struct state {
    sim_time due; /* of the timer that counts; 0: none */
};

enum { TIMER_DUE };

static int sets(const void *config)
{
    const struct config *c = config;

    return c->dormant_sites > 0 ? SETS : HELD + 1;
}

/* Whether the place is one of `sites` that lie evenly on a ring of `count` from `first` on. */
static bool is_site_at(uint32_t place, uint32_t count, uint64_t sites, uint32_t first)
{
    const uint64_t steps = ((uint64_t)place + count - first) % count;
    const uint64_t site = (steps * sites + count - 1) / count;

    return site < sites && site * count / sites == steps;
}

#define FIRST_SITE UINT32_MAX /* number of the shared draw: no check of ring-repair gets so far */

static bool is_site(const struct node *n, update_id update)
{
    const struct config *c = node_config(n);
    const uint32_t count = node_replica_count(n);
    const uint64_t sites =
        (uint64_t)c->dormant_sites < count ? (uint64_t)c->dormant_sites : (uint64_t)count;

    return sites > 0 && is_site_at(node_place(n, node_shard_of(n, update)), count, sites,
                                   (uint32_t)node_shared_random(n, update, FIRST_SITE, count));
}

static void lower(sim_time *next, sim_time due)
{
    *next = due < *next ? due : *next;
}

/*
 * Those of `certificates` that were activated `kept` ago or before; a new set.  Lowers *next to
 * when the first of the others falls due.  None is activated before it is written, and they are
 * numbered as they are written, so most need no look.
 */
static struct set *fallen_due(const struct node *n, const struct set *certificates, sim_time kept,
                              sim_time *next)
{
    const sim_time now = node_now(n);
    struct set *young = node_written_since(n, certificates, now - kept + 1);
    struct set *fallen = set_minus(certificates, young), *old = set_copy(fallen);

    for (update_id i = 0; set_next(old, &i); i++) {
        const sim_time due = node_activated(n, i) + kept;

        if (due > now) { /* it has been awakened */
            set_drop(&fallen, i);
            lower(next, due);
        }
    }
    for (update_id i = 0; set_next(young, &i) && node_written(n, i) + kept < *next; i++)
        lower(next, node_activated(n, i) + kept);
    set_free(young);
    set_free(old);
    return fallen;
}

/* Those of `certificates` that this node keeps dormant; a new set. */
static struct set *to_sleep(const struct node *n, const struct set *certificates)
{
    struct set *others = set_copy(certificates), *result;

    for (update_id i = 0; set_next(certificates, &i); i++)
        if (is_site(n, i))
            set_drop(&others, i);
    result = set_minus(certificates, others);
    set_free(others);
    return result;
}

/* Lets go of the certificates whose retention is over. */
static void retire_held(struct node *n, sim_time *next)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);
    struct set *fallen = fallen_due(n, s[HELD], c->retain, next);

    if (c->dormant_sites > 0) {
        struct set *sleep = to_sleep(n, fallen);

        node_make_dormant(n, sleep);
        set_add(&s[DORMANT], sleep);
        set_remove(&s[HELD], sleep);
        set_remove(&fallen, sleep);
        set_free(sleep);
    }
    node_forget(n, fallen);
    set_free(fallen);
}

static void retire_dormant(struct node *n, sim_time *next)
{
    const struct config *c = node_config(n);
    struct set *fallen = fallen_due(n, node_sets(n)[DORMANT], c->retain + c->dormant_retain, next);

    node_forget(n, fallen);
    set_free(fallen);
}

/* Drops from a set what newer values have superseded: it is no certificate any longer. */
static void prune(const struct node *n, struct set **certificates)
{
    struct set *valid = node_deletions(n, *certificates);

    set_free(*certificates);
    *certificates = valid;
}

static void look_after(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *state = node_state(n);
    struct set **s = node_sets(n);
    sim_time next = SIM_TIME_MAX;
    uint64_t held;

    prune(n, &s[HELD]);
    retire_held(n, &next);
    held = set_count(s[HELD]);
    if (c->dormant_sites > 0) {
        prune(n, &s[DORMANT]);
        retire_dormant(n, &next);
        held += set_count(s[DORMANT]);
    }
    node_peak(n, HELD_MAX, held);
    if (next == SIM_TIME_MAX || (state->due > node_now(n) && state->due <= next))
        return;
    state->due = next;
    node_after(n, next - node_now(n), TIMER_DUE, 0);
}

static void start(struct node *n)
{
    struct state *state = node_state(n);

    state->due = 0;
    look_after(n);
}

static void on_timer(struct node *n, int tag, uint32_t value)
{
    const struct state *state = node_state(n);

    (void)tag;
    (void)value;
    if (state->due <= node_now(n)) /* otherwise an earlier one took its place */
        look_after(n);
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);
    struct set *certificates = node_deletions(n, news);

    (void)how;
    if (c->dormant_sites > 0)
        set_remove(&s[DORMANT], news);
    set_add(&s[HELD], certificates);
    set_free(certificates);
    look_after(n);
}

static void awaken(struct node *n, const struct set *deletions)
{
    node_count(n, AWAKENED, set_count(deletions));
    node_awaken(n, deletions);
}

static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;

    if (!(given >> ROW_DORMANT_RETAIN & 1) || c->dormant_sites > 0)
        return true;
    snprintf(why, PARAM_WHY_MAX,
             "`dormant_retain` has no effect without `dormant_sites`, which is 0");
    return false;
}

const struct model model_death_certificates = {
    .name = "death-certificates",
    .summary = "records of deletions are kept for a time, by some nodes for longer",
    .source = "Demers et al., PODC 1987, section 2",
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .sets = sets,
    .check = check,
    .on_start = start,
    .on_timer = on_timer,
    .on_learn = learn,
    .on_obsolete = awaken,
};
