/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network.c - see network.h. */
#include "sim/world/network.h"
#include "sim/world/link.h"
#include "sim/world/network_connection.h"

enum {
    FOLD_ROW_BYTES = 256,   /* of a row: shorter ones are not folded, */
    FOLD_MEMBER_BYTES = 32, /* and none of less for each member, or with too many of them */
    FOLD_MEMBERS_MAX = 1024,
};

/* Messages a second that the models' shortest intervals suggest: a guess that shapes buckets. */
static double expected_rate(const struct sim_config *config)
{
    double rate = 0;

    for (int i = 0; i < config->stack_count; i++) {
        const struct sim_layer *layer = &config->stack[i];

        for (const struct param *row = layer->model->params; row->type != PARAM_TYPE_END; row++)
            if (row->type == PARAM_TYPE_INTERVAL) {
                sim_time interval;

                memcpy(&interval, (const char *)layer->config + row->offset, sizeof interval);
                rate += 2e9 * (double)config->nodes / (double)(interval > 0 ? interval : 1);
            }
    }
    return rate;
}

void network_init_queue(const struct sim_config *config, struct memory *memory,
                        struct event_queue *queue)
{
    const struct sim_network *network = &config->network;
    double usual = distribution_mean(network->latency);
    double shortest =
        (double)distribution_value(network->latency, UINT32_MAX / 100) * (1 - network->jitter);

    if (config->timing == TIMING_ROUNDS)
        usual = shortest = (double)config->round;
    event_queue_init(queue, memory, expected_rate(config), usual, shortest);
}

void network_init(struct run *run)
{
    const struct sim_network *network = &run->config->network;

    run->latency = network->latency;
    run->loss_below = (uint64_t)(network->loss * 0x1p32 + 0.5);
    run->jitter = (int64_t)(network->jitter * 0x1p32);
    run->network_delay = distribution_value(network->latency, 0);
    run->latency_rule = LATENCY_MESSAGE;
    if (distribution_is_constant(network->latency))
        run->latency_rule = LATENCY_FIXED;
    else if (network->latency_per == LATENCY_PER_PAIR)
        run->latency_rule = LATENCY_PAIR;
    if (network->groups && network->groups->latency)
        run->latency_rule =
            network->latency_per == LATENCY_PER_PAIR ? LATENCY_REGION_PAIR : LATENCY_REGION;
    if (run->config->graph && run->config->graph->latency)
        run->latency_rule = LATENCY_LINK;
    if (run->round) {
        run->latency_rule = LATENCY_FIXED;
        run->network_delay = 1; /* ns: messages of a round follow one another within it */
        run->jitter = 0;
    }
    run->jitters_apart = run->jitter && (run->latency_rule == LATENCY_MESSAGE ||
                                         run->latency_rule == LATENCY_REGION);
    run->draws_latency = run->latency_rule == LATENCY_MESSAGE && !run->jitter &&
                         distribution_has_table(network->latency);
    network_init_queue(run->config, &run->memory, &run->queue);
    body_pool_init(&run->bodies, &run->memory);
    run->weighs_closely =
        run->census.has_versions || run->config->workload.deletes > 0 || run->writes.sizes;
    run->weighs = run->census.updates > 1 || run->weighs_closely;
    if (run->writes.sizes)
        run->payloads = memory_get(&run->memory, KINDS, sizeof *run->payloads);
    if (run->census.updates > 1)
        run->copies =
            memory_get(&run->memory, (size_t)COPY_PLANES * run->pool.words, sizeof *run->copies);
    effects_init(run);
}

sim_time network_latency(const struct run *run, node_id from, node_id to, uint32_t number,
                         uint32_t high)
{
    uint32_t jitter = high;

    if (run->jitters_apart)
        jitter = (uint32_t)(draw(run->keys[PURPOSE_JITTER], from, number) >> 32);
    return network_latency_of(run, from, to, high, jitter);
}

/* The same by the link of the two, or else by their groups. */
static RARE sim_time latency_between(const struct run *run, node_id from, node_id to, uint32_t bits)
{
    const struct sim_groups *groups = run->config->network.groups;
    sim_time latency;

    if (run->latency_rule == LATENCY_LINK && link_latency(run, from, to, &latency))
        return latency;
    if (run->latency_rule != LATENCY_REGION)
        bits = (uint32_t)(draw(run->keys[PURPOSE_PAIR], from, to) >> 32);
    return groups && groups->latency ? regions_latency(&run->effects.regions, from, to, bits)
                                     : distribution_value(run->latency, bits);
}

sim_time network_pair_latency(const struct run *run, node_id from, node_id to)
{
    if (run->latency_rule == LATENCY_FIXED || run->latency_rule == LATENCY_MESSAGE)
        return run->network_delay;
    if (run->latency_rule == LATENCY_PAIR)
        return distribution_value(run->latency,
                                  (uint32_t)(draw(run->keys[PURPOSE_PAIR], from, to) >> 32));
    return latency_between(run, from, to, 0);
}

sim_time network_latency_of(const struct run *run, node_id from, node_id to, uint32_t bits,
                            uint32_t jitter)
{
    sim_time latency = run->network_delay;

    if (run->latency_rule == LATENCY_PAIR)
        latency = network_pair_latency(run, from, to);
    else if (run->latency_rule == LATENCY_MESSAGE)
        latency = distribution_value(run->latency, bits);
    else if (run->latency_rule != LATENCY_FIXED)
        latency = latency_between(run, from, to, bits);
    /* latency * (1 + fraction * u), u uniform in [-1, 1) */
    int64_t by = (int64_t)((int128)run->jitter * ((int64_t)jitter - INT64_C(0x80000000)) >> 31);

    latency += (sim_time)((int128)latency * by >> 32);
    return latency < SIM_TIME_MAX ? latency : SIM_TIME_MAX; /* added to any time it fits */
}

/* ---- parcels ---- */

static struct parcel *parcel_of(const struct run *run, uint32_t handle)
{
    return &run->parcels[handle >> 3];
}

/* Room for one more, 1 up; 0 if memory is short, or a handle too short for one more. */
static uint32_t new_place(struct run *run)
{
    const uint32_t place = run->parcel_free;

    if (place) {
        run->parcel_free = run->parcels[place - 1].next_free;
        return place;
    }
    if (run->parcel_count >= HANDLE_PLACES_MAX) {
        run->memory.is_short = true;
        return 0;
    }
    if (!memory_grow(&run->memory, &run->parcels, &run->parcel_capacity, run->parcel_count + 1,
                     sizeof *run->parcels))
        return 0;
    return ++run->parcel_count;
}

static void free_parcel(struct run *run, uint32_t handle)
{
    struct parcel *parcel = parcel_of(run, handle);

    for (uint32_t i = 0; i < parcel->count; i++)
        set_free(parcel->sets[i]);
    if (parcel->body)
        body_free(&run->bodies, parcel->body);
    if (parcel->folded)
        body_free(&run->bodies, parcel->folded);
    parcel->next_free = run->parcel_free;
    run->parcel_free = (handle >> 3) + 1;
}

uint32_t network_parcel(struct run *run, int kind, struct set *first, const struct pack *pack,
                        uint32_t messages)
{
    const uint32_t place = new_place(run);
    struct parcel *parcel;
    uint32_t handle;

    if (!place) {
        set_free(first);
        for (int i = 0; i < pack->count; i++)
            set_free(pack->more[i]);
        return 0;
    }
    handle = (place - 1) << 3 | 3;
    parcel = parcel_of(run, handle);
    *parcel = (struct parcel){ .sets = { first },
                               .count = (uint8_t)(pack->count + 1),
                               .value = pack->value,
                               .stamp = pack->stamp,
                               .shares = messages };
    for (int i = 0; i < pack->count; i++)
        parcel->sets[i + 1] = pack->more[i];
    if (pack->item_count == 0)
        return handle;
    parcel->body = body_new(&run->bodies, pack->items, pack->item_count,
                            run->node.layer->model->messages[kind].item_size);
    if (parcel->body)
        return handle;
    free_parcel(run, handle);
    return 0;
}

/* Whether a set takes less by its members than as a row, in a run of the size that a probe asks
 * about. */
static bool is_thin(const struct run *run, const struct set *set)
{
    const struct sim_probe *probe = run->config->probe;
    const uint32_t row_bytes = probe && probe->row_bytes ? probe->row_bytes : run->pool.row_bytes;

    return !set_is_inline(set) && row_bytes >= FOLD_ROW_BYTES && set->count <= FOLD_MEMBERS_MAX &&
           set->count * FOLD_MEMBER_BYTES <= row_bytes;
}

void network_fold(struct run *run, uint32_t handle)
{
    struct parcel *parcel = parcel_of(run, handle);
    update_id members[FOLD_MEMBERS_MAX];
    uint32_t count = 0;

    if (parcel->shares == 1 || !is_thin(run, parcel->sets[0])) /* nobody else will see it */
        return;
    for (update_id i = 0; set_next(parcel->sets[0], &i); i++)
        members[count++] = i;
    parcel->folded = body_new(&run->bodies, members, count, sizeof *members);
    if (parcel->folded)
        set_clear(&parcel->sets[0]);
}

static RARE void unfold(struct run *run, struct parcel *parcel)
{
    const update_id *members = (const update_id *)(const void *)parcel->folded->items;

    for (uint32_t i = 0; i < parcel->folded->count; i++)
        set_put(&run->pool, &parcel->sets[0], members[i]);
}

void network_open(struct run *run, uint32_t load, node_id from, int kind, struct opened *opened)
{
    if (handle_is_transfer(load))
        load = connection_load(run, load);
    opened->message = (struct message){ .from = from, .kind = kind };
    if (!handle_is_parcel(load)) {
        opened->message.set = set_of_handle(&run->pool, load);
        return;
    }
    struct parcel *parcel = parcel_of(run, load);

    if (parcel->folded && parcel->sets[0] == SET_EMPTY)
        unfold(run, parcel);
    for (uint32_t i = 0; i < parcel->count; i++)
        opened->sets[i] = parcel->sets[i];
    opened->message.set = opened->sets[0];
    opened->message.more = opened->sets + 1;
    opened->message.more_count = parcel->count - 1;
    opened->message.value = parcel->value;
    opened->message.stamp = parcel->stamp;
    if (parcel->body) {
        opened->message.item_count = parcel->body->count;
        opened->message.items = parcel->body->items;
    }
}

uint32_t network_share(struct run *run, uint32_t load)
{
    if (handle_is_parcel(load)) {
        parcel_of(run, load)->shares++;
        return load;
    }
    return set_handle(set_share(set_of_handle(&run->pool, load)));
}

void network_release_counted(struct run *run, uint32_t load)
{
    if (handle_is_transfer(load))
        connection_close(run, load);
    else if (!handle_is_parcel(load))
        set_release(set_of_handle(&run->pool, load));
    else if (--parcel_of(run, load)->shares == 0)
        free_parcel(run, load);
    else if (parcel_of(run, load)->folded)
        set_clear(&parcel_of(run, load)->sets[0]);
}
