/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_dot.c - how one update spread, as a tree for Graphviz: an arrow from who told to who
 * learned it first by that, darker the deeper.
 *
 * Every name and label is a quoted string, in which `"` and backslashes are escaped, as is `&`,
 * which begins an entity in labels.
 */
#include "analysis/figure/palette.h"
#include "analysis/replay/trace_format.h"
#include "analysis/replay/trace_row.h"
#include "analysis/replay/trace_tree.h"
#include "base/printable.h"

#include <inttypes.h>
#include <string.h>

extern const struct trace_format trace_dot;

/* Writes a text as a part of a quoted string. */
static void put_text(FILE *out, const char *text)
{
    char next[PRINTABLE_BYTES];

    while (printable_next(&text, next))
        for (const char *c = next; *c; c++)
            if (*c == '&')
                fputs("&amp;", out);
            else
                fprintf(out, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
}

static void put_title(FILE *out, const struct recording *recording, const struct trace_tree *tree)
{
    const struct plan *plan = recording->plan;

    fputs("  graph [rankdir=LR, labelloc=t, fontname=\"sans-serif\", label=\"", out);
    put_text(out, plan->name);
    fputs(": ", out);
    put_text(out, plan->strategies[recording->strategy]);
    fprintf(out,
            ", replication %" PRIu32 "\\nupdate %" PRIu32 ": %" PRIu32 " of %" PRId64
            " nodes, %" PRIu32 " hop%s at most\"];\n",
            recording->replication, tree->update, tree->count, recording->config.nodes, tree->depth,
            tree->depth == 1 ? "" : "s");
}

static void put_leaf(FILE *out, const struct recording *recording, const struct trace_tree *tree,
                     const struct trace_leaf *leaf)
{
    const double share = 1 - (double)leaf->depth / MAX(tree->depth, 1);
    const struct model *model = recording_model(recording, leaf->layer);
    char at[TRACE_TIME_TEXT];

    trace_time_short(leaf->at, at);
    fprintf(out,
            "  \"%" PRIu32 "\" [label=\"%" PRIu32 "\\n%s s\", fillcolor=\"#%06x\", "
            "fontcolor=\"#%06x\"%s];\n",
            leaf->node, leaf->node, at, palette_colour(share), palette_ink(share),
            leaf->from == OBSERVE_NOBODY ? ", shape=doublecircle" : "");
    if (leaf->from == OBSERVE_NOBODY)
        return;
    fprintf(out, "  \"%" PRIu32 "\" -> \"%" PRIu32 "\"", leaf->from, leaf->node);
    if (model && recording->config.stack_count > 1) {
        fputs(" [label=\"", out);
        put_text(out, model->name);
        fputs("\"]", out);
    }
    fputs(";\n", out);
}

static bool write_dot(FILE *out, const struct recording *recording,
                      const struct trace_wishes *wishes, struct errors *errors)
{
    struct trace_tree tree;

    if (!trace_tree_grow(recording, wishes->update, wishes->is_chosen, &tree, errors))
        return false;
    fputs("digraph \"infection\" {\n", out);
    put_title(out, recording, &tree);
    fputs("  node [shape=circle, style=filled, fontname=\"sans-serif\"];\n"
          "  edge [fontname=\"sans-serif\", fontsize=10];\n",
          out);
    for (uint32_t i = 0; i < tree.count; i++)
        put_leaf(out, recording, &tree, &tree.leaves[i]);
    fputs("}\n", out);
    trace_tree_clear(&tree);
    return true;
}

const struct trace_format trace_dot = {
    .name = "dot",
    .ending = ".dot",
    .summary = "the infection tree of an update, for Graphviz: who learned it from whom",
    .takes = TRACE_UPDATE,
    .write = write_dot,
};
