#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# docs.sh - writes anew what the documentation shows of the program: the reference of the
# scenario language, the table of metrics, the figure of README, the table of README's first
# scenario, the table of docs/validation.md, what docs/pandas-and-r.md prints, and the tables and
# figures of the pages of scenarios; `tools/docs.sh figures` the figures alone.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

./gossipsim run scenarios/first.yaml -q -o "$work/first.db" >/dev/null
./gossipsim plot "$work/first.db" -o docs/first.svg
if [[ ${1-} == figures ]]; then
    tools/guide.sh "$work"
    cp "$work"/guide/*.svg docs/guide/
    exit
fi

./gossipsim check --reference >docs/scenario-reference.md

# The text of docs/metrics.md stays, its end is the table.
sed '/^| metric |/,$d' docs/metrics.md >"$work/metrics.md"
./gossipsim help metrics --markdown >>"$work/metrics.md"
cat "$work/metrics.md" >docs/metrics.md

# The first block of README marked yaml is the scenario, the first unmarked one its table.
awk '/^```/ { inside = $0 == "```yaml"; next } inside' README.md >"$work/mine.yaml"
./gossipsim run "$work/mine.yaml" -q -o "$work/mine.db" >"$work/table"
awk -v table="$work/table" '
    /^```/ && inside { inside = 0; print; next }
    inside == 2 { next }
    { print }
    /^```/ { inside = 1 }
    $0 == "```" && inside { inside = 2; while ((getline line < table) > 0) print line }
' README.md >"$work/README.md"
cat "$work/README.md" >README.md

# The text of docs/validation.md stays, its block is the table.
./gossipsim validate -q >"$work/validation"
awk -v table="$work/validation" '
    /^```/ && inside { inside = 0 }
    !inside { print }
    /^```text$/ { inside = 1; while ((getline line < table) > 0) print line }
' docs/validation.md >"$work/validation.md"
cat "$work/validation.md" >docs/validation.md

tools/snippets.py docs
tools/guide.sh docs
