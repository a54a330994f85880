#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# gnuplot is missing, fails, lies, talks without end or hangs: one line says so, with what to
# install, exit 3, the old figure is left alone, and no file stays behind but those that --keep asks
# for, with which gnuplot draws the figure later.

bats_require_minimum_version 1.5.0

setup_file() {
    export root program
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    { echo 'PRAGMA synchronous = OFF;' && cat "$root/experiment/store/schema.sql" &&
        echo 'BEGIN;' && cat "$root/tests/fixtures/results.sql" && echo 'COMMIT;' &&
        cat "$root/tests/fixtures/metrics.sql"; } | sqlite3 "$BATS_FILE_TMPDIR/r.db"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir bin tmp
    export TMPDIR=$PWD/tmp
    echo old >x.svg
}

gnuplot_is() { # SCRIPT: what answers to that name
    printf '#!/bin/sh\n%s\n' "$1" >bin/gnuplot
    chmod +x bin/gnuplot
}

# MESSAGE [OPTIONS...]: plot says it in one line, exits with 3 and leaves nothing behind.
fails() {
    run --separate-stderr env PATH="$PWD/bin:/usr/bin:/bin" "$program" plot \
        "$BATS_FILE_TMPDIR/r.db" -o x.svg "${@:2}"
    echo "$stderr"
    [ "$status" -eq 3 ]
    [ -z "$output" ]
    [ "$stderr" = "gossipsim: error: $1" ]
    [ "$(cat x.svg)" = old ]
    [ -z "$(ls tmp)" ]
}

@test "gnuplot is missing: script and data are kept, and draw the figure where there is one" {
    local missing='cannot run gnuplot: it is not installed (Debian package gnuplot-nox)'
    run --separate-stderr env PATH=/nonexistent "$program" plot "$BATS_FILE_TMPDIR/r.db" -o x.svg \
        --keep kept
    [ "$status" -eq 3 ]
    [ "$stderr" = "gossipsim: error: $missing; its script and data are in 'kept'" ]
    [ "$(cat x.svg)" = old ]
    [ -z "$(ls tmp)" ]
    (cd kept && gnuplot plot.gp)
    "$program" plot "$BATS_FILE_TMPDIR/r.db" -o y.svg
    cmp kept/figure.svg y.svg
}

@test "gnuplot fails: its last words, escaped and not all of them; or that it had none" {
    gnuplot_is 'echo "line 7: no" >&2; echo >&2; exit 1'
    fails 'gnuplot failed: line 7: no'
    fails "gnuplot failed: line 7: no; its script and data are in 'kept'" --keep kept
    [ "$(cd kept && ls *.gp *.svg 2>/dev/null)" = plot.gp ]
    gnuplot_is 'exit 9'
    fails 'gnuplot failed: it returned 9 and said nothing'
    gnuplot_is 'printf "%b" "\\033[31m\\0377\\r\\nx\\0y\\033\\0" >&2; exit 1'
    fails 'gnuplot failed: y\x1b'
    gnuplot_is 'head -c 9999999 /dev/zero | tr "\0" a >&2; exit 1'
    fails "gnuplot failed: $(head -c 200 /dev/zero | tr '\0' a)"
    gnuplot_is 'kill -9 $$'
    fails 'gnuplot failed: it was ended by signal 9, Killed'
}

@test "gnuplot says that it drew, and did not" {
    gnuplot_is 'echo hello; echo hello >&2'
    fails 'gnuplot drew nothing and does not say why'
    gnuplot_is 'echo hello >figure.svg'
    fails 'what gnuplot drew is no picture'
    # What an earlier gnuplot has left is not taken for it, nor is a link followed.
    mkdir kept
    "$program" plot "$BATS_FILE_TMPDIR/r.db" -o y.svg --keep kept
    gnuplot_is ':'
    fails "gnuplot drew nothing and does not say why; its script and data are in 'kept'" --keep kept
    ln -s ../x.svg kept/figure.svg
    "$program" plot "$BATS_FILE_TMPDIR/r.db" -o y.svg --keep kept
    [ "$(cat x.svg)" = old ]
}

@test "a gnuplot in the folder that is kept is not run, whatever PATH says" {
    mkdir kept
    gnuplot_is 'touch ../pwned; exit 1'
    mv bin/gnuplot kept
    PATH=.:$PATH "$program" plot "$BATS_FILE_TMPDIR/r.db" -o x.svg --keep kept
    [ ! -e pwned ]
    [ "$(head -c 5 x.svg)" = '<?xml' ]
}

# COMMAND...: it is interrupted while gnuplot hangs, which ends both, with nothing left behind.
ends() {
    local before=0 pid code=0
    gnuplot_is 'touch "../../started.$$"; exec sleep 1000'
    PATH=$PWD/bin:$PATH "$program" "$@" >/dev/null 2>err &
    pid=$!
    until ls started.* >/dev/null 2>&1; do
        sleep 0.02
        before=$((before + 1))
        [ "$before" -lt 3000 ]
    done
    kill -TERM $pid
    wait $pid || code=$?
    [ "$code" -eq 143 ]
    [ -z "$(ls tmp)" ]
    for pid in started.*; do
        run kill -0 "${pid#started.}"
        [ "$status" -ne 0 ]
    done
    [ "$(cat x.svg)" = old ]
}

@test "gnuplot hangs: an interrupt ends it, too" {
    ends plot "$BATS_FILE_TMPDIR/r.db" -o x.svg
}

@test "gnuplot hangs, of several figures at a time" {
    cp x.svg x.html
    ends report "$BATS_FILE_TMPDIR/r.db" -o x.html
    [ "$(cat x.html)" = old ]
}
