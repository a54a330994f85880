#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The models that docs/adding-a-model.md shows are whole: they compile without a warning beside the
# sources as they are, and the test that is shown passes.

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    cd "$BATS_TEST_TMPDIR"
    # Each block of C begins with the licence line and says its name in the third.
    awk '/^```c$/ { file = "block" ++count ".c"; next } /^```$/ { file = "" }
         file != "" { print > file }' "$root/docs/adding-a-model.md"
}

compile() { # ARGUMENT...
    (cd "$root" && gcc -std=c11 -D_GNU_SOURCE -I. -O1 -pthread -Wall -Wextra -Wpedantic \
        -Wconversion -Wshadow -Werror $(pkg-config --cflags glib-2.0 gsl) "$@")
}

@test "the models of the page compile by themselves" {
    [ "$(ls block*.c | wc -l)" -eq 3 ]
    for block in block1.c block2.c; do
        grep -q '^const struct model model_' "$block"
        compile -c "$PWD/$block" -o "$PWD/$block.o"
    done
}

@test "the model with a state keeps what its test says" {
    make -C "$root" -s build/release/libgossipsim.a
    cat >registry.c <<'C'
#include "sim/model.h"
#include "sim/world/loop.h"
extern const struct model model_retell;
const struct model *const model_registry[] = { &model_retell, 0 };
const struct model_loop loop_registry[] = { { 0, 0 } };
C
    compile -o "$PWD/retell_test" "$PWD"/{block2,block3,registry}.c tests/models/harness.c \
        -fno-lto build/release/libgossipsim.a $(pkg-config --libs glib-2.0 gsl sqlite3 yaml-0.1) \
        -lcmocka -lm
    ./retell_test
}
