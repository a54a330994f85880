/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_events.c - see figure_events.h. */
#include "analysis/figure/figure_events.h"

#include "experiment/language/document.h"
#include "sim/fault_kind.h"

#include <math.h>
#include <string.h>

enum {
    MARKS_MAX = 100,   /* of a repeated fault; more would be one grey area */
    NAME_ROWS_MAX = 8, /* of names above each other */
    NAME_LETTER = 7,   /* pixels, at the size of the names */
    NAME_COLUMNS = 24,
    OBJECT_TAG = 1000, /* first number of the marks in gnuplot */
    NARROW = 3,        /* pixels; what lasts less is a line */
};

/* ---- reading ---- */

/* A study's scenario, read once for all its points. */
struct scenario {
    struct source *source;
    struct item *root; /* NULL: it cannot be read */
};

static void take_scenario(void *context, sqlite3_stmt *row)
{
    struct scenario *scenario = context;
    struct errors ignored = { 0 };
    char *yaml = study_copy_text(row, 0);

    scenario->source = source_of_option("scenario", "", yaml, &ignored);
    if (scenario->source)
        scenario->root = document_parse(scenario->source, &ignored);
    errors_clear(&ignored);
    g_free(yaml);
}

static bool open_scenario(const struct figure *figure, struct scenario *scenario,
                          struct errors *errors)
{
    *scenario = (struct scenario){ 0 };
    return study_rows(figure->study, "SELECT scenario_yaml FROM study WHERE study_id = ?1",
                      take_scenario, scenario, errors);
}

static void close_scenario(struct scenario *scenario)
{
    item_free(scenario->root);
    source_free(scenario->source);
}

/* The scalar at a path, read as a time in seconds; `otherwise` if there is none. */
static double time_at(const struct item *map, const char *path, double otherwise)
{
    const struct item *item = item_find(map, path);
    sim_time time;

    if (!item || item->kind != ITEM_SCALAR || !quantity_read_time(item->text, &time, NULL))
        return otherwise;
    return (double)time / (double)SIM_SECOND;
}

static bool is_action(const struct item *item)
{
    for (size_t i = 0; i < FAULT_KINDS; i++)
        if (strcmp(fault_kinds[i].name, item->key) == 0)
            return true;
    return false;
}

/* A fault by its action and, if that is a word or a share, by whom it is about. */
static char *name_fault(const struct item *entry)
{
    double share;

    for (size_t i = 0; i < entry->count; i++) {
        const struct item *action = entry->children[i];
        if (!is_action(action))
            continue;
        if (action->kind != ITEM_SCALAR)
            return g_strdup(action->key);
        if (quantity_read_fraction(action->text, &share, NULL))
            return g_strdup_printf("%s %.3g%%", action->key, 100 * share);
        return g_strdup_printf("%s %s", action->key, action->text);
    }
    return g_strdup("fault");
}

static void clear_fault(gpointer fault)
{
    g_free(((struct figure_fault *)fault)->name);
}

/* The count, or the share of `nodes`, that a scalar stands for; 0 if it is neither. */
static double part_of(const struct item *item, double nodes)
{
    double share;
    int64_t count;

    if (!item || item->kind != ITEM_SCALAR)
        return 0;
    if (quantity_read_count(item->text, &count, NULL))
        return (double)count;
    return quantity_read_fraction(item->text, &share, NULL) ? floor(share * nodes + 0.5) : 0;
}

/* How many nodes an action means. */
static double count_nodes(const struct item *root, const struct item *action)
{
    const double nodes = part_of(item_get(root, "nodes"), 0);
    const struct item *groups = item_get(root, "groups");

    if (action->kind == ITEM_MAP)
        return item_get(action, "all-but") ? nodes - part_of(item_get(action, "all-but"), 0)
               : item_get(action, "count") ? part_of(item_get(action, "count"), 0)
                                           : 1;
    if (groups && groups->kind == ITEM_MAP && item_get(groups, action->text))
        return part_of(item_get(groups, action->text), nodes);
    return strcmp(action->text, "all") == 0 ? nodes : part_of(action, nodes);
}

/* From the beginning of a fault to its end, seconds; 0: it has none of its own. */
static double length_of(const struct item *root, const struct item *entry)
{
    const double batch = part_of(item_get(entry, "batch"), 0);

    for (size_t i = 0; batch > 0 && i < entry->count; i++)
        if (is_action(entry->children[i]))
            return (ceil(count_nodes(root, entry->children[i]) / batch) - 1) *
                       time_at(entry, "pace", 0) +
                   time_at(entry, "down", 0);
    return time_at(entry, "for", 0);
}

static void read_faults(const struct item *root, struct figure_events *events)
{
    const struct item *list = item_get(root, "faults");

    for (size_t i = 0; list && list->kind == ITEM_LIST && i < list->count; i++) {
        const struct item *entry = list->children[i];
        struct figure_fault fault = { 0 };
        if (entry->kind != ITEM_MAP)
            continue;
        fault.start = time_at(entry, "at", NAN);
        fault.lasts = length_of(root, entry);
        fault.every = time_at(entry, "every", 0);
        if (!(fault.start <= events->stop))
            continue;
        fault.name = name_fault(entry);
        g_array_append_val(events->faults, fault);
        events->last = fmax(events->last, fault.every > 0 ? INFINITY : fault.start + fault.lasts);
    }
}

/* When the workload has injected its last update, about, if arrivals are random; INFINITY: nothing
 * tells, or it goes on until the end. */
static double last_injection(const struct item *root)
{
    const struct item *updates = item_find(root, "workload.updates");
    const struct item *rate = item_find(root, "workload.arrival.poisson.rate");
    double between = time_at(root, "workload.arrival.every", 0), per_second;
    int64_t count;

    if (item_find(root, "workload.each_node") || item_find(root, "workload.trace") ||
        item_find(root, "workload.rate"))
        return INFINITY;
    if (!updates || updates->kind != ITEM_SCALAR ||
        !quantity_read_count(updates->text, &count, NULL) || count == 0)
        return 0;
    if (rate && rate->kind == ITEM_SCALAR && quantity_read_rate(rate->text, &per_second, NULL) &&
        per_second > 0)
        between = 1 / per_second;
    return time_at(root, "workload.at", 0) + (double)(count - 1) * between;
}

/* Puts the point's value of an axis into the tree, if it is about when something happens. */
static void set_value(struct item *root, const char *path, const char *text, GPtrArray *sources)
{
    struct errors ignored = { 0 };
    struct source *source;
    struct item *value;

    if (!text || !(g_str_has_prefix(path, "faults") || g_str_has_prefix(path, "workload") ||
                   g_str_has_prefix(path, "stop")))
        return;
    source = source_of_option("value", path, text, &ignored);
    value = source ? document_parse(source, &ignored) : NULL;
    if (value)
        item_set(root, path, value, &ignored);
    if (source)
        g_ptr_array_add(sources, source);
    errors_clear(&ignored);
}

static void free_source(gpointer source)
{
    source_free(source);
}

static void read_point(const struct figure *figure, const struct scenario *scenario, size_t i,
                       struct figure_events *events)
{
    const struct study *study = figure->study;
    GPtrArray *sources = g_ptr_array_new_with_free_func(free_source);
    struct item *root;

    *events =
        (struct figure_events){ .faults = g_array_new(FALSE, FALSE, sizeof(struct figure_fault)),
                                .stop = INFINITY };
    g_array_set_clear_func(events->faults, clear_fault);
    if (scenario->root && scenario->root->kind == ITEM_MAP) {
        root = item_clone(scenario->root);
        for (size_t axis = 0; axis < study->axis_count; axis++)
            set_value(root, study->axes[axis], figure_value(figure, i, axis)->text, sources);
        events->stop = time_at(root, "stop.at", INFINITY);
        events->last = last_injection(root);
        read_faults(root, events);
        item_free(root);
    }
    g_ptr_array_free(sources, TRUE);
}

struct figure_events *figure_events_read(const struct figure *figure, struct errors *errors)
{
    struct scenario scenario;
    struct figure_events *events = NULL;

    if (open_scenario(figure, &scenario, errors)) {
        events = g_new0(struct figure_events, figure->point_count + 1);
        for (size_t i = 0; i < figure->point_count; i++)
            read_point(figure, &scenario, i, &events[i]);
    }
    close_scenario(&scenario);
    return events;
}

void figure_events_free(struct figure_events *events, size_t count)
{
    for (size_t i = 0; events && i < count; i++)
        g_array_free(events[i].faults, TRUE);
    g_free(events);
}

const struct figure_events *figure_events_of(const struct figure_events *events,
                                             const struct figure *figure, size_t panel)
{
    size_t i = 0;

    while (figure_panel(figure, i) != panel)
        i++;
    return &events[i];
}

/* ---- drawing ---- */

/* How far along the panel a time is, 0..1 within it. */
static double place(const struct figure_span *span, double time)
{
    if (!span->is_log)
        return (time - span->start) / (span->end - span->start);
    return time <= 0 ? -INFINITY : log(time / span->start) / log(span->end / span->start);
}

/* One occurrence of a fault, cut to the panel; false if it is not in it. */
static bool occurrence(const struct figure_fault *fault, double number,
                       const struct figure_span *span, double *from, double *to)
{
    double start = fault->start + number * fault->every, end = start + fault->lasts;

    *from = fmax(place(span, start), 0);
    *to = fmin(place(span, end), 1);
    return place(span, end) >= 0 && place(span, start) <= 1;
}

/* How often a fault happens within the panel. */
static double count_occurrences(const struct figure_fault *fault, const struct figure_span *span)
{
    if (fault->start > span->end)
        return 0;
    return fault->every > 0 ? floor((span->end - fault->start) / fault->every) + 1 : 1;
}

static void mark_line(struct canvas *canvas, double at, int *tag)
{
    gnuplot_add(canvas->gnuplot,
                "set arrow %d from graph %.5f,0 to graph %.5f,%s nohead back lc rgb '#808080' "
                "lw 1.6 dt (2,2)\n",
                *tag, at, at, canvas_is_text(canvas) ? "0.97" : "1"); /* below the title */
    (*tag)++;
}

/* Marks are in the coordinates of the panel, so that no end of an axis cuts them. */
static void mark(struct canvas *canvas, double from, double to, int *tag)
{
    bool is_narrow = (to - from) * (double)canvas_panel_width(canvas) < NARROW;

    if (is_narrow || canvas_is_text(canvas)) {
        mark_line(canvas, from, tag);
        if (!is_narrow && to < 1)
            mark_line(canvas, to, tag);
        return;
    }
    gnuplot_add(canvas->gnuplot,
                "set object %d rectangle from graph %.5f,0 to graph %.5f,1 behind "
                "fc rgb '#e4e4e4' fs solid noborder\n",
                *tag, from, to);
    (*tag)++;
}

/* What is in the way of names: other names, and the lines of the panel. */
struct obstacles {
    const struct figure_span *span;
    const struct lines *lines;
    double row_height, letter;       /* of a name, in parts of the panel */
    double free_from[NAME_ROWS_MAX]; /* where the names of each row end */
};

/* How far up the panel a value is. */
static double height(const struct figure_span *span, double y)
{
    return span->is_log_y ? log(y / span->low) / log(span->high / span->low)
                          : (y - span->low) / (span->high - span->low);
}

/* True if the line from one point to the next runs through the box, all in parts of the panel. */
static bool crosses(const struct obstacles *o, const struct line_point *a,
                    const struct line_point *b, const double x[2], const double y[2])
{
    const struct figure_span *span = o->span;
    double ax = place(span, a->x / span->factor), bx = place(span, b->x / span->factor);
    double ay = height(span, a->y), by = height(span, b->y);
    double slope = bx > ax ? (by - ay) / (bx - ax) : 0, from, to;

    if (!(ax <= x[1] && bx >= x[0]) || isnan(ay) || isnan(by))
        return false;
    from = bx > ax ? ay + slope * (fmax(ax, x[0]) - ax) : ay;
    to = bx > ax ? ay + slope * (fmin(bx, x[1]) - ax) : by;
    return fmin(from, to) <= y[1] && fmax(from, to) >= y[0];
}

/* A line may fall or rise where the fault begins: the blank before the name is nobody's. */
static bool meets_line(const struct obstacles *o, size_t row, double left, double width)
{
    double x[2] = { left + o->letter, left + width };
    double y[2] = { (double)row * o->row_height, (double)(row + 1) * o->row_height };

    for (guint i = 0; i < o->lines->list->len; i++) {
        const struct line *line = &g_array_index(o->lines->list, struct line, i);
        const struct line_point *p = (const struct line_point *)(const void *)line->points->data;
        for (guint k = 1; k < line->points->len && !(line->looks & LINE_FAINT); k++)
            if (crosses(o, &p[k - 1], &p[k], x, y))
                return true;
    }
    return false;
}

/* The lowest row that is free of names and, if there is one, of lines. */
static size_t choose_row(const struct obstacles *o, double left, double width)
{
    size_t first = NAME_ROWS_MAX;

    for (size_t row = 0; row < NAME_ROWS_MAX; row++) {
        if (o->free_from[row] > left)
            continue;
        if (!meets_line(o, row, left, width))
            return row;
        first = MIN(first, row);
    }
    return first;
}

/* Writes the name at the foot of its first mark, above what it would run into. */
static void write_name(struct canvas *canvas, const char *name, double from, struct obstacles *o,
                       int *tag)
{
    char *quoted = gnuplot_quote(canvas->gnuplot, name, NAME_COLUMNS);
    double width = (double)(MIN(g_utf8_strlen(name, -1), NAME_COLUMNS) + 2) * o->letter;
    double left = fmax(fmin(from, 1 - width), 0);
    size_t row = choose_row(o, left, width);

    if (row < NAME_ROWS_MAX) {
        char offset[32];
        o->free_from[row] = left + width;
        if (canvas_is_text(canvas))
            g_snprintf(offset, sizeof(offset), "2,%zu", row + 1);
        else
            g_snprintf(offset, sizeof(offset), "0.3,%.1f", 0.6 + 0.9 * (double)row);
        gnuplot_add(canvas->gnuplot,
                    "set label %d %s at graph %.5f,0 left offset %s front font ',%d' "
                    "textcolor rgb '#606060'\n",
                    *tag, quoted, left, offset, canvas->size.format == GNUPLOT_SVG ? 11 : 8);
        (*tag)++;
    }
    g_free(quoted);
}

static void mark_all(const struct figure_fault *fault, const struct figure_span *span,
                     struct canvas *canvas, int *tag)
{
    double count = count_occurrences(fault, span), from, to;
    struct figure_fault whole = { NULL, fault->start, span->end - fault->start, 0 };

    if (count > MARKS_MAX) {
        if (occurrence(&whole, 0, span, &from, &to))
            mark(canvas, from, to, tag);
        return;
    }
    for (double number = 0; number < count; number++)
        if (occurrence(fault, number, span, &from, &to))
            mark(canvas, from, to, tag);
}

void figure_events_mark(const struct figure_events *events, const struct figure_span *span,
                        const struct lines *lines, struct canvas *canvas)
{
    struct obstacles obstacles = { .span = span,
                                   .lines = lines,
                                   .row_height = 0.9 / (double)canvas_lines(canvas),
                                   .letter = (canvas_is_text(canvas) ? 1.0 : NAME_LETTER) /
                                             (double)canvas_panel_width(canvas) };
    double from, to;
    int tag = OBJECT_TAG;

    for (guint i = 0; i < events->faults->len; i++) {
        const struct figure_fault *fault = &g_array_index(events->faults, struct figure_fault, i);
        mark_all(fault, span, canvas, &tag);
        if (count_occurrences(fault, span) > 0 && occurrence(fault, 0, span, &from, &to))
            write_name(canvas, fault->name, from, &obstacles, &tag);
    }
}

char *figure_events_legend(const struct figure_events *events, size_t count,
                           const struct figure_span *span)
{
    bool has_stretch = false, has_line = false;

    for (size_t k = 0; k < count; k++)
        for (guint i = 0; i < events[k].faults->len; i++) {
            const struct figure_fault *fault =
                &g_array_index(events[k].faults, struct figure_fault, i);
            double from, to;
            if (count_occurrences(fault, span) == 0 || !occurrence(fault, 0, span, &from, &to))
                continue;
            has_stretch = has_stretch || fault->lasts > 0;
            has_line = has_line || fault->lasts == 0;
        }
    return g_strdup(has_stretch && has_line ? "; shaded and dotted: faults"
                    : has_stretch           ? "; shaded: faults"
                    : has_line              ? "; dotted: faults"
                                            : "");
}
