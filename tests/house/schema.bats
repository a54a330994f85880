#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# results/README.md explains the schema that the program creates, every table and view of
# experiment/store/schema.sql and no other, and its queries answer.

@test "results/README.md names each table and view, and only those" {
    cd "$BATS_TEST_DIRNAME/../.."
    sqlite3 :memory: '.read experiment/store/schema.sql' \
        "select name from sqlite_schema where type in ('table', 'view') order by 1" |
        LC_ALL=C sort >"$BATS_TEST_TMPDIR/there"
    { sed -n '/^|---/,/^$/p' results/README.md | cut -d '|' -f 2
      sed -n '/^Three views/,/^$/p' results/README.md; } |
        grep -o '`[a-z_]*`' | tr -d '`' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/explained"
    diff "$BATS_TEST_TMPDIR/there" "$BATS_TEST_TMPDIR/explained"
}

@test "the queries of results/README.md answer, with several studies and times that never came" {
    program=$(realpath "${GOSSIPSIM:-$BATS_TEST_DIRNAME/../../gossipsim}")
    page=$(realpath "$BATS_TEST_DIRNAME/../../results/README.md")
    cd "$BATS_TEST_TMPDIR"
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 60
replications: 10
strategies:
  mail: {direct-mail: {acknowledge: false}}
  push: {anti-entropy: {mode: push, interval: 1s}}
stop: {at: 60s}
YAML
    mkdir results
    "$program" run study.yaml -q -o results/first.db --set workload.updates=3 >/dev/null
    "$program" run study.yaml -q -o results/first.db --sweep network.loss=0,1%,30% >/dev/null
    awk -v RS='```' 'NR % 2 == 0 && sub(/^sql\n/, "") { print > ("query" ++n ".sql") }' "$page"
    [ "$(ls query*.sql | wc -l)" -ge 5 ]
    for query in query*.sql; do
        sqlite3 results/first.db <"$query" >"${query%.sql}"
        [ -s "${query%.sql}" ]
    done
    awk -v RS='```' 'NR % 2 == 0 && sub(/^sh\n/, "")' "$page" >example.sh
    [ "$(bash -e example.sh | tee /dev/stderr | wc -l)" -eq 2 ]
    bash -e example.sh | grep -q '^mail|0\.[0-9]*|Inf|' # not all runs got there

    # mail loses messages: not every run reaches 99 %; push does
    [ "$(wc -l <query1)" -eq $((2 + 3 * 2)) ]
    grep -q '^2|1|{"network.loss":0}|push|10|10|' query1
    grep -q '^2|3|{"network.loss":0.3}|mail|10|0|$' query1
    [ "$(wc -l <query2)" -eq 6 ]
    grep -q '|mail|Inf$' query2
    # the median is report's
    median=$(grep '^1|.*|push|' query2 | cut -d '|' -f 4)
    "$program" report results/first.db --where network.loss=0 --only push --metric t99 --json \
        >report.json
    [ "$(sqlite3 :memory: "SELECT abs(value ->> 't99_median' - $median) < 1e-9
        FROM json_each(readfile('report.json'))")" = 1 ]
    [ "$(wc -l <query3)" -eq $((10 + 3 * 10)) ]
}
