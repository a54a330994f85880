/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - command lines as users type them: that of this program, and those that it suggests.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/errors.h"

/* The command line of a verb, what a shell would not take as it stands being quoted, with the plain
 * name of the program, so that databases do not depend on where it stands.  g_free() it. */
char *command_text(int argc, char **argv);

/* The same with the program as the user called it, to copy.  g_free() it. */
char *command_typed(const char *command);

/* Both at once.  g_free() it. */
char *command_suggestion(int argc, char **argv);

/* From now on interrupts are heeded, with a message for when they take too long, about the database
 * `path` and how to go on; false after an error. */
bool command_catch_interrupts(const char *command, const char *path, struct errors *errors);

#endif
