/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever is wrong, contradicts, has no effect or does not exist yet is refused at its place, all
 * in one pass.
 */
#include "tests/experiment/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Each text after START and STRATEGIES, and how its first error starts. */
static const struct {
    const char *text, *error;
} mistakes[] = {
    { "nods: 5\n", "4:1 nods: unknown key; did you mean `nodes`?" },
    { "xyzzy: 5\n", "4:1 xyzzy: unknown key; known are gossipsim, name, " },
    { "network: {los: 5%}\n", "4:11 network.los: unknown key; did you mean `loss`?" },
    { "network: 5\n", "4:10 network: a section was expected" },
    { "network: {loss: {mean: 5%}}\n", "4:17 network.loss: `burst` is missing: mean number" },
    { "network: {loss: {burst: 4}}\n", "4:17 network.loss: `mean` is missing: share of the" },
    { "network: {loss: {}}\n", "4:17 network.loss: `mean` is missing" },
    { "network: {loss: {mean: 5%, burst: 0.5}}\n",
      "4:35 network.loss.burst: 0.5 is outside 1..1e9" },
    { "network: {loss: {mean: 5%, bursts: 4}}\n",
      "4:28 network.loss.bursts: unknown parameter; did you mean `burst`?" },
    { "network: {loss: {mean: 90%, burst: 4}}\n",
      "4:17 network.loss: bursts of 4 messages lose at most 80% of them; for this mean they must "
      "be at least 9 long" },
    { "network: {loss: {mean: 1, burst: 4}}\n", "4:17 network.loss: bursts of 4 messages lose at "
                                                "most 80% of them; to lose all, give no burst" },
    { "network: {loss: nan}\n", "4:17 network.loss: `nan` is not a share" },
    { "network: {loss: -1%}\n", "4:17 network.loss: -1% is not a share" },
    { "network: {loss: [1%]}\n", "4:17 network.loss: a single value was expected, not a list" },
    { "network: {loss: }\n", "4:1" },
    { "network: {latency: 40}\n", "4:20 network.latency: 40 lacks a unit; a time has one of the" },
    { "network: {latency: exponential}\n",
      "4:20 network.latency: `exponential` is neither a time nor a distribution, as in 40ms or" },
    { "network: {latency: -1ms}\n", "4:20 network.latency: -1ms is negative" },
    { "network: {latency: 1e99s}\n", "4:20 network.latency: 1e99s is too long" },
    { "network: {latency: {exponental: {mean: 1s}}}\n",
      "4:21 network.latency.exponental: unknown distribution; did you mean `exponential`?" },
    { "network: {latency: {exponential: {}}}\n",
      "4:21 network.latency.exponential: `mean` is missing, as in {exponential: {mean: 30s}}" },
    { "network: {latency: {exponential: {mean: 0s}}}\n",
      "4:41 network.latency.exponential.mean: 0s is outside 1ns..36525d" },
    { "network: {latency: {weibull: {shape: 1, mean: 1s, scale: 1s}}}\n",
      "4:21 network.latency.weibull: exactly one of `mean` and `scale` is needed, as in "
      "{weibull: " },
    { "network: {latency: {lognormal: {median: 1s}}}\n",
      "4:21 network.latency.lognormal: exactly one of `p99` and `sigma`" },
    { "network: {latency: {lognormal: {median: 2s, p99: 1s}}}\n",
      "4:32 network.latency.lognormal: `median` must be less" },
    { "network: {latency: {uniform: {min: 2s, max: 1s}}}\n",
      "4:30 network.latency.uniform: `min` must be less" },
    { "network: {latency: {normal: {mean: 2s, sd: 1s}, gamma: {}}}\n",
      "4:20 network.latency: a time or one distribution" },
    { "network: {latency: {regions: {}}}\n", "4:30 network.latency.regions: a matrix, as in " },
    { "network: {latency: {empirical: {file: nowhere.csv}}}\n",
      "4:39 network.latency.empirical.file: cannot read ./nowhere.csv: No such file" },
    { "network: {latency: {empirical: {smooth: true}}}\n",
      "4:32 network.latency.empirical: `file` is missing, a file with one time a line, as in " },
    { "network: {latency: {empirical: {file: nowhere.csv, smoth: true}}}\n",
      "4:52 network.latency.empirical.smoth: unknown parameter; did you mean `smooth`?" },
    { "network: {latency: {empirical: {smooth: 5, file: nowhere.csv}}}\n",
      "4:41 network.latency.empirical.smooth: `5` is neither true nor false" },
    { "network: {bandwidth: 1MB}\n",
      "4:22 network.bandwidth: `1MB` has an unknown unit; a bit rate" },
    { "network: {bandwidth: 0bit/s}\n", "4:22 network.bandwidth: 0bit/s is outside 1bit/s.." },
    { "network: {bandwidth: 1e9Gbit/s}\n", "4:22 network.bandwidth: 1e9Gbit/s is outside" },
    { "network: {bandwidth: 1.5bit/s}\n",
      "4:22 network.bandwidth: 1.5bit/s is not a whole number" },
    { "network: {bandwidth: [1]}\n", "4:22 network.bandwidth: a bit rate was expected" },
    { "network: {bandwidth: }\n", "4:22 network.bandwidth: a bit rate was expected" },
    { "network: {bandwidth: unlimted}\n",
      "4:22 network.bandwidth: `unlimted` is neither `unlimited` nor a bit rate, as in" },
    { "network: {queue: none, bandwidth: 1kbit/s}\n",
      "4:18 network.queue: `none` is neither `unlimited` nor a size, as in 64KiB" },
    { "store: {replicas: none}\n", "4:19 store.replicas: `none` is neither `all` nor a number" },
    { "record: {every: atuo}\n", "4:17 record.every: `atuo` is neither `auto` nor a time" },
    { "network: {queue: 1MB}\n", "4:11 network.queue: has no effect without `network.bandwidth`" },
    { "network: {queue: 1, bandwidth: 1kbit/s}\n", "4:18 network.queue: 1 lacks a unit" },
    { "network: {queue: -1B, bandwidth: 1kbit/s}\n", "4:18 network.queue: -1B is negative" },
    { "timing: rounds\nnetwork: {bandwidth: 1Mbit/s}\n",
      "5:11 network.bandwidth: has no effect under `timing: rounds`" },
    { "timing: rounds\nnetwork: {bandwidth: 1Mbit/s, queue: 1kB}\n",
      "5:11 network.bandwidth: has no effect under `timing: rounds`" },
    { "network: {duplicate: 1.5}\n", "4:22 network.duplicate: 1.5 is not a share" },
    { "network: {duplicate: {}}\n", "4:22 network.duplicate: a single value was expected" },
    { "groups: {}\n", "4:9 groups: groups were expected" },
    { "groups: {a: 1}\n", "4:9 groups: the groups have 1 nodes together; there are 100" },
    { "groups: {a: 50%, b: 0.4}\n", "4:9 groups: the shares add up to 90%; they must make 100%" },
    { "groups: {a: 50%, b: 50}\n", "4:21 groups.b: groups are all shares or all numbers" },
    { "groups: {a: 99.9%, b: 0.1%}\n", "4:23 groups.b: its share of 100 nodes is less than a" },
    { "groups: {a: 0, b: 100}\n", "4:13 groups.a: a share of the nodes (40%) or a number of" },
    { "groups: {all: 100%}\n", "4:10 groups.all: `all` cannot name a group" },
    { "groups: {1a: 100%}\n", "4:10 groups.1a: a group's name has letters" },
    { "faults: []\n", "4:9 faults: a list of faults was expected" },
    { "faults: [5]\n", "4:10 faults.1: a fault was expected, as in {at: 60s, crash: 10%}" },
    { "faults: [{at: 1s}]\n", "4:10 faults.1: an action is missing, as in `crash: 10%`" },
    { "faults: [{crash: all}]\n", "4:10 faults.1: `at` is missing" },
    { "faults: [{at: 1h, crash: all}]\n", "4:15 faults.1.at: would come only after the end" },
    { "faults: [{at: 1, crash: all}]\n", "4:15 faults.1.at: 1 lacks a unit" },
    { "faults: [{at: 1s, crahs: all}]\n",
      "4:19 faults.1.crahs: unknown key; did you mean `crash`" },
    { "faults: [{at: 1s, partition: eu}]\n",
      "4:30 faults.1.partition: `{groups: [[eu], [us]]}` or `{shares: [40%, 60%]}` was expected" },
    { "faults: [{at: 1s, partition: {share: [1]}}]\n",
      "4:31 faults.1.partition.share: unknown kind of partition; did you mean `shares`?" },
    { "faults: [{at: 1s, partition: {shares: [100%]}}]\n",
      "4:39 faults.1.partition.shares: a list of 2 to 255 sides was expected" },
    { "faults: [{at: 1s, partition: {shares: [40%, 50%]}}]\n",
      "4:39 faults.1.partition.shares: the shares add up to 90%; they must make 100%" },
    { "faults: [{at: 1s, partition: {shares: [0.1%, 99.9%]}}]\n",
      "4:40 faults.1.partition.shares.1: its share of 100 nodes is less than a node" },
    { "faults: [{at: 1s, partition: {shares: [0, 1]}}]\n",
      "4:40 faults.1.partition.shares.1: a side without nodes" },
    { "faults: [{at: 1s, partition: {shares: [{}, 1]}}]\n",
      "4:40 faults.1.partition.shares.1: a share of the nodes was expected" },
    { "faults: [{at: 1s, partition: {groups: [a, b]}}]\n",
      "4:40 faults.1.partition.groups.1: a side is a list of groups" },
    { "faults: [{at: 1s, partition: {groups: [[{}], [b]]}}]\n",
      "4:41 faults.1.partition.groups.1.1: the name of a group was expected" },
    { "faults: [{at: 1s, partition: {groups: [[a], [b]]}}]\n",
      "4:41 faults.1.partition.groups.1.1: there is no group `a`" },
    { "groups: {east: 1, west: 99}\nfaults: [{at: 1s, partition: {groups: [[east], [west, "
      "east]]}}]\n",
      "5:55 faults.1.partition.groups.2.2: `east` is on a side already" },
    { "faults: [{at: 1s, one_way: all}]\n", "4:28 faults.1.one_way: `{from: eu, to: us}` was" },
    { "faults: [{at: 1s, one_way: {from: all}}]\n", "4:28 faults.1.one_way: `to` is missing" },
    { "faults: [{at: 1s, one_way: {from: all, to: all, too: all}}]\n",
      "4:49 faults.1.one_way.too: unknown key; did you mean `to`?" },
    { "faults: [{at: 1s, one_way: {from: all, to: {node: 100}}}]\n",
      "4:44 faults.1.one_way.to: node 100 does not exist" },
    { "faults: [{at: 1s, one_way: {from: eu, to: all}}]\n",
      "4:35 faults.1.one_way.from: there is no group `eu`: the scenario has no `groups`; "
      "also possible: `all`" },
    { "faults: [{at: 1s, heal: 50%}]\n", "4:25 faults.1.heal: `all` was expected" },
    { "faults: [{at: 1s, heal: all}]\n", "4:19 faults.1.heal: has no effect: no `partition`" },
    { "faults: [{at: 1s, for: 1s, heal: all}]\n", "4:19 faults.1.for: `heal` cannot be undone" },
    { "faults: [{at: 1s, loss: 30%}]\n", "4:25 faults.1.loss: `{mean: 30%, of: eu}` was expected" },
    { "faults: [{at: 1s, loss: {mean: 30%}}]\n", "4:25 faults.1.loss: `of` is missing: whose" },
    { "faults: [{at: 1s, loss: {of: all}}]\n", "4:25 faults.1.loss: `mean` is missing: share of" },
    { "faults: [{at: 1s, loss: {of: all, mean: 2}}]\n",
      "4:41 faults.1.loss.mean: 2 is not a share" },
    { "faults: [{at: 1s, loss: {of: all, mean: 90%, burst: 4}}]\n",
      "4:25 faults.1.loss: bursts of 4 messages lose at most 80%" },
    { "faults: [{at: 1s, loss: {of: all, mean: 9%, bursts: 4}}]\n",
      "4:45 faults.1.loss.bursts: unknown key; did you mean `burst`?" },
    { "faults: [{at: 1s, loss: {of: all, mean: 9%, xyz: 4}}]\n",
      "4:45 faults.1.loss.xyz: unknown key; known are of, mean, burst" },
    { "faults: [{at: 1s, loss: {of: {count: 101}, mean: 9%}}]\n",
      "4:30 faults.1.loss.of: 101 nodes" },
    { "faults: [{at: 1s, latency: 10}]\n", "4:28 faults.1.latency: `{factor: 10, of: eu}` was" },
    { "faults: [{at: 1s, latency: {of: all}}]\n", "4:28 faults.1.latency: `factor` is missing" },
    { "faults: [{at: 1s, latency: {of: all, factor: 0}}]\n",
      "4:46 faults.1.latency.factor: 0 is outside 0.001..1e6" },
    { "timing: rounds\nfaults: [{at: 1s, latency: {of: all, factor: 2}}]\n",
      "5:19 faults.1.latency: has no effect under `timing: rounds`" },
    { "faults: [{at: 1s, latency: {of: all, factor: 2}}, {at: 2s, heal: all}]\n",
      "4:60 faults.2.heal: has no effect: no `partition`" },
    { "members: {dial: 20}\n",
      "4:11 members.dial: unknown key; known are start, seeds, rate, absent" },
    { "faults: [{at: 1s, crash: all, wipe: all}]\n",
      "4:31 faults.1.wipe: an entry has one action" },
    { "faults: [{at: 1s, for: 1s, wipe: all}]\n", "4:19 faults.1.for: `wipe` cannot be undone" },
    { "faults: [{at: 1s, for: 0s, crash: all}]\n", "4:24 faults.1.for: 0s is outside" },
    { "faults: [{at: 1s, recover: all}]\n", "4:19 faults.1.recover: has no effect: no `crash`" },
    { "faults: [{at: 1s, every: 1ms, wipe: all}]\n", "4:9 faults: 3599000 faults within a run" },
    { "faults: [{at: 1s, crash: 3}]\n", "4:26 faults.1.crash: 3 could be nodes or a share" },
    { "faults: [{at: 1s, crash: 101%}]\n", "4:26 faults.1.crash: 101% is not a share" },
    { "faults: [{at: 1s, crash: }]\n", "4:26 faults.1.crash: nodes were expected" },
    { "faults: [{at: 1s, crash: eu}]\n",
      "4:26 faults.1.crash: there is no group `eu`: the scenario" },
    { "groups: {east: 1, west: 99}\nfaults: [{at: 1s, crash: wst}]\n",
      "5:26 faults.1.crash: there is no group `wst`; did you mean `west`?" },
    { "faults: [{at: 1s, crash: {count: 101}}]\n", "4:26 faults.1.crash: 101 nodes; there are" },
    { "faults: [{at: 1s, crash: {all-but: 100}}]\n", "4:26 faults.1.crash: all but 100 of 100" },
    { "faults: [{at: 1s, crash: 0%}]\n", "4:26 faults.1.crash: no nodes, so it has no effect" },
    { "faults: [{at: 1s, crash: 0.4%}]\n",
      "4:26 faults.1.crash: its share of 100 nodes is less than a node" },
    { "faults: [{at: 1s, wipe: {count: 0}}]\n", "4:25 faults.1.wipe: no nodes, so it has no" },
    { "faults: [{at: 1s, crash: all}, {at: 2s, recover: 0}]\n",
      "4:50 faults.2.recover: no nodes, so it has no effect" },
    { "faults: [{at: 1s, one_way: {from: 0%, to: all}}]\n",
      "4:35 faults.1.one_way.from: no nodes, so it has no effect" },
    { "faults: [{at: 1s, one_way: {from: all, to: {count: 0}}}]\n",
      "4:44 faults.1.one_way.to: no nodes, so it has no effect" },
    { "faults: [{at: 1s, one_way: {from: {node: 3}, to: {node: 3}}}]\n",
      "4:28 faults.1.one_way: from one node to itself: nothing goes that way" },
    { "faults: [{at: 1s, loss: {of: 0%, mean: 9%}}]\n",
      "4:30 faults.1.loss.of: no nodes, so it has no effect" },
    { "faults: [{at: 1s, loss: {of: all, mean: 0}}]\n",
      "4:41 faults.1.loss.mean: loses no message, so it has no effect" },
    { "faults: [{at: 1s, latency: {of: all, factor: 1.0}}]\n",
      "4:46 faults.1.latency.factor: changes no latency, so it has no effect" },
    { "network: {latency: 0s}\nfaults: [{at: 1s, latency: {of: all, factor: 2}}]\n",
      "5:19 faults.1.latency: has no effect with `network.latency: 0s`" },
    { "faults: [{at: 30min, every: 30min, crash: 5%}]\n",
      "4:29 faults.1.every: would happen again only after the end of the run" },
    { "network: {latency: 0s, jitter: 5%}\n", "4:32 network.jitter: has no effect on a latency" },
    { "network: {latency: 9ms, latency_per: message}\n",
      "4:38 network.latency_per: has no effect where every latency is the same" },
    { "network: {loss: {mean: 0%, burst: 4}}\n", "4:35 network.loss.burst: has no effect: no" },
    { "churn: {session: 1h, downtime: 1h, share: 0%}\n",
      "4:43 churn.share: no node comes and goes" },
    { "workload: {arrival: {every: 1s}}\n", "4:21 workload.arrival: has no effect on one update" },
    { "faults: [{at: 1s, crash: {node: 100}}]\n", "4:26 faults.1.crash: node 100 does not exist" },
    { "faults: [{at: 1s, crash: {nodes: 1}}]\n",
      "4:27 faults.1.crash.nodes: unknown selector; did you mean `node`?" },
    { "expect: []\n", "4:9 expect: a list of expectations was expected" },
    { "expect: [5]\n",
      "4:10 expect.1: `5` is not an expression; the form is STAT(METRIC, STRATEGY)" },
    { "expect: [p95(t99, a) < 3s]\n", "4:10 expect.1: the `(` is not closed; within a [list]" },
    { "expect: [p95(t99) < 3s, \"p95(t99, b) < 3s\"]\n",
      "4:25 expect.2: there is no strategy `b`" },
    { "expect: [p95(t98) < 3]\n", "4:10 expect.1: there is no metric `t98`; did you mean `t90`?" },
    { "expect: [mean(test-model.turn) < 3]\n",
      "4:10 expect.1: there is no metric `test-model.turn`; did you mean `test-model.turns`?" },
    { "expect: [mean(test-model.waits.p98) < 3]\n",
      "4:10 expect.1: there is no metric `test-model.waits.p98`; did you mean "
      "`test-model.waits.p99`?" },
    { "expect: [mean(plain.x) < 3]\n",
      "4:10 expect.1: there is no metric `plain.x`; `gossipsim models" },
    { "store: {shards: 0}\n", "4:17 store.shards: 0 is outside 1..65536" },
    { "store: {replicas: 101}\n", "4:19 store.replicas: 101 replicas of a shard on 100 nodes" },
    { "store: {replicas: 0}\n", "4:19 store.replicas: 0 is outside" },
    { "store: {missing_shards: 5%}\n", "4:9 store.missing_shards: has no effect without" },
    { "topology: {ring: {neighbours: 3}}\n",
      "4:11 topology: `neighbours` must be even: half of them on each side" },
    { "topology: {ring: {neighbors: 2}}\n",
      "4:19 topology.ring.neighbors: unknown parameter; did you mean `neighbours`?" },
    { "topology: {rings: {}}\n", "4:12 topology.rings: unknown topology; did you mean `ring`?" },
    { "topology: {grid: {rows: 7}}\n", "4:11 topology: no such grid has 100 nodes" },
    { "topology: {grid: {wrap: maybe}}\n", "4:25 topology.grid.wrap: `maybe` is neither" },
    { "topology: [ring]\n", "4:11 topology: `complete` or one topology, as in " },
    { "topology: edges\n", "4:11 topology: `file` is missing, as in {edges: {file: graph.csv}}" },
    { "topology: {edges: {unit: 1ms}}\n", "4:19 topology.edges: `file` is missing" },
    { "topology: {edges: {file: /no/such}}\n",
      "4:26 topology.edges.file: cannot read '/no/such': No such file or directory" },
    { "topology: {edges: {file: /}}\n", "4:26 topology.edges.file: cannot read '/': it is no" },
    { "topology: {random-regular: {degree: 100}}\n", "4:11 topology: a degree of 100 among 100" },
    { "peers: alve\n",
      "4:8 peers: `alve` is none of all, alive, viewer, cyclon; did you mean `alive`?" },
    { "churn: {session: {trace: {file: x}}}\n", "4:19 churn.session.trace: unknown distribution" },
    { "churn: {session: 1h}\n", "4:8 churn: `downtime` is missing" },
    { "churn: {downtime: 1h}\n", "4:9 churn.downtime: has no effect without `churn.session`" },
    { "churn: {session: 0s, downtime: 1s}\n", "4:18 churn.session: must be longer than 0s" },
    { "churn: {session: {pareto: {shape: 1, min: 1s}}, downtime: 1s}\n",
      "4:18 churn.session: has an infinite mean" },
    { "timing: rounds\nnetwork: {latency: 5ms}\n",
      "5:11 network.latency: has no effect under `timing: rounds`" },
    { "timing: rounds\nnetwork: {jitter: 0}\n", "5:11 network.jitter: has no effect under" },
    { "timing: {rounds: 3s}\n", "3:18 strategies.a.test-model: `interval` is 2s by default, no "
                                "whole number of rounds of 3s" },
    { "timing: {round: 3s}\n", "4:10 timing.round: unknown timing; did you mean `rounds`?" },
    { "timing: {evnts: 3s}\n", "4:10 timing.evnts: unknown timing; known are events, rounds" },
    { "timing: {rounds: 0s}\n", "4:18 timing.rounds: 0s is outside" },
    { "timing: now\n", "4:9 timing: `now` is none of events, rounds" },
    { "seed: -1\n", "4:7 seed: -1 is negative" },
    { "seed: 9223372036854775808\n", "4:7 seed: 9223372036854775808 is too large" },
    { "seed: 0x10\n", "4:7 seed: `0x10` is not a count" },
    { "replications: 0\n", "4:15 replications: 0 is outside 1..1000000" },
    { "replications: {min: 50, max: 30, until: {}}\n", "4:15 replications: `min` is greater" },
    { "replications: {min: 19, max: 30, until: {}}\n", "4:21 replications.min: 19 is outside" },
    { "replications: {min: 20, max: 30}\n", "4:15 replications: `until` is missing" },
    { "replications: {min: 20, mx: 30, until: {}}\n",
      "4:25 replications.mx: unknown key; did you mean `max`?" },
    { "replications: {until: {metric: t98}}\n",
      "4:32 replications.until.metric: `t98` is none of" },
    { "replications: {until: {metric: peak_bytes}}\n",
      "4:32 replications.until.metric: `peak_bytes` is none of" },
    { "workload: {updates: 5, keys: 6}\n", "4:30 workload.keys: 6 keys for 5 updates" },
    { "workload: {updates: 0}\n", "4:21 workload.updates: 0 updates and no `store.preload`" },
    { "workload: {updates: 0, at: 1s}\nstore: {preload: 1}\n",
      "4:24 workload.at: has no effect with `workload.updates: 0`" },
    { "workload: {updates: 1e6}\nstore: {preload: 1e6}\n",
      "4:21 workload.updates: 2000000 updates and preloaded ones together; at most 1048576" },
    { "workload: {origin: {node: 100}}\n", "4:20 workload.origin: node 100 does not exist" },
    { "workload: {origin: {nod: 1}}\n",
      "4:21 workload.origin.nod: unknown origin; did you mean `node`?" },
    { "workload: {arrival: {poison: {rate: 5/s}}}\n",
      "4:22 workload.arrival.poison: unknown arrival; did you mean `poisson`?" },
    { "workload: {arrival: {poisson: {rat: 5/s}}}\n",
      "4:32 workload.arrival.poisson.rat: unknown parameter; did you mean `rate`?" },
    { "topology: complet\n",
      "4:11 topology: `complet` is none of complete, line, ring, grid, random-regular, "
      "small-world, "
      "scale-free, erdos-renyi, dial, tree, star, edges; did you mean `complete`?" },
    { "workload: {origin: eu}\n",
      "4:20 workload.origin: there is no group `eu`: the scenario has no `groups`; also "
      "possible: `random`" },
    { "workload: {arrival: {poisson: {rate: 5}}}\n",
      "4:38 workload.arrival.poisson.rate: 5 lacks a unit" },
    { "workload: {arrival: {poisson: {rate: 0/s}}}\n",
      "4:38 workload.arrival.poisson.rate: 0/s is outside" },
    { "workload: {arrival: {every: 0s}}\n", "4:29 workload.arrival.every: 0s is outside" },
    { "workload: {arrival: sometimes}\n", "4:21 workload.arrival: `at-once`, " },
    { "workload: {at: 1h}\n", "4:16 workload.at: the last update would come only after the end" },
    { "workload: {updates: 1e6, arrival: {every: 36525d}}\n",
      "4:35 workload.arrival: the last update would come only after the end" },
    { "store: {missing: 5%}\n", "4:9 store.missing: has no effect without `store.preload`" },
    { "stop: {at: 0s}\n", "4:12 stop.at: 0s is outside" },
    { "stop: {when: convergd}\n", "4:14 stop.when: `convergd` is none of converged, quiet, never; "
                                  "did you mean `converged`?" },
    { "stop: {when: {estimate_eror: 1}}\n",
      "4:15 stop.when.estimate_eror: unknown condition; did you mean `estimate_error`?" },
    { "stop: {when: {estimate_error: 0}}\n", "4:31 stop.when.estimate_error: 0 is outside" },
    { "stop: {when: {estimate_error: 1e-6}}\n",
      "4:14 stop.when: no model of a strategy estimates the mean" },
    { "values: peak\n", "4:1 values: has no effect without a model in a strategy that estimates" },
    { "values: pek\n", "4:9 values: `pek` is none of linear, uniform, peak; did you mean `peak`?" },
    { "values: {file: nowhere.csv}\n", "4:16 values.file: cannot read" },
    { "warmup: 1h\n", "4:9 warmup: ends only with the run" },
    { "cooldown: 1h\n", "4:11 cooldown: begins before `warmup` ends" },
    { "warmup: 30min\ncooldown: 30min\nworkload: {updates: 3, arrival: {every: 20min}}\n",
      "5:11 cooldown: begins before `warmup` ends" },
    { "cooldown: 10min\nworkload: {at: 51min}\n", "4:11 cooldown: all updates are injected" },
    { "warmup: 1s\n", "4:9 warmup: all updates are injected before it ends" },
    { "record: {every: 1us}\nstop: {when: never}\n",
      "4:17 record.every: makes 3600000000 samples a run" },
    { "record: {every: 1us}\nworkload: {at: 2s}\n",
      "4:17 record.every: makes 2000000 samples a run" },
    { "record: {nodes: yes}\n", "4:17 record.nodes: `yes` is neither true nor false" },
    { "name: A\n", "4:7 name: `A` is not a name" },
    { "name: ../x\n", "4:7 name: `../x` is not a name" },
    { "name: \"\"\n", "4:7 name: `` is not a name" },
    { "description: [x]\n", "4:14 description: a text was expected" },
};

static void mistakes_are_refused_at_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        char *text = g_strconcat(START STRATEGIES, mistakes[i].text, NULL);
        const struct error *first;
        struct outcome o;
        char *found;

        read_text(&o, "a.yaml", text, strlen(text));
        first = &o.errors.list[0];
        found = o.errors.count == 0 ? g_strdup("accepted")
                                    : g_strdup_printf("%d:%d %s: %s", first->line, first->column,
                                                      first->path, first->text);
        if (!g_str_has_prefix(found, mistakes[i].error))
            fail_msg("%s\nexpected: %s\nfound:    %s", mistakes[i].text, mistakes[i].error, found);
        assert_false(o.is_good);
        g_free(found);
        g_free(text);
        outcome_clear(&o);
    }
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    expect_errors("{}\n", "1:1 : `gossipsim: 1` is missing; write it as the first line\n"
                          "1:1 : `nodes` is missing: how many nodes there are, as in `nodes: "
                          "1000`\n"
                          "1:1 : `strategies` is missing: what to simulate, as in `strategies: "
                          "{push: {rumor-mongering: {mode: push}}}`\n");
    expect_errors("", "1:1 : the file is empty; a scenario starts with `gossipsim: 1`\n");
    expect_errors("[1]", "1:1 : a scenario is a map of keys, starting `gossipsim: 1`\n");
    expect_errors("gossipsim: 2\nnodes: 1\n" STRATEGIES,
                  "1:12 gossipsim: language version 2 is not known; this program reads version "
                  "1\n");
}

static void all_errors_come_in_one_pass(void **state)
{
    struct outcome o;
    GString *text = g_string_new(START STRATEGIES);

    (void)state;
    for (int i = 0; i < 50; i++)
        g_string_append_printf(text, "wrong%d: 1\n", i);
    read_text(&o, "a.yaml", text->str, text->len);
    assert_int_equal(o.errors.count, 50);
    assert_int_equal(o.errors.list[19].line, 23);
    g_string_free(text, TRUE);
    outcome_clear(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_refused_at_their_place),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(all_errors_come_in_one_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
