#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What samples have against time, drawn by the kinds lag, gauge and estimate: means over the runs,
# of errors those of their logarithms.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

lagging() { # [KEY...]: writers that stop, and a pull that is late
    cat <<'YAML'
gossipsim: 1
nodes: 8
replications: 3
network: {latency: 1ms}
workload: {each_node: {keys: 2}, rate: [{from: 0s, rate: 1/s}, {from: 10s, rate: 0/s}]}
strategies: {slow: {anti-entropy: {interval: 4s}}, fast: {anti-entropy: {interval: 1s}}}
stop: {at: 30s, when: never}
YAML
    printf '%s\n' "$@"
}

# At each sample the line of `slow` is the mean of the runs.
check_means() { # METRIC [FACTOR]
    python3 - "$1" "${2:-1}" <<'PYTHON'
import csv, sys
values = {}
for row in csv.DictReader(open('samples.csv')):
    if row['strategy'] == 'slow' and row[sys.argv[1]]:
        value = float(row[sys.argv[1]]) * float(sys.argv[2])
        values.setdefault(int(row['t_ns']) / 1e9, []).append(value)
drawn = [line.split() for line in open('kept/panel1-series1.dat')]
drawn = {float(p[0]): float(p[1]) for p in drawn if p and p[0] != '#' and p[1] != 'NaN'}
means = {t: sum(v) / len(v) for t, v in values.items() if len(v) == 3 and t < 20}
assert len(means) > 30 and max(means.values()) > 0.3, means
for t, mean in means.items():
    assert abs(drawn[t] - mean) < 1e-5 * (1 + mean), (t, drawn[t], mean)
PYTHON
}

@test "lag draws each of its metrics: at each sample the mean of the runs" {
    local metric
    lagging 'record: {lag: true, every: 500ms}' >l.yaml
    "$program" run l.yaml -q -o l.db >/dev/null
    "$program" export l.db samples >samples.csv
    for metric in lag_max lag_mean stale_keys; do
        "$program" plot l.db --kind lag --metric $metric --until 20s -o $metric.svg --keep kept
        check_means $metric
    done
    grep -q "l: how far behind replicas are" lag_max.svg
    grep -q "largest lag of a key at a node (s)" lag_max.svg
    grep -q "bands: 95 % confidence" lag_max.svg
    grep -q "stale keys at a node<" stale_keys.svg
    grep -qx 'set xrange \[0:20\]' kept/plot.gp
    "$program" plot l.db --kind lag -o default.svg --until 20s
    cmp default.svg lag_max.svg
    run "$program" plot l.db --kind lag --terminal
    [[ $output == *slow*fast* ]]
}

@test "entropy draws how far replicas disagree, and how many are stale" {
    local metric
    { lagging 'faults: [{at: 12s, for: 3s, pause: 25%}]' && echo 'record: {every: 500ms}'; } >e.yaml
    "$program" run e.yaml -q -o e.db >/dev/null
    "$program" export e.db samples >samples.csv
    for metric in entropy staleness; do
        "$program" plot e.db --kind entropy --metric $metric --until 20s --runs -o $metric.svg \
            --keep kept
        check_means $metric "$([ $metric = entropy ] || echo 100)"
        [ "$(grep -c ' NaN NaN NaN ' kept/panel1-series1-runs.dat)" -eq 3 ]
    done
    grep -q "e: how far replicas disagree" entropy.svg
    grep -q "entropy of the replicas (bits)" entropy.svg
    grep -q "; thin: each run; shaded: faults" entropy.svg
    grep -q "pause 25%" entropy.svg
    grep -q "stale replicas (%)" staleness.svg
    "$program" plot e.db --kind entropy --until 20s --runs -o default.svg
    cmp default.svg entropy.svg
    run --separate-stderr "$program" plot e.db --kind entropy --metric lag_max -o x.svg
    [ "$status" -eq 2 ]
    [[ $stderr == *"--metric 'lag_max': the kind entropy draws entropy or staleness"* ]] || false
}

@test "lag needs runs with samples of it, and a metric that samples have" {
    lagging >n.yaml
    "$program" run n.yaml -q -o n.db >/dev/null
    run "$program" plot n.db --kind lag -o x.svg
    [[ $status == 2 && $output == *"no run has samples of how far behind replicas are; "* ]]
    run "$program" plot n.db --kind lag --metric t99 -o x.svg
    [[ $status == 2 ]]
    [[ $output == *"--metric 't99': the kind lag draws lag_max, lag_mean or stale_keys"* ]]
    run "$program" plot n.db --kind estimate -o x.svg
    [[ $status == 2 && $output == *"there are no estimates"* ]]
    [ ! -e x.svg ]
}

@test "a line stops where its runs end, unless they converged" {
    lagging 'record: {lag: true, every: 500ms}' 'sweep: {axes: {stop.at: [7s, 20s]}}' >e.yaml
    "$program" run e.yaml -q -o e.db >/dev/null
    "$program" plot e.db --kind lag --only slow --until 20s -o e.svg --keep kept
    # The first line is that of the runs that end first.
    [ "$(grep -v -e '^#' -e NaN -e '^$' kept/panel1-series1.dat | tail -n 1 | cut -d' ' -f1)" = 7 ]
    [ "$(grep -v -e '^#' -e NaN -e '^$' kept/panel1-series2.dat | tail -n 1 | cut -d' ' -f1)" = 20 ]
    lagging 'record: {lag: true, every: 500ms}' | sed '/^workload/s/:.*/: {updates: 9}/
        /^stop/s/:.*/: {at: 1h}/' >c.yaml
    "$program" run c.yaml -q -o c.db >/dev/null
    "$program" export c.db runs | grep -q ,converged,
    "$program" plot c.db --kind lag --until 1h -o c.svg --keep kept-c
    grep -v -e '^#' -e NaN -e '^$' kept-c/panel1-series1.dat | tail -n 1 | grep -q '^60 0 '
}

@test "gauge draws what models say of their nodes: at each sample the mean of the runs" {
    cat >g.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 3
strategies: {alone: {gossipsub: {}}, both: {swim: {}, gossipsub: {d: 7}}}
record: {figures: true, every: 1s}
stop: {at: 10s, when: never}
YAML
    "$program" run g.yaml -q -o g.db >/dev/null
    "$program" plot g.db --kind gauge --metric gossipsub.mesh --until 9s -o g.svg --keep kept
    "$program" export g.db figures >figures.csv
    python3 - <<'PYTHON'
import csv
for series, strategy in (1, 'alone'), (2, 'both'):
    values = {}
    for row in csv.DictReader(open('figures.csv')):
        if row['strategy'] == strategy and row['name'] == 'gossipsub.mesh':
            values.setdefault(int(row['t_ns']) / 1e9, []).append(float(row['value']))
    drawn = [line.split() for line in open(f'kept/panel1-series{series}.dat')]
    drawn = {float(p[0]): float(p[1]) for p in drawn if p and p[0] != '#' and p[1] != 'NaN'}
    means = {t: sum(v) / len(v) for t, v in values.items() if t <= 9}
    assert len(means) == 10 and max(means.values()) > 2, means
    for t, mean in means.items():
        assert abs(drawn[t] - mean) < 1e-5 * (1 + mean), (strategy, t, drawn[t], mean)
PYTHON
    grep -q "g: peers in the mesh of a node" g.svg
    "$program" plot g.db --kind gauge --only alone --until 9s -o one.svg
    run "$program" plot g.db --kind gauge -o x.svg
    [[ $status == 2 ]]
    [[ $output == *"the kind gauge draws one of several: --metric gossipsub.mesh or swim.health"* ]]
    run "$program" plot g.db --kind gauge --metric t99 -o x.svg
    [[ $status == 2 ]]
    [[ $output == *"--metric 't99': the runs have samples of gossipsub.mesh or swim.health"* ]]
    run "$program" run g.yaml --set record.figures=false -q -o n.db
    run "$program" plot n.db --kind gauge -o x.svg
    [[ $status == 2 && $output == *"no run has samples of a model's gauge; \`record: "* ]]
    [ ! -e x.svg ]
}

@test "errors of estimates stand on whole powers of ten, and their lines are geometric means" {
    cat >e.yaml <<'YAML'
gossipsim: 1
nodes: 16
replications: 2
workload: {updates: 0}
strategies: {averaging: {averaging: {interval: 1s}}}
record: {every: 1s}
stop: {at: 20s}
YAML
    "$program" run e.yaml -q -o e.db >/dev/null
    "$program" plot e.db --kind estimate -o e.svg --keep kept
    grep -q "largest relative error" e.svg
    grep -qE '^set yrange \[1e-[0-9]+:1e[-0-9]+\]$' kept/plot.gp
    "$program" export e.db samples >samples.csv
    python3 - <<'PYTHON'
import csv, math
values = {}
for row in csv.DictReader(open('samples.csv')):
    if row['estimate_error']:
        error = max(float(row['estimate_error']), 1e-16)
        values.setdefault(int(row['t_ns']) / 1e9, []).append(math.log10(error))
drawn = [line.split() for line in open('kept/panel1-series1.dat')]
drawn = {float(p[0]): float(p[1]) for p in drawn if p and p[0] != '#'}
seen = 0
for t, mean in ((t, sum(v) / len(v)) for t, v in values.items() if len(v) == 2):
    if t in drawn:
        assert abs(math.log10(drawn[t]) - mean) < 1e-5, (t, drawn[t], mean)
        seen += 1
assert seen >= 10, seen
PYTHON
}

@test "a panel without a value is drawn empty: one node alone has no paths" {
    cat >alone.yaml <<'YAML'
gossipsim: 1
nodes: 1
replications: 2
strategies: {alone: {cyclon: {}, flood: {}}}
stop: {at: 1s, when: never}
record: {overlay: {every: 200ms}}
YAML
    "$program" run alone.yaml -q -o alone.db
    [ "$(sqlite3 alone.db "SELECT count(*) FROM metric WHERE name = 'path_length'")" -eq 0 ]
    local to
    for to in '-o alone.svg' --terminal; do
        run --separate-stderr "$program" plot alone.db --kind overlay $to
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
    done
    xmllint --noout alone.svg
}
