#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of Cassandra tells the truth (page.bash); apart from the guide, because its scenarios
# take their time.

# bats file_tags=slow

load page

@test "the commands of Cassandra's scenarios print and draw what they show" {
    check_page cassandra
}
