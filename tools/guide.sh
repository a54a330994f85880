#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# guide.sh - what the pages of scenarios show, made anew: `tools/guide.sh OUT` writes OUT/PAGE.md
# for every page of docs/ that has blocks marked `console`, and the figures OUT/guide/*.svg;
# `tools/guide.sh OUT PAGE...` some pages.
#
# It runs the scenario of every database that the pages name, then every command of their blocks
# marked `console`, whose output replaces what stood below it, but for the footnotes of tables.  A
# failed expectation or command ends it with the status of that command.
set -euo pipefail
out=$(realpath "$1")
pages=("${@:2}")
[[ $# -gt 1 ]] || mapfile -t pages < <(grep -lx '```console' docs/*.md | xargs basename -s .md)
docs=$PWD/docs
program=$(realpath "${GOSSIPSIM:-gossipsim}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/results" "$work/docs/guide"
ln -s "$program" "$work/gossipsim"
ln -s "$PWD/scenarios" "$work/scenarios"
cd "$work"

for page in "${pages[@]}"; do
    grep -oE 'results/[a-z0-9-]+\.db' "$docs/$page.md" || true # tune makes its own
done | sort -u | while read -r database; do
    name=$(basename "$database" .db)
    ./gossipsim run "scenarios/$name.yaml" -q -o "$database" >printed || { cat printed && exit 1; }
done

# The page with what its commands print now.
renew() {
    local inside='' line
    while IFS= read -r line; do
        case $line in
        '```console') inside=yes ;;
        '```') inside= ;;
        esac
        if [[ -z $inside || $line == '```console' ]]; then
            printf '%s\n' "$line"
        elif [[ $line == '$ '* ]]; then
            printf '%s\n' "$line"
            bash -o pipefail -c "${line#??}" </dev/null >printed
            # Up to the footnotes, and without the blank line before them.
            awk '/^In brackets:/ { exit }
                 !NF { blank = 1; next }
                 blank { print ""; blank = 0 }
                 1' printed
        fi
    done <"$1"
}

for page in "${pages[@]}"; do
    renew "$docs/$page.md" >"$page.md"
done

mkdir -p "$out/guide"
for page in "${pages[@]}"; do
    cp "$page.md" "$out/"
done
find docs/guide -name '*.svg' -exec cp {} "$out/guide/" \; # a page may have none
