#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of a replay, opened in a browser: it plays, steps and seeks, and always to the same
# state; it asks for nothing, complains of nothing, and runs no script of a scenario.

bats_require_minimum_version 1.5.0

setup_file() {
    local root
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >hostile.yaml <<'END'
gossipsim: 1
description: "</script><script>window.hacked = 1</script><img src=x onerror='hacked = 1'>"
nodes: 20
groups: {east: 10, west: 10}
faults:
  - {at: 2s, crash: {count: 4}, for: 1s}
  - {at: 4s, pause: {count: 3}, for: 2s}
strategies:
  "</script><script>hacked = 1</script> {{recording}} <!-- \u2028 \"":
    anti-entropy: {interval: 500ms}
    swim: {interval: 500ms}
workload: {updates: 6, keys: 3, arrival: {poisson: {rate: 1/s}}}
network: {latency: {lognormal: {median: 40ms, p99: 200ms}}, loss: 10%, duplicate: 10%}
stop: {at: 9s, when: never}
END
    cat >rounds.yaml <<'END'
gossipsim: 1
nodes: 64
topology: {grid: {wrap: true}}
timing: rounds
strategies: {rumors: {rumor-mongering: {mode: push-pull, stop: never}}}
END
    cat >large.yaml <<'END'
gossipsim: 1
nodes: 1001
strategies: {mail: {anti-entropy: {mode: push-pull, interval: 1s}}}
network: {latency: 50ms, loss: 10%}
END
    for page in hostile rounds large; do
        "$program" trace $page.yaml --format html -o $page.html
    done
    "$program" trace hostile.yaml --format json -o hostile.json
    "$BATS_TEST_DIRNAME/browser.py" "$BATS_TEST_DIRNAME/replay.js" \
        hostile.html rounds.html large.html >found.json 2>complaints || true
    python3 - hostile rounds large >found <<'END'
import json, sys
for page, line in zip(sys.argv[1:], open("found.json")):
    for name, value in (json.loads(line) or {}).items():
        print(page, name, value)
for name, value in json.loads(open("hostile.json").readline())["metrics"].items():
    print("run", name, value)
END
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    program=$(realpath "${GOSSIPSIM:-$BATS_TEST_DIRNAME/../../gossipsim}")
}

found() { # PAGE NAME: what the script returned
    sed -n "s/^$1 $2 //p" found
}

@test "no page complains, asks for anything, or does what it should not" {
    cat complaints
    [ ! -s complaints ]
    [ "$(wc -l <found.json)" -eq 3 ]
    [ "$(found hostile wide)" = True ]
}

@test "a replay has the messages and the knowledge of its run" {
    [ "$(found hostile messages)" -gt 1000 ]
    [ "$(found hostile messages)" = "$(found run messages)" ]
    [ "$(found hostile lost)" -eq "$(grep -c '"event": "lost"' hostile.json)" ]
    [ "$(found hostile arrived)" -eq "$(grep -c '"event": "arrived"' hostile.json)" ]
    [ "$(found hostile learned)" -eq "$(grep -c '"event": "learned"' hostile.json)" ]
    [ "$(found rounds informed)" = 64 ]
}

@test "names of a scenario are text, whatever they hold" {
    [[ $(found hostile title) == 'hostile: </script><script>hacked = 1</script> {{recording}} <'* ]]
    [ "$(grep -c '<script' hostile.html)" -eq 2 ]
    [ "$(grep -c '<img' hostile.html)" -eq 0 ]
}

@test "groups, topology, faults and beliefs are offered where they are" {
    [ "$(found hostile layouts)" = "['ring', 'groups']" ]
    [ "$(found rounds layouts)" = "['ring', 'links']" ]
    [ "$(found large layouts)" = "['ring']" ]
    [ "$(found hostile faults)" -eq 2 ]
    [ "$(found hostile views)" -gt 7 ]
}

@test "of a large cluster a page shows 500 nodes, and says so" {
    [ "$(found large nodes)" -eq 500 ]
    grep -q 'Of the 1001 nodes this page shows 500' large.html
}

@test "the page of a run is the same each time" {
    "$program" trace hostile.yaml --format html | cmp - hostile.html
}
