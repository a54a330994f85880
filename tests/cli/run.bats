#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# run: the database holds the same results however they came to be: by one thread or two, in one
# go, interrupted and resumed, or killed at any moment; what cannot work ends in one clear line
# and the right exit code, and harms nothing.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 60
replications: 12
network: {loss: 10%}
strategies:
  push:      {anti-entropy: {mode: push, interval: 1s}}
  push-pull: {anti-entropy: {mode: push-pull, interval: 1s}}
stop: {at: 30s}
sweep: {axes: {network.loss: [0%, 20%, 40%], nodes: [40, 60]}}
YAML
    # Half a second or more: an interrupt after the first run does not come too late.
    sed -e 's/^nodes: 60/nodes: 1000/; s/^replications: 12/replications: 40/' \
        -e 's/nodes: \[40, 60\]/nodes: [800, 1000]/' study.yaml >long.yaml
}

gossipsim() { "$program" "$@"; }

# All tables, without what depends on the clock and the command line.
contents() { # DB
    sqlite3 "$1" "UPDATE run SET wall_ns = 0; UPDATE study SET argv = '', created_at = '';"
    sqlite3 "$1" .dump
}

exports() { # DB: all exports; wall_ns is the last column of runs
    gossipsim export "$1" runs | sed 's/,[^,]*$//'
    for table in samples updates points; do gossipsim export "$1" $table; done
}

start() { # SIGNAL ARGUMENTS...: in the background, $pid; a shell lets it ignore SIGINT otherwise
    env --default-signal=$1 "$program" run "${@:2}" >log 2>&1 3>&- &
    pid=$!
}

until_stored() { # DB: at least one run
    until [ "$(sqlite3 -cmd '.timeout 1000' "$1" 'SELECT count(*) FROM run' 2>/dev/null)" -gt 0 ]
    do sleep 0.01; done 2>/dev/null
}

one_line() { # the run's output is one line that says error
    [ "${#lines[@]}" -eq 1 ] && [[ $output == 'gossipsim: error: '* ]]
}

@test "one thread and two give the same tables" {
    gossipsim run study.yaml -j1 -o one.db
    gossipsim run study.yaml -j 2 -o two.db
    contents one.db >one.sql
    contents two.db >two.sql
    cmp one.sql two.sql
    [ "$(grep -c 'INSERT INTO run ' one.sql)" -eq 144 ]
}

@test "the default database is results/NAME.db, one file when done" {
    run gossipsim run study.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"144 runs in "*"stored in 'results/study.db'"* ]]
    [[ $output == *"next: $program compare results/study.db"* ]]
    [ "$(ls results)" = study.db ]
    [ "$(sqlite3 results/study.db 'PRAGMA journal_mode')" = delete ]
    [ "$(sqlite3 results/study.db 'PRAGMA integrity_check')" = ok ]
}

@test "it names the figure that shows the study: of updates, of crashes, of a sweep, or none" {
    sed '/^sweep/d' study.yaml >spread.yaml
    cat >judged.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 2
strategies: {judge: {swim: {}}}
workload: {updates: 0}
faults: [{at: 1s, crash: {node: 3}}]
stop: {at: 20s}
YAML
    local next
    next() { gossipsim run "$@" --replications 2 2>&1 >/dev/null | grep -A3 '^next:'; }
    [[ $(next study.yaml) == *'plot results/study.db --kind sweep -o sweep.svg'* ]]
    [[ $(next spread.yaml) == *'plot results/spread.db --kind convergence -o convergence.svg'* ]]
    next=$(next judged.yaml)
    [[ $next == *'plot results/judged.db --kind detection -o detection.svg'* ]]
    sed '/^faults/d' judged.yaml >calm.yaml
    next=$(next calm.yaml)
    [[ $next == *'status results/calm.db'*'export results/calm.db runs' && $next != *plot* ]]
}

@test "of one strategy it names the table of its sweep, and of an older study which it is" {
    local next axis=rumor-mongering.interval
    cat >one.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 2
strategies: {push: {rumor-mongering: {}}}
stop: {at: 20s}
YAML
    next() { gossipsim run one.yaml -o one.db "$@" 2>&1 >/dev/null | grep -A3 '^next:'; }
    [[ $(next) == *' status one.db'$'\n'*' plot one.db '*' -o convergence.svg'$'\n'* ]]
    [[ $(next --sweep $axis=1s,2s) == *" compare one.db --by $axis"$'\n'* ]]
    [[ $(next --sweep $axis=1s,2s --sweep nodes=9,10) == *' report one.db --sensitivity'$'\n'* ]]
    [[ $(next --sweep $axis=1s..2s --sweep nodes=9..10 --points 8) == *' --sensitivity'$'\n'* ]]
    [[ $(next --sweep $axis=1s,2s --sweep nodes=9,10 --design zip) == *' status one.db'$'\n'* ]]
    next=$(next)
    [[ $next == *' status one.db --study 1'$'\n'*' convergence.svg --study 1'$'\n'* ]]
    [[ $next == *' export one.db runs --study 1' ]]
}

@test "a second run has nothing to do and changes nothing" {
    gossipsim run study.yaml -q
    sqlite3 results/study.db .dump >before
    run gossipsim run study.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"nothing to do: all 144 runs are in 'results/study.db'"* ]]
    sqlite3 results/study.db .dump >after
    cmp before after
}

@test "interrupted and resumed is the same as in one go" {
    gossipsim run long.yaml -q -o whole.db >/dev/null
    start INT long.yaml -j 2 -o parts.db
    until_stored parts.db
    kill -INT $pid
    status=0; wait $pid || status=$?
    cat log
    [ "$status" -eq 130 ]
    grep -q "interrupted; .* new runs are stored in 'parts.db'" log
    grep -q "to go on: $program run long.yaml -j 2 -o parts.db" log
    [ ! -e parts.db-wal ]
    made=$(sqlite3 parts.db 'SELECT count(*) FROM run')
    [ "$made" -lt 480 ]
    gossipsim run long.yaml -q -j 2 -o parts.db >/dev/null
    contents whole.db >whole.sql
    contents parts.db >parts.sql
    cmp whole.sql parts.sql
}

@test "killed at any moment, each time completed: the same as in one go" {
    count=$((${SCENARIOS:-0} / 10)) # more moments where tests may take longer
    ((count > 200)) && count=200
    ((count < 30)) && count=30
    [ -n "${SCENARIOS:-}" ] || [ -z "${SANITIZED:-}" ] || count=15
    began=${EPOCHREALTIME/./}
    gossipsim run study.yaml -q -o whole.db >/dev/null
    lasts=$((${EPOCHREALTIME/./} - began)) # µs: the moments lie within it, on any machine
    exports whole.db >whole
    contents whole.db >whole.sql
    RANDOM=4711
    cut_short=0
    for i in $(seq "$count"); do
        rm -f kill.db*
        start INT study.yaml -j 2 -q -o kill.db
        moment=$((RANDOM * lasts / 32768))
        sleep "$((moment / 1000000)).$(printf %06d $((moment % 1000000)))"
        kill -KILL $pid 2>/dev/null || true
        wait $pid || true
        if [ -s kill.db ]; then
            [ "$(sqlite3 kill.db 'PRAGMA integrity_check')" = ok ]
            made=$(sqlite3 kill.db 'SELECT count(*) FROM run' 2>/dev/null || echo 0)
            [ "$made" -lt 144 ] && cut_short=$((cut_short + 1))
        else
            cut_short=$((cut_short + 1))
        fi
        gossipsim run study.yaml -q -o kill.db >/dev/null
        contents kill.db | cmp - whole.sql
    done
    exports kill.db | cmp - whole
    echo "$cut_short of $count were cut short"
    [ "$cut_short" -ge 5 ]
}

@test "a changed scenario adds points and shares those that stayed the same" {
    gossipsim run study.yaml -q >/dev/null
    gossipsim export results/study.db runs --study 1 >before
    gossipsim run study.yaml -q --sweep network.loss=20%,60% >/dev/null
    [ "$(sqlite3 results/study.db 'SELECT count(*) FROM study')" -eq 2 ]
    # 2 of the 4 points were there: 20 % loss at 40 and 60 nodes.
    [ "$(sqlite3 results/study.db 'SELECT count(*) FROM point')" -eq 8 ]
    [ "$(sqlite3 results/study.db 'SELECT count(*) FROM run')" -eq $((8 * 2 * 12)) ]
    gossipsim export results/study.db runs --study 1 | cmp - before
    # The second study alone in its own file is the same but for the numbers of points.
    gossipsim run study.yaml -q --sweep network.loss=20%,60% -o alone.db >/dev/null
    gossipsim export alone.db runs | cut -d, -f2- | sed 's/,[^,]*$//' >alone
    gossipsim export results/study.db runs | cut -d, -f2- | sed 's/,[^,]*$//' | cmp - alone
}

@test "more replications and other strategies add runs to the same points" {
    gossipsim run study.yaml -q --replications 4 --only push >/dev/null
    run gossipsim run study.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"$((144 - 24)) runs in "* ]]
    gossipsim run study.yaml -q -o alone.db >/dev/null
    gossipsim export alone.db runs | sed 's/,[^,]*$//' >alone
    gossipsim export results/study.db runs | sed 's/,[^,]*$//' | cmp - alone
}

@test "fewer replications of a point that has more show no more than was asked for" {
    gossipsim run study.yaml -q >/dev/null
    gossipsim run study.yaml -q --replications 4 >few
    gossipsim run study.yaml -q --replications 4 -o alone.db >alone
    sed -i 1d few alone # the first line counts studies
    cmp few alone
    gossipsim export alone.db runs | sed 's/,[^,]*$//' >alone
    gossipsim export results/study.db runs | sed 's/,[^,]*$//' | cmp - alone
}

@test "with a rule every -j and interruption ends with the same replications" {
    cat >rule.yaml <<'YAML'
gossipsim: 1
nodes: 50
replications: {min: 20, max: 90, until: {metric: t99, half_width: 4%}}
strategies:
  push:      {anti-entropy: {mode: push, interval: 1s}}
  push-pull: {anti-entropy: {mode: push-pull, interval: 1s}}
YAML
    gossipsim run rule.yaml -q -j1 -o one.db >/dev/null
    gossipsim run rule.yaml -q -j 2 -o two.db >/dev/null
    contents one.db >one.sql
    contents two.db >two.sql
    cmp one.sql two.sql
    most=$(sqlite3 one.db 'SELECT max(replication) + 1 FROM run')
    [[ $most =~ ^(30|45|68|90)$ ]]
    # Half of them gone, as after a kill: the same again.
    for table in metric_value sample update_outcome histogram run; do
        sqlite3 two.db "DELETE FROM $table WHERE run_id % 2 = 0"
    done
    gossipsim run rule.yaml -q -j 2 -o two.db >/dev/null
    contents two.db | cmp - one.sql
}

@test "failed runs are stored with their reason, the study goes on, exit 4" {
    run gossipsim run study.yaml --set stop.events=100
    [ "$status" -eq 4 ]
    [[ $output == *'error: 144 of 144 runs failed; the first: '*event* ]]
    run gossipsim run study.yaml --set stop.events=100
    [ "$status" -eq 4 ]
    [[ $output == *'nothing to do'*'144 of 144 runs failed'* ]]
    run gossipsim status results/study.db
    [[ $output == *'0 of 144 runs done, 144 failed, 0 missing'* ]]
}

@test "a run that needs more memory than there is is refused with the figure" {
    run gossipsim run study.yaml --set workload.updates=2000 --sweep nodes=100,1_000_000_000 \
        --only push -o big.db
    [ "$status" -eq 4 ]
    [[ $output == *'runs were not made: a run of '*'needs about '*'of memory'* ]]
    # where no run fits, nothing is written
    sqlite3 big.db .dump >before
    for name in new.db big.db; do
        run gossipsim run study.yaml --set workload.updates=2000 \
            --sweep nodes=900_000_000,1e9 -o $name
        [ "$status" -eq 2 ]
        one_line
        [[ $output == *'no run fits into memory: the smallest, of '*'needs about '* ]]
        [ "$(ls ./*.db)" = ./big.db ]
        sqlite3 big.db .dump | cmp before
    done
}

@test "a missing scenario or a folder: one line, exit 3" {
    run gossipsim run missing.yaml
    [ "$status" -eq 3 ]
    one_line
    run gossipsim run .
    [ "$status" -eq 3 ]
    one_line
    [ ! -e results ]
}

@test "wrong options: exit 2" {
    for wrong in '--shard 3/2' '-j 0x' '-j -1' '--set network.loss' '--only nobody' \
        '--replications none' '--seed x'; do
        run gossipsim run study.yaml $wrong
        echo "$wrong: $status $output"
        [ "$status" -eq 2 ]
        [[ $output == 'gossipsim: error: '* || $output == *': error: '* ]]
    done
    run gossipsim run
    [ "$status" -eq 2 ]
    [ ! -e results ]
}

@test "what is not a database of results ends in one line, exit 3, unharmed" {
    mkdir folder
    mkfifo pipe
    head -c 5000 /dev/zero | tr '\0' x >text
    sqlite3 other.db 'CREATE TABLE t (x); INSERT INTO t VALUES (1)'
    gossipsim run study.yaml -q -o good.db >/dev/null
    cp good.db newer.db
    sqlite3 newer.db 'PRAGMA user_version = 99'
    head -c 30000 good.db >short.db
    for name in folder pipe text other.db newer.db short.db missing/x.db; do
        [ -f $name ] && cp $name copy
        run gossipsim run study.yaml -o $name
        echo "$name: $status $output"
        [ "$status" -eq 3 ]
        one_line
        [[ $output == *"'$name'"* ]]
        [ ! -f $name ] || cmp $name copy
        [ ! -e $name-wal ]
        [ ! -e $name-journal ]
    done
    run gossipsim run study.yaml -o newer.db
    [[ $output == *'reads and writes format 9: a later version made it'* ]]
    sqlite3 newer.db 'PRAGMA user_version = 3'
    for command in 'run study.yaml -o newer.db' 'report newer.db' 'status newer.db' \
        'export newer.db runs'; do
        run gossipsim $command
        [ "$status" -eq 3 ]
        one_line
        [[ $output == *"'newer.db' has results in format 3"*'run the scenario anew into '* ]]
    done
    run gossipsim run study.yaml -o ''
    [ "$status" -eq 3 ]
    one_line
}

@test "a folder that may not be written to: one line, exit 3" {
    mkdir locked
    if [ "$(id -u)" -eq 0 ]; then
        name=/proc/x.db
    else
        chmod a-w locked
        name=locked/x.db
    fi
    run gossipsim run study.yaml -o $name
    [ "$status" -eq 3 ]
    one_line
    echo file >results # where the default folder should be
    run gossipsim run study.yaml
    [ "$status" -eq 3 ]
    one_line
}

@test "two runs into one database: the second is refused at once, the first goes on" {
    start TERM long.yaml -q -o shared.db
    until_stored shared.db
    run gossipsim run study.yaml -o shared.db
    [ "$status" -eq 3 ]
    one_line
    [[ $output == *'in use: another run is writing it'* ]]
    kill -TERM $pid
    status=0; wait $pid || status=$?
    [ "$status" -eq 130 ]
    gossipsim run study.yaml -q -o shared.db >/dev/null
}

@test "a database that another program locks: one line, exit 3" {
    gossipsim run study.yaml -q -o held.db >/dev/null
    (echo 'BEGIN EXCLUSIVE;'; echo '.shell touch ready'; echo '.shell sleep 20') |
        sqlite3 held.db 3>&- &
    pid=$!
    until [ -e ready ]; do sleep 0.02; done
    run gossipsim run study.yaml --replications 13 -o held.db
    pkill -P $pid 2>/dev/null || true
    kill $pid 2>/dev/null || true
    [ "$status" -eq 3 ]
    one_line
    [[ $output == *"'held.db' is locked by another program"* ]]
}

@test "who reads a study and then waits for others does not hold up the next run" {
    gossipsim run study.yaml -q -o held.db >/dev/null
    # A gnuplot that runs a study into the database that is drawn.
    mkdir bin
    cat >bin/gnuplot <<EOF
#!/bin/sh
cd "$PWD" && "$program" run study.yaml --replications 13 -q -o held.db >plot.log 2>&1 &&
    touch plot.done
exit 1
EOF
    chmod +x bin/gnuplot
    PATH=$PWD/bin:$PATH gossipsim plot held.db -o x.svg || true
    cat plot.log
    [ -e plot.done ]
    for verb in "export held.db samples" "export held.db runs --json" "report held.db" \
        "compare held.db --all" "status held.db"; do
        # Output begins, so all is read, whether or not it fits into the pipe.
        gossipsim $verb | (head -c 1 >/dev/null
            "$program" run study.yaml --seed ${#verb} -q -o held.db >pipe.log 2>&1 &&
                touch pipe.done
            cat >/dev/null)
        cat pipe.log
        rm pipe.done
    done
    [ ! -e held.db-wal ]
}

@test "a log that a reader keeps is spoken of" {
    gossipsim run study.yaml -q -o log.db >/dev/null
    sqlite3 log.db 'PRAGMA journal_mode = WAL' >/dev/null
    (echo 'BEGIN; SELECT count(*) FROM run;'; echo '.shell touch ready'; echo '.shell sleep 60') |
        sqlite3 log.db 3>&- &
    pid=$!
    until [ -e ready ]; do sleep 0.02; done
    run gossipsim run study.yaml --seed 5 -q -o log.db
    pkill -P $pid 2>/dev/null || true
    kill $pid 2>/dev/null || true
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"part of it is in 'log.db-wal'; keep both together"* ]]
    run gossipsim run study.yaml --seed 6 -q -o log.db
    [ "$status" -eq 0 ]
    [[ $output != *-wal* ]]
    [ ! -e log.db-wal ]
}

@test "a disk that gets full: one line, exit 3, and what was stored stays whole" {
    gossipsim run study.yaml -q -o whole.db >/dev/null
    # A file that may not grow stands for the full disk.
    run bash -c "ulimit -f 300; trap '' XFSZ; '$program' run study.yaml -q -o full.db"
    echo "$output"
    [ "$status" -eq 3 ]
    one_line
    [ "$(sqlite3 full.db 'PRAGMA integrity_check')" = ok ]
    gossipsim run study.yaml -q -o full.db >/dev/null
    contents whole.db >whole.sql
    contents full.db | cmp - whole.sql
}

@test "a file system that gets full: one line, exit 3, and the study goes on when there is room" {
    mkdir small
    mount -t tmpfs -o size=300k tmpfs small 2>/dev/null || skip "no tmpfs can be mounted here"
    gossipsim run study.yaml -q -o whole.db >/dev/null
    run gossipsim run study.yaml -j 2 -q -o small/full.db
    echo "$output"
    cp -r small beside
    merged=0
    "$program" merge small/out.db whole.db >log 2>&1 || merged=$?
    umount small
    [ "$status" -eq 3 ]
    one_line
    [[ $output == *'the disk is full' ]]
    [ "$merged" -eq 3 ]
    [ "$(wc -l <log)" -eq 1 ]
    grep -q 'the disk is full' log
    [ "$(sqlite3 beside/full.db 'PRAGMA integrity_check')" = ok ]
    gossipsim run study.yaml -q -o beside/full.db >/dev/null
    contents whole.db >whole.sql
    contents beside/full.db | cmp - whole.sql
}

@test "the few samples of a small run give the same curve as many" {
    for every in auto 10ms; do
        gossipsim run study.yaml -q -o $every.db --only push --replications 300 \
            --set record.every=$every --sweep nodes=100 --sweep network.loss=20% >/dev/null
    done
    sqlite3 auto.db "SELECT max(n) <= 50 FROM (SELECT count(*) AS n FROM sample GROUP BY run_id)" |
        grep -qx 1
    sqlite3 auto.db "ATTACH '10ms.db' AS fine" \
        "SELECT count(*) > 20, max(abs(mean - (
             SELECT avg((SELECT informed / alive FROM fine.sample
                         WHERE run_id = run.run_id AND t_ns <= curve.t_ns
                         ORDER BY t_ns DESC LIMIT 1)) FROM fine.run))) < 0.01
         FROM curve" | grep -qx '1|1'
}

@test "samples are those there will be, not those there could be until stop.at" {
    printf '%s\n' 'gossipsim: 1' 'nodes: 20' 'record: {every: 1ms}' 'replications: 1' \
        'strategies: {s: {anti-entropy: {}}}' >fine.yaml
    gossipsim run fine.yaml -q -o fine.db >/dev/null
    sqlite3 fine.db "SELECT (SELECT count(*) FROM sample) - sim_end_ns / 1000000 BETWEEN 0 AND 2
        FROM run" | grep -qx 1
    run --separate-stderr gossipsim run fine.yaml -q -o fine.db --set network.loss=100%
    [ "$status" -ne 0 ]
    [[ "$stderr" == *"more than 1000000 samples"*"(record.every)"* ]]
}

@test "a name that SQLite takes for something else is a file" {
    gossipsim run study.yaml -q -o :memory: >/dev/null
    [ -s ./:memory: ]
}

@test "expectations that hold are counted, exit 0, also when there is nothing to run" {
    sed -i 's/^stop:.*/stop: {at: 10min}/' study.yaml
    printf 'expect:\n  - P(converged, push-pull) >= 99%%\n  - p95(t99) < 10min\n' >>study.yaml
    run --separate-stderr gossipsim run study.yaml
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "2 expectations hold" ]
    # what was found is told all the same, of the place that came closest
    [[ $output == *$'\nholds: P(converged, push-pull) >= 99%, at network.loss='*': 100 % (95 % '* ]]
    [[ $output == *$'\nholds: p95(t99) < 10min, strategy '*$'; the closest of 12\n'* ]]
    run --separate-stderr gossipsim run study.yaml
    [ "$status" -eq 0 ]
    [[ $stderr == *"nothing to do"* ]]
    [ "${lines[-1]}" = "2 expectations hold" ]
}

@test "an expectation that fails is told with value, interval and point, exit 1" {
    sed -i 's/^stop:.*/stop: {at: 10min}/' study.yaml
    printf 'expect: ["P(converged) >= 99%%", "max(t99, push) < 1ms"]\n' >>study.yaml
    run --separate-stderr gossipsim run study.yaml -q
    [ "$status" -eq 1 ]
    [ "${lines[-1]}" = "1 of 2 expectations does not hold" ]
    [ "$(grep -cE '^does not hold: max\(t99, push\) < 1ms, at [^:]*: [0-9.]* s in 12 runs$' \
        <<<"$output")" -eq 6 ]
    # Other expectations are another study on the same runs: nothing is to be made.
    sed -i 's/1ms/9min/; s/99%/100%/' study.yaml
    run --separate-stderr gossipsim run study.yaml
    [ "$status" -eq 0 ]
    [[ $stderr == *"nothing to do"* ]]
    # A strategy that is left out cannot be judged.
    run --separate-stderr gossipsim run study.yaml --only push-pull -q
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "1 expectation holds; 1 about strategies left out" ]
}

@test "failed runs weigh more than expectations" {
    printf 'expect: ["P(converged) >= 99%%"]\n' >>study.yaml
    run --separate-stderr gossipsim run study.yaml -q --set stop.events=10
    [ "$status" -eq 4 ]
    [[ $output == *"does not hold: P(converged) >= 99%: no run has it"* ]]
}

@test "what the faults of a scenario did is stored" {
    sed -i '/^sweep/d; /^replications/d' study.yaml
    printf 'replications: 2\nfaults:\n  - {at: 1s, for: 2s, crash: {count: 5}}\n' >>study.yaml
    sed -i 's/^stop:.*/stop: {at: 30s, when: never}/' study.yaml
    gossipsim run study.yaml -q >/dev/null
    run sqlite3 results/study.db "SELECT t_ns, kind, detail, count(*) FROM fault
        GROUP BY t_ns, kind, detail ORDER BY t_ns"
    [ "$output" = "1000000000|crash|5 nodes|4
3000000000|recover|5 nodes|4" ]
}

@test "--help and help say the same" {
    gossipsim run --help >a
    gossipsim help run >b
    cmp a b
    grep -q -- '--replications R' a
}

@test "a strategy that is added makes its own runs only, one that is renamed none" {
    cat >grows.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 3
strategies:
  push: {rumor-mongering: {mode: push}}
YAML
    gossipsim run grows.yaml -q -o grows.db >/dev/null
    sqlite3 grows.db 'SELECT * FROM run' >before
    echo '  pull: {rumor-mongering: {mode: pull}}' >>grows.yaml
    run gossipsim run grows.yaml -o grows.db
    [[ $output == *'3 runs in '* ]]
    [ "$(sqlite3 grows.db 'SELECT * FROM run ORDER BY run_id LIMIT 3')" = "$(cat before)" ]
    sed -i 's/ push:/ "=1+1":/; s/ pull:/ draw:/; s/mode: push}/k: 2, mode: push}/' grows.yaml
    run gossipsim run grows.yaml -o grows.db
    [[ $output == *'nothing to do: all 6 runs are in'* ]]
    [ "$(sqlite3 grows.db "SELECT group_concat(strategy || ' ' || n, ', ') FROM (SELECT study_id,
        strategy, count(*) AS n FROM run_summary GROUP BY 1, 2)")" = \
        'push 3, pull 3, push 3, =1+1 3, draw 3' ]
    gossipsim report grows.db --csv | grep -q "^'=1+1,3,"
    gossipsim report grows.db --study 2 --csv | grep -q '^push,3,'
}

@test "what studies of one file sweep is each one's own" {
    cat >mail.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 2
strategies: {mail: {direct-mail: {}}, push: {rumor-mongering: {mode: push}}}
YAML
    gossipsim run mail.yaml -q -o mail.db --sweep network.loss=0,0.05 >/dev/null
    run gossipsim run mail.yaml -o mail.db --sweep network.loss=5%,10% # shares a point
    [[ $output == *'4 runs in '* ]]
    gossipsim run mail.yaml -q -o mail.db --sweep nodes=20,30 >/dev/null # and another
    run gossipsim compare mail.db --by nodes --metric bytes --csv
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 3 ]
    run gossipsim compare mail.db --by network.loss
    [ "$status" -eq 2 ]
    [[ $output == *"no swept parameter 'network.loss'; the study has nodes" ]]
    run gossipsim report mail.db --study 2
    [[ $output == *$'\n          5%  mail'* ]]
    [ "$(gossipsim export mail.db runs --study 2 --where network.loss=0.05 | wc -l)" -eq 5 ]
    run gossipsim compare mail.db --study 1 --by network.loss --baseline 5% --metric bytes
    [ "$status" -eq 0 ]
    [[ $output == *' against '*'0.05 '* ]]
}
