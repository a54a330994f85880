/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_case.h - random configurations of scuttlebutt for two programs, the model and the
 * slow one.
 */
#ifndef TESTS_MODELS_SCUTTLEBUTT_CASE_H
#define TESTS_MODELS_SCUTTLEBUTT_CASE_H

#include "tests/models/slow_scuttlebutt.h"

#include <stddef.h>

enum { SCUTTLE_CASE_NODES = 14, SCUTTLE_CASE_CRASHES = 3 };

/* All of MIXED is drawn. */
enum scuttle_preset { SCUTTLE_PAPER, SCUTTLE_CASSANDRA, SCUTTLE_CHITCHAT, SCUTTLE_MIXED };

/* Times in ns. */
struct scuttle_crash {
    int first, nodes;
    int64_t at, until; /* until the end, too: for good */
    bool leaves;       /* gracefully, and for good */
    bool loses;        /* its data, and is up again at once */
};

struct scuttle_case {
    enum scuttle_preset preset;
    struct scuttle_setup setup;
    double loss, rate; /* writes of a node and second */
    int64_t latency, latency_spread, retransmit, end;
    struct scuttle_crash crashes[SCUTTLE_CASE_CRASHES];
    int crash_count;
    bool forms; /* nodes join, so many a second; nobody writes before all have */
    double join_rate;
    int64_t writes_from;
    bool removes; /* after times of its own */
};

void scuttle_case_draw(struct scuttle_case *c, int number);

/* The model's parameters. */
void scuttle_case_write(const struct scuttle_case *c, char *text, size_t size);

#endif
