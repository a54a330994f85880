/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_messages.h - what `check` says of messages: how large they are, against the MTU.
 *
 * It is what a trial of each strategy sends at the first point of the study, of so many events that
 * all trials take a fraction of a second; where runs are too large for that there is none.
 */
#ifndef CLI_CHECK_MESSAGES_H
#define CLI_CHECK_MESSAGES_H

#include "experiment/plan/plan.h"

/* For people: a table with a line for each kind of message of each strategy. */
void check_messages_print(const struct plan *plan, const struct setup *setup);

/* The same as a JSON object, without a newline at its end. */
void check_messages_json(const struct plan *plan, const struct setup *setup);

#endif
