/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * init.c - `gossipsim init`: a scenario to change, with comments that say how.
 *
 * The text is cli/template.yaml, in which NAME and FILE stand for what the user called it.
 */
#include "base/printable.h"
#include "cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

extern const char init_template[];
extern const struct verb verb_init;

/* The study's name if the scenario is called `path`, the file's; NULL if it cannot name one. */
static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = g_strdup(slash ? slash + 1 : path);

    if (g_str_has_suffix(name, ".yaml"))
        name[strlen(name) - strlen(".yaml")] = 0;
    if (strlen(name) <= 64 && g_ascii_isalnum(name[0]) &&
        name[strspn(name, G_CSET_a_2_z G_CSET_DIGITS "_-")] == 0)
        return name;
    g_free(name);
    return NULL;
}

static char *fill_in(const char *name, const char *file)
{
    GString *text = g_string_new(init_template);

    g_string_replace(text, "NAME", name, 0);
    g_string_replace(text, "FILE", file, 0);
    return g_string_free(text, FALSE);
}

/* Writes a file that is not there yet; false and an error, and then no file. */
static bool write_new(const char *path, const char *text, struct errors *errors)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *out = file >= 0 ? fdopen(file, "w") : NULL;
    bool is_good = out && fputs(text, out) != EOF;

    if (out && fclose(out) != 0)
        is_good = false;
    if (is_good)
        return true;
    if (file < 0 && errno == EEXIST)
        errors_add(errors, ERROR_IO,
                   "'%s' exists already and was not changed; 'gossipsim init NAME' writes another",
                   path);
    else
        errors_add(errors, ERROR_IO, "cannot write '%s': %s", path, strerror(errno));
    if (file >= 0)
        unlink(path);
    return false;
}

static int write_scenario(const char *wanted)
{
    bool has_ending = g_str_has_suffix(wanted, ".yaml");
    char *path = g_strconcat(wanted, has_ending ? "" : ".yaml", NULL), *name = name_of(wanted);
    struct errors errors = { .count = 0 };
    char *text;
    int code = EXIT_DONE;

    if (!name) {
        code = options_usage_error(&verb_init,
                                   "init: '%s': a name has lower-case letters, digits, _ and -, "
                                   "begins with a letter or digit and has at most 64 characters",
                                   wanted);
    } else {
        text = fill_in(name, path);
        if (!write_new(path, text, &errors))
            code = options_fail(&errors);
        g_free(text);
    }
    if (code == EXIT_DONE) {
        printable_line(stdout, "wrote %s, a scenario to change; next:", path);
        printable_line(stdout, "  %s check %s", program_invocation_name, path);
        printable_line(stdout, "  %s run %s", program_invocation_name, path);
    }
    errors_clear(&errors);
    g_free(name);
    g_free(path);
    return code;
}

static int run(int argc, char **argv)
{
    const GOptionEntry entries[] = { { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL } };
    char **arguments = NULL, *text;
    int code;

    if (!options_parse(&verb_init, entries, 0, 1, argc, argv, &arguments, &code))
        return code;
    if (arguments[0] && strcmp(arguments[0], "-") == 0) {
        text = fill_in("mine", "mine.yaml");
        fputs(text, stdout);
        g_free(text);
        code = EXIT_DONE;
    } else {
        code = write_scenario(arguments[0] ? arguments[0] : "mine");
    }
    g_strfreev(arguments);
    return code;
}

const struct verb verb_init = {
    .name = "init",
    .arguments = "[NAME]",
    .summary = "write NAME.yaml, a scenario with comments, to change",
    .examples = "  gossipsim init mine\n"
                "  gossipsim init - >other.yaml\n",
    .rank = 8,
    .run = run,
};
