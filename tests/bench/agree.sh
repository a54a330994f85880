# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# agree.sh - do two programs that draw other random numbers do the same work?
#
# The results of PROGRAM at WORK are lines `... KEY=VALUE ...` in $BATS_FILE_TMPDIR/PROGRAM-WORK,
# one a seed.

column() { # KEY FILE: its values, one a line
    sed -nE "s/.* $1=([0-9.]+).*/\1/p" "$BATS_FILE_TMPDIR/$2"
}

# True if the means of KEY over all seeds differ by less than 4 standard errors of the difference.
agree() { # KEY WORK PROGRAM OTHER
    local seeds
    seeds=$(wc -l <"$BATS_FILE_TMPDIR/$3-$2")
    paste <(column "$1" "$3-$2") <(column "$1" "$4-$2") |
        awk -v what="$2 $1" -v program="$3" -v other="$4" -v seeds="$seeds" '
            NF == 2 { rows++ }
            { a += $1; aa += $1 * $1; b += $2; bb += $2 * $2 }
            END {
                if (rows != seeds || seeds < 2) {
                    print what ": " rows " of " seeds " runs"
                    exit 1
                }
                va = (aa / NR - (a / NR)^2) / (NR - 1); vb = (bb / NR - (b / NR)^2) / (NR - 1)
                z = (a - b) / NR / sqrt(va + vb)
                printf "%s: %s %.4f, %s %.4f, z = %.2f\n", what, program, a / NR, other, b / NR, z
                exit !(z * z < 16)
            }'
}
