#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# instructions.sh - instructions an event, by valgrind: exact, and no other load disturbs them.
#
#   bench/instructions.sh FOLDER NODES NAME=PROGRAM...
#
# What the process needs besides its events (start, scenario, database) is taken out by counting
# a run of a tenth of the nodes too and dividing the differences.  `effects` is W1 with 1 % of
# duplicates, whose messages take the way past all effects of the network: gossipsim alone.  Prints
# a table and writes it to FOLDER/bench-instructions.csv; the profiles stay in FOLDER/profiles for
# callgrind_annotate.
set -euo pipefail
if ! command -v valgrind >/dev/null; then
    echo "Instructions are not counted: there is no valgrind."
    exit
fi
folder=$1
large=$(printf '%.0f' "$2")
small=$((large / 10))

is_ours() { # NAME
    [[ $1 == gossipsim || $1 == base ]]
}

count() { # NAME PROGRAM WORK NODES: prints instructions and events
    local profile=$folder/profiles/$1-$3-$4 database=$folder/profiles/$1.db command events
    if is_ours "$1"; then
        rm -f "$database"
        command=("$2" run)
        case $3 in
        effects) command+=(bench/w1.yaml --set "network.duplicate=1%") ;;
        *) command+=("bench/${3,}.yaml") ;;
        esac
        command+=(--set "nodes=$4" -j 1 -q -o "$database")
    else
        command=("$2" "$3" "$4" 1)
    fi
    valgrind --quiet --tool=callgrind --callgrind-out-file="$profile" "${command[@]}" \
        >"$folder/profiles/output"
    if is_ours "$1"; then
        events=$(sqlite3 "$database" "
            SELECT cast($4 * sim_end_ns * 1e-9 AS INTEGER) + messages - dropped - in_flight
            FROM run JOIN sample USING (run_id) WHERE t_ns = sim_end_ns")
        rm -f "$database"
    else
        events=$(sed -E 's/.* events=([0-9]+).*/\1/' "$folder/profiles/output")
    fi
    echo "$(awk '/^(summary|totals):/ { print $2; exit }' "$profile") $events"
}

mkdir -p "$folder/profiles"
csv=$folder/bench-instructions.csv
echo "Instructions an event, from the difference of $small and $large nodes"
echo "work,nodes,program,instructions_per_event" >"$csv"
for work in W1 W2 effects; do
    for program in "${@:3}"; do
        name=${program%%=*}
        if [[ $work == effects ]] && ! is_ours "$name"; then continue; fi
        read -r many events < <(count "$name" "${program#*=}" $work "$large")
        read -r few fewer < <(count "$name" "${program#*=}" $work "$small")
        each=$(awk -v i=$((many - few)) -v e=$((events - fewer)) 'BEGIN { printf "%.1f", i / e }')
        printf '  %-7s %-10s %8.1f\n' $work "$name" "$each"
        echo "$work,$large,$name,$each" >>"$csv"
    done
done
