/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_recording.h - what a page shows of a recording, as one JSON object that may stand in a
 * <script>: page/data.js reads it.
 */
#ifndef ANALYSIS_REPLAY_HTML_RECORDING_H
#define ANALYSIS_REPLAY_HTML_RECORDING_H

#include "analysis/replay/html_scope.h"

#include <glib.h>

void html_recording_write(GString *out, struct html_scope *scope);

#endif
