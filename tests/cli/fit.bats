#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# fit finds known parameters, says so where none explain the curve, keeps all in the database, goes
# on after kill -9 to the same content, and refuses what makes no sense in one line.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >mail.yaml <<'YAML'
gossipsim: 1
nodes: 60
network: {latency: {lognormal: {median: 40ms, p99: 200ms}}, loss: 30%}
strategies:
  repaired: {direct-mail: {acknowledge: false}, anti-entropy: {interval: 10s}}
stop: {at: 10min}
YAML
    printf '%s\n' time,share 50ms,44% 100ms,58% 200ms,69% 2s,75% 5s,84% 10s,97% 20s,1 >curve.csv
    loss=network.loss=0%..60%
    interval=strategies.repaired.anti-entropy.interval=1s..60s:log
}

fit() { # DB [OPTIONS...]
    "$program" fit mail.yaml -o "$1" --measured curve.csv --vary $loss --vary $interval \
        --points 200 "${@:2}"
}

content() { # DB: all of it but the clock
    sqlite3 "$1" "SELECT study_id, name, scenario_sha256, replications_min FROM study;
        SELECT * FROM study_point; SELECT * FROM param; SELECT * FROM point;
        SELECT run_id, fingerprint FROM run ORDER BY run_id; SELECT * FROM metric_value"
}

refused() { # MESSAGE ARGUMENTS...: exit 2, nothing made
    run --separate-stderr "$program" fit "${@:2}" -o none.db
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [[ ${stderr_lines[0]} == *"$1"* ]] || { echo "$stderr" && false; }
    [ ! -e none.db ]
}

@test "parameters with intervals, whether they explain the curve, and what to do next" {
    run --separate-stderr fit a.db
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == 'parameter '*' value '*'95 % interval'*'of its range' ]]
    [[ ${lines[1]} == 'network.loss '*' to '* ]]
    [[ $output == *'The best setting explains the curve'* ]]
    [[ $stderr == *"399 runs, stored in 'a.db'"* ]]
    [[ $stderr == *"next: $program plot a.db --with curve.csv -o fit.svg"* ]]
    # The command that it names runs, and the figure is drawn.
    command=$(grep -o 'run mail.yaml .*' <<<"$stderr")
    # shellcheck disable=SC2086
    "$program" $command -o best.db -q --replications 2
    "$program" plot a.db --with curve.csv -o fit.svg
    grep -q 'measured: curve.csv' fit.svg
    # Two studies; every setting has a seed of its own.
    [ "$(sqlite3 a.db 'SELECT count(*) FROM study')" -eq 2 ]
    [ "$(sqlite3 a.db 'SELECT count(DISTINCT seed) FROM run')" -eq 201 ]
    "$program" report a.db --study 2
    # Again there is nothing to do, and the answer is the same, as CSV and JSON too.
    printed=$output
    run --separate-stderr fit a.db
    [ "$output" = "$printed" ]
    [[ $stderr == *"nothing to do: all 399 runs are in 'a.db'"* ]]
    fit a.db --csv >a.csv
    [[ $(head -1 a.csv) == parameter,value,lower,upper,width,chance,* ]]
    [ "$(fit a.db --json | jq -r 'length, .[0].parameter, (.[0].p > 0.01)')" = \
        $'2\nnetwork.loss\ntrue' ]
    fit a.db -q 2>errors
    [ ! -s errors ]
}

@test "nothing explains a curve that is none of this cluster, exit 1" {
    printf '%s\n' time,share 10s,1% 20s,50% 30s,52% 40s,1 >curve.csv
    run --separate-stderr fit b.db
    [ "$status" -eq 1 ]
    [[ ${output//$'\n'/ } == *'No setting in these ranges explains the curve'* ]]
    [[ ${output//$'\n'/ } == *'It is furthest off in'*' measured, '* ]]
}

@test "delays, choices, several broadcasts, one of several strategies" {
    cat >>mail.yaml <<'YAML'
seed: 7
YAML
    sed -i 's/^strategies:/&\n  push: {rumor-mongering: {}}/' mail.yaml
    for ((i = 1; i < 60; i++)); do echo $((i < 42 ? 20 + 3 * i : 200 * i - 8000))ms; done >curve.csv
    refused "--strategy says which was measured: push, repaired" mail.yaml --measured curve.csv \
        --vary $loss
    refused "--strategy none: there are push, repaired" mail.yaml --measured curve.csv \
        --vary $loss --strategy none
    run --separate-stderr fit c.db --strategy repaired --seed 3 \
        --vary strategies.repaired.anti-entropy.mode=push,pull
    [ "$status" -le 1 ]
    [[ $output == *'anti-entropy.mode '*' %)'* ]]
    [[ $stderr == *'--only repaired --seed 3'* ]]
    [ "$(sqlite3 c.db 'SELECT group_concat(DISTINCT strategy) FROM study_strategy')" = repaired ]
    # Twice as many delays are of two broadcasts.
    cat curve.csv curve.csv >both.csv
    refused '118 delays, and 1 broadcast to 60 nodes has only 59' mail.yaml --strategy repaired \
        --measured both.csv --vary $loss
    run "$program" fit mail.yaml --strategy repaired --measured both.csv --vary $loss --points 100 \
        --broadcasts 2 -o d.db
    [ "$status" -le 1 ]
    [ "$(sqlite3 d.db 'SELECT count(*) FROM run')" -eq $((2 * (100 + 199))) ]
}

@test "killed at any moment, it goes on to the same content" {
    fit whole.db -q >whole.txt
    for wait in 0.01 0.03 0.06 0.1 0.15; do
        rm -f killed.db*
        "$program" fit mail.yaml -o killed.db --measured curve.csv --vary $loss --vary $interval \
            --points 200 -q -j 2 >/dev/null &
        sleep $wait
        kill -9 $! 2>/dev/null || true
        wait $! || true
        fit killed.db -q -j 2 >killed.txt
        diff whole.txt killed.txt
        diff <(content whole.db) <(content killed.db)
    done
}

@test "what makes no sense is refused in one line" {
    wrong() { refused "$1" mail.yaml --measured curve.csv "${@:2}"; }
    refused 'which curve? --measured FILE' mail.yaml --vary $loss
    wrong 'what may vary? --vary PATH=FROM..TO'
    wrong 'unknown key; did you mean `loss`?' --vary network.los=0%..5%
    wrong 'the range is upside down' --vary network.loss=5%..0%
    wrong '`from` and `to` are the same' --vary network.loss=5%..5%
    wrong 'this is a single value' --vary network.loss=5%
    wrong 'it is there twice' --vary $loss --vary $loss
    wrong 'the size of what was measured is known' --vary nodes=10..20
    wrong 'every setting has a seed of its own' --vary seed=1..9
    wrong '--points 99: expected 100 to 100000' --vary $loss --points 99
    wrong '--broadcasts 0: expected 1 to 1000' --vary $loss --broadcasts 0
    wrong 'the scenario writes 2 updates' --vary $loss --set workload.updates=2
    wrong 'where the scenario has stopped' --vary $loss --set stop.at=10s
    printf 'sweep: {axes: {nodes: [10, 20]}}\n' >>mail.yaml
    wrong 'leave the sweep out' --vary $loss
    sed -i '/^sweep/d' mail.yaml
    printf 'time_s,share\n1,0.5\n2,0.4\n' >curve.csv
    wrong 'curve.csv:3:3: error: the share sinks' --vary $loss
    printf 'time_s,share\n1,0.5\n2,1.4\n' >curve.csv
    wrong 'curve.csv:3:3: error: share: 1.4 is not a share' --vary $loss
    printf '1,0.5\n2,0.6\n' >curve.csv
    wrong 'curve.csv:1:1: error: 1 lacks a unit' --vary $loss
    : >curve.csv
    wrong 'curve.csv: error: no rows' --vary $loss
    rm curve.csv
    run --separate-stderr "$program" fit mail.yaml --measured curve.csv --vary $loss
    [ "$status" -eq 3 ]
    [[ $stderr == *'cannot read curve.csv'* ]]
}

@test "plot --with draws both forms, and says what is wrong" {
    "$program" run mail.yaml -q -o run.db --replications 3 --set workload.at=5s
    "$program" plot run.db --with curve.csv -o a.svg --keep kept
    grep -q 'bands: 95 % of the runs' a.svg
    # Measured times count from the injection.
    grep -q '^5.05 44' kept/*
    printf '%s\n' delay_ms 0 20 30 400 never >delays.csv
    "$program" plot run.db --with delays.csv --terminal | grep -q 'measured: delays.csv'
    run --separate-stderr "$program" plot run.db --with delays.csv --kind residue -o b.svg
    [ "$status" -eq 2 ]
    [[ $stderr == *'--with: only with --kind convergence'* ]]
    echo 5 >delays.csv
    run --separate-stderr "$program" plot run.db --with delays.csv -o b.svg
    [ "$status" -eq 2 ]
    [[ $stderr == *'delays.csv:1:1: error: 5 lacks a unit'* ]]
    [ ! -e b.svg ]
}
