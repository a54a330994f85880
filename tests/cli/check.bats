#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `gossipsim check` tells every error of a scenario with line, column, caret and suggestion, and
# prints the plan of a good one.  No input makes it crash, hang or allocate without bound.

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    root=$(pwd)
    cd "$BATS_TEST_TMPDIR"
}

good() {
    cat > "${1:-good.yaml}" <<'YAML'
gossipsim: 1
nodes: 100
replications: 4
strategies:
  push: {rumor-mongering: {mode: push}}
  pull: {anti-entropy: {mode: pull, interval: 1s}}
stop: {at: 1min}
YAML
}

check() {
    run --separate-stderr timeout 20 "$program" check "$@"
}

# Standard error is exactly the text on standard input, and the exit code is $1.
fails() {
    diff <(cat) <(printf '%s\n' "$stderr") >&2
    [ -z "$output" ]
    [ "$status" -eq "$1" ]
}

bats_require_minimum_version 1.5.0

@test "all errors come in one pass, each with its place" {
    cp "$root/tests/fixtures/bad.yaml" .
    check bad.yaml
    fails 2 < "$root/tests/fixtures/bad.txt"
}

@test "at most twenty errors are told, the rest is counted" {
    good many.yaml
    for i in {1..25}; do echo "wrong$i: 1"; done >> many.yaml
    check many.yaml
    [ "$status" -eq 2 ]
    [ "$(grep -c 'unknown key' <<< "$stderr")" -eq 20 ]
    [ "$(tail -1 <<< "$stderr")" = "gossipsim: error: and 5 more" ]
}

@test "a missing version line is told with its fix" {
    good
    sed -i 1d good.yaml
    check good.yaml
    fails 2 <<'TEXT'
good.yaml:1:1: error: `gossipsim: 1` is missing; write it as the first line
    nodes: 100
    ^
TEXT
}

@test "errors of options name the option" {
    good
    check good.yaml --set network.los=5%
    fails 2 <<< 'gossipsim: error: --set network.los=5%: unknown key; did you mean `loss`?'
    check good.yaml --sweep nodes=10,0
    fails 2 <<< 'gossipsim: error: --sweep nodes=10,0: 0 is outside 1..1073741824
gossipsim: error: at the point nodes=0 of the sweep'
    check good.yaml --only psh
    fails 2 <<< 'gossipsim: error: --only psh: there is no such strategy; did you mean `push`?'
    check good.yaml --set nodes
    [ "$status" -eq 2 ]
}

@test "files that cannot be a scenario are one line each" {
    check nowhere.yaml
    fails 3 <<< 'gossipsim: error: cannot read nowhere.yaml: No such file or directory'
    check .
    fails 3 <<< 'gossipsim: error: cannot read .: it is a directory'
    mkfifo fifo
    check fifo
    fails 3 <<'TEXT'
gossipsim: error: cannot read fifo: it is a pipe; `-` reads standard input, as in - <PIPE
TEXT
    check /dev/null
    fails 3 <<< 'gossipsim: error: cannot read /dev/null: it is not a regular file'
    check /dev/zero
    fails 3 <<< 'gossipsim: error: cannot read /dev/zero: it is not a regular file'
    truncate -s 1G big.yaml
    check big.yaml
    fails 3 <<< 'gossipsim: error: cannot read big.yaml: it has 1073741824 bytes, more than 16 MiB'
    [ "$(id -u)" -eq 0 ] && return
    good
    chmod 000 good.yaml
    check good.yaml
    fails 3 <<< 'gossipsim: error: cannot read good.yaml: Permission denied'
}

@test "texts that are no scenario are refused at their place" {
    : > empty.yaml
    check empty.yaml
    fails 2 <<< 'empty.yaml:1:1: error: the file is empty; a scenario starts with `gossipsim: 1`'
    printf 'nodes: 5\xff\n' > utf8.yaml
    check utf8.yaml
    fails 2 <<'TEXT'
utf8.yaml:1:9: error: not valid UTF-8; save the file in that encoding
    nodes: 5?
            ^
TEXT
    printf 'nodes: 5\0\n' > nul.yaml
    check nul.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == nul.yaml:1:9:\ error:\ a\ NUL\ byte* ]]
    printf 'nodes: "\e[31m"\n' > control.yaml
    check control.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == control.yaml:1:9:\ error:\ a\ control\ character* ]]
    [[ "$stderr" != *$'\e'* ]]
}

@test "bombs end at once" {
    { echo 'a: &a [x,x,x,x,x,x,x,x,x,x]'
      last=a
      for i in b c d e f g h i; do
          echo "$i: &$i [*$last,*$last,*$last,*$last,*$last,*$last,*$last,*$last,*$last,*$last]"
          last=$i
      done; } > aliases.yaml
    check aliases.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"aliases make more than 250000 values"* ]]
    printf 'a: &a [*a]\n' > cycle.yaml
    check cycle.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *'`*a` contains itself'* ]]
    { printf 'a: '; head -c 200000 /dev/zero | tr '\0' '['; } > deep.yaml
    check deep.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"nested more than 32 deep"* ]]
    { printf 'a: ['; head -c 2000000 /dev/zero | sed 's/\x00/1,/g'; echo ']'; } > long.yaml
    check long.yaml
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"more than 250000 values"* ]]
}

@test "absurd values are refused" {
    good
    for value in nodes=1e99 nodes=-5 nodes=nan nodes=inf nodes=0x10 nodes=1.5 seed=1e30 \
        stop.at=-1s stop.at=1e30d network.loss=2 network.loss=nan network.latency=-40ms \
        workload.updates=1e18 workload.size=1e18GB record.every=0s replications=1e12 \
        stop.events=0 churn.session=0s; do
        check good.yaml --set "$value"
        [ "$status" -eq 2 ]
        [[ "$stderr" == "gossipsim: error: --set $value: "* ]]
    done
}

@test "what the machine cannot hold is refused with the figure" {
    good
    check good.yaml --set nodes=1e9 --set workload.updates=1e6
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"a run of 'push' needs about "*B\ of\ memory\;\ *\ are\ available* ]]
}

@test "the plan counts points, strategies, replications, runs and nodes" {
    good
    check good.yaml
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "${lines[0]}" = "good: 1 point x 2 strategies x 4 replications = 8 runs of 100 nodes" ]
    [[ "${lines[4]}" == about*events,*of\ memory\ on*estimate* ]]
    check good.yaml --sweep nodes=10,20,40 --only push --replications 1
    [ "${lines[0]}" = "good: 3 points x 1 strategy x 1 replication = 3 runs of 10 to 40 nodes" ]
}

@test "the plan as JSON" {
    good
    check good.yaml --json --sweep network.loss=0,5%
    [ "$status" -eq 0 ]
    [[ "$output" == '{"name": "good", "points": 2, "replications_min": 4,'* ]]
    [[ "$output" == *'"runs": 16, "nodes_min": 100, "nodes_max": 100, "seed": 1,'* ]]
    grep -qE '"events": [1-9][0-9]*, "seconds": [0-9.e-]+, "memory_bytes": [1-9]' <<< "$output"
    [ "$(grep -cE '\{"strategy": "(push|pull)", "events": [1-9]' <<< "$output")" -eq 2 ]
}

@test "--full prints a scenario that is its own completion" {
    good
    check good.yaml --full --set network.loss=5%
    [ "$status" -eq 0 ]
    [[ "$output" == *"  loss: 0.05"* ]]
    [[ "$output" == *"  latency: 1ms"* ]]
    printf '%s\n' "$output" > full.yaml
    before=$output
    check full.yaml --full
    [ "$status" -eq 0 ]
    [ "$output" = "$before" ]
}

@test "the completed scenario runs the same where a sweep varies what a default follows" {
    cat > few.yaml <<'YAML'
gossipsim: 1
name: few
nodes: 10
replications: 2
workload: {size: 200B, arrival: {every: 1s}}
strategies: {pull: {anti-entropy: {mode: pull, interval: 1s}}}
stop: {at: 20s}
sweep: {axes: {workload.updates: [2, 7]}}
YAML
    check few.yaml --full
    [ "$status" -eq 0 ]
    printf '%s\n' "$output" > full.yaml
    for scenario in few full; do
        "$program" run "$scenario.yaml" -q -o "$scenario.db" > /dev/null
        "$program" export "$scenario.db" updates > "$scenario.csv"
    done
    [ "$(wc -l < few.csv)" -eq 19 ]
    diff few.csv full.csv
}

@test "what has no effect for want of another model in the stack is an error" {
    good
    check good.yaml --set strategies.push.rumor-mongering.revive=none
    [ "$status" -eq 2 ]
    [[ "$stderr" == *'`revive` has no effect without another model in the stack'* ]]
    sed -i 's/push: {/push: {anti-entropy: {}, /' good.yaml
    check good.yaml --set strategies.push.rumor-mongering.revive=none
    [ "$status" -eq 0 ]
    check good.yaml --set strategies.push.rumor-mongering.revive=mail
    [ "$status" -eq 2 ]
    [[ "$stderr" == *'`revive: mail` has no effect without direct-mail'* ]]
    sed -i 's/push: {/push: {direct-mail: {}, /' good.yaml
    check good.yaml --set strategies.push.rumor-mongering.revive=mail
    [ "$status" -eq 0 ]
}

@test "CRLF and a byte order mark do no harm" {
    good
    { printf '\xef\xbb\xbf'; sed 's/$/\r/' good.yaml; } > windows.yaml
    check windows.yaml --full
    [ "$status" -eq 0 ]
    [[ "$output" == *"nodes: 100"* ]]
}

@test "every shipped scenario is good" {
    for scenario in "$root"/scenarios/*.yaml; do
        check "$scenario"
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
    done
}

@test "the committed reference is the one that the tables print" {
    [ -z "${OUTSIDE-}" ] || skip "built with the models of another folder"
    check --reference
    [ "$status" -eq 0 ]
    diff "$root/docs/scenario-reference.md" <(printf '%s\n' "$output")
}

@test "the pilots of few nodes have faults, groups and replicas to their scale" {
    good large.yaml
    sed -i 's/^nodes: 100/nodes: 1e6/' large.yaml
    cat >> large.yaml <<'YAML'
groups: {seeds: 10, rest: 999_990}
store: {shards: 4, replicas: 5000}
workload: {updates: 10, origin: rest}
faults:
  - {at: 5s, crash: {count: 500_000}}
  - {at: 6s, recover: {all-but: 999_999}}
  - {at: 7s, wipe: seeds}
  - {at: 8s, crash: {node: 999_999}, for: 1s}
  - {at: 9s, partition: {groups: [[seeds], [rest]]}, for: 1s}
  - {at: 9s, partition: {shares: [0.001%, 99.999%]}, for: 1s}
  - {at: 9s, one_way: {from: {node: 999_999}, to: {count: 500_000}}}
  - {at: 9s, loss: {mean: 3%, of: seeds}}
YAML
    check large.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"of 1000000 nodes"* ]]
}

@test "without latency a run whose pilots are cut short needs no more memory" {
    cat >instant.yaml <<'YAML'
gossipsim: 1
nodes: 20000
strategies: {ae: {anti-entropy: {interval: 1ms}}}
network: {latency: 0s}
workload: {updates: 300, arrival: {every: 1s}}
stop: {at: 1h, when: never}
YAML
    check instant.yaml
    [ "$status" -eq 0 ]
    [[ $output =~ ae\ +[0-9]+G\ .*\ [0-9.]+MB ]]
}

@test "a single run is estimated on one thread, however many there are" {
    good
    sed -i '/^  pull/d' good.yaml
    check good.yaml --set replications=1
    [[ $output == *"on 1 thread "* ]]
}

@test "it says how many entries chance gives to nobody, and only then" {
    good
    check good.yaml --set store.preload=1000 --set store.missing=30% --set store.replicas=2
    [ "$status" -eq 0 ]
    [[ $output == *"missing on all replicas, so put back on one: about 90 entries, 0 shards"* ]]
    check good.yaml --set store.preload=1000 --set store.missing=30%
    [ "$status" -eq 0 ]
    [[ $output != *"missing on all"* ]]
}

@test "check shows the weather: latency, loss, links, and who is up" {
    run "$GOSSIPSIM" check "$BATS_TEST_DIRNAME/../../scenarios/first.yaml" \
        --set network.jitter=10% --set network.bandwidth=10Mbit/s
    [ "$status" -eq 0 ]
    [[ ${lines[-1]} == 'weather: latency 50.8 ms (p99 '*' ms), loss 5 %, uplinks 10Mbit/s, '\
'downlinks unlimited, jitter 10 %, nodes up 90.91 % of the time' ]]
}

@test "a record of churn: check shows who is up, and its errors have their places" {
    cd "$BATS_TEST_TMPDIR"
    printf 'a,100,down\na,150,up\nb,50,up\n' >churn.csv
    printf '%s\n' 'gossipsim: 1' 'nodes: 2' 'churn: {trace: {file: churn.csv, unit: s}}' \
        'strategies: {push: {rumor-mongering: {mode: push}}}' 'stop: {at: 200s}' >x.yaml
    run "$GOSSIPSIM" check x.yaml
    [ "$status" -eq 0 ]
    [[ ${lines[-1]} == *', nodes up 75 % of the time' ]]
    run "$GOSSIPSIM" check x.yaml --set nodes=3
    [ "$status" -eq 2 ]
    [[ $output == *'churn.trace: the record has 2 nodes, the scenario 3; write `nodes: 2`, or'* ]]
    run "$GOSSIPSIM" check x.yaml --set nodes=3 \
        --set churn.trace='{file: churn.csv, unit: s, assign: random}'
    [ "$status" -eq 0 ]
    run "$GOSSIPSIM" check x.yaml --set churn.session=1h --set churn.downtime=1h
    [ "$status" -eq 2 ]
    [[ $output == *'--set churn.session=1h: has no effect where nodes follow a record, by '* ]]
    [[ $output == *'(line 3)'* ]]
    [[ $output != *missing* ]]
    "$GOSSIPSIM" check x.yaml --set stop.at=20s # b is away all the time
    printf 'a,100,down\nb,50,down\n' >late.csv
    run "$GOSSIPSIM" check x.yaml --set stop.at=20s --set churn.trace.file=late.csv
    [ "$status" -eq 2 ]
    [[ $output == *'no node comes or goes before the end of the run, `stop.at`'* ]]
    printf 'a,100,down\na,90,up\n' >churn.csv
    run "$GOSSIPSIM" check x.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"churn.csv:2:3: error: not after the node's line before, at 100s"* ]]
}

@test "links and losses of a topology's file: check shows them and says what is missing" {
    cd "$BATS_TEST_TMPDIR"
    printf '%s\n' 'graph [' \
        'node [ id 1 host_bandwidth_up "8 Mbit" host_bandwidth_down "1 Gbit" ]' \
        'node [ id 2 host_bandwidth_up "8 Mbit" host_bandwidth_down "1 Gbit" ]' \
        'node [ id 3 host_bandwidth_up "1 Mbit" host_bandwidth_down "1 Gbit" ]' \
        'edge [ source 1 target 2 latency "5 ms" packet_loss 0.1 ]' \
        'edge [ source 2 target 3 latency "9 ms" packet_loss 0.0 ] ]' >g.gml
    printf '%s\n' 'gossipsim: 1' 'nodes: 3' 'topology: {edges: {file: g.gml}}' \
        'strategies: {push: {rumor-mongering: {mode: push}}}' >x.yaml
    run "$GOSSIPSIM" check x.yaml
    [[ $output == *'weather: latency of links, else 1 ms, loss of links, else none, uplinks '* ]]
    [[ $output == *'latency of links: 5 to 9 ms, 7 ms on average'* ]]
    [[ $output == *'loss on links: 0 to 10 %, 5 % on average'* ]]
    [[ $output == *'bandwidths of its nodes are not used; `network.access: topology` makes'* ]]
    run "$GOSSIPSIM" check x.yaml --set network.access=topology
    [ "$status" -eq 0 ]
    [[ $output == *'links: 66.67 % of the nodes: uplinks 8Mbit/s, downlinks 1Gbit/s'* ]]
    [[ $output != *'are not used'* ]]
    sed 's/1 Mbit/76200 Kibit/' g.gml >k.gml
    run "$GOSSIPSIM" check x.yaml --set network.access=topology --set topology.edges.file=k.gml
    [[ $output == *'33.33 % of the nodes: uplinks 78.03Mbit/s, downlinks 1Gbit/s'* ]]
    "$GOSSIPSIM" check x.yaml --set network.access=topology --full >full.yaml
    "$GOSSIPSIM" check full.yaml --full | cmp full.yaml
    "$GOSSIPSIM" check x.yaml --json | python3 -c '
import json, sys
topology = json.load(sys.stdin)["topologies"][0]
assert topology["latency_max"] == 0.009 and topology["loss_max"] == 0.1, topology'
    run "$GOSSIPSIM" check x.yaml --set network.access=topology --set 'topology={ring: {}}'
    [ "$status" -eq 2 ]
    [[ $output == *'needs a topology with a file that has bandwidths'* ]]
    sed -i 's/host_bandwidth_up "1 Mbit"/host_bandwidth_up "1 MB"/' g.gml
    run "$GOSSIPSIM" check x.yaml --set network.access=topology
    [[ $output == *'`1 MB` at line 4, column 31 of its file is no bandwidth with a unit'* ]]
    sed -i 's/host_bandwidth_up "1 MB"//' g.gml
    run "$GOSSIPSIM" check x.yaml --set network.access=topology
    [[ $output == *'node 3 of its file has no `host_bandwidth_up`'* ]]
}

@test "links of classes: check shows them, and refuses what contradicts them" {
    cd "$BATS_TEST_TMPDIR"
    printf '%s\n' 'gossipsim: 1' 'nodes: 20' 'network: {access: {preset: places-8}}' \
        'strategies: {push: {rumor-mongering: {mode: push}}}' >x.yaml
    run "$GOSSIPSIM" check x.yaml
    [ "$status" -eq 0 ]
    [[ $output == *'links: 20 % of the nodes: uplinks 1024Mbit/s, downlinks 1024Mbit/s'* ]]
    [[ $output == *'       80 % of the nodes: uplinks 50Mbit/s, downlinks 50Mbit/s'* ]]
    "$GOSSIPSIM" check x.yaml --json | python3 -c '
import json, sys
assert json.load(sys.stdin)["weather"]["access"][1]["bandwidth"] == 50000000'
    run "$GOSSIPSIM" check x.yaml --set 'network.access=[{share: 50%, bandwidth: 1Mbit/s}]'
    [[ $output == *': the shares make 50 %, not 100 %'* ]]
    run "$GOSSIPSIM" check x.yaml --set 'network.access=[{share: 1}]'
    [[ $output == *'a share of the nodes and their links were expected'* ]]
    run "$GOSSIPSIM" check x.yaml --set 'network.access={preset: places-9}'
    [[ $output == *'there is no preset `places-9`; known is places-8'* ]]
    run "$GOSSIPSIM" check x.yaml --set network.bandwidth=1Mbit/s
    [[ $output == *'has no effect beside `network.access`, whose classes say it'* ]]
    "$GOSSIPSIM" check x.yaml --full >full.yaml
    "$GOSSIPSIM" check full.yaml --full | cmp full.yaml
    run "$GOSSIPSIM" check x.yaml --set 'network.by_group={a: {downlink: 1Mbit/s}}' \
        --set 'groups={a: 20}'
    [[ $output == *'by `network.by_group` (--set network.by_group='* ]]
    run "$GOSSIPSIM" check x.yaml --set 'groups={a: 20}' \
        --set 'network.access=[{share: 0, bandwidth: 1Mbit/s}, {share: 1, downlink: 1Mbit/s}]'
    [[ $output == *'no node would be of this class'* ]]
    run "$GOSSIPSIM" check x.yaml --set 'groups={a: 10, b: 10}' \
        --set 'network.by_group={a: {loss: 2%}}'
    [ "$status" -eq 0 ]
    [[ $output == *$'links of  loss\n'* ]]
    [[ $output != *unlimited* ]]
}

@test "check shows the weather of groups, and of many in few columns" {
    cat > "$BATS_TEST_TMPDIR/three.yaml" <<'YAML'
gossipsim: 1
nodes: 100
groups: {eu: 50, us: 30, ap: 20}
network:
  latency:
    regions:
      eu: {eu: 2ms, us: 40ms, ap: 90ms}
      us: {us: 3ms, ap: 70ms, eu: 45ms}
      ap: {ap: 4ms}
  loss: {regions: {us: {ap: {mean: 2%, burst: 3}}}}
  by_group: {ap: {loss: 1%, downlink: 2Mbit/s}}
strategies: {a: {anti-entropy: {}}}
YAML
    run "$GOSSIPSIM" check "$BATS_TEST_TMPDIR/three.yaml"
    [ "$status" -eq 0 ]
    [[ $output == *$'\nap (20)    1 %  unlimited    2Mbit/s\n'* ]]
    [[ $output == *$'\nus (30)     45 ms   3 ms  70 ms\n'* ]]
    [[ $output == *$'\nus (30)  none                   none  2 %, 3 in a row\n'* ]]
    [[ $output == *$'\nap (20)   1 %  2.98 %, 1.84 in a row              1 %' ]]
    COLUMNS=80 run "$GOSSIPSIM" check "$BATS_TEST_TMPDIR/three.yaml" \
        --set 'groups={frankfurt: 1, tokyo: 99}' --set 'network.loss=0' \
        --set 'network.by_group={tokyo: {loss: 1%}}' \
        --set 'network.latency={regions: {preset: cloud-13}}'
    [ "$status" -eq 0 ]
    [[ $output == *$'\ntokyo (99)        114 ms    1 ms'* ]]
    command -v python3 >/dev/null || skip "no python3"
    "$GOSSIPSIM" check "$BATS_TEST_TMPDIR/three.yaml" --json |
        python3 -c 'import json, sys
weather = json.load(sys.stdin)["weather"]
path = weather["paths"][5]
assert (path["from"], path["to"]) == ("us", "ap") and path["latency_mean"] == 0.07, path
assert path["loss"] == 0.02 and path["burst"] == 3, path
assert weather["groups"][2]["downlink"] == 2000000 and weather["availability"] == 1, weather'
}

@test "check shows the timeline of faults, in order, repeated ones once" {
    good
    cat >>good.yaml <<'YAML'
groups: {eu: 25%, us: 75%}
faults:
  - {at: 30s, every: 10s, for: 2s, crash: eu}
  - {at: 20s, restart: all, batch: 30, pace: 1s, down: 500ms}
  - {at: 55s, heal: all}
  - {at: 40s, partition: {shares: [30%, 70%]}}
YAML
    check good.yaml
    [ "$status" -eq 0 ]
    [ "${lines[-5]}" = 'at   fault                            nodes  course' ]
    [ "${lines[-4]}" = \
        '20s  restart: all                       100  4 steps of 30, one each 1s, '\
'each down for 500ms' ]
    [ "${lines[-3]}" = \
        '30s  crash: eu                           25  for 2s, again each 10s: 4 times' ]
    [[ ${lines[-2]} == '40s  partition: {shares: [0.3, 0.7]}    100'* ]]
    [[ ${lines[-1]} == '55s  heal: all'* ]]
    "$program" check good.yaml --json | python3 -c '
import json, sys
faults = json.load(sys.stdin)["faults"]
assert [f["nodes"] for f in faults] == [25, 100, None, 100], faults
assert faults[0] == {"at": 30, "fault": "crash: eu", "nodes": 25, "for": 2, "every": 10,
                     "times": 4}, faults[0]'
    for i in $(seq 20); do echo "  - {at: ${i}s, wipe: 10%}"; done >>good.yaml
    check good.yaml
    [ "${lines[-1]}" = '… and 12 more faults' ]
}

@test "runs that end before a crash is detected: a warning, until the scenario says what it wants" {
    cat >judged.yaml <<'YAML'
gossipsim: 1
nodes: 50
strategies:
  plain: {rumor-mongering: {}}
  judge: {swim: {}, rumor-mongering: {}}
faults: [{at: 5s, crash: {count: 1}}]
stop: {at: 30s}
YAML
    check judged.yaml
    [ "$status" -eq 0 ]
    [[ $stderr == "gossipsim: warning: 'judge' judges who is up, but its runs end as soon as"* ]]
    [[ $stderr == *'write `workload: {updates: 0}`, or with updates `stop: {when: never}`'* ]]
    check judged.yaml --json
    [[ $stderr == "gossipsim: warning: 'judge' "* ]]
    python3 -m json.tool <<< "$output" >/dev/null
    "$program" run judged.yaml --replications 1 2>&1 >/dev/null | grep -q "warning: 'judge'"
    "$program" run judged.yaml -q --replications 1 2>quiet >/dev/null
    [ ! -s quiet ]
    local change
    for change in stop.when=never stop.when=converged faults='[{at: 5s, wipe: {count: 1}}]'; do
        check judged.yaml --set "$change"
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
    done
    check judged.yaml --only judge --set workload.updates=0
    [ "$status/$stderr" = 0/ ]
    check judged.yaml --only plain
    [ "$status/$stderr" = 0/ ]
    sed -i '/^faults/d' judged.yaml
    check judged.yaml --set 'churn={session: 20s, downtime: 5s}'
    [[ $stderr == "gossipsim: warning: 'judge' "* ]]
    check judged.yaml --set 'churn={session: 20s, downtime: 5s, leave: graceful}'
    [ "$status/$stderr" = 0/ ]
}

@test "floods to everybody by everybody: a warning, until nodes have neighbours" {
    printf 'gossipsim: 1\nnodes: 500\nstrategies: {tree: {plumtree: {}}}\n' >all.yaml
    check all.yaml
    [ "$status" -eq 0 ]
    [[ $stderr == "gossipsim: warning: in 'tree' every node has all 499 others for neighbours"* ]]
    "$program" run all.yaml --replications 1 2>&1 >/dev/null | grep -q "warning: in 'tree'"
    check all.yaml --set topology=star
    [ "$status/$stderr" = 0/ ]
    check all.yaml --set nodes=50
    [ "$status/$stderr" = 0/ ]
    printf 'gossipsim: 1\nnodes: 500\nstrategies: {tree: {flood: {relay: false}}}\n' >all.yaml
    check all.yaml
    [ "$status/$stderr" = 0/ ]
    printf 'gossipsim: 1\nnodes: 500\nstrategies: {tree: {peers: cyclon, %s}}\n' \
        'flood: {}, cyclon: {}' >all.yaml
    check all.yaml
    [ "$status/$stderr" = 0/ ]
}
