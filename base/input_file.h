/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input_file.h - opens what users name as input: regular files only, never waiting for a pipe.
 */
#ifndef BASE_INPUT_FILE_H
#define BASE_INPUT_FILE_H

#include "base/errors.h"

#include <stdint.h>

/* Opens a regular file of at most `bytes_max` bytes for reading; -1 and an ERROR_IO otherwise,
 * which of a pipe says `of_pipe`. */
int input_file_open(const char *path, int64_t bytes_max, const char *of_pipe,
                    struct errors *errors);

#endif
