/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * witness_swim.h - what swim keeps in any run, as far as it shows from outside; part of witness.h.
 *
 * An incarnation is raised by its owner alone, and a node that has heard of one tells nothing
 * older; whom somebody calls dead he holds dead; nobody is forgotten who was not dead; queues are
 * bounded.
 */
#ifndef TESTS_RANDOM_WITNESS_SWIM_H
#define TESTS_RANDOM_WITNESS_SWIM_H

#include "sim/sim.h"

struct swim_laws;

struct swim_laws *swim_laws_new(void);
void swim_laws_free(struct swim_laws *laws);

/* Whatever is seen, in order; the law that it breaks, or NULL. */
const char *swim_laws_see(struct swim_laws *laws, const struct sight *sight);

/* The same of a finished run. */
const char *swim_laws_judge(const struct sim_config *config, const struct sim_result *result);

#endif
