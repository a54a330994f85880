#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# compare-random.sh - whether two programs have the same results of random scenarios.
#
#   tools/compare-random.sh SCENARIOS_TEST PROGRAM OTHER COUNT [FIRST]
#
# What OTHER does not know yet is left out of a scenario, line by line; numbers of which nothing is
# left are passed over.  Compared are the columns of runs, samples and updates that the exports of
# both have, but for what depends on the clock and on memory, and for those that WITHOUT names, as
# in WITHOUT="t50 load_max".  What differs stays in build/compare-random; exit 1 if something does.
set -uo pipefail
draw=$1 program=$2 other=$3 count=$4
folder=build/compare-random
mkdir -p "$folder"
without=$(for name in ${WITHOUT:-}; do printf ", '%s'" "$name"; done)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without the lines that the errors on standard input are about, and what is indented deeper.
leave_out() { # FILE
    local bad
    bad=$(grep -oE '^[^ ]*\.yaml:[0-9]+' | grep -oE '[0-9]+$' | tr '\n' ' ')
    awk -v bad=" $bad" '
        { match($0, /^ */); indent = RLENGTH }
        below != "" && indent > below { next }
        index(bad, " " NR " ") { below = indent; next }
        { below = ""; print }' "$1" >"$1.less"
    ! cmp -s "$1" "$1.less" && mv "$1.less" "$1"
}

is_accepted() { # FILE: by both, in the end
    local judge
    for _ in {1..40}; do
        for judge in "$other" "$program"; do
            "$judge" check "$1" >/dev/null 2>"$work/errors" && continue
            grep -q 'is missing' "$work/errors" && return 1
            leave_out "$1" <"$work/errors" || return 1
            continue 2
        done
        return 0
    done
    return 1
}

# Its expectations may fail (1), and its runs reach their cap of events (4).
run_study() { # PROGRAM SCENARIO NAME
    local table
    rm -f "$work/$3.db"*
    "$1" run "$2" -q -j 1 -o "$work/$3.db" >"$work/log" 2>&1
    (($? == 0 || $? == 1 || $? == 4)) || { cat "$work/log"; return 1; }
    for table in runs samples updates; do
        "$1" export "$work/$3.db" "$table" >"$work/$3.$table" || return 1
    done
}

difference() { # TABLE: columns that differ, in how many rows, and how in the first of them
    local column
    rm -f "$work/both.db"
    sqlite3 "$work/both.db" ".mode csv" ".import $work/here.$1 here" ".import $work/other.$1 other"
    sqlite3 "$work/both.db" "SELECT '$1: ' || o || ' rows, here ' || h FROM
        (SELECT count(*) AS o FROM other), (SELECT count(*) AS h FROM here) WHERE o <> h"
    sqlite3 "$work/both.db" "SELECT h.name
        FROM pragma_table_info('here') h JOIN pragma_table_info('other') o ON h.name = o.name
        WHERE h.name NOT IN ('run', 'run_id', 'wall_ns', 'peak_bytes'$without)" |
        while read -r column; do
            echo "SELECT '$1 $column: ' || count(*) || ' rows, as in row ' || min(o.rowid) ||
                ' ' || o.\"$column\" || ', here ' || h.\"$column\"
                FROM other o JOIN here h ON o.rowid = h.rowid
                WHERE replace(o.\"$column\", 'inf', '') <> replace(h.\"$column\", 'inf', '')
                HAVING count(*) > 0;"
        done | sqlite3 "$work/both.db"
}

compare() { # FILE NUMBER
    local table
    run_study "$program" "$1" here && run_study "$other" "$1" other || return 1
    for table in runs samples updates; do
        difference "$table"
    done >"$folder/$2.diff"
    [[ ! -s $folder/$2.diff ]] && rm "$folder/$2.diff"
}

same=0 differ=0
for ((n = ${5:-1}; same + differ < count; n++)); do
    "$draw" print "$n" >"$work/s.yaml"
    is_accepted "$work/s.yaml" || continue
    if compare "$work/s.yaml" "$n"; then
        same=$((same + 1))
    else
        differ=$((differ + 1))
        cp "$work/s.yaml" "$folder/$n.yaml"
        echo "scenario $n differs: $folder/$n.yaml and $n.diff"
    fi
done
echo "$same of $count random scenarios have the same results"
((differ == 0))
