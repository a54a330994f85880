#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Topologies from the outside: what `check` says of them, what `run` warns of and stores, graphs
# from files.

setup() {
    program=$(realpath "${GOSSIPSIM:-$BATS_TEST_DIRNAME/../../gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 100
replications: 3
topology: {random-regular: {degree: 4}}
strategies:
  flood: {flood: {}}
  push: {rumor-mongering: {mode: push-pull}}
YAML
}

@test "check says what the topology is like, at each point that it tries" {
    "$program" check study.yaml >out
    grep -q '^topology: 100 nodes, 200 links, degree 4, diameter [0-9], .*, connected$' out
    "$program" check study.yaml --json | grep -q '"links": 200,'
    "$program" check study.yaml --sweep nodes=100,400 >out
    grep -q '^topology at point 2: 400 nodes, 800 links' out
    "$program" check study.yaml --set topology=complete >out
    ! grep -q '^topology' out || false
}

@test "run stores it once a point, and warns if it is not connected" {
    "$program" run study.yaml -q -o a.db >/dev/null 2>err
    [ ! -s err ]
    [ "$(sqlite3 a.db 'SELECT nodes, links, degree_min, components, is_exact FROM topology')" = \
        '100|200|4|1|1' ]
    "$program" run study.yaml -q -o a.db --replications 5 >/dev/null
    [ "$(sqlite3 a.db 'SELECT count(*) FROM topology')" = 1 ]
    "$program" run study.yaml -o b.db --set 'topology={erdos-renyi: {mean_degree: 1}}' 2>err >out
    grep -q 'the topology of point 1 is not connected: [0-9]* components, the largest with ' err
    "$program" run study.yaml -q -o c.db --set topology=complete >/dev/null
    [ "$(sqlite3 c.db 'SELECT count(*) FROM topology')" = 0 ]
}

@test "strategies and replications meet one graph, another seed another one" {
    "$program" run study.yaml -q -o a.db --sweep seed=1,2 >/dev/null
    # 400 - 99 payloads in each flood of a connected graph of degree 4
    [ "$(sqlite3 a.db "SELECT DISTINCT m FROM run_summary WHERE strategy = 'flood'")" = 3.01 ]
    [ "$(sqlite3 a.db 'SELECT count(*) FROM topology')" = 2 ]
}

@test "a graph from a file has its latencies, and its contents count" {
    printf '1\t2\t5ms\n2\t3\t7ms\n# the end\n' >line.tsv
    sed 's/^nodes: .*/nodes: 3/; s/^topology: .*/topology: {edges: {file: line.tsv}}/' \
        study.yaml >file.yaml
    echo 'workload: {origin: first}' >>file.yaml
    "$program" run file.yaml -q -o a.db >/dev/null
    [ "$(sqlite3 a.db "SELECT DISTINCT t_all FROM run_summary WHERE strategy = 'flood'")" = 0.012 ]
    printf '1\t2\t5ms\n2\t3\t9ms\n' >line.tsv
    "$program" run file.yaml -q -o b.db >/dev/null
    [ "$(sqlite3 b.db "SELECT DISTINCT t_all FROM run_summary WHERE strategy = 'flood'")" = 0.014 ]
    [ "$(sqlite3 a.db 'SELECT hash FROM point')" != "$(sqlite3 b.db 'SELECT hash FROM point')" ]
    run "$program" check file.yaml --set topology.edges.unit=1ms
    [ "$status" -eq 2 ]
    [[ $output == *'no weight of it is a plain number, so `unit` has no effect'* ]]
    run "$program" check file.yaml --set nodes=4
    [ "$status" -eq 2 ]
    [[ $output == *'the graph of `topology` has 3 nodes; write `nodes: 3`'* ]]
    printf '1 2\n1 x\n' >line.tsv
    run "$program" check file.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"line.tsv:2:3: error: \`x\` is not the number of a node"* ]]
}

@test "check says what of a file is not used" {
    cat >net.gml <<'GML'
graph [ node [ id 0 host_bandwidth_up "1 Gbit" ] node [ id 1 ]
  edge [ source 0 target 0 latency "1 ms" ] edge [ source 0 target 1 latency "118555 us" ] ]
GML
    sed 's/^nodes: .*/nodes: 2/; s/^topology: .*/topology: {edges: {file: net.gml}}/' \
        study.yaml >file.yaml
    "$program" check file.yaml >out
    grep -q 'left out of its file: 1 links of nodes to themselves, 0 repeated ones' out
    grep -q 'bandwidths of its nodes are not used' out
}

@test "calls by distance are bounded in a topology" {
    echo 'strategies: {near: {anti-entropy: {partner: spatial}}}' >strategies
    { grep -v '^strategies\|^  ' study.yaml; cat strategies; } >spatial.yaml
    "$program" run spatial.yaml -q -o a.db >/dev/null
    run "$program" check spatial.yaml --set nodes=20000
    [ "$status" -eq 2 ]
    [[ $output == *'in all of the topology at every call: at most 10000 nodes'* ]]
    run "$program" check spatial.yaml --set nodes=20000 --set topology=complete
    [ "$status" -eq 0 ]
}
