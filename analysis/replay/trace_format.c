/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_format.c - see trace_format.h. */
#include "analysis/replay/trace_format.h"

#include <string.h>

extern const struct trace_format trace_json, trace_html;

const struct trace_format *const trace_formats[] = { &trace_json, &trace_html, NULL };

const struct trace_format *trace_format_find(const char *name)
{
    for (size_t i = 0; trace_formats[i]; i++)
        if (strcmp(trace_formats[i]->name, name) == 0)
            return trace_formats[i];
    return NULL;
}
