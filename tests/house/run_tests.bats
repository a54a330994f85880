#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The last line of the test run tells the truth: a test that fails, dies half-way, says nothing
# or hangs is never counted as passed.

runner=$BATS_TEST_DIRNAME/../../tools/run-tests.sh

program() { # NAME: a test program with the script on standard input
    { echo '#!/bin/sh'; cat; } >"$BATS_TEST_TMPDIR/$1"
    chmod +x "$BATS_TEST_TMPDIR/$1"
}

run_tests() { # NAME...
    run "$runner" "$BATS_TEST_TMPDIR" "${@/#/$BATS_TEST_TMPDIR/}"
    echo "$output"
}

@test "cases of several programs are summed, skipped ones told apart" {
    program a <<<'echo 1..2; echo ok 1 - x; echo ok 2 - y'
    program b <<<'echo 1..2; echo ok 1 - x; echo "ok 2 - y # skip not here"'
    program c <<<'echo 1..1; echo "not ok 1 # SKIP as cmocka says it"'
    run_tests a b c
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "3 passed, 0 failed" ]
    [ "${lines[-2]}" = "2 skipped" ]
}

@test "a failed case fails the run, and its output is shown" {
    program a <<<'echo 1..2; echo ok 1 - x; echo not ok 2 - y; echo "# 3 is not 4"; exit 1'
    run_tests a
    [ "$status" -ne 0 ]
    [ "${lines[-1]}" = "1 passed, 1 failed" ]
    [[ $output == *"3 is not 4"* ]]
}

@test "a program that dies half-way loses the cases it planned" {
    program a <<<'echo 1..5; echo ok 1 - x; kill -SEGV $$'
    run_tests a
    [ "$status" -ne 0 ]
    [ "${lines[-1]}" = "1 passed, 4 failed" ]
}

@test "a program that reports no case has failed" {
    program a <<<'exit 0'
    run_tests a
    [ "$status" -ne 0 ]
    [ "${lines[-1]}" = "0 passed, 1 failed" ]
}

@test "a bad exit after good cases is a failure" {
    program a <<<'echo 1..1; echo ok 1 - x; exit 23'
    run_tests a
    [ "$status" -ne 0 ]
    [ "${lines[-1]}" = "1 passed, 1 failed" ]
}

@test "a program that hangs is stopped and has failed" {
    program a <<<'echo 1..1; sleep 60; echo ok 1 - x'
    TEST_SECONDS=1 run_tests a
    [ "$status" -ne 0 ]
    [ "${lines[-1]}" = "0 passed, 1 failed" ]
}

@test "no tests at all is no success" {
    run_tests
    [ "$status" -ne 0 ]
}
