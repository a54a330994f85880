/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology_text.h - what `check` says of the topologies of a study.
 */
#ifndef CLI_TOPOLOGY_TEXT_H
#define CLI_TOPOLOGY_TEXT_H

#include "experiment/plan/plan.h"
#include "experiment/topology/topology_measure.h"

/* The least, the mean and the most of all links; ns, or a share. */
struct link_span {
    double low, mean, high;
};

/* What is known of the topology at a point. */
struct topology_at {
    size_t point;
    struct topology_measures measures;
    struct topology_notes notes; /* of its file */
    bool uses_access;            /* its nodes' bandwidths are those of the network */
    bool has_latency, has_loss;  /* its links have their own: */
    struct link_span latency, loss;
};

/* Measures the topology of a point that is set up; false: it has none, or memory is short. */
bool topology_look(const struct setup *setup, size_t point, struct topology_at *at);

/* Prints a line each, for people, or a list of objects. */
void topology_print(const struct topology_at *list, size_t count, bool has_points);
void topology_print_json(const struct topology_at *list, size_t count);

#endif
