/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interrupt.h - an end soon, whatever is going on, that loses nothing.
 *
 * An interrupt (SIGINT, SIGTERM, SIGHUP) asks for an end: runs heed it between events and while
 * they are set up.  An operation on a million updates, a large transaction or a hundred million
 * nodes take longer than anybody waits: after a moment the program ends on the spot, as it does at
 * a second interrupt.  The database is then left as by a crash: whole runs only, and who opens it
 * next finishes its log.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include "base/errors.h"

#include <stdatomic.h>

/* Set by the first interrupt. */
extern atomic_bool interrupt_wanted;

/* Heeds interrupts from now on, except those that the caller's parent had ignored.  `words`, which
 * it takes and gives to free(), go to standard error where the program must end on the spot.  False
 * after an error. */
bool interrupt_catch(char *words, struct errors *errors);

/* From now on an interrupt ends the program at once.  Does nothing if none was heeded. */
void interrupt_release(void);

#endif
