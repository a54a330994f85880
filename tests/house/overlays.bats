#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of overlays' scenarios tells the truth (page.bash); apart from the others, because each
# of them takes its time.

load page

@test "the commands of the scenarios of overlays print and draw what they show" {
    check_page overlays
}
