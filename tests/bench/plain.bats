#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Property: each further workload is the same work for its plain program and for gossipsim.  Over
# so many seeds at few nodes, the means of what both count differ by less than 4 standard errors.

# bats file_tags=slow

bats_require_minimum_version 1.5.0
source tests/bench/agree.sh

setup_file() {
    make --no-print-directory -s bench-programs
}

metric() { # NAME: a query for its value in `run`
    echo "(SELECT value FROM metric WHERE metric.run_id = run.run_id AND name = '$1')"
}

# Runs both; `events` is a query for what bench/work.h counts: a node's timer counts whether it has
# something to do or not, except where nodes go or their timers stop.
measure() { # WORK NODES SEEDS EVENTS
    local work=$1 nodes=$2 seeds=$3 events=$4 seed
    for ((seed = 1001; seed <= 1000 + seeds; seed++)); do
        build/bench/plain/"$work" "$work" "$nodes" "$seed"
    done >"$BATS_FILE_TMPDIR/plain-$work"
    "${GOSSIPSIM:-./gossipsim}" run "bench/$work.yaml" -o "$BATS_FILE_TMPDIR/$work.db" -q \
        --set "nodes=$nodes" --replications "$seeds" >"$BATS_FILE_TMPDIR/table-$work"
    sqlite3 "$BATS_FILE_TMPDIR/$work.db" >"$BATS_FILE_TMPDIR/gossipsim-$work" "
        SELECT format(' messages=%d t_last_s=%.9f events=%.1f copies=%d lacking=%.1f to_away=%d'
                      || ' in_flight=%d',
                      messages, $(metric t_last), $events, bytes_payload / 100,
                      $(metric residue) * $nodes * 1000, $(metric dropped_down), in_flight)
        FROM run JOIN sample USING (run_id) WHERE t_ns = sim_end_ns AND status = 'done'"
}

all_agree() { # WORK KEY...
    local key
    for key in "${@:2}"; do
        agree "$key" "$1" plain gossipsim
    done
}

all_timers='500 * 1e-9 * sim_end_ns + messages - dropped - in_flight'

@test "pairs: with a latency for each pair a rumor takes as long and as many messages" {
    measure pairs 500 300 "$all_timers"
    all_agree pairs t_last_s messages events in_flight # by which latencies show
}

@test "rounds: in rounds a rumor takes as many of them and as many messages" {
    measure rounds 500 300 "$all_timers"
    all_agree rounds t_last_s messages events
}

@test "churn: as many messages are sent, arrive and meet nobody; the last learns as late" {
    measure churn 300 300 events
    all_agree churn t_last_s messages events to_away
}

@test "digests: differences take as long, as many messages and copies" {
    measure digests 20 100 events
    all_agree digests t_last_s messages events copies
}

@test "rumors: they take as long, as many messages and copies, and miss as many nodes" {
    measure rumors 1000 50 events # a third of the nodes sleep at first
    all_agree rumors t_last_s messages events copies lacking
}
