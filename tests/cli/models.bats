#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `gossipsim models` lists the models of the build and prints each one's manual from its tables.

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    root=$(pwd)
    cd "$BATS_TEST_TMPDIR"
}

bats_require_minimum_version 1.5.0

@test "every model of the folder is listed with its summary" {
    run --separate-stderr "$program" models
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    for file in $(grep -ls '^const struct model model_' "$root"/models/*.c); do
        name=$(basename "$file" .c | tr _ -)
        grep -qE "^  $name +[a-z]" <<< "$output"
    done
}

@test "a manual has source, parameters with default and values, and metrics" {
    run --separate-stderr "$program" models anti-entropy
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == "anti-entropy - "* ]]
    [[ "${lines[1]}" == "source: Demers et al."* ]]
    grep -qE '^  interval +10s +1us\.\.365d +[a-z]' <<< "$output"
    grep -qE '^  mode +push-pull +push\|pull\|push-pull +[a-z]' <<< "$output"
    [[ "$output" == *"  anti-entropy.exchanges"* ]]
}

@test "an unknown model suggests the nearest" {
    run --separate-stderr "$program" models anti-entrpy
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [ "$stderr" = "gossipsim: error: 'anti-entrpy' is not a model; did you mean 'anti-entropy'?" ]
    run --separate-stderr "$program" models $'\e[31mx'
    [ "$status" -eq 2 ]
    [ "$stderr" = "gossipsim: error: '\\x1b[31mx' is not a model; 'gossipsim models' lists them" ]
    run --separate-stderr "$program" models a b
    [ "$status" -eq 2 ]
}

@test "a model's presets are listed with their values and sources" {
    run --separate-stderr "$program" models swim
    [ "$status" -eq 0 ]
    [[ "$output" == *"  preset              memberlist-lan  one of those below "* ]]
    [[ "$output" == *$'\n  memberlist-lan    the defaults\n'*'(hashicorp/memberlist'* ]]
    [[ "$output" == *$'\n  serf-lan          reconnect_interval: 30s\n'* ]]
    run --separate-stderr "$program" models swim --json
    [[ "$output" == *'"presets": [{"name": "paper", "values": "interval: 2s, '* ]]
    [[ $output == *'{"name": "consul-lan", "values": "reconnect_interval: 30s"'* ]]
}

@test "models as JSON" {
    run --separate-stderr "$program" models --json
    [ "$status" -eq 0 ]
    count=$(grep -ls '^const struct model model_' "$root"/models/*.c ${OUTSIDE:+"$OUTSIDE"/*.c} |
        wc -l)
    [ "$(grep -c '{"name": "[a-z-]*", "summary": "' <<< "$output")" -eq "$count" ]
    run --separate-stderr "$program" models anti-entropy --json
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == '[{"name": "anti-entropy", "summary": "'*']}]' ]]
    [[ "$output" == *'{"name": "mode", "type": "choice", "default": "push-pull", "words": '* ]]
    [[ "$output" == *'"words": ["push", "pull", "push-pull"], "help": '* ]]
    [[ "$output" == *'{"name": "interval", "type": "interval", "default": "10s", '* ]]
    [[ "$output" == *'"range": "1us..365d", "help": '* ]]
    [[ "$output" == *'"metrics": [{"name": "anti-entropy.exchanges", '* ]]
}

@test "a preset comes before what is given beside it, wherever it is written" {
    scenario=$(printf 'gossipsim: 1\nnodes: 10\nstrategies: {%s, %s}\nstop: {at: 10s}\n' \
        'a: {swim: {helpers: 2, preset: memberlist-wan}}' \
        'b: {swim: {preset: memberlist-wan, helpers: 2}}')
    run --separate-stderr "$program" check - --full <<<"$scenario"
    [ "$status" -eq 0 ]
    same='swim: {preset: memberlist-wan, interval: 5s, timeout: 3s, helpers: 2, '
    [ "$(grep -c "$same" <<<"$output")" -eq 2 ]
    [ "$("$program" check - --full <<<"$output")" = "$output" ]
    run --separate-stderr "$program" check - <<<"${scenario//memberlist-wan/memberlist-vlan}"
    [ "$status" -eq 2 ]
    [[ "$stderr" == *'`memberlist-vlan` is none of paper, memberlist-lan, '* ]]
    [[ "$stderr" == *'did you mean `memberlist-lan`?'* ]]
}

@test "a completed scenario names what is set back to the default after a preset" {
    scenario=$(printf 'gossipsim: 1\nnodes: 10\nstrategies: {%s, %s}\nstop: {at: 10s}\n' \
        'a: {direct-mail: {preset: cassandra-hints, hint_window: 0s}}' \
        'b: {direct-mail: {}}')
    run --separate-stderr "$program" check - --full <<<"$scenario"
    [ "$status" -eq 0 ]
    [[ "$output" == *'{preset: cassandra-hints, '*' hint_window: 0s, replay_rate: 1MiB}'* ]]
    [[ "$output" == *'direct-mail: {acknowledge: true, '*' durable: false}'* ]]
    [ "$("$program" check - --full <<<"$output")" = "$output" ]
}

@test "who left and came back is in all views again, watched or not" {
    cat >back.yaml <<'YAML'
gossipsim: 1
nodes: 40
replications: 3
workload: {updates: 0}
churn: {session: {exponential: {mean: 60s}}, downtime: {exponential: {mean: 5s}}, leave: graceful}
record: {overlay: {every: 60s}}
strategies: {few: {heartbeat: {preset: akka}}, all: {heartbeat: {}}}
stop: {at: 5min, when: never}
expect: ["mean(out_degree_mean, few) > 33", "mean(out_degree_mean, all) > 33"]
YAML
    "$program" run back.yaml -q -o back.db
}
