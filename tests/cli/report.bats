#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# report prints what the database holds: medians that count "never" as infinite, means that say
# over how many runs, shares with their intervals, as a table, CSV and JSON, as much of it as is
# asked for and in the order asked for; it says how far a study is and why something never
# happened; what is not a database is one line and exit 3; hostile names stay text.

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

one_line() { # of standard error, and nothing else
    [ -z "$output" ]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    [[ $stderr == "gossipsim: error: "* ]]
}

@test "the table has a row per strategy in written order, with intervals" {
    make_database results r.db
    run --separate-stderr "$program" report r.db
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ ${lines[0]} == "demo: 60 runs, 1000 nodes, seed 7" ]]
    [[ ${lines[1]} == "strategy   runs  P(converged) %"*"t50 s"*"t99 s"*"t_all s"*"residue %"* ]]
    [[ ${lines[2]} == "push         20  100 (83.9–100)"*"8.00 (7.91–8.09)"* ]]
    [[ ${lines[3]} == "push-pull "*"4.00 (3.91–4.09)"* ]]
    [[ ${lines[4]} == "mail         20      0 (0–16.1)"*"never (1.97–never)"*" never "*" 1.95 "* ]]
}

@test "values a hundred times apart have a unit each, nearer ones that of the column's median" {
    make_database results r.db "UPDATE metric SET value = value / 1000 WHERE name = 't50'
        AND run_id IN (SELECT run_id FROM run WHERE strategy_id = 1);"
    run "$program" report r.db --metric t50 --metric t99
    [[ ${lines[1]} == "strategy   runs  P(converged) %"*" t50 "*" t99 s" ]]
    [[ ${lines[2]} == "push "*"  4.00 (3.95–4.04) ms "* ]]
    [[ ${lines[3]} == "push-pull "*"  2.00 (1.95–2.04)  s "* ]]
    make_database results q.db "UPDATE metric SET value = value * 6 / 1000 WHERE name = 't50'
        AND run_id IN (SELECT run_id FROM run WHERE strategy_id = 1);"
    run "$program" report q.db --metric t50 # 24 ms and 2 s: 83 times
    [[ ${lines[1]} == "strategy   runs  P(converged) %"*" t50 s" ]]
    [[ ${lines[2]} == "push "*"  0.024" ]]
}

@test "never says why: cut off at stop.at, which it names, or gone quiet" {
    make_database results r.db
    run "$program" report r.db
    [[ $output == *"Never with mail: t99 in 10 of 20 runs, t_all in 20; all were still going on at \
\`stop.at\` (10s): a later end may show when."* ]]
    [[ $output != *"Never with push"* ]]
    sqlite3 r.db "UPDATE run SET stop_reason = 'quiet' WHERE strategy_id = 3;"
    run "$program" report r.db
    [[ $output == *"t_all in 20; all had gone quiet: nothing was left that could spread it."* ]]
    sqlite3 r.db "UPDATE run SET stop_reason = 'time', sim_end_ns = 90000000000
        WHERE strategy_id = 3 AND replication = 12;"
    run "$program" report r.db --metric t99
    [[ $output == *"Never with mail: t99 in 10 of 20 runs; 1 was still going on at \`stop.at\` \
(90s): a later end may show when; 9 had gone quiet: nothing was left that could spread it."* ]]
    run "$program" report r.db --metric t99 --metric t_all --csv
    [[ ${lines[3]} == "mail,"*",10,1,inf,inf,inf,20,1" ]]
}

@test "what the columns mean and over which time costs were counted stands below the table" {
    make_database results r.db
    run "$program" report r.db
    [[ $output == *"Counted from \`warmup\` to the end of each run: bytes/node, bytes_rate; that \
was 10.0 s."* ]]
    local word
    for word in "t50, t99, t_all: Time from the injection until at least 50 % of the / at least " \
        "residue: Share of " "m: Payload copies " "bytes_rate: Bytes sent per node and second."; do
        [[ $output == *$'\n'"$word"* ]]
    done
    run "$program" report r.db --metric direct-mail.lost # of which nothing is known
    [[ $output != *direct-mail.lost:* && $output != *"Counted from"* ]]
    make_database sweep s.db
    run "$program" report s.db
    output=$(tr -s ' \n' ' ' <<<"$output")
    [[ $output == *"; that was 2.50 to 5.00 s with a, 2.50 to 5.00 s with b, on average over the \
runs. Where these times differ, totals say what it took to get there, rates what it takes to \
keep running."* ]]
    run "$program" report s.db --where nodes=100
    [[ $output == *"bytes_rate; that was 5.00 s."* ]]
}

@test "a metric that no run has, or not every run, says so" {
    make_database results r.db "INSERT INTO metric SELECT run_id, 'staleness_mean', 0.1 FROM run
        WHERE replication < 15;"
    run "$program" report r.db --metric staleness_mean --metric t50_mean
    [ "$status" -eq 0 ]
    [[ ${lines[2]} == "push "*" 10.0"*" –" ]]
    [[ $output == *$'\nstaleness_mean is not known of 15 of 60 runs: they ended while '* ]]
    [[ $output == *'`stop: {when: never}` measures them to the end.'* ]]
    [[ $output == *$'\nt50_mean: no run has it.\n'* ]]
}

@test "an unfinished study says how far it is, a finished one does not" {
    make_database results r.db "DELETE FROM metric WHERE run_id IN (SELECT run_id FROM run
        WHERE strategy_id = 3 AND replication > 11); DELETE FROM sample WHERE run_id IN (SELECT
        run_id FROM run WHERE strategy_id = 3 AND replication > 11); DELETE FROM run WHERE
        strategy_id = 3 AND replication > 11;"
    run "$program" report r.db
    [ "${lines[1]}" = "Not finished: 52 of 60 runs are made; \`gossipsim run\` makes the others." ]
    [[ $output == *"mail       12 of 20 "* ]]
    run "$program" report r.db --only push
    [[ $output != *"Not finished"* ]]
    run "$program" report r.db --csv --metric m
    [[ ${lines[3]} == "mail,12,0,20,"* ]]
    # a rule for more replications has asked for them where one strategy has them
    sqlite3 r.db "UPDATE study SET replications_min = 5"
    run "$program" report r.db
    [[ ${lines[1]} == "Not finished: 52 of 60 runs"* ]]
}

@test "--where and --only leave rows out, in every format" {
    make_database sweep s.db
    run "$program" report s.db --where nodes=1000 --only b --csv
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[1]} == "1000,b,"* ]]
    run "$program" report s.db --where nodes=10000 --only b --only a
    [[ ${lines[0]} == "sweep: 24 runs"* ]]
    [[ ${lines[2]} == "10_000  a"* ]]
    [[ ${lines[3]} == "10_000  b"* ]]
    "$program" report s.db --json --only b >s.json
    [ "$(sqlite3 :memory: "SELECT count(*) FROM json_each(readfile('s.json'))")" -eq 3 ]
}

@test "--sort puts the least first and never last" {
    make_database results r.db
    run "$program" report r.db --sort t99
    [[ ${lines[2]} == push-pull* && ${lines[3]} == push\ * && ${lines[4]} == mail* ]]
    run "$program" report r.db --sort bytes --metric t50 # becomes a column
    [[ ${lines[1]} == *"t50 s"*"bytes MB" ]]
    [[ ${lines[2]} == mail* && ${lines[3]} == push-pull* ]]
    run "$program" report r.db --sort converged
    [[ ${lines[2]} == mail* && ${lines[3]} == push\ * ]]
    make_database sweep s.db
    run "$program" report s.db --sort strategy
    [[ ${lines[2]} == "   100  a"* && ${lines[4]} == "10_000  a"* && ${lines[5]} == "   100  b"* ]]
    run "$program" report s.db --sort nodes --where nodes=100 --csv
    [[ ${lines[1]} == 100,a,* ]]
}

@test "--quantile shows times at another quantile over the runs" {
    make_database results r.db
    # t99 of push is 7.81, 7.83 .. 8.19: p90 lies at place 17.1 of 0 .. 19
    run "$program" report r.db --quantile p90 --metric t99 --metric m
    [[ ${lines[2]} == "push "*" 8.15 "* ]]
    [[ $output == *$'\np90 over all runs, never counting as infinite: t99.\nMeans: m.'* ]]
    run "$program" report r.db --quantile p99.9 --metric t99 --csv
    [[ ${lines[0]} == *",t99_p99.9,t99_p99.9_lower,t99_p99.9_upper,t99_never,"* ]]
    [[ ${lines[1]} == "push,"*",8.1896"* ]]
    run "$program" report r.db --quantile median --metric t99 --csv
    [[ ${lines[0]} == *",t99_median,"* ]]
}

@test "a column can be asked for as an expression: P, a quantile, an extreme" {
    make_database results r.db
    # Half of push's t99, 7.81, 7.83 .. 8.19, are below 8; of mail half of 20 never came
    run "$program" report r.db --metric 'P(t99<8s)' --metric 'p90(t99)' --metric t99
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == *"  P(t99 < 8s) %"*"p90(t99) s"*"t99 s" ]]
    [[ ${lines[2]} == "push "*" 50.0 (29.9–70.1) "*" 8.15 "* ]]
    [[ ${lines[3]} == "push-pull "*" 100 (83.9–100) "* ]]
    [[ ${lines[4]} == "mail "*" 50.0 (29.9–70.1) "*" never"*" never"* ]]
    [[ $output == *"As written, over the runs to which the metric applies: P(t99 < 8s), p90("* ]]
    [[ $output == *$'\nMedians over all runs, never counting as infinite: t99.\n'* ]]
    [[ $output == *$'\nNever with mail: t99 in 10 of 20 runs; '* ]]
    [[ $output == *$'\nt99: Time from'* ]]
    run "$program" report r.db --metric 'P(t99 < 8s)' --metric 'max(t99)' --csv --only push
    [[ ${lines[0]} == *",P(t99 < 8s),P(t99 < 8s)_lower,P(t99 < 8s)_upper,"*",max(t99),"* ]]
    [[ ${lines[1]} == "push,"*",0.5,0.299"*",8.1"*",,,0,0" ]]
    run "$program" report r.db --sort 'p90(t99)' --metric m
    [[ ${lines[2]} == push-pull* && ${lines[4]} == mail* ]]
    for metric in 'P(t99)' 'P(t99 < 8)' 'ratio(t99)' 'p95(t99, push)' 'p95(t99' 'p95(t99) < 8s' \
        'p95(nope)' 'worst(t99)' 'mean(t99 < 8s)' '(t99)'; do
        run --separate-stderr "$program" report r.db --metric "$metric"
        echo "$metric: $stderr"
        [ "$status" -eq 2 ]
        one_line
    done
}

@test "means say in how many runs it never happened" {
    make_database results r.db
    run "$program" report r.db --mean --metric t99
    [ "$status" -eq 0 ]
    [[ $output == *"1.96 (1.87–2.05)†"* ]]
    [[ $output == *"† mean of t99 over the runs in which it happened: in 10 of 20 it never did"* ]]
    run "$program" report r.db --metric t_all --mean --csv
    [[ ${lines[3]} == "mail,20,0,20,"*",inf,,,20,20" ]]
}

@test "CSV gives every number with its limits" {
    make_database results r.db
    run "$program" report r.db --csv --metric m
    [[ ${lines[0]} == "strategy,runs,failed,runs_wanted,p_converged,p_converged_lower,"* ]]
    [[ ${lines[0]} == *",m_mean,m_mean_lower,m_mean_upper,m_never,m_never_at_stop" ]]
    [[ ${lines[2]} == "push-pull,20,0,20,1,0.8388748419471"*",1,5,,,0,0" ]]
}

@test "JSON is read back by SQLite, with null for never" {
    make_database results r.db
    "$program" report r.db --json >r.json
    run sqlite3 :memory: "SELECT value ->> 'strategy', value ->> 't50_median',
        value ->> 't99_never', value -> 't99_median' FROM json_each(readfile('r.json'))"
    [ "$status" -eq 0 ]
    [ "${lines[2]}" = "mail|1|10|null" ]
}

@test "a sweep shows its parameters, and the traffic per node follows the nodes" {
    make_database sweep s.db
    run "$program" report s.db
    [[ ${lines[0]} == "sweep: 72 runs, seed 1 (study 2 of 2; --study N shows another)" ]]
    [[ ${lines[2]} == "   100  a "*" 1.00 "*" 200" ]]
    [[ ${lines[7]} == "10_000  b "*" 0.50 "*" 200" ]]
    run "$program" report s.db --csv --metric bytes/node
    [[ ${lines[0]} == "nodes,strategy,"* ]]
    [[ ${lines[6]} == "10000,b,"*",500,,,0,0" ]]
    run "$program" report s.db --study 1
    [[ $output == "old: 0 runs, 5 nodes, seed 1"* ]]
}

@test "failed runs are not counted, and are told of" {
    make_database results r.db \
        "UPDATE run SET status = 'failed' WHERE strategy_id = 1 AND replication < 5;"
    run "$program" report r.db
    [[ $output == *"5 runs failed and are not counted"* ]]
    [[ ${lines[2]} == "push         15  100 (79.6–100)"* ]]
}

@test "what is no study's database is one line and exit 3" {
    echo "no database at all, but long enough to be looked at" >text.db
    : >empty.db
    mkdir folder.db
    mkfifo pipe.db
    sqlite3 other.db "CREATE TABLE t (x)"
    make_database results old.db "PRAGMA user_version = 99;"
    make_database results cut.db
    truncate -s 9000 cut.db
    local file
    for file in missing.db text.db empty.db folder.db pipe.db other.db old.db cut.db; do
        run --separate-stderr timeout 10 "$program" report $file
        echo "$file: $status $stderr"
        [ "$status" -eq 3 ]
        one_line
        [[ $stderr == *"$file"* ]]
    done
}

@test "wrong options are exit 2" {
    make_database results r.db
    run --separate-stderr "$program" report r.db --metric nope
    [ "$status" -eq 2 ]
    one_line
    [[ $stderr == *"t50 t99 t_all"* ]]
    for option in "--where nodes=100" "--only nobody" "--sort nope" "--quantile 99" \
        "--quantile p100" "--mean --quantile p90" "--where nodes"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$program" report r.db $option
        echo "$option: $stderr"
        [ "$status" -eq 2 ]
        [ -z "$output" ]
        [[ $stderr == "gossipsim: error: "* ]]
    done
    run "$program" report r.db --study 5
    [ "$status" -eq 2 ]
    run "$program" report r.db --json --csv
    [ "$status" -eq 2 ]
    run "$program" report
    [ "$status" -eq 2 ]
}

@test "it reads while another process writes" {
    make_database results r.db "PRAGMA journal_mode = WAL;"
    { echo "BEGIN IMMEDIATE; DELETE FROM metric_value; SELECT 'begun';" && sleep 5; } |
        sqlite3 r.db >writer.out 3>&- &
    local writer=$! i
    for ((i = 0; i < 100; i++)); do
        grep -q begun writer.out && break
        sleep 0.1
    done
    run "$program" report r.db
    kill $writer
    wait $writer || true
    [ "$status" -eq 0 ]
    [[ ${lines[2]} == "push "*"8.00 (7.91–8.09)"* ]]
}

@test "hostile names stay text and move no terminal" {
    make_database results r.db "PRAGMA foreign_keys = OFF;
        UPDATE study SET name = char(27) || '[2J' || char(10) || '\`id\`';
        UPDATE study_strategy SET strategy = 'x' || char(27, 10, 155, 8238) || 'y'
            WHERE position = 0;"
    local format
    for format in "" --csv --json; do
        run "$program" report r.db $format
        [ "$status" -eq 0 ]
        # no control character but the newlines of the table itself
        [ "$(printf '%s' "$output" | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" -eq 0 ]
        [[ $output != *$'\u009b'* ]]
    done
    run "$program" report r.db
    [[ ${lines[0]} == '\x1b[2J\n`id`: 60 runs'* ]]
    [[ $output == *'x\x1b\n\x9b\u202ey    20  100 (83.9–100)'* ]]
}
