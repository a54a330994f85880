#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# report --growth: the law by which a metric grows with a swept parameter.

bats_require_minimum_version 1.5.0

setup_file() {
    export program
    program=$(realpath "${GOSSIPSIM:-$BATS_TEST_DIRNAME/../../gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >growth.yaml <<'YAML'
gossipsim: 1
nodes: 100
replications: 6
strategies:
  push: {anti-entropy: {mode: push, interval: 1s}}
  mail: {direct-mail: {}}
sweep:
  axes:
    nodes: [60, 250, 1000, 4000]
    network.loss: [0, 20%]
stop: {at: 2min}
YAML
    "$program" run growth.yaml -q -o growth.db >/dev/null
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# Pittel's law: push without loss reaches all after (ln n + ln n) s, 2 ln 2 = 1.39 s a doubling.
@test "the law of push is the known one; mail's messages are a power" {
    run -0 --separate-stderr "$program" report growth.db --growth --metric t_all --only push --csv
    [[ ${lines[0]} == network.loss,strategy,metric,points,left_out,law,start,* ]]
    [[ ${lines[1]} == 0,push,t_all,4,0,logarithm,* ]]
    awk -F, 'NR == 2 && $11 < 1.386 && 1.386 < $12 && $15 > 0.01 { found = 1 }
        END { exit !found }' <<<"$output"
    run -0 "$program" report growth.db --growth --metric messages --only mail \
        --where network.loss=0
    [[ $output == *"mail      messages       4 "*"× 2.0"*" with every doubling of nodes: "* ]]
    [[ $output == *" · nodes^1."* ]]
}

@test "points that some run never reached are left out" {
    run -0 "$program" report growth.db --growth --metric t_all --only mail
    [[ $output == *"20%"*" mail      t_all   3 of 4  "* ]]
}

@test "what cannot grow is refused" {
    run -2 "$program" report growth.db --growth --by network.loss
    [[ $output == *"--by network.loss: its values are not all numbers above 0"* ]]
    run -2 "$program" report growth.db --growth --where nodes=60
    [[ $output == *"sweeps no parameter of numbers above 0"* ]]
    run -2 "$program" report growth.db --growth --sort t99
    [[ $output == *"--growth has a table of its own, without --sort"* ]]
    run -2 "$program" report growth.db --growth --sensitivity
    [[ $output == *"--sensitivity and --growth exclude each other"* ]]
    run -2 "$program" report growth.db --by nodes
    [[ $output == *"--by is for --growth"* ]]
}

@test "a design whose points differ in all: refused, not a table of dashes" {
    echo '{gossipsim: 1, nodes: 10, replications: 1,
        strategies: {a: {anti-entropy: {}}}}' >spread.yaml
    "$program" run spread.yaml -q -o spread.db --points 8 --sweep nodes=10..200 \
        --sweep network.loss=0.0..0.5 >/dev/null
    run -2 "$program" report spread.db --growth
    [[ $output == *"no two points of the sweep differ in 'nodes' alone"* ]]
    "$program" run spread.yaml -q -o line.db --points 8 --sweep nodes=10..200 >/dev/null
    run -0 "$program" report line.db --growth --metric bytes
    [[ ${lines[1]} == 'a '*bytes*' 8 '* ]]
}
