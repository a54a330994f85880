/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dial.c - each node opens links to some random others, as peers of libp2p, Bitcoin or Ethereum
 * dial addresses that they have found; see topology.h.
 *
 * A link serves both ends, whoever opened it, and two that dial each other share one.  So a node
 * has `links` neighbours of its own choice, and each of the others dialled it with probability
 * links / (nodes - 1).
 */
#include "experiment/topology/kinds.h"
#include "experiment/topology/links.h"

#include <stdio.h>
#include <stdlib.h>

struct dial {
    int64_t links;
};

const struct param dial_rows[] = {
    PARAM_COUNT(struct dial, links, "20", "1..10000", "that each node opens to different others"),
    PARAM_END,
};

bool dial_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX])
{
    const int64_t each = ((const struct dial *)params)->links;

    if (each < nodes)
        return true;
    snprintf(why, PARAM_WHY_MAX, "%lld links of each of %lld nodes; at most %lld", (long long)each,
             (long long)nodes, (long long)nodes - 1);
    return false;
}

/* The mean: two dial each other in (links / (nodes - 1))^2 of all pairs. */
double dial_count(const void *params, int64_t nodes)
{
    const double each = (double)((const struct dial *)params)->links, all = (double)nodes;

    return all * each * (1 - each / (2 * (all - 1)));
}

/* R. Floyd's sampling: as many draws as links, however many of the others a node dials. */
bool dial_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    const uint32_t each = (uint32_t)((const struct dial *)params)->links;
    struct stream stream = stream_of(key, 0);
    uint32_t *chosen_by = calloc(nodes, sizeof *chosen_by); /* the last to dial a node, from 1 */

    if (!chosen_by)
        return false;
    for (uint32_t i = 0; i < nodes && !links->is_short; i++) {
        for (uint32_t last = nodes - 1 - each; last < nodes - 1; last++) {
            /* of the others 0 .. last, node i being left out of the numbering */
            uint32_t pick = stream_below(&stream, last + (uint64_t)1);
            uint32_t end = pick + (pick >= i);

            if (chosen_by[end] == i + 1)
                end = last + (last >= i);
            chosen_by[end] = i + 1;
            links_add(links, i, end);
        }
    }
    free(chosen_by);
    return !links->is_short;
}
