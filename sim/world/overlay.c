/* SPDX-License-Identifier: GPL-3.0-or-later */
/* overlay.c - see overlay.h. */
#include "sim/world/overlay.h"

struct sim_views {
    struct run *run;
};

uint32_t sim_views_nodes(const struct sim_views *views)
{
    return views->run->nodes;
}

bool sim_views_is_up(const struct sim_views *views, node_id node)
{
    return !run_is_down(views->run, node);
}

uint32_t sim_views_turn(struct sim_views *views, node_id node)
{
    run_turn(views->run, node);
    return node_view_count(&views->run->node);
}

node_id sim_views_at(struct sim_views *views, uint32_t index)
{
    return node_view_at(&views->run->node, index);
}

static void add_row(struct run *run, sim_time at)
{
    struct sim_views views = { run };
    struct overlay *overlay = run->overlay;
    const struct node turn = run->node;
    struct sim_overlay row = { 0 };

    if (!run->config->overlay(&views, &row))
        run->memory.is_short = true;
    run->node = turn;
    row.at = at;
    if (row.bytes > overlay->bytes) { /* it is given back, and taken again for the next row */
        memory_count(&run->memory, row.bytes - overlay->bytes);
        overlay->bytes = row.bytes;
    }
    if (overlay->count > 0 && overlay->rows[overlay->count - 1].at == at)
        overlay->count--; /* more has happened since */
    if (memory_grow(&run->memory, &overlay->rows, &overlay->capacity, overlay->count + 1,
                    sizeof *overlay->rows))
        overlay->rows[overlay->count++] = row;
}

void overlay_begin(struct run *run)
{
    if (run->config->overlay_every == 0 || !run->provider)
        return;
    run->overlay = memory_get(&run->memory, 1, sizeof *run->overlay);
    if (run->overlay)
        agenda_add(&run->agenda, run->round / 2, AGENDA_SAMPLE, SAMPLE_OF_OVERLAY);
}

void overlay_sample(struct run *run)
{
    const sim_time at = run_credit(run, run->node.now);
    const sim_time next = at + run->config->overlay_every;

    if (run->overlay->count >= SIM_SAMPLES_MAX) {
        run_stop(run, "samples");
        return;
    }
    add_row(run, at);
    agenda_add(&run->agenda,
               run->round ? run_credit(run, next + run->round - 1) + run->round / 2 : next,
               AGENDA_SAMPLE, SAMPLE_OF_OVERLAY);
}

void overlay_conclude(struct run *run)
{
    if (run->overlay && !run->memory.is_short)
        add_row(run, run_credit(run, run->node.now));
}
