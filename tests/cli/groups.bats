#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Metrics by group, of ages and over nodes: what asks for them, where their names may stand, and
# what is refused.

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

bats_require_minimum_version 1.5.0

# Writes a scenario of two groups with these lines.
scenario() { # LINE...
    printf '%s\n' 'gossipsim: 1' 'nodes: 30' 'replications: 3' 'groups: {eu: 10, us: 20}' \
        'strategies: {a: {rumor-mongering: {interval: 1s}}, b: {anti-entropy: {}}}' "$@" >a.yaml
}

refused() { # MESSAGE LINE...
    scenario "${@:2}"
    run --separate-stderr "$program" check a.yaml
    echo "$stderr"
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"$1"* ]]
}

@test "a metric of groups that means nothing is refused where it stands" {
    refused 'a.yaml:6:10: error: expect.1: there is no metric `t98`; did you mean `t90@eu`?' \
        'expect: [median(t98@eu) < 1s]'
    refused '`m` is not measured by group' 'expect: [mean(m@eu) < 1]'
    refused '`t99` is not measured between groups; `bytes` and `messages` are' \
        'expect: [median(t99@eu>us) < 1s]'
    refused '`t99@eux`: there is no group `eux`; did you mean `eu`?' \
        'expect: [median(t99@eux) < 1s]'
    refused '`bytes@eu>uss`: there is no group `uss`; did you mean `us`?' \
        'expect: [mean(bytes@eu>uss) < 1MB]'
    refused 'a group is missing in `bytes@`' 'expect: [mean(bytes@) < 1MB]'
    refused 'there is no NAME/node of groups' 'expect: [mean(bytes@eu/node) < 1MB]'
    scenario
    sed -i 's/^replications.*/replications: {until: {metric: t99@asia}}/' a.yaml
    run --separate-stderr "$program" check a.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *'a.yaml:3:'*'`t99@asia`: there is no group `asia`'* ]]
}

@test "metrics by group need groups, and not too many" {
    scenario 'record: {groups: true}'
    sed -i /^groups:/d a.yaml
    run --separate-stderr "$program" check a.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *'record.groups: has nothing to tell apart: the scenario has no `groups`'* ]]

    scenario 'expect: [mean(bytes@eu) < 1MB]'
    sed -i /^groups:/d a.yaml
    run --separate-stderr "$program" check a.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *'`bytes@eu` is of a group, and the scenario has no `groups`'* ]]

    for count in 20 21; do
        scenario 'record: {groups: true}'
        sed -i "/^groups:/d; s/^nodes.*/nodes: $count/" a.yaml
        printf 'groups: {' >>a.yaml
        for i in $(seq $count); do printf 'g%d: 1, ' "$i"; done >>a.yaml
        printf '}\n' >>a.yaml
        run --separate-stderr "$program" run a.yaml -q -o $count.db
        [ "$status" -eq $((count > 20 ? 2 : 0)) ]
    done
    [[ "$stderr" == *'metrics by group are of at most 20 groups, and there are 21'* ]]
    "$program" export 20.db runs | head -1 | grep -q 'bytes@g20>g19'
}

@test "what expectations and until name is recorded, and nothing else" {
    scenario 'expect: ["mean(bytes@eu>us, b) < 1MB", "P(age_max@us > 1ms, b) > 1%"]'
    "$program" run a.yaml -q -o a.db
    "$program" export a.db scenario | grep -q '  groups: true'
    "$program" export a.db scenario | grep -q '  age: true'
    "$program" export a.db scenario | grep -q '  nodes: false'
    "$program" export a.db runs | head -1 >names
    grep -q 'age_mean,.*bytes@eu>us,.*load_p99@eu,.*t99@us' names
    ! grep -q 'load_p99,' names || false

    scenario 'expect: [mean(load_p99) < 1000]'
    "$program" run a.yaml -q -o b.db
    "$program" export b.db runs | head -1 >names
    grep -q 'bytes_rate_in,bytes_rate_max,bytes_rate_p99,.*load_p99,.*messages_rate_max' names
    ! grep -q '@\|age_' names || false

    scenario 'record: {every: 1s}'
    sed -i 's/^replications.*/replications: {min: 20, max: 20, until: {metric: t50@us}}/' a.yaml
    "$program" run a.yaml -q -o c.db
    "$program" export c.db runs | head -1 | grep -q 't50@us'

    scenario 'record: {every: 1s}'
    "$program" run a.yaml -q -o d.db
    "$program" export d.db runs | head -1 >names
    ! grep -q '@\|age_\|load_p99' names || false
}

@test "a renamed group is another run where metrics have its name, and else the same" {
    scenario 'record: {groups: true}'
    "$program" run a.yaml -q -o a.db
    sed -i 's/eu: 10/europe: 10/' a.yaml
    "$program" run a.yaml -q -o a.db
    [ "$(sqlite3 a.db 'SELECT count(*) FROM run')" -eq 12 ]
    sed -i 's/groups: true/groups: false/' a.yaml
    "$program" run a.yaml -q -o b.db
    sed -i 's/europe: 10/eu: 10/' a.yaml
    "$program" run a.yaml -q -o b.db
    [ "$(sqlite3 b.db 'SELECT count(*) FROM run')" -eq 6 ]
}

@test "their names work where those of metrics do, and a wrong one is told the nearest" {
    scenario 'record: {groups: true}' 'sweep: {axes: {network.loss: [0, 10%]}}'
    "$program" run a.yaml -q -o a.db
    "$program" report a.db --metric 'bytes@eu>us' --metric t99@us |
        grep -q 'Of the nodes of group `us`'
    "$program" compare a.db --metric 'bytes@eu>us' --fail-if 'ratio(bytes@eu>us, b) > 1000'
    "$program" plot a.db --kind sweep --metric 'bytes@eu>us' -o a.svg
    grep -q 'bytes sent, eu to us' a.svg
    for command in report compare 'plot -o b.svg --kind sweep'; do
        run --separate-stderr "$program" $command a.db --metric t99@uss
        [ "$status" -ne 0 ]
        [[ "$stderr" == *"no run has the metric 't99@uss'; did you mean 't99@us'?"* ]]
    done
    scenario
    "$program" run a.yaml -q -o b.db
    run --separate-stderr "$program" report b.db --metric t99@us
    [ "$status" -ne 0 ]
    [[ "$stderr" == *'metrics by group are recorded with `record: {groups: true}`'* ]]
}

@test "help lists what there is by group" {
    "$program" help metrics | grep -q 'NAME@GROUP>OTHER'
    "$program" help metrics | tr '\n' ' ' | grep -q 't99 t999 t_all .* age_mean age_p99'
}

@test "what does not exist is told at once, be it a node or a group" {
    cat >a.yaml <<'YAML'
gossipsim: 1
nodes: 20
groups: {eu: 50%, us: 50%}
strategies: {p: {rumor-mongering: {}}}
faults:
  - {at: 1s, crash: {node: 100}}
  - {at: 3s, crash: slow}
YAML
    run --separate-stderr "$program" check a.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *'a.yaml:6:21: error: faults.1.crash: node 100 does not exist'* ]]
    [[ "$stderr" == *'a.yaml:7:21: error: faults.2.crash: there is no group `slow`: '* ]]
    [[ "$stderr" == *'the groups are `eu`, `us`; also possible: `all`, `20%`'* ]]
}
