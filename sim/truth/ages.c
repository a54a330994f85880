/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ages.c - see ages.h. */
#include "sim/truth/ages.h"

#include "sim/value/log_bin.h"

#include <string.h>

void ages_init(struct ages *ages, struct memory *memory, const struct track *tracks,
               uint32_t updates)
{
    *ages = (struct ages){ .tracks = tracks, .updates = updates };
    ages->shown = memory_get(memory, updates, sizeof *ages->shown);
    ages->bins = memory_get(memory, LOG_BINS, sizeof *ages->bins);
}

/* ---- bins ---- */

/* So many intervals of ages from 0 to `age` more. */
static void note(struct ages *ages, sim_time age, int64_t count)
{
    const uint32_t bin = log_bin((uint64_t)age);

    ages->bins[bin].wholes += count;
    ages->bins[bin].parts += (int128)count * (int128)((uint64_t)age - log_bin_start(bin));
}

/* ---- time ---- */

static void pass_time(struct ages *ages, sim_time now)
{
    const int128 sum = (int128)ages->pairs * ages->since - (int128)ages->written;
    const double passed = (double)(now - ages->since);

    if (ages->is_measuring && passed > 0) {
        ages->time += (uint128)ages->pairs * (uint64_t)(now - ages->since);
        ages->area += ((double)sum + (double)ages->pairs * passed / 2) * passed;
    }
    ages->since = now;
}

void ages_change(struct ages *ages, update_id update, int by, sim_time now)
{
    const struct track *track = &ages->tracks[update];
    const sim_time age = now - track->injected;

    if (track->is_delete)
        return;
    pass_time(ages, now);
    ages->pairs += (uint64_t)(int64_t)by;
    ages->written += (uint128)((int128)by * track->injected);
    ages->shown[update] += (uint32_t)by;
    if (!ages->is_measuring)
        return;
    note(ages, age, -by);
    if (by < 0 && age > ages->oldest)
        ages->oldest = age;
}

/* All that is shown comes, as far as it counts (by = -1), or goes (by = 1). */
static void note_all(struct ages *ages, sim_time now, int by)
{
    for (update_id i = 0; i < ages->updates; i++) {
        const sim_time age = now - ages->tracks[i].injected;

        if (ages->shown[i] == 0)
            continue;
        note(ages, age, (int64_t)by * ages->shown[i]);
        if (by > 0 && age > ages->oldest)
            ages->oldest = age;
    }
}

void ages_begin(struct ages *ages, sim_time now)
{
    ages->since = now;
    ages->is_measuring = true;
    ages->time = 0;
    ages->area = 0;
    ages->oldest = 0;
    memset(ages->bins, 0, LOG_BINS * sizeof *ages->bins);
    note_all(ages, now, -1);
}

void ages_end(struct ages *ages, sim_time now)
{
    pass_time(ages, now);
    note_all(ages, now, 1);
    ages->is_measuring = false;
}

/* ---- readings ---- */

double ages_mean(const struct ages *ages)
{
    return ages->area / (double)ages->time / 1e9;
}

double ages_quantile(const struct ages *ages, double share)
{
    const double wanted = share * (double)ages->time;
    int64_t above = 0;
    double passed = 0;

    for (uint32_t bin = 0; bin < LOG_BINS; bin++)
        above += ages->bins[bin].wholes;
    for (uint32_t bin = 0; bin < LOG_BINS; bin++) {
        const double start = (double)log_bin_start(bin),
                     width = (double)log_bin_start(bin + 1) - start;
        double spent;

        above -= ages->bins[bin].wholes;
        spent = (double)((int128)above * (int128)width + ages->bins[bin].parts);
        if (spent > 0 && passed + spent >= wanted)
            return (start + width * (wanted - passed) / spent) / 1e9;
        passed += spent;
    }
    return (double)ages->oldest / 1e9;
}
