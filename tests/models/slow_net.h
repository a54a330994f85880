/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_net.h - what slow programs of overlays share: a list of events in the order of their times,
 * nodes that are up or down, messages that take time and are lost, random numbers of its own.
 *
 * It shares no code with the engine.  There is one world at a time.
 */
#ifndef TESTS_MODELS_SLOW_NET_H
#define TESTS_MODELS_SLOW_NET_H

#include <stdbool.h>
#include <stdint.h>

/* Most programs have so many nodes; the world has room for more. */
enum { NET_NODES_MAX = 50, NET_WORLD_MAX = 128, NET_LIST_MAX = 64 };

/* A set of numbers in no order. */
struct net_list {
    int count;
    short ids[NET_LIST_MAX];
};

bool net_has(const struct net_list *list, int id);
void net_add(struct net_list *list, int id);
bool net_drop(struct net_list *list, int id); /* whether it was there */

/* Up to `most` random ones of `from`. */
void net_take(const struct net_list *from, int most, struct net_list *list);

/* A random one that is neither of two; -1: there is none. */
int net_another(const struct net_list *from, int one, int two);

/* What an event is: a message, a timer of `node`, which ends with its life, or what happens in the
 * world. */
enum net_what { NET_ARRIVAL, NET_TIMEOUT, NET_TIMER, NET_WORLD };

/* The numbers of kinds from this on are for a broadcast over a membership. */
enum { NET_BROADCAST = 16 };

/* Times in ns. */
struct net_event {
    int64_t time, sent;
    uint64_t number;
    enum net_what what;
    int kind;        /* of a message, a timer or what happens, as its program has it */
    int node, other; /* of a message: sender and receiver */
    int about, ttl;
    bool flag, is_datagram; /* of a message: else it goes over a connection */
    int tries, life;
    struct net_list list;
};

struct net_program {
    int64_t latency, latency_spread, retransmit, end;
    double loss;
    void (*sent)(const struct net_event *message);    /* a transmission */
    void (*receive)(const struct net_event *message); /* by `other` */
    void (*fail)(const struct net_event *message);    /* its connection, as `node` learns */
    void (*timer)(const struct net_event *timer);
    void (*happen)(const struct net_event *event);
};

/* Begins a world of nodes that are down; then it goes on until the program's end. */
void net_begin(const struct net_program *program, unsigned long seed);
void net_go_on(void);

int64_t net_now(void);
int net_below(int limit);          /* a random number */
int64_t net_part_of(int64_t time); /* a random part of a time */

bool net_is_up(int node);
void net_set_up(int node, bool is_up);
void net_leave(int node); /* down for good; it refuses connections */

void net_send(struct net_event message);
void net_set_timer(int node, int kind, int about, int64_t delay);
void net_repeat(const struct net_event *timer, int64_t period);
void net_happens(int kind, int node, int64_t time);

#endif
