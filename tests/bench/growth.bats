#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Property: nothing grows faster than its work.  Where one size of a scenario is ten times as large,
# and with it at most the messages, the entries or the nodes, a run takes at most 13 times the
# instructions and 13 times the memory, what the program needs for any run apart.  So do a study
# and what reads it, where it has ten times as many points or runs.
#
# Each test is a way in which something once went over all nodes, shards or updates inside
# something that happens often, or could.  Instructions do not depend on the machine's load; 13 is
# 10 and some room for the logarithms of trees and for arrays that double.

# bats file_tags=slow

bats_require_minimum_version 1.5.0

: "${GOSSIPSIM:=$BATS_TEST_DIRNAME/../../gossipsim}"

setup_file() {
    if ! command -v valgrind >/dev/null; then
        return
    fi
    printf '%s\n' 'gossipsim: 1' 'nodes: 2' 'strategies: {s: {direct-mail: {}}}' |
        need - start >"$BATS_FILE_TMPDIR/start"
}

setup() {
    if ! command -v valgrind >/dev/null; then skip "there is no valgrind"; fi
}

# Prints the instructions of a run, the process with it, and its bytes.
need() { # SCENARIO NAME [PATH=VALUE]...
    local file=$BATS_FILE_TMPDIR/$2 sets=() given
    cat "$1" >"$file.yaml"
    for given in "${@:3}"; do sets+=(--set "$given"); done
    valgrind --quiet --tool=callgrind --callgrind-out-file="$file.profile" "$GOSSIPSIM" run \
        "$file.yaml" "${sets[@]}" --replications 1 -j 1 -q -o "$file.db" >"$file.out"
    echo "$(awk '/^(summary|totals):/ { print $2; exit }' "$file.profile")" \
        "$(sqlite3 "$file.db" 'SELECT peak_bytes FROM run')"
    rm "$file.db"
}

# The scenario is on standard input; sizes are PATH=VALUE.
grows_no_faster() { # SMALL LARGE [TIMES], the first two of sizes with blanks between them
    local file=$BATS_FILE_TMPDIR/$BATS_TEST_NUMBER start small large
    cat >"$file"
    read -r -a start <"$BATS_FILE_TMPDIR/start"
    # shellcheck disable=SC2086
    read -r -a small < <(need "$file" small-$BATS_TEST_NUMBER $1)
    # shellcheck disable=SC2086
    read -r -a large < <(need "$file" large-$BATS_TEST_NUMBER $2)
    for i in 0 1; do
        awk -v start="${start[i]}" -v small="${small[i]}" -v large="${large[i]}" -v i=$i \
            -v most="${3:-13}" 'BEGIN {
            what = i ? "bytes" : "instructions"
            times = (large - start) / (small - start)
            printf "%s: %.3g and %.3g, %.3g of them for any run: %.1f times\n", what, small, \
                large, start, times
            exit !(times <= most)
        }'
    done
}

@test "direct mail over shards: ten times the nodes" {
    grows_no_faster 'nodes=1e3 store.shards=100' 'nodes=1e4 store.shards=1000' <<'Y'
gossipsim: 1
nodes: 1
workload: {updates: 1000, arrival: {every: 1ms}}
store: {shards: 1, replicas: 3}
strategies: {s: {direct-mail: {}}}
Y
}

@test "a write for one node, over shards: ten times the nodes" {
    grows_no_faster 'nodes=1e3 store.shards=100' 'nodes=1e4 store.shards=1000' <<'Y'
gossipsim: 1
nodes: 1
workload: {updates: 300, arrival: {every: 1ms}, origin: first}
store: {shards: 1, replicas: 3}
strategies: {s: {direct-mail: {}}}
Y
}

@test "direct mail, with nothing lost: ten times the updates" {
    grows_no_faster workload.updates=20 workload.updates=200 <<'Y'
gossipsim: 1
nodes: 500
workload: {updates: 1, arrival: {every: 1s}}
strategies: {s: {direct-mail: {}}}
stop: {when: quiet}
Y
}

@test "direct mail of many updates: ten times as many" {
    grows_no_faster workload.updates=1000 workload.updates=10000 <<'Y'
gossipsim: 1
nodes: 5
workload: {updates: 1, arrival: {every: 1ms}}
strategies: {s: {direct-mail: {}}}
Y
}

@test "ring repair: ten times the shards, of the same entries" {
    grows_no_faster store.shards=100 store.shards=1000 <<'Y'
gossipsim: 1
nodes: 9
store: {shards: 1, replicas: 3, preload: 1e4, missing: 5%}
workload: {updates: 0}
strategies: {s: {ring-repair: {interval: 10s}}}
stop: {at: 60s}
Y
}

@test "anti-entropy over shards: ten times as many, of the same updates" {
    grows_no_faster store.shards=100 store.shards=1000 <<'Y'
gossipsim: 1
nodes: 100
store: {shards: 1, replicas: 3}
workload: {updates: 2000, arrival: {every: 1ms}}
strategies: {s: {anti-entropy: {interval: 1s}}}
stop: {at: 10s, when: never}
Y
}

@test "few keys written again and again: ten times the updates" {
    grows_no_faster workload.updates=300 workload.updates=3000 <<'Y'
gossipsim: 1
nodes: 50
workload: {updates: 10, keys: 10, arrival: {every: 10ms}}
strategies: {s: {anti-entropy: {interval: 1s}}}
Y
}

@test "few keys of which few nodes have thousands of versions: ten times the updates" {
    grows_no_faster workload.updates=3000 workload.updates=30000 <<'Y'
gossipsim: 1
nodes: 5
workload: {updates: 10, keys: 10, arrival: {every: 10ms}}
strategies: {s: {anti-entropy: {interval: 1s}}}
Y
}

@test "keys of which few are hot, of many sizes: ten times the updates" {
    grows_no_faster workload.updates=1000 workload.updates=10000 <<'Y'
gossipsim: 1
nodes: 20
workload:
  updates: 10
  keys: {count: 100, zipf: 1.1}
  size: {lognormal: {median: 2kB, p99: 100kB}}
  arrival: {every: 10ms}
strategies: {s: {anti-entropy: {interval: 1s}}}
Y
}

# Nobody is told anything: what is left is the writing, which no node's key may make go over others.
@test "every node renews its key: ten times the nodes, and ten times as often" {
    for sizes in 'nodes=300 workload.each_node.every=2s:nodes=3000 workload.each_node.every=2s' \
        'nodes=30 workload.each_node.every=1s:nodes=30 workload.each_node.every=100ms'; do
        grows_no_faster "${sizes%:*}" "${sizes#*:}" <<'Y'
gossipsim: 1
nodes: 1
workload: {each_node: {every: 1s}}
store: {shards: 30, replicas: 1}
strategies: {s: {anti-entropy: {enabled: false}}}
stop: {at: 10s}
Y
    done
}

@test "compare: recent, ten times the entries" {
    grows_no_faster store.preload=1e3 store.preload=1e4 <<'Y'
gossipsim: 1
nodes: 100
store: {preload: 1}
workload: {updates: 1}
strategies: {s: {anti-entropy: {compare: recent, interval: 1s}}}
stop: {at: 20s, when: never}
Y
}

@test "compare: peel-back, ten times the entries" {
    grows_no_faster store.preload=1e3 store.preload=1e4 <<'Y'
gossipsim: 1
nodes: 100
store: {preload: 1}
workload: {updates: 10, arrival: {every: 1s}}
strategies: {s: {anti-entropy: {compare: peel-back, interval: 1s}}}
stop: {at: 20s, when: never}
Y
}

@test "compare: merkle, ten times the entries and leaves" {
    grows_no_faster 'store.preload=1e3 anti-entropy.branching=100' \
        'store.preload=1e4 anti-entropy.branching=1000' <<'Y'
gossipsim: 1
nodes: 10
store: {preload: 1, missing: 10%}
workload: {updates: 0}
strategies: {s: {anti-entropy: {compare: merkle, depth: 1, branching: 2, interval: 1s}}}
stop: {at: 20s}
Y
}

@test "death certificates: ten times the deletions" {
    grows_no_faster workload.updates=200 workload.updates=2000 <<'Y'
gossipsim: 1
nodes: 30
workload: {updates: 1, arrival: {every: 10ms}, deletes: 50%}
strategies: {s: {anti-entropy: {interval: 1s}, death-certificates: {retain: 2s}}}
Y
}

@test "death certificates over shards: ten times the nodes and deletions" {
    grows_no_faster 'nodes=200 store.shards=20 workload.updates=200' \
        'nodes=2000 store.shards=200 workload.updates=2000' <<'Y'
gossipsim: 1
nodes: 1
store: {shards: 1, replicas: 3}
workload: {updates: 1, arrival: {every: 1ms}, deletes: 50%}
strategies: {s: {direct-mail: {}, death-certificates: {retain: 1s}}}
stop: {at: 4s, when: never}
Y
}

@test "samples of many keys that all agree on: ten times as many of both" {
    grows_no_faster 'store.preload=1e3 record.every=100ms' \
        'store.preload=1e4 record.every=10ms' <<'Y'
gossipsim: 1
nodes: 3
store: {preload: 1}
workload: {updates: 1}
strategies: {s: {rumor-mongering: {mode: pull, interval: 10ms}}}
stop: {at: 20s, when: never}
Y
}

@test "dormant certificates over shards: ten times as many" {
    grows_no_faster store.shards=100 store.shards=1000 <<'Y'
gossipsim: 1
nodes: 20
store: {shards: 1, replicas: 5}
workload: {updates: 1000, arrival: {every: 10ms}, deletes: 50%}
strategies:
  s:
    anti-entropy: {interval: 1s}
    death-certificates: {retain: 2s, dormant_sites: 2, dormant_retain: 1h}
stop: {at: 20s, when: never}
Y
}

@test "partners in shuffled order, over shards: ten times as many" {
    grows_no_faster store.shards=100 store.shards=1000 <<'Y'
gossipsim: 1
nodes: 50
store: {shards: 1, replicas: 10}
workload: {updates: 100}
strategies: {s: {anti-entropy: {interval: 1s, partner: shuffled}}}
stop: {at: 100s, when: never}
Y
}

@test "rumors of many updates: ten times as many" {
    grows_no_faster workload.updates=500 workload.updates=5000 <<'Y'
gossipsim: 1
nodes: 20
workload: {updates: 1, arrival: {every: 10ms}}
strategies: {s: {rumor-mongering: {interval: 1s, k: 3}}}
Y
}

@test "nodes that come and go, with many updates: ten times the nodes" {
    grows_no_faster nodes=50 nodes=500 <<'Y'
gossipsim: 1
nodes: 1
churn: {session: {exponential: {mean: 10s}}, downtime: {exponential: {mean: 2s}}}
workload: {updates: 200, arrival: {every: 100ms}}
strategies: {s: {anti-entropy: {interval: 1s}}}
stop: {at: 30s, when: never}
Y
}

@test "peers that are up, over shards whose holders are nearly all down: ten times as many" {
    for partner in random spatial round-robin; do
        grows_no_faster "store.shards=100 anti-entropy.partner=$partner" \
            "store.shards=1000 anti-entropy.partner=$partner" <<'Y'
gossipsim: 1
nodes: 30
peers: alive
store: {shards: 100, replicas: 12}
workload: {updates: 5}
faults: [{at: 1s, crash: {count: 26}}]
strategies: {s: {anti-entropy: {interval: 100ms}}}
stop: {at: 10s, when: never}
Y
    done
}

@test "partners by distance of the other half of the nodes: ten times the nodes" {
    # A pick is a search in the law's sums over them: n log n in all, 10 * log2 5000 / log2 500.
    grows_no_faster nodes=1000 nodes=10000 14 <<'Y'
gossipsim: 1
nodes: 2
groups: {a: 50%, b: 50%}
workload: {updates: 1}
strategies: {s: {anti-entropy: {partner: spatial, spatial_exponent: 4, own_group: 90%}}}
stop: {at: 10s, when: never}
Y
}

@test "mails that are lost now and then, many under way: ten times as many" {
    grows_no_faster workload.updates=200 workload.updates=2000 <<'Y'
gossipsim: 1
nodes: 10
network: {loss: 5%, latency: 200ms}
workload: {updates: 1, arrival: {every: 1ms}, origin: first}
strategies: {s: {direct-mail: {timeout: 500ms}}}
stop: {at: 10s, when: never}
Y
}

@test "mails that wait for a receiver that is down: ten times as many, for as much longer" {
    grows_no_faster 'workload.updates=100 stop.at=10s' 'workload.updates=1000 stop.at=100s' <<'Y'
gossipsim: 1
nodes: 5
workload: {updates: 1, arrival: {every: 100ms}, origin: first}
faults: [{at: 0s, crash: {node: 4}}]
strategies: {s: {direct-mail: {queue: 1e6, timeout: 5ms, retry_every: 10ms}}}
stop: {at: 1s, when: never}
Y
}

# Prints the instructions of a command, whose output goes to FILE.out.
instructions() { # FILE COMMAND...
    valgrind --quiet --tool=callgrind --callgrind-out-file="$1.profile" "${@:2}" >"$1.out"
    awk '/^(summary|totals):/ { print $2; exit }' "$1.profile"
}

# The sizes are 1, 10 and 100 times one number: what any command takes falls out of the differences.
at_most_13_times() { # INSTRUCTIONS of the three sizes
    awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN {
        printf "instructions: %.3g, %.3g and %.3g: %.1f times\n", a, b, c, (c - b) / (b - a)
        exit !((c - b) / (b - a) <= 13)
    }'
}

# Writes a scenario of one short run at each of COUNT points, all on one axis.
write_sweep() { # COUNT
    cat <<Y
gossipsim: 1
nodes: 3
replications: 1
strategies: {s: {direct-mail: {}}}
sweep: {axes: {seed: [$(seq -s, 1 "$1")]}}
Y
}

@test "a sweep is read: ten times the points" {
    local file=$BATS_FILE_TMPDIR/points counts=()
    for count in 30 300 3000; do
        write_sweep $count >"$file.yaml"
        counts+=("$(instructions "$file" "$GOSSIPSIM" check "$file.yaml")")
    done
    at_most_13_times "${counts[@]}"
}

@test "a sweep is run and reported: ten times the points" {
    local file=$BATS_FILE_TMPDIR/study run=() report=() export=()
    for count in 10 100 1000; do
        write_sweep $count >"$file.yaml"
        run+=("$(instructions "$file" "$GOSSIPSIM" run "$file.yaml" -j 1 -q -o "$file.db")")
        report+=("$(instructions "$file" "$GOSSIPSIM" report "$file.db")")
        export+=("$(instructions "$file" "$GOSSIPSIM" export "$file.db" runs)")
        rm "$file.db"
    done
    at_most_13_times "${run[@]}"
    at_most_13_times "${report[@]}"
    at_most_13_times "${export[@]}"
}

@test "the view curve: ten times the runs" {
    local file=$BATS_FILE_TMPDIR/curve counts=()
    write_sweep 1 >"$file.yaml"
    for count in 20 200 2000; do
        "$GOSSIPSIM" run "$file.yaml" --replications $count -q -o "$file.db" >"$file.out"
        counts+=("$(instructions "$file" sqlite3 "$file.db" 'SELECT count(*) FROM curve')")
        rm "$file.db"
    done
    at_most_13_times "${counts[@]}"
}

@test "the view curve: ten times the points" {
    local file=$BATS_FILE_TMPDIR/curves counts=()
    for count in 10 100 1000; do
        write_sweep $count >"$file.yaml"
        "$GOSSIPSIM" run "$file.yaml" -q -o "$file.db" >"$file.out"
        counts+=("$(instructions "$file" sqlite3 "$file.db" 'SELECT count(*) FROM curve')")
        rm "$file.db"
    done
    at_most_13_times "${counts[@]}"
}

@test "checks under way: memory for the entries of their shards, not for all" {
    local file=$BATS_FILE_TMPDIR/checks
    cat >"$file.yaml" <<'Y'
gossipsim: 1
nodes: 9
store: {shards: 3000, replicas: 3, preload: 2e4, missing: 5%}
workload: {updates: 0}
strategies: {s: {ring-repair: {interval: 10s}}}
stop: {at: 11s}
Y
    "$GOSSIPSIM" run "$file.yaml" --replications 1 -j 1 -q -o "$file.db" >/dev/null
    # a row of bits for each check of a shard takes 14 MB
    sqlite3 "$file.db" 'SELECT peak_bytes < 11e6 FROM run' | grep -qx 1
}
