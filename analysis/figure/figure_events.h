/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_events.h - what a scenario does to the nodes from outside, as marks in figures over time.
 *
 * The timeline is read from the scenario that the study ran, with the values of the point: a fault
 * that lasts (`for`) is a shaded stretch, one without an end of its own a dotted line.
 */
#ifndef ANALYSIS_FIGURE_FIGURE_EVENTS_H
#define ANALYSIS_FIGURE_FIGURE_EVENTS_H

#include "analysis/figure/figure_parts.h"

struct figure_fault {
    char *name;                 /* "crash 30%" */
    double start, lasts, every; /* seconds; 0: no end of its own; 0: once */
};

struct figure_events {
    GArray *faults; /* struct figure_fault, as written */
    double last;    /* when the last of them, and the last injection, is over; INFINITY: never */
    double stop;    /* when runs end at the latest; INFINITY: not known */
};

/* Those of each point of the figure; none of a scenario that cannot be read.  NULL and errors;
 * figure_events_free() ends them. */
struct figure_events *figure_events_read(const struct figure *figure, struct errors *errors);
void figure_events_free(struct figure_events *events, size_t count);

/* Those that a panel shows: of its first point. */
const struct figure_events *figure_events_of(const struct figure_events *events,
                                             const struct figure *figure, size_t panel);

/* The stretch of time that a panel shows. */
struct figure_span {
    double start, end; /* seconds */
    double factor;     /* to what gnuplot sees */
    bool is_log;
    double low, high; /* ends of the y axis, as gnuplot sees them */
    bool is_log_y;
};

/* Marks the faults in the panel that was started last; their names stand where none of its lines
 * is, if there is such a place. */
void figure_events_mark(const struct figure_events *events, const struct figure_span *span,
                        const struct lines *lines, struct canvas *canvas);

/* "; shaded: faults", "; dotted: faults", "; shaded and dotted: faults" or "", for the events of
 * all panels.  g_free() it. */
char *figure_events_legend(const struct figure_events *events, size_t count,
                           const struct figure_span *span);

#endif
