/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_columns.c - see html_columns.h. */
#include "analysis/replay/html_columns.h"

void html_column_add(GString *column, uint64_t value)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    for (; value >= 32; value >>= 5)
        g_string_append_c(column, digits[32 | (value & 31)]);
    g_string_append_c(column, digits[value]);
}

void html_column_add_signed(GString *column, int64_t value)
{
    html_column_add(column, value < 0 ? ~(uint64_t)value << 1 | 1 : (uint64_t)value << 1);
}
