#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of membership's scenarios tells the truth (page.bash); apart from the guide, because each
# of them takes its time.

# bats file_tags=slow

load page

@test "the commands of membership's scenarios print and draw what they show" {
    check_page membership-scenarios
}
