/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_events.h - the events of a recording as columns of a page, and the sets of updates that they
 * name, each once.
 */
#ifndef ANALYSIS_REPLAY_HTML_EVENTS_H
#define ANALYSIS_REPLAY_HTML_EVENTS_H

#include "analysis/replay/html_scope.h"

#include <glib.h>

/* Appends members of a JSON object: "sets": TEXT, "events": {COLUMN: TEXT, ...}. */
void html_events_write(GString *out, struct html_scope *scope);

/* The place of a kind of message among all kinds of the strategy's models, in their order. */
uint32_t html_kind(const struct recording *recording, uint8_t layer, uint8_t kind);

#endif
