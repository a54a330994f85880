/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * help_metrics.h - `gossipsim help metrics [--markdown]`: what every metric means.
 */
#ifndef CLI_HELP_METRICS_H
#define CLI_HELP_METRICS_H

/* argv[0] is `metrics`.  Returns an exit code. */
int help_metrics(int argc, char **argv);

#endif
