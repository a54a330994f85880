/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_division.c - which points of a sweep share a panel or a line, and how values are written;
 * see figure_parts.h. */
#include "analysis/figure/figure_parts.h"

#include <math.h>
#include <string.h>

enum {
    WRITTEN_MAX = 6,       /* letters of a value that is shown as it is written */
    NAME_MAX_LETTERS = 36, /* of a panel's name in whole paths */
    DIGITS_LEAST = 3,      /* of a value that is rounded */
    DIGITS_MOST = 15,
};

const struct study_value *figure_value(const struct figure *figure, size_t i, size_t axis)
{
    return &figure->study->points[figure->points[i]].values[axis];
}

static bool differs(const struct figure *figure, size_t axis)
{
    for (size_t i = 1; i < figure->point_count; i++)
        if (g_strcmp0(figure_value(figure, i, axis)->text, figure_value(figure, 0, axis)->text) !=
            0)
            return true;
    return false;
}

size_t figure_axes(const struct figure *figure)
{
    size_t count = 0;

    for (size_t axis = 0; axis < figure->study->axis_count; axis++)
        count += figure->differs[axis] ? 1 : 0;
    return count;
}

int figure_first_axis(const struct figure *figure)
{
    for (size_t axis = 0; axis < figure->study->axis_count; axis++)
        if (figure->differs[axis])
            return (int)axis;
    return -1;
}

/* ---- labels of values ---- */

/* `value` with so many significant digits, without exponent or useless zeros. */
static void append_rounded(GString *out, double value, int digits)
{
    int decimals = value == 0 ? 0 : digits - 1 - (int)floor(log10(fabs(value)));
    char format[] = "%.00f", text[64];

    decimals = CLAMP(decimals, 0, 20);
    format[2] = (char)('0' + decimals / 10);
    format[3] = (char)('0' + decimals % 10);
    g_ascii_formatd(text, sizeof(text), format, value);
    if (decimals > 0)
        for (size_t end = strlen(text); text[end - 1] == '0' || text[end - 1] == '.'; end--) {
            bool is_point = text[end - 1] == '.';
            text[end - 1] = '\0';
            if (is_point)
                break;
        }
    g_string_append(out, text);
}

static char *write_value(const struct study_value *value, int digits)
{
    const char *unit = value->unit ? value->unit : "";
    bool is_share = value->text[0] && value->text[strlen(value->text) - 1] == '%';
    bool is_bits = strcmp(unit, "bit/s") == 0;
    enum metric_unit kind = strcmp(unit, "s") == 0   ? UNIT_TIME
                            : strcmp(unit, "B") == 0 ? UNIT_BYTES
                            : is_share               ? UNIT_SHARE
                            : is_bits                ? UNIT_COUNT
                                                     : UNIT_NUMBER;
    struct scale scale = scale_choose(kind, value->number);
    GString *out = g_string_new(NULL);

    if (kind == UNIT_NUMBER && fabs(value->number) >= 1e6)
        scale = scale_choose(UNIT_COUNT, fmax(fabs(value->number), 1e8));
    append_rounded(out, value->number * scale.factor, digits);
    g_string_append(out, scale.unit);
    if (kind == UNIT_COUNT || kind == UNIT_NUMBER)
        g_string_append(out, unit);
    return g_string_free(out, FALSE);
}

/* A label with so many digits; 0: as written. */
static char *label_with(const struct study_value *value, int digits)
{
    if (!value->text || !isfinite(value->number) || strlen(value->text) <= WRITTEN_MAX ||
        digits == 0)
        return g_strdup(value->text ? value->text : "");
    return write_value(value, digits);
}

/* True if different values of the axis, over the whole study, have different labels. */
static bool tells_apart(const struct study *study, size_t axis, int digits)
{
    GHashTable *texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool is_good = true;

    for (size_t i = 0; is_good && i < study->point_count; i++) {
        const struct study_value *value = &study->points[i].values[axis];
        char *label = label_with(value, digits);
        const char *other = g_hash_table_lookup(texts, label);
        const char *text = value->text ? value->text : "";
        is_good = !other || strcmp(other, text) == 0;
        if (other)
            g_free(label);
        else
            g_hash_table_insert(texts, label, (gpointer)(intptr_t)text);
    }
    g_hash_table_destroy(texts);
    return is_good;
}

void figure_read_axes(struct figure *figure)
{
    figure->digits = g_new0(int, figure->study->axis_count + 1);
    figure->differs = g_new0(bool, figure->study->axis_count + 1);
    figure->places = g_new0(struct figure_place, figure->study->point_count);
    for (size_t axis = 0; axis < figure->study->axis_count; axis++) {
        int digits = DIGITS_LEAST;
        figure->differs[axis] = differs(figure, axis);
        while (digits > 0 && !tells_apart(figure->study, axis, digits))
            digits = digits < DIGITS_MOST ? digits + 1 : 0;
        figure->digits[axis] = digits;
    }
}

char *figure_value_label(const struct figure *figure, size_t i, size_t axis)
{
    return label_with(figure_value(figure, i, axis), figure->digits[axis]);
}

/* ---- lists of names ---- */

/* Names in the order in which they were first given, found at once. */
struct names {
    GPtrArray *list;
    GHashTable *places;
};

static struct names names_into(GPtrArray *list)
{
    return (struct names){ list, g_hash_table_new(g_str_hash, g_str_equal) };
}

/* The place of `name`, which is added if need be.  Takes `name`. */
static size_t place_of(struct names *names, char *name)
{
    gpointer place = NULL;

    if (g_hash_table_lookup_extended(names->places, name, NULL, &place)) {
        g_free(name);
        return GPOINTER_TO_SIZE(place);
    }
    g_ptr_array_add(names->list, name);
    g_hash_table_insert(names->places, name, GSIZE_TO_POINTER((gsize)names->list->len - 1));
    return names->list->len - 1;
}

/* ---- along x ---- */

static int compare_points(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct figure *figure = data;
    double x = figure->places[*(const size_t *)a].x, y = figure->places[*(const size_t *)b].x;

    return (x > y) - (x < y);
}

/* Words stay in the order of the sweep, which is that of the points. */
static void place_along_x(struct figure *figure)
{
    size_t axis = (size_t)figure->x_axis;
    struct names words = names_into(figure->words);

    figure->is_numeric = true;
    for (size_t i = 0; i < figure->point_count; i++) {
        const struct study_value *value = figure_value(figure, i, axis);
        figure->is_numeric = figure->is_numeric && value->text && isfinite(value->number);
    }
    for (size_t i = 0; i < figure->point_count; i++) {
        size_t word = place_of(&words, figure_value_label(figure, i, axis));
        figure->places[figure->points[i]].x =
            figure->is_numeric ? figure_value(figure, i, axis)->number : (double)word;
    }
    g_hash_table_destroy(words.places);
    g_qsort_with_data(figure->points, (gint)figure->point_count, sizeof(*figure->points),
                      compare_points, figure);
}

/* ---- panels and series ---- */

/* The last word of the axis' path, if no other axis that differs ends in it; otherwise the path. */
static const char *short_path(const struct figure *figure, size_t axis)
{
    char **axes = figure->study->axes;
    const char *dot = strrchr(axes[axis], '.');

    for (size_t other = 0; dot && other < figure->study->axis_count; other++)
        if (other != axis && figure->differs[other] &&
            (g_str_has_suffix(axes[other], dot) || strcmp(axes[other], dot + 1) == 0))
            return axes[axis];
    return dot ? dot + 1 : axes[axis];
}

/* `PATH=VALUE, ...` of a point for the axes that differ, without two of them (-1: none). */
static char *list_values(const struct figure *figure, size_t i, int but, int nor, bool is_short)
{
    GString *name = g_string_new(NULL);

    for (size_t axis = 0; axis < figure->study->axis_count; axis++)
        if (figure_value(figure, i, axis)->text && (int)axis != but && (int)axis != nor &&
            figure->differs[axis]) {
            char *value = figure_value_label(figure, i, axis);
            g_string_append_printf(name, "%s%s=%s", name->len ? ", " : "",
                                   is_short ? short_path(figure, axis) : figure->study->axes[axis],
                                   value);
            g_free(value);
        }
    return g_string_free(name, FALSE);
}

/* The same, with short paths where the whole ones are too long to stand above a panel. */
static char *point_name(const struct figure *figure, size_t i, int but, int nor)
{
    char *name = list_values(figure, i, but, nor, false);

    if (strlen(name) <= NAME_MAX_LETTERS)
        return name;
    g_free(name);
    return list_values(figure, i, but, nor, true);
}

/* How many different values the figure's points have on an axis. */
static size_t count_values(const struct figure *figure, size_t axis)
{
    GHashTable *texts = g_hash_table_new(g_str_hash, g_str_equal);
    size_t count;

    for (size_t i = 0; i < figure->point_count; i++) {
        const char *text = figure_value(figure, i, axis)->text;
        g_hash_table_add(texts, (gpointer)(intptr_t)(text ? text : ""));
    }
    count = g_hash_table_size(texts);
    g_hash_table_destroy(texts);
    return count;
}

/* True if no two points differ in that axis alone: a design has spread them, and no line along it
 * could join any. */
static bool is_spread(const struct figure *figure, size_t axis)
{
    GHashTable *others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool is_alone = figure->differs[axis];

    for (size_t i = 0; is_alone && i < figure->point_count; i++)
        is_alone = g_hash_table_add(others, list_values(figure, i, (int)axis, -1, false));
    g_hash_table_destroy(others);
    return is_alone;
}

/* True if every point has a value of its own on the axis, and others differ too: a list that is
 * walked together with others, so that each of its values says what theirs are.  Along x also where
 * points are spread. */
static bool walks_together(const struct figure *figure, int axis, bool is_along_x)
{
    return axis >= 0 && figure_axes(figure) > 1 &&
           (count_values(figure, (size_t)axis) == figure->point_count ||
            (is_along_x && is_spread(figure, (size_t)axis)));
}

/* Over time a panel shades its faults, so these must be the same for all its lines. */
static bool may_share_panel(const struct figure *figure, size_t axis, int x_axis)
{
    return x_axis >= 0 || !g_str_has_prefix(figure->study->axes[axis], "faults");
}

/* The first axis that colours may tell. */
static int choose_series_axis(const struct figure *figure, int x_axis)
{
    if (figure->study->strategy_count != 1 || walks_together(figure, x_axis, true))
        return -1;
    for (size_t axis = 0; axis < figure->study->axis_count; axis++)
        if ((int)axis != x_axis && figure->differs[axis] && may_share_panel(figure, axis, x_axis))
            return (int)axis;
    return -1;
}

static bool all_may_share_panel(const struct figure *figure, int x_axis)
{
    for (size_t axis = 0; axis < figure->study->axis_count; axis++)
        if (figure->differs[axis] && !may_share_panel(figure, axis, x_axis))
            return false;
    return true;
}

static void place_in_series(struct figure *figure, bool is_together)
{
    const struct study *study = figure->study;
    struct names series = names_into(figure->series);

    for (size_t s = 0; s < study->strategy_count && figure->series_axis < 0; s++)
        g_ptr_array_add(figure->series, g_strdup(study->strategies[s]));
    for (size_t i = 0; i < figure->point_count && figure->series_axis >= 0; i++) {
        size_t axis = (size_t)figure->series_axis;
        char *value = figure_value_label(figure, i, axis);
        char *name = is_together ? point_name(figure, i, -1, -1)
                                 : g_strdup_printf("%s=%s", study->axes[axis], value);
        figure->places[figure->points[i]].series = place_of(&series, name);
        g_free(value);
    }
    g_hash_table_destroy(series.places);
}

void figure_divide(struct figure *figure, int x_axis, bool one_panel)
{
    struct names panels = names_into(figure->panels);
    bool is_together;

    figure->x_axis = x_axis;
    figure->series_axis = choose_series_axis(figure, x_axis);
    is_together = walks_together(figure, x_axis >= 0 ? x_axis : figure->series_axis, x_axis >= 0) &&
                  all_may_share_panel(figure, x_axis);
    place_in_series(figure, is_together);
    for (size_t i = 0; i < figure->point_count; i++)
        figure->places[figure->points[i]].panel = place_of(
            &panels, one_panel || is_together ? g_strdup("")
                                              : point_name(figure, i, x_axis, figure->series_axis));
    g_hash_table_destroy(panels.places);
    if (x_axis >= 0)
        place_along_x(figure);
}

size_t figure_series(const struct figure *figure, size_t i, size_t strategy)
{
    return figure->series_axis < 0 ? strategy : figure->places[figure->points[i]].series;
}

size_t figure_panel(const struct figure *figure, size_t i)
{
    return figure->places[figure->points[i]].panel;
}

double figure_x(const struct figure *figure, size_t i)
{
    return figure->places[figure->points[i]].x;
}

const char *figure_panel_name(const struct figure *figure, size_t panel)
{
    const char *name = g_ptr_array_index(figure->panels, panel);

    return *name ? name : NULL;
}

bool figure_check_size(const struct figure *figure, struct errors *errors)
{
    size_t panels = figure->panels->len, series = figure->series->len;
    bool fits = panels <= CANVAS_PANELS_MAX && series <= CANVAS_SERIES_MAX;

    if (panels > CANVAS_PANELS_MAX)
        errors_add(errors, ERROR_SCENARIO,
                   "%zu panels do not fit into one figure (at most %d): choose with "
                   "--where PATH=VALUE%s",
                   panels, CANVAS_PANELS_MAX,
                   figure->x_axis < 0 ? ", or draw a metric against a parameter: --kind sweep"
                                      : "");
    else if (!fits)
        errors_add(errors, ERROR_SCENARIO,
                   "%zu lines do not fit into one figure (at most %d): choose with "
                   "--where PATH=VALUE",
                   series, CANVAS_SERIES_MAX);
    return fits;
}
