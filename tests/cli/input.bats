#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A scenario may come through a pipe: `-`, /dev/stdin and what a shell opens for <(…) are read to
# their end, as far as a file may be long; a pipe by name is not waited for.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
    mkdir files
    printf '10ms\n20ms\n' >files/rtt.csv
    cat >files/s.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 2
strategies: {a: {anti-entropy: {interval: 1s}}}
network: {latency: {empirical: {file: rtt.csv}}}
YAML
}

@test "a scenario through a pipe is the same scenario, by the name stdin" {
    cd files
    "$program" check s.yaml --full | sed 's/^name: .*/name: stdin/' >want
    "$program" check - --full <s.yaml | cmp want
    "$program" check /dev/stdin --full <s.yaml | cmp want
    cat s.yaml | "$program" check - --full | cmp want
    cat s.yaml | "$program" check /dev/stdin --full | cmp want
    cat s.yaml | "$program" check /dev/fd/0 --full | cmp want
    "$program" check <(sed 's/20/30/' s.yaml) --full >got
    sed 's/nodes: 20/nodes: 30/' want | cmp - got
    { head -2 s.yaml; sleep 0.3; tail -n +3 s.yaml; } | "$program" check - --full | cmp want
}

@test "it runs, and its files are relative to the working folder" {
    run --separate-stderr "$program" run - -q <files/s.yaml
    [ "$status" -eq 2 ]
    [[ ${stderr_lines[0]} == 'stdin:5:39: error: network.latency.empirical.file: '* ]]
    [[ ${stderr_lines[0]} == *'cannot read ./rtt.csv: No such file or directory' ]]
    cd files
    "$program" run - -q <s.yaml >table
    [ "$(sqlite3 results/stdin.db 'SELECT count(*) FROM run')" -eq 2 ]
    run "$program" run - <s.yaml
    [ "${lines[0]}" = "nothing to do: all 2 runs are in 'results/stdin.db'" ]
}

@test "errors stand at their place in it" {
    run --separate-stderr "$program" check - <<<'gossipsim: 2'
    [ "$status" -eq 2 ]
    [[ $stderr == *'stdin:1:12: error: gossipsim: language version 2 is not known'* ]]
    [[ ${stderr_lines[-2]} == '    gossipsim: 2' ]]
}

@test "what is no scenario ends at once: nothing, a folder, a closed or endless stream" {
    one() { # STATUS MESSAGE
        [ "$status" -eq "$1" ]
        [ "${lines[0]}" = "$2" ]
    }
    run "$program" check - </dev/null
    one 2 'stdin:1:1: error: the file is empty; a scenario starts with `gossipsim: 1`'
    run "$program" check - </dev/zero
    one 3 'gossipsim: error: cannot read stdin: it has more than 16 MiB'
    run bash -c "head -c 16777217 /dev/zero | '$program' check /dev/stdin"
    one 3 'gossipsim: error: cannot read stdin: it has more than 16 MiB'
    run "$program" check - <.
    one 3 'gossipsim: error: cannot read stdin: Is a directory'
    run "$program" check /dev/fd/77
    one 3 'gossipsim: error: cannot read stdin: Bad file descriptor'
    mkfifo pipe
    run timeout 5 "$program" check pipe
    why='it is a pipe; `-` reads standard input, as in - <PIPE'
    one 3 "gossipsim: error: cannot read pipe: $why"
    run timeout 5 "$program" check /dev/tty0x
    [ "$status" -eq 3 ]
    # Measurements are files: nothing of a scenario waits for a pipe.
    sed 's,rtt.csv,/dev/stdin,' files/s.yaml >s.yaml
    run timeout 5 "$program" check s.yaml < <(sleep 6)
    [ "$status" -eq 2 ]
    why='it is a pipe; only a scenario may come through one'
    [[ ${lines[0]} == *"cannot read /dev/stdin: $why" ]]
    for name in network.latency.empirical.file topology.edges.file; do
        run "$program" check files/s.yaml --set "$name='-'"
        [ "$status" -eq 2 ]
        [[ ${lines[0]} == *': only the scenario itself may come through standard input; '* ]]
        run "$program" check files/s.yaml --set "$name=''"
        [ "$status" -eq 2 ]
        [[ ${lines[0]} == *': a name was expected' ]]
    done
}

@test "a file that changed is another study: of latencies, of links, of churn, of writes" {
    change() { # FILE BEFORE AFTER KEY...: two runs, the second of another study
        local file=$1 before=$2 after=$3
        shift 3
        printf '%s\n' 'gossipsim: 1' 'nodes: 2' 'replications: 1' 'stop: {at: 200s}' \
            'strategies: {push: {rumor-mongering: {mode: push}}}' "$@" >x.yaml
        rm -f x.db
        printf "$before" >"$file"
        "$program" run x.yaml -q -o x.db
        run "$program" run x.yaml -o x.db
        [[ $output == *"nothing to do"* ]]
        printf "$after" >"$file"
        "$program" run x.yaml -q -o x.db
        [ "$(sqlite3 x.db 'SELECT count(*) FROM run')" -eq 2 ]
        [ "$(sqlite3 x.db 'SELECT count(*) FROM study')" -eq 2 ]
        printf "$before" >"$file"
        run "$program" run x.yaml -o x.db
        [[ $output == *"nothing to do"* ]]
    }
    change rtt.csv '1ms\n' '2ms\n' 'network: {latency: {empirical: {file: rtt.csv}}}'
    change links.csv '0 1 10ms\n' '0 1 20ms\n' 'topology: {edges: {file: links.csv}}'
    change churn.txt '100s 50s\n80s\n' '100s 50s\n90s\n' 'churn: {trace: {file: churn.txt}}'
    change writes.csv 'time,node,key,bytes\n1s,0,a,10\n' 'time,node,key,bytes\n1s,0,a,20\n' \
        'workload: {trace: {file: writes.csv}}'
}
