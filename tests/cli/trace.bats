#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# trace makes exactly the run that is asked for, and writes it as its formats allow: what its events
# add up to is what `run` stored of that run, arrows of trace events lead from slice to slice, the
# tree is a tree; names of a scenario are text wherever they stand; what cannot be is said in a
# line.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >small.yaml <<'END'
gossipsim: 1
nodes: 30
replications: 4
groups: {east: 10, west: 20}
network: {latency: {lognormal: {median: 40ms, p99: 200ms}}, loss: 10%, duplicate: 10%}
workload: {updates: 3, size: 200B, at: 1s, arrival: {every: 1s}}
faults: [{at: 2s, crash: 10%, for: 2s}]
strategies:
  rumors: {rumor-mongering: {mode: push, fanout: 2, interval: 500ms}}
  repaired:
    rumor-mongering: {mode: push, fanout: 1, interval: 500ms}
    anti-entropy: {mode: push-pull, interval: 2s}
stop: {at: 30s}
END
}

trace() { # FORMAT ARGUMENTS...: into a file of that name
    run -0 "$program" trace "${@:2}" --format "$1" -o "out.$1"
    [ -z "$output" ]
}

check() { # FORMAT: as trace() left it
    run -0 python3 "$root/tests/cli/trace.py" "$1" "out.$1"
}

refused() { # ERROR ARGUMENTS...
    run --separate-stderr "$program" trace "${@:2}"
    echo "$stderr"
    [ "$status" -eq "${code-2}" ]
    [ -z "$output" ]
    [ "${stderr_lines[0]}" = "gossipsim: error: $1" ]
}

@test "the events of a run add up to what is stored of it" {
    "$program" run small.yaml -q -o small.db >table
    local strategy columns
    for strategy in rumors repaired; do
        trace csv small.yaml --strategy $strategy --replication 3
        trace json small.yaml --strategy $strategy --replication 3
        check json
        [ "${lines[0]}" = "strategy $strategy" ]
        [ "${lines[1]}" = "events $(($(wc -l <out.csv) - 1))" ]
        columns="strategy = '$strategy' AND replication = 3"
        [ "${lines[2]}" = "fingerprint $(sqlite3 small.db \
            "SELECT fingerprint FROM run JOIN strategy USING (strategy_id)
             JOIN study_strategy USING (strategy_id) WHERE $columns")" ]
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) of[$i] = i; next }
            { seen[$of["event"]]++; bytes += $of["bytes"]; payload += $of["payload"]
              why[$of["why"]]++; reached[$of["updates"], $of["node"]] = $of["time"] }
            END { print seen["sent"] + 0, bytes + 0, payload + 0,
                        why["loss"] + 0, why["down"] + 0 }' out.csv >seen
        sqlite3 -separator ' ' small.db "SELECT CAST(messages AS INT), CAST(bytes AS INT),
            CAST(bytes_payload AS INT), CAST(dropped_loss AS INT), CAST(dropped_down AS INT)
            FROM run_summary WHERE $columns" >stored
        diff seen stored
    done
}

@test "CSV has the columns that the documentation has, JSON the same by name" {
    trace csv small.yaml --strategy rumors
    [ "$(head -1 out.csv)" = "$(sed -n '/^| column/,/^$/s/^| `\([a-z]*\)` |.*/\1/p' \
        "$root/docs/trace.md" | paste -sd,)" ]
    trace json small.yaml --strategy rumors
    python3 - <<'END'
import csv, json
rows = list(csv.DictReader(open("out.csv", newline="")))
lines = [json.loads(line, parse_float=str, parse_int=str) for line in open("out.json")][1:]
assert len(rows) == len(lines)
for row, line in zip(rows, lines):
    if "connection" in line:
        line["connection"] = "true"
    assert {k: v for k, v in row.items() if v} == line, (row, line)
END
}

@test "trace events: slices that nest, arrows from sent to arrived, groups as processes" {
    trace perfetto small.yaml --strategy repaired
    check perfetto
    [ "${lines[0]}" = "run small: repaired, replication 0" ]
    [ "${lines[1]#arrows }" -gt 100 ]
    [ "${lines[2]}" = "processes east west" ]
    sed 's/^nodes:/timing: rounds\nnodes:/; /^network/d; s/500ms/1s/' small.yaml >rounds.yaml
    trace perfetto rounds.yaml --strategy repaired # all of a round is at one instant
    check perfetto
    [ "${lines[1]#arrows }" -gt 100 ]
}

@test "the tree has an arrow to each node that learned the update, and no other" {
    local update learned
    trace json small.yaml --strategy repaired
    for update in 0 2; do
        learned=$(python3 - $update <<'END'
import json, sys
update, nodes = int(sys.argv[1]), set()
for event in list(map(json.loads, open("out.json")))[1:]:
    for ends in (range.split("-") for range in event.get("updates", "").split()):
        if event["event"] == "learned" and int(ends[0]) <= update <= int(ends[-1]):
            nodes.add(event["node"])
print(len(nodes))
END
        )
        [ "$learned" -gt 20 ]
        trace dot small.yaml --strategy repaired --update $update
        check dot
        [ "${lines[1]}" = "nodes $learned arrows $((learned - 1))" ]
        [[ ${lines[0]} == 'title small: repaired, '*'\nupdate '$update": $learned of 30 nodes, "* ]]
    done
    ! command -v dot >/dev/null || dot -Tsvg out.dot >out.svg
}

@test "the sequence has the first 60 messages of its window, and says so" {
    trace mermaid small.yaml --strategy rumors
    check mermaid
    [[ ${lines[1]} == *" messages 60 "*" notes 1" ]]
    grep -q 'the first 60 of [0-9]* messages' out.mermaid
    trace mermaid small.yaml --strategy rumors --from 1s --until 1100ms
    check mermaid
    [[ ${lines[1]} == *" notes 0" ]]
    [ "$(grep -c 'n[0-9]*\(->>\|-x\)n' out.mermaid)" -lt 60 ]
    if grep -qE ': (0\.|[2-9])' out.mermaid; then false; fi
}

@test "a window, a limit and an early end leave out what they say" {
    trace csv small.yaml --strategy rumors --from 2s --until 2500ms
    [ "$(awk -F, 'NR > 1 && ($1 < 2 || $1 > 2.5)' out.csv)" = "" ]
    [ "$(wc -l <out.csv)" -gt 10 ]
    run --separate-stderr "$program" trace small.yaml --strategy rumors --limit 50
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 51 ]
    [[ $stderr == "gossipsim: note: the first 50 of "*" events, until "*" s; --limit N has "* ]]
    run -0 "$program" trace small.yaml --strategy rumors --stop-at 1500ms --format json
    [[ ${lines[0]} == *'"stop_reason": "time", "end": 1.5, '* ]]
}

@test "names of a scenario are text in every format" {
    cat >hostile.yaml <<'END'
gossipsim: 1
nodes: 20
workload: {updates: 2}
strategies:
  "=1\"]; x -> y [label=\"\\N\"]} </script> end; #35; %%{init}%%\\": &push
    rumor-mongering: {mode: push, fanout: 1, interval: 1s}
  "-x &amp; `id` ' END\\n;": *push
END
    local name format strategies
    readarray -t strategies < <("$program" check hostile.yaml --json | python3 -c '
import json, sys
for row in json.load(sys.stdin)["strategies"]: print(row["strategy"])')
    [ ${#strategies[@]} -eq 2 ]
    for name in "${strategies[@]}"; do
        for format in perfetto mermaid dot json; do
            trace $format hostile.yaml "--strategy=$name"
            check $format
        done
        [ "${lines[0]}" = "strategy $name" ]
        trace csv hostile.yaml "--strategy=$name"
        if grep -qE '(^|,)[=+@-]' out.csv; then false; fi
    done
    grep -qF 'hostile: -x &amp;amp; `id` '"'"' END\\n;, replication 0\nupdate 0:' out.dot
    trace dot hostile.yaml "--strategy=${strategies[0]}"
    grep -qF 'hostile: =1\"]; x -> y [label=\"\\N\"]} </script> end; #35; %%{init}%%\\, rep' out.dot
}

@test "models that send nothing take part, in every format" {
    printf 'gossipsim: 1\nnodes: 4\nworkload: {updates: 3, keys: 2}\nstrategies:
  kept: {death-certificates: {}, hyparview: {}, plumtree: {}}\n' >silent.yaml
    local format
    for format in csv json html perfetto dot mermaid; do
        trace $format silent.yaml
        [ -s out.$format ]
    done
    grep -q '"kinds":\[{"model":"hyparview",' out.html
}

@test "what is not there is said in a line, with what there is" {
    refused 'which strategy? --strategy rumors or repaired' small.yaml
    refused '--strategy rumor: there is no such strategy; did you mean `rumors`?' small.yaml \
        --strategy rumor
    refused '--strategy x: there is no such strategy; expected rumors or repaired' small.yaml \
        --strategy x
    refused '--replication 4: they are numbered from 0, and the last is 3; --set replications=N '\
'has more' small.yaml --strategy rumors --replication 4
    run -0 "$program" trace small.yaml --strategy rumors --replication 4 --set replications=5
    refused '--update 7: nobody learned it; the last that anybody did is 2' small.yaml \
        --strategy rumors --format dot --update 7
    refused 'nobody learned update 2 among the first 9 events of this run, which are all that is '\
'noted; --limit N has more' small.yaml --strategy rumors --format dot --update 2 --limit 9
    refused 'no message is sent in this time: there is no sequence' small.yaml --strategy rumors \
        --format mermaid --from 29s
    refused '--where nodes: this scenario sweeps nothing; --set changes it' small.yaml \
        --strategy rumors --where nodes=20
    local sweep=$root/scenarios/sweep.yaml
    refused 'which point of the sweep? --where network.loss=VALUE, one of 1%, 5%, 20%' "$sweep" \
        --where anti-entropy.interval=3s
    refused '--where network.loss=7%: the values are: 1%, 5%, 20%' "$sweep" --where \
        anti-entropy.interval=3s --where network.loss=7%
    refused '--where network.los: the sweep has no such axis; did you mean `network.loss`?' \
        "$sweep" --where network.los=1%
    refused "--format 'svg': expected csv, json, html, perfetto, dot or mermaid" small.yaml \
        --format svg
    refused '--update: not with --format csv' small.yaml --update 1
    refused '--from and --until: not with --format dot' small.yaml --format dot --from 1s
    refused '--from 2s comes after --until 1s' small.yaml --from 2s --until 1s
    refused "--limit '0': expected 1 to 100000000" small.yaml --limit 0
    local first='s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12'
    refused "which strategy? --strategy $first or one of 8 others" \
        <(printf 'gossipsim: 1\nnodes: 9\nstrategies:\n'
          for i in {1..20}; do echo "  s$i: {anti-entropy: {interval: ${i}s}}"; done)
}

@test "without --format the ending of the file decides, and one that says nothing is refused" {
    local format ending
    for format in csv:csv json:json html:html dot:dot mermaid:mmd csv:; do
        ending=${format#*:}
        "$program" trace small.yaml --strategy rumors -o ./run${ending:+.$ending}
        "$program" trace small.yaml --strategy rumors --format "${format%:*}" >expected
        cmp ./run${ending:+.$ending} expected
    done
    local formats='csv, json, html, perfetto, dot or mermaid'
    refused "-o 'tree.svg': the ending does not say which --format: $formats" \
        small.yaml --strategy rumors -o tree.svg
    [ ! -e tree.svg ]
    "$program" trace small.yaml --strategy rumors --format csv -o tree.svg
}

@test "a run that is too large is refused with its size; a place that cannot be, before the run" {
    printf 'gossipsim: 1\nnodes: 200_000\nstop: {when: never}\nstrategies:
  often: {anti-entropy: {interval: 10ms}}\n' >large.yaml
    run --separate-stderr "$program" trace large.yaml
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [[ $stderr == "gossipsim: error: this run has about "*" events, and a trace is made of at "* ]]
    [[ $stderr == *" 1.00G; make it smaller by --set nodes=N, or cut it off by --stop-at TIME" ]]
    rm large.yaml
    code=3
    refused "cannot write 'no/where.csv': No such file or directory" small.yaml --strategy rumors \
        -o no/where.csv
    refused "'small.yaml' is the scenario itself" small.yaml --strategy rumors -o small.yaml \
        --format csv
    [ -z "$(find . -name "*.csv*")" ]
    head -1 small.yaml | grep -qx "gossipsim: 1"
}

@test "what is ended while it writes leaves neither half a file nor one beside it" {
    echo old >out.csv
    ( # whatever writes that much is killed, as by an interrupt
        ulimit -c 0 -f 8
        run "$program" trace small.yaml --strategy rumors -o out.csv
        [ "$status" -gt 128 ]
    )
    [ "$(cat out.csv)" = old ]
    [ "$(echo out.csv*)" = out.csv ]
    trace csv small.yaml --strategy rumors
    [ "$(wc -c <out.csv)" -gt 16384 ]
    [ "$(echo out.csv*)" = out.csv ]
}
