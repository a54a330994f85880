#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A limit of a message is a count of entries or a size; what is neither, or has no effect, is
# refused where it stands.  It can be swept, and is written as it was read.

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

bats_require_minimum_version 1.5.0

# Writes the scenario of a model and its parameters, and of further lines.
scenario() { # MODEL PARAMETERS LINE...
    printf 'gossipsim: 1\nnodes: 10\nstrategies:\n  a: {%s: {%s}}\n' "$1" "$2" >a.yaml
    shift 2
    printf '%s\n' "$@" >>a.yaml
}

refused() { # MESSAGE MODEL PARAMETERS LINE...
    scenario "${@:2}"
    run --separate-stderr "$program" check a.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"$1"* ]]
}

@test "a limit that is neither a count nor a size is refused at its place" {
    for model in anti-entropy rumor-mongering ring-repair; do
        place="a.yaml:4:$((17 + ${#model})): error: strategies.a.$model.limit: "
        refused "$place"'`1400b` is neither' $model 'limit: 1400b'
        refused 'is neither a count, as in 100, nor a size, as in 1400B or 64kB' $model 'limit: 10%'
        refused '0B is too little: the least size is 1B' $model 'limit: 0B'
        refused '2GB is outside 0..1000000 and 1B..1GB' $model 'limit: 2GB'
        refused '2e6 is outside 0..1000000 and 1B..1GB' $model 'limit: 2e6'
        refused '-1 is negative' $model 'limit: -1'
        refused '`largest` is none of oldest, newest, random' $model 'limit: 1kB, first: largest'
        refused '`first` has an effect only with `limit`' $model 'first: newest'
    done
}

@test "a limit that could not be kept is refused, be it a count or a size" {
    for limit in 8 1kB; do
        for compare in full checksum recent peel-back; do
            refused '`limit` has an effect only with `compare: digest` or `merkle`' \
                anti-entropy "limit: $limit, compare: $compare"
        done
        refused 'with `stop: never` some would never go' \
            rumor-mongering "limit: $limit, stop: never"
        refused 'is not supported with blind contacts' \
            rumor-mongering "limit: $limit, feedback: false"
        refused '`first: fewest-sent` needs `stop: transmissions`' \
            rumor-mongering "limit: $limit, first: fewest-sent"
    done
}

@test "counts and sizes are written as they were read, and are values of one axis" {
    scenario anti-entropy 'limit: 64kB' 'workload: {updates: 50, size: 1kB}' 'replications: 2'
    "$program" check --full a.yaml >full.yaml
    grep -q 'limit: 64kB' full.yaml
    "$program" check --full full.yaml | cmp - full.yaml
    run --separate-stderr "$program" run a.yaml -q -o a.db \
        --sweep strategies.a.anti-entropy.limit=0,5,5kB,50kB
    [ "$status" -eq 0 ]
    times=$("$program" export a.db runs --json | sed -nE 's/.*"t_all": *([0-9.]+).*/\1/p')
    # by point, two runs each: all at once, five, as many in bytes, all at once
    [ "$(sed -n 3,4p <<<"$times")" = "$(sed -n 5,6p <<<"$times")" ]
    [ "$(sed -n 1,2p <<<"$times")" = "$(sed -n 7,8p <<<"$times")" ]
    [ "$(sed -n 1,2p <<<"$times")" != "$(sed -n 3,4p <<<"$times")" ]
}

@test "in an axis of counts and sizes 100 entries are not 100 bytes" {
    scenario anti-entropy 'limit: 5' 'workload: {updates: 5}' 'replications: 1'
    "$program" run a.yaml -q -o a.db --sweep anti-entropy.limit=100,200B,100B,2kB
    [ "$(sqlite3 a.db 'SELECT group_concat(text || coalesce(number, "")) FROM param')" = \
        '100,200B,100B,2kB' ]
    "$program" run a.yaml -q -o b.db --sweep anti-entropy.limit=200B,100B
    [ "$(sqlite3 b.db 'SELECT group_concat(number || unit) FROM param')" = '200.0B,100.0B' ]
}
