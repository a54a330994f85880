#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Each rule that `make tidy` claims to check is seen broken when it is broken.

tidy=$BATS_TEST_DIRNAME/../../tools/tidy.sh
licence='/* SPDX-License-Identifier: GPL-3.0-or-later */'

setup() {
    mkdir -p "$BATS_TEST_TMPDIR"/{tree/sim,build/sim}
}

tidy_after() { # NAME: checks a tree whose only file has the text of standard input
    cat >"$BATS_TEST_TMPDIR/tree/sim/$1"
    run "$tidy" "$BATS_TEST_TMPDIR/build" "$BATS_TEST_TMPDIR/tree"
    echo "$output"
    [ "$status" -eq 1 ]
}

compiled() { # NAME: the object of a C file on standard input
    cc -c -x c -o "$BATS_TEST_TMPDIR/build/sim/$1.o" -
}

@test "a line that is too long" {
    tidy_after a.h < <(echo "$licence"; printf 'int %0100d;\n' 1 | tr 0 x)
    [[ $output == *'lines over 100 columns:'*'sim/a.h:2:'* ]]
}

@test "blanks at the end of a line" {
    tidy_after a.h < <(printf '%s\nint x; \n' "$licence")
    [[ $output == *'blanks at the end of a line:'*'sim/a.h:2:'* ]]
}

@test "a note of work left to do" {
    tidy_after a.h < <(printf '%s\n/* TO%s later */\n' "$licence" DO)
    [[ $output == *'work left to do'*'sim/a.h:2:'* ]]
}

@test "a file without its licence line" {
    tidy_after a.h < <(echo 'int x;')
    [[ $output == *'no licence line:'*'sim/a.h'* ]]
}

@test "a file that calls itself something else" {
    tidy_after a.h < <(echo "$licence"; printf '/*\n * b.h - moved.\n */\n')
    [[ $output == *'files that call themselves something else:'*'sim/a.h: says b.h'* ]]
    tidy_after a.h < <(echo "$licence"; echo '/* b.c - moved. */')
    [[ $output == *'sim/a.h: says b.c'* ]]
    tidy_after a.h < <(echo "$licence"; printf '/*\n * a.h - not b.h.\n */\nint blank; \n')
    [[ $output != *'something else'* ]]
}

@test "a function of 61 lines, but not one of 60" {
    body() { printf '%s\n' "void $1(void)" '{'; yes '    ;' | head -"$2"; echo '}'; }
    tidy_after a.c < <(echo "$licence"; body f 60; body g 61)
    [[ $output == *'functions over 60 lines:'*'sim/a.c:66: 61 lines'* ]]
    [[ $output != *'sim/a.c:3:'* ]]
}

@test "a file of over 500 lines" {
    tidy_after a.h < <(echo "$licence"; yes 'int x;' | head -500)
    [[ $output == *'files over 500 lines:'*'sim/a.h: 501 lines'* ]]
}

@test "a call of the clock below experiment/" {
    compiled a <<<'#include <time.h>
long f(void) { return time(0); }'
    tidy_after a.h < <(echo "$licence")
    [[ $output == *'calls that base, sim and models must not make:'*'sim/a.o'*time* ]]
}

@test "writable data below cli/, but not a constant table of pointers" {
    compiled a <<<'static int runs; int f(void) { return ++runs; }'
    compiled b <<<'extern int g(void); int (*const table[])(void) = { g };'
    tidy_after a.h < <(echo "$licence")
    [[ $output == *'writable data below cli/:'*'sim/a.o: runs'* ]]
    [[ $output != *'sim/b.o'* ]]
}
