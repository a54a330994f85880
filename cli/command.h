/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - command lines as one types them, for users to copy.  All are to be freed by g_free().
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/errors.h"

#include <stdbool.h>

/* A word as a shell takes it: quoted where it has to be, and what cannot be printed in the quotes
 * $'\x1b' of bash, zsh and ksh. */
char *command_word(const char *text);

/* `gossipsim` and the words.  Studies keep it so, with the plain name, so that databases do not
 * depend on where the program stands. */
char *command_text(int argc, char **argv);

/* True of a text that is one call of the program to a shell and nothing else, with all words as
 * above: what a database that somebody else made says its command was, one should not copy unseen.
 */
bool command_is_plain(const char *text);

/* command_text() with the program as the user called it. */
char *command_typed(const char *command);
char *command_suggestion(int argc, char **argv);

/* From now on interrupts are heeded, with a message for when they take too long, about the database
 * `path` and how to go on; false after an error. */
bool command_catch_interrupts(const char *command, const char *path, struct errors *errors);

#endif
