#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# tune finds a setting, says what it costs and what is cheaper, says so where there is none, keeps
# all in one study, goes on after kill -9 to the same content, and refuses what makes no sense in
# one line.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >push.yaml <<'YAML'
gossipsim: 1
nodes: 32
network: {latency: {exponential: {mean: 20ms}}, loss: 5%}
workload: {updates: 5, arrival: {every: 100ms}}
strategies:
  push: {rumor-mongering: {fanout: 2, interval: 500ms, k: 10}}
  repair: {anti-entropy: {interval: 1s}}
stop: {at: 60s}
YAML
    goal='median(t99, push) < 2s'
    fanout=strategies.push.rumor-mongering.fanout=1..4
    interval=strategies.push.rumor-mongering.interval=100ms..2s
}

tune() { # DB [OPTIONS...]
    "$program" tune push.yaml -o "$1" --goal "$goal" --vary $fanout --vary $interval \
        --minimise bytes_rate "${@:2}"
}

content() { # DB: all of it but the clock
    sqlite3 "$1" "SELECT study_id, name, scenario_sha256, replications_min, replications_max FROM
        study; SELECT * FROM study_point; SELECT * FROM param; SELECT * FROM study_strategy;
        SELECT * FROM tuning; SELECT * FROM tuning_finding; SELECT * FROM point;
        SELECT run_id, fingerprint FROM run ORDER BY run_id; SELECT * FROM metric_value"
}

refused() { # MESSAGE ARGUMENTS...: one line, exit 2, nothing made
    run --separate-stderr "$program" tune "${@:2}" -o none.db
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [[ ${stderr_lines[0]} == *"$1"* ]] || { echo "$stderr" && false; }
    [ ! -e none.db ]
}

@test "a setting that meets the goal, with its cost, the frontier and the command that runs it" {
    run --separate-stderr tune a.db -O best.yaml
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == 'push: '*' settings tried in '*' tested, seed 1' ]]
    [[ $output == *' chosen'* ]]
    [[ ${output//$'\n'/ } == *'meets the goal median(t99, push) < 2s (confidence 95 %)'* ]]
    [[ $stderr == *"next: $program run push.yaml --set strategies.push.rumor-mongering.fanout="* ]]
    # What is written runs, meets the goal, and has both strategies still.
    sed -i 's/^replications:.*/replications: 60/' best.yaml
    run --separate-stderr "$program" run best.yaml -q -o best.db
    [ "$status" -eq 0 ]
    run "$program" compare best.db --only push --baseline push --fail-if "median(t99, push) >= 2s"
    [[ $output != *'holds: '* ]]
    # Only what the goal is about was run, in one study.
    [ "$(sqlite3 a.db "SELECT count(*) FROM study")" = 1 ]
    [ "$(sqlite3 a.db "SELECT group_concat(DISTINCT strategy) FROM run_summary")" = push ]
    # The same again makes nothing, and says the same.
    cp a.db b.db
    run --separate-stderr tune b.db
    [ "$status" -eq 0 ]
    [[ $stderr == 'nothing to do: all '* ]]
    diff <(content a.db) <(content b.db)
}

@test "every setting as CSV and JSON; report, export and the figure read the study" {
    tune a.db -q --csv >a.csv
    settings=$(sqlite3 a.db "SELECT count(*) FROM study_point")
    [ "$(wc -l <a.csv)" -eq $((settings + 1)) ]
    [[ $(head -1 a.csv) == *',"median(t99, push)"'*',bytes_rate,bytes_rate_lower,'* ]]
    [[ $(head -1 a.csv) == *',bytes_rate_upper,runs,frontier,finding' ]]
    [ "$(grep -c ',chosen$' a.csv)" -eq 1 ]
    tune a.db -q --json >a.json
    [ "$(grep -c '"finding": *"chosen"' a.json)" -eq 1 ]
    runs=$(sqlite3 a.db "SELECT runs FROM tuning")
    [ "$("$program" export a.db runs | wc -l)" -eq $((runs + 1)) ]
    "$program" report a.db >/dev/null
    [[ $("$program" status a.db) == *"$runs of $runs runs done, 0 failed, 0 missing"* ]]
    [[ $("$program" status a.db) == *"$settings points x 1 strategy x 4 to "*' replications'* ]]
    [[ $("$program" verify a.db) == *'all as stored'* ]]
    "$program" merge joined.db a.db 2>/dev/null
    diff <(content a.db) <(content joined.db)
    "$program" plot a.db --kind frontier -o a.svg
    grep -q 'median(t99, push) &lt; 2s' a.svg
    "$program" run push.yaml -q --replications 2 -o plain.db >/dev/null
    run --separate-stderr "$program" plot plain.db --kind frontier -o b.svg
    [ "$status" -eq 2 ]
    [[ $stderr == *'study 1 was not made by tune'* ]]
}

@test "where no setting meets the goal it says so, and exits with 1" {
    goal='p99(t99, push) < 10ms'
    run --separate-stderr tune a.db
    [ "$status" -eq 1 ]
    said=${output//$'\n'/ }
    [[ $said == *'No setting meets the goal p99(t99, push) < 10ms: all '* ]]
    [[ $said == *' that were tried miss it (confidence 95 %).'* ]]
    [[ $output == *' comes nearest.'* ]]
    local nearest
    nearest=$(grep -oE '[^= ]+ comes nearest' <<<"$said")
    [ "$(grep -cw -- "${nearest% comes*}" <<<"$output")" -ge 2 ] # the table has it, too
    [[ $output != *chosen* ]]
}

@test "a budget is kept to, and one that is too small for a first look is refused" {
    run --separate-stderr tune a.db --budget 300
    [ "$status" -eq 1 ]
    said=${output//$'\n'/ }
    [[ $said == *'No setting was shown to meet the goal median(t99, push) < 2s before '* ]]
    [[ $said == *' before the budget of 300 runs was spent.'* ]]
    [ "$(sqlite3 a.db 'SELECT count(*) FROM run')" -le 300 ]
    run --separate-stderr tune b.db --budget 10
    [ "$status" -eq 2 ]
    [[ $stderr == *'the budget is too small for a first look at so many settings'* ]]
}

@test "several goals, choices and lists, with the strategy said once" {
    run --separate-stderr "$program" tune push.yaml -q -o a.db --goal 'median(t99) < 2s' \
        --goal 'P(converged) >= 90%' --minimise 'bytes_rate, push' \
        --vary strategies.push.rumor-mongering.mode=push,pull,push-pull \
        --vary strategies.push.rumor-mongering.fanout=1,2 --set nodes=16
    [ "$status" -eq 0 ]
    [[ ${output//$'\n'/ } == *'meets both goals (confidence 95 %)'* ]]
    goals=$'median(t99, push) < 2s\nP(converged, push) >= 90%'
    [ "$(sqlite3 a.db "SELECT goals FROM tuning")" = "$goals" ]
    [ "$(sqlite3 a.db "SELECT count(*) FROM study_point")" -eq 6 ]
}

@test "kill -9 at any moment: the next command completes to the same content" {
    tune whole.db -q -j2 >whole.txt
    content whole.db >whole
    for moment in 0.05 0.15 0.3 0.5; do
        rm -f a.db*
        "$program" tune push.yaml -o a.db --goal "$goal" --vary $fanout --vary $interval \
            --minimise bytes_rate -q -j2 >/dev/null 2>&1 3>&- &
        pid=$!
        sleep $moment
        kill -KILL $pid 2>/dev/null || true
        wait $pid 2>/dev/null || true
        tune a.db -q -j2 >a.txt
        diff whole.txt a.txt
        diff whole <(content a.db)
    done
}

@test "what makes no sense is refused in one line" {
    good=(--goal "$goal" --minimise bytes_rate --vary $fanout)
    refused "no goal: --goal EXPR is missing" push.yaml --minimise bytes_rate --vary $fanout
    refused "no cost: --minimise METRIC is missing" push.yaml --goal "$goal" --vary $fanout
    refused "nothing to choose: --vary PATH=1..8 is missing" push.yaml --goal "$goal" \
        --minimise bytes_rate
    refused "--goal 't99': " push.yaml --goal t99 --minimise bytes_rate --vary $fanout
    refused "there is no strategy 'pish'; did you mean 'push'?" push.yaml \
        --goal 'median(t99, pish) < 2s' --minimise bytes_rate --vary $fanout
    refused "which strategy is meant? The scenario has 'push', 'repair'" push.yaml \
        --goal 'median(t99) < 2s' --minimise bytes_rate --vary $fanout
    refused "of which strategy? The goals are about 'push', 'repair'" push.yaml --goal "$goal" \
        --goal 'median(t99, repair) < 2s' --minimise bytes_rate --vary $fanout
    refused "there is no metric \`byte_rate\`; did you mean \`bytes_rate\`?" push.yaml \
        --goal "$goal" --minimise byte_rate --vary $fanout
    refused "runs cannot show what no run ever does" push.yaml --goal 'max(t99, push) < 2s' \
        --minimise bytes_rate --vary $fanout
    refused "no number of runs can show that" push.yaml --goal 'P(converged, push) >= 100%' \
        --minimise bytes_rate --vary $fanout
    refused "the range is upside down" push.yaml "${good[@]}" \
        --vary strategies.push.rumor-mongering.k=8..1
    refused "there is no strategy \`pish\`" push.yaml "${good[@]}" \
        --vary strategies.pish.rumor-mongering.k=1..8
    refused "unknown" push.yaml "${good[@]}" --vary strategies.push.rumor-mongering.kk=1..8
    refused "0 is outside" push.yaml "${good[@]}" --vary strategies.push.rumor-mongering.k=0..8
    refused "is given twice" push.yaml "${good[@]}" --vary $fanout
    refused "one value leaves nothing to choose" push.yaml "${good[@]}" --vary nodes=16
    refused "--vary 'nodes': expected PATH=VALUE" push.yaml "${good[@]}" --vary nodes
    refused "expected 50% to 99.99%" push.yaml "${good[@]}" --confidence 100%
    refused "expected a whole number from 1" push.yaml "${good[@]}" --budget 0
    refused "--json and --csv exclude each other" push.yaml "${good[@]}" --json --csv
    printf 'sweep: {axes: {nodes: [8, 16]}}\n' | cat push.yaml - >swept.yaml
    refused "the scenario sweeps \`nodes\`" swept.yaml "${good[@]}"
    refused "is not a file" /dev/stdin "${good[@]}"
    run --separate-stderr "$program" tune missing.yaml "${good[@]}" -o none.db
    [ "$status" -eq 3 ]
    [[ $stderr == *"missing.yaml"* ]]
}

@test "a scenario that could not be written is told of before the search" {
    run --separate-stderr "$program" tune push.yaml -q -o a.db -O missing/best.yaml \
        --goal "$goal" --minimise bytes_rate --vary $fanout
    [ "$status" -eq 3 ]
    [ "$stderr" = "gossipsim: error: cannot write 'missing/best.yaml': No such file or directory" ]
    [ ! -e a.db ]
}

@test "a cost that the strategy does not have is refused once it has run" {
    run --separate-stderr "$program" tune push.yaml -q -o a.db --goal "$goal" \
        --minimise detect_first --vary $fanout
    [ "$status" -eq 2 ]
    [[ $stderr == *"no run has the metric 'detect_first'"* ]]
}
