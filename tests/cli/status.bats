#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# status: what is done, failed and missing of each study, why runs failed, and how to go on;
# the numbers are those of the tables.

setup_file() {
    export program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 40
replications: 5
strategies:
  one: {anti-entropy: {interval: 1s}}
  two: {anti-entropy: {interval: 2s}}
sweep: {axes: {network.loss: [0%, 10%]}}
YAML
    "$program" run study.yaml -q -o study.db >/dev/null
}

setup() { cd "$BATS_TEST_TMPDIR"; cp "$BATS_FILE_TMPDIR"/study.* .; }

gossipsim() { "$program" "$@"; }

@test "a complete study" {
    run gossipsim status study.db
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = 'study 1, study: 2 points x 2 strategies x 5 replications' ]
    [ "${lines[1]}" = '  20 of 20 runs done, 0 failed, 0 missing' ]
    [ "${#lines[@]}" -eq 2 ]
}

@test "missing runs, with the time left and the command that goes on" {
    sqlite3 study.db "DELETE FROM run WHERE replication > 2 AND strategy_id = 2"
    run gossipsim status study.db
    [ "${lines[1]}" = '  16 of 20 runs done, 0 failed, 4 missing' ]
    [[ ${lines[2]} == *' left on '*'; to go on: gossipsim run study.yaml -q -o study.db' ]]
    gossipsim status study.db --json | grep -q '"runs":20,"done":16,"failed":0,"missing":4,'
    sqlite3 study.db 'DELETE FROM run'
    run gossipsim status study.db
    [ "${lines[1]}" = '  0 of 20 runs done, 0 failed, 20 missing' ]
    [[ ${lines[2]} == '  to go on: '* ]]
    gossipsim status study.db --json | grep -q '"missing":20,"seconds_left":null'
}

@test "failures by strategy and reason, with the first of each" {
    sqlite3 study.db "UPDATE run SET status = 'failed', error = 'too many' || char(27) || ' events'
        WHERE strategy_id = 2 AND replication IN (3, 4)"
    run gossipsim status study.db
    [ "${lines[1]}" = '  16 of 20 runs done, 4 failed, 0 missing' ]
    where='(first: point {"network.loss":0}, replication 3)'
    [ "${lines[2]}" = "  failed: 4 of 'two': too many\\x1b events $where" ]
    gossipsim status study.db --json >json
    grep -qF '"failures":[{"runs":4,"strategy":"two","error":"too many\u001b events",' json
}

@test "every study of the file, each with its own runs" {
    gossipsim run study.yaml -q -o study.db --replications 7 --only one >/dev/null
    run gossipsim status study.db
    [ "${lines[1]}" = '  20 of 20 runs done, 0 failed, 0 missing' ]
    [ "${lines[2]}" = 'study 2, study: 2 points x 1 strategy x 7 replications' ]
    [ "${lines[3]}" = '  14 of 14 runs done, 0 failed, 0 missing' ]
}

@test "what is not a database of results: one line, exit 3" {
    for name in missing . study.yaml; do
        run gossipsim status $name
        [ "$status" -eq 3 ]
        [ "${#lines[@]}" -eq 1 ]
    done
    run gossipsim status
    [ "$status" -eq 2 ]
}

@test "runs that points share count once, also under a rule" {
    cat >share.yaml <<'YAML'
gossipsim: 1
nodes: 40
replications: 3
strategies:
  one: {rumor-mongering: {mode: push}}
  two: {anti-entropy: {interval: 1s}}
sweep: {axes: {anti-entropy.interval: [1s, 2s, 9s]}}
YAML
    run gossipsim check share.yaml
    [[ ${lines[0]} == *" = 18 runs (12 to make, equal ones once) of 40 nodes" ]]
    gossipsim run share.yaml -q -o share.db >/dev/null
    run gossipsim report share.db
    [[ ${lines[0]} == "share: 12 runs, 40 nodes, seed 1" ]]
    gossipsim run share.yaml -q -o share.db >/dev/null \
        --replications '{min: 20, max: 90, until: {metric: t50, half_width: 4%}}'
    run gossipsim status share.db
    [[ ${lines[0]} == 'study 1, share: 3 points x 2 strategies x 3 replications' ]]
    [[ ${lines[1]} == '  12 of 12 runs done, 0 failed, 0 missing; runs that are the same at '* ]]
    made=$(sqlite3 share.db 'SELECT count(*) FROM run')
    [ "$made" -gt $((4 * 20)) ]
    [[ ${lines[3]} == "  $made of $made runs done, 0 failed, 0 missing; "* ]]
    sqlite3 share.db "DELETE FROM run WHERE strategy_id = 1 AND replication < 2;
        UPDATE run SET status = 'failed', error = 'x' WHERE strategy_id = 1 AND replication = 2"
    run gossipsim status share.db
    [[ ${lines[1]} == '  9 of 12 runs done, 1 failed, 2 missing; '* ]]
    [[ ${lines[2]} == *"failed: 1 of 'one': x (first: point {"*'interval":1}, replication 2)' ]]
}
