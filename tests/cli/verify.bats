#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# verify: runs made again are as they are stored, or it says which is not, and where: whatever
# column of whatever table is changed, and whatever else a file can lack.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

setup_file() {
    export program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    # Rows in every table.
    cat >all.yaml <<'YAML'
gossipsim: 1
nodes: 16
replications: 2
topology: {random-regular: {degree: 4}}
workload: {updates: 2, at: 1s}
strategies:
  judge: {swim: {}, rumor-mongering: {mode: push}}
stop: {at: 12s, when: never}
record: {nodes: true, figures: true, overlay: {every: 4s}, every: 3s}
faults: [{at: 2s, crash: {node: 3}}, {at: 4s, pause: {node: 5}, for: 1s}]
sweep: {axes: {network.loss: [0%, 5%]}}
YAML
    "$program" run all.yaml -q -o all.db >/dev/null
}

setup() { cd "$BATS_TEST_TMPDIR"; cp "$BATS_FILE_TMPDIR"/all.* .; }

gossipsim() { "$program" "$@"; }

results='run metric_value sample figure_sample update_outcome detection detection_curve histogram
    overlay fault topology'
study='study study_axis study_point study_strategy param point strategy metric_name'

# Statements that each change one column of one row of a table: `TABLE COLUMN SQL`.
flips() { # TABLE...
    for table in "$@"; do
        sqlite3 -separator ' ' all.db "SELECT '$table', name, format('UPDATE %s SET %s = CASE
            WHEN %s IS NULL THEN 1 WHEN typeof(%s) = ''text'' THEN %s || ''x'' WHEN
            typeof(%s) = ''real'' THEN %s * 1.000000000000001 + 1e-300 ELSE %s + 1000003 END
            WHERE (%s) IN (SELECT %s FROM %s ORDER BY %s IS NULL, %s LIMIT 1);', '$table', name,
            name, name, name, name, name, name, k, k, '$table', name, k)
            FROM pragma_table_info('$table'), (SELECT group_concat(name) AS k
                FROM pragma_table_info('$table') WHERE pk > 0)
            WHERE name NOT IN ('wall_ns', 'argv', 'created_at', 'version')" | tr '\n' '\r' |
            sed 's/\r *\(WHEN\|typeof\|WHERE\|name\)/ \1/g' | tr '\r' '\n'
    done
}

@test "every table of the example has rows" {
    for table in $results $study; do
        [ "$(sqlite3 all.db "SELECT count(*) > 0 FROM $table")" -eq 1 ] || { echo $table; false; }
    done
}

@test "results that are as they were: exit 0, of a sample or of all" {
    run gossipsim verify all.db
    [ "$status" -eq 0 ]
    [ "$output" = "'all.db': 4 of 4 runs made again, all as stored; the file is in order" ]
    run gossipsim verify all.db --runs 3 -j 2
    [[ $output == "'all.db': 3 of 4 runs made again, all as stored; "* ]]
    cp all.db before.db
    gossipsim verify all.db --all
    cmp all.db before.db
    [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'gossipsim-verify-*' -newer before.db)" ]
}

@test "any column of any table of results that is changed is found and named" {
    flips $results >list
    [ "$(wc -l <list)" -ge 150 ]
    # The columns of values are all alike: some of them, and all where tests may take longer.
    [ -n "${SCENARIOS:-}" ] || sed -i -E '/^metric_value v([2-9]|[1-5]|[1-5][0-9]|6[0-2]) /d' list
    while read -r table column sql; do
        cp all.db off.db
        # The program is as strict about its tables as SQLite lets a tampering hand be.
        sqlite3 off.db "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; $sql"
        cmp -s all.db off.db && { echo "not changed: $table.$column"; false; }
        status=0; gossipsim verify off.db --all -q >said || status=$?
        [ "$status" -eq 1 ] && grep -q "$table" said || { echo "$table.$column"; cat said; false; }
        case $column in # a key that changes is a row too few and one too many
        run_id | point_id | strategy_id | replication | t_ns | name | set_id | update_id | \
            subject | crashed_ns | lo | number) grep -q "$table" said ;;
        *)
            place="\(point .*, replication [0-9]+\): $table\.$column at "
            grep -Eq "run [0-9]+ ($place|.*$table\.$column)" said
            ;;
        esac || { echo "$table.$column is not named:"; cat said; false; }
    done <list
}

@test "any column of what a study consists of" {
    flips $study >list
    [ "$(wc -l <list)" -ge 25 ]
    while read -r table column sql; do
        cp all.db off.db
        sqlite3 off.db "PRAGMA foreign_keys = OFF; $sql"
        status=0; gossipsim verify off.db -q >said 2>&1 || status=$?
        [ "$status" -eq 1 ] || { echo "$table.$column: $status"; cat said; false; }
    done <list
}

@test "a row too many or too few, in any table, and a view that shows something else" {
    for table in metric_value sample update_outcome histogram fault detection overlay topology; do
        cp all.db off.db
        sqlite3 off.db "DELETE FROM $table WHERE ($(sqlite3 all.db "SELECT group_concat(name) FROM
            pragma_table_info('$table') WHERE pk > 0")) IN (SELECT $(sqlite3 all.db "SELECT
            group_concat(name) FROM pragma_table_info('$table') WHERE pk > 0") FROM $table LIMIT 1)"
        status=0; gossipsim verify off.db --all -q >said || status=$?
        [ "$status" -eq 1 ] && grep -q "$table" said || { echo $table; cat said; false; }
    done
    cp all.db off.db
    sqlite3 off.db "INSERT INTO fault VALUES (7, 0, 0, 'x', 'y')"
    run gossipsim verify off.db -q
    [ "$status" -eq 1 ]
    [[ ${lines[0]} == *'fault: a row refers to something that is not there'* ]]
    cp all.db off.db
    sqlite3 off.db "DROP VIEW curve; CREATE VIEW curve AS SELECT 1"
    run gossipsim verify off.db -q
    [ "$status" -eq 1 ]
    [[ ${lines[0]} == 'study 1: sqlite_schema.sql at name curve: '* ]]
    cp all.db off.db # one replication fewer is asked for than there are
    sqlite3 off.db "UPDATE study SET replications_max = replications_max - 1"
    run gossipsim verify off.db -q
    [ "$status" -eq 1 ]
    [[ ${lines[0]} == 'run '*' belongs to no study' ]]
}

@test "a damaged page, another version, no database" {
    cp all.db off.db
    pages=$(($(stat -c %s off.db) / 8192))
    head -c 3000 /dev/zero | tr '\0' 'z' |
        dd of=off.db bs=1 seek=$(((pages - 3) * 8192)) conv=notrunc status=none
    run gossipsim verify off.db -q
    echo "$output"
    [ "$status" -eq 1 ] || [ "$status" -eq 3 ]
    [[ $output == *damaged* ]]
    cp all.db off.db
    sqlite3 off.db "UPDATE study SET version = '0.0.3'"
    run --separate-stderr gossipsim verify off.db
    [ "$status" -eq 0 ]
    [[ $stderr == \
        *'study 1 was made by version 0.0.3 of the program, this is '*': results may differ'* ]]
    for name in missing . all.yaml; do
        run gossipsim verify $name
        [ "$status" -eq 3 ]
        [ "${#lines[@]}" -eq 1 ]
    done
    run gossipsim verify all.db --all --runs 3
    [ "$status" -eq 2 ]
}

@test "studies that share runs, of some strategies, under a rule, with files of their own" {
    cat >share.yaml <<'YAML'
gossipsim: 1
nodes: 40
replications: 3
network: {latency: {empirical: {file: rtt.txt}}}
strategies:
  one: {rumor-mongering: {mode: push}}
  two: {anti-entropy: {interval: 1s}}
sweep: {axes: {anti-entropy.interval: [1s, 2s, 9s]}}
YAML
    printf '%s\n' 10ms 20ms 40ms >rtt.txt
    mkdir sub; mv share.yaml rtt.txt sub
    gossipsim run sub/share.yaml -q -o share.db >/dev/null
    gossipsim run sub/share.yaml -q -o share.db --only two --set nodes=41 >/dev/null
    gossipsim run sub/share.yaml -q -o share.db \
        --replications '{min: 20, max: 40, until: {metric: t50, half_width: 4%}}' >/dev/null
    runs=$(sqlite3 share.db 'SELECT count(*) FROM run')
    run gossipsim verify share.db --all -q
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == "'share.db': $runs of $runs runs made again, all as stored"* ]]
    mv sub elsewhere
    run gossipsim verify share.db --all -q
    [ "$status" -eq 1 ]
    [[ ${lines[0]} == 'study 1: study.scenario_yaml cannot be read: '*rtt.txt* ]]
    run gossipsim verify share.db --all -q --folder elsewhere
    [ "$status" -eq 0 ]
    sqlite3 share.db "UPDATE sample SET informed = informed + 1 WHERE run_id = (SELECT max(run_id)
        FROM run)"
    run gossipsim verify share.db --all -q --folder elsewhere
    [ "$status" -eq 1 ]
    [[ ${lines[0]} == 'study '*', run '*' (point {'*'}, strategy '*', replication '*'): '* ]]
    [[ ${lines[0]} == *'): sample.informed at t_ns '*' stored, '*' made again' ]]
}
