/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_format.c - see trace_format.h. */
#include "analysis/replay/trace_format.h"

#include <string.h>

extern const struct trace_format trace_csv, trace_dot, trace_html, trace_json, trace_mermaid,
    trace_perfetto;

const struct trace_format *const trace_formats[] = {
    &trace_csv, &trace_json, &trace_html, &trace_perfetto, &trace_dot, &trace_mermaid, NULL
};

const struct trace_format *trace_format_find(const char *name)
{
    for (size_t i = 0; trace_formats[i]; i++)
        if (strcmp(trace_formats[i]->name, name) == 0)
            return trace_formats[i];
    return NULL;
}
