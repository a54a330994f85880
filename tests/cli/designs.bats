#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Designs of sweeps: what points they have, that a larger study makes exactly the runs that a
# smaller one lacks, and what `run --dry-run` says of that.

# bats file_tags=threads

setup_file() { export program=$(realpath "${GOSSIPSIM:-./gossipsim}"); }

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR"
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 3
strategies:
  one: {rumor-mongering: {mode: push, interval: 1s}}
  two: {rumor-mongering: {mode: pull, interval: 1s}}
YAML
}

# Runs the study with these options into a.db; succeeds if so many runs were made, and if that is
# what a dry run said.
makes() {
    local wanted=$1 said
    shift
    said=$("$program" run study.yaml -o a.db --dry-run "$@" | grep '^[0-9]* runs* would')
    "$program" run study.yaml -o a.db "$@" >/dev/null 2>log
    if [ "$wanted" -eq 0 ]; then
        grep -q '^nothing to do' log && [[ $said == "0 runs would be made" ]]
    else
        grep -q "^$wanted runs in" log && [[ $said == "$wanted runs would be made"* ]]
    fi || { cat log; echo "$said"; false; }
}

@test "more points of a design make only their own runs" {
    local design
    for design in sobol random; do
        rm -f a.db
        makes $((16 * 2 * 3)) --design $design --points 16 --sweep network.loss=0%..50%
        makes 0 --design $design --points 16 --sweep network.loss=0%..50%
        makes $((16 * 2 * 3)) --design $design --points 32 --sweep network.loss=0%..50%
        makes $((32 * 2 * 2)) --design $design --points 32 --sweep network.loss=0%..50% \
            --replications 5
        makes 0 --design $design --points 20 --sweep network.loss=0%..50%
        # Another axis, or other ends of one, are other points.
        makes $((16 * 2 * 3)) --design $design --points 16 --sweep network.loss=0%..50% \
            --sweep network.latency=1ms..2ms
        makes $((16 * 2 * 3)) --design $design --points 16 --sweep network.loss=0%..51%
    done
}

@test "a finer grid, another strategy and more replications make only their own runs" {
    makes $((3 * 2 * 3)) --sweep network.loss=0%,20%,40%
    makes $((2 * 2 * 3)) --sweep network.loss=0%,10%,20%,30%,40%
    makes $((5 * 2 * 4)) --sweep network.loss=0%,10%,20%,30%,40% --replications 7
    echo '  three: {rumor-mongering: {mode: push-pull, interval: 1s}}' >>study.yaml
    makes $((5 * 7)) --sweep network.loss=0%,10%,20%,30%,40% --replications 7
    makes $((5 * 3 * 7)) --sweep network.loss=0%,10%,20%,30%,40% --replications 7 \
        --sweep nodes=20,30
    makes 0 --sweep network.loss=0%,40% --replications 2 --only two
}

@test "a strategy's own parameter makes no runs of the others" {
    makes $((8 * 3 + 3)) --points 8 --sweep strategies.one.rumor-mongering.interval=1s..2s
    makes $((8 * 3)) --points 16 --sweep strategies.one.rumor-mongering.interval=1s..2s
}

@test "points that come again are left out, and check says so" {
    # Both strategies are the same then, and share their runs.
    makes $((6 * 3)) --points 64 --sweep rumor-mongering.fanout=1..3 \
        --sweep rumor-mongering.mode=push,pull
    grep -q '6 points of 64: the others come again' log
    "$program" check study.yaml --points 64 --sweep rumor-mongering.fanout=1..3 2>&1 |
        grep -q '3 points of 64: the others come again'
    # In the end they are the grid.
    makes 0 --sweep rumor-mongering.fanout=1,2,3 --sweep rumor-mongering.mode=push,pull
}

@test "random points go by the seed, Sobol's do not" {
    local seed
    for seed in 1 2; do
        "$program" run study.yaml -q -o $seed.db --seed $seed --points 8 --replications 1 \
            --sweep network.loss=0%..50% >/dev/null
        "$program" run study.yaml -q -o r$seed.db --seed $seed --points 8 --replications 1 \
            --design random --sweep network.loss=0%..50% >/dev/null
        for db in $seed r$seed; do
            "$program" export $db.db points --csv | cut -d, -f2- | sed 's/^[^,]*,//' >$db.csv
        done
    done
    [ "$(sqlite3 1.db 'SELECT group_concat(text) FROM param')" = \
        "$(sqlite3 2.db 'SELECT group_concat(text) FROM param')" ]
    [ "$(sqlite3 r1.db 'SELECT group_concat(text) FROM param')" != \
        "$(sqlite3 r2.db 'SELECT group_concat(text) FROM param')" ]
}

@test "a completed scenario has the same points" {
    "$program" check study.yaml --full --points 8 --sweep network.loss=0..1.0 \
        --sweep rumor-mongering.mode=push,pull --sweep network.latency=1ms..1s:log >full.yaml
    grep -q 'design: sobol' full.yaml
    "$program" run study.yaml -q -o a.db --points 8 --sweep network.loss=0..1.0 \
        --sweep rumor-mongering.mode=push,pull --sweep network.latency=1ms..1s:log >/dev/null
    "$program" run full.yaml -o a.db 2>&1 >/dev/null | grep -q '^nothing to do'
}

@test "a dry run makes no file and says what stands" {
    run "$program" run study.yaml --dry-run
    [ "$status" -eq 0 ]
    [ "${lines[1]}" = "'results/study.db' would be made" ]
    [ ! -e results ]
    "$program" run study.yaml -q -o a.db --replications 2 >/dev/null
    cp a.db before.db
    run "$program" run study.yaml --dry-run -o a.db
    [ "${lines[0]}" = 'study: 1 point x 2 strategies x 3 replications = 6 runs' ]
    [ "${lines[1]}" = "4 of them stand in 'a.db'" ]
    [ "${lines[2]}" = '2 runs would be made, in this order:' ]
    [ "${lines[4]}" = '          3  one' ]
    [ "${lines[5]}" = '          3  two' ]
    [[ ${lines[6]} == 'about '*' events, '* ]]
    cmp a.db before.db
    [ "$(ls)" = $'a.db\nbefore.db\nstudy.yaml' ]
    echo 'no database' >b.db
    run "$program" run study.yaml --dry-run -o b.db
    [ "$status" -eq 3 ]
    [ "$(cat b.db)" = 'no database' ]
    mkfifo pipe.db
    for nothing in pipe.db . ''; do
        run -3 "$program" run study.yaml --dry-run -o "$nothing"
        [[ $output == 'gossipsim: error: '* ]]
    done
}

@test "a dry run under a rule says what may follow" {
    rule='{min: 20, max: 90, until: {metric: t99, half_width: 5%}}'
    sed -i "s/^replications.*/replications: $rule/" study.yaml
    run "$program" run study.yaml --dry-run
    [[ $output == *$'\n40 runs would be made, in this order:\n'* ]] || { echo "$output"; false; }
    [[ $output == *'then up to 90 replications, until t99 is known to 5 %'* ]]
}

# What is wrong with these options.
refuses() {
    local reason=$1
    shift
    run "$program" check study.yaml "$@"
    [ "$status" -eq 2 ]
    [[ $output == *"$reason"* ]] || { echo "$output"; false; }
}

@test "designs that make no sense are refused" {
    refuses '--design halton: `halton` is none of grid, zip, sobol, random' --design halton \
        --sweep nodes=1..8
    refuses '--points 0: 0 is outside 1..100000' --points 0 --sweep nodes=1..8
    refuses 'a design without axes' --points 8
    refuses 'a design without axes' --design sobol
    refuses '`points` are of a sobol or random design' --design grid --points 8 --sweep nodes=10,20
    refuses '`steps` is missing' --sweep nodes=10..20
    refuses '`steps` is missing' --design zip --sweep nodes=10..20
    refuses '1 lacks a unit; `to` is 8s' --points 8 --sweep network.latency=1..8s
    refuses '=8..8: `from` and `to` are the same' --points 8 --sweep nodes=8..8
    refuses 'shares are 0%..100% or 0.0..1.0' --points 8 --sweep network.loss=0..1
    refuses 'shares are 0%..100% or 0.0..1.0' --points 8 --sweep 'network.loss={from: 1, to: 0}'
    refuses 'needs `from` and `to` above 0' --points 8 --sweep nodes=0..8:log
    refuses '0 is outside' --points 64 --sweep nodes=0..8
    refuses 'at the point' --points 64 --sweep nodes=8..0
    refuses 'at the point' --points 64 --sweep nodes=8..2000000000
}

@test "figures and comparisons of a design say what they can" {
    "$program" run study.yaml -q -o a.db --points 16 --sweep network.loss=0%..50% \
        --sweep network.latency=1ms..1s >/dev/null
    # Points beside each other differ in the other parameter, too: a line through them says nothing.
    "$program" plot a.db --kind sweep --by network.loss --metric t50 -o a.svg --keep kept
    run grep -rqE 'with (lines|linespoints)' kept
    [ "$status" -ne 0 ]
    "$program" compare a.db | grep -q two
    run "$program" compare a.db --by network.loss
    [ "$status" -eq 2 ]
    [[ $output == *"no two points of the sweep differ in 'network.loss' alone"* ]]
    "$program" run study.yaml -q -o b.db --points 16 --sweep network.loss=0%..50% >/dev/null
    "$program" plot b.db --kind sweep --metric t50 -o b.svg --keep line
    grep -rqE 'with (lines|linespoints)' line
}

@test "a word that is the end of a path is refused with the whole path" {
    cat >s.yaml <<'YAML'
gossipsim: 1
nodes: 5
strategies: {push: {rumor-mongering: {}}}
YAML
    refused() { # option, setting, what was meant
        run "$program" run s.yaml --dry-run "$1" "$2"
        [ "$status" -eq 2 ]
        [[ $output == *"unknown key; did you mean \`$3\`?" ]]
    }
    refused --sweep fanout=1,2 rumor-mongering.fanout
    refused --set fanout=1 rumor-mongering.fanout
    refused --sweep loss=0,5% network.loss
    run "$program" run s.yaml --dry-run --sweep nodes=5,6 --set peers=alive
    [ "$status" -eq 0 ]
}
