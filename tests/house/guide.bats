#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The guide tells the truth (page.bash), and every figure is shown by a page.

# bats file_tags=slow

load page

@test "the commands of the guide print and draw what it shows" {
    check_page guide
}

@test "every figure is shown by a page of scenarios" {
    cd "$BATS_TEST_DIRNAME/../.."
    for figure in docs/guide/*.svg; do
        grep -qF "](guide/$(basename "$figure"))" docs/*.md
    done
}
