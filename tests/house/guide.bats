#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The pages of scenarios tell the truth: their scenarios meet their expectations, their commands
# print the tables that they show, and the figures that they show are those that they draw.

@test "the commands of the guide and of membership's scenarios print and draw what they show" {
    cd "$BATS_TEST_DIRNAME/../.."
    GOSSIPSIM=${GOSSIPSIM:-$PWD/gossipsim} tools/guide.sh "$BATS_TEST_TMPDIR"
    for page in guide membership-scenarios; do
        diff "docs/$page.md" "$BATS_TEST_TMPDIR/$page.md"
    done
    [ "$(ls docs/guide)" = "$(ls "$BATS_TEST_TMPDIR/guide")" ]
    for figure in docs/guide/*.svg; do
        grep -qF "](guide/$(basename "$figure"))" docs/guide.md docs/membership-scenarios.md
    done
}
