#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# tune finds what exhaustive search finds: on five problems its setting costs at most 5 % more, for
# at most a fifth of the runs, and where there is none it says so.
#
# What exhaustive search finds, the cheapest setting of a grid that meets the goal in its runs, is
# written down here; EXHAUSTIVE=1 makes its runs again, which takes minutes, and compares.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    # What is searched, not how: tune.bats has the rest.
    [[ $program == */address* || $program == */thread* ]] && skip "sanitizers take long"
    cd "$BATS_TEST_TMPDIR"
}

scenario() { # NODES STRATEGY
    cat >s.yaml <<YAML
gossipsim: 1
nodes: $1
network: {latency: {exponential: {mean: 20ms}}, loss: 5%}
workload: {updates: 20, arrival: {every: 100ms}}
strategies: {s: $2}
stop: {at: 60s}
YAML
}

# The cheapest of the grid that meets it in at least half of its runs.
exhaustive() { # REPLICATIONS CONDITION COST SWEEPS...
    local sweeps=() sweep
    for sweep in "${@:4}"; do sweeps+=(--sweep "strategies.s.$sweep"); done
    "$program" run s.yaml -q -o all.db --replications "$1" "${sweeps[@]}" >/dev/null
    sqlite3 all.db "SELECT printf('%.4g', min(cost)), (SELECT count(*) FROM run) FROM
        (SELECT avg($2) AS share, avg($3) AS cost FROM run_summary GROUP BY point)
        WHERE share >= 0.5"
}

steps() { # FROM TO COUNT: milliseconds, with equal ratios
    awk "BEGIN { for (i = 0; i < $3; i++)
        printf \"%s%.0fms\", i ? \",\" : \"\", $1 * ($2 / $1) ^ (i / ($3 - 1)) }"
}

# known LOWEST RUNS REPLICATIONS CONDITION COST GOAL SWEEPS... -- VARIES...
known() {
    local lowest=$1 runs=$2 replications=$3 condition=$4 cost=$5 goal=$6 sweeps=() varies=()
    shift 6
    while [ "$1" != -- ]; do sweeps+=("$1"); shift; done
    shift
    while [ $# -gt 0 ]; do varies+=(--vary "strategies.s.$1"); shift; done
    if [ -n "${EXHAUSTIVE-}" ]; then
        local found
        found=$(exhaustive "$replications" "$condition" "$cost" "${sweeps[@]}")
        echo "exhaustive search: $found; here: $lowest|$runs"
        [ "$found" = "$lowest|$runs" ]
    fi
    "$program" tune s.yaml -q -o tuned.db --goal "$goal" --minimise "$cost" "${varies[@]}" >out
    sqlite3 tuned.db "SELECT avg($cost) / $lowest, $runs / (SELECT 1.0 * count(*) FROM run),
        avg($cost) <= 1.05 * $lowest AND 5 * (SELECT count(*) FROM run) <= $runs
        FROM run_summary JOIN tuning_finding ON position = point - 1
        WHERE finding = 'chosen' AND replication < $replications" >verdict
    echo "cost by the lowest, runs of exhaustive search by its own, good: $(cat verdict)"
    [[ $(cat verdict) == *'|1' ]]
}

@test "fan-out and interval of pushed rumors" {
    scenario 64 '{rumor-mongering: {mode: push, k: 10}}'
    known 7212 12800 100 't99 < 2' bytes_rate 'median(t99) < 2s' \
        rumor-mongering.fanout=1,2,3,4,5,6,7,8 "rumor-mongering.interval=$(steps 100 2000 16)" \
        -- rumor-mongering.fanout=1..8 rumor-mongering.interval=100ms..2s
}

@test "the interval of anti-entropy" {
    scenario 64 '{anti-entropy: {mode: push-pull}}'
    known 1009 12800 200 't_all < 3' bytes_rate 'median(t_all) < 3s' \
        "anti-entropy.interval=$(steps 100 5000 64)" -- anti-entropy.interval=100ms..5s
}

@test "push, pull or both, how many and how often" {
    scenario 64 '{rumor-mongering: {k: 10}}'
    known 6675 19200 100 't99 < 2' bytes_rate 'median(t99) < 2s' \
        rumor-mongering.mode=push,pull,push-pull rumor-mongering.fanout=1,2,3,4 \
        "rumor-mongering.interval=$(steps 100 2000 16)" \
        -- rumor-mongering.mode=push,pull,push-pull rumor-mongering.fanout=1..4 \
        rumor-mongering.interval=100ms..2s
}

@test "when a rumor is old news, and to how many it is told" {
    scenario 64 '{rumor-mongering: {mode: push, interval: 200ms}}'
    known 7.404 9600 150 'converged' m 'P(converged) >= 50%' \
        rumor-mongering.fanout=1,2,3,4 rumor-mongering.k=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 \
        -- rumor-mongering.fanout=1..4 rumor-mongering.k=1..16
}

@test "the interval of SWIM that detects a crash in time" {
    cat >s.yaml <<'YAML'
gossipsim: 1
nodes: 16
network: {latency: {exponential: {mean: 5ms}}}
faults: [{at: 5s, crash: {count: 1}}]
workload: {updates: 0}
strategies: {s: {swim: {timeout: 100ms, push_pull_interval: 0s}}}
stop: {at: 30s, when: never}
YAML
    known 224.3 9600 200 'detect_t99 < 8' bytes_rate 'median(detect_t99) < 8s' \
        "swim.interval=$(steps 200 2000 48)" -- swim.interval=200ms..2s
}

@test "a sixth that has no solution" {
    scenario 64 '{rumor-mongering: {mode: push, k: 10}}'
    run "$program" tune s.yaml -q -o tuned.db --goal 'median(t99) < 60ms' --minimise bytes_rate \
        --vary strategies.s.rumor-mongering.fanout=1..8 \
        --vary strategies.s.rumor-mongering.interval=100ms..2s
    [ "$status" -eq 1 ]
    [[ ${output//$'\n'/ } == *'No setting was found that meets the goal median(t99, s) < 60ms: '* ]]
}
