#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The frame of the program: verbs, help and version; a mistyped verb gets a suggestion; output
# that is lost is never silent.

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

@test "without a verb the help goes to standard error, exit 2" {
    run bash -c "'$program' 2>/dev/null"
    [ "$status" -eq 2 ] && [ -z "$output" ]
}

@test "--version" {
    run "$program" --version
    [ "$status" -eq 0 ]
    [[ $output =~ ^gossipsim\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "an unknown verb: the nearest is suggested, exit 2" {
    run "$program" exprot
    [ "$status" -eq 2 ]
    [ "$output" = "gossipsim: error: 'exprot' is no command; did you mean 'export'?" ]
    run "$program" help frobnicate
    [ "$status" -eq 2 ]
    [ "$output" = "gossipsim: error: 'frobnicate' is no command; 'gossipsim help' lists them" ]
    run "$program" --frobnicate
    [ "$status" -eq 2 ] && [ "${#lines[@]}" -eq 1 ]
}

@test "lost output is an error: full disk, closed pipe, closed stream" {
    for broken in '>/dev/full' '>&-' '| :'; do
        run bash -c "set -o pipefail; { sleep 0.1; '$program' help 2>/dev/null; } $broken"
        [ "$status" -eq 3 ]
    done
    run bash -c "'$program' help 2>&1 >/dev/full"
    [ "$status" -eq 3 ]
    [ "$output" = 'gossipsim: error: cannot write to standard output: No space left on device' ]
}

@test "closed streams do not end up in files" {
    cd "$BATS_TEST_TMPDIR"
    printf 'gossipsim: 1\nnodes: 10\nreplications: 2\nstrategies: {a: {anti-entropy: {}}}\n' >s.yaml
    run bash -c "'$program' run s.yaml -o s.db <&- >&- 2>&-"
    [ "$status" -eq 3 ]
    [ "$(sqlite3 s.db 'PRAGMA integrity_check; SELECT count(*) FROM run')" = $'ok\n2' ]
}
