#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Whatever a database or a scenario holds, it is text where it comes out, and nothing more: to a
# shell, to gnuplot, in pages and pictures, in graphs, CSV and JSON, on a terminal.  Every command
# that reads a database reads hostile ones (tests/fixtures/hostile.py: names, numbers, types, NULL,
# sizes that none of ours has) and ends as the manual says; what it leaves is looked through by
# tests/fixtures/harmless.py.

bats_require_minimum_version 1.5.0

setup_file() {
    export root program
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >prey.yaml <<'YAML'
gossipsim: 1
nodes: 12
groups: {ga: 50%, gb: 50%}
replications: 2
network: {latency: 2ms, loss: 1%}
workload: {updates: 3, arrival: {every: 1s}}
faults:
  - {at: 2s, for: 1s, partition: {groups: [[ga], [gb]]}}
  - {at: 3s, crash: {count: 2}}
strategies:
  one: {swim: {}, push-sum: {}, anti-entropy: {interval: 1s}}
  two: {cyclon: {}, rumor-mongering: {interval: 500ms}}
stop: {at: 8s, when: never}
record: {every: 1s, nodes: true, groups: true, overlay: {every: 4s}, figures: true, lag: true}
sweep: {axes: {network.latency: [1ms, {exponential: {mean: 3ms}}]}}
YAML
    cat >ring.yaml <<'YAML'
gossipsim: 1
nodes: 8
replications: 2
topology: {ring: {neighbours: 2}}
strategies:
  one: {anti-entropy: {interval: 1s}}
  two: {rumor-mongering: {interval: 1s}, anti-entropy: {interval: 5s}}
sweep: {axes: {nodes: [6, 8, 12], network.loss: [0, 7%]}}
YAML
    cat >tuned.yaml <<'YAML'
gossipsim: 1
nodes: 4
replications: 4
strategies: {one: {anti-entropy: {mode: push, interval: 1s}}}
stop: {at: 60s}
YAML
    "$program" run prey.yaml -q -o honest.db >/dev/null
    "$program" run ring.yaml -q -o honest.db >/dev/null
    tune honest.db >/dev/null
    python3 "$root/tests/fixtures/hostile.py" honest.db names all numbers nulls types shuffle huge
    # Names that the language allows: without control characters, otherwise anything.
    cat >allowed.yaml <<'YAML'
gossipsim: 1
description: "<script>pwned()</script> ]]> --> \x1b]0;pwned\a `touch pwned` $(touch pwned)"
nodes: 6
replications: 2
strategies:
  "'; touch pwned; `touch pwned` $(touch pwned) #": {anti-entropy: {}, direct-mail: {}}
  "</script><script>pwned()</script>{{script}}": {anti-entropy: {}}
  "\"]; evil [label=\"\\": {anti-entropy: {interval: 1s}}
  "#quot;;end&amp;]]>\u2192-->%%": {anti-entropy: {interval: 2s}}
record: {nodes: true}
sweep: {axes: {network.latency: [1ms, {empirical: {file: "`touch pwned`'\"<b>.csv"}}]}}
YAML
    echo 5ms >'`touch pwned`'\''"<b>.csv'
    "$program" run allowed.yaml -q -o allowed.db >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir seen
    made=0
}

tune() { # DB
    "$program" tune "$BATS_FILE_TMPDIR/tuned.yaml" -q -o "$1" --goal 'median(t99, one) < 200s' \
        --vary strategies.one.anti-entropy.mode=push,push-pull --minimise bytes_rate
}

# ENDING COMMAND...: runs it, keeps what it prints; $code is one of those that the manual has.
try() {
    made=$((made + 1))
    code=0
    "$program" "${@:2}" >"seen/$made$1" 2>"seen/$made.err" </dev/null || code=$?
    printf '%q ' "${@:2}" "-> $code" >"seen/$made.command"
    [ "$code" -le 4 ] || { cat "seen/$made.command" "seen/$made.err" && false; }
    [ "$code" -lt 2 ] || [ -s "seen/$made.err" ]
}

# All that was seen, and the folder, are harmless.
harmless() {
    python3 "$root/tests/fixtures/harmless.py" . >found
    local number
    for number in $(grep -oE 'seen/[0-9]+' found | sort -u); do
        cat "$number.command" && echo
    done
    cat found
    [ ! -s found ]
    [ -z "$(find . "$BATS_FILE_TMPDIR" -name 'pwned*' -print -quit)" ]
}

# FORMAT...: those of a table.
tables() {
    local format
    for format in '' --csv --json; do
        try "${format/--/.}.out" "$@" $format
    done
}

@test "report and compare" {
    local db=$BATS_FILE_TMPDIR study kind
    for study in 1 2; do
        tables report "$db/names.db" --study $study
        [ "$code" -eq 0 ]
        tables compare "$db/names.db" --study $study
        for kind in all numbers nulls types shuffle; do
            try .out report "$db/$kind.db" --study $study
            try .json.out compare "$db/$kind.db" --study $study --json
        done
    done
    for option in --sensitivity --growth --each-update '--metric x' '--where a=b'; do
        # shellcheck disable=SC2086
        try .out report "$db/names.db" --study 2 $option
        # shellcheck disable=SC2086
        try .out report "$db/numbers.db" --study 2 $option
    done
    try .out compare "$db/names.db" --study 1 --fail-if 'mean(t99) < 1ms'
    try .out compare "$db/names.db" "$db/honest.db"
    try .out report "$db/huge.db" --study 2
    harmless
    grep -qF '$(touch pwned): ' seen/1.out
}

@test "pages of reports: every kind of figure of numbers, types and ids that make no sense" {
    local db=$BATS_FILE_TMPDIR study kind
    for kind in names numbers types shuffle; do
        try .out report "$db/$kind.db" --study 1 -o $kind.html
    done
    if grep -F 'without figures' seen/*.err; then false; fi
    for kind in names all nulls huge; do # how figures are laid out is what could fail
        PATH=/nonexistent try .out report "$db/$kind.db" --study 2 -o $kind-2.html
    done
    try .out report "$db/allowed.db" -o allowed.html
    [ "$code" -eq 0 ]
    xmllint --noout --huge ./*.html
    harmless
    [ "$(grep -cF '<svg' names.html)" -ge 8 ]
    grep -qF '&lt;script&gt;pwned()&lt;/script&gt;' allowed.html
}

@test "every kind of figure, with its script, and in a terminal" {
    local db=$BATS_FILE_TMPDIR study kind drawn=0
    for kind in $("$program" help plot | sed -n '/^kinds:/,/^$/s/^  \([a-z]*\)  .*/\1/p'); do
        for study in 1 2 3; do
            try .out plot "$db/names.db" --study $study --kind $kind -o $kind.svg --keep $kind
            [ "$code" -ne 0 ] || break
        done
        drawn=$((drawn + (code == 0)))
        try .out plot "$db/names.db" --study $study --kind $kind --terminal
    done
    [ "$drawn" -ge 12 ]
    for kind in png pdf; do
        try .out plot "$db/names.db" --study 1 --runs -o x.$kind
        [ "$code" -eq 0 ]
    done
    for kind in numbers huge; do
        try .out plot "$db/$kind.db" --study 1 -o $kind.svg --keep $kind
        [ "$code" -eq 0 ]
    done
    try .out plot "$db/all.db" --study 1 --kind gauge -o gauges.svg --keep gauges
    xmllint --noout ./*.svg
    harmless
    grep -qF '$(touch pwned): ' convergence.svg
}

@test "exported tables and scenarios" {
    local db=$BATS_FILE_TMPDIR table kind
    for table in runs samples figures updates detections overlay points; do
        try .csv.out export "$db/names.db" $table --study 1
        try .json.out export "$db/types.db" $table --study 1 --json
    done
    for kind in names nulls types huge; do
        try .out export "$db/$kind.db" scenario
    done
    harmless
}

@test "status, verify and merge; what is run or tuned into such a file" {
    local db=$BATS_FILE_TMPDIR kind
    for kind in names all numbers nulls types shuffle huge; do
        try .out status "$db/$kind.db"
        try .json.out status "$db/$kind.db" --json
    done
    for kind in names numbers types shuffle; do
        try .out verify "$db/$kind.db"
        try .out merge $kind-merged.db "$db/honest.db" "$db/$kind.db"
        try .out merge merged-$kind.db "$db/$kind.db" "$db/honest.db"
        cp "$db/$kind.db" own.db
        try .out run "$db/ring.yaml" -q -o own.db
        try .out run "$db/prey.yaml" -q -o own.db --replications 3
        try .out tune "$db/tuned.yaml" -q -o own.db --goal 'median(t99, one) < 200s' \
            --vary strategies.one.anti-entropy.mode=push,push-pull --minimise bytes_rate
    done
    harmless
    # The command of a study is for users to copy, so it has to be one of gossipsim.
    cp "$db/honest.db" own.db
    sqlite3 own.db "DELETE FROM metric_value; DELETE FROM run;
        UPDATE study SET argv = 'gossipsim run ''a b'' \$''\\x1b'' x' WHERE study_id = 1;
        UPDATE study SET argv = 'gossipsim run x; touch pwned' WHERE study_id = 2;
        UPDATE study SET argv = 'gossipsim run \$(touch pwned)' WHERE study_id = 3"
    run "$program" status own.db
    [ "$(grep -cF "to go on: gossipsim run 'a b' \$'\\x1b' x" <<<"$output")" -eq 1 ]
    [ "$(grep -cF 'to go on: run its scenario into this file again' <<<"$output")" -eq 2 ]
    "$program" report own.db --study 2 -o own.html
    run grep -cF 'touch pwned' own.html
    [ "$output" -eq 0 ]
}

@test "names that the language allows: every command and every format" {
    local db=$BATS_FILE_TMPDIR strategy format
    cp "$db"/allowed.* "$db"/*.csv .
    try .out check allowed.yaml
    [ "$code" -eq 0 ]
    try .json.out check allowed.yaml --json
    try .out check allowed.yaml --full
    try .out run allowed.yaml -o again.db
    [ "$code" -eq 0 ]
    tables report allowed.db
    tables compare allowed.db
    for format in '' .json .csv; do
        try $format.out export allowed.db runs ${format:+--${format#.}}
    done
    try .out plot allowed.db -o allowed.svg --keep kept
    [ "$code" -eq 0 ]
    sqlite3 allowed.db 'SELECT DISTINCT strategy FROM study_strategy' >strategies
    [ "$(wc -l <strategies)" -eq 4 ]
    while read -r strategy; do
        for format in csv json perfetto dot mermaid html; do
            case $format in
                html) try .replay.out trace allowed.yaml --strategy "$strategy" --format html \
                    --where network.latency=1ms ;;
                *) try .${format/perfetto/json}.out trace allowed.yaml --strategy "$strategy" \
                    --format $format --where network.latency=1ms ;;
            esac
            [ "$code" -eq 0 ]
        done
    done <strategies
    xmllint --noout allowed.svg
    rm allowed.yaml ./*touch*.csv
    harmless
}

@test "what looks through the files sees what it is for" {
    printf 'ERROR: AddressSanitizer: x' >a.err
    printf 'a\033[31m' >a.out
    printf '{"a": NaN}' >a.json.out
    printf 'a,b\n=x(),1\n' >a.csv.out
    printf 'graph {\n  "1" [label="a"]; evil [label="b"];\n}' >a.dot.out
    printf 'sequenceDiagram\n    title a;b\n' >a.mermaid.out
    printf '<script type="application/json">{"a":"</script>"}</script>' >a.replay.out
    printf "set title \`touch x\`\n" >a.gp
    printf '1 2 x\n' >a.dat
    printf '<svg><script/></svg>' >a.svg
    printf '<html><a href="http://x"/></html>' >a.html
    : >pwned
    python3 "$root/tests/fixtures/harmless.py" . >found
    [ "$(cut -d: -f1 found | sort -u | wc -l)" -eq 12 ]
}

@test "theory, beside what a database measured and over its curves" {
    local db=$BATS_FILE_TMPDIR kind
    for kind in names numbers nulls types shuffle; do
        try .out theory "$db/ring.yaml" "$db/$kind.db"
        PATH=/nonexistent try .out plot "$db/$kind.db" --study 2 --theory --terminal
    done
    tables theory "$db/allowed.yaml"
    [ "$code" -eq 0 ]
    try .out plot "$db/allowed.db" --theory -o allowed.svg --keep kept
    [ "$code" -eq 0 ]
    xmllint --noout allowed.svg
    harmless
}
