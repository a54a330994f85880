#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# compare pairs runs by replication, says in a sentence what the numbers allow, and reports the
# pairs in which something never happened.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

make_database() { # FIXTURE FILE [SQL]
    { echo 'PRAGMA synchronous = OFF;' && cat "$root/experiment/schema.sql" &&
        echo 'BEGIN;' && cat "$root/tests/fixtures/$1.sql" && echo "COMMIT; ${3-};" &&
        cat "$root/tests/fixtures/metrics.sql"; } | sqlite3 "$2"
}

shows() { # TEXT...: the output holds the texts joined
    local text
    printf -v text '%s' "$@"
    [[ $output == *"$text"* ]]
}

@test "strategies against the first, with difference, ratio and sentence" {
    make_database results r.db
    run --separate-stderr "$program" compare r.db
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ ${lines[1]} == "t99     push-pull  push           20   -4.00 (-4.00 to -4.00) s "* ]]
    [[ ${lines[1]} == *" sooner" ]]
    [[ ${lines[2]} == "t99     mail       push "*" less often" ]]
    [[ ${lines[2]} == "t99     mail       push     10 of 20   -6.0"* ]]
    shows $'replication.\nPairs: `n of m` where a difference stands on the n pairs in which'
    shows "push-pull reaches 99 % of the nodes 4.00 s (4.00 to 4.00) sooner than push, " \
        "2.00 times as fast; 20 paired runs."
    shows "mail reaches 99 % of the nodes less often than push: mail never in 10 of 20 " \
        "paired runs, push never in 0; where both do, 6.00 s"
    shows "push-pull: bytes sent 400 kB (400 to 400) less than push, 0.75 times as much; " \
        "20 paired runs."
}

@test "the baseline can be chosen" {
    make_database results r.db
    run "$program" compare r.db --baseline push-pull --metric m
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == "m       push      push-pull     20 "*" more" ]]
    [[ ${lines[2]} == "m       mail      push-pull     20 "*" less" ]]
    [[ $output != *Pairs:* ]]
}

@test "CSV and JSON carry the counts of never and the sentence" {
    make_database results r.db
    run "$program" compare r.db --csv --metric t99
    [[ ${lines[0]} == "metric,subject,baseline,pairs,pairs_both,subject_never,"* ]]
    [[ ${lines[0]} == *",ratio,ratio_lower,ratio_upper,verdict,sentence" ]]
    [[ ${lines[2]} == "t99,mail,push,20,10,10,0,-6,"*",less often,\"mail reaches"* ]]
    "$program" compare r.db --json --metric t99 >c.json
    run sqlite3 :memory: "SELECT value ->> 'difference', value ->> 'verdict'
        FROM json_each(readfile('c.json'))"
    [ "${lines[0]}" = "-4|sooner" ]
}

@test "values of a swept parameter, strategy by strategy" {
    make_database sweep s.db
    run "$program" compare s.db --by nodes --metric t99
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == "t99     a         1000    100         12  1.00 (1.00 to 1.00) s "*" later" ]]
    shows "b at nodes=10_000 reaches 99 % of the nodes 4.00 s (4.00 to 4.00) later than " \
        "at nodes=100, 1.99 times as long; 12 paired runs."
    run "$program" compare s.db --by nodes --baseline 10_000 --metric t99
    shows "a at nodes=100 reaches 99 % of the nodes 2.00 s (2.00 to 2.00) sooner than at " \
        "nodes=10_000"
}

@test "strategies at each point of a sweep" {
    make_database sweep s.db
    run "$program" compare s.db --metric bytes
    [[ ${lines[1]} == "   100  bytes   b         a  "*" less" ]]
    shows "nodes=10_000: b: bytes sent 5.00 MB (5.00 to 5.00) less than a, 0.50 times as " \
        "much; 12 paired runs."
}

@test "what cannot be compared is exit 2 with a line" {
    make_database results r.db
    make_database sweep s.db
    local options
    for options in "r.db --baseline nobody" "r.db --by nodes" "s.db --by nodes --baseline 7" \
        "s.db --study 1" "r.db --metric nope" "r.db --fail-if x" \
        "r.db --fail-if mean(t99)<3" "r.db --fail-if mean(nope)<3" \
        "r.db --fail-if mean(t99,nobody)<3s"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$program" compare $options
        echo "$options: $status $stderr"
        [ "$status" -eq 2 ]
        [ -z "$output" ]
        [[ $stderr == "gossipsim: error: "* ]]
    done
    run "$program" compare missing.db
    [ "$status" -eq 3 ]
}

@test "one value of a parameter has nothing to be compared with: exit 2" {
    make_database sweep s.db "DELETE FROM study_point WHERE study_id = 2 AND position NOT IN
        (SELECT position FROM param WHERE path = 'nodes' AND number = 100);"
    run --separate-stderr "$program" compare s.db --by nodes
    [ "$status" -eq 2 ] && [ -z "$output" ]
    [ "$stderr" = "gossipsim: error: 'nodes' has one value only: there is nothing to compare" ]
}

@test "hostile names stay text" {
    make_database results r.db "PRAGMA foreign_keys = OFF;
        UPDATE study_strategy SET strategy = 'x' || char(27, 10) || '%s%n' WHERE position = 0;"
    run "$program" compare r.db
    [ "$status" -eq 0 ]
    [[ $output == *'sooner than x\x1b\n%s%n, 2.00 times as fast'* ]]
    [ "$(printf '%s' "$output" | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" -eq 0 ]
}

@test "what must not hold is told on standard error, exit 1" {
    make_database results r.db
    "$program" compare r.db --csv >plain
    run --separate-stderr "$program" compare r.db --csv --fail-if 'median(t99, push) > 5s' \
        --fail-if 'P(converged, push) < 50%' --fail-if 'P(converged) < 50%'
    [ "$status" -eq 1 ]
    [ "$output" = "$(cat plain)" ]
    [[ $stderr == 'holds: median(t99, push) > 5s: 8.00 s (95 % confidence 7.'*' in 20 runs
holds: P(converged) < 50%: 0 % (95 % confidence 0 to 16.1) in 20 runs, strategy mail' ]]
    run --separate-stderr "$program" compare r.db --fail-if 'median(t99, push) > 9s'
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
}
