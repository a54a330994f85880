/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_links.h - what `check` says of access links and their classes.
 */
#ifndef CLI_CHECK_LINKS_H
#define CLI_CHECK_LINKS_H

#include "sim/sim.h"

/* A bandwidth for people, to be freed, and as a member of an object, `, "KEY": BITS`; 0: there is
 * no limit, `unlimited` or null. */
char *links_rate_text(int64_t bits);
void links_rate_json(const char *key, int64_t bits);

/* The classes of links, if there are any: a line each, or one where there are many; and as the
 * member `access` of an object. */
void check_links_print(const struct sim_network *network);
void check_links_json(const struct sim_network *network);

#endif
