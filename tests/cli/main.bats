#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The frame of the program: verbs, help and version; a mistyped verb gets a suggestion; output
# that is lost is never silent, unless its reader left; wrong options are one clear line.

setup_file() { export ASAN_OPTIONS=detect_leaks=1; }

setup() { program=$(realpath "${GOSSIPSIM:-./gossipsim}"); }

@test "help lists the verbs, and each explains itself" {
    run "$program" help
    [ "$status" -eq 0 ]
    verbs=$(sed -n 's/^  \([a-z]*\)  .*/\1/p' <<<"$output")
    grep -qx run <<<"$verbs"
    for verb in $verbs; do
        run "$program" help "$verb"
        [ "$status" -eq 0 ]
        [[ $output == "gossipsim $verb - "*"usage: gossipsim $verb "* ]]
        [ "$output" = "$("$program" "$verb" --help)" ]
    done
}

@test "every example of the help works" {
    local root=$PWD examples
    cd "$BATS_TEST_TMPDIR"
    ln -s "$root/scenarios" scenarios
    gossipsim() { "$program" "$@"; }
    gossipsim run scenarios/first.yaml -q --replications 2 >table
    gossipsim run scenarios/sweep.yaml -q --replications 2 >table
    gossipsim run scenarios/growth.yaml -q --replications 2 --sweep nodes=50,100,200 >table
    gossipsim run scenarios/churn.yaml -q --replications 1 >table
    gossipsim run scenarios/theory.yaml -q --replications 1 >table || [ $? -eq 1 ]
    cp results/first.db before.db
    cp results/first.db after.db
    for verb in $("$program" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
        examples=$("$program" help "$verb" | sed -n '/^examples:$/,$p' | sed 1d)
        [ -n "$examples" ]
        while read -r line; do
            echo "$line"
            # These take long, and have tests of their own.
            [[ $verb =~ ^(validate|tune|fit)$ ]] && continue
            [[ $line == "gossipsim $verb"* ]]
            [ "${#line}" -le 98 ]
            [ "$verb" != run ] || line+=" -q"
            eval "$line" >out
        done <<<"$examples"
    done
}

@test "help metrics defines every metric" {
    run "$program" help metrics
    [ "$status" -eq 0 ]
    [[ $output == *"  t99 "*"99 % of the live replicas"*"  bytes_digest "* ]]
    run "$program" help metrics please
    [ "$status" -eq 2 ]
    [[ $output == *"one argument too many: 'please'"* ]]
}

@test "without a verb the help goes to standard error, exit 2" {
    run bash -c "'$program' 2>/dev/null"
    [ "$status" -eq 2 ]
    [ -z "$output" ]
}

@test "--version" {
    run "$program" --version
    [ "$status" -eq 0 ]
    [[ $output =~ ^gossipsim\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "an unknown verb: the nearest is suggested, exit 2" {
    run "$program" exprot
    [ "$status" -eq 2 ]
    [ "$output" = "gossipsim: error: 'exprot' is not a command; did you mean 'export'?" ]
    run "$program" help frobnicate
    [ "$status" -eq 2 ]
    [ "$output" = "gossipsim: error: 'frobnicate' is not a command; 'gossipsim help' lists them" ]
    run "$program" --frobnicate
    [ "$status" -eq 2 ]
    [ "${#lines[@]}" -eq 1 ]
}

@test "lost output is an error: full disk, closed pipe, closed stream" {
    for broken in '>/dev/full' '>&-' '| sleep 0'; do
        run bash -c "set -o pipefail; { sleep 0.1; '$program' help 2>/dev/null; } $broken"
        [ "$status" -eq 3 ]
    done
    run bash -c "'$program' help 2>&1 >/dev/full"
    [ "$status" -eq 3 ]
    [ "$output" = 'gossipsim: error: cannot write to standard output: No space left on device' ]
}

@test "a reader that has seen enough is no error to speak of" {
    cd "$BATS_TEST_TMPDIR"
    for what in help 'check --reference'; do # less and more than a pipe holds at once
        bash -c "{ sleep 0.1; '$program' $what 2>err; echo \$? >code; } | sleep 0"
        [ "$(cat code)" -eq 3 ]
        [ ! -s err ]
    done
}

@test "options: what is unknown, lacks its value, is given twice or is not a count" {
    one() { # ERROR ARGUMENTS...
        run "$program" "${@:2}"
        echo "$* -> $status $output"
        [ "$status" -eq 2 ]
        [ "${lines[0]}" = "gossipsim: error: $1" ]
        [[ ${lines[1]} == "usage: gossipsim $2 "* ]]
        [ "${#lines[@]}" -eq 2 ]
    }
    one "run: unknown option '--sed'; did you mean '--seed'?" run s.yaml --sed 3
    one "run: unknown option '--sed'; did you mean '--seed'?" run s.yaml --sed=3
    one "run: unknown option '--frobnicate'; 'gossipsim help run' lists them" run --frobnicate
    one "run: unknown option '-x'; 'gossipsim help run' lists them" run s.yaml -x
    one "export: unknown option '--helpp'; did you mean '--help'?" export --helpp
    one "run: --seed lacks its value, S" run s.yaml --seed
    one "run: --output lacks its value, FILE" run s.yaml -qo
    one "run: --output is given twice" run s.yaml -o a --output b
    one "run: --quiet takes no value" run s.yaml --quiet=yes
    one "report: --study '0': expected a whole number from 1" report x.db --study 0
    one "report: --study '-1': expected a whole number from 1" report x.db --study=-1
    for count in 0 -1 0x 0x10 010 1e3 '' 99999999999999999999; do
        one "run: --threads '$count': expected a whole number from 1" run s.yaml -j "$count"
    done
    run "$program" run s.yaml -j 1025
    [ "$status" -eq 2 ]
    [ "$output" = 'gossipsim: error: -j 1025: expected 1 to 1024 threads' ]
}

@test "after -- everything is an argument" {
    run "$program" report -- --study
    [ "$status" -eq 3 ]
    [ "$output" = "gossipsim: error: cannot open '--study': No such file or directory" ]
}

@test "closed streams do not end up in files" {
    cd "$BATS_TEST_TMPDIR"
    printf 'gossipsim: 1\nnodes: 10\nreplications: 2\nstrategies: {a: {anti-entropy: {}}}\n' >s.yaml
    run bash -c "'$program' run s.yaml -o s.db <&- >&- 2>&-"
    [ "$status" -eq 3 ]
    [ "$(sqlite3 s.db 'PRAGMA integrity_check; SELECT count(*) FROM run')" = $'ok\n2' ]
}
