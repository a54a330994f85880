#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The same scenario gives the same results, byte for byte but for the wall clock, whatever the
# number of threads, the compiler, its optimisation, and the variants of libm that the processor
# selects at run time.

# bats file_tags=threads

: "${GOSSIPSIM:=$BATS_TEST_DIRNAME/../../gossipsim}"

setup_file() {
    cd "$BATS_FILE_TMPDIR" || exit 1
    # Every model, distributions whose tables go through exp, log and pow, both timings.
    cat >events.yaml <<'YAML'
gossipsim: 1
nodes: 150
replications: 3
network:
  latency: {lognormal: {median: 40ms, p99: 200ms}}
  jitter: 10%
  loss: 5%
churn:
  session: {weibull: {shape: 0.6, mean: 2min}}
  downtime: {gamma: {shape: 2, mean: 10s}}
  rejoin: lose
workload: {updates: 40, keys: 10, size: 200B, arrival: {poisson: {rate: 4/s}}, deletes: 10%}
strategies:
  mail: {direct-mail: {queue: 5}}
  rumors: {rumor-mongering: {mode: push-pull, k: 2}}
  stack:
    direct-mail: {acknowledge: false}
    rumor-mongering: {mode: push, stop: coin, k: 2}
    anti-entropy: {mode: push-pull, interval: 2s, compare: checksum}
stop: {at: 30s}
sweep: {axes: {network.loss: [5%, 20%]}}
YAML
    cat >rounds.yaml <<'YAML'
gossipsim: 1
nodes: 300
timing: rounds
replications: 3
strategies:
  blind-coin: {rumor-mongering: {mode: push, stop: coin, feedback: false, k: 3}}
  push-pull: {anti-entropy: {mode: push-pull, interval: 1s}}
YAML
    results "$GOSSIPSIM" expected -j 1
}

results() { # PROGRAM NAME [OPTION...]: runs both scenarios, exports every table to NAME
    local program=$1 name=$2 scenario table
    shift 2
    for scenario in events rounds; do
        "$program" run "$scenario.yaml" -q -o "$name-$scenario.db" "$@" >/dev/null
        for table in runs samples updates points; do
            echo "== $scenario $table"
            "$program" export "$name-$scenario.db" "$table" --json
        done
    done | sed -E 's/"wall_ns": *[0-9]+//' >"$name"
}

same() { # NAME
    cd "$BATS_FILE_TMPDIR"
    [ "$(wc -c <expected)" -gt 10000 ]
    cmp expected "$1"
}

@test "the same program twice" {
    cd "$BATS_FILE_TMPDIR" && results "$GOSSIPSIM" twice -j 1
    same twice
}

@test "two threads" {
    cd "$BATS_FILE_TMPDIR" && results "$GOSSIPSIM" threads -j 2
    same threads
}

@test "another seed gives other results" {
    cd "$BATS_FILE_TMPDIR" && results "$GOSSIPSIM" seed -j 2 --seed 2
    ! cmp -s expected seed || false
}

@test "libm without its variants for FMA and AVX2" {
    export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4
    cd "$BATS_FILE_TMPDIR" && results "$GOSSIPSIM" plain -j 2
    same plain
}

@test "a processor without wide multiplications, as valgrind shows one" {
    valgrind -q --tool=none "$GOSSIPSIM" --version &>/dev/null || skip "valgrind does not run it"
    cd "$BATS_FILE_TMPDIR"
    # One push over many nodes: the case in which draws are made ahead.
    for program in "$GOSSIPSIM" "valgrind -q --tool=none $GOSSIPSIM"; do
        rm -f wide.db
        $program run "$BATS_TEST_DIRNAME/../../bench/w2.yaml" -q -o wide.db \
            --set nodes=3000 >/dev/null
        "$GOSSIPSIM" export wide.db runs --json | sed -E 's/"wall_ns": *[0-9]+//'
        "$GOSSIPSIM" export wide.db samples --json
    done >wide
    [ "$(wc -l <wide)" -gt 20 ]
    half=$(($(wc -l <wide) / 2))
    cmp <(head -n $half wide) <(tail -n $half wide)
}

@test "other compilers and optimisations (VARIANTS)" {
    [ -n "${VARIANTS:-}" ] || skip "only by make test-all, or beside sanitizers"
    cd "$BATS_FILE_TMPDIR"
    for program in $VARIANTS; do
        echo "$program"
        results "$program" variant -j 2
        rm -f variant-*.db
        same variant
    done
}
