/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * implied.h - what a configuration says of the size of its run before anything is tried.
 *
 * Models declare what the engine cannot see: their fan-out, and what an update leads to at once
 * (struct model); the rest follows from parameters of the type INTERVAL and from the scenario.
 */
#ifndef SIM_ESTIMATE_IMPLIED_H
#define SIM_ESTIMATE_IMPLIED_H

#include "sim/sim.h"

/* The mean time that a message is under way within the first `time` ns of a run, in seconds: what a
 * heavy tail adds after that no longer holds memory. */
double implied_latency(const struct sim_config *config, double time);

/* The most messages a second with which a node starts something of its own accord. */
double implied_sends(const struct sim_config *config);

/* How often a second any node looks at what it holds of another, where models go through all of
 * that with each message. */
double implied_looks(const struct sim_config *config);

/* The largest fan-out of the stack, 1 at least. */
int64_t implied_fanout(const struct sim_config *config);

/* How often nodes come and go by churn until `end`, ns. */
double implied_changes(const struct sim_config *config, double end);

/* Messages that a node sends within `time` ns to tell who of so many nodes comes and goes, and the
 * timers on which it does. */
void implied_news(const struct sim_config *config, double nodes, double time, double *messages,
                  double *timers);

/* Messages that an update leads to at once, in all, and the bytes of records kept for them. */
void implied_mails(const struct sim_config *config, double *messages, double *record_bytes);

/* The most updates that are written within `time` ns of each other. */
double implied_updates(const struct sim_config *config, double time);

/* When a run that stops once all agree will stop, ns, roughly: for runs whose pilots cannot go on
 * for so long. */
double implied_convergence(const struct sim_config *config);

#endif
