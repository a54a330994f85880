/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * direct_mail_theory.c - what becomes of an update that is mailed once to everybody.
 *
 * Each mail arrives with the probability that none is lost, at a time that the latency's law says,
 * whatever the others do; so the informed share follows that law.  A node that is down when its
 * mail comes misses it: u being the share that is up, a and r the rates of going and of coming
 * back, of those who got it u + (1 - u) e^(-(a+r) age) are up later, and if who goes loses the
 * data, e^(-a age) have stayed.
 */
#include "models/direct_mail.h"
#include "models/transport.h"

#include <math.h>
#include <stdio.h>

static double told(const struct theory_world *world, double age)
{
    if (world->loses)
        return exp(-world->leaves * age);
    return world->up + (1 - world->up) * exp(-(world->leaves + world->returns) * age);
}

bool direct_mail_theory(const void *config, const struct theory_world *world, struct theory *theory)
{
    const struct config *c = config;
    const bool sends_again = c->acknowledge && c->queue > 0;
    const char *why = NULL;

    if (c->transport != TRANSPORT_DATAGRAM && world->arrives < 1)
        why = "over connections what is lost comes late instead";
    else if (sends_again && (world->arrives < 1 || world->leaves > 0))
        why = "mails that fail are sent again; the law is of one sending (`acknowledge: false` or "
              "`queue: 0`)";
    if (why) {
        snprintf(theory->why, sizeof theory->why, "%s", why);
        return false;
    }
    theory->source = "Demers et al., PODC 1987, section 1.2";
    snprintf(theory->law, sizeof theory->law, "mailed once to all%s",
             world->is_rounds ? ", rounds" : "");
    theory->no_copies = sends_again && !world->is_rounds;
    if (theory->no_copies)
        snprintf(theory->note, sizeof theory->note,
                 "mails answered after `timeout` go again, so that copies are not predicted");
    theory->told = told;
    return true;
}
