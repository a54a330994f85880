#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Property: the further workloads of the benchmark, at few nodes, do what docs/performance.md says
# of them: rumors spread to nearly all and end, digests remove every difference, churn leaves about
# half of the nodes up, latencies of pairs and rounds reach all, and so do weather and a partition.

bats_require_minimum_version 1.5.0

measure() { # WORKLOAD NODES SQL: runs it and prints what the query finds
    "${GOSSIPSIM:-./gossipsim}" run "bench/$1.yaml" --set "nodes=$2" -q \
        -o "$BATS_TEST_TMPDIR/$1.db" >"$BATS_TEST_TMPDIR/table"
    sqlite3 "$BATS_TEST_TMPDIR/$1.db" "$3"
}

metric() { # NAME: a query for its value
    echo "(SELECT value FROM metric WHERE name = '$1')"
}

@test "rumors: all but a few know each of the thousand, and then it is quiet" {
    [ "$(measure rumors 500 "SELECT stop_reason = 'quiet', $(metric residue) < 0.05,
        $(metric m) > 1 FROM run")" = "1|1|1" ]
}

@test "digests: replicas that lacked 1 % of 10 000 keys lack none" {
    [ "$(measure digests 50 "SELECT sim_end_ns, $(metric residue),
        $(metric bytes_digest) > 10 * $(metric bytes_payload) FROM run")" = "60000000000|0.0|1" ]
}

@test "churn: of 2000 nodes half are up, within 5 standard errors" {
    # sqrt(2000 / 4) = 22
    [ "$(measure churn 2000 "SELECT abs($(metric alive) - 1000) < 112,
        $(metric dropped_down) > 1000 FROM run")" = "1|1" ]
}

@test "pairs and rounds: the rumor reaches all, in rounds at the end of one" {
    [ "$(measure pairs 1000 "SELECT stop_reason FROM run")" = converged ]
    [ "$(measure rounds 1000 "SELECT stop_reason, sim_end_ns % 1000000000 FROM run")" = \
        "converged|0" ]
}

@test "weather: after the partition the rumor reaches all, in spite of losses" {
    [ "$(measure weather 1000 "SELECT stop_reason, sim_end_ns > 8000000000, $(metric residue),
        $(metric dropped_loss) > 100, $(metric dropped_partition) > 1000 FROM run")" = \
        "converged|1|0.0|1|1" ]
}
