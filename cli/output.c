/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.c - see output.h. */
#include "cli/output.h"

#include "analysis/text/text.h"
#include "cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool output_style(const struct verb *verb, bool json, bool csv, struct table_style *style)
{
    if (json && csv) {
        options_usage_error(verb, "%s: --json and --csv exclude each other", verb->name);
        return false;
    }
    style->format = json ? TABLE_JSON : csv ? TABLE_CSV : TABLE_PEOPLE;
    style->width = text_terminal_width(stdout);
    style->colour = text_may_colour(stdout);
    return true;
}

/* ---- files ---- */

/* True if the file is the database or one of those that SQLite keeps beside it. */
static bool is_of_database(const struct stat *file, const char *database)
{
    static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
    bool is_same = false;

    for (size_t i = 0; i < G_N_ELEMENTS(endings) && !is_same; i++) {
        char *name = g_strconcat(database, endings[i], NULL);
        struct stat info;
        is_same =
            stat(name, &info) == 0 && info.st_dev == file->st_dev && info.st_ino == file->st_ino;
        g_free(name);
    }
    return is_same;
}

/* A file of the target's folder that has no name yet, which goes with the program however that
 * ends; -1 where there are none, as on some network drives. */
static int open_unnamed(const char *target)
{
    int file = -1;
#ifdef O_TMPFILE
    char *folder = g_path_get_dirname(target);

    file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    g_free(folder);
    if (file != -1 && access("/proc/self/fd", X_OK) != 0) { /* it could not be given one */
        close(file);
        file = -1;
    }
#else
    (void)target;
#endif
    return file;
}

static FILE *open_beside(struct output *output, const struct stat *before)
{
    char *target = realpath(output->path, NULL); /* a link stays one */
    int file;

    output->beside = g_strdup_printf("%s.XXXXXX", target ? target : output->path);
    file = open_unnamed(target ? target : output->path);
    free(target);
    output->is_unnamed = file != -1;
    if (file == -1)
        file = g_mkstemp_full(output->beside, O_RDWR | O_CLOEXEC, 0666);
    if (file == -1) {
        g_clear_pointer(&output->beside, g_free);
        return NULL;
    }
    if (before)
        fchmod(file, before->st_mode & 07777);
    return fdopen(file, "w");
}

/* Gives the file its name beside the target, since a link cannot replace what is there. */
static bool name_beside(struct output *output)
{
    enum { TRIES = 100 };
    char *file = g_strdup_printf("/proc/self/fd/%d", fileno(output->stream));
    char *digits = output->beside + strlen(output->beside) - strlen("XXXXXX");

    for (int i = 0; i < TRIES && output->is_unnamed; i++) {
        g_snprintf(digits, sizeof "XXXXXX", "%06x", g_random_int() & 0xffffff);
        output->is_unnamed =
            linkat(AT_FDCWD, file, AT_FDCWD, output->beside, AT_SYMLINK_FOLLOW) != 0;
        if (output->is_unnamed && errno != EEXIST)
            break;
    }
    g_free(file);
    return !output->is_unnamed;
}

/* Puts a temporary file before a stream that may make its writer wait. */
static void put_file_before(struct output *output, struct errors *errors)
{
    output->target = output->stream;
    output->stream = tmpfile();
    if (output->stream)
        return;
    errors_add(errors, ERROR_IO, "cannot make a temporary file: %s", strerror(errno));
    if (output->path)
        fclose(output->target);
}

bool output_open(struct output *output, const char *path, const char *database,
                 struct errors *errors)
{
    struct stat info;
    bool is_there;

    *output = (struct output){ .stream = stdout, .path = g_strdup(path) };
    if (!path) {
        put_file_before(output, errors);
        return output->stream != NULL;
    }
    is_there = stat(path, &info) == 0;
    if (is_there && database && is_of_database(&info, database)) {
        errors_add(errors, ERROR_IO, "'%s' is the database itself", path);
        output->stream = NULL;
    } else {
        output->stream = is_there && !S_ISREG(info.st_mode)
                             ? fopen(path, "w")
                             : open_beside(output, is_there ? &info : NULL);
        if (!output->stream)
            errors_add(errors, ERROR_IO, "cannot write '%s': %s", path, strerror(errno));
        else if (!output->beside)
            put_file_before(output, errors);
    }
    if (!output->stream)
        g_clear_pointer(&output->path, g_free);
    return output->stream != NULL;
}

/* The file that a path leads to is replaced, not a link on the way. */
static bool move_into_place(const struct output *output)
{
    char *target = g_strndup(output->beside, strlen(output->beside) - strlen(".XXXXXX"));
    bool is_moved = g_rename(output->beside, target) == 0;

    g_free(target);
    return is_moved;
}

/* Copies the temporary file to the target, which is what `stream` is from then on; false and an
 * error if the file cannot be written or read. */
static bool show(struct output *output, bool is_good, struct errors *errors)
{
    FILE *file = output->stream;
    char block[1 << 14];
    size_t bytes;
    bool is_kept = fflush(file) == 0 && !ferror(file);

    rewind(file);
    while (is_kept && is_good && !ferror(output->target) &&
           (bytes = fread(block, 1, sizeof block, file)) > 0)
        fwrite(block, 1, bytes, output->target);
    if (ferror(output->target)) /* to fail again when it is closed, where it is said why */
        putc('\n', output->target);
    is_kept = is_kept && !ferror(file);
    if (!is_kept)
        errors_add(errors, ERROR_IO, "cannot use a temporary file: %s",
                   strerror(errno ? errno : EIO));
    fclose(file);
    output->stream = output->target;
    return is_kept;
}

bool output_close(struct output *output, bool is_good, struct errors *errors)
{
    bool is_written = true, is_kept = true;

    if (output->target)
        is_kept = show(output, is_good, errors);
    if (!output->path) /* main checks standard output */
        return is_kept;
    errno = 0;
    is_written = !ferror(output->stream);
    if (output->is_unnamed && is_written && is_good)
        is_written = fflush(output->stream) == 0 && name_beside(output);
    is_written = fclose(output->stream) == 0 && is_written;
    if (is_written && is_good && output->beside)
        is_written = move_into_place(output);
    if (!is_written)
        errors_add(errors, ERROR_IO, "cannot write '%s': %s", output->path,
                   strerror(errno ? errno : EIO));
    if (output->beside && !output->is_unnamed && !(is_written && is_good))
        g_unlink(output->beside);
    g_free(output->beside);
    g_free(output->path);
    return is_written && is_kept;
}

bool output_can_open(const char *path, const char *database, struct errors *errors)
{
    struct stat info;
    struct output output;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return true;
    return output_open(&output, path, database, errors) && output_close(&output, false, errors);
}
