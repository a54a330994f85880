#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of fits tells the truth (page.bash), and its curves are what it says.

load page

@test "the commands of the page of fits print and draw what it shows" {
    check_page fit
}

@test "the curves are those of a run with known parameters" {
    cd "$BATS_TEST_DIRNAME/../.."
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cp -r scenarios "$BATS_TEST_TMPDIR"
    "$BATS_TEST_TMPDIR/scenarios/data/fit/make.sh" "$program"
    diff -r scenarios/data/fit "$BATS_TEST_TMPDIR/scenarios/data/fit"
}
