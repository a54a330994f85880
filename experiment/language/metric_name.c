/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_name.c - see metric_name.h. */
#include "experiment/language/metric_name.h"

#include "sim/model.h"

#include <glib.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define PER_NODE   "/node"
#define LEARNED_BY "learned_by."

/* `name`, without that of its model, is a metric of the figure. */
static bool describe_figure(const char *name, const struct model_figure *figure,
                            struct metric *metric)
{
    const size_t length = strlen(figure->name);

    for (const char *const *rest = model_figure_metrics(figure->kind); *rest; rest++) {
        char *label;

        if (strncmp(name, figure->name, length) != 0 || strcmp(name + length, *rest) != 0)
            continue;
        label =
            g_strdup_printf("%s%s%s", figure->help, **rest ? ", " : "", **rest ? *rest + 1 : "");
        *metric = (struct metric){ .label = g_intern_string(label), .unit = figure->unit };
        g_free(label);
        return true;
    }
    return false;
}

/* What a model counts, or its share of the deliveries; false: `name` is nothing of the kind. */
static bool describe_own(const char *name, struct metric *metric)
{
    if (g_str_has_prefix(name, LEARNED_BY)) {
        *metric = (struct metric){ name, .label = "share of the deliveries", .unit = UNIT_SHARE };
        return true;
    }
    for (const struct model *const *m = model_registry; *m; m++) {
        const size_t length = strlen((*m)->name);

        if (strncmp(name, (*m)->name, length) != 0 || name[length] != '.')
            continue;
        for (const struct model_figure *f = (*m)->figures; f && f->name; f++)
            if (describe_figure(name + length + 1, f, metric)) {
                metric->name = name;
                return true;
            }
    }
    return false;
}

/* ---- of groups ---- */

const char *metric_name_end(const char *text)
{
    const char *end = text + strcspn(text, "<>=");
    const char *at = memchr(text, '@', (size_t)(end - text));

    return at && *end == '>' && g_ascii_isalpha(end[1]) ? end + strcspn(end + 1, "<>=") + 1 : end;
}

bool group_metric_read(const char *name, struct group_metric *metric)
{
    const char *at = strchr(name, '@'), *to = at ? strchr(at, '>') : NULL;
    char *plain;

    if (!at)
        return false;
    plain = g_strndup(name, (gsize)(at - name));
    *metric = (struct group_metric){ .row = metric_find(plain), .group = at + 1 };
    metric->group_length = (int)(to ? to - at - 1 : (ptrdiff_t)strlen(at + 1));
    metric->other = to ? to + 1 : NULL;
    g_free(plain);
    return true;
}

/* Text that stays, as names of metrics do. */
static const char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *text_of(const char *format, ...)
{
    va_list arguments;
    const char *text;
    char *made;

    va_start(arguments, format);
    made = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    text = g_intern_string(made);
    g_free(made);
    return text;
}

static void describe_of_group(const char *name, const struct group_metric *of,
                              struct metric *metric)
{
    if (!of->row || !(of->other ? of->row->between : of->row->by_group))
        return;
    *metric = *of->row;
    metric->name = name;
    metric->per_node = NULL;
    if (of->other) {
        metric->label =
            text_of("%s, %.*s to %s", of->row->label, of->group_length, of->group, of->other);
        metric->meaning = text_of("%s From nodes of group `%.*s` to nodes of `%s`.",
                                  of->row->meaning, of->group_length, of->group, of->other);
    } else {
        metric->label = text_of("%s, %.*s", of->row->label, of->group_length, of->group);
        metric->meaning = text_of("%s Of the nodes of group `%.*s` alone.", of->row->meaning,
                                  of->group_length, of->group);
    }
}

struct metric metric_describe(const char *name)
{
    struct metric metric = { name, .label = name, .unit = UNIT_NUMBER };
    const struct metric *row = metric_find(name);
    struct group_metric of_group;

    if (row) {
        metric = *row;
    } else if (group_metric_read(name, &of_group)) {
        describe_of_group(name, &of_group, &metric);
    } else if (g_str_has_suffix(name, PER_NODE)) {
        char *plain = g_strndup(name, strlen(name) - strlen(PER_NODE));

        row = metric_find(plain);
        g_free(plain);
        if (row && row->per_node) {
            metric = *row;
            metric.name = name;
            metric.label = row->per_node;
            metric.unit = row->unit == UNIT_COUNT ? UNIT_NUMBER : row->unit;
        }
    } else {
        describe_own(name, &metric);
    }
    return metric;
}

struct scale scale_choose(enum metric_unit unit, double largest)
{
    static const struct {
        double from; /* smallest value written so */
        struct scale scale;
    } times[] = { { 7200, { 1 / 3600., "h" } }, { 180, { 1 / 60., "min" } }, { 1, { 1, "s" } },
                  { 1e-3, { 1e3, "ms" } },      { 1e-6, { 1e6, "µs" } },     { 0, { 1e9, "ns" } } },
      bytes[] = { { 1e12, { 1e-12, "TB" } },
                  { 1e9, { 1e-9, "GB" } },
                  { 1e6, { 1e-6, "MB" } },
                  { 1e3, { 1e-3, "kB" } },
                  { 0, { 1, "B" } } },
      byte_rates[] = { { 1e12, { 1e-12, "TB/s" } },
                       { 1e9, { 1e-9, "GB/s" } },
                       { 1e6, { 1e-6, "MB/s" } },
                       { 1e3, { 1e-3, "kB/s" } },
                       { 0, { 1, "B/s" } } },
      counts[] = {
          { 1e11, { 1e-9, "G" } }, { 1e8, { 1e-6, "M" } }, { 1e5, { 1e-3, "k" } }, { 0, { 1, "" } }
      };
    double size = isfinite(largest) && largest != 0 ? fabs(largest) : 1;
    size_t i = 0;

    switch (unit) {
    case UNIT_TIME:
        while (size < times[i].from)
            i++;
        return times[i].scale;
    case UNIT_BYTES:
        while (size < bytes[i].from)
            i++;
        return bytes[i].scale;
    case UNIT_COUNT:
        while (size < counts[i].from)
            i++;
        return counts[i].scale;
    case UNIT_BYTE_RATE:
        while (size < byte_rates[i].from)
            i++;
        return byte_rates[i].scale;
    case UNIT_RATE:
        return (struct scale){ 1, "/s" };
    case UNIT_SHARE:
        return (struct scale){ 100, "%" };
    case UNIT_NUMBER:
        break;
    }
    return (struct scale){ 1, "" };
}

void scale_write(char out[32], double value, struct scale scale)
{
    double shown = value * scale.factor, size = fabs(shown);

    if (isnan(value))
        g_strlcpy(out, "–", 32);
    else if (isinf(value))
        g_strlcpy(out, "never", 32);
    else if (shown == 0)
        g_strlcpy(out, "0", 32);
    else if (size >= 1e9 || size < 1e-3)
        g_ascii_formatd(out, 32, "%.2e", shown);
    else
        g_ascii_formatd(out, 32,
                        size >= 99.95    ? "%.0f"
                        : size >= 9.995  ? "%.1f"
                        : size >= 0.0995 ? "%.2f"
                                         : "%.3f",
                        shown);
}
