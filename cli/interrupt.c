/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.c - see interrupt.h. */
#include "cli/interrupt.h"
#include "cli/verb.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 700 }; /* from an interrupt to the end, whatever is going on */

atomic_bool interrupt_wanted;
static timer_t patience;
static char *last_words; /* of a program whose patience is over */

static void lose_patience(int signal_number)
{
    ssize_t written = write(STDERR_FILENO, last_words, strlen(last_words));

    (void)signal_number;
    (void)written;
    _exit(EXIT_INTERRUPTED);
}

static void want_stop(int signal_number)
{
    const struct itimerspec once = { .it_value.tv_nsec = PATIENCE_MS * 1000000L };

    (void)signal_number;
    if (atomic_exchange(&interrupt_wanted, true))
        _exit(EXIT_INTERRUPTED);
    timer_settime(patience, 0, &once, NULL);
}

static const int interrupts[] = { SIGINT, SIGTERM, SIGHUP };

bool interrupt_catch(char *words, struct errors *errors)
{
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
    struct sigaction action = { .sa_handler = want_stop, .sa_flags = SA_RESTART };
    struct sigaction alarm = { .sa_handler = lose_patience };
    sigset_t alarms;

    sigemptyset(&action.sa_mask);
    sigemptyset(&alarm.sa_mask);
    if (timer_create(CLOCK_MONOTONIC, &event, &patience) != 0) {
        errors_add(errors, ERROR_IO, "cannot make a timer: %s", strerror(errno));
        free(words);
        return false;
    }
    last_words = words;
    sigaction(SIGALRM, &alarm, NULL);
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &alarms, NULL); /* whoever started us may have blocked it */
    for (size_t i = 0; i < G_N_ELEMENTS(interrupts); i++) {
        struct sigaction before;
        if (sigaction(interrupts[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(interrupts[i], &action, NULL);
    }
    return true;
}

void interrupt_release(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(interrupts); i++) {
        struct sigaction before;
        if (sigaction(interrupts[i], NULL, &before) == 0 && before.sa_handler == want_stop)
            signal(interrupts[i], SIG_DFL);
    }
    if (!last_words)
        return;
    signal(SIGALRM, SIG_IGN); /* also one that is under way */
    timer_delete(patience);
    g_clear_pointer(&last_words, free);
}
