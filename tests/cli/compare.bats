#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# compare pairs runs by replication, says in a sentence what the numbers allow, and reports the
# pairs in which something never happened.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

make_database() { # FIXTURE FILE [SQL]
    { echo 'PRAGMA synchronous = OFF;' && cat "$root/experiment/store/schema.sql" &&
        echo 'BEGIN;' && cat "$root/tests/fixtures/$1.sql" && echo "COMMIT; ${3-};" &&
        cat "$root/tests/fixtures/metrics.sql"; } | sqlite3 "$2"
}

shows() { # TEXT...: the output holds the texts joined
    local text
    printf -v text '%s' "$@"
    [[ $output == *"$text"* ]]
}

@test "strategies against the first, with difference, ratio and sentence" {
    make_database results r.db
    run --separate-stderr "$program" compare r.db
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ ${lines[1]} == "t99 "*" push-pull  push           20 "*" -4.00 (-4.00 to -4.00) s "* ]]
    [[ ${lines[1]} == *" sooner" ]]
    [[ ${lines[2]} == "t99 "*" mail       push     10 of 20 "*" -6.0"*" less often" ]]
    [[ ${lines[5]} == "bytes_rate  push-pull  push           20 "*"  -40.0 "* ]]
    shows 'Difference, ratio: medians over the paired runs, in brackets their 95 % confidence'
    shows 'Verdict: sign test at 5 %, for all 7 tests of this table together (Holm'
    shows $'correction).\nWorth: how many unpaired runs of each would tell as much about the '
    shows $'difference.\nPairs: `n of m` where a difference stands on the n pairs in which'
    shows "push-pull reaches 99 % of the nodes 4.00 s (4.00 to 4.00) sooner than push, " \
        "2.00 times as fast; sooner in 20 of 20 paired runs."
    shows "mail reaches 99 % of the nodes less often than push: in 10 of 20 paired runs, push " \
        "in 20; where both do, 6.00 s"
    shows "sooner in 10 of 10 paired runs; over all pairs together no difference that they could show " \
        "(log-rank test, p = "
    shows "push-pull: bytes sent 400 kB (400 to 400) less than push, 0.75 times as much; " \
        "less in 20 of 20 paired runs"
}

@test "the baseline can be chosen" {
    make_database results r.db
    run "$program" compare r.db --baseline push-pull --metric m
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == "m       push      push-pull     20 "*" more" ]]
    [[ ${lines[2]} == "m       mail      push-pull     20 "*" less" ]]
    [[ $output != *Pairs:* ]]
}

@test "CSV and JSON carry the counts of never and the sentence" {
    make_database results r.db
    run "$program" compare r.db --csv --metric t99
    [[ ${lines[0]} == "metric,subject,baseline,pairs,pairs_both,subject_never,"* ]]
    [[ ${lines[0]} == *",ratio,ratio_lower,ratio_upper,correlation,pairing_gain,p_often,"* ]]
    [[ ${lines[0]} == *",p_much,p_log_rank,verdict,sentence" ]]
    [[ ${lines[2]} == "t99,mail,push,20,10,10,0,-6,"*",less often,\"mail reaches"* ]]
    "$program" compare r.db --json --metric t99 >c.json
    run sqlite3 :memory: "SELECT value ->> 'difference', value ->> 'verdict'
        FROM json_each(readfile('c.json'))"
    [ "${lines[0]}" = "-4|sooner" ]
}

@test "values of a swept parameter, strategy by strategy" {
    make_database sweep s.db
    run "$program" compare s.db --by nodes --metric t99
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == "t99     a         1000    100         12 "* ]]
    [[ ${lines[1]} == *" 1.00 (1.00 to 1.00) s "*" later" ]]
    shows "b at nodes=10_000 reaches 99 % of the nodes 4.00 s (4.00 to 4.00) later than " \
        "at nodes=100, 1.99 times as long; later in 12 of 12 paired runs."
    run "$program" compare s.db --by nodes --baseline 10_000 --metric t99
    shows "a at nodes=100 reaches 99 % of the nodes 2.00 s (2.00 to 2.00) sooner than at " \
        "nodes=10_000"
}

@test "strategies at each point of a sweep" {
    make_database sweep s.db
    run "$program" compare s.db --metric bytes
    [[ ${lines[1]} == "   100  bytes   b         a  "*" less" ]]
    shows "nodes=10_000: b: bytes sent 5.00 MB (5.00 to 5.00) less than a, 0.50 times as " \
        "much; less in 12 of 12 paired runs."
}

@test "what cannot be compared is exit 2 with a line" {
    make_database results r.db
    make_database sweep s.db
    local options
    for options in "r.db --baseline nobody" "r.db --by nodes" "s.db --by nodes --baseline 7" \
        "s.db --study 1" "r.db --metric nope" "r.db --fail-if x" \
        "r.db --fail-if mean(t99)<3" "r.db --fail-if mean(nope)<3" \
        "r.db --fail-if ratio(t99,push)>1" "r.db --fail-if ratio(t99)>1s" "r.db --only nobody" \
        "r.db --fail-if P(t99)>1%" "r.db --fail-if mean(direct-mail.no)>1" "s.db --where nodes=7" \
        "r.db --fail-if mean(t99,nobody)<3s"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$program" compare $options
        echo "$options: $status $stderr"
        [ "$status" -eq 2 ]
        [ -z "$output" ]
        [[ $stderr == "gossipsim: error: "* ]]
    done
    run "$program" compare missing.db
    [ "$status" -eq 3 ]
}

@test "one value of a parameter has nothing to be compared with: exit 2" {
    make_database sweep s.db "DELETE FROM study_point WHERE study_id = 2 AND position NOT IN
        (SELECT position FROM param WHERE path = 'nodes' AND number = 100);"
    run --separate-stderr "$program" compare s.db --by nodes
    [ "$status" -eq 2 ] && [ -z "$output" ]
    [ "$stderr" = "gossipsim: error: 'nodes' has one value only: there is nothing to compare" ]
}

@test "hostile names stay text" {
    make_database results r.db "PRAGMA foreign_keys = OFF;
        UPDATE study_strategy SET strategy = 'x' || char(27, 10) || '%s%n' WHERE position = 0;"
    run "$program" compare r.db
    [ "$status" -eq 0 ]
    [[ $output == *'sooner than x\x1b\n%s%n, 2.00 times as fast'* ]]
    [ "$(printf '%s' "$output" | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" -eq 0 ]
}

@test "what must not hold is told on standard error with what was found, exit 1 if it does" {
    make_database results r.db
    "$program" compare r.db --csv >plain
    run --separate-stderr "$program" compare r.db --csv --fail-if 'median(t99, push) > 5s' \
        --fail-if 'P(converged, push) < 50%' --fail-if 'P(converged) < 50%' \
        --fail-if 'P(t99 < 3s, mail) <= 50%'
    [ "$status" -eq 1 ]
    [ "$output" = "$(cat plain)" ]
    [[ $stderr == '--fail-if holds: median(t99, push) > 5s: 8.00 s (95 % confidence 7.'*' in 20 runs
--fail-if does not hold: P(converged, push) < 50%: 100 % (95 % confidence 83.9 to 100) in 20 runs
--fail-if holds: P(converged) < 50%, strategy mail: 0 % (95 % confidence 0 to 16.1) in 20 runs; '*'
--fail-if holds: P(t99 < 3s, mail) <= 50%: 50.0 % (95 % confidence 29.9 to 70.1) in '* ]]
    [[ $stderr == *" in 20 runs; 10 never reached it: "* ]]
    [[ $stderr == *": still going on at \`stop.at\` (10s); more "* ]]
    run --separate-stderr "$program" compare r.db --fail-if 'median(t99, push) > 9s'
    [ "$status" -eq 0 ]
    [[ $stderr == '--fail-if does not hold: median(t99, push) > 9s: 8.00 s '* ]]
}

@test "a single strategy may be judged, though there is nothing to compare it with" {
    make_database results r.db "DELETE FROM study_strategy WHERE position > 0;"
    run "$program" compare r.db
    [ "$status" -eq 2 ]
    run "$program" compare r.db --fail-if 'median(t99) > 1s'
    [ "$status" -eq 1 ]
    [[ $output == *"median(t99) > 1s"* ]]
    run "$program" compare r.db --fail-if 'median(t99) > 1h'
    [ "$status" -eq 0 ]
    run "$program" compare r.db --fail-if 'ratio(t99) > 1'
    [ "$status" -eq 2 ]
}

@test "--fail-if takes ratios and differences to the baseline, those of the table" {
    make_database results r.db
    run --separate-stderr "$program" compare r.db --metric m \
        --fail-if 'ratio(t99, push-pull) > 0.4' \
        --fail-if 'diff(t99, push-pull) > -4.1s' --fail-if 'ratio(bytes, mail) > 1.2'
    [ "$status" -eq 1 ]
    [[ $stderr == '--fail-if holds: ratio(t99, push-pull) > 0.4, push-pull against push: 0.50 '*'
--fail-if holds: diff(t99, push-pull) > -4.1s, push-pull against push: -4.00 s '*' in 20 pairs
--fail-if does not hold: ratio(bytes, mail) > 1.2, mail against push: 0.063 '* ]]
    # in pairs in which one of the two never did
    run --separate-stderr "$program" compare r.db --fail-if 'ratio(t99, mail) > 1'
    [ "$status" -eq 0 ]
    [[ $stderr == *"in 10 pairs; mail never in 10 of 20, push never in 0" ]]
    # in no pair both do: what never happens is later than all that does, and sooner than none
    run --separate-stderr "$program" compare r.db --fail-if 'ratio(t_all, mail) > 100'
    [ "$status" -eq 1 ]
    [[ $stderr == *": no pair in which both do; mail never in 20 of 20, push never in 0" ]]
    run --separate-stderr "$program" compare r.db --baseline mail --fail-if 'diff(t_all) < -1h'
    [ "$status" -eq 1 ]
    [[ $stderr == *"push against mail: no pair in which both do; "* ]]
    make_database sweep s.db
    run --separate-stderr "$program" compare s.db --by nodes --baseline 10_000 \
        --fail-if 'ratio(t99, a) < 0.6' --fail-if 'ratio(t99) > 1'
    [ "$status" -eq 1 ]
    [[ $stderr == '--fail-if holds: ratio(t99, a) < 0.6, a at nodes=100 against nodes=10_000: 0.5'*'
--fail-if does not hold: ratio(t99) > 1, '*'; the closest of 4' ]]
}

@test "--where and --only leave out, but not the baseline" {
    make_database results r.db
    run "$program" compare r.db --only mail --csv --metric m
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[1]} == m,mail,push,* ]]
    run "$program" compare r.db --only mail --baseline push-pull --csv --metric m
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[1]} == m,mail,push-pull,* ]]
    make_database sweep s.db
    run "$program" compare s.db --where nodes=1000 --csv --metric m
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[1]} == 1000,m,b,a,* ]]
    run "$program" compare s.db --by nodes --only b --csv --metric m
    [ "${#lines[@]}" -eq 3 ]
    run --separate-stderr "$program" compare r.db --only push
    [ "$status" -eq 2 ]
}

@test "never says why, of the metrics that are compared" {
    make_database results r.db
    run "$program" compare r.db
    shows "Never with mail: t99 in 10 of 20 runs; all were still going on at \`stop.at\` (10s): " \
        "a later end may show when."
    run "$program" compare r.db --metric bytes
    [[ $output != *"Never with"* ]]
}

@test "more than 40 comparisons are summed up for people, unless all are wanted" {
    make_database sweep s.db
    local metrics=()
    for metric in t50 t99 t_all m bytes bytes/node sim_end; do metrics+=(--metric $metric); done
    run "$program" compare s.db --by nodes "${metrics[@]}" # 7 * 2 * 2 = 28
    [[ ${lines[0]} == "metric "* ]]
    for metric in events wall peak_bytes residue; do metrics+=(--metric $metric); done
    run "$program" compare s.db --by nodes "${metrics[@]}" # 44
    [ "${lines[0]}" = "44 comparisons, counted by their verdicts:" ]
    [[ $output == *$'\n--all prints every comparison with its sentence; '* ]]
    [[ $output != *"left no verdict"* ]]
    [[ ${lines[2]} == "t50 "*" a "*" 1000 "*" 100 "*" 1 "*" 0 "*" 1 "* ]]
    run "$program" compare s.db --by nodes "${metrics[@]}" --all
    [[ ${lines[0]} == "metric "* ]]
    run "$program" compare s.db --by nodes "${metrics[@]}" --csv
    [ "${#lines[@]}" -eq 45 ]
    # too few runs for so many tests
    sqlite3 s.db "UPDATE study SET replications_min = 5, replications_max = 5"
    run "$program" compare s.db --by nodes "${metrics[@]}"
    [[ $output == *$'\nSo many tests at once leave no verdict: '* ]]
}

@test "of the usual metrics those that the study has; a study of which nothing is done says so" {
    echo '{gossipsim: 1, nodes: 1, replications: 2,
        strategies: {a: {anti-entropy: {}}, b: {direct-mail: {}}}}' >alone.yaml
    "$program" run alone.yaml -q -o alone.db >/dev/null # whose runs last 0 s, so they have no rates
    run -0 "$program" compare alone.db
    [[ $output == *t99*bytes* && $output != *bytes_rate* ]]
    run -2 "$program" compare alone.db --metric bytes_rate
    for table in metric_value metric_name sample update_outcome run; do
        sqlite3 alone.db "DELETE FROM $table"
    done
    run -2 "$program" compare alone.db
    [[ $output == *"no run has the metric 't99': none is done; "* ]]
}
