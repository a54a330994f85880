#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# theory prints what equations predict, alone and beside runs, says why where there is none, and
# refuses what makes no sense in one line; plot --theory draws it.

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >small.yaml <<'YAML'
gossipsim: 1
nodes: 1000
replications: 10
timing: {rounds: 1s}
strategies:
  push: {anti-entropy: {mode: push, interval: 1s}}
  pull: {anti-entropy: {mode: pull, interval: 1s}}
  mail: {direct-mail: {}}
stop: {at: 40s}
sweep: {axes: {network.loss: [0, 10%]}}
YAML
}

refused() { # STATUS MESSAGE ARGUMENTS...
    run --separate-stderr "$program" theory "${@:3}"
    [ "$status" -eq "$1" ]
    [ -z "$output" ]
    [[ ${stderr_lines[0]} == *"$2"* ]] || { echo "$stderr" && false; }
}

@test "a row for each point and strategy, with the source, or the reason why there is none" {
    run --separate-stderr "$program" theory small.yaml
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ $output == *'push, recurrence'* ]]
    [[ $output == *'mailed once to all, rounds'* ]]
    [[ $output == *'push: Demers et al., PODC 1987, section 1.3'* ]]
    [[ $output == *'mail: no law, since mails that fail are sent again'* ]]
    run "$program" theory small.yaml --where network.loss=10% --only pull --csv
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[0]} == network.loss,strategy,law,t50,t50_p5,t50_p95,* ]]
    [[ ${lines[1]} == '0.1,pull,"pull, recurrence",'* ]]
    "$program" theory small.yaml --json | python3 -c '
import json, sys
rows = json.load(sys.stdin)
assert len(rows) == 6 and rows[0]["residue"] == 0 and rows[2]["t50"] == 1, rows
assert "t50" not in rows[5], rows'
}

@test "what rounds of push make of a thousand nodes is Demers' recurrence" {
    "$program" theory small.yaml --where network.loss=0 --only push --json | python3 -c '
import json, math, sys
row, i, t = json.load(sys.stdin)[0], 1e-3, 0
while i < .99: i, t = 1 - (1 - i) * math.exp(-i), t + 1
assert row["t99"] == t, (row, t)'
}

@test "beside runs, found by what they are of" {
    "$program" run small.yaml -q -o small.db >/dev/null
    run --separate-stderr "$program" theory small.yaml small.db --where network.loss=0
    [ "$status" -eq 0 ]
    [[ $output == *'theory is'* ]]
    [[ $output == *'agrees'* ]]
    run --separate-stderr "$program" theory small.yaml small.db --set nodes=2000 --only push
    [ "$status" -eq 0 ]
    [[ $output == *'the database has no runs of that world and strategy'* ]]
    "$program" theory small.yaml small.db --csv | python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert len(rows) == 30 and all(r["runs"] == "10" for r in rows if r["figure"] == "residue"), rows'
}

@test "plot draws it dashed, and says what it has no law of" {
    "$program" run small.yaml -q -o small.db >/dev/null
    run --separate-stderr "$program" plot small.db --theory -o small.svg --keep kept
    [ "$status" -eq 0 ]
    [[ $stderr == *'theory: mail: no law, since mails that fail are sent again'* ]]
    grep -q 'dashed: theory' small.svg
    ls kept | grep -q theory
    run --separate-stderr "$program" plot small.db --theory --kind residue -o no.svg
    [ "$status" -eq 2 ]
    [[ $stderr == *'--theory: only with --kind convergence'* ]]
    # A foreign database may name any file in its scenario; none is read.
    sqlite3 small.db "UPDATE study SET scenario_yaml = replace(scenario_yaml, 'topology: complete',
        'topology: {\"file\": small.yaml}')"
    run --separate-stderr "$program" plot small.db --theory -o files.svg
    [ "$status" -eq 0 ]
    [[ $stderr == *'names files'* ]]
    sqlite3 small.db "UPDATE study SET scenario_yaml = 'gossipsim: ['"
    run --separate-stderr "$program" plot small.db --theory -o broken.svg
    [ "$status" -eq 0 ]
    [[ $stderr == *'cannot be read'* ]]
}

@test "what makes no sense is refused in one line" {
    refused 3 'cannot read none.yaml' none.yaml
    refused 3 "none.db" small.yaml none.db
    refused 2 "'nodes' is no axis" small.yaml --where nodes=3
    refused 2 'no point of the sweep' small.yaml --where network.loss=50%
    refused 2 '--study: of which database?' small.yaml --study 1
    refused 2 '' small.yaml --only nobody
    refused 2 '' small.yaml --csv --json
}

@test "no law is given where nodes come and go faster than its equations are solved" {
    local downtime
    for downtime in 1ms 2s; do
        printf 'gossipsim: 1\nnodes: 100\nnetwork: {latency: 50ms}\nstop: {at: 3h}\nchurn: {session:
  {exponential: {mean: 1h}}, downtime: {exponential: {mean: %s}}}\nstrategies:
  a: {anti-entropy: {mode: push-pull, interval: 10s}}\n' $downtime >fast.yaml
        "$program" theory fast.yaml >$downtime.out
    done
    grep -qx 'a: no law, since nodes come and go many times within an interval' 1ms.out
    if grep -q 'no law' 2s.out; then false; fi
}

@test "equations that take very long are given up, and it says how to be told" {
    sed 's/\[0, 10%\]/[0.995]/; s/40s/30d/; s/{rounds: 1s}/events/' small.yaml >slow.yaml
    run --separate-stderr "$program" theory slow.yaml --only pull
    [ "$status" -eq 0 ]
    [[ $output == *"pull: no law, since it takes so long that an earlier \`stop.at\` is needed"* ]]
    run --separate-stderr "$program" theory slow.yaml --only pull --set stop.at=10min
    [[ $output == *"pull, periodic calls"* ]]
}
