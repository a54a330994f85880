#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# docs/cluster.md does what it says: its job array in a Slurm of one node on loopback, and its line
# for GNU parallel, each merged to what the study is in one go.

bats_require_minimum_version 1.5.0

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    page=$(realpath docs/cluster.md)
    PATH=$PATH:/usr/sbin:/sbin
    cd "$BATS_TEST_TMPDIR"
    mkdir bin
    ln -s "$program" bin/gossipsim
    PATH=$PWD/bin:$PATH
    cat >study.yaml <<'YAML'
gossipsim: 1
nodes: 100
replications: 30
strategies:
  push:      {anti-entropy: {mode: push, interval: 1s}}
  push-pull: {anti-entropy: {mode: push-pull, interval: 1s}}
sweep: {axes: {network.loss: [0%, 20%]}}
expect: ["P(converged, push-pull) >= 90%"]
YAML
    gossipsim run study.yaml -q -o whole.db >/dev/null
    contents whole.db >whole.sql
}

teardown() {
    for pid in ${daemons:-}; do kill "$pid" 2>/dev/null || true; done
    for pid in ${daemons:-}; do
        for _ in {1..50}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -KILL "$pid" 2>/dev/null || true
    done
}

contents() { # DB
    cp "$1" plain.db
    sqlite3 plain.db "UPDATE run SET wall_ns = 0; UPDATE study SET argv = '', created_at = '';"
    sqlite3 plain.db .dump
}

block() { # N: the N-th block of code of the page
    awk -v n="$1" '/^```sh/ { k++; on = 1; next } /^```/ { on = 0 } on && k == n' "$page"
}

is_whole() { # the merged database is the study; its expectations are judged
    contents results/study.db | cmp - whole.sql
    [ "$(ls results | wc -l)" -eq 5 ]
    for i in 1 2 3 4; do # of each of four pairs 7 or 8 runs
        [[ $(sqlite3 results/study.$i-of-4.db 'SELECT count(*) FROM run') =~ ^(28|29|30|31|32)$ ]]
    done
    run gossipsim run study.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"nothing to do: all 120 runs are in 'results/study.db'"*'1 expectation holds'* ]]
}

free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# A Slurm of one node: no cgroups, no munge, nothing outside this folder.  Skips where it does not
# come up.
start_slurm() {
    local at=$PWD/slurm host
    host=$(uname -n); host=${host%%.*}
    mkdir -p "$at/state" "$at/spool"
    cat >"$at/slurm.conf" <<EOF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthType=auth/none
CredType=cred/none
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
StateSaveLocation=$at/state
SlurmdSpoolDir=$at/spool
SlurmctldPidFile=$at/slurmctld.pid
SlurmdPidFile=$at/slurmd.pid
SlurmctldLogFile=$at/slurmctld.log
SlurmdLogFile=$at/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SlurmdParameters=config_overrides
NodeName=one NodeHostname=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
    export SLURM_CONF=$at/slurm.conf
    slurmctld -D -i -f "$SLURM_CONF" >"$at/ctld.out" 2>&1 3>&- &
    daemons=$!
    slurmd -D -N one -f "$SLURM_CONF" >"$at/slurmd.out" 2>&1 3>&- &
    daemons="$daemons $!"
    for _ in {1..150}; do
        [[ $(sinfo -h -o %t 2>/dev/null) == *idle* ]] && return
        sleep 0.1
    done
    skip "Slurm does not start here: $(tail -qn 1 "$at"/*.log "$at"/*.out | tail -n 1)"
}

@test "the job array of the page, in a Slurm of one node" {
    command -v slurmctld && command -v slurmd && command -v sbatch ||
        skip "there is no Slurm here"
    start_slurm
    block 1 >study.sbatch
    grep -q -- '--array=1-4' study.sbatch
    timeout 40 bash -ec "$(block 2 | head -n 1)" || { cat slurm/*.log slurm-*.out; false; }
    bash -ec "$(block 2 | sed -n 2p)"
    is_whole
    bash -ec "$(block 2 | sed -n 3p)" >/dev/null
}

@test "the line for GNU parallel" {
    [[ $(parallel --version 2>/dev/null </dev/null) == 'GNU parallel'* ]] ||
        skip "there is no GNU parallel here"
    bash -ec "$(block 3)"
    is_whole
}
