#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# report --sensitivity: the parameter that decides comes first, of grids, designs and words alike.

setup_file() {
    export program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 50
replications: 8
strategies:
  push: {anti-entropy: {mode: push, interval: 1s}}
YAML
    # Times are proportional to the interval; headers cost nothing but bytes.
    "$program" run study.yaml -q -o grid.db --sweep anti-entropy.interval=1s,2s,4s \
        --sweep network.header=10B,20B,40B >/dev/null
    "$program" run study.yaml -q -o sobol.db --points 32 --sweep anti-entropy.interval=1s..4s \
        --sweep network.header=10B..40B --sweep anti-entropy.compare=full,digest >/dev/null
}

setup() { cd "$BATS_FILE_TMPDIR"; }

# share DATABASE METRIC PARAMETER: its share in CSV.
share() {
    "$program" report "$1" --sensitivity --metric "$2" --csv |
        awk -F, -v p="$3" '$3 == p {print $4}'
}

# above A B: whether a number is above another.
above() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b) }'; }

@test "the interval decides how long it takes, the header what it costs" {
    for db in grid.db sobol.db; do
        above "$(share $db t99 anti-entropy.interval)" 0.9
        above 0.05 "$(share $db t99 network.header)"
        above 0.1 "$(share $db t99 '(interactions)')"
        above "$(share $db bytes_header network.header)" 0.6
    done
    above "$(share sobol.db bytes_digest anti-entropy.compare)" 0.5
}

@test "people see shares, intervals, the method and what it means" {
    run "$program" report grid.db --sensitivity --metric t99
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == *'anti-entropy.interval '*' ('*–*')' ]]
    [[ $output == *'(interactions)'*'(noise of one run)'*'first-order'*'Sobol index'* ]]
    [[ $output == *'Method: main effects of the analysis of variance'* ]]
    run "$program" report sobol.db --sensitivity
    [[ $output == *'Method: least squares on cosines'* ]]
    [[ $output == *t99* && $output == *bytes_rate* ]]
}

@test "programs see numbers" {
    "$program" report sobol.db --sensitivity --metric t99 --json | jq -e \
        'length == 5 and .[0].parameter == "anti-entropy.interval" and
         .[0].method == "regression" and .[0].of == "values" and .[0].points == 32 and
         .[0].share_lower <= .[0].share'
    "$program" report grid.db --sensitivity --metric t99 --csv | head -1 | tr -d '\r' |
        grep -qx 'metric,strategy,parameter,share,share_lower,share_upper,method,of,points'
}

@test "a parameter that --where fixes has no share" {
    run "$program" report sobol.db --sensitivity --metric t99 --csv \
        --where anti-entropy.compare=full
    [[ $output == *anti-entropy.interval* && $output != *anti-entropy.compare* ]]
}

@test "runs that never got there count by rank" {
    "$program" run study.yaml -q -o never.db --set stop.at=12s --points 32 \
        --sweep anti-entropy.interval=1s..4s --sweep network.header=10B..40B >/dev/null
    above "$(share never.db t99 anti-entropy.interval)" 0.8
    "$program" report never.db --sensitivity --metric t99 |
        grep -q '^t99 of push is taken by rank over the runs: in [0-9]* it never happened'
}

@test "what cannot be told is said" {
    run "$program" report grid.db --sensitivity --metric nodes/node
    [ "$status" -eq 2 ]
    run "$program" report grid.db --sensitivity --sort t99
    [ "$status" -eq 2 ]
    "$program" run study.yaml -q -o one.db >/dev/null
    run "$program" report one.db --sensitivity
    [ "$status" -eq 2 ]
    [[ $output == *'study 1 has one point: a sweep tells which parameter matters'* ]]
    "$program" run study.yaml -q -o zip.db --design zip \
        --sweep anti-entropy.interval=1s,2s,3s,4s,5s,6s,7s,8s \
        --sweep network.header=1B,2B,3B,4B,5B,6B,7B,8B >/dev/null
    run "$program" report zip.db --sensitivity --metric t99
    [ "$status" -eq 0 ]
    [[ $output == *'t99 of push cannot be told: parameters change together.'* ]]
    run "$program" report grid.db --sensitivity --metric converged
    [[ $output == *'converged of push does not differ from point to point by more than noise.'* ]]
}
