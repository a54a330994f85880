#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ways of choosing partners that need something of the rest of the scenario are refused without it;
# groups that partners are picked by, and peers of a strategy, are part of what a run depends on.

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
    refused '`own_group` has an effect only with a `partner` other than `round-robin`' \
        'own_group: 80%, partner: round-robin' 'groups: {a: 50%, b: 50%}'
    refused 'the same between all nodes' 'partner: latency'
    refused 'network.latency_per: pair' 'partner: latency' \
        'network: {latency: {exponential: {mean: 10ms}}, latency_per: message}'
    refused 'under `timing: rounds`' 'partner: latency, interval: 1s' 'timing: {rounds: 1s}'
    refused '`latency_choices` has an effect only with' 'latency_choices: 3' \
        'network: {latency: {exponential: {mean: 10ms}}}'
    refused 'outside 2..64' 'partner: {latency: {choices: 1}}' \
        'network: {latency: {exponential: {mean: 10ms}}}'
    refused 'is none of' 'partner: heavy'
}

@test "weights are refused with their place where they are none, or not those of all nodes" {
    printf '1\n2\n-3\n' >negative.csv
    printf '1\n2\n3\n' >short.csv
    printf '0,1\n1,1\n3,1\n' >gap.csv
    printf '0\n%.0s' {1..10} >zero.csv
    refused 'weighted by what?' 'partner: weighted'
    refused 'a.yaml:3:' 'partner: weighted'
    refused 'weights were expected' 'partner: {weights: 3}'
    refused 'weights were expected' 'partner: {weights: }'
    refused 'negative.csv:3:1: error: a weight is at least 0' \
        'partner: {weights: {file: negative.csv}}'
    refused 'no weight of node 3, of 10 nodes' 'partner: {weights: {file: short.csv}}'
    refused 'no weight of node 2, of 10 nodes' 'partner: {weights: {file: gap.csv}}'
    refused 'no node weighs anything' 'partner: {weights: {file: zero.csv}}'
    refused 'absent.csv' 'partner: {weights: {file: absent.csv}}'
    refused 'did you mean `column`?' 'partner: {weights: {file: short.csv, colum: 1}}'
    refused 'no column `stake`' 'partner: {weights: {file: short.csv, column: stake}}'
    refused 'outside 0..1e15' 'partner: {weights: {file: short.csv, other: -1}}'
    refused 'there are no `groups` to weigh' 'partner: {weights: {a: 1}}'
    refused 'there is no group `c`' 'partner: {weights: {a: 1, b: 1, c: 1}}' \
        'groups: {a: 50%, b: 50%}'
    refused 'the group `b` has no weight' 'partner: {weights: {a: 1}}' 'groups: {a: 50%, b: 50%}'
    refused 'no node weighs anything' 'partner: {weights: {a: 0, b: 0}}' 'groups: {a: 50%, b: 50%}'
    refused 'outside 0..1e15' 'partner: {weights: {a: -1, b: 1}}' 'groups: {a: 50%, b: 50%}'
    refused 'is not a number' 'partner: {weights: {a: 50%, b: 1}}' 'groups: {a: 50%, b: 50%}'
}

# The hash of the strategy in a.db.
stack_hash() {
    sqlite3 "file:$1?mode=ro" 'SELECT hash FROM strategy'
}

@test "a completed scenario has the weights, and a strategy is known by what is in their file" {
    printf 'name,stake\na,1\nb,2\nc,3\n' >one.csv
    printf '0,1\n1,2\n2,3\n' >two.csv
    printf '1\n2\n4\n' >three.csv
    scenario 'partner: {weights: {file: one.csv, column: stake, other: 0.5}}' 'replications: 2'
    "$program" check --full a.yaml >full.yaml
    grep -q 'partner: {weights: {file: one.csv, column: stake, other: 0.5}}' full.yaml
    "$program" check --full full.yaml >again.yaml
    cmp full.yaml again.yaml
    for file in one two three; do
        column=$([ $file = one ] && echo ', column: stake' || true)
        scenario "partner: {weights: {file: $file.csv$column, other: 0.5}}" 'replications: 2'
        "$program" run a.yaml -q -o $file.db >$file.txt
    done
    [ "$(stack_hash one.db)" = "$(stack_hash two.db)" ]
    [ "$(stack_hash one.db)" != "$(stack_hash three.db)" ]
    cmp one.txt two.txt
    run ! cmp -s one.txt three.txt
}

@test "an axis may go over weights" {
    scenario 'partner: {weights: {a: 1, b: 1}}' 'groups: {a: 50%, b: 50%}' 'replications: 2' \
        'sweep: {axes: {strategies.a.rumor-mongering.partner.weights.b: [0, 5]}}'
    "$program" run a.yaml -q -o a.db >table
    [ "$(grep -c '^ *[05] ' table)" -eq 2 ]
}

@test "each way runs, also with a fan-out and where peers are neighbours" {
    for way in 'own_group: 80%' 'own_group: any' 'partner: latency' \
        'partner: {latency: {choices: 5}}' 'partner: shuffled' 'partner: spatial' \
        'partner: {weights: {a: 3, b: 1}}' 'partner: {weights: {a: 0, other: 1}}, own_group: 50%' \
        'partner: shuffled, own_group: 50%' 'partner: nearest, own_group: 50%' \
        'partner: spatial, own_group: 50%' 'partner: latency, own_group: 50%'; do
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
    for case in 'own_group: 80%:2' 'partner: {weights: {a: 3, b: 1}}:2' 'fanout: 1:1'; do
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

@test "who keeps to its own group keeps to it, also when it has called all of it" {
    for way in 'partner: random' 'partner: {weights: {a: 1, b: 1}}'; do
        scenario "$way, own_group: 100%, fanout: 3" 'groups: {a: 3, b: 7}' 'replications: 5' \
            'stop: {at: 60s}'
        "$program" run a.yaml -q -o a.db >table
        converged=$("$program" report a.db --metric residue --csv | tail -n 1 | cut -d, -f5)
        [ "$converged" -eq 0 ]
        rm a.db
    done
}

@test "peers of a strategy are as those of the scenario" {
    local stack='cyclon: {}, rumor-mongering: {}'
    printf 'gossipsim: 1\nname: n\nnodes: 50\nreplications: 3\nmembers: {seeds: 5}\n' >common
    (cat common; printf 'peers: cyclon\nstrategies: {a: {%s}}\n' "$stack") >all.yaml
    (cat common; printf 'strategies: {b: {flood: {}}, a: {peers: cyclon, %s}}\n' "$stack") >own.yaml
    "$program" run -q -o all.db all.yaml >out
    "$program" run -q -o own.db own.yaml >out
    for file in all own; do
        sqlite3 $file.db "SELECT replication, fingerprint, run.events FROM run
                          JOIN run_summary USING (run_id, replication)
                          WHERE strategy = 'a' ORDER BY replication" >$file
    done
    [ "$(wc -l <all)" -eq 3 ]
    diff all own
}
