#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# floors.sh - checks that every #include of the project goes to the same floor or a lower one.
#
#   tools/floors.sh [FOLDER]    the top of the source tree; default: here
#
# A file may include "floor/file.h" of its own floor or of one before it in the list below, and
# a model nothing of sim/ but what models are meant to see.  Headers of the system are written
# in angle brackets; a few are tied to floors, because that is where their library belongs.
set -euo pipefail
cd "${1:-.}"

floors=(base sim models experiment analysis cli)

{
    for floor in "${floors[@]}"; do
        [[ -d $floor ]] || continue
        find "$floor" -name '*.[ch]' -print0 |
            xargs -0 -r grep -nHE '^[[:space:]]*#[[:space:]]*include' || true
    done
} | awk -v order="${floors[*]}" '
    BEGIN {
        count = split(order, name, " ")
        for (i = 1; i <= count; i++) level[name[i]] = i
        # libraries and the lowest floor that may use them
        split("yaml.h sqlite3.h glib.h pthread.h", above)
        for (i in above) lowest[above[i]] = "experiment"
        lowest["gsl"] = "sim"
        split("sim/model.h sim/node.h sim/set.h", faces, " ")
        for (i in faces) face[faces[i]] = 1
    }
    function complain(why) {
        printf "%s: %s: %s\n", place, what, why
        bad++
    }
    {
        match($0, /^[^:]+:[0-9]+:/)
        place = substr($0, 1, RLENGTH - 1)
        what = substr($0, RLENGTH + 1)
        split(place, p, /[\/:]/)
        mine = p[1]
        target = what
        sub(/^[^"<]*["<]/, "", target)
        sub(/[">].*$/, "", target)
        split(target, t, "/")
        if (what ~ /</) {
            library = target in lowest ? target : t[1]
            if (library in lowest && level[mine] < level[lowest[library]])
                complain("this library begins on floor " lowest[library] "/")
        } else if (!(t[1] in level)) {
            complain("written without its floor, as in \"" mine "/file.h\"")
        } else if (level[t[1]] > level[mine]) {
            complain(mine "/ may not use the higher floor " t[1] "/")
        } else if (mine == "models" && t[1] == "sim" && !(target in face)) {
            complain("a model sees the world through sim/model.h, sim/node.h and sim/set.h only")
        }
    }
    END { exit bad > 0 }'
