/* SPDX-License-Identifier: GPL-3.0-or-later */
/* average.c - see average.h. */
#include "sim/truth/average.h"

#include <assert.h>
#include <math.h>

enum { CAME = 1, UP = 2, FAR = 4 };

/* Below these the variance is that of rounding: of what it was at first, of the square of the
 * mean. */
#define LEAST_OF_FIRST 1e-20
#define LEAST_OF_MEAN  1e-28

void average_init(struct average *a, struct memory *memory, uint32_t nodes, sim_time cycle,
                  double near)
{
    *a = (struct average){ .nodes = nodes, .cycle = cycle, .near = near, .near_at = INT64_MIN };
    a->is = memory_get(memory, nodes, sizeof *a->is);
    a->held = a->is ? memory_get(memory, nodes, sizeof *a->held) : NULL;
}

static double truth(const struct average *a)
{
    return a->total / a->came;
}

static double estimate(const struct average *a, node_id node)
{
    return a->held[node].sum / a->held[node].weight;
}

/* As a share of the truth; where that is 0, no share is near. */
static double error_of(const struct average *a, node_id node)
{
    const double off = fabs(estimate(a, node) - truth(a));

    return off > 0 ? off / fabs(truth(a)) : 0;
}

static void set_far(struct average *a, node_id node, bool is_far)
{
    a->far += is_far;
    a->far -= (a->is[node] & FAR) != 0;
    a->is[node] = (uint8_t)((a->is[node] & ~FAR) | (is_far ? FAR : 0));
}

bool average_has(const struct average *a, node_id node)
{
    return a->is[node] & CAME;
}

void average_come(struct average *a, node_id node, double value)
{
    assert(!average_has(a, node));
    a->is[node] |= CAME;
    a->total += value;
    a->came++;
    a->is_moved = true;
}

void average_hold(struct average *a, node_id node, double sum, double weight)
{
    assert(average_has(a, node) && weight > 0);
    a->held[node] = (struct held){ sum, weight };
    a->up += !(a->is[node] & UP);
    a->is[node] |= UP;
    if (a->near > 0)
        set_far(a, node, !(error_of(a, node) < a->near));
}

void average_down(struct average *a, node_id node)
{
    a->up -= (a->is[node] & UP) != 0;
    a->is[node] &= (uint8_t)~UP;
    set_far(a, node, false);
}

/* The mean estimate of the live nodes, and their masses. */
static double mean_of_live(const struct average *a, struct average_state *state)
{
    double sum = 0;

    for (node_id i = 0; i < a->nodes; i++)
        if (a->is[i] & UP) {
            sum += estimate(a, i);
            state->mass += a->held[i].sum;
            state->weight += a->held[i].weight;
        }
    return sum / a->up;
}

struct average_state average_look(const struct average *a)
{
    struct average_state state = { .live = a->up };
    double mean, squares = 0;

    if (a->up == 0)
        return state;
    mean = mean_of_live(a, &state);
    for (node_id i = 0; i < a->nodes; i++)
        if (a->is[i] & UP) {
            const double from_mean = estimate(a, i) - mean, error = error_of(a, i);

            state.variance += from_mean * from_mean;
            state.error = error > state.error ? error : state.error;
            squares += error * error;
        }
    state.variance /= a->up > 1 ? a->up - 1 : 1;
    state.rms = sqrt(squares / a->up);
    state.mass /= a->total;
    state.weight /= a->came;
    return state;
}

bool average_is_near(const struct average *a)
{
    return a->near > 0 && a->up > 0 && a->far == 0 && !a->is_moved;
}

static void count_anew(struct average *a)
{
    for (node_id i = 0; i < a->nodes; i++)
        if (a->is[i] & UP)
            set_far(a, i, !(error_of(a, i) < a->near));
    a->is_moved = false;
}

void average_end_cycle(struct average *a)
{
    struct average_fall *fall = &a->fall;
    double least, now;

    if (a->near > 0 && a->is_moved)
        count_anew(a);
    if (a->up == 0 || fall->is_over)
        return;
    now = average_look(a).variance;
    if (!fall->has_begun || fall->first <= 0 || (fall->cycles == 0 && now == fall->first)) {
        fall->first = now;
        fall->has_begun = true;
        return;
    }
    least = fmax(LEAST_OF_FIRST * fall->first, LEAST_OF_MEAN * truth(a) * truth(a));
    fall->is_over = now <= least;
    fall->passed++;
    if (fall->is_over)
        return;
    fall->last = now;
    fall->cycles = fall->passed;
}

void average_begin(struct average *a)
{
    a->fall = (struct average_fall){ 0 };
}

double average_factor(const struct average *a)
{
    const struct average_fall *fall = &a->fall;

    /* To single precision, on which all libraries agree. */
    return fall->cycles > 0 ? (double)(float)pow(fall->last / fall->first, 1.0 / fall->cycles)
                            : NAN;
}
