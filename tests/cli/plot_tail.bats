#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# convergence on a logarithmic axis shows who is not informed, decade by decade, and --runs single
# runs beside their mean, no more than a page can show.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

make_database() { # SQL
    { echo 'PRAGMA synchronous = OFF;' && cat "$root/experiment/store/schema.sql" &&
        echo 'BEGIN;' && cat "$root/tests/fixtures/results.sql" && echo "COMMIT; $1;" &&
        cat "$root/tests/fixtures/metrics.sql"; } | sqlite3 r.db
}

@test "a tail of five decades is drawn to its end, a decade a second" {
    make_database "UPDATE sample SET informed = alive *
        CASE WHEN t_ns > 5000000000 THEN 1 ELSE 1 - pow(10, -t_ns / 1e9) END"
    "$program" plot r.db --scale log -o r.svg --keep kept
    grep -qx 'set logscale y' kept/plot.gp
    grep -qx 'set yrange \[0.0001:100\]' kept/plot.gp
    grep -q "'0.001 %%' 0.001 0" kept/plot.gp
    local i rest=(100 10 1 0.1 0.01 0.001)
    for i in 0 1 2 3 4 5; do
        grep -qx "$i ${rest[i]} ${rest[i]} ${rest[i]} " kept/panel1-series1.dat
    done
    # Then nobody is left: to the foot of the axis and no further.
    [ "$(sed -n '/^5.2 /,$p' kept/panel1-series1.dat | head -n 2)" = \
        $'5.2 0.0001 0.0001 0.0001 \n5.4 NaN NaN NaN ' ]
    grep -q "live nodes not informed" r.svg
    # The axis of time ends when the tail has.
    grep -qE '^set xrange \[0:5\.[0-9]*\]' kept/plot.gp
    run "$program" plot r.db --scale log --terminal
    [ "$status" -eq 0 ]
    grep -q '0.001 % ' <<<"$output"
}

@test "a line that nobody is left to draw comes back where somebody forgets" {
    make_database "UPDATE sample SET informed = alive *
        CASE WHEN t_ns BETWEEN 2000000000 AND 4000000000 THEN 1 ELSE 0.5 END"
    "$program" plot r.db --scale log --until 6s -o r.svg --keep kept
    grep -qx '2 10 10 10 ' kept/panel1-series1.dat
    grep -qx '3 NaN NaN NaN ' kept/panel1-series1.dat
    [ "$(grep -A 1 -x '4 10 10 10 ' kept/panel1-series1.dat | tail -n 1)" = '4.2 50 50 50 ' ]
}

@test "a study in which nobody or everybody is informed has an axis" {
    local share
    for share in 0 1; do
        make_database "UPDATE sample SET informed = alive * $share"
        "$program" plot r.db --scale log -o r.svg --keep kept
        grep -qx 'set yrange \[10:100\]' kept/plot.gp
        rm -r r.db kept
    done
}

@test "single runs are drawn thin, behind their mean, and how many is said" {
    make_database ""
    "$program" plot r.db --runs -o r.svg --keep kept --only push
    grep -q "; thin: each run" r.svg
    [ "$(grep -c ' NaN NaN NaN ' kept/panel1-series1-runs.dat)" -eq 20 ]
    grep -q '^5 [0-9.]* ' kept/panel1-series1.dat
    [ "$(grep -o "panel1-series1[-a-z]*.dat' using 1:2 with lines" kept/plot.gp | head -n 1)" = \
        "panel1-series1-runs.dat' using 1:2 with lines" ]
    "$program" plot r.db --runs --terminal >shown
    grep -q ' \. ' shown
    run --separate-stderr "$program" plot r.db --kind residue --runs -o x.svg
    [ "$status" -eq 2 ]
    [[ $stderr == "gossipsim: error: --runs: only with --kind "*convergence* ]] || false
}

@test "of many lines each has its first runs" {
    printf 'gossipsim: 1\nnodes: 5\nreplications: 13\nstrategies:\n' >many.yaml
    for i in {1..10}; do echo "  s$i: {anti-entropy: {interval: ${i}s}}"; done >>many.yaml
    "$program" run many.yaml -q -o many.db >/dev/null
    "$program" plot many.db --runs -o many.svg --keep kept
    grep -q "; thin: the first 12 runs" many.svg
    [ "$(grep -c ' NaN NaN NaN' kept/panel1-series7-runs.dat)" -eq 12 ]
}
