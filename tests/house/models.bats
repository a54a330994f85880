#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Models of another folder, `make MODELS=DIR`: those that docs/adding-a-model.md shows, as shown,
# compile without a warning, run, have their manual, and are tested with the others.

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    models=$BATS_TEST_TMPDIR/models build=$BATS_TEST_TMPDIR/build
    mkdir "$models"
    cd "$models"
    # Each block of C begins with the licence line and says its name in the third.
    awk '/^```c$/ { file = "block" ++count ".c"; next } /^```$/ { file = "" }
         file != "" { print > file }' "$root/docs/adding-a-model.md"
    # And one that other models pick peers from, called by a word that is reserved.
    sed 's/model_shuffle/model_swapper/; s/"shuffle"/"swapper"/' \
        "$root/tests/models/shuffle.c" >swapper.c
    for block in block*.c; do
        mv "$block" "$(sed -nE '3s/^ \* ([a-z_]+\.c) .*/\1/p' "$block")"
    done
}

# What the models have no part in is there already, where the suite was built.
take_objects() {
    local from=${OBJECTS:-$root/build/release}

    mkdir "$build"
    ! [ -f "$from/flags" ] ||
        (cd "$from" && find . \( -name '*.[co]' -o -name flags \) -print0 | tar -c --null -T -) |
        tar -x -C "$build"
}

with_models() { # MAKE'S ARGUMENT...
    local as_built=()

    ! [ -f "$build/flags" ] || as_built=("CC=$(cut -d ' ' -f 1 "$build/flags")")
    ! grep -qs -e -Werror "$build/flags" || as_built+=(DEV=1)
    if ! make -C "$root" -j"$(nproc)" "${as_built[@]}" LINK=-fno-lto BUILD="$build" \
        MODELS="$models" "$@" >"$BATS_TEST_TMPDIR/log" 2>&1 || grep 'warning:' "$BATS_TEST_TMPDIR/log"
    then
        cat "$BATS_TEST_TMPDIR/log"
        return 2
    fi
}

# With a model that keeps a view and one that judges who is up: a cluster that forms; then crashes,
# crash by crash and as a figure.
run_members() {
    local program=$build/gossipsim

    cd "$models"
    cp "$root/tests/models/shuffle.c" .
    sed 's/const struct model heartbeat/const struct model model_beats/
        s/\.name = "heartbeat",/.name = "beats", .summary = "beats", .source = "none",/' \
        "$root/tests/sim/heartbeat.c" >beats.c
    with_models all
    cd "$BATS_TEST_TMPDIR"
    "$program" run - -q -o members.db <<'YAML' >/dev/null
gossipsim: 1
nodes: 30
members: {start: join, seeds: 2, rate: 20/s}
workload: {updates: 0}
faults: [{at: 20s, crash: {count: 4}}]
stop: {at: 40s}
replications: 3
strategies: {judged: {shuffle: {}, beats: {nodes: 30, suspect: 1500ms}}}
YAML
    [ "$(sqlite3 members.db "SELECT count(*), min(crashed_ns), max(crashed_ns) FROM detection
        WHERE 0 < suspected_ns AND suspected_ns < first_ns AND first_ns <= t50_ns
        AND t50_ns <= t99_ns AND t99_ns <= all_ns")" = "12|20000000000|20000000000" ]
    "$program" export members.db detections >detections.csv
    head -n 1 detections.csv | grep -Fxq 'point,strategy,replication,subject,crashed_ns,'\
'suspected_ns,first_ns,t50_ns,t99_ns,all_ns,never'
    [ "$(wc -l <detections.csv)" -eq 13 ]
    "$program" plot members.db --kind detection -o members.svg --keep members
    awk '!/^#/ && (($1 > 2.6 && $2 != 100) || ($1 < 1.4 && $2 > 0)) { exit 1 }' \
        members/panel1-series1.dat
    sqlite3 members.db "SELECT min(value) FROM metric WHERE name = 'view_sizes'" | grep -q '^[1-9]'
    sqlite3 members.db "SELECT count(value) FROM metric WHERE name = 'join_all'" | grep -q '^3$'
}

@test "the models of the page build in, with their test, their manual and the tests of all" {
    take_objects
    with_models all "$build"/{outside/retell_test,tests/models/conformance_test}
    "$build/outside/retell_test"
    "$build/gossipsim" models retell | grep -q '^  times '
    "$build/gossipsim" models | grep -q '^  infect-and-die  *forward each'
    "$build/tests/models/conformance_test" retell infect-and-die swapper # the suite tries the rest
    "$build/gossipsim" run - -q -o "$BATS_TEST_TMPDIR/mine.db" <<'YAML'
gossipsim: 1
nodes: 200
replications: 2
strategies: {mine: {infect-and-die: {fanout: 4}}, both: {infect-and-die: {}, retell: {}}}
YAML
    "$build/gossipsim" run - -q -o "$BATS_TEST_TMPDIR/mine.db" <<'YAML'
gossipsim: 1
nodes: 50
peers: swapper
replications: 2
strategies: {over: {swapper: {}, infect-and-die: {fanout: 4}}}
YAML
    cd "$root"
    GOSSIPSIM=$build/gossipsim OUTSIDE=$models bats \
        -f '^(docs/models.md|the scenario ref|the committed ref|models as JSON|every model of)' \
        tests/house/docs.bats tests/cli/{check,models}.bats
    run_members
}

@test "two folders of the same name are built apart" {
    local folder
    mkdir -p {a,b}/same
    for folder in a b; do
        cp retell.c $folder/same
        make -C "$root" -s --eval='where: ; @echo $(BUILD)' MODELS="$PWD/$folder/same" where
    done | sort -u >places
    [ "$(grep -c '^build/release-.*same-[0-9]*$' places)" -eq 2 ]
}

@test "a folder without models, or with the name of a shipped one, is refused" {
    run make -C "$root" -s MODELS="$BATS_TEST_TMPDIR/nowhere"
    [ "$status" -eq 2 ]
    [[ $output == *"there is no such folder"* ]]
    models=$BATS_TEST_TMPDIR
    run with_models
    [ "$status" -eq 2 ]
    [[ $output == *"no file there defines"* ]]
    cp "$root/models/ring_repair.c" "$BATS_TEST_TMPDIR"
    run with_models
    [ "$status" -eq 2 ]
    [[ $output == *"has the name of one in models/"* ]]
}
