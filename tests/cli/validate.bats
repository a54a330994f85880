#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# validate prints published figures beside measured ones, for people, as CSV and as JSON; --only
# chooses rows; its exit code says whether all was measured and agrees.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

@test "a row with its source, and a sentence on what agrees" {
    run --separate-stderr "$program" validate --quick --only 'direct mail, n='
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ ${lines[0]} == what*published*measured*"off by"*runs*verdict*"published in" ]]
    [[ ${lines[1]} == "direct mail, n=1000: messages  n - 1 = 999 "*" 999 exactly "*agrees* ]]
    [[ ${lines[1]} == *"Demers et al. 1987, 1.2" ]]
    [ "${lines[2]}" = "1 of 1 rows agree, 0 are off; seed 1." ]
}

@test "--only looks at names and sources, with * and ?" {
    run "$program" validate --quick --csv --only 'direct mail*1987, 1.?'
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 2 ]
    run "$program" validate --quick --only 'nothing like it'
    [ "$status" -eq 2 ]
    [[ ${lines[0]} == "gossipsim: error: --only 'nothing like it': no row has that in it" ]]
}

@test "CSV and JSON carry the numbers" {
    run "$program" validate -q --quick --csv --only 'fanout 2: share'
    [[ ${lines[0]} == what,published,leeway,measured,standard_error,deviation,runs,* ]]
    "$program" validate --quick --json --only 'fanout 2: share' >v.json
    run sqlite3 :memory: "SELECT abs(value ->> 'measured' - value ->> 'published')
        <= 4 * (value ->> 'standard_error'), value ->> 'verdict'
        FROM json_each(readfile('v.json'))"
    [ "$output" = "1|agrees" ]
}

@test "threads change nothing, the seed does" {
    "$program" validate --quick --csv --only 'fanout 2: share' -j1 >one
    "$program" validate --quick --csv --only 'fanout 2: share' -j3 >three
    "$program" validate --quick --csv --only 'fanout 2: share' --seed 2 >other
    cmp one three
    run cmp -s one other
    [ "$status" -eq 1 ]
}

@test "a seed is 0 to 2^63 - 1, as scenarios have it" {
    run "$program" validate --quick --csv --only 'direct mail, n=' --seed 0
    [ "$status" -eq 0 ]
    one() { # SEED WHY
        run "$program" validate --quick --only 'direct mail, n=' --seed "$1"
        [ "$status" -eq 2 ]
        [ "${lines[0]}" = "gossipsim: error: validate: --seed $1: $2" ]
    }
    one -1 '-1 is negative'
    one 9223372036854775808 '9223372036854775808 is too large for a count'
    one x '`x` is not a count; a count is a whole number, as in 1000, 10_000 or 1e6'
}

@test "--quick says which rows it leaves out" {
    run "$program" validate --quick --only 'n=1e6'
    [ "$status" -eq 2 ]
    [[ ${lines[0]} == *"no row has that in it but those that --quick leaves out" ]]
}

@test "what cannot be measured is exit 4" {
    [[ $program == */address* || $program == */thread* ]] && skip "sanitizers need the memory"
    run --separate-stderr bash -c "ulimit -v 150000; '$program' validate -j1 --only 'n=1e6'"
    [ "$status" -eq 4 ]
    [ -z "$output" ]
    [[ $stderr == "gossipsim: error: "*memory* ]]
}

@test "mistakes are exit 2" {
    local options
    for options in "--csv --json" "one" "--nope" "-j -1" "--seed -1"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$program" validate --quick --only 'direct mail, n=' $options
        echo "$options: $status $stderr"
        [ "$status" -eq 2 ]
        [ -z "$output" ]
        [[ $stderr == "gossipsim: error: "* ]]
    done
}
