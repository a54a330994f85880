#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""W1 and W2 of the benchmark (bench/work.h) as one would write them with SimPy 3.

    simpy_work.py WORK NODES SEED

Each node is a process that waits for its timer; a message is a timeout with a callback, which takes
half the time of a process for each.  Debian has SimPy as python3-simpy3.
"""
import random
import sys
import time

import simpy

INTERVAL_S, LATENCY_S, LOSS = 1.0, 0.1, 0.05


class Run:
    def __init__(self, is_push_pull, nodes, seed):
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.is_push_pull, self.nodes = is_push_pull, nodes
        self.knows = bytearray(nodes)
        self.over = self.env.event()
        self.count = self.events = self.messages = 0
        for node in range(nodes):
            self.env.process(self.live(node))
        self.learn(self.random.randrange(nodes))

    def live(self, node):
        yield self.env.timeout(self.random.random() * INTERVAL_S)
        while True:
            self.events += 1
            if self.is_push_pull or self.knows[node]:
                peer = self.random.randrange(self.nodes - 1)
                self.send(node, peer + (peer >= node), self.is_push_pull)
            yield self.env.timeout(INTERVAL_S)

    def send(self, node, to, is_call):
        self.messages += 1
        if self.random.random() < LOSS:
            return
        letter = self.env.timeout(self.random.expovariate(1 / LATENCY_S))
        news = self.knows[node]
        letter.callbacks.append(lambda _: self.receive(node, to, is_call, news))

    def receive(self, node, to, is_call, news):
        self.events += 1
        if is_call and self.knows[to]:
            self.send(to, node, False)
        if news and not self.knows[to]:
            self.learn(to)

    def learn(self, node):
        self.knows[node] = 1
        self.count += 1
        if self.count == self.nodes:
            self.over.succeed()


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("W1", "W2"):
        sys.exit("usage: simpy_work.py W1|W2 NODES SEED")
    work, nodes, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    started = time.monotonic()
    run = Run(work == "W2", nodes, seed)
    run.env.run(until=run.over)
    print(f"{work} nodes={nodes} seed={seed} events={run.events} messages={run.messages}"
          f" t_last_s={run.env.now:.9f} wall_s={time.monotonic() - started:.6f}")


main()
