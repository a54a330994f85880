#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# floors.sh - checks that every #include of the project goes to the same floor or a lower one, and
# so does every call.
#
#   tools/floors.sh [FOLDER [BUILD]]    the top of the source tree, default: here; BUILD: folder
#                                       with the objects of the floors, whose symbols are looked at
#
# A file may include "floor/file.h" of its own floor or of one before it in the list below; within
# a floor there may be no circle, but among a file and its parts, NAME.[ch] and NAME_*.[ch].
# A model sees nothing of sim/ but what models are meant to see.  Headers of the system are written
# in angle brackets; a few are tied to floors, because that is where their library belongs.
set -euo pipefail
build=${2:+$(realpath "$2")}
cd "${1:-.}"
bad=0

# From the lowest to the highest; what stands in sim/ itself are the faces of the engine.
floors=(
    base
    sim/value sim sim/time sim/truth sim/net sim/world sim/estimate
    models
    experiment/topology
    experiment/language experiment/plan experiment/trace experiment/store experiment/runner
    analysis/text analysis/study analysis/theory analysis/verdict analysis/tuning analysis/fitting
    analysis/figure analysis/plots analysis/replay
    analysis/page
    analysis/validation
    cli
)

{
    for top in base sim models experiment analysis cli; do
        [[ -d $top ]] || continue
        find "$top" -name '*.[ch]' | LC_ALL=C sort |
            xargs -r grep -nHE '^[[:space:]]*#[[:space:]]*include' || true
    done
} | awk -v order="${floors[*]}" '
    BEGIN {
        count = split(order, name, " ")
        for (i = 1; i <= count; i++) level[name[i]] = i
        # libraries and the lowest floor that may use them
        split("yaml.h sqlite3.h pthread.h", above)
        for (i in above) lowest[above[i]] = "experiment/language"
        lowest["gsl"] = lowest["glib.h"] = "base"
        lowest["igraph"] = "experiment/topology"
        split("sim/model.h sim/node.h sim/set.h sim/theory.h", faces, " ")
        for (i in faces) face[faces[i]] = 1
    }
    function floor_of(path) {
        sub(/\/[^\/]*$/, "", path)
        return path
    }
    function stem_of(path) {
        sub(/\.[ch]$/, "", path)
        return path
    }
    function complain(why) {
        printf "%s: %s: %s\n", place, what, why
        bad++
    }
    {
        match($0, /^[^:]+:[0-9]+:/)
        place = substr($0, 1, RLENGTH - 1)
        what = substr($0, RLENGTH + 1)
        file = place
        sub(/:[0-9]+$/, "", file)
        mine = floor_of(file)
        stem[stem_of(file)] = 1
        if (!(mine in level)) {
            complain(mine "/ is no floor that tools/floors.sh knows")
            next
        }
        target = what
        sub(/^[^"<]*["<]/, "", target)
        sub(/[">].*$/, "", target)
        theirs = floor_of(target)
        if (what ~ /</) {
            split(target, t, "/")
            library = target in lowest ? target : t[1]
            if (library in lowest && level[mine] < level[lowest[library]])
                complain("this library begins on floor " lowest[library] "/")
            else if (library == "glib.h" && mine ~ /^(sim|models)/)
                complain("a run counts its memory itself: no GLib in sim/ and models/")
        } else if (!(theirs in level)) {
            complain("written without its floor, as in \"" mine "/file.h\"")
        } else if (level[theirs] > level[mine]) {
            complain(mine "/ may not use the higher floor " theirs "/")
        } else if (mine == "models" && theirs ~ /^sim/ && !(target in face)) {
            complain("of sim/ a model sees model.h, node.h, set.h and theory.h only")
        } else if (theirs == mine) {
            stem[stem_of(target)] = 1
            from[++arrows] = stem_of(file)
            to[arrows] = stem_of(target)
        }
    }
    # The file that a file is a part of: the longest NAME of which its own name is NAME_more.
    function whole_of(part,  shorter) {
        shorter = part
        while (sub(/_[^_\/]*$/, "", shorter))
            if (shorter in stem) return whole_of(shorter)
        return part
    }
    # Takes away files that nothing left includes, or that include nothing left: what stays is a
    # circle, with the ways between circles.
    function strip(  i, again) {
        do {
            again = 0
            split("", out)
            split("", in_)
            for (i = 1; i <= arrows; i++)
                if (!(i in gone)) {
                    out[from[i]] = 1
                    in_[to[i]] = 1
                }
            for (i = 1; i <= arrows; i++)
                if (!(i in gone) && (!(to[i] in out) || !(from[i] in in_))) {
                    gone[i] = 1
                    again = 1
                }
        } while (again)
    }
    END {
        for (i = 1; i <= arrows; i++) {
            from[i] = whole_of(from[i])
            to[i] = whole_of(to[i])
            if (from[i] == to[i]) gone[i] = 1
        }
        strip()
        for (i = 1; i <= arrows; i++)
            if (!(i in gone) && !seen[from[i], to[i]]++) {
                printf "%s includes %s.h: part of a circle\n", from[i], to[i]
                bad++
            }
        exit bad > 0
    }' || bad=1

# A declaration may stand on a lower floor than what it declares: the faces in sim/ are of what the
# floors of sim/ define, and models and all above may call it, but no floor below the definition.
[[ -z $build ]] || for floor in "${floors[@]}"; do
    [[ -d $build/$floor ]] || continue
    find "$build/$floor" -maxdepth 1 -name '*.o' | LC_ALL=C sort | xargs -r nm -gPA
done | awk -v build="$build/" -v order="${floors[*]}" '
    BEGIN {
        count = split(order, name, " ")
        for (i = 1; i <= count; i++) level[name[i]] = i
    }
    {
        object = substr($1, length(build) + 1, length($1) - length(build) - 1)
        floor = object
        sub(/\/[^\/]*$/, "", floor)
        if ($3 == "U") {
            uses[++used] = object
            symbol[used] = $2
            from[used] = floor
        } else if (!($2 in home) || level[floor] < level[home[$2]])
            home[$2] = floor
    }
    END {
        for (i = 1; i <= used; i++)
            if (symbol[i] in home && level[home[symbol[i]]] > level[from[i]]) {
                printf "%s: uses %s, which is defined on the higher floor %s/\n", \
                    uses[i], symbol[i], home[symbol[i]]
                bad++
            }
        exit bad > 0
    }' || bad=1
exit $bad
