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

#define PROGRAM "gossipsim"
#define PLAIN   G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_=./,:%+@"

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

    if (text[0] != '\0' && text[strspn(text, PLAIN)] == '\0')
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
    GString *text = g_string_new(PROGRAM);

    for (int i = 0; i < argc; i++) {
        char *word = command_word(argv[i]);
        g_string_append_printf(text, " %s", word);
        g_free(word);
    }
    return g_string_free(text, FALSE);
}

/* Behind a part of a word, as command_word() writes it; NULL: it is none. */
static const char *skip_part(const char *text)
{
    const size_t plain = strspn(text, PLAIN);

    if (plain > 0)
        return text + plain;
    if (text[0] == '\\' && text[1] == '\'') /* between the quotes of g_shell_quote() */
        return text + 2;
    if (text[0] == '\'') {
        text = strchr(text + 1, '\'');
        return text ? text + 1 : NULL;
    }
    if (text[0] != '$' || text[1] != '\'')
        return NULL;
    for (text += 2; *text && *text != '\''; text++)
        if (*text == '\\' && *++text == '\0')
            return NULL;
    return *text ? text + 1 : NULL;
}

bool command_is_plain(const char *text)
{
    if (!g_str_has_prefix(text, PROGRAM " "))
        return false;
    text += strlen(PROGRAM);
    while (text && *text) {
        while (*text == ' ')
            text++;
        if (*text)
            text = skip_part(text);
    }
    return text != NULL;
}

char *command_typed(const char *command)
{
    return g_strconcat(program_invocation_name, command + strlen(PROGRAM), NULL);
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
