#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run-tests.sh - runs test programs and bats files side by side and sums their cases.
#
#   tools/run-tests.sh BUILD TEST...    a TEST is a cmocka program or a file *.bats
#
# Each test reports in TAP.  One line a test file, the whole output of those that fail, and a
# last line `N passed, N failed`.  A test that dies, hangs longer than TEST_SECONDS or reports
# fewer cases than it planned counts the missing ones (at least one) as failed.
set -uo pipefail
export TEST_SECONDS=${TEST_SECONDS:-300}

run_one() { # TEST LOG: writes the log and, as its last line, `passed failed skipped`
    local test=$1 log=$2 status
    if [[ $test == *.bats ]]; then
        timeout "$TEST_SECONDS" bats --tap "$test" >"$log" 2>&1 </dev/null
    else
        CMOCKA_MESSAGE_OUTPUT=TAP timeout "$TEST_SECONDS" "$test" >"$log" 2>&1 </dev/null
    fi
    status=$?
    ((status == 124)) && echo "# stopped after $TEST_SECONDS s" >>"$log"
    local counts passed failed skipped
    counts=$(awk -v status=$status '
        /^1\.\.[0-9]+/ { planned += substr($0, 4) }
        /^ok .*# [Ss][Kk][Ii][Pp]/ { skipped++; next }
        /^ok / { passed++ }
        /^not ok / { failed++ }
        END {
            seen = passed + failed + skipped
            if (planned > seen) failed += planned - seen
            if (status != 0 && !failed) failed = 1
            if (!seen && !failed) failed = 1
            print passed + 0, failed + 0, skipped + 0
        }' "$log")
    echo "$counts" >"$log.counts"
    read -r passed failed skipped <<<"$counts"
    local name=${test#"$BUILD"/} note=""
    ((skipped)) && note=", $skipped skipped"
    if ((failed)); then
        printf 'FAIL  %-44s %d passed, %d failed%s (exit %d)\n' \
            "$name" "$passed" "$failed" "$note" "$status"
        sed 's/^/      | /' "$log"
    else
        printf 'ok    %-44s %d passed%s\n' "$name" "$passed" "$note"
    fi
}

export BUILD=$1
shift
logs=$BUILD/test-logs
rm -rf "$logs"
mkdir -p "$logs"
# Tests call make and the program themselves: nothing of this make may reach them.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export -f run_one
export LC_ALL=C

number=0
for test in "$@"; do
    number=$((number + 1))
    printf '%s\0%s\0' "$test" "$logs/$number-$(basename "$test").tap"
done | # shellcheck disable=SC2016 # the inner shell expands them
    xargs -0 -r -n 2 -P "${TEST_JOBS:-$(nproc)}" bash -c 'run_one "$1" "$2"' run_one

cat "$logs"/*.counts 2>/dev/null | awk -v files=$# '
    { passed += $1; failed += $2; skipped += $3; ran++ }
    END {
        failed += files - ran
        if (skipped) printf "%d skipped\n", skipped
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0 || passed == 0
    }'
