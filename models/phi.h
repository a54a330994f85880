/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phi.h - accrual failure detectors: how long one that sends regularly may be silent, by how it
 * sent so far; what models offer as `phi`.
 *
 * An observer notes when it hears of a subject.  From the intervals of late it has a law of how
 * long one lasts; phi is -log of the probability that one lasts as long as the silence so far, and
 * at a threshold the subject is held dead.  Here that is a time, phi_due(), which moves with each
 * thing heard:
 *
 *   exponential   last heard + pause + threshold * mean                [* ln 10 with `log: 10`]
 *   normal        last heard + pause + mean + z * deviation            z: the tail is b^-threshold
 *   logistic      the same, by Akka's approximation of the normal's tail, which is too thin far
 *                 out: z is 5.22 at 8, where it should be 5.61
 *   phi: false    last heard + timeout
 *
 * 48 B for each pair of observer and subject, and 64 B more for deviations, whatever the window.
 * It is kept as up to eight sums of a seventh of it each; of the oldest, of which some are out of
 * the window already, that share is taken as if its intervals were all alike.  So windows up to 7
 * are exact, and the mean is always that of as many intervals as the window has.  Intervals count
 * in whole units of a power of two of nanoseconds, so large that the sums fit into 32 bits (with
 * Cassandra's values 1024 ns): they are right to that, and alike on all machines.
 *
 * A model has PHI_PLACES in its enum of rows, PHI_ROWS in its table, PHI_RULES in its check and
 * struct phi_params in its configuration; struct phi_judge and struct phi_watch in its state, which
 * it begins in on_start(); and a struct phi for each subject, 0 at first and again where what was
 * heard is to be forgotten.
 *
 * Source: N. Hayashibara, X. Defago, R. Yared, T. Katayama, The phi accrual failure detector, SRDS
 * 2004; apache/cassandra at 07242de0, FailureDetector.java; akka/akka at 016c6ce3,
 * PhiAccrualFailureDetector.scala; quickwit-oss/chitchat at 1e773603, failure_detector.rs.
 */
#ifndef MODELS_PHI_H
#define MODELS_PHI_H

#include "models/rule.h"

enum phi_distribution { PHI_EXPONENTIAL, PHI_NORMAL, PHI_LOGISTIC };
enum phi_log { PHI_LOG_10, PHI_LOG_E };

/* What becomes of the interval that ends when one that was held dead is heard again. */
enum phi_comeback {
    PHI_RECORDED, /* it counts if it is not too long, as others do */
    PHI_SKIPPED,  /* it does not; no interval does that is long enough for a verdict */
    PHI_ANEW,     /* all that was before is forgotten */
};

extern const char *const phi_distributions[], *const phi_logs[], *const phi_comebacks[];

struct phi_params {
    bool is_on; /* false: a fixed time */
    int distribution, log, comeback;
    double threshold;
    int64_t window, prior;
    sim_time initial, max_interval, min_deviation, pause, local_pause, timeout;
};

/* The places of its rows in a model's enum, and the rows.  The defaults are Cassandra's; the others
 * are for the presets of models. */
#define PHI_PLACES                                                                   \
    ROW_PHI, ROW_PHI_DISTRIBUTION, ROW_PHI_LOG, ROW_PHI_THRESHOLD, ROW_PHI_WINDOW,   \
        ROW_PHI_INITIAL, ROW_PHI_PRIOR, ROW_PHI_MAX_INTERVAL, ROW_PHI_MIN_DEVIATION, \
        ROW_PHI_PAUSE, ROW_PHI_LOCAL_PAUSE, ROW_PHI_COMEBACK, ROW_TIMEOUT
#define PHI_ROWS(config, field)                                                                    \
    [ROW_PHI] =                                                                                    \
        PARAM_NAMED("phi", BOOL, config, field.is_on, "true", NULL, NULL,                          \
                    "who is silent for long, by how it sent so far, is held dead; false: who is "  \
                    "for `timeout`"),                                                              \
    [ROW_PHI_DISTRIBUTION] = PARAM_NAMED(                                                          \
        "phi_distribution", CHOICE, config, field.distribution, "exponential", NULL,               \
        phi_distributions,                                                                         \
        "what intervals are taken to be; logistic: Akka's approximation of the normal"),           \
    [ROW_PHI_LOG] = PARAM_NAMED("phi_log", CHOICE, config, field.log, "10", NULL, phi_logs,        \
                                "phi is this logarithm of how unlikely the silence is"),           \
    [ROW_PHI_THRESHOLD] = PARAM_NAMED("phi_threshold", REAL, config, field.threshold, "8",         \
                                      "0.1..100", NULL, "the phi at which one is held dead"),      \
    [ROW_PHI_WINDOW] = PARAM_NAMED("phi_window", COUNT, config, field.window, "1000", "1..10000",  \
                                   NULL, "intervals of late that count"),                          \
    [ROW_PHI_INITIAL] =                                                                            \
        PARAM_NAMED("phi_initial", TIME, config, field.initial, "2s", "1us..365d", NULL,           \
                    "the first interval, when nothing was heard before; for a normal law "         \
                    "one a quarter shorter and one a quarter longer"),                             \
    [ROW_PHI_PRIOR] =                                                                              \
        PARAM_NAMED("phi_prior", COUNT, config, field.prior, "0", "0..1000", NULL,                 \
                    "so many intervals of `phi_initial` count always instead, beside the window, " \
                    "and nobody is held alive before an interval was heard"),                      \
    [ROW_PHI_MAX_INTERVAL] = PARAM_NAMED("phi_max_interval", TIME, config, field.max_interval,     \
                                         "2s", "1us..365d", NULL, "longer ones do not count"),     \
    [ROW_PHI_MIN_DEVIATION] =                                                                      \
        PARAM_NAMED("phi_min_deviation", TIME, config, field.min_deviation, "100ms", "0s..365d",   \
                    NULL, "the least standard deviation of a normal law"),                         \
    [ROW_PHI_PAUSE] = PARAM_NAMED("phi_pause", TIME, config, field.pause, "0s", "0s..365d", NULL,  \
                                  "of silence that is granted beside (Akka's acceptable pause)"),  \
    [ROW_PHI_LOCAL_PAUSE] = PARAM_NAMED(                                                           \
        "phi_local_pause", TIME, config, field.local_pause, "5s", "0s..365d", NULL,                \
        "a node that was stopped itself for longer holds nobody dead for so long; 0s: it does"),   \
    [ROW_PHI_COMEBACK] = PARAM_NAMED(                                                              \
        "phi_comeback", CHOICE, config, field.comeback, "recorded", NULL, phi_comebacks,           \
        "the interval that ends as one that was held dead is heard again: counts as others do; "   \
        "does not; or begins a window anew"),                                                      \
    [ROW_TIMEOUT] = PARAM_NAMED("timeout", TIME, config, field.timeout, "20s", "1us..365d", NULL,  \
                                "phi: false: silence for which one is held dead")

/* What differs from the defaults, for presets. */
#define PHI_AKKA                                                                          \
    "phi_distribution: logistic, phi_initial: 1s, phi_max_interval: 60s, phi_pause: 3s, " \
    "phi_local_pause: 0s, phi_comeback: skipped"
#define PHI_CHITCHAT                                                                          \
    "phi_log: e, phi_initial: 5s, phi_prior: 5, phi_max_interval: 10s, phi_local_pause: 0s, " \
    "phi_comeback: anew"

/* Which of them have an effect. */
#define PHI_RULES(phi)                                                                 \
    { ROW_PHI_DISTRIBUTION, (phi).is_on, "`phi: true`" },                              \
        { ROW_PHI_LOG, (phi).is_on, "`phi: true`" },                                   \
        { ROW_PHI_THRESHOLD, (phi).is_on, "`phi: true`" },                             \
        { ROW_PHI_WINDOW, (phi).is_on, "`phi: true`" },                                \
        { ROW_PHI_INITIAL, (phi).is_on, "`phi: true`" },                               \
        { ROW_PHI_PRIOR, (phi).is_on, "`phi: true`" },                                 \
        { ROW_PHI_MAX_INTERVAL, (phi).is_on, "`phi: true`" },                          \
        { ROW_PHI_MIN_DEVIATION, (phi).is_on && (phi).distribution != PHI_EXPONENTIAL, \
          "`phi: true` and a `phi_distribution` other than `exponential`" },           \
        { ROW_PHI_PAUSE, (phi).is_on, "`phi: true`" },                                 \
        { ROW_PHI_LOCAL_PAUSE, (phi).is_on, "`phi: true`" },                           \
        { ROW_PHI_COMEBACK, (phi).is_on, "`phi: true`" },                              \
    {                                                                                  \
        ROW_TIMEOUT, !(phi).is_on, "`phi: false`"                                      \
    }

/* The parameters, and what follows from them alone. */
struct phi_judge {
    struct phi_params params;
    double factor;    /* means of silence, or deviations above the mean */
    int unit_log2;    /* of nanoseconds */
    uint32_t block;   /* intervals of a sum */
    uint32_t initial; /* in units */
};

enum { PHI_SUMS = 8 };

struct phi {
    sim_time heard; /* last, if it ever was */
    uint32_t total; /* of all sums, in units */
    uint32_t sums[PHI_SUMS];
    uint32_t count : 14;             /* of the intervals in them */
    uint32_t filled : 11;            /* in the newest */
    uint32_t newest : 3, oldest : 3; /* sum */
    uint32_t is_met : 1;
};

/* Beside it, for a distribution other than exponential; 0 at first. */
struct phi_squares {
    uint64_t sums[PHI_SUMS];
};

/* Whether a node was stopped itself. */
struct phi_watch {
    sim_time looked, stopped;
};

void phi_prepare(struct phi_judge *judge, const struct phi_params *params);
bool phi_has_squares(const struct phi_judge *judge);
bool phi_needs_squares(const struct phi_params *params); /* before there is a judge */

/*
 * The subject is heard of now, at a time >= the last; `is_dead`: the observer holds it dead.
 * `squares` may be NULL unless phi_has_squares(), here and below.
 */
void phi_hear(const struct phi_judge *judge, struct phi *phi, struct phi_squares *squares,
              sim_time now, bool is_dead);

/* Whether what was heard is enough to hold the subject alive. */
bool phi_is_enough(const struct phi_judge *judge, const struct phi *phi);

/* When the subject is to be held dead if nothing is heard of it before; SIM_TIME_MAX if nothing
 * ever was. */
sim_time phi_due(const struct phi_judge *judge, const struct phi *phi,
                 const struct phi_squares *squares);

/* Speed only: true only if it is surely not due: a bound of the mean from below, that needs no
 * division. */
static inline bool phi_is_early(const struct phi_judge *judge, const struct phi *phi, sim_time now)
{
    const double silence = (double)((now - phi->heard) >> judge->unit_log2) + 1;
    const double grant = 0.99 * judge->factor;
    const uint32_t total =
        phi->count > judge->params.window ? phi->total - phi->sums[phi->oldest] : phi->total;

    return judge->params.is_on && judge->params.distribution == PHI_EXPONENTIAL && phi->is_met &&
           (phi->count == 0 || silence * phi->count < grant * total) &&
           (judge->params.prior == 0 || silence < grant * judge->initial);
}

/* The silence now as a share of that which leads to the verdict: 1 or more when it is due.  If
 * nothing else is granted, an exponential law's phi as a share of its threshold. */
double phi_level(const struct phi_judge *judge, const struct phi *phi,
                 const struct phi_squares *squares, sim_time now);

/* The node starts; and it looks who is to be held dead, as it does regularly: whether it may hold
 * anybody dead now. */
void phi_watch_begin(struct phi_watch *watch, sim_time now);
bool phi_watch_look(const struct phi_judge *judge, struct phi_watch *watch, sim_time now);

#endif
