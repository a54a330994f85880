#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The guide tells the truth: its scenarios meet their expectations, its commands print the tables
# that it shows, and the figures that it shows are those that they draw.

@test "the commands of docs/guide.md print and draw what it shows" {
    cd "$BATS_TEST_DIRNAME/../.."
    GOSSIPSIM=${GOSSIPSIM:-$PWD/gossipsim} tools/guide.sh "$BATS_TEST_TMPDIR"
    diff docs/guide.md "$BATS_TEST_TMPDIR/guide.md"
    [ "$(ls docs/guide)" = "$(ls "$BATS_TEST_TMPDIR/guide")" ]
    for figure in docs/guide/*.svg; do
        grep -qF "](guide/$(basename "$figure"))" docs/guide.md
    done
}
