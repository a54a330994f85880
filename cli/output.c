/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.c - see output.h. */
#include "cli/output.h"

#include "analysis/text.h"
#include "cli/options.h"

bool output_style(const struct verb *verb, bool json, bool csv, struct table_style *style)
{
    if (json && csv) {
        options_usage_error(verb, "%s: --json and --csv exclude each other", verb->name);
        return false;
    }
    style->format = json ? TABLE_JSON : csv ? TABLE_CSV : TABLE_PEOPLE;
    style->width = text_terminal_width(stdout);
    style->colour = text_may_colour(stdout);
    return true;
}
