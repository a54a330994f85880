/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c - see command.h. */
#include "cli/command.h"

#include "base/printable.h"
#include "cli/interrupt.h"

#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* True if the text reaches a terminal as it is. */
static bool is_printable(const char *text)
{
    char shown[PRINTABLE_BYTES];

    for (const char *start = text; printable_next(&text, shown); start = text)
        if (strncmp(start, shown, strlen(shown)) != 0)
            return false;
    return true;
}

char *command_word(const char *text)
{
    GString *word;

    if (text[0] != '\0' &&
        text[strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_=./,:%+@")] == '\0')
        return g_strdup(text);
    if (is_printable(text))
        return g_shell_quote(text);
    word = g_string_new("$'");
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c == '\'' || *c == '\\')
            g_string_append_printf(word, "\\%c", *c);
        else if (g_ascii_isprint(*c))
            g_string_append_c(word, (char)*c);
        else
            g_string_append_printf(word, "\\x%02x", *c);
    g_string_append_c(word, '\'');
    return g_string_free(word, FALSE);
}

char *command_text(int argc, char **argv)
{
    GString *text = g_string_new("gossipsim");

    for (int i = 0; i < argc; i++) {
        char *word = command_word(argv[i]);
        g_string_append_printf(text, " %s", word);
        g_free(word);
    }
    return g_string_free(text, FALSE);
}

char *command_typed(const char *command)
{
    static const char plain[] = "gossipsim";

    return g_strconcat(program_invocation_name, command + sizeof plain - 1, NULL);
}

char *command_suggestion(int argc, char **argv)
{
    char *command = command_text(argc, argv), *text = command_typed(command);

    g_free(command);
    return text;
}

bool command_catch_interrupts(const char *command, const char *path, struct errors *errors)
{
    char *typed = command_typed(command);
    char *words;
    size_t length;
    FILE *text = open_memstream(&words, &length);

    if (!text) {
        errors_add(errors, ERROR_IO, "out of memory");
        g_free(typed);
        return false;
    }
    if (isatty(STDERR_FILENO)) /* behind the progress line */
        fputc('\n', text);
    printable_line(text, "gossipsim: interrupted; the runs that had ended are stored in '%s'",
                   path);
    printable_line(text, "to go on: %s", typed);
    fclose(text);
    g_free(typed);
    return interrupt_catch(words, errors);
}
