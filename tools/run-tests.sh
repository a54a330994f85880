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

run_one() { # BUILD TEST LOG: writes the log, and its `passed failed skipped` beside it
    local test=$2 log=$3 status started=$SECONDS command=("$2")
    [[ $test == *.bats ]] && command=(bats --tap "$test")
    # A program that looks for its leaks takes three times as long to start, and bats files start
    # hundreds: where tests may not take longer only main.bats looks, with every command.
    [[ $test == *.bats && -z ${SCENARIOS:-} ]] &&
        command=(env ASAN_OPTIONS=detect_leaks=0 "${command[@]}")
    CMOCKA_MESSAGE_OUTPUT=TAP timeout "${TEST_SECONDS:-450}" "${command[@]}" \
        >"$log" 2>&1 </dev/null
    status=$?
    ((status == 124)) && echo "# stopped: it took too long" >>"$log"
    awk -v status=$status '
        /^1\.\.[0-9]+/ { planned += substr($0, 4) }
        /^(not )?ok .*# [Ss][Kk][Ii][Pp]/ { skipped++; next }
        /^ok / { passed++ }
        /^not ok / { failed++ }
        END {
            seen = passed + failed + skipped
            if (planned > seen) failed += planned - seen
            if ((status != 0 || !seen) && !failed) failed = 1
            print passed + 0, failed + 0, skipped + 0
        }' "$log" >"$log.counts"
    local passed failed skipped note=""
    read -r passed failed skipped <"$log.counts"
    ((skipped)) && note=", $skipped skipped"
    ((failed)) && note=", $failed failed$note (exit $status)"
    printf '%-5s %-44s %3d s  %d passed%s\n' "$( ((failed)) && echo FAIL || echo ok)" \
        "${test#"$1"/}" $((SECONDS - started)) "$passed" "$note"
    ((failed)) && sed 's/^/      | /' "$log"
    return 0
}

if [[ $1 == --one ]]; then
    run_one "${@:2}"
    exit
fi

build=$1
shift
logs=$build/test-logs
rm -rf "$logs"
mkdir -p "$logs"
# Tests call make and the program themselves: nothing of this make may reach them.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export LC_ALL=C

number=0
for test in "$@"; do
    number=$((number + 1))
    printf '%s\0%s\0%s\0' "$build" "$test" "$logs/$number-$(basename "$test").tap"
done | xargs -0 -r -n 3 -P "${TEST_JOBS:-$(nproc)}" "$0" --one

cat "$logs"/*.counts 2>/dev/null | awk -v files=$# '
    { passed += $1; failed += $2; skipped += $3; ran++ }
    END {
        failed += files - ran
        if (skipped) printf "%d skipped\n", skipped
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0 || passed == 0
    }'
