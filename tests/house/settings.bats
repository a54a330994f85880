#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of settings tells the truth (page.bash).

load page

@test "the commands of the settings' scenarios print and draw what they show" {
    check_page settings
}
