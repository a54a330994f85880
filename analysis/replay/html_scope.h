/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_scope.h - what of a recording a page shows: of a large cluster nodes at even distances, of a
 * long run its beginning.
 *
 * Nodes that are shown have places, 0 up; all others share the one behind them.  A message is shown
 * if its sender or its receiver is; what only others do is not, but that an update is written.
 */
#ifndef ANALYSIS_REPLAY_HTML_SCOPE_H
#define ANALYSIS_REPLAY_HTML_SCOPE_H

#include "experiment/trace/recording.h"

enum {
    HTML_NODES_MAX = 500,
    HTML_EVENTS_MAX = 100000,
};

struct html_scope {
    const struct recording *recording; /* borrowed */
    uint32_t nodes, shown;
    size_t event_count; /* of the recording's: those behind them are not shown */
    uint64_t eligible;  /* events of them that a page can show */
    uint64_t *written;  /* a bit an update: somebody has had it, by html_scope_has() */
    sim_time end;       /* of the page */
    sim_time tick;      /* in which the page has times */
    bool is_cut;        /* the run goes on behind it */
};

void html_scope_init(struct html_scope *scope, const struct recording *recording);
void html_scope_clear(struct html_scope *scope);

uint32_t html_scope_place(const struct html_scope *scope, node_id node);
node_id html_scope_number(const struct html_scope *scope, uint32_t place);

/* Whether the page shows an event; asked in order, of each once. */
bool html_scope_has(struct html_scope *scope, const struct recorded_event *event);

/* Begins anew with asking. */
void html_scope_rewind(struct html_scope *scope);

#endif
