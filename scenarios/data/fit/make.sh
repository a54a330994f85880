#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make.sh - makes curve.csv and delays.csv, as if measured: of one run of scenarios/fit.yaml with
# 12 % loss and repair every 8 s, under a seed that no fit uses.
#
#   scenarios/data/fit/make.sh [GOSSIPSIM]
set -euo pipefail
gossipsim=$(realpath "${1:-gossipsim}")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cd "$work"
"$gossipsim" run "$here/../../fit.yaml" -o run.db -q --seed 2026 --replications 1 \
    --set network.loss=12% --set strategies.repaired.anti-entropy.interval=8s \
    --set record.every=1ms >run.txt
"$gossipsim" export run.db samples >samples.csv

# Nodes informed at a time, and when a node was, on a straight line between two samples.
# shellcheck disable=SC2016
walk='
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { n++; at[n] = $column["t_ns"] / 1e9; nodes[n] = $column["informed"]; all = $column["alive"] }
    function informed(time,  i) {
        for (i = 1; i < n && at[i + 1] <= time; i++);
        if (i == n) return nodes[n]
        return nodes[i] + (nodes[i + 1] - nodes[i]) * (time - at[i]) / (at[i + 1] - at[i])
    }
    function heard(node,  i) {
        for (i = 2; i < n && nodes[i] < node; i++);
        return at[i - 1] + (at[i] - at[i - 1]) * (node - nodes[i - 1]) / (nodes[i] - nodes[i - 1])
    }'
{
    echo "# One run of scenarios/fit.yaml with 12 % loss and repair every 8 s, by make.sh."
    echo time,informed
    for time in 0.02 0.05 0.1 0.2 0.5 1 2 3 4 6 8 10 15 20 30 60; do
        awk -F, -v time=$time \
            "$walk"' END { printf "%gs,%.1f%%\n", time, 100 * informed(time) / all }' samples.csv
    done
} >"$here/curve.csv"
{
    echo "# The delays of the same run, a node a line; who wrote the update is not among them."
    echo delay_ms
    awk -F, "$walk"'
        END { for (node = 2; node <= all; node++) printf "%.0f\n", 1000 * heard(node) }' samples.csv
} >"$here/delays.csv"
