#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# docs/questions.md has no number of its own: each one in an answer stands in the section that the
# answer links to, which other tests hold to what the program prints.  So an answer fails when what
# was measured moves.

check() { # which of questions.py
    cd "$BATS_TEST_DIRNAME/../.."
    python3 tests/house/questions.py "$1"
}

@test "every number of an answer stands in the section that it links to" {
    check numbers
}

@test "scenarios, commands and figures are those of the page that an answer links to" {
    check commands
}

@test "every question says where it was asked, and the list at the top has it" {
    check sources
}
