#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# estimates.sh - makes the table at the end of docs/estimates.md anew.
#
#   tools/estimates.sh PROGRAM    the test program of the estimates
#
# It runs every scenario of tests/fixtures/estimate and estimate-large once: a minute, 1 GB.
set -euo pipefail

page=docs/estimates.md
table=$("$1" tests/fixtures/estimate/*.yaml tests/fixtures/estimate-large/*.yaml)
{
    sed '/^<!-- make estimates -->$/q' "$page"
    printf '\n%s\n' "$table"
} > "$page.new"
mv "$page.new" "$page"
