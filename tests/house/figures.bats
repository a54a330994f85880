#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of figures shows every kind, and draws what it shows (page.bash).

load page

@test "the commands of the page of figures draw what it shows" {
    check_page figures
}

@test "every kind of figure has its place on the page" {
    cd "$BATS_TEST_DIRNAME/../.."
    "${GOSSIPSIM:-./gossipsim}" help plot | sed -n '/^kinds:/,/^$/p' |
        sed -nE 's/^  ([a-z]+) +[a-z].*/\1/p' >"$BATS_TEST_TMPDIR/kinds"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/kinds")" -gt 15 ]
    while read -r kind; do
        grep -qE "^### ([a-z]+, )*$kind(,|$)" docs/figures.md
        [ "$kind" = convergence ] || grep -qF -- " --kind $kind -o" docs/figures.md ||
            grep -qE -- " --kind $kind -.* -o" docs/figures.md
    done <"$BATS_TEST_TMPDIR/kinds"
}
