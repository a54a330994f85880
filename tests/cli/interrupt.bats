#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# An interrupt ends every command soon, whatever it is at, with the code 130; the database is whole
# and the study goes on from there.  "Soon" is told by a count of seconds that is generous for a
# busy machine: what these scenarios do, a set-up of 3e7 nodes or events on sets of 1e6 updates,
# takes minutes without it.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    root=$(pwd)
    cd "$BATS_TEST_TMPDIR"
    cat >heavy.yaml <<'YAML'
gossipsim: 1
nodes: 300
replications: 2
store: {preload: 1000000, missing: 50%}
workload: {updates: 0}
strategies: {s: {anti-entropy: {interval: 1s}}}
stop: {at: 60s}
YAML
    cat >large.yaml <<'YAML'
gossipsim: 1
nodes: 3e7
replications: 1
strategies: {s: {anti-entropy: {interval: 1s}}}
YAML
}

# Interrupts `gossipsim ARGUMENTS` after SECONDS; it ends within ten.
interrupted_after() { # SECONDS ARGUMENTS...
    env --default-signal=INT "$program" "${@:2}" >log 2>&1 3>&- &
    pid=$!
    sleep "$1"
    kill -INT $pid
    ( sleep 10 3>&-; kill -KILL $pid ) 2>/dev/null 3>&- &
    guard=$!
    status=0; wait $pid || status=$?
    kill $guard 2>/dev/null || true
    [ "$status" -eq 130 ]
}

is_whole() { # DB: if there is one by now
    [ ! -s "$1" ] || [ "$(sqlite3 "$1" 'PRAGMA integrity_check')" = ok ]
}

@test "while sets of a million updates are filled and compared" {
    for moment in 0.2 1.5 3; do
        rm -f heavy.db*
        interrupted_after $moment run heavy.yaml -j1 -o heavy.db
        is_whole heavy.db
    done
    grep -q "to go on: $program run heavy.yaml -j1 -o heavy.db" log
    # The same file takes the study up again.
    run --separate-stderr "$program" run heavy.yaml -q -o heavy.db --set store.preload=10
    [ "$status" -eq 0 ]
}

@test "while a run of thirty million nodes is set up" {
    interrupted_after 1 run large.yaml -o large.db
    is_whole large.db
}

@test "while the runs of a study of 2e11 are looked for, which takes no time" {
    interrupted_after 1 check "$root/tests/fixtures/startup-scan.yaml"
    # 1000 points of a million replications each: the first runs come at once.
    env --default-signal=INT "$program" run "$root/tests/fixtures/startup-scan.yaml" \
        --set 'sweep.axes.seed.to=1000' --set 'sweep.axes.seed.steps=1000' \
        -o scan.db >log 2>&1 3>&- &
    pid=$!
    for i in {1..200}; do
        made=$(sqlite3 scan.db 'SELECT count(*) FROM run' 2>/dev/null || echo 0)
        [ "${made:-0}" -gt 0 ] && break
        sleep 0.05
    done
    kill -INT $pid
    status=0; wait $pid || status=$?
    cat log
    [ "$status" -eq 130 ]
    [ "$made" -gt 0 ]
    grep -q 'interrupted; .* new runs are stored' log
}
