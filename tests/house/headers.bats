#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every header compiles alone, without a warning.

@test "make headers has nothing to say" {
    cd "$BATS_TEST_DIRNAME/../.."
    run make -s headers
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}
