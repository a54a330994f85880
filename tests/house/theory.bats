#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of theory tells the truth (page.bash).

load page

@test "the commands of the page of theory print and draw what it shows" {
    check_page theory
}
