#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Property: the benchmark measures every program on the workloads that it does, writes the files
# from which the figure is drawn, lets a commit sit out that refuses a scenario, and ends with a
# sentence where a program fails.

bats_require_minimum_version 1.5.0

setup_file() {
    make --no-print-directory -s bench-programs
}

program() { # NAME LINE: a script, in the way that a program is named
    printf '#!/bin/sh\n%s\n' "$2" >"$BATS_TEST_TMPDIR/$1"
    chmod +x "$BATS_TEST_TMPDIR/$1"
    echo "$1=$BATS_TEST_TMPDIR/$1"
}

ours=gossipsim=${GOSSIPSIM:-./gossipsim}

@test "bench: each program has its rows, in the table, the files and the figure" {
    build/bench/bench "$BATS_TEST_TMPDIR" 1e4 1 "$ours" limit=build/bench/limit \
        heap=build/bench/heap plain=build/bench/plain "$(program base 'exit 2')"
    [ "$(cut -d , -f 1,2,3 "$BATS_TEST_TMPDIR/bench-medians.csv" | xargs)" = "work,nodes,program \
W1,10000,gossipsim W1,10000,limit W1,10000,heap W2,10000,gossipsim W2,10000,limit W2,10000,heap \
rumors,10000,gossipsim rumors,10000,plain digests,1000,gossipsim digests,1000,plain" ]
    [ "$(wc -l <"$BATS_TEST_TMPDIR/bench.csv")" = 11 ]
    gnuplot -e "folder='$BATS_TEST_TMPDIR'; programs='gossipsim limit heap'" bench/bench.gp
    grep -q 'W2: push-pull exchanges' "$BATS_TEST_TMPDIR/bench.svg"
}

@test "sweep: small runs are counted, and the second time there is nothing to do" {
    build/bench/sweep "$BATS_TEST_TMPDIR" 200 1 "$ours" >"$BATS_TEST_TMPDIR/table"
    awk -F , 'NR > 1 { if ($4 != 200 || $5 <= 0 || $6 <= 0 || $7 > $6) exit 1; rows++ }
              END { exit rows != 2 }' "$BATS_TEST_TMPDIR/bench-sweep.csv"
    grep -q '1 thread .* runs/s' "$BATS_TEST_TMPDIR/table"
    grep -q 'MB at 20 runs' "$BATS_TEST_TMPDIR/table"
}

@test "a program that fails, dies or is not there ends the benchmark with a sentence" {
    for other in "$(program fails 'exit 1')" "$(program dies 'kill -9 $$')" nobody=/nowhere; do
        run -3 --separate-stderr build/bench/bench "$BATS_TEST_TMPDIR" 1e4 1 "$ours" "$other"
        [[ $stderr == "bench: ${other#*=}: "* ]]
    done
    run -3 --separate-stderr build/bench/sweep "$BATS_TEST_TMPDIR" 20 1 "$(program fails 'exit 1')"
    [[ $stderr == *": failed" ]]
}

@test "the first program must know all scenarios" {
    run -3 --separate-stderr build/bench/bench "$BATS_TEST_TMPDIR" 1e4 1 \
        "$(program gossipsim 'exit 2')"
    [[ $stderr == "bench: bench/w1.yaml: refuses the scenario" ]]
}

@test "wrong arguments are refused with the usage" {
    run -2 build/bench/bench "$BATS_TEST_TMPDIR" 1e4 0 "$ours"
    [[ $output == usage:* ]]
    run -2 build/bench/sweep "$BATS_TEST_TMPDIR" 5 1 "$ours"
    [[ $output == usage:* ]]
}
