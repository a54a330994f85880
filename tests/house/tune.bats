#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of tune tells the truth (page.bash).

load page

@test "the commands of the page of tune print and draw what it shows" {
    check_page tune
}
