/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gnuplot_process.c - see gnuplot_process.h.
 *
 * Held interrupts are seen by a signalfd() that nobody reads, so they are still there when they are
 * let through.
 */
#include "analysis/figure/gnuplot_process.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SAID_MAX = 4000, /* bytes that are kept of what gnuplot says */
    SHOWN_MAX = 200, /* and shown */
    ENDING_MS = 2,   /* between looks whether gnuplot, which says no more, has ended */
    ASIDE_MS = 100,  /* the same while it could say more */
};

/* Those that would end the program; what is ignored, as by nohup, stays so. */
static void interrupts(sigset_t *set)
{
    static const int all[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action;

    sigemptyset(set);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (sigaction(all[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(set, all[i]);
}

void gnuplot_hold(sigset_t *before)
{
    sigset_t set;

    interrupts(&set);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

void gnuplot_release(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* In the child, before it is gnuplot. */
static void let_through(gpointer set)
{
    pthread_sigmask(SIG_UNBLOCK, set, NULL);
}

/* Settings of the user could change the picture; -d and this keep them out. */
static char **plain_environment(void)
{
    char **environment = g_get_environ();

    environment = g_environ_setenv(environment, "LC_ALL", "C.UTF-8", TRUE);
    environment = g_environ_setenv(environment, "SOURCE_DATE_EPOCH", "0", TRUE); /* cairo's date */
    environment = g_environ_unsetenv(environment, "GNUTERM");
    environment = g_environ_unsetenv(environment, "GNUPLOT_LIB");
    return environment;
}

/* A gnuplot that runs. */
struct drawing {
    GPid process;
    int output;      /* what it says comes from here; -1: it says no more */
    int interrupted; /* can be read when an interrupt has come */
    GString *said;
};

/*
 * Starts it; or returns why not.  The program is looked for from here, not from the folder, where a
 * path such as `.` would find what somebody else has left.
 */
static char *start(struct drawing *drawing, const char *folder, const char *script, sigset_t *set)
{
    char *program = g_find_program_in_path("gnuplot"), *file = g_strdup(script);
    char *arguments[] = { program, (char[]){ "-d" }, file, NULL };
    char **environment = plain_environment(), *why = NULL;
    GError *wrong = NULL;

    if (!program)
        why = g_strdup("cannot run gnuplot: it is not installed (Debian package gnuplot-nox)");
    else if (!g_spawn_async_with_pipes(folder, arguments, environment,
                                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                                       let_through, set, &drawing->process, NULL, NULL,
                                       &drawing->output, &wrong))
        why = g_strdup_printf("cannot run gnuplot: %s", wrong->message);
    g_clear_error(&wrong);
    g_strfreev(environment);
    g_free(file);
    g_free(program);
    return why;
}

/* Takes what it says, the first of it. */
static void listen(struct drawing *drawing)
{
    char block[1024];
    ssize_t bytes = read(drawing->output, block, sizeof block);

    if (bytes > 0)
        g_string_append_len(drawing->said, block,
                            (gssize)MIN((gsize)bytes, SAID_MAX - drawing->said->len));
    if (bytes == 0 || (bytes < 0 && errno != EINTR)) {
        close(drawing->output);
        drawing->output = -1;
    }
}

/* Waits for its end; false if it was interrupted, and is killed. */
static bool wait_for(struct drawing *drawing, int *status)
{
    struct pollfd files[] = { { .fd = drawing->interrupted, .events = POLLIN },
                              { .fd = drawing->output, .events = POLLIN } };

    while (waitpid(drawing->process, status, WNOHANG) == 0) {
        poll(files, G_N_ELEMENTS(files), drawing->output < 0 ? ENDING_MS : ASIDE_MS);
        if (files[0].revents) {
            kill(drawing->process, SIGKILL);
            waitpid(drawing->process, status, 0);
            return false;
        }
        if (files[1].revents)
            listen(drawing);
        files[1].fd = drawing->output;
    }
    while (drawing->output >= 0 && poll(&files[1], 1, 0) > 0)
        listen(drawing);
    return true;
}

/* The last line that says something. */
static char *last_line(GString *said)
{
    char **lines, *last = NULL;

    for (gsize i = 0; i < said->len; i++) /* of several, and of zeros */
        if (said->str[i] == '\0' || said->str[i] == '\r')
            said->str[i] = '\n';
    lines = g_strsplit(said->str, "\n", -1);
    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line)) {
            g_free(last);
            last = g_strndup(*line, SHOWN_MAX);
        }
    g_strfreev(lines);
    return last;
}

/* NULL if it drew, by what it returned; or why not. */
static char *judge(struct drawing *drawing, int status)
{
    char *line, *why;

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return NULL;
    if (WIFSIGNALED(status))
        return g_strdup_printf("gnuplot failed: it was ended by signal %d, %s", WTERMSIG(status),
                               strsignal(WTERMSIG(status)));
    line = last_line(drawing->said);
    why = line ? g_strdup_printf("gnuplot failed: %s", line)
               : g_strdup_printf("gnuplot failed: it returned %d and said nothing",
                                 WEXITSTATUS(status));
    g_free(line);
    return why;
}

static char *run(struct drawing *drawing, const char *folder, const char *script, sigset_t *set)
{
    char *why = start(drawing, folder, script, set);
    int status = 0;

    if (why)
        return why;
    return wait_for(drawing, &status) ? judge(drawing, status)
                                      : g_strdup("gnuplot was interrupted");
}

char *gnuplot_process(const char *folder, const char *script)
{
    struct drawing drawing = { .output = -1 };
    sigset_t set;
    char *why;

    interrupts(&set);
    drawing.interrupted = signalfd(-1, &set, SFD_CLOEXEC);
    if (drawing.interrupted < 0)
        return g_strdup_printf("cannot run gnuplot: %s", g_strerror(errno));
    drawing.said = g_string_new(NULL);
    why = run(&drawing, folder, script, &set);
    if (drawing.output >= 0)
        close(drawing.output);
    close(drawing.interrupted);
    g_string_free(drawing.said, TRUE);
    return why;
}
