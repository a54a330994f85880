#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# instructions.sh - instructions an event, by valgrind: exact, and no other load disturbs them.
#
#   bench/instructions.sh FOLDER NODES
#
# What the process needs besides its events (start, scenario, database) is taken out by counting
# a run of a tenth of the nodes too and dividing the differences.  The profiles stay in FOLDER
# for callgrind_annotate.
set -euo pipefail
folder=$1
large=$(printf '%.0f' "$2")
small=$((large / 10))

count() { # PROGRAM WORK NODES: prints instructions and events
    local profile=$folder/callgrind-$1-W$2-$3 command events
    if [[ $1 == gossipsim ]]; then
        rm -f "$folder/count.db"
        command=(./gossipsim run "bench/w$2.yaml" --set "nodes=$3" -j 1 -q -o "$folder/count.db")
    else
        command=("$folder/$1" "W$2" "$3" 1)
    fi
    valgrind --quiet --tool=callgrind --callgrind-out-file="$profile" "${command[@]}" \
        >"$folder/count.txt"
    if [[ $1 == gossipsim ]]; then
        events=$(sqlite3 "$folder/count.db" "
            SELECT cast($3 * sim_end_ns * 1e-9 AS INTEGER) + messages - dropped - in_flight
            FROM run JOIN sample USING (run_id) WHERE t_ns = sim_end_ns")
        rm -f "$folder/count.db"
    else
        events=$(sed -E 's/.* events=([0-9]+).*/\1/' "$folder/count.txt")
    fi
    echo "$(awk '/^(summary|totals):/ { print $2; exit }' "$profile") $events"
}

for work in 1 2; do
    for program in gossipsim heap; do
        read -r many events < <(count $program $work "$large")
        read -r few fewer < <(count $program $work "$small")
        awk -v what="W$work $program" -v n="$large" -v i=$((many - few)) -v e=$((events - fewer)) \
            'BEGIN { printf "%-14s %8d nodes %8.1f instructions per event\n", what, n, i / e }'
    done
done
