#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `make install` puts a working program, its manual and its scenarios under PREFIX below DESTDIR,
# and `make uninstall` removes all of it.

@test "what is installed works, and uninstall leaves nothing" {
    cd "$BATS_TEST_DIRNAME/../.."
    export DESTDIR=$BATS_TEST_TMPDIR/root PREFIX=/opt/gossip
    make -s install
    "$DESTDIR$PREFIX/bin/gossipsim" --version
    grep -q '^.SH COMMANDS' "$DESTDIR$PREFIX/share/man/man1/gossipsim.1"
    for scenario in scenarios/*.yaml; do
        cmp "$scenario" "$DESTDIR$PREFIX/share/gossipsim/$scenario"
    done
    make -s uninstall
    [ -z "$(find "$DESTDIR" -type f)" ]
}
