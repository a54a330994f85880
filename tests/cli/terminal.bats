#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Whatever a database, a scenario, a file name or an argument holds, no byte of it can move a
# terminal: control characters of both sets, text direction overrides, characters without width
# and broken UTF-8 reach neither standard output nor standard error.

hostile=$'\e]0;t\a\x9b31m\x7f\xc2\x85\xe2\x80\xae\xe2\x80\x8b\xe2\x81\xa6x'

setup_file() {
    export program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >yak.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 4
strategies:
  zebra: {anti-entropy: {interval: 1s}}
  gnu: {rumor-mongering: {k: 1, mode: push}, anti-entropy: {interval: 1h}}
sweep: {axes: {anti-entropy.partner: [random, {spatial: {exponent: 2}}], network.loss: [0, 7%]}}
expect: ["P(converged, zebra) >= 99%"]
YAML
    "$program" run yak.yaml -q -o yak.db >table
    # Every text of the file that is a name or a note, wherever it stands.
    sqlite3 yak.db .dump | sed "s/zebra/zebra$hostile/g; s/yak/yak$hostile/g; s/gnu/gnu$hostile/g;
        s/anti-entropy\\.partner/partner$hostile/g; s/random/random$hostile/g" >hostile.sql
    {
        cat hostile.sql
        echo "PRAGMA user_version = $(sqlite3 yak.db 'PRAGMA user_version');"
        echo "PRAGMA application_id = $(sqlite3 yak.db 'PRAGMA application_id');"
        echo "UPDATE run SET status = 'failed', error = 'no$hostile' WHERE replication = 3;"
    } | sqlite3 hostile.db
}

setup() { cd "$BATS_TEST_TMPDIR"; cp "$BATS_FILE_TMPDIR"/{yak.yaml,hostile.db} .; }

# COMMAND...: it prints something, which all_is_clean looks at.
say() {
    echo "== command $((++commands))" >>new
    printf '%q ' "$@" >>commands
    echo >>commands
    "$program" "$@" >said 2>&1 </dev/null || true
    [ -s said ]
    cat said >>new
}

# Nothing that was said since the last time can move a terminal.
all_is_clean() {
    local moves='[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]'
    moves+='|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]'
    if LC_ALL=C grep -aPq "$moves" new || ! iconv -f UTF-8 -t UTF-8 new >converted; then
        cat -v new
        cat -vn commands
        return 1
    fi
    mv new printed
}

is_clean() { # COMMAND...
    say "$@"
    all_is_clean
}

@test "what a database holds" {
    local verb
    for verb in 'report' 'report --json' 'report --csv' 'compare' 'compare --json' 'compare --csv' \
        'status' 'status --json' 'plot --terminal' 'plot --kind residue --terminal' \
        'plot --kind sweep --terminal' 'plot --kind sweep --by network.loss --terminal' \
        'compare --all' 'report --mean' 'report --where network.loss=7%' 'report --only gnu' \
        'report --metric nonsense' 'compare --by nonsense' 'plot --where x=1 --terminal' \
        'compare --fail-if mean(t99)<1s' 'export --json runs' 'export --json points'; do
        # shellcheck disable=SC2086
        is_clean ${verb%% *} hostile.db ${verb#"${verb%% *}"}
    done
    is_clean status hostile.db
    grep -qF '\x1b]0;t\x07\x9b31m\x7f\x85\u202e\u200b\u2066x' printed
    is_clean report hostile.db
    grep -qF 'zebra\x1b]0;t' printed
}

@test "the reason of a failed run, when the study goes on" {
    "$program" run yak.yaml -q -o own.db >table
    sqlite3 own.db "UPDATE run SET status = 'failed', error = 'no$hostile' WHERE replication = 3"
    is_clean run yak.yaml -o own.db
    grep -qF 'failed; the first: no\x1b]0;t\x07' printed
}

@test "exported texts, to a terminal or to a pipe that ends in one" {
    local table
    for table in runs points; do
        is_clean export hostile.db $table
        "$program" export hostile.db $table -o written.csv
        "$program" export hostile.db $table | cmp - written.csv
    done
    LC_ALL=C grep -aqF '\x1b]0;t\x07' written.csv
    ! LC_ALL=C grep -aq $'\e]0;t' written.csv || false
}

@test "file names" {
    local name
    for verb in check run; do
        is_clean $verb "missing$hostile.yaml"
        printf 'gossipsim: 2\nnodes: x\n' >"bad$hostile.yaml"
        is_clean $verb "bad$hostile.yaml"
    done
    for verb in report compare status 'export runs' 'plot --terminal'; do
        # shellcheck disable=SC2086
        is_clean $verb "missing$hostile.db"
    done
    is_clean run yak.yaml -o "good$hostile.db"
    is_clean run yak.yaml -o "good$hostile.db"
    grep -q 'nothing to do: all 32 runs are in' printed
    is_clean status "good$hostile.db"
    name=$(cd "$BATS_TEST_TMPDIR" && ls good*.db)
    [ "$name" = "good$hostile.db" ]
    is_clean export hostile.db runs -o "missing/$hostile.csv"
    is_clean plot hostile.db -o "missing/$hostile.svg"
    is_clean plot hostile.db -o "out.$hostile"
}

@test "the command that goes on can be copied, whatever the file is called" {
    cp yak.yaml "yak$hostile.yaml"
    "$program" run "yak$hostile.yaml" -q -o own.db >table
    sqlite3 own.db 'DELETE FROM run WHERE replication > 1'
    "$program" status own.db >out
    command=$(sed -n 's/.*to go on: gossipsim//p' out)
    [[ $command == *'\x1b]0;t'* ]]
    rm own.db
    eval "'$program' $command" >table
    [ "$(sqlite3 own.db 'SELECT count(*) FROM run')" -eq 32 ]
}

@test "arguments and options" {
    local verb option
    is_clean "$hostile"
    is_clean "-$hostile"
    is_clean help "$hostile"
    is_clean help run "$hostile"
    is_clean help metrics "$hostile"
    for verb in $("$program" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
        say $verb "--$hostile"
        say $verb "-$hostile"
        say $verb a "$hostile" c "$hostile" d
        for option in $("$program" help $verb | sed -n 's/^ .*\(--[a-z-]*\) [A-Z].*/\1/p'); do
            say $verb yak.yaml "$option" "$hostile"
            say $verb hostile.db "$option" "$hostile" --terminal
            say $verb hostile.db "$option=x=$hostile"
            say $verb yak.yaml "$option" "nodes=$hostile"
        done
        all_is_clean
    done
}

@test "the lines of a scenario that errors show, and its completion" {
    printf 'gossipsim: 1\nnodes: 5\nstrategies: {"a%s": {anti-entropy: {interval: 1}}}\n' \
        $'\xc2\x85\xe2\x80\xae\xe2\x80\x8b' >bad.yaml
    is_clean check bad.yaml
    printf 'gossipsim: 1\nnodes: 5\ndescription: "a%s"\nstrategies: {a: {anti-entropy: {}}}\n' \
        $'\xe2\x80\xae\xe2\x80\x8b\xe2\x81\xa6' >good.yaml
    is_clean check good.yaml --full
    grep -qF 'a\u202E\u200B\u2066' printed
    is_clean check good.yaml
}
