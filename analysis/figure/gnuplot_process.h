/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gnuplot_process.h - the process that draws: how it begins, ends, and what is said if it fails.
 *
 * Whoever runs it has files to remove afterwards, so interrupts wait until that is done: between
 * gnuplot_hold() and gnuplot_release() they end gnuplot and no more.
 */
#ifndef ANALYSIS_FIGURE_GNUPLOT_PROCESS_H
#define ANALYSIS_FIGURE_GNUPLOT_PROCESS_H

#include <signal.h>

/* Interrupts wait, in this thread and in those that it starts; *before is for gnuplot_release(),
 * after which what has come happens. */
void gnuplot_hold(sigset_t *before);
void gnuplot_release(const sigset_t *before);

/* Runs the script, a file of the folder, in which it may write; between the two above.  NULL, or
 * why nothing was drawn: gnuplot is missing, failed, or was interrupted; g_free() it. */
char *gnuplot_process(const char *folder, const char *script);

#endif
