#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# plot draws into the file that was asked for, by its ending, or into the terminal; a file appears
# whole or not at all; nothing of a hostile database is executed.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

make_database() { # FIXTURE FILE [SQL]
    { echo 'PRAGMA synchronous = OFF;' && cat "$root/experiment/schema.sql" &&
        echo 'BEGIN;' && cat "$root/tests/fixtures/$1.sql" && echo "COMMIT; ${3-};" &&
        cat "$root/tests/fixtures/metrics.sql"; } | sqlite3 "$2"
}

@test "the ending decides the format, nothing else is left behind" {
    make_database results r.db
    local ending
    for ending in svg png pdf; do
        run "$program" plot r.db -o figure.$ending
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
    [[ $(head -c 5 figure.svg) == "<?xml" ]]
    [[ $(head -c 4 figure.png | od -An -c) == *"P   N   G"* ]]
    [[ $(head -c 4 figure.pdf) == "%PDF" ]]
    [ "$(ls)" = $'figure.pdf\nfigure.png\nfigure.svg\nr.db' ]
    grep -q "push-pull" figure.svg
    grep -q "live nodes informed" figure.svg
}

@test "every kind draws, and twice the same" {
    make_database results r.db
    make_database sweep s.db
    "$program" plot r.db -o a.svg --kind residue
    "$program" plot r.db -o b.svg --kind residue
    cmp a.svg b.svg
    "$program" plot s.db -o c.svg --kind sweep --metric bytes
    grep -q "bytes by nodes" c.svg
    grep -q "10_000" c.svg
    "$program" plot s.db -o d.svg
    grep -q "nodes=1000" d.svg
    "$program" plot s.db -o e.svg --where nodes=100 --until 3s --size 400x300
    grep -q 'width="400" height="300"' e.svg
    run grep -q "nodes=1000" e.svg
    [ "$status" -eq 1 ]
}

@test "the terminal's legend stands apart, one name beside the other, however many there are" {
    make_database results r.db
    for kind in convergence residue; do
        run "$program" plot r.db --kind $kind --terminal
        [[ $output =~ \ \*+G?\*+\ push\ +#+E?#+\ push-pull\ +\$+I?\$+\ mail\  ]]
    done
    printf 'gossipsim: 1\nnodes: 9\nreplications: 1\nstrategies:\n' >many.yaml
    for ((i = 1; i <= 32; i++)); do
        echo "  s$i: {anti-entropy: {interval: ${i}s}}" >>many.yaml
    done
    "$program" run many.yaml -q -o many.db >many.txt
    run --separate-stderr "$program" plot many.db --terminal
    [ -z "$stderr" ]
    sed -n '/simulated time/,$p' <<<"$output" >legend
    for ((i = 1; i <= 32; i++)); do
        grep -qE " [^ ]+ s$i( |$)" legend
    done
}

@test "in the terminal, without colour where there is none" {
    make_database results r.db
    run --separate-stderr "$program" plot r.db --terminal
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ $output == *"demo: how updates spread"*"simulated time (s)"*"push-pull"* ]]
    [ "$(printf '%s' "$output" | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" -eq 0 ]
}

@test "a medium kept can be drawn by hand" {
    make_database results r.db
    "$program" plot r.db -o figure.svg --keep kept
    cp kept/figure.svg first.svg
    rm kept/figure.svg
    (cd kept && gnuplot plot.gp)
    cmp kept/figure.svg figure.svg
    cmp first.svg figure.svg
}

@test "never is marked on top of a sweep" {
    make_database sweep s.db \
        "UPDATE metric SET value = NULL WHERE name = 't99' AND run_id > 30000000000;"
    "$program" plot s.db -o n.svg --kind sweep --keep kept
    grep -q "triangle on top: never" n.svg
    [[ $(tail -n 1 kept/panel1-series2.dat) == "10000 NaN "* ]]
}

@test "wrong options are exit 2 with a line" {
    make_database results r.db
    make_database sweep s.db
    local options
    for options in "r.db" "r.db -o x.gif" "r.db -o x" "r.db -o x.svg --kind pie" \
        "r.db -o x.svg --size 5x5" "r.db -o x.svg --size 600" "r.db -o x.svg --until 3" \
        "r.db -o x.svg --until 0s" "r.db -o x.svg --kind sweep" "r.db -o x.svg --where a=b" \
        "s.db -o x.svg --where nodes=5" "s.db -o x.svg --where nodes" \
        "s.db -o x.svg --kind sweep --by nope" "s.db -o x.svg --kind sweep --metric nope"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$program" plot $options
        echo "$options: $status $stderr"
        [ "$status" -eq 2 ]
        [[ $stderr == "gossipsim: error: "* ]]
        [ ! -e x.svg ]
    done
}

@test "a study without a run that is done draws no empty figure" {
    make_database results r.db "UPDATE run SET status = 'failed', error = 'too long';"
    local kind
    for kind in convergence residue; do
        run --separate-stderr "$program" plot r.db --kind "$kind" -o x.svg
        [ "$status" -eq 2 ]
        [[ $stderr == "gossipsim: error: no run is done that could be drawn"* ]]
        [ ! -e x.svg ]
    done
}

@test "too many panels are refused with the way out" {
    make_database sweep s.db "INSERT INTO study_point SELECT 2, 100 + value, 1, 0, '{}'
            FROM json_each('[1,2,3,4,5,6,7,8,9,10]');"
    run "$program" plot s.db -o x.svg
    [ "$status" -eq 2 ]
    [[ $output == *"13 panels do not fit into one figure"*"--where"* ]]
}

@test "trouble with files is exit 3 and leaves the old figure alone" {
    make_database results r.db
    run "$program" plot missing.db -o x.svg
    [ "$status" -eq 3 ]
    run "$program" plot r.db -o nowhere/x.svg
    [ "$status" -eq 3 ]
    [[ $output == "gossipsim: error: cannot write 'nowhere/x.svg'"* ]]
    echo old >old.svg
    PATH=/nonexistent run "$program" plot r.db -o old.svg
    [ "$status" -eq 3 ]
    [[ $output == *"gnuplot"*"not installed"*"gnuplot-nox"* ]]
    [ "$(cat old.svg)" = old ]
}

@test "what the user's own gnuplot settings say does not matter" {
    make_database results r.db
    "$program" plot r.db -o a.svg
    echo 'set title "mine"; set terminal dumb; set yrange [0:7]' >.gnuplot
    HOME=$PWD GNUTERM=dumb "$program" plot r.db -o b.svg
    cmp a.svg b.svg
}

@test "nothing of a hostile database is executed" {
    make_database sweep s.db "PRAGMA foreign_keys = OFF;
        UPDATE study SET name = '\`touch pwned\` \$(touch pwned) '' . system(\"touch pwned\") . ''';
        UPDATE study_strategy SET strategy = ''';' || char(10) || '!touch pwned' WHERE position = 0;
        UPDATE study_axis SET path = '\`touch pwned\`';
        UPDATE param SET path = '\`touch pwned\`', text = '%s\`touch pwned\`';"
    local kind
    for kind in convergence sweep; do
        run "$program" plot s.db --kind $kind -o x.svg --keep kept
        echo "$output"
        [ "$status" -eq 0 ]
        [ ! -e pwned ] && [ ! -e kept/pwned ]
        run "$program" plot s.db --kind $kind --terminal
        [ "$status" -eq 0 ]
        [ ! -e pwned ]
    done
    grep -q '`touch pwned`' x.svg
}

@test "lists walked together are one line, the parameters of a grid a panel each" {
    local design panels
    cat >s.yaml <<'YAML'
gossipsim: 1
nodes: 5
replications: 2
strategies: {mail: {direct-mail: {}}}
stop: {at: 10s}
YAML
    for design in zip:1 grid:3; do
        panels=${design#*:}
        { cat s.yaml && printf 'sweep: {design: %s, axes: {nodes: [3, 5, 9], ' "${design%:*}" &&
            echo 'network.loss: [0, 1%, 2%]}}'; } >"$panels.yaml"
        "$program" run "$panels.yaml" -q -o "$panels.db" >/dev/null
        "$program" plot "$panels.db" --kind sweep -o x.svg --keep "kept$panels"
        [ "$(ls "kept$panels"/*.dat | wc -l)" -eq "$panels" ]
    done
}
