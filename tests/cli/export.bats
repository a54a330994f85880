#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# export: the tables of a study in plan order, sweep parameters as columns, as CSV by RFC 4180
# and as JSON; any text of a database edited by hand comes out quoted; a database stays what it
# is.

setup_file() {
    export program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 40
replications: 3
workload: {updates: 2}
strategies:
  zebra: {anti-entropy: {mode: push-pull, interval: 1s}}
  ant:   {anti-entropy: {mode: push, interval: 1s}}
stop: {at: 8s}
record: {every: 20ms} # more rows than a pipe holds
sweep: {axes: {network.loss: [50%, 0%], anti-entropy.compare: [full, digest]}}
YAML
    "$program" run study.yaml -q -o study.db >/dev/null
}

setup() { cd "$BATS_FILE_TMPDIR"; }

gossipsim() { "$program" "$@"; }

@test "runs: plan order, axes as columns, metrics, wall_ns last" {
    gossipsim export study.db runs >runs.csv
    [ "$(wc -l <runs.csv)" -eq $((1 + 4 * 2 * 3)) ]
    head -1 runs.csv | grep -q '^point,network.loss,anti-entropy.compare,strategy,replication,'
    head -1 runs.csv | grep -q ',t99,.*,wall_ns$'
    cut -d, -f2-5 runs.csv | sed -n '2,5p;8p;14p' >got
    cat >want <<'END'
0.5,full,zebra,0
0.5,full,zebra,1
0.5,full,zebra,2
0.5,full,ant,0
0.5,digest,zebra,0
0,full,zebra,0
END
    diff want got
}

@test "a time that never came is infinite and named; what does not apply is empty" {
    # Push under 50 % loss does not reach all 40 nodes in 8 s in every run.
    gossipsim export study.db runs >runs.csv
    column=$(head -1 runs.csv | tr , '\n' | grep -nx t_all | cut -d: -f1)
    names=$(head -1 runs.csv | tr , '\n' | grep -nx never | cut -d: -f1)
    never=$(cut -d, -f"$column" runs.csv | grep -cx inf || true)
    [ "$never" -gt 0 ]
    [ "$never" -eq "$(cut -d, -f"$names" runs.csv | grep -cw t_all)" ]
    [ "$never" -eq "$(gossipsim export study.db runs --json | grep -c '"t_all":"inf"')" ]
    [ "$never" -eq "$(gossipsim export study.db runs --json | grep -c '"never":"[^"]*\bt_all\b')" ]
    [ "$never" -eq "$(sqlite3 study.db "SELECT count(*) FROM metric
        WHERE name = 't_all' AND value IS NULL")" ]
    gossipsim export study.db updates >updates.csv
    never=$(sqlite3 study.db 'SELECT count(*) FROM update_outcome WHERE t_all_ns IS NULL')
    [ "$never" -gt 0 ]
    [ "$never" -eq "$(grep -c ',inf,.*t_all_ns' updates.csv)" ]
    # a metric of one strategy only does not apply to the other
    sed 's/ant:.*/ant: {direct-mail: {}}/; /sweep/d' study.yaml >two.yaml
    gossipsim run two.yaml -q -o two.db >/dev/null
    gossipsim export two.db runs --json | grep '"strategy":"ant"' |
        grep -q '"anti-entropy.exchanges":null'
}

@test "samples and updates have a row each, ordered by time" {
    for pair in samples:sample updates:update_outcome; do
        rows=$(sqlite3 study.db "SELECT count(*) FROM ${pair#*:}")
        [ "$(gossipsim export study.db ${pair%:*} | wc -l)" -eq $((rows + 1)) ]
    done
    gossipsim export study.db samples | awk -F, 'NR > 1 {
        run = $1 "," $4 "," $5
        if (run == last && $6 <= time) exit 1
        last = run; time = $6 }'
}

@test "points have their place and hash" {
    gossipsim export study.db points >points
    [ "$(wc -l <points)" -eq 5 ]
    sed -n 3p points | grep -qE '^2,0\.5,digest,1,[0-9a-f]{64}$'
}

@test "JSON says the same as CSV" {
    command -v python3 >/dev/null || skip "no python3"
    for table in runs samples updates points; do
        gossipsim export study.db $table >t.csv
        gossipsim export study.db $table --format json >t.json
        python3 - <<'END'
import csv, json
rows = list(csv.DictReader(open("t.csv")))
objects = json.load(open("t.json"))
assert len(rows) == len(objects) > 0
for row, o in zip(rows, objects):
    assert list(row) == list(o)
    for key, value in o.items():
        same = row[key] == "" if value is None else \
            row[key] == value if isinstance(value, str) else float(row[key]) == value
        assert same, (key, row[key], value)
END
    done
}

@test "hostile text is quoted as CSV and JSON want it" {
    cp study.db hostile.db
    sqlite3 hostile.db "PRAGMA ignore_check_constraints = ON;
        UPDATE run SET error = 'a \"b\", c' || char(10) || '\`d\`<e>' || char(27)
        WHERE run_id = (SELECT min(run_id) FROM run);
        UPDATE study_axis SET path = 'x,\"y' WHERE position = 0;
        UPDATE param SET path = 'x,\"y' WHERE path = 'network.loss';
        UPDATE param SET text = '=cmd|A1' WHERE path LIKE '%compare' AND position = 0;
        UPDATE study_strategy SET strategy = '+1,2' WHERE position = 1;"
    gossipsim export hostile.db runs >t.csv
    gossipsim export hostile.db runs --json >t.json
    head -1 t.csv | grep -q '^point,"x,""y",'
    grep -qF ',"a ""b"", c\n`d`<e>\x1b",' t.csv # one that moves no terminal; JSON has it as it is
    grep -q "^1,0.5,'=cmd|A1," t.csv
    grep -q "^1,0.5,'=cmd|A1,\"'+1,2\",0," t.csv # as text for spreadsheets; numbers stay numbers
    grep -qF '"strategy":"+1,2"' t.json
    grep -qF '"x,\"y":0.5' t.json
    grep -qF '"error":"a \"b\", c\u000a`d`<e>\u001b"' t.json
}

@test "-o writes a file, but never over the database" {
    gossipsim export study.db runs -o out.csv
    gossipsim export study.db runs | cmp - out.csv
    cp study.db copy.db
    run gossipsim export copy.db runs -o copy.db
    [ "$status" -eq 3 ]
    [[ $output == *'is the database itself'* ]]
    cmp study.db copy.db
    run gossipsim export study.db runs -o missing/out.csv
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
}

@test "-o keeps the old file until the new one is whole" {
    echo old >kept.csv
    chmod 640 kept.csv
    ln -sf kept.csv link.csv
    run bash -c "ulimit -f 2; trap '' XFSZ; '$program' export study.db samples -o kept.csv"
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
    [ "$(cat kept.csv)" = old ]
    run bash -c "ls kept.csv.* 2>&1"
    [ "$status" -ne 0 ] # nothing is left beside it
    gossipsim export study.db samples -o link.csv
    gossipsim export study.db samples | cmp - kept.csv
    [ -L link.csv ]
    [ "$(stat -c %a kept.csv)" = 640 ]
}

@test "no -o takes the database for its output" {
    cp study.db d.svg
    for command in 'plot d.svg -o d.svg' 'plot d.svg -o ./d.svg' 'export d.svg runs -o d.svg'; do
        run gossipsim $command
        [ "$status" -eq 3 ]
        [[ $output == *'is the database itself' ]]
    done
    ln d.svg e.svg
    run gossipsim plot d.svg -o e.svg
    [ "$status" -eq 3 ]
    cmp study.db d.svg
}

@test "--where compares values, not spellings, and lists those there are" {
    cat >where.yaml <<'YAML'
gossipsim: 1
nodes: 10
replications: 1
strategies: {mail: {direct-mail: {}}}
sweep:
  design: zip
  axes:
    network.loss: [10%, 0.2, 0.1%]
    stop.at: [1s, 2min, 3h]
    nodes: [1e3, 200, 3_0]
    network.bandwidth: [8kbit/s, 1Mbit/s, unlimited]
    network.latency: [{exponential: {mean: 1ms}}, 2ms, 3ms]
YAML
    gossipsim run where.yaml -q -o where.db >/dev/null
    for where in network.loss=0.1:1 network.loss=20%:2 network.loss=0.001:3 stop.at=1000ms:1 \
        stop.at=2min:2 stop.at=180min:3 nodes=1000:1 nodes=2e2:2 nodes=30:3 \
        network.bandwidth=8000bit/s:1 network.bandwidth=1000kbit/s:2 network.bandwidth=unlimited:3 \
        'network.latency={exponential: { mean: 1ms}}:1' network.latency=2000us:2; do
        run gossipsim export where.db points --where "${where%:*}"
        echo "$where: $output"
        [ "${#lines[@]}" -eq 2 ]
        [[ ${lines[1]} == "${where##*:},"* ]]
        gossipsim plot where.db -o w.svg --where "${where%:*}"
    done
    for wrong in network.loss=10 stop.at=1 network.loss=0.10001; do
        run gossipsim export where.db points --where $wrong
        [ "$status" -eq 2 ]
        [[ $output == "gossipsim: error: --where $wrong: the values are: "* ]]
    done
    [[ $output == *': 10%, 0.2, 0.1%' ]]
    run gossipsim export where.db points --where nodes=200 --where network.loss=10%
    [ "$status" -eq 2 ]
    [[ $output == *'no point has all the values'* ]]
    run gossipsim export where.db points --where store.shards=1
    [ "$status" -eq 2 ]
    [[ $output == *"the study has network.loss, stop.at, nodes"* ]]
}

@test "scenario: what a study ran comes back, and is the same study" {
    cat >given.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 2
workload: {updates: 3}
strategies:
  zebra: {anti-entropy: {interval: 1s}}
  ant:   {rumor-mongering: {mode: push}}
expect: ["P(converged, zebra) >= 1%"]
sweep: {axes: {anti-entropy.interval: {from: 1s, to: 4s, steps: 2, scale: log}}}
YAML
    gossipsim run given.yaml -q -o given.db >/dev/null
    gossipsim run given.yaml -q -o given.db --set network.loss=10% --sweep nodes=10,30 --seed 7 \
        --only zebra --replications 3 >/dev/null
    hashes='SELECT p.position, params_json, point.hash, strategy, strategy.hash
        FROM study_point p JOIN point USING (point_id) JOIN study_strategy USING (study_id, variant)
        JOIN strategy USING (strategy_id) WHERE study_id = '
    only=
    for study in 1 2; do
        gossipsim export given.db scenario --study $study -o again.yaml
        run gossipsim run again.yaml -q -o given.db $only # nothing new
        [ "$status" -eq 0 ]
        [ "$(sqlite3 given.db 'SELECT count(*) FROM study')" -eq 2 ]
        gossipsim run again.yaml -q -o again$study.db $only >/dev/null
        diff <(sqlite3 given.db "$hashes$study") <(sqlite3 again$study.db "$hashes 1")
        only='--only zebra'
    done
    head -1 again.yaml |
        grep -q '^# 20.*: gossipsim run given.yaml .*--only zebra --replications 3$'
    run gossipsim export given.db scenario --json
    [ "$status" -eq 2 ]
}

@test "output that cannot be written: one line, exit 3" {
    run bash -c "'$program' export study.db samples -o /dev/full"
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
    run bash -c "'$program' export study.db samples 2>&1 >/dev/full"
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *'cannot write to standard output: No space left on device' ]]
    run bash -c "'$program' export study.db samples 2>&1 >&-"
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
    run bash -c "set -o pipefail; '$program' export study.db samples 2>err | :"
    [ "$status" -eq 3 ]
    [ ! -s err ] # a reader that has left is no error to tell
}

@test "wrong tables, formats and studies: exit 2" {
    for wrong in 'study.db' 'study.db metric' 'study.db runs --format xml' \
        'study.db runs --study 7' 'study.db runs --study -1' 'study.db runs --csv --json' \
        'study.db runs more'; do
        run gossipsim export $wrong
        echo "$wrong: $status $output"
        [ "$status" -eq 2 ]
        [[ $output == 'gossipsim: error: '* ]]
    done
}

@test "what is not a database of results: one line, exit 3" {
    mkdir -p folder
    head -c 5000 /dev/zero | tr '\0' x >text
    : >empty
    sqlite3 other.db 'CREATE TABLE IF NOT EXISTS t (x)'
    head -c 9000 study.db >short.db
    for name in missing folder text empty other.db short.db; do
        run gossipsim export $name runs
        echo "$name: $status $output"
        [ "$status" -eq 3 ]
        [ "${#lines[@]}" -eq 1 ]
        [[ $output == *"'$name'"* ]]
    done
    [ ! -e missing ]
}
