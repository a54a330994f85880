#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# results/README.md explains the schema that the program creates: every table and view of
# experiment/schema.sql and no other.

@test "results/README.md names each table and view, and only those" {
    cd "$BATS_TEST_DIRNAME/../.."
    sqlite3 :memory: '.read experiment/schema.sql' \
        "select name from sqlite_schema where type in ('table', 'view') order by 1" |
        LC_ALL=C sort >"$BATS_TEST_TMPDIR/there"
    { sed -n '/^|---/,/^$/p' results/README.md | cut -d '|' -f 2
      sed -n '/^Three views/,/^$/p' results/README.md; } |
        grep -o '`[a-z_]*`' | tr -d '`' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/explained"
    diff "$BATS_TEST_TMPDIR/there" "$BATS_TEST_TMPDIR/explained"
}
