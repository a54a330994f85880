#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# run --shard and merge: the shards of a study make each of its runs exactly once, whatever there is
# beside, and joined they are what the study would have been in one go; what does not belong
# together is named and changes nothing.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 60
replications: 11
strategies:
  push:      {anti-entropy: {mode: push, interval: 1s}}
  push-pull: {anti-entropy: {mode: push-pull, interval: 1s}}
stop: {at: 30s}
topology: {random-regular: {degree: 6}}
record: {nodes: true}
faults: [{at: 2s, crash: 10%}]
sweep: {axes: {network.loss: [0%, 20%], push.anti-entropy.interval: [1s, 2s]}}
expect: ["P(converged, push-pull) >= 1%"]
YAML
    sed -i 's/push.anti-entropy/strategies.push.anti-entropy/' study.yaml
}

gossipsim() { "$program" "$@"; }

# All tables, without what depends on the clock and the command line.
contents() { # DB
    cp "$1" plain.db
    sqlite3 plain.db "UPDATE run SET wall_ns = 0; UPDATE study SET argv = '', created_at = '';"
    sqlite3 plain.db .dump
}

exports() { # DB: all exports; wall_ns is the last column of runs
    gossipsim export "$1" runs | sed 's/,[^,]*$//'
    for table in samples updates points; do gossipsim export "$1" $table; done
}

shards() { # N OPTIONS...: all shards of N, as I.db
    for i in $(seq "$1"); do
        gossipsim run study.yaml --shard "$i/$1" -q -o "$i.db" "${@:2}" >/dev/null
    done
}

runs() { # DB...: who their runs are, a line each
    for db in "$@"; do
        sqlite3 "$db" "SELECT p.hash, s.hash, replication FROM run JOIN point p USING (point_id)
            JOIN strategy s USING (strategy_id)"
    done
}

fails_in_a_line() { # ARGUMENTS...: exit 3
    run gossipsim "$@"
    echo "$output"
    [ "$status" -eq 3 ] && [ "${#lines[@]}" -eq 1 ] && [[ $output == 'gossipsim: error: '* ]]
}

@test "shards make each run once, and merged they are the study in one go" {
    gossipsim run study.yaml -q -o whole.db >/dev/null
    contents whole.db >whole.sql
    for n in 1 2 4 13; do
        rm -f [0-9]*.db out.db
        shards $n
        runs [0-9]*.db | sort >ours
        runs whole.db | sort | cmp - ours
        gossipsim merge -q out.db $(ls [0-9]*.db | sort -r)
        contents out.db | cmp - whole.sql
    done
    exports out.db >ours
    exports whole.db | cmp - ours
    # Shares are even: 11 replications of 6 pairs in 13 shards are 5 or 6 each, of a pair 0 or 1.
    [ "$(sqlite3 5.db 'SELECT max(n) FROM (SELECT count(*) AS n FROM run GROUP BY point_id,
        strategy_id)')" -eq 1 ]
}

@test "a run's shard does not depend on other points, strategies and replications" {
    shards 3
    runs 2.db | sort >before
    gossipsim run study.yaml --shard 2/3 -q -o more.db --replications 20 \
        --sweep network.loss=0%,20%,30% >/dev/null
    runs more.db | sort >after
    [ "$(comm -23 before after | wc -l)" -eq 0 ]
    [ "$(comm -13 before after | wc -l)" -gt 10 ]
    gossipsim run study.yaml --shard 2/3 -q -o few.db --only push >/dev/null
    [ "$(runs few.db | sort | comm -23 - before | wc -l)" -eq 0 ]
    [ "$(sqlite3 few.db 'SELECT count(*) FROM run')" -gt 5 ]
}

@test "under a rule a shard has whole points, together the same replications" {
    # With push-pull beside it, all points of a world share runs: two worlds, two owners at most.
    rule='{min: 20, max: 60, until: {metric: t50, half_width: 6%}}'
    for only in '' '--only push'; do
        rm -f *.db
        gossipsim run study.yaml -q -o whole.db --replications "$rule" $only >/dev/null
        contents whole.db >whole.sql
        shards 3 --replications "$rule" $only
        runs [0-9].db | sort >ours
        runs whole.db | sort | cmp - ours
        [ "$(sqlite3 1.db 'SELECT count(*) FROM run')" -lt "$(wc -l <ours)" ]
        for i in 1 2 3; do
            run gossipsim status $i.db
            made=$(sqlite3 $i.db 'SELECT count(*) FROM run')
            [[ $output == *"$made of $made runs done, 0 failed, 0 missing"* ]]
            [ "$(sqlite3 $i.db 'SELECT count(*) FROM (SELECT min(replication) AS first,
                max(replication) + 1 - count(*) AS gaps FROM run GROUP BY point_id, strategy_id)
                WHERE first > 0 OR gaps > 0')" -eq 0 ]
        done
        gossipsim merge -q out.db 1.db 2.db 3.db
        contents out.db | cmp - whole.sql
    done
}

@test "a shard says that it is one, resumes, and judges nothing" {
    run gossipsim run study.yaml --shard 2/4
    [ "$status" -eq 0 ]
    [[ $output == *"stored in 'results/study.2-of-4.db'"* ]]
    [[ $output == *"Shard 2/4 of the study: "*" of its 88 runs are here"* ]]
    [[ $output == *"1 expectation is not judged: this is a part of the study"* ]]
    [[ $output == *"next: $program merge results/study.db results/study.*-of-4.db" ]]
    db=results/study.2-of-4.db
    made=$(sqlite3 $db 'SELECT count(*) FROM run')
    run gossipsim status $db
    [[ ${lines[1]} == '  shard 2/4 of it, a part: '* ]]
    [[ ${lines[2]} == "  $made of $made runs done, 0 failed, 0 missing; "* ]]
    gossipsim status $db --json | grep -q '"shard":"2/4","runs":'$made',"done":'$made,
    [[ $(gossipsim report $db) == *'Shard 2/4 of the study'* ]]
    contents $db >before
    for table in metric_value sample update_outcome histogram fault run; do
        sqlite3 $db "DELETE FROM $table WHERE run_id % 2 = 0"
    done
    [[ $(gossipsim status $db) == *" missing"*'to go on: gossipsim run study.yaml --shard 2/4'* ]]
    run gossipsim run study.yaml --shard 2/4
    [ "$status" -eq 0 ]
    contents $db | cmp - before
    run gossipsim run study.yaml --shard 2/4
    [[ $output == *"nothing to do: all $made runs of the shard are in"* ]]
    # Another shard goes elsewhere; without the option the file becomes that of the whole study.
    fails_in_a_line run study.yaml --shard 1/4 -o $db
    [[ $output == *'holds shard 2/4 of this study; shard 1/4 goes to a file of its own'* ]]
    run gossipsim run study.yaml -o $db
    [ "$status" -eq 0 ]
    [[ $output == *'1 expectation holds'* && $output != *Shard* ]]
    [ "$(sqlite3 $db 'SELECT count(*) FROM meta')" -eq 0 ]
}

@test "what is no shard: exit 2" {
    for wrong in 0/4 5/4 2 2/ /4 2/4x 02/4 -1/4 1/1000001 a/b ''; do
        run gossipsim run study.yaml --shard "$wrong"
        echo "$output"
        [ "$status" -eq 2 ]
        [[ $output == *"expected I/N, as in 2/4"* ]]
    done
    [ ! -e results ]
}

@test "merged again nothing changes, and what is missing of it is run" {
    gossipsim run study.yaml -q -o whole.db >/dev/null
    shards 3
    gossipsim merge -q out.db 1.db 2.db
    run gossipsim status out.db
    [[ $output == *"to go on: gossipsim run study.yaml -q -o out.db"* && $output != *shard* ]]
    cp out.db partly.db
    contents out.db >before
    run gossipsim merge out.db 2.db out.db 1.db
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == "'2.db': 0 runs added, "*' were there' ]]
    [[ ${lines[1]} == "'out.db' is the one that the others go into" ]]
    contents out.db | cmp - before
    gossipsim run study.yaml -q -o partly.db >/dev/null
    contents partly.db >ours
    contents whole.db | cmp - ours
    # Into a shard, which thereby becomes the whole; its command goes on with that.
    gossipsim merge -q 1.db 3.db 2.db
    contents 1.db | cmp - ours
    sqlite3 1.db 'SELECT argv FROM study' | grep -qx 'gossipsim run study.yaml -q -o 1.db'
    for command in report compare status 'plot -o x.svg'; do
        gossipsim $command 1.db >/dev/null
    done
}

@test "several studies of a file join, each with its runs" {
    for seed in 1 2; do gossipsim run study.yaml -q --seed $seed -o whole.db >/dev/null; done
    for i in 1 2; do
        for seed in 1 2; do
            gossipsim run study.yaml -q --seed $seed --shard $i/2 -o $i.db >/dev/null
        done
    done
    gossipsim merge -q out.db 1.db 2.db
    contents whole.db >ours
    contents out.db | cmp - ours
    # Whole studies of different files stand side by side, whatever their names.
    gossipsim run study.yaml -q --seed 3 -o other.db >/dev/null
    gossipsim merge -q out.db other.db
    [ "$(sqlite3 out.db 'SELECT group_concat(seed) FROM study')" = 1,2,3 ]
    [[ $(gossipsim report out.db) == "study: 66 runs, 60 nodes, seed 3 (study 3 of 3; "* ]]
}

@test "what does not belong together is named, and changes nothing" {
    shards 2
    gossipsim merge -q out.db 1.db
    contents out.db >before
    gossipsim run study.yaml --shard 2/2 -q --seed 5 -o seed.db >/dev/null
    fails_in_a_line merge out.db seed.db
    [[ $output == \
        *"'seed.db' holds shard 2/2 of another study 'study' than 'out.db': seed 5, not 1;"* ]]
    gossipsim run study.yaml --shard 2/2 -q --set nodes=61 --set topology=complete \
        -o nodes.db >/dev/null
    fails_in_a_line merge out.db 2.db nodes.db
    [[ $output == *': `nodes: 61`, not `nodes: 60`;'* ]]
    gossipsim run study.yaml --shard 2/2 -q --only push -o only.db >/dev/null
    fails_in_a_line merge out.db only.db
    [[ $output == *": strategies 'push', not 'push', 'push-pull';"* ]]
    cp 2.db version.db
    sqlite3 version.db "UPDATE study SET version = '0.0.7'"
    fails_in_a_line merge out.db version.db
    [[ $output == *"'version.db' has study 'study' as made by version 0.0.7 of the program, "* ]]
    cp 2.db clash.db
    sqlite3 clash.db "UPDATE run SET fingerprint = 'x' WHERE run_id = (SELECT max(run_id) FROM run)"
    fails_in_a_line merge out.db 2.db clash.db
    [[ $output == \
        *"'clash.db' and '2.db' have the same run with other results: study study, point "* ]]
    [[ $output == *', strategy push'*', replication '*': run.fingerprint at '*': x here, '* ]]
    fails_in_a_line merge fresh.db 2.db clash.db
    [ ! -e fresh.db ]
    fails_in_a_line merge fresh.db fresh.db
    [ ! -e fresh.db ]
    for change in 'DELETE FROM study' 'DELETE FROM study_point' \
        'UPDATE study SET replications_max = 1'; do
        cp 2.db orphans.db
        sqlite3 orphans.db "$change"
        fails_in_a_line merge out.db orphans.db
        [[ $output == *"'orphans.db' is damaged: run "*' belongs to no study' ]]
    done
    fails_in_a_line merge out.db 2.db missing.db
    fails_in_a_line merge out.db 2.db study.yaml
    [[ $output == *"'study.yaml' is not a database" ]]
    contents out.db | cmp - before
    # One that is being written gives what it has.
    fails_in_a_line merge . 2.db
    run gossipsim merge out.db
    [ "$status" -eq 2 ]
}

# How many moments: more where tests may take longer.
moments() { # FEW
    local n=$((${SCENARIOS:-0} / 10))
    ((n > 200)) && n=200
    echo $((n > $1 ? n : $1))
}

@test "a merge killed at any moment: the next one completes it" {
    gossipsim run study.yaml -q -o whole.db --replications 100 >/dev/null
    contents whole.db >whole.sql
    shards 3 --replications 100
    began=${EPOCHREALTIME/./}
    gossipsim merge -q out.db [123].db
    lasts=$((${EPOCHREALTIME/./} - began))
    RANDOM=815
    cut_short=0
    count=$(moments 5)
    for i in $(seq "$count"); do
        rm -f out.db*
        ((i % 2)) && cp 2.db out.db # also into a file that is there
        "$program" merge -q out.db [123].db >log 2>&1 3>&- &
        pid=$!
        moment=$((lasts * (20 * i + RANDOM % 20) / (20 * count + 20)))
        sleep "$((moment / 1000000)).$(printf %06d $((moment % 1000000)))"
        kill -KILL $pid 2>/dev/null && cut_short=$((cut_short + 1))
        wait $pid || true
        gossipsim merge -q out.db [123].db
        contents out.db | cmp - whole.sql
        [ ! -e out.db-wal ]
    done
    echo "$cut_short of $count were cut short"
    [ "$cut_short" -ge 2 ]
}

@test "a merge onto a full disk, into a file in use, past a reader: one line, nothing changed" {
    shards 2 --replications 40
    cp 1.db out.db
    contents out.db >before
    blocks=$(($(stat -c %s out.db) / 1024 + 200))
    run bash -c "ulimit -f $blocks; trap '' XFSZ; '$program' merge out.db 2.db"
    echo "$output"
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
    contents out.db | cmp - before
    [ "$(sqlite3 out.db 'PRAGMA integrity_check')" = ok ]
    run bash -c "ulimit -f 300; trap '' XFSZ; '$program' merge new.db 1.db 2.db"
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
    ls -l; [ ! -e new.db ]
    # A writer: refused at once.
    gossipsim merge -q out.db 2.db
    (flock 9; touch ready; exec sleep 20) 9<>out.db 3>&- &
    pid=$!
    until [ -e ready ]; do sleep 0.02; done
    fails_in_a_line merge out.db 1.db
    [[ $output == *"'out.db' is in use: another run is writing it"* ]]
    kill $pid
    # A source that somebody reads, or is writing, gives what it has.
    (echo 'BEGIN; SELECT count(*) FROM run;'; echo '.shell touch reads'; echo '.shell sleep 20') |
        sqlite3 1.db 3>&- &
    pid=$!
    until [ -e reads ]; do sleep 0.02; done
    gossipsim merge -q beside.db 1.db 2.db
    pkill -P $pid 2>/dev/null || true
    kill $pid 2>/dev/null || true
    contents beside.db >ours
    contents out.db | cmp - ours
}

@test "a source with the log of a killed run, where nothing can be written: says why" {
    command -v python3 >/dev/null || skip "no python3"
    shards 1
    cp 1.db log.db
    python3 - <<'PYTHON'
import os, sqlite3
log = sqlite3.connect("log.db")
log.execute("PRAGMA journal_mode = WAL")
log.execute("UPDATE study SET created_at = 'x'")
log.commit()
os._exit(0) # without closing
PYTHON
    [ -s log.db-wal ]
    mkdir still
    mount -t tmpfs tmpfs still 2>/dev/null || skip "no tmpfs can be mounted here"
    cp log.db log.db-wal still
    mount -o remount,ro still
    run gossipsim merge out.db still/log.db
    umount still
    [ "$status" -eq 3 ] && [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"a part of it is in 'still/log.db-wal', which is read only where its folder"* ]]
    [ ! -e out.db ]
    gossipsim merge -q out.db log.db
}
