#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Property: the benchmark measures every program on the workloads that it does, writes the files
# from which the figure is drawn, lets a commit sit out that refuses a scenario or takes too long
# for it, and ends with a sentence where a program fails.

# bats file_tags=slow

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
    build/bench/sweep "$BATS_TEST_TMPDIR" 100 200 1 "$ours" >"$BATS_TEST_TMPDIR/table"
    awk -F , 'NR > 1 { if ($4 != 200 || $5 <= 0 || $6 <= 0 || $7 > $6) exit 1; rows++ }
              END { exit rows != 2 }' "$BATS_TEST_TMPDIR/bench-sweep-100.csv"
    grep -q '1 thread .* runs/s' "$BATS_TEST_TMPDIR/table"
    grep -q 'MB at 20 runs' "$BATS_TEST_TMPDIR/table"
}

@test "growth: each row has its figures, and the file each turn" {
    build/bench/growth "$BATS_TEST_TMPDIR" 1 60 1 "$ours" >"$BATS_TEST_TMPDIR/table"
    [ "$(grep -c '^[A-Z]' "$BATS_TEST_TMPDIR/table")" = 15 ] # the first of them is the head
    figures=' [0-9.]+ (s|ns) +[0-9.]+ - [0-9.]+ +[0-9.]+ MB'
    [ "$(grep -Ec "$figures" "$BATS_TEST_TMPDIR/table")" = 14 ]
    [ "$(grep -c ',gossipsim,done,' "$BATS_TEST_TMPDIR/bench-growth.csv")" = 14 ]
}

@test "growth: what takes too long or too much is not tried at a larger size" {
    simulator=$(program gossipsim '[ $1 = report ] || sqlite3 $7 "CREATE TABLE run (events);
        INSERT INTO run VALUES (1); CREATE VIEW curve AS SELECT 1 AS lower, 1 AS upper"')
    base=$(program base 'case $2 in
        *ring-repair*) while :; do :; done ;;
        *few-keys*) exit 4 ;;
        *) exit 2 ;;
        esac')
    build/bench/growth "$BATS_TEST_TMPDIR" 3 1 2 "$simulator" "$base" >"$BATS_TEST_TMPDIR/table"
    of() { sed -n "/^$1/,/^[A-Z]/s/^ *base *//p" "$BATS_TEST_TMPDIR/table" | xargs; }
    [ "$(of 'Ring repair')" = "over 1 s left out left out" ]
    [ "$(of 'Ten keys')" = "over 4 GiB left out left out" ]
    [ "$(of Stacks)" = "refused left out left out" ]
}

@test "a program that fails, dies or is not there ends the benchmark with a sentence" {
    for other in "$(program fails 'exit 1')" "$(program dies 'kill -9 $$')" nobody=/nowhere; do
        run -3 --separate-stderr build/bench/bench "$BATS_TEST_TMPDIR" 1e4 1 "$ours" "$other"
        [[ $stderr == "bench: ${other#*=}: "* ]]
    done
    for arguments in "sweep FOLDER 100 20 1" "growth FOLDER 1 9 1"; do
        # shellcheck disable=SC2086 # words on purpose
        run -3 --separate-stderr build/bench/${arguments/FOLDER/$BATS_TEST_TMPDIR} \
            "$(program fails 'exit 1')"
        [[ $stderr == *": failed" ]]
    done
}

@test "the first program must know all scenarios" {
    run -3 --separate-stderr build/bench/bench "$BATS_TEST_TMPDIR" 1e4 1 \
        "$(program gossipsim 'exit 2')"
    [[ $stderr == "bench: bench/w1.yaml: refuses the scenario" ]]
    run -3 --separate-stderr build/bench/growth "$BATS_TEST_TMPDIR" 1 9 1 \
        "$(program gossipsim 'exit 2')"
    [[ $stderr == "bench: bench/growth/mail-shards.yaml: refuses the scenario" ]]
}

@test "wrong arguments are refused with the usage" {
    run -2 build/bench/bench "$BATS_TEST_TMPDIR" 1e4 0 "$ours"
    [[ $output == usage:* ]]
    run -2 build/bench/sweep "$BATS_TEST_TMPDIR" 100 5 1 "$ours"
    [[ $output == usage:* ]]
    for arguments in "0 60 1" "4 60 1" "3 0 1" "3 60 0" "3 60 17" "3 60 2x"; do
        # shellcheck disable=SC2086 # words on purpose
        run -2 build/bench/growth "$BATS_TEST_TMPDIR" $arguments "$ours"
        [[ $output == usage:* ]]
    done
}
