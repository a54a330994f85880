#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check shows how large the messages of each strategy are, against the MTU; models that pack fill
# it; where runs are too large to try them it says nothing of that.

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >a.yaml <<'YAML'
gossipsim: 1
nodes: 50
workload: {updates: 40, size: 1kB, origin: {node: 0}}
strategies:
  all: {anti-entropy: {mode: push}}
  some: {anti-entropy: {mode: push, limit: 1400B}}
  reliable: {anti-entropy: {mode: push, transport: connection}}
YAML
}

bats_require_minimum_version 1.5.0

# The row of a strategy's kind of message: mean, largest and verdict.
row() { # STRATEGY KIND
    sed -nE "s/^$1 +anti-entropy $2 +[^ ]+ +//p" <<<"$output"
}

@test "check shows the mean and largest message of each kind, and what exceeds the MTU" {
    run "$program" check a.yaml
    [ "$status" -eq 0 ]
    [[ $output == *'what a run sends first, headers apart; the MTU is 1400B:'* ]]
    [[ $(row all entries) == *'40.0kB '*' do not fit' ]]
    [[ $(row some entries) =~ ^1.00kB\ +1.00kB\ +fit$ ]]
    [[ $(row some want) =~ ^[0-9]+B\ +640B\ +fit$ ]]
    [[ $(row reliable entries) == *' 40.0kB '*' a connection' ]]
    run "$program" check a.yaml --set network.mtu=64kB --set network.header=0B
    [[ $output == *'the MTU is 64kB:'* ]]
    [[ $(row all entries) == *' fit' ]]
    [[ $output != *'do not fit'* ]]
}

@test "the same as JSON" {
    "$program" check a.yaml --json --set nodes=20 | python3 -c '
import json, sys
messages = json.load(sys.stdin)["messages"]
assert messages["mtu"] == 1400, messages
for kind in messages["kinds"]:
    assert kind["model"] == "anti-entropy" and kind["messages"] > 0
    assert kind["bytes_mean"] <= kind["bytes_max"], kind
    assert kind["datagrams"] == (kind["strategy"] != "reliable"), kind
    assert (kind["above_mtu"] > 0) == (kind["datagrams"] and kind["bytes_max"] > 1400), kind
assert {k["message"] for k in messages["kinds"]} == {"digest", "want", "entries"}, messages'
}

@test "what is shown is the same each time, and not there where runs are too large" {
    "$program" check a.yaml --json | sed -n '/"messages": {/,/]}/p' >once
    "$program" check a.yaml --json | sed -n '/"messages": {/,/]}/p' | cmp - once
    run "$program" check a.yaml --set nodes=5e6
    [ "$status" -eq 0 ]
    [[ $output != *'the MTU is'* ]]
}

@test "a datagram's size is refused where it is none, and swim packs by it" {
    for mtu in 255B:outside 65508B:outside 1400:'lacks a unit' none:'is not a quantity'; do
        run --separate-stderr "$program" check a.yaml --set network.mtu="${mtu%%:*}"
        [ "$status" -eq 2 ]
        [[ $stderr == *"network.mtu"*"${mtu#*:}"* ]]
    done
    cat >swim.yaml <<'YAML'
gossipsim: 1
nodes: 100
workload: {updates: 0}
strategies: {swim: {swim: {compression: false}}}
faults: [{at: 1s, crash: 50%}]
stop: {at: 10s}
YAML
    for mtu in 256 1400; do
        "$program" check swim.yaml --json --set network.mtu="${mtu}B" | python3 -c "
import json, sys
kinds = json.load(sys.stdin)['messages']['kinds']
largest = max(k['bytes_max'] for k in kinds if k['datagrams'])
assert $mtu - 53 <= largest <= $mtu, kinds
assert all(not k['datagrams'] for k in kinds if 'push-pull' in k['message']), kinds"
    done
}
