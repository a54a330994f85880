#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The tutorial and its solutions tell the truth (page.bash).

load page

@test "the commands of the tutorial print and draw what it shows" {
    check_page tutorial
}

@test "the commands of the solutions print what they show" {
    check_page tutorial-solutions
}
