/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.c - see scenario.h: drafts are mended by what the program says about them. */
#include "tests/random/scenario.h"

#include "tests/random/draft.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DATA "tests/random/data"

enum { ATTEMPTS = 50, MENDINGS = 40 };

/* The plan of a text, which is handed on as a shell hands on what a command prints; or NULL and
 * the errors. */
static struct plan *judge(const char *text, struct errors *errors)
{
    const struct plan_options options = { 0 };
    const int file = memfd_create("random", 0);
    struct plan *plan;
    char path[32];

    if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text) ||
        lseek(file, 0, SEEK_SET) != 0)
        abort();
    g_snprintf(path, sizeof path, "/dev/fd/%d", file);
    plan = plan_read(path, &options, errors);
    close(file);
    return plan;
}

static size_t indent_of(const char *line)
{
    return strspn(line, " ");
}

/* The line of what is called `name` below line `i`; `i` if it is not there. */
static size_t line_below(char *const *lines, size_t i, const char *name, size_t length)
{
    for (size_t k = i + 1; lines[k] && indent_of(lines[k]) > indent_of(lines[i]); k++) {
        const char *key = lines[k] + indent_of(lines[k]);

        if (strncmp(key, name, length) == 0 && key[length] == ':')
            return k;
    }
    return i;
}

/* The line to leave out: what the error begins with, as in "`recent` has no effect", or where it
 * stands. */
static size_t line_to_blame(char *const *lines, const struct error *error)
{
    const size_t count = g_strv_length((char **)lines);
    const size_t line = error->line > 0 ? (size_t)error->line - 1 : 0;

    if (line >= count)
        return 0;
    if (error->text[0] == '`')
        return line_below(lines, line, error->text + 1, strcspn(error->text + 1, "`"));
    return line;
}

/* No scenario is what is left without them, or none for a test. */
static bool is_needed(const char *line)
{
    static const char *const needed[] = { "gossipsim:", "nodes:", "strategies:", "stop:",
                                          "    at:" };

    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        if (g_str_has_prefix(line, needed[i]))
            return true;
    return false;
}

/* Leaves out the lines that are to blame, with what is below them.  False: that does not help. */
static bool mend(GString *text, const struct errors *errors)
{
    char **lines = g_strsplit(text->str, "\n", 0);
    bool *is_bad = g_new0(bool, g_strv_length(lines) + 1);
    size_t below = SIZE_MAX; /* the indentation of what is left out */
    bool is_good = true;

    for (size_t i = 0; i < errors->count && i < ERRORS_KEPT_MAX; i++)
        is_bad[line_to_blame(lines, &errors->list[i])] = true;
    g_string_truncate(text, 0);
    for (size_t i = 0; lines[i]; i++) {
        if (!*lines[i] || (below != SIZE_MAX && indent_of(lines[i]) > below))
            continue;
        below = is_bad[i] ? indent_of(lines[i]) : SIZE_MAX;
        is_good = is_good && !(is_bad[i] && is_needed(lines[i]));
        if (!is_bad[i])
            g_string_append_printf(text, "%s\n", lines[i]);
    }
    g_strfreev(lines);
    g_free(is_bad);
    return is_good;
}

char *random_scenario(struct language *language, uint64_t number, struct plan **plan)
{
    GString *text = g_string_new(NULL);
    struct plan *found = NULL;
    char *folder = g_canonicalize_filename(DATA, NULL);

    for (uint32_t attempt = 0; !found && attempt < ATTEMPTS; attempt++) {
        bool goes_on = true;
        struct draft draft;

        g_string_truncate(text, 0);
        draft_write(&draft, language, number, attempt, folder, text);
        for (int i = 0; !found && goes_on && i < MENDINGS; i++) {
            struct errors errors = { 0 };

            found = judge(text->str, &errors);
            if (g_getenv("DRAFTS")) {
                printf("--- %u.%d\n%s", attempt, i, text->str);
                errors_print(stdout, &errors);
            }
            goes_on = found || mend(text, &errors);
            errors_clear(&errors);
        }
    }
    if (!found)
        abort();
    g_free(folder);
    if (plan)
        *plan = found;
    else
        plan_free(found);
    return g_string_free(text, FALSE);
}
