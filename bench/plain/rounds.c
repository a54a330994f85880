/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rounds.c - W1 in synchronous rounds: the plain program of bench/rounds.yaml.
 *
 * One array of bytes and no queue: a round is a walk over the nodes.  Who learns the rumor in a
 * round tells it from the next one on.
 */
#include "bench/random.h"
#include "bench/work.h"

enum news { NONE, OLD, NEW }; /* NEW: learned in this round */

static struct outcome run(const struct work *w, struct random *random, uint8_t *rumor)
{
    struct outcome o = { 0 };
    uint32_t informed = 1;

    rumor[random_below(random, w->nodes)] = OLD;
    for (; informed < w->nodes; o.t_last_s++) {
        for (uint32_t i = 0; i < w->nodes; i++) {
            if (rumor[i] != OLD)
                continue;
            const uint32_t peer = random_peer(random, i, w->nodes);

            o.messages++;
            if (random_loss(random))
                continue;
            o.events++;
            if (rumor[peer] == NONE) {
                rumor[peer] = NEW;
                informed++;
            }
        }
        o.events += w->nodes; /* the timers */
        for (uint32_t i = 0; i < w->nodes; i++)
            rumor[i] = rumor[i] ? OLD : NONE;
    }
    return o;
}

int main(int argc, char **argv)
{
    const struct work w = work_begin(argc, argv, "rounds");
    struct random random = random_seed(w.seed);
    const struct outcome o = run(&w, &random, work_allocate(w.nodes));

    work_end(&w, &o);
    return 0;
}
