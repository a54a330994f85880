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
    head -1 runs.csv | grep -q '^point_id,network.loss,anti-entropy.compare,strategy,replication,'
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

@test "a time that never came is an empty field and a null" {
    # Push under 50 % loss does not reach all 40 nodes in 8 s in every run.
    column=$(head -1 <(gossipsim export study.db runs) | tr , '\n' | grep -nx t_all | cut -d: -f1)
    never=$(gossipsim export study.db runs | cut -d, -f"$column" | grep -cx '' || true)
    [ "$never" -gt 0 ]
    [ "$never" -eq "$(gossipsim export study.db runs --json | grep -c '"t_all":null')" ]
    [ "$never" -eq "$(sqlite3 study.db "SELECT count(*) FROM metric
        WHERE name = 't_all' AND value IS NULL")" ]
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
    sed -n 3p points | grep -qE '^2,0\.5,digest,[0-9a-f]{64}$'
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
        UPDATE param SET path = 'x,\"y' WHERE path = 'network.loss';"
    gossipsim export hostile.db runs >t.csv
    gossipsim export hostile.db runs --json >t.json
    head -1 t.csv | grep -q '^point_id,"x,""y",'
    grep -q ',"a ""b"", c$' t.csv
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
    [ "$status" -eq 3 ] && [ "${#lines[@]}" -eq 1 ]
}

@test "output that cannot be written: one line, exit 3" {
    run bash -c "'$program' export study.db samples -o /dev/full"
    [ "$status" -eq 3 ] && [ "${#lines[@]}" -eq 1 ]
    run bash -c "'$program' export study.db samples 2>&1 >/dev/full"
    [ "$status" -eq 3 ] && [ "${#lines[@]}" -eq 1 ]
    [[ $output == *'cannot write to standard output: No space left on device' ]]
    run bash -c "'$program' export study.db samples 2>&1 >&-"
    [ "$status" -eq 3 ] && [ "${#lines[@]}" -eq 1 ]
    run bash -c "set -o pipefail; '$program' export study.db samples 2>err | :"
    [ "$status" -eq 3 ] && [ ! -s err ] # a reader that has left is no error to tell
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

@test "what is no database of results: one line, exit 3" {
    mkdir -p folder
    head -c 5000 /dev/zero | tr '\0' x >text
    : >empty
    sqlite3 other.db 'CREATE TABLE IF NOT EXISTS t (x)'
    head -c 9000 study.db >short.db
    for name in missing folder text empty other.db short.db; do
        run gossipsim export $name runs
        echo "$name: $status $output"
        [ "$status" -eq 3 ] && [ "${#lines[@]}" -eq 1 ]
        [[ $output == *"'$name'"* ]]
    done
    [ ! -e missing ]
}
