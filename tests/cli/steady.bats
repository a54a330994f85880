#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# report --steady gives the level at which a series settles: the mean that the metric of the same
# name has over the time after the warm-up, with an interval where the series are long enough.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >writes.yaml <<-'END'
		gossipsim: 1
		nodes: 20
		replications: 10
		workload: {updates: 2000, keys: 10, arrival: {poisson: {rate: 2/s}}}
		warmup: 1min
		stop: {at: 10min, when: never}
		record: {every: 2s}
		strategies:
		  slow: {anti-entropy: {mode: pull, interval: 2s}}
		  fast: {anti-entropy: {mode: push-pull, interval: 1s}}
	END
}

@test "levels agree with the means over time, which the warm-up of the scenario leaves out" {
    "$program" run writes.yaml -q -o w.db >/dev/null
    run "$program" report w.db --steady staleness --steady bytes_rate
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == "series      strategy  runs  "*"level  warm-up  batches"*"of  worth" ]]
    [[ ${lines[1]} == "staleness   slow        10  "*" ("*"–"*") % "* ]]
    [[ $output == *"Level: mean after the warm-up that MSER-5 finds"* ]]
    "$program" report w.db --steady staleness --steady bytes_rate --json >steady.json
    "$program" report w.db --metric staleness_mean --metric bytes_rate --json >means.json
    run sqlite3 :memory: "WITH s AS (SELECT value ->> 'series' AS series,
            value ->> 'strategy' AS strategy, value ->> 'mean' AS mean,
            value ->> 'mean_lower' AS lower, value ->> 'mean_upper' AS upper
            FROM json_each(readfile('steady.json'))), m AS (SELECT value ->> 'strategy' AS strategy,
            value ->> 'staleness_mean_mean' AS staleness, value ->> 'bytes_rate_mean' AS bytes_rate
            FROM json_each(readfile('means.json')))
        SELECT count(*), min(lower < mean AND mean < upper), max(abs(mean / iif(
            series = 'staleness', staleness, bytes_rate) - 1)) < 0.02
        FROM s JOIN m USING (strategy)"
    [ "$output" = "4|1|1" ]
}

@test "series that are too short have a mean without limits" {
    "$program" run writes.yaml -q -o w.db --set stop.at=70s --set workload.updates=100 >/dev/null
    run "$program" report w.db --steady staleness --csv
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == "series,strategy,runs,mean,mean_lower,mean_upper,warmup,batches,"* ]]
    [[ ${lines[1]} =~ ^staleness,slow,10,0\.[0-9]+,,, ]]
}

@test "what has no steady state is refused with a line" {
    "$program" run writes.yaml -q -o w.db --set stop.when=converged --set workload.updates=10 \
        >/dev/null
    run --separate-stderr "$program" report w.db --steady staleness
    [ "$status" -eq 2 ]
    [[ $stderr == *"runs of 'slow' end before \`stop.at\`"* ]]
    run --separate-stderr "$program" report w.db --steady stalenes
    [ "$status" -eq 2 ]
    [[ $stderr == *"there is no series 'stalenes'; did you mean 'staleness'?" ]]
    run --separate-stderr "$program" report w.db --steady staleness --metric t99
    [ "$status" -eq 2 ]
    [ -z "$output" ]
}

@test "times of single updates: those that were cut off are later than that, not never" {
    "$program" run writes.yaml -q -o w.db --set stop.at=70s --set workload.updates=200 >/dev/null
    run "$program" report w.db --each-update
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == "metric  strategy  runs  updates  cut off  never  "*"median" ]]
    [[ ${lines[1]} == "t50     slow        10  "*" s" ]]
    [[ $output == *"by Kaplan and Meier"* ]]
    run "$program" report w.db --each-update --quantile p90 --csv
    [[ ${lines[0]} == "metric,strategy,runs,updates,cut_off,never,quantile,quantile_lower,"* ]]
    # Where nothing is cut off it is the quantile of all updates.
    "$program" run writes.yaml -q -o all.db --set stop.when=converged --set workload.updates=200 \
        --set workload.keys=200 --set warmup=0s >/dev/null
    "$program" report all.db --each-update --only fast --json >each.json
    run sqlite3 all.db "SELECT value ->> 'quantile' = (SELECT max(t) FROM (SELECT t99_ns / 1e9 AS t
            FROM update_outcome JOIN run USING (run_id) JOIN study_strategy USING (strategy_id)
            WHERE strategy = 'fast' ORDER BY t LIMIT 1000)), value ->> 'updates',
            value ->> 'cut_off' FROM json_each(readfile('each.json'))
        WHERE value ->> 'metric' = 't99'"
    [ "$output" = "1|2000|0" ]
    "$program" run writes.yaml -q -o lost.db --set network.loss=100% --replications 2 \
        --set workload.updates=10 --set warmup=0s >/dev/null
    run "$program" report lost.db --each-update
    [[ ${lines[1]} =~ \ never\ *$ ]]
    run --separate-stderr "$program" report w.db --each-update --mean
    [ "$status" -eq 2 ]
    [ -z "$output" ]
}
