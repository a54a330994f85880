#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Random scenarios leave the same results with one thread and with two, and killed at some moment
# and resumed.  SCENARIOS says of how many thirties: a thirtieth of them are tried, at least 10, but
# with a sanitizer 3.  What fails is told by its number: `make random N=NUMBER` prints it.

# bats file_tags=slow,threads

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    [ -x "$RANDOM_SCENARIO" ] || skip "RANDOM_SCENARIO names no program that draws them"
    count=$((${SCENARIOS:-300} / 30))
    ((count >= 10)) || count=10
    [ -n "${SCENARIOS:-}" ] || [ -z "${SANITIZED:-}" ] || count=3
    root=$(pwd)
}

draw() { # NUMBER FILE
    (cd "$root" && "$RANDOM_SCENARIO" print "$1") >"$2"
}

# Its expectations may fail (1) and its runs reach their cap of events (4).
run_study() { # ARGUMENTS...
    local status=0
    "$program" run "$@" -q >log 2>&1 || status=$?
    [[ $status == [014] ]] || { cat log; return 1; }
}

exports() { # DB: all exports; wall_ns is the last column of runs
    "$program" export "$1" runs | sed 's/,[^,]*$//'
    for table in samples updates points; do "$program" export "$1" $table; done
}

killed_and_resumed() { # SCENARIO DB MICROSECONDS: it lasts so long
    local moment=$((RANDOM * $3 / 32768)) pid
    "$program" run "$1" -j 2 -q -o "$2" >/dev/null 2>&1 3>&- &
    pid=$!
    sleep "$((moment / 1000000)).$(printf %06d $((moment % 1000000)))"
    kill -KILL $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
    run_study "$1" -j 2 -o "$2"
}

@test "one thread, two, and killed and resumed: the same exports" {
    cd "$BATS_TEST_TMPDIR"
    RANDOM=4711
    for ((n = 1; n <= count; n++)); do
        echo "scenario $n"
        draw $n s.yaml
        rm -f ./*.db*
        began=${EPOCHREALTIME/./}
        run_study s.yaml -j 1 -o one.db
        lasts=$((${EPOCHREALTIME/./} - began))
        run_study s.yaml -j 2 -o two.db
        killed_and_resumed s.yaml cut.db $lasts
        exports one.db >one
        exports two.db | cmp - one
        exports cut.db | cmp - one
    done
}
