#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# compare sets a study against another one: the same strategies and points, before and after a
# change, as docs/continuous-integration.md has it.

bats_require_minimum_version 1.5.0

setup_file() {
    export root program
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >scenario.yaml <<'YAML'
gossipsim: 1
nodes: 100
replications: 12
strategies:
  push: {anti-entropy: {mode: push, interval: 1s}}
  pull: {anti-entropy: {mode: pull, interval: 1s}}
YAML
    "$program" run scenario.yaml -q -o before.db >/dev/null
    "$program" run scenario.yaml -q -o slower.db --set anti-entropy.interval=3s >/dev/null
    "$program" run scenario.yaml -q -o sweep.db --sweep network.loss=0,10%,20% >/dev/null
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "what is the same differs by exactly 0" {
    cp before.db again.db
    run -0 "$program" compare again.db --against before.db --metric t99
    [[ ${lines[1]} == "t99 "*" push in before.db "*" 0 (0 to 0) s  1.00 (1.00 to 1.00)  –" ]]
    [[ $output == *"Against before.db, which ran the same scenario."* ]]
    [[ $output == *"no difference at all; 12 paired runs."* ]]
}

@test "each strategy with itself, before the change" {
    run -0 --separate-stderr "$program" compare slower.db --against before.db
    [ -z "$stderr" ]
    [[ ${lines[1]} == "t99 "*" push  "*" push in before.db "*" later" ]]
    [[ ${lines[2]} == "t99 "*" pull  "*" pull in before.db "*" later" ]]
    [[ $output == *"Against before.db, whose scenario differs."* ]]
    [[ $output == *"push reaches 99 % of the nodes "*" later than push in before.db, "* ]]
    run -0 "$program" compare slower.db --against before.db --metric t99 --json
    [[ $output == *'"subject": "push"'*'"baseline": "push in before.db"'*'"pairs": 12'* ]]
}

@test "the table is that of the values themselves" {
    for file in before slower; do
        sqlite3 -csv "$file.db" "SELECT replication, value FROM metric JOIN run USING (run_id)
            JOIN study_strategy USING (strategy_id)
            WHERE name = 't99' AND strategy = 'push' ORDER BY replication" >"$file.csv"
    done
    median=$(paste -d, before.csv slower.csv | awk -F, '{ print $4 - $2 }' | sort -g |
        awk '{ x[NR] = $1 } END { print (x[NR / 2] + x[NR / 2 + 1]) / 2 }')
    found=$("$program" compare slower.db --against before.db --metric t99 --only push --csv |
        awk -F, 'NR == 2 { print $8 }')
    awk -v a="$median" -v b="$found" 'BEGIN { exit !(a > 1 && (a - b) ^ 2 < 1e-8) }'
}

@test "limits end with 1, and say against what" {
    run -1 --separate-stderr "$program" compare slower.db --against before.db \
        --fail-if 'ratio(t99, push) > 1.5' --fail-if 'diff(t99) < 0s'
    [[ $stderr == *"--fail-if holds: ratio(t99, push) > 1.5, push against push in before.db"* ]]
    [[ $stderr == *"--fail-if does not hold: diff(t99) < 0s"* ]]
    "$program" compare slower.db --against before.db --fail-if 'ratio(t99, push) > 20' >/dev/null
    "$program" compare slower.db --against before.db --only pull \
        --fail-if 'ratio(t99) < 1' >/dev/null
}

@test "points are matched by their values, however they are written" {
    "$program" run scenario.yaml -q -o other.db --sweep network.loss=0.2,0%,30% \
        --set seed=2 >/dev/null
    run -0 "$program" compare other.db --against sweep.db --metric t99 --csv
    [ "${#lines[@]}" -eq 5 ]
    [[ ${lines[1]} == 0.2,* && ${lines[3]} == 0,* ]]
    run -0 "$program" compare other.db --against sweep.db --metric t99
    [[ $output == *"1 of 3 points have no counterpart there."* ]]
    [[ $output == *"Its seed differs: pairs of runs share no random numbers"* ]]
    # All points against the only one there, the first of which ran the same.
    run -0 "$program" compare sweep.db --against before.db --metric t99 --csv
    [ "${#lines[@]}" -eq 7 ]
    [[ ${lines[1]} == 0,t99,push,*,12,12,0,0,0,0,0,1,1,1,* ]]
    # One of several would be a guess.
    run -2 "$program" compare before.db --against sweep.db
    [[ $output == *"none of its points is like one of 'before.db'"* ]]
}

@test "strategies without a counterpart are counted, or set against another" {
    sed 's/pull: /drag: /' scenario.yaml >renamed.yaml
    "$program" run renamed.yaml -q -o renamed.db >/dev/null
    run -0 "$program" compare renamed.db --against before.db --metric t99
    [[ $output == *"1 of 2 strategies have no counterpart there."* ]]
    run -2 "$program" compare renamed.db --against before.db --only drag
    [[ $output == \
        *"it has no strategy of the same name; --baseline chooses one of its own: push, pull"* ]]
    run -0 "$program" compare renamed.db --against before.db --only drag --baseline pull --metric m
    [[ $output == *"drag and pull in before.db, "*": no difference at all"* ]]
}

@test "two studies of one file" {
    cp before.db both.db
    "$program" run scenario.yaml -q -o both.db --set anti-entropy.interval=3s >/dev/null
    run -0 "$program" compare both.db --against both.db --against-study 1 --metric t99
    [[ ${lines[1]} == *" push in study 1 "*" later" ]]
}

@test "what cannot be is refused" {
    run -2 "$program" compare before.db --against sweep.db --by network.loss
    [[ $output == *"--against and --by exclude each other"* ]]
    run -2 "$program" compare before.db --against-study 1
    [[ $output == *"--against-study is of the database that --against names"* ]]
    run -2 "$program" compare before.db --against before.db --against-study 7
    [[ $output == *"'before.db' has no study 7"* ]]
    run -2 "$program" compare before.db --metric 'p95(t99)'
    [[ $output == *"'p95(t99)' is an expression, for the summary of \`report --metric\`"* ]]
    run -3 "$program" compare before.db --against nowhere.db
    [[ $output == *nowhere.db* ]]
    run -2 "$program" compare before.db --against before.db --baseline drag
    [[ $output == *"there is no strategy 'drag'"* ]]
}

@test "the job of the page" {
    mkdir bin job
    ln -s "$program" bin/gossipsim
    cd job
    awk '/^```sh$/ { n++; next } /^```$/ { if (n == 2) exit } n == 2' \
        "$root/docs/continuous-integration.md" >change.sh
    cp ../scenario.yaml cluster.yaml
    git init -q -b main
    git add .
    git -c user.name=n -c user.email=e commit -qm cluster
    export PATH="$BATS_FILE_TMPDIR/bin:$PATH"
    run -0 sh change.sh main
    [[ $output == *"which ran the same scenario"* ]]
    sed -i 's/interval: 1s/interval: 3s/' cluster.yaml
    run -1 sh change.sh main
    [[ $output == *"--fail-if holds: ratio(t99, push) > 1.1"* ]]
}
