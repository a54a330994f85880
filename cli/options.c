/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options.c - the command line of a verb; see options.h.
 *
 * The command line is checked word by word first, with complaints in our own manner; then GLib,
 * left with nothing to complain of, fills in the values.  The help is our own, too, because GLib's
 * speaks the locale's language and leaves by exit(), past the check that all output was written.
 */
#include "cli/options.h"

#include "base/nearest.h"
#include "base/printable.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>

enum { THREADS_MAX = 1024, HELP_COLUMN = 28 };

static void print_entry(const GOptionEntry *entry)
{
    char left[128];

    g_snprintf(left, sizeof left, "  %c%c%s--%s%s%s", entry->short_name ? '-' : ' ',
               entry->short_name ? entry->short_name : ' ', entry->short_name ? ", " : "  ",
               entry->long_name, entry->arg_description ? " " : "",
               entry->arg_description ? entry->arg_description : "");
    if (strlen(left) >= HELP_COLUMN)
        printf("%s\n%*s%s\n", left, HELP_COLUMN, "", entry->description);
    else
        printf("%-*s%s\n", HELP_COLUMN, left, entry->description);
}

static void print_help(const struct verb *verb, const GOptionEntry *entries)
{
    printf("gossipsim %s - %s\n\nusage: gossipsim %s %s\n", verb->name, verb->summary, verb->name,
           verb->arguments);
    if (entries[0].long_name)
        printf("\n");
    for (const GOptionEntry *entry = entries; entry->long_name; entry++)
        if (!(entry->flags & G_OPTION_FLAG_HIDDEN))
            print_entry(entry);
    if (verb->print_more)
        verb->print_more();
    if (verb->examples)
        printf("\nexamples:\n%s", verb->examples);
}

int options_usage_error(const struct verb *verb, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fflush(stdout);
    printable_line(stderr, "gossipsim: error: %s", text);
    fprintf(stderr, "usage: gossipsim %s %s\n", verb->name, verb->arguments);
    g_free(text);
    return EXIT_USAGE;
}

static bool check_arguments(const struct verb *verb, int min, int max, char **arguments,
                            int *exit_code)
{
    int count = arguments ? (int)g_strv_length(arguments) : 0;

    if (count < min)
        *exit_code = options_usage_error(verb, "%s: too few arguments", verb->name);
    else if (count > max)
        *exit_code = options_usage_error(verb, "%s: one argument too many: '%s'", verb->name,
                                         arguments[max]);
    return count >= min && count <= max;
}

static const GOptionEntry *find_short(const GOptionEntry *entries, char name)
{
    for (const GOptionEntry *entry = entries; entry->long_name; entry++)
        if (entry->short_name && entry->short_name == name)
            return entry;
    return NULL;
}

static const GOptionEntry *find_long(const GOptionEntry *entries, const char *name, size_t length)
{
    for (const GOptionEntry *entry = entries; entry->long_name; entry++)
        if (strlen(entry->long_name) == length && strncmp(entry->long_name, name, length) == 0)
            return entry;
    return NULL;
}

static bool takes_value(const GOptionEntry *entries, char short_name)
{
    const GOptionEntry *entry = find_short(entries, short_name);

    return entry && entry->arg != G_OPTION_ARG_NONE;
}

/* The command line with `-j2` written as `-j 2`, which is all that GLib understands. */
static char **split_short_options(const GOptionEntry *entries, int argc, char **argv)
{
    GPtrArray *words = g_ptr_array_new();
    bool is_option = true;

    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        is_option = is_option && strcmp(word, "--") != 0;
        if (is_option && i > 0 && word[0] == '-' && word[1] != '\0' && word[2] != '\0' &&
            takes_value(entries, word[1])) {
            g_ptr_array_add(words, g_strndup(word, 2));
            word += 2;
        }
        g_ptr_array_add(words, g_strdup(word));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* Numbers of options count something, from 1.  GLib would take octal and hexadecimal ones, too. */
static bool is_count(const char *text, gint64 most)
{
    if (text[strspn(text, G_CSET_DIGITS)] != '\0' || text[0] < '1' || text[0] > '9')
        return false;
    errno = 0;
    return g_ascii_strtoll(text, NULL, 10) <= most && errno == 0;
}

static int complain_unknown(const struct verb *verb, const GOptionEntry *entries, const char *name,
                            size_t length)
{
    char *word = g_strndup(name, length);
    struct nearest nearest = { .word = word };
    int code;

    for (const GOptionEntry *entry = entries; entry->long_name; entry++)
        nearest_offer(&nearest, entry->long_name);
    nearest_offer(&nearest, "help");
    if (nearest.best)
        code = options_usage_error(verb, "%s: unknown option '--%s'; did you mean '--%s'?",
                                   verb->name, word, nearest.best);
    else
        code =
            options_usage_error(verb, "%s: unknown option '--%s'; 'gossipsim help %s' lists them",
                                verb->name, word, verb->name);
    g_free(word);
    return code;
}

/* Checks the value of an option and that only lists are given twice; 0: good. */
static int check_value(const struct verb *verb, const GOptionEntry *entries,
                       const GOptionEntry *entry, const char *value, bool *is_given)
{
    gint64 most = entry->arg == G_OPTION_ARG_INT ? G_MAXINT : G_MAXINT64;
    bool *is_known = &is_given[entry - entries];

    if (!value)
        return options_usage_error(verb, "%s: --%s lacks its value, %s", verb->name,
                                   entry->long_name, entry->arg_description);
    if (*is_known && entry->arg != G_OPTION_ARG_FILENAME_ARRAY)
        return options_usage_error(verb, "%s: --%s is given twice", verb->name, entry->long_name);
    *is_known = true;
    if ((entry->arg == G_OPTION_ARG_INT || entry->arg == G_OPTION_ARG_INT64) &&
        !is_count(value, most))
        return options_usage_error(verb, "%s: --%s '%s': expected a whole number from 1",
                                   verb->name, entry->long_name, value);
    return 0;
}

/* Checks the option words[*at] and its value, *at becoming the last word of them; 0: good. */
static int check_long(const struct verb *verb, const GOptionEntry *entries, char **words,
                      size_t *at, bool *is_given)
{
    const char *name = words[*at] + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const GOptionEntry *entry = find_long(entries, name, length);

    if (!entry && strcmp(name, "help") == 0)
        return 0;
    if (!entry)
        return complain_unknown(verb, entries, name, length);
    if (entry->arg != G_OPTION_ARG_NONE)
        return check_value(verb, entries, entry, equals ? equals + 1 : words[++*at], is_given);
    if (equals)
        return options_usage_error(verb, "%s: --%s takes no value", verb->name, entry->long_name);
    return 0;
}

/* The same for a word of short options, of which the last may take the next word. */
static int check_short(const struct verb *verb, const GOptionEntry *entries, char **words,
                       size_t *at, bool *is_given)
{
    for (const char *c = words[*at] + 1; *c; c++) {
        const GOptionEntry *entry = find_short(entries, *c);
        if (!entry && *c == 'h')
            continue;
        if (!entry)
            return options_usage_error(verb,
                                       "%s: unknown option '%s'; 'gossipsim help %s' lists them",
                                       verb->name, words[*at], verb->name);
        if (entry->arg == G_OPTION_ARG_NONE)
            continue;
        if (c[1] != '\0')
            return options_usage_error(verb, "%s: -%c in '%s' takes a value: write it apart",
                                       verb->name, *c, words[*at]);
        return check_value(verb, entries, entry, words[++*at], is_given);
    }
    return 0;
}

static int check_words(const struct verb *verb, const GOptionEntry *entries, char **words)
{
    size_t count = 0;
    bool *is_given;
    int code = 0;

    while (entries[count].long_name)
        count++;
    is_given = g_new0(bool, count + 1);
    for (size_t i = 1; code == 0 && words[i] && strcmp(words[i], "--") != 0; i++) {
        if (g_str_has_prefix(words[i], "--"))
            code = check_long(verb, entries, words, &i, is_given);
        else if (words[i][0] == '-' && words[i][1] != '\0')
            code = check_short(verb, entries, words, &i, is_given);
    }
    g_free(is_given);
    return code;
}

bool options_parse(const struct verb *verb, const GOptionEntry *entries, int arguments_min,
                   int arguments_max, int argc, char **argv, char ***arguments, int *exit_code)
{
    gboolean help = FALSE;
    char **others = NULL;
    GError *wrong = NULL;
    GOptionContext *context = g_option_context_new(NULL);
    const GOptionEntry common[] = {
        { "help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &others, NULL, NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    char **words = split_short_options(entries, argc, argv);
    bool parsed;

    *exit_code = check_words(verb, entries, words);
    if (*exit_code != 0) {
        g_option_context_free(context);
        g_strfreev(words);
        return false;
    }
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_main_entries(context, common, NULL);
    parsed = g_option_context_parse_strv(context, &words, &wrong);
    g_option_context_free(context);
    g_strfreev(words);
    if (!parsed) {
        *exit_code = options_usage_error(verb, "%s: %s", verb->name, wrong->message);
        g_error_free(wrong);
    } else if (help) {
        print_help(verb, entries);
        *exit_code = EXIT_DONE;
        parsed = false;
    } else {
        parsed = check_arguments(verb, arguments_min, arguments_max, others, exit_code);
    }
    if (parsed && !others)
        others = g_new0(char *, 1);
    if (parsed)
        *arguments = others;
    else
        g_strfreev(others);
    return parsed;
}

bool options_settings(const char *option, char **texts, struct setting **settings, size_t *count)
{
    size_t wanted = texts ? g_strv_length(texts) : 0;
    struct setting *list = g_new0(struct setting, wanted + 1);

    for (size_t i = 0; i < wanted; i++) {
        char *equals = strchr(texts[i], '=');
        if (!equals || equals == texts[i]) {
            bool is_list = strcmp(option, "--sweep") == 0;
            printable_line(stderr, "gossipsim: error: %s '%s': expected %s", option, texts[i],
                           is_list ? "PATH=V1,V2, as in nodes=100,1000"
                                   : "PATH=VALUE, as in network.loss=5%");
            g_free(list);
            return false;
        }
        *equals = '\0';
        list[i] = (struct setting){ texts[i], equals + 1 };
    }
    *settings = list;
    *count = wanted;
    return true;
}

int options_threads(int wanted)
{
    cpu_set_t cores;

    if (wanted < 0 || wanted > THREADS_MAX) {
        fprintf(stderr, "gossipsim: error: -j %d: expected 1 to %d threads\n", wanted, THREADS_MAX);
        return 0;
    }
    if (wanted > 0)
        return wanted;
    if (sched_getaffinity(0, sizeof cores, &cores) != 0)
        return 1;
    return CLAMP(CPU_COUNT(&cores), 1, THREADS_MAX);
}

int options_fail(const struct errors *errors)
{
    size_t kept = MIN(errors->count, (size_t)ERRORS_KEPT_MAX);

    fflush(stdout);
    errors_print(stderr, errors);
    for (size_t i = 0; i < kept; i++)
        if (errors->list[i].kind == ERROR_IO)
            return EXIT_IO;
    return EXIT_USAGE;
}
