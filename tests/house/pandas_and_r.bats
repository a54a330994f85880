#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The blocks of docs/pandas-and-r.md print what the page shows: those of pandas and R where these
# are installed (`make deps DEV=1` installs pandas; R is left to those who use it).

check_section() { # TITLE...
    cd "$BATS_TEST_DIRNAME/../.."
    local status=0
    GOSSIPSIM=${GOSSIPSIM:-$PWD/gossipsim} tools/snippets.py "$BATS_TEST_TMPDIR" "$@" || status=$?
    [ "$status" -ne 77 ] || skip "not installed: what section $* needs"
    [ "$status" -eq 0 ]
    diff docs/pandas-and-r.md "$BATS_TEST_TMPDIR/pandas-and-r.md"
}

@test "the blocks for Python and the shell print what the page shows" {
    check_section Python "The shell, and CSV"
}

@test "the blocks for pandas print what the page shows" {
    check_section pandas
}

@test "the blocks for R print what the page shows" {
    check_section R
}
