/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress.c - the progress line of a study; see progress.h.
 */
#include "cli/progress.h"

#include "base/printable.h"

#include <glib.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* How often a line comes, and from when on a run is worth a look. */
static const double terminal_seconds = 0.1, line_seconds = 10, long_run_seconds = 2;

void progress_init(struct progress *progress, bool is_quiet)
{
    *progress = (struct progress){ .is_quiet = is_quiet, .is_terminal = isatty(STDERR_FILENO) };
}

void progress_time(double seconds, char text[PROGRESS_TIME_MAX])
{
    /* Databases may have any number. */
    const int64_t whole = seconds >= 0 ? (int64_t)(MIN(seconds, 1e15) + 0.5) : 0;
    long long days = whole / 86400, hours = whole / 3600 % 24, minutes = whole / 60 % 60,
              rest = whole % 60;

    if (seconds < 0.9995)
        g_snprintf(text, PROGRESS_TIME_MAX, "%.0fms", seconds * 1000);
    else if (seconds < 9.95)
        g_snprintf(text, PROGRESS_TIME_MAX, "%.1fs", seconds);
    else if (whole < 60)
        g_snprintf(text, PROGRESS_TIME_MAX, "%llds", rest);
    else if (whole < 3600)
        g_snprintf(text, PROGRESS_TIME_MAX, "%lldm%02llds", minutes, rest);
    else if (whole < 86400)
        g_snprintf(text, PROGRESS_TIME_MAX, "%lldh%02lldm", hours, minutes);
    else
        g_snprintf(text, PROGRESS_TIME_MAX, "%lldd%02lldh", days, hours);
}

static void append_rate(GString *line, const struct runner_progress *state)
{
    double rate = state->seconds > 0 ? (double)state->made / state->seconds : 0;
    char left[PROGRESS_TIME_MAX];

    if (state->made == 0)
        return;
    g_string_append_printf(line, rate < 10 ? "  %.2g runs/s" : "  %.0f runs/s", rate);
    progress_time((double)(state->total - state->done) / rate, left);
    if (state->done < state->total)
        g_string_append_printf(line, "  ETA %s", left);
}

static void append_longest(GString *line, const struct pool_view *run)
{
    char now[PROGRESS_TIME_MAX], end[PROGRESS_TIME_MAX];

    progress_time((double)run->now / (double)SIM_SECOND, now);
    progress_time((double)run->end / (double)SIM_SECOND, end);
    g_string_append_printf(line, "  (a run at %s of %s, %u nodes up, %.1f%% informed)", now, end,
                           run->alive, run->informed * 100);
}

static size_t terminal_width(void)
{
    struct winsize size;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

void progress_show(void *context, const struct runner_progress *state)
{
    struct progress *progress = context;
    GString *line;

    if (progress->is_quiet || state->total == 0)
        return;
    if (state->seconds <
        progress->last_seconds + (progress->is_terminal ? terminal_seconds : line_seconds))
        return;
    line = g_string_new(NULL);
    g_string_append_printf(line, "%llu/%llu runs  %llu%%", (unsigned long long)state->done,
                           (unsigned long long)state->total,
                           (unsigned long long)(state->done * 100 / state->total));
    append_rate(line, state);
    if (state->is_running && state->longest.seconds >= long_run_seconds)
        append_longest(line, &state->longest);
    if (progress->is_terminal) {
        g_string_truncate(line, MIN(line->len, terminal_width() - 1));
        fprintf(stderr, "\r%s\033[K", line->str);
    } else {
        fprintf(stderr, "%s\n", line->str);
    }
    fflush(stderr);
    progress->is_shown = true;
    progress->last_seconds = state->seconds;
    g_string_free(line, TRUE);
}

void progress_notice(void *context, const char *text)
{
    progress_clear(context);
    printable_line(stderr, "gossipsim: %s", text);
}

void progress_clear(struct progress *progress)
{
    if (progress->is_terminal && progress->is_shown)
        fputs("\r\033[K", stderr);
    progress->is_shown = false;
}
