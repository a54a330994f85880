#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# demo.sh - the main job once through: a scenario, its database, its table, its curves.  A second
# time, `run` finds all runs made and prints their table again.
set -euo pipefail

show() {
    echo "\$ $*"
    "$@"
}

show ./gossipsim run scenarios/first.yaml -q -o results/first.db
show ./gossipsim plot results/first.db -o results/first.svg
show ./gossipsim plot results/first.db -o results/first.png
cat <<'TEXT'

The curves are in results/first.svg and results/first.png, every number in results/first.db.
Three things to try next:
  ./gossipsim compare results/first.db           which strategy is faster, by how much, how sure
  ./gossipsim plot results/first.db --terminal   the curves right here
  ./gossipsim run scenarios/sweep.yaml           what a parameter changes: many settings at once
TEXT
