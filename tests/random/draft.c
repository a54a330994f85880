/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft.c - see draft.h: maps, lists and the choice between alternatives. */
#include "tests/random/draft.h"

#include <stdlib.h>
#include <string.h>

static bool is_type(struct draft *d, rule *what, const char *type)
{
    return rule_has(d->language, rule_get(d->language, what, "type"), type);
}

static const char *text_of(struct draft *d, rule *what, const char *name)
{
    return rule_text(rule_get(d->language, what, name));
}

/* ---- which members of a map ---- */

/* Whether the description says that the next member can stand for this one, as in `mean, or`. */
static bool has_substitute(struct draft *d, rule *member)
{
    const char *text = text_of(d, member, "description");

    return text && strstr(text, ", or (");
}

/* Whether `name` is one of those of which only one may be there, and not the chosen one, or does
 * not go with that. */
static bool is_excluded(struct draft *d, rule *map, const char *name, size_t chosen)
{
    rule *choices = rule_get(d->language, map, "oneOf");
    rule *with = rule_get(d->language, rule_at(d->language, choices, chosen), "properties");
    const char *may_be = rule_text(rule_get(d->language, with, name));

    if (may_be && strcmp(may_be, "false") == 0)
        return true;
    for (size_t i = 0; i < rule_count(choices); i++) {
        rule *choice = rule_at(d->language, choices, i);

        if (i != chosen && rule_has(d->language, rule_get(d->language, choice, "required"), name))
            return true;
    }
    return false;
}

static bool is_required(struct draft *d, rule *map, const char *name, size_t chosen)
{
    rule *choices = rule_get(d->language, map, "oneOf");
    rule *choice = rule_at(d->language, choices, chosen);

    return rule_has(d->language, rule_get(d->language, map, "required"), name) ||
           rule_has(d->language, rule_get(d->language, choice, "required"), name);
}

/* Whose dice decide whether `name` is there: of those that go together, of one of them. */
static const char *decider(struct draft *d, rule *map, const char *name, size_t chosen)
{
    rule *choice = rule_at(d->language, rule_get(d->language, map, "oneOf"), chosen);
    rule *others = rule_get(d->language, rule_get(d->language, choice, "dependencies"), name);
    const char *other = rule_count(others) ? rule_text(rule_at(d->language, others, 0)) : name;

    return strcmp(other, name) < 0 ? other : name;
}

/* How likely a member is that need not be there, in the map at `path`. */
static double likelihood(struct draft *d, rule *map, rule *member, const char *path)
{
    const bool has_default = rule_get(d->language, member, "default");

    if (has_default || rule_get(d->language, map, "oneOf"))
        return d->density;
    if (!strchr(path, '.')) /* a section's */
        return 0.8;
    return 1; /* a parameter without a default */
}

static bool holds(const GArray *numbers, size_t number)
{
    for (guint i = 0; i < numbers->len; i++)
        if (g_array_index(numbers, size_t, i) == number)
            return true;
    return false;
}

/* One member where only one may be there, and of a stack one to four models: `peers`, which may
 * stand among them, is none. */
static void choose_few(struct draft *d, struct dice *dice, rule *map, GArray *chosen)
{
    rule *members = rule_get(d->language, map, "properties");
    const bool is_one = strcmp(text_of(d, map, "maxProperties"), "1") == 0;
    size_t wanted = is_one ? 1 : 1 + dice_below(dice, 4);

    while (wanted > 0) {
        const size_t number = dice_below(dice, rule_count(members));

        if (holds(chosen, number))
            continue;
        g_array_append_val(chosen, number);
        if (strcmp(rule_name(d->language, members, number), "peers") != 0)
            wanted--;
    }
}

/* The members that shall be there, by their numbers. */
static GArray *choose(struct draft *d, const struct dice *dice, const char *path, rule *map)
{
    rule *members = rule_get(d->language, map, "properties");
    rule *choices = rule_get(d->language, map, "oneOf");
    const size_t count = rule_count(members);
    GArray *chosen = g_array_new(FALSE, FALSE, sizeof(size_t));
    struct dice own = dice_of(dice, "members");
    const size_t choice = rule_count(choices) ? dice_below(&own, rule_count(choices)) : 0;

    if (text_of(d, map, "maxProperties")) {
        choose_few(d, &own, map, chosen);
        return chosen;
    }
    for (size_t i = 0; i < count; i++) {
        rule *member = rule_at(d->language, members, i);
        const char *name = rule_name(d->language, members, i);
        struct dice at = dice_of(&own, decider(d, map, name, choice));
        bool is_there = dice_chance(&at, likelihood(d, map, member, path));

        if (is_excluded(d, map, name, choice) || draft_excludes(d, path, name))
            continue;
        if (i > 0 && has_substitute(d, rule_at(d->language, members, i - 1)))
            is_there = chosen->len == 0 || g_array_index(chosen, size_t, chosen->len - 1) != i - 1;
        else if (has_substitute(d, member))
            is_there = dice_chance(&at, 0.5);
        if (is_there || is_required(d, map, name, choice) || draft_wants(d, path, name))
            g_array_append_val(chosen, i);
    }
    return chosen;
}

/* ---- flow style ---- */

static void put_named(struct draft *d, const struct dice *dice, const char *path, const char *name,
                      rule *what)
{
    char *place = g_strconcat(path, *path ? "." : "", name, NULL);
    const struct dice own = dice_of(dice, name);

    g_string_append_printf(d->text, "%s: ", name);
    draft_value(d, &own, place, what);
    g_free(place);
}

/* A map whose names are free: of groups. */
static void put_free_map(struct draft *d, const struct dice *dice, const char *path, rule *values)
{
    g_string_append_c(d->text, '{');
    for (int i = 0; i < d->groups; i++) {
        char *group = draft_group(i);

        g_string_append(d->text, i ? ", " : "");
        put_named(d, dice, path, group, values);
        g_free(group);
    }
    g_string_append_c(d->text, '}');
}

static void put_flow_map(struct draft *d, const struct dice *dice, const char *path, rule *map)
{
    rule *members = rule_get(d->language, map, "properties");
    GArray *chosen;

    if (!members) {
        put_free_map(d, dice, path, rule_get(d->language, map, "additionalProperties"));
        return;
    }
    chosen = choose(d, dice, path, map);
    g_string_append_c(d->text, '{');
    for (guint i = 0; i < chosen->len; i++) {
        const size_t number = g_array_index(chosen, size_t, i);

        g_string_append(d->text, i ? ", " : "");
        put_named(d, dice, path, rule_name(d->language, members, number),
                  rule_at(d->language, members, number));
    }
    g_string_append_c(d->text, '}');
    g_array_free(chosen, TRUE);
}

static size_t length_of(struct draft *d, const struct dice *dice, rule *list, uint64_t more)
{
    const char *least = text_of(d, list, "minItems");
    struct dice own = dice_of(dice, "length");

    return (least ? (size_t)atoi(least) : 0) + dice_below(&own, more + 1);
}

static void put_flow_list(struct draft *d, const struct dice *dice, const char *path, rule *list)
{
    rule *entry = rule_get(d->language, list, "items");
    const size_t length = length_of(d, dice, list, 2);

    g_string_append_c(d->text, '[');
    for (size_t i = 0; i < length; i++) {
        char number[24];
        struct dice own;

        g_snprintf(number, sizeof number, "%zu", i);
        own = dice_of(dice, number);
        g_string_append(d->text, i ? ", " : "");
        draft_value(d, &own, path, entry);
    }
    g_string_append_c(d->text, ']');
}

/* One of the alternatives; a number that is written as a text is none by itself. */
static rule *alternative(struct draft *d, struct dice *dice, rule *list)
{
    for (;;) {
        rule *found = rule_at(d->language, list, dice_below(dice, rule_count(list)));
        const char *pattern = text_of(d, found, "pattern");

        if (!pattern || rule_count(list) == 1 || !g_str_has_suffix(pattern, "[0-9]+)?$"))
            return found;
    }
}

void draft_value(struct draft *d, const struct dice *dice, const char *path, rule *what)
{
    rule *choices = rule_get(d->language, what, "anyOf"), *words;
    const char *only = text_of(d, what, "const");
    struct dice own = *dice;

    if (draft_special(d, &own, path))
        return;
    words = rule_get(d->language, what, "enum");
    if (only) {
        g_string_append(d->text, only);
    } else if (words) {
        g_string_append(
            d->text, rule_text(rule_at(d->language, words, dice_below(&own, rule_count(words)))));
    } else if (choices) {
        rule *choice = alternative(d, &own, choices);
        const struct dice next = dice_of(&own, "");

        draft_value(d, &next, path, choice);
    } else if (is_type(d, what, "object")) {
        put_flow_map(d, &own, path, what);
    } else if (is_type(d, what, "array")) {
        put_flow_list(d, &own, path, what);
    } else if (is_type(d, what, "integer") || is_type(d, what, "number")) {
        draft_number(d, &own, path, what);
    } else {
        const char *pattern = text_of(d, what, "pattern");

        draft_text(d, &own, path, pattern ? pattern : "");
    }
}

/* ---- lines ---- */

/* How deep maps are written with a line for each member. */
static int depth_of_lines(const char *path)
{
    return g_str_has_prefix(path, "strategies") ? 3 : 1;
}

static void put_line(struct draft *d, const struct dice *dice, const char *path, const char *name,
                     rule *what, int depth);

static void put_members(struct draft *d, const struct dice *dice, const char *path, rule *map,
                        int depth)
{
    rule *members = rule_get(d->language, map, "properties");
    GArray *chosen = choose(d, dice, path, map);

    for (guint i = 0; i < chosen->len; i++) {
        const size_t number = g_array_index(chosen, size_t, i);

        put_line(d, dice, path, rule_name(d->language, members, number),
                 rule_at(d->language, members, number), depth);
    }
    g_array_free(chosen, TRUE);
}

static void put_strategies(struct draft *d, const struct dice *dice, rule *map)
{
    for (int i = 0; i < d->strategies; i++) {
        char *name = draft_strategy(i);

        put_line(d, dice, "strategies", name, rule_get(d->language, map, "additionalProperties"),
                 1);
        g_free(name);
    }
}

static void put_entries(struct draft *d, const struct dice *dice, const char *path, rule *list)
{
    const size_t length = length_of(d, dice, list, 5);

    for (size_t i = 0; i < length; i++) {
        char number[24];
        struct dice own;

        g_snprintf(number, sizeof number, "%zu", i);
        own = dice_of(dice, number);
        g_string_append(d->text, "\n  - ");
        draft_value(d, &own, path, rule_get(d->language, list, "items"));
    }
    if (strcmp(path, "faults") == 0)
        draft_faults(d, dice);
    g_string_append_c(d->text, '\n');
}

/* A member and, indented deeper, what is below it. */
static void put_line(struct draft *d, const struct dice *dice, const char *path, const char *name,
                     rule *what, int depth)
{
    char *place = g_strconcat(path, *path ? "." : "", name, NULL);
    const struct dice own = dice_of(dice, name);

    g_string_append_printf(d->text, "%*s%s:", 4 * depth, "", name);
    if (depth < depth_of_lines(place) && is_type(d, what, "object") &&
        strcmp(place, "groups") != 0) {
        g_string_append_c(d->text, '\n');
        if (strcmp(place, "strategies") == 0)
            put_strategies(d, &own, what);
        else
            put_members(d, &own, place, what, depth + 1);
    } else if (depth == 0 && is_type(d, what, "array")) {
        put_entries(d, &own, place, what);
    } else {
        g_string_append_c(d->text, ' ');
        draft_value(d, &own, place, what);
        g_string_append_c(d->text, '\n');
        g_ptr_array_add(d->paths, g_strdup(place));
        g_ptr_array_add(d->paths, (gpointer)what);
    }
    g_free(place);
}

/* ---- a scenario ---- */

/* What the rest depends on, and a bias of its own: many keys or few. */
static void decide(struct draft *d, struct dice *dice)
{
    static const enum draft_writes writes[] = { BY_UPDATES, BY_UPDATES, BY_UPDATES, BY_RATE_OF_ALL,
                                                BY_NODES,   BY_NODES,   BY_RATES,   BY_FILE };
    struct dice of_writes = dice_of(dice, "writes");

    d->writes = writes[dice_below(&of_writes, G_N_ELEMENTS(writes))];
    d->by_graph = dice_chance(dice, 0.05);
    d->nodes = d->by_graph ? 4 : (int64_t)dice_scale(dice, 1, DRAFT_NODES);
    d->horizon = (sim_time)dice_scale(dice, 1, 1000) * SIM_SECOND;
    if (dice_chance(dice, 0.25))
        d->round =
            d->horizon / (20 + (sim_time)dice_below(dice, 180)) / SIM_MILLISECOND * SIM_MILLISECOND;
    if (d->round > SIM_SECOND && dice_chance(dice, 0.2))
        d->round = SIM_SECOND;
    d->density = dice_scale(dice, 0.05, 0.9);
    d->groups = (int)dice_below(dice, DRAFT_NAMES);
    d->groups = d->groups > d->nodes ? 0 : d->groups;
    d->strategies = 1 + (int)dice_below(dice, 3);
    d->by_record = dice_chance(dice, 0.25);
    d->by_latency = d->groups > 1 && !d->round && dice_chance(dice, 0.2);
    d->has_absent = d->groups > 1 && dice_chance(dice, 0.3);
}

void draft_write(struct draft *d, struct language *language, uint64_t number, uint32_t attempt,
                 const char *folder, GString *text)
{
    struct dice dice = dice_new(number, attempt);
    const struct dice choices = dice_of(&dice, "members");
    rule *root = language_root(language), *members = rule_get(language, root, "properties");

    *d = (struct draft){ .language = language, .text = text, .folder = folder };
    d->paths = g_ptr_array_new();
    decide(d, &dice);
    for (size_t i = 0; i < rule_count(members); i++) {
        const char *name = rule_name(language, members, i);
        rule *member = rule_at(language, members, i);
        struct dice at = dice_of(&choices, name);

        if (strcmp(name, "expect") == 0) {
            draft_expect(d, &at);
        } else if (strcmp(name, "sweep") == 0) {
            draft_sweep(d, &at);
        } else if (is_required(d, root, name, 0) || draft_wants(d, "", name) ||
                   dice_chance(&at, 0.2 + d->density / 2)) {
            put_line(d, &dice, "", name, member, 0);
        }
    }
    for (guint i = 0; i < d->paths->len; i += 2)
        g_free(d->paths->pdata[i]);
    g_ptr_array_free(d->paths, TRUE);
}
