/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bed.h - random scenarios run side by side in processes of their own, so that one that crashes or
 * hangs is known by its number and the others go on.
 */
#ifndef TESTS_RANDOM_BED_H
#define TESTS_RANDOM_BED_H

#include <stdint.h>

/*
 * Tries each number of first .. last.  `attempt` returns NULL, or what is wrong, in words.  What
 * fails, ends its process or takes longer than `seconds` is printed, and their count returned.
 */
uint64_t bed_try(uint64_t first, uint64_t last, unsigned seconds,
                 const char *(*attempt)(uint64_t number));

#endif
