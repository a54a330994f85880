#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The floors hold: no file includes a header of a higher floor, and the check that says so sees
# each kind of violation when one is planted.

top=$BATS_TEST_DIRNAME/../..

plant() { # FILE LINE: a source tree of one file, checked
    mkdir -p "$BATS_TEST_TMPDIR/${1%/*}"
    printf '%s\n' "$2" >"$BATS_TEST_TMPDIR/$1"
    run "$top/tools/floors.sh" "$BATS_TEST_TMPDIR"
}

@test "every include of the project goes to the same floor or a lower one" {
    run "$top/tools/floors.sh" "$top"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "an include of the same floor and of a lower one is fine" {
    plant experiment/plan/a.c '#include "experiment/plan/plan.h"'
    [ "$status" -eq 0 ]
    plant experiment/plan/b.c '#include "base/errors.h"'
    [ "$status" -eq 0 ]
}

@test "an include of a higher floor is found, with its file and line" {
    plant sim/a.c '#include "experiment/plan/plan.h"'
    [ "$status" -eq 1 ]
    [[ $output == *'sim/a.c:1:'*'may not use the higher floor experiment/plan/'* ]]
}

@test "the folders of a floor have an order of their own" {
    plant sim/value/a.c '#include "sim/world/run.h"'
    [ "$status" -eq 1 ]
    plant sim/value/a.c '#include "sim/value/draw.h"'
    [ "$status" -eq 0 ]
    plant sim/other/a.c '#include "sim/value/draw.h"'
    [[ $output == *'sim/other/ is no floor'* ]]
}

@test "a circle is found, but for one among a file and its parts" {
    plant sim/time/x.h '#include "sim/time/x_part.h"'
    plant sim/time/x_part.c '#include "sim/time/x.h"'
    [ "$status" -eq 0 ]
    plant sim/time/x.c '#include "sim/time/y.h"'
    [ "$status" -eq 0 ]
    plant sim/time/y.c '#include "sim/time/z.h"'
    [ "$status" -eq 0 ]
    plant sim/time/z.c '#include "sim/time/x_part.h"'
    [ "$status" -eq 1 ]
    [[ $output == *'sim/time/y includes sim/time/z.h: part of a circle'* ]]
}

@test "an include hidden by blanks is found" {
    plant base/a.h '  #  include   "cli/verb.h"'
    [ "$status" -eq 1 ]
}

@test "a model that looks behind the node interface is found" {
    plant models/a.c '#include "sim/sim.h"'
    [ "$status" -eq 1 ]
    plant models/a.c '#include "sim/model.h"'
    [ "$status" -eq 0 ]
}

@test "an include without its floor is found" {
    plant cli/a.c '#include "verb.h"'
    [ "$status" -eq 1 ]
}

@test "a call of what only a higher floor defines is found, but not where a lower one does too" {
    local build=$BATS_TEST_TMPDIR/build
    mkdir -p "$build"/{base,sim/world,models}
    cc -c -x c -o "$build/base/a.o" - <<<'int f(void); int g(void) { return f(); }'
    cc -c -x c -o "$build/sim/world/b.o" - <<<'int f(void) { return 1; }'
    cc -c -x c -o "$build/models/c.o" - <<<'int f(void); int h(void) { return f(); }'
    run "$top/tools/floors.sh" "$BATS_TEST_TMPDIR" "$build"
    echo "$output"
    [ "$status" -eq 1 ]
    [ "$output" = 'base/a.o: uses f, which is defined on the higher floor sim/world/' ]
    cc -c -x c -o "$build/base/d.o" - <<<'int f(void) { return 2; }'
    run "$top/tools/floors.sh" "$BATS_TEST_TMPDIR" "$build"
    [ "$status" -eq 0 ]
}

@test "SQL and YAML below experiment/, GLib in sim/ are found" {
    plant sim/time/a.c '#include <sqlite3.h>'
    [ "$status" -eq 1 ]
    plant sim/time/a.c '#include <glib.h>'
    [ "$status" -eq 1 ]
    plant sim/time/a.c '#include <gsl/gsl_randist.h>'
    [ "$status" -eq 0 ]
    plant base/a.c '#include <glib.h>'
    [ "$status" -eq 0 ]
}
