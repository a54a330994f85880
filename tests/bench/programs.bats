#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Property: the plain binary heap, the specialised program and gossipsim do the same work.  Over
# 300 seeds each at 2000 nodes, the means of the end time, the messages and the events differ by
# less than 4 standard errors; and every event is accounted for: the timers that fire are nodes
# times end time, within what a single lap can add or take away.

# bats file_tags=slow

bats_require_minimum_version 1.5.0
source tests/bench/agree.sh

setup_file() {
    export NODES=2000 SEEDS=300
    make --no-print-directory -s bench-programs
    for work in W1 W2; do
        for program in heap limit; do
            for ((seed = 1001; seed <= 1000 + SEEDS; seed++)); do
                build/bench/$program $work $NODES $seed
            done >"$BATS_FILE_TMPDIR/$program-$work"
        done
        "${GOSSIPSIM:-./gossipsim}" run bench/${work,}.yaml -o "$BATS_FILE_TMPDIR/$work.db" -q \
            --set nodes=$NODES --replications $SEEDS >"$BATS_FILE_TMPDIR/table-$work"
        sqlite3 "$BATS_FILE_TMPDIR/$work.db" >"$BATS_FILE_TMPDIR/gossipsim-$work" "
            SELECT format(' messages=%d t_last_s=%.9f events=%.1f', messages, sim_end_ns * 1e-9,
                          $NODES * 1e-9 * sim_end_ns + messages - dropped - in_flight)
            FROM run JOIN sample USING (run_id) WHERE t_ns = sim_end_ns AND status = 'done'"
    done
}

@test "W1: a rumor pushed takes as long, as many messages and as many events" {
    for program in limit gossipsim; do
        agree t_last_s W1 heap $program
        agree messages W1 heap $program
        agree events W1 heap $program
    done
}

@test "W2: push-pull exchanges take as long, as many messages and as many events" {
    for program in limit gossipsim; do
        agree t_last_s W2 heap $program
        agree messages W2 heap $program
        agree events W2 heap $program
    done
}

@test "W2: every timer sends, and 95 % of the messages arrive" {
    # A message is in flight for 0.1 s of the end time on average, a timer at most once a lap.
    for program in heap limit; do
        paste <(column t_last_s $program-W2) <(column messages $program-W2) \
            <(column events $program-W2) | awk -v n="$NODES" '
            { expected += n * $1; timers += $3 - 0.95 * ($2 - 0.1 * 1.95 * n) }
            END { print timers / expected; exit !(timers > 0.995 * expected &&
                                                  timers < 1.005 * expected) }'
    done
}

@test "the same seed gives the same run, another seed another" {
    for program in heap limit; do
        first=$(build/bench/$program W1 "$NODES" 1 | grep -o 't_last_s.*')
        [ "$first" = "$(build/bench/$program W1 "$NODES" 1 | grep -o 't_last_s.*')" ]
        [ "$first" != "$(build/bench/$program W1 "$NODES" 2 | grep -o 't_last_s.*')" ]
    done
}

@test "SimPy's program prints what the benchmark reads, the same for the same seed" {
    if ! /usr/bin/python3 -c 'import simpy' 2>/dev/null; then skip "there is no SimPy"; fi
    for work in W1 W2; do
        for seed in 1 1 2; do
            bench/peers/simpy_work.py $work 200 $seed
        done >"$BATS_TEST_TMPDIR/lines"
        [ "$(grep -Ec ' events=[0-9]+ .* wall_s=[0-9.]+$' "$BATS_TEST_TMPDIR/lines")" = 3 ]
        [ "$(grep -Eo 'events=.* t_last_s=[0-9.]+' "$BATS_TEST_TMPDIR/lines" | uniq -c |
            awk '{ print $1 }' | xargs)" = "2 1" ]
    done
    run -1 bench/peers/simpy_work.py W3 10 1
    [[ $output == usage:* ]]
}

@test "wrong arguments are refused with the usage" {
    for arguments in "" "W3 10 1" "W1 1 1" "W1 many 1" "W1 10"; do
        # shellcheck disable=SC2086 # words on purpose
        run -2 build/bench/heap $arguments
        [[ $output == usage:* ]]
    done
}
