#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# guide.sh - what docs/guide.md shows, made anew: `tools/guide.sh OUT` writes OUT/guide.md and the
# figures OUT/guide/*.svg.
#
# It runs the scenario of every database that the page names, then every command of the page's
# blocks marked `console`, whose output replaces what stood below it, but for the footnotes of
# tables.  A failed expectation or command ends it with the status of that command.
set -euo pipefail
out=$(realpath "$1")
page=$PWD/docs/guide.md
program=$(realpath "${GOSSIPSIM:-gossipsim}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/results" "$work/docs/guide"
ln -s "$program" "$work/gossipsim"
ln -s "$PWD/scenarios" "$work/scenarios"
cd "$work"

grep -oE 'results/[a-z0-9-]+\.db' "$page" | sort -u | while read -r database; do
    name=$(basename "$database" .db)
    ./gossipsim run "scenarios/$name.yaml" -q -o "$database" >printed || { cat printed && exit 1; }
done

inside=
while IFS= read -r line; do
    case $line in
    '```console') inside=yes ;;
    '```') inside= ;;
    esac
    if [[ -z $inside || $line == '```console' ]]; then
        printf '%s\n' "$line"
    elif [[ $line == '$ '* ]]; then
        printf '%s\n' "$line"
        bash -o pipefail -c "${line#??}" >printed
        # Up to the footnotes, and without the blank line before them.
        awk '/^In brackets:/ { exit }
             !NF { blank = 1; next }
             blank { print ""; blank = 0 }
             1' printed
    fi
done <"$page" >guide.md

mkdir -p "$out/guide"
cp guide.md "$out/guide.md"
cp docs/guide/*.svg "$out/guide/"
