/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_against.c - a study against another one, before and after a change: what of the one is
 * what of the other; see compare_parts.h.
 *
 * Strategies are the same by their names, points by the values of the axes that both studies have.
 */
#include "analysis/verdict/compare_parts.h"

#include "analysis/text/text.h"

#include <math.h>
#include <string.h>

enum { AMBIGUOUS = -1 }; /* several points of the other study are like this one */

/* ---- points ---- */

/* The axis of the base that is this one; -1: none. */
static int find_axis(const struct study *base, const char *path)
{
    for (size_t i = 0; i < base->axis_count; i++)
        if (strcmp(base->axes[i], path) == 0)
            return (int)i;
    return -1;
}

/* `1s` is `1000ms`. */
static void add_value(GString *key, const struct study_value *value)
{
    if (!value->text)
        g_string_append(key, ",");
    else if (isnan(value->number))
        g_string_append_printf(key, "%zu:%s,", strlen(value->text), value->text);
    else
        g_string_append_printf(key, "%.12g %s,", value->number, value->unit);
}

/* The values of the axes that both have, at a point of `of`, in the order of the subject's. */
static char *point_key(const struct compare *compare, const struct study *of, size_t point)
{
    GString *key = g_string_new(NULL);

    for (size_t axis = 0; axis < compare->study->axis_count; axis++) {
        const int there = find_axis(compare->base, compare->study->axes[axis]);

        if (there >= 0)
            add_value(key, &of->points[point].values[of == compare->base ? (size_t)there : axis]);
    }
    return g_string_free(key, FALSE);
}

/* Maps point_key() to the point of the base, plus 1, or to AMBIGUOUS. */
static GHashTable *base_points(const struct compare *compare)
{
    GHashTable *points = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < compare->base->point_count; i++) {
        char *key = point_key(compare, compare->base, i);
        const gint place = g_hash_table_contains(points, key) ? AMBIGUOUS : (gint)i + 1;

        g_hash_table_replace(points, key, GINT_TO_POINTER(place));
    }
    return points;
}

/* ---- strategies ---- */

/* Of the base, for one of the subject's; -1: none. */
static int find_strategy(const struct compare *compare, size_t strategy, int baseline)
{
    if (baseline >= 0)
        return baseline;
    for (size_t i = 0; i < compare->base->strategy_count; i++)
        if (strcmp(compare->base->strategies[i], compare->study->strategies[strategy]) == 0)
            return (int)i;
    return -1;
}

static bool add_point(struct compare *compare, const char *metric, struct compare_side subject,
                      size_t point, int baseline, struct errors *errors)
{
    for (; subject.strategy < compare->study->strategy_count; subject.strategy++) {
        const int found = find_strategy(compare, subject.strategy, baseline);

        if (found >= 0 && !compare_add(compare, metric, subject,
                                       (struct compare_side){ point, (size_t)found }, errors))
            return false;
    }
    return true;
}

static void count_lost_strategies(struct compare *compare, int baseline)
{
    compare->lost_strategies = 0;
    for (size_t s = 0; s < compare->study->strategy_count; s++)
        compare->lost_strategies += find_strategy(compare, s, baseline) < 0;
}

static void complain_nothing(const struct compare *compare, struct errors *errors)
{
    const bool by_strategy = compare->lost_strategies == compare->study->strategy_count;
    char *names = by_strategy ? g_strjoinv(", ", compare->base->strategies) : NULL;

    if (by_strategy)
        errors_add(errors, ERROR_SCENARIO,
                   "--against '%s': it has no strategy of the same name; --baseline chooses one of "
                   "its own: %s",
                   compare->base->path, names);
    else
        errors_add(errors, ERROR_SCENARIO,
                   "--against '%s': none of its points is like one of '%s': the values of their "
                   "sweeps differ",
                   compare->base->path, compare->study->path);
    g_free(names);
}

bool compare_against(struct compare *compare, const char *metric, int baseline,
                     struct errors *errors)
{
    GHashTable *points = base_points(compare);
    const guint before = compare->list->len;
    bool is_good = true;

    count_lost_strategies(compare, baseline);
    compare->lost_points = 0;
    for (size_t i = 0; is_good && i < compare->study->point_count; i++) {
        char *key = point_key(compare, compare->study, i);
        const gint found = GPOINTER_TO_INT(g_hash_table_lookup(points, key));

        compare->lost_points += found <= 0;
        if (found > 0)
            is_good = add_point(compare, metric, (struct compare_side){ i, 0 }, (size_t)found - 1,
                                baseline, errors);
        g_free(key);
    }
    g_hash_table_destroy(points);
    if (is_good && compare->list->len == before) {
        complain_nothing(compare, errors);
        is_good = false;
    }
    return is_good;
}

/* ---- words ---- */

char *compare_base_name(const struct compare *compare)
{
    const char *path = compare->base->path, *other = compare->study->path;
    char *name = g_path_get_basename(path), *others = g_path_get_basename(other);

    if (strcmp(path, other) == 0) {
        g_free(name);
        name = g_strdup_printf("study %lld", (long long)compare->base->study_id);
    } else if (strcmp(name, others) == 0) {
        g_free(name);
        name = g_strdup(path);
    }
    g_free(others);
    return name;
}

static void print_alike(FILE *out, const struct study *study, const struct study *base)
{
    const bool is_same = strcmp(study->scenario_sha256, base->scenario_sha256) == 0;

    fputs(is_same ? ", which ran the same scenario" : ", whose scenario differs", out);
    if (strcmp(study->version, base->version) != 0) {
        char *versions[] = { text_escape(base->version), text_escape(study->version) };

        fprintf(out, ", by version %s, not %s", versions[0], versions[1]);
        g_free(versions[0]);
        g_free(versions[1]);
    }
    fputs(".\n", out);
    if (study->seed != base->seed)
        fputs("Its seed differs: pairs of runs share no random numbers, and differ by chance more "
              "than they need to.\n",
              out);
}

void compare_print_nevers(FILE *out, const struct compare *compare)
{
    char *name, *where;

    never_notes_print(out, compare->nevers, "");
    if (!compare->base_nevers)
        return;
    name = compare_base_name(compare);
    where = g_strconcat(" in ", name, NULL);
    never_notes_print(out, compare->base_nevers, where);
    g_free(where);
    g_free(name);
}

void compare_print_studies(FILE *out, const struct compare *compare)
{
    const struct study *study = compare->study, *base = compare->base;
    char *name = compare_base_name(compare), *safe = text_escape(name);

    fprintf(out, "\nAgainst %s", safe);
    print_alike(out, study, base);
    if (compare->lost_points > 0)
        fprintf(out, "%zu of %zu points have no counterpart there.\n", compare->lost_points,
                study->point_count);
    if (compare->lost_strategies > 0)
        fprintf(out, "%zu of %zu strategies have no counterpart there.\n", compare->lost_strategies,
                study->strategy_count);
    g_free(name);
    g_free(safe);
}
