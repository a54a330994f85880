#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# init writes a scenario that check and run take as it is, each of its settings to try among it,
# and never over a file that is there.

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

@test "what it writes is checked and run, and its expectations hold" {
    run "$program" init
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = 'wrote mine.yaml, a scenario to change; next:' ]
    [ "${lines[1]}" = "  $program check mine.yaml" ]
    "$program" check mine.yaml
    "$program" run mine.yaml -q >table
    grep -q '^2 expectations hold$' table
    [ -f results/mine.db ]
    ! grep -nE '^.{101}|SPDX|NAME|FILE' mine.yaml || false
}

@test "every setting to try is good" {
    local line
    "$program" init mine
    grep -nE '^ *#[a-z]' mine.yaml | cut -d: -f1 >tries
    [ "$(wc -l <tries)" -eq 5 ]
    while read -r line; do
        sed "${line}s/#//" mine.yaml >tried.yaml
        "$program" check tried.yaml >plan || { sed -n "${line}p" mine.yaml; false; }
    done <tries
    sed -E 's/^( *)#([a-z])/\1\2/' mine.yaml >all.yaml
    run "$program" run all.yaml -q --replications 2
    [ "$status" -le 1 ] # in the worst weather an expectation may fail
    # 3 losses; 2 intervals where there is anti-entropy; 2 replications.
    [ "$(sqlite3 results/all.db 'SELECT count(*) FROM run')" -eq $((3 * (1 + 2 * 2) * 2)) ]
}

@test "names: with a folder, with the ending, as standard output" {
    mkdir some
    "$program" init some/other-1.yaml
    grep -q 'gossipsim run some/other-1.yaml$' some/other-1.yaml
    grep -q 'results/other-1.db' some/other-1.yaml
    "$program" init
    "$program" init - | cmp - mine.yaml
    "$program" init - | "$program" check -
}

@test "nothing is overwritten, and a bad name or place is one line" {
    echo mine >mine.yaml
    run "$program" init mine
    [ "$status" -eq 3 ]
    [ "$output" = "gossipsim: error: 'mine.yaml' exists already and was not changed; \
'gossipsim init NAME' writes another" ]
    [ "$(cat mine.yaml)" = mine ]
    ln -s nowhere link.yaml
    run "$program" init link
    [ "$status" -eq 3 ]
    [ ! -e nowhere ]
    run "$program" init missing/mine
    [ "$status" -eq 3 ]
    [ "$output" = "gossipsim: error: cannot write 'missing/mine.yaml': No such file or directory" ]
    for name in Mine '' .yaml -x 'a b' some/ "$(printf 'a%.0s' {1..65})"; do
        run "$program" init "$name"
        [ "$status" -eq 2 ]
        [[ ${lines[0]} == 'gossipsim: error: init: '* ]]
    done
    [ "$(ls)" = $'link.yaml\nmine.yaml' ]
}

@test "a disk that is full leaves no half a file" {
    run bash -c "ulimit -f 1; trap '' XFSZ; '$program' init mine"
    [ "$status" -eq 3 ]
    [[ $output == *"cannot write 'mine.yaml': File too large" ]]
    [ ! -e mine.yaml ]
}
