/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input_file.c - see input_file.h. */
#include "base/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void refuse(struct errors *errors, const char *path, const char *why)
{
    errors_add(errors, ERROR_IO, "cannot read %s: %s", path, why);
}

int input_file_open(const char *path, int64_t bytes_max, const char *of_pipe, struct errors *errors)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (file < 0 || fstat(file, &status) != 0) {
        refuse(errors, path, strerror(errno));
        if (file >= 0)
            close(file);
        return -1;
    }
    if (S_ISREG(status.st_mode) && status.st_size <= bytes_max)
        return file;
    if (S_ISREG(status.st_mode))
        errors_add(errors, ERROR_IO, "cannot read %s: it has %lld bytes, more than %lld MiB", path,
                   (long long)status.st_size, (long long)(bytes_max >> 20));
    else
        refuse(errors, path,
               S_ISDIR(status.st_mode)    ? "it is a directory"
               : S_ISFIFO(status.st_mode) ? of_pipe
                                          : "it is not a regular file");
    close(file);
    return -1;
}
