/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fitting_test.c - fits find the settings of known curves again, as often as docs/fit.md says.
 *
 *   build/release/tests/analysis/fitting_test TRIES [POINTS]
 *
 * prints the page's table instead.
 */
#include "tests/analysis/fitting_truth.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "gossipsim: 1\nnodes: 100\nreplications: 1\n"
#define PUSH \
    HEAD "network: {latency: {lognormal: {median: 20ms, p99: 100ms}}}\nstop: {at: 10min}\n" \
    "strategies: {push: {rumor-mongering: {mode: push, fanout: 2, interval: 500ms}}}\n"
#define REPAIR \
    HEAD "network: {latency: {lognormal: {median: 20ms, p99: 100ms}}}\nstop: {at: 30min}\n" \
    "strategies: {repair: {anti-entropy: {mode: push-pull, interval: 1s}}}\n"
#define MAIL \
    HEAD "network: {latency: {lognormal: {median: 40ms, p99: 200ms}}}\nstop: {at: 30min}\n" \
    "strategies: {repaired: {direct-mail: {acknowledge: false}, anti-entropy: {mode: push-pull, interval: 10s}}}\n"

#define LOSS     { "network.loss", "0%..50%" }
#define INTERVAL(stack) { "strategies." stack ".interval", "100ms..2s:log" }

#define REPAIRED { "strategies.repaired.anti-entropy.interval", "1s..60s:log" }
static const struct truth_problem problems[] = {
    { "mail and repair, as sampled", MAIL, { LOSS, REPAIRED }, 2, TRUTH_SHARES },
    { "mail and repair, ten times", MAIL, { LOSS, REPAIRED }, 2, TRUTH_TEN_TIMES },
    { "mail and repair, all delays", MAIL, { LOSS, REPAIRED }, 2, TRUTH_DELAYS },
    { "mail and repair, 30 delays", MAIL, { LOSS, REPAIRED }, 2, TRUTH_SOME_DELAYS },
    { "mail and repair, a choice", MAIL, { LOSS, REPAIRED, {"strategies.repaired.anti-entropy.mode", "push,pull,push-pull"} }, 3, TRUTH_DELAYS },
    { "push, as sampled", PUSH, { LOSS, INTERVAL("push.rumor-mongering") }, 2, TRUTH_SHARES },
    { "push, ten times", PUSH, { LOSS, INTERVAL("push.rumor-mongering") }, 2, TRUTH_TEN_TIMES },
    { "push, all delays", PUSH, { LOSS, INTERVAL("push.rumor-mongering") }, 2, TRUTH_DELAYS },
    { "push, 30 delays", PUSH, { LOSS, INTERVAL("push.rumor-mongering") }, 2, TRUTH_SOME_DELAYS },
    { "repair, all delays", REPAIR, { LOSS, INTERVAL("repair.anti-entropy") }, 2, TRUTH_DELAYS },
    { "repair, loss", REPAIR, { LOSS }, 1, TRUTH_SHARES },
};

static void print_table(size_t tries, size_t judged, size_t points)
{
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        const struct truth_problem *p = &problems[i];
        struct truth_tally tally = truth_try(p, tries, judged, points, 1);
        for (size_t k = 0; k < p->vary_count; k++)
            printf("| %s | `%s` | %.1f %% | %.0f %% | %zu of %zu |\n", p->name, p->vary[k].path,
                   100.0 * (double)tally.covered[k] / (double)tries, 100 * tally.width[k],
                   tally.unexplained, tally.judged);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        print_table((size_t)atol(argv[1]), argc > 2 ? (size_t)atol(argv[2]) : 0,
                    argc > 3 ? (size_t)atol(argv[3]) : 1000);
        return 0;
    }
    return 0;
}
