# SPDX-License-Identifier: GPL-3.0-or-later
# A page of scenarios tells the truth: its scenarios meet their expectations, its commands print the
# tables that it shows, and the figures that it shows are those that they draw.

check_page() { # its name
    cd "$BATS_TEST_DIRNAME/../.."
    GOSSIPSIM=${GOSSIPSIM:-$PWD/gossipsim} tools/guide.sh "$BATS_TEST_TMPDIR" "$1"
    diff "docs/$1.md" "$BATS_TEST_TMPDIR/$1.md"
    diff <(grep -oE '\]\(guide/[^)]*' "docs/$1.md" | cut -d/ -f2 | sort) \
        <(cd "$BATS_TEST_TMPDIR/guide" && find . -name '*.svg' | cut -d/ -f2 | sort)
}
