#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# manual.sh - writes the manual page gossipsim(1) from what the program says of itself.
#
#   tools/manual.sh ./gossipsim > gossipsim.1
#
# The page is `help` and every command's `help COMMAND`, so it cannot say anything else.
set -euo pipefail
program=$1

verbatim() { # lines of standard input as they are: nothing in them is a request to troff
    echo .nf
    sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\&&/"
    echo .fi
}

mapfile -t verbs < <("$program" help | sed -nE 's/^  ([a-z]+) .*/\1/p')
cat <<TEXT
.TH GOSSIPSIM 1 "" "$("$program" --version)" "User commands"
.SH NAME
gossipsim \\- simulate gossip protocols and compare how they converge
.SH SYNOPSIS
.B gossipsim
.I COMMAND
[options] [arguments]
.SH COMMANDS
TEXT
"$program" help | grep -E '^  [a-z]' | verbatim
for verb in "${verbs[@]}"; do
    echo ".SS $verb"
    "$program" help "$verb" | verbatim
done
cat <<'TEXT'
.SH EXIT STATUS
0 done; 1 an expectation, comparison, verification or validation failed; 2 usage or scenario
error; 3 input, output or database error; 4 some runs failed; 130 interrupted.
.SH SEE ALSO
The scenarios below share/gossipsim/scenarios, each a page that teaches one thing.
TEXT
