#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ways of choosing partners that need something of the rest of the scenario are refused without it,
# and groups that partners are picked by are part of what a run depends on.

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

bats_require_minimum_version 1.5.0

# Writes the scenario of a model's parameters, and of further lines.
scenario() { # PARAMETERS LINE...
    printf 'gossipsim: 1\nnodes: 10\nstrategies: {a: {rumor-mongering: {%s}}}\n' "$1" >a.yaml
    shift
    printf '%s\n' "$@" >>a.yaml
}

refused() { # MESSAGE PARAMETERS LINE...
    scenario "${@:2}"
    run --separate-stderr "$program" check a.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"$1"* ]]
}

@test "a way of choosing partners is refused where it has no effect or no meaning" {
    refused 'there are no `groups` of which one' 'own_group: 80%'
    refused 'a share lies in 0..1' 'own_group: 120%' 'groups: {a: 50%, b: 50%}'
    refused '`own_group` has an effect only with `partner: random`' \
        'own_group: 80%, partner: shuffled' 'groups: {a: 50%, b: 50%}'
    refused 'the same between all nodes' 'partner: latency'
    refused 'network.latency_per: pair' 'partner: latency' \
        'network: {latency: {exponential: {mean: 10ms}}, latency_per: message}'
    refused 'under `timing: rounds`' 'partner: latency, interval: 1s' 'timing: {rounds: 1s}'
    refused '`latency_choices` has an effect only with' 'latency_choices: 3' \
        'network: {latency: {exponential: {mean: 10ms}}}'
    refused 'outside 2..64' 'partner: {latency: {choices: 1}}' \
        'network: {latency: {exponential: {mean: 10ms}}}'
    refused 'is none of' 'partner: weighted'
}

@test "each way runs, also with a fan-out and where peers are neighbours" {
    for way in 'own_group: 80%' 'own_group: any' 'partner: latency' \
        'partner: {latency: {choices: 5}}' 'partner: shuffled' 'partner: spatial'; do
        for world in 'peers: alive' 'topology: ring' 'store: {replicas: 3, shards: 8}'; do
            scenario "$way, fanout: 2" "$world" 'groups: {a: 50%, b: 50%}' \
                'network: {latency: {exponential: {mean: 10ms}}}' 'replications: 2'
            run --separate-stderr "$program" run a.yaml -q -o a.db
            rm -f a.db
            [ "$status" -eq 0 ]
        done
    done
}

@test "a run depends on the groups if partners are picked by them, and else not" {
    for case in 'own_group: 80%:2' 'fanout: 1:1'; do
        rm -f a.db
        for groups in '{a: 50%, b: 50%}' '{a: 30%, b: 70%}'; do
            scenario "${case%:*}" "groups: $groups" 'replications: 2'
            "$program" run a.yaml -q -o a.db >table
        done
        hashes=$(for study in 1 2; do
            "$program" export a.db points --csv --study $study | tail -n 1 | cut -d, -f3
        done | sort -u)
        [ "$(wc -l <<<"$hashes")" -eq "${case##*:}" ]
    done
}
