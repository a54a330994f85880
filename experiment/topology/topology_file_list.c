/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_file_list.c - graphs from edge lists; see topology_file.h. */
#include "experiment/topology/topology_file_edges.h"

#include <string.h>

enum { FIELDS = 3, FIELD_MAX = 64 };

/* The fields of a line that count. */
struct row {
    char text[FIELDS][FIELD_MAX];
    int column[FIELDS];
    int count; /* of all that it has, up to FIELDS */
    int line;
};

static bool is_gap(int c)
{
    return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r';
}

static bool is_end(int c)
{
    return c == '\n' || c == EOF;
}

static bool read_field(struct graph_file *file, struct row *row)
{
    const int column = file->column;
    const bool counts = row->count < FIELDS;
    size_t length = 0;

    for (; !is_gap(file_peek(file)) && !is_end(file_peek(file)); file_skip(file)) {
        if (!counts)
            continue;
        if (length + 1 == FIELD_MAX)
            return file_fail(file, row->line, column, "too long for a number: %.40s",
                             row->text[row->count]);
        row->text[row->count][length++] = (char)file_peek(file);
        row->text[row->count][length] = 0;
    }
    if (counts)
        row->column[row->count++] = column;
    return true;
}

/* Reads the next line that is neither empty nor a comment; its count is 0 at the end. */
static bool read_row(struct graph_file *file, struct row *row)
{
    row->count = 0;
    while (row->count == 0 && file_peek(file) != EOF) {
        row->line = file->line;
        while (!is_end(file_peek(file))) {
            const int c = file_peek(file);

            if (c == '#' || (c == '%' && row->count == 0))
                while (!is_end(file_peek(file)))
                    file_skip(file);
            else if (is_gap(c))
                file_skip(file);
            else if (!read_field(file, row))
                return false;
        }
        if (file_peek(file) == '\n')
            file_skip(file);
    }
    return !file->has_failed;
}

/* A line of names before the first edge. */
static bool is_heading(const struct row *row)
{
    for (int i = 0; i < row->count; i++)
        if (strpbrk(row->text[i], "0123456789") != NULL && !g_ascii_isalpha(row->text[i][0]))
            return false;
    return row->count >= 2;
}

static bool add_row(struct graph_file *file, const struct row *row)
{
    struct edge edge = { .latency = NO_LATENCY, .line = row->line, .column = row->column[0] };

    if (row->count < 2)
        return file_fail(file, row->line, row->column[0],
                         "`%.40s` alone; two node numbers a line were expected", row->text[0]);
    return file_number(file, row->text[0], row->line, row->column[0], &edge.a) &&
           file_number(file, row->text[1], row->line, row->column[1], &edge.b) &&
           (row->count < 3 ||
            file_weight(file, row->text[2], row->line, row->column[2], &edge.latency)) &&
           file_edge(file, &edge);
}

bool file_read_list(struct graph_file *file)
{
    struct row row;
    bool is_first = true;

    while (read_row(file, &row) && row.count > 0) {
        if (!(is_first && is_heading(&row)) && !add_row(file, &row))
            return false;
        is_first = false;
    }
    return !file->has_failed;
}
