#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the documentation shows is true: its links lead somewhere, every file that it names is there,
# and what it defines is what there is.  (The models that it shows: models.bats.)

: "${GOSSIPSIM:=$BATS_TEST_DIRNAME/../../gossipsim}"

# The program may have the models of another folder, of which these pages do not know.
of_this_folder() {
    [ -z "${OUTSIDE-}" ] || skip "built with the models of another folder"
}

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
}

anchors() { # PAGE...: `PAGE#ANCHOR` of their headings, and of the anchors that they name
    awk '/^#+ / {
             sub(/^#+ /, "")
             text = tolower($0)
             gsub(/ /, "-", text)
             gsub(/[^a-z0-9_-]/, "", text)
             print FILENAME "#" text
         }
         { while (match($0, /<a id="[^"]*"/)) {
               print FILENAME "#" substr($0, RSTART + 7, RLENGTH - 8)
               $0 = substr($0, RSTART + RLENGTH)
         } }' "$@"
}

@test "links between the pages and to files lead somewhere, and to headings that are there" {
    local -A there looked_at
    local line page link target anchor broken=0 pages=(README.md docs/*.md results/README.md)
    while read -r line; do
        there[$line]=yes
    done < <(anchors "${pages[@]}")
    while IFS=: read -r page link; do
        link=${link#*(}
        link=${link%)}
        [[ $link == http* || -n ${looked_at[$page:$link]-} ]] && continue
        looked_at[$page:$link]=yes
        target=${link%%#*}
        anchor=${link#"$target"}
        if [[ -z $target ]]; then
            target=$page
        elif [[ $page == */* ]]; then
            target=${page%/*}/$target
        fi
        while [[ $target =~ ^(.*/|)[^/.]+/\.\./(.*)$ ]]; do # results/../docs
            target=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
        done
        [[ -e $target ]] || { echo "$page: $link" && broken=1; }
        [[ -z $anchor || $target != *.md || -n ${there[$target$anchor]-} ]] ||
            { echo "$page: no anchor $link" && broken=1; }
    done < <(grep -oHE '\]\([^)]+\)' "${pages[@]}")
    [ $broken -eq 0 ]
}

@test "every file that the pages and the comments name is there" {
    local name missing=0
    local top='base|sim|models|experiment|analysis|cli|tests|bench|scenarios|tools|docs'
    local path="\\b(($top)/[A-Za-z0-9_./-]*|results/README)\\.(c|h|sh|bats|md|yaml|sql|svg)\\b"
    # adding-a-model.md shows files that are still to be written.
    for name in $(
        find README.md results/README.md docs/*.md ${top//|/ } -type f \
            \( -name '*.md' -o -name '*.[ch]' \) ! -name adding-a-model.md \
            -exec grep -ohE "$path" {} + | grep -v NAME | sort -u
    ); do
        [ -e "$name" ] || { echo "$name" && missing=1; }
    done
    [ $missing -eq 0 ]
}

@test "the tests that the pages name are there" {
    local name missing=0 test='`[a-z0-9]+(_[a-z0-9]+){3,}`'
    for name in $(grep -ohE "$test" docs/models.md docs/world.md | tr -d '`'); do
        grep -rqwF "$name" tests || { echo "$name" && missing=1; }
    done
    [ $missing -eq 0 ]
}

@test "the first scenario of README prints the table that README shows" {
    local readme=$PWD/README.md
    cd "$BATS_TEST_TMPDIR"
    awk '/^```/ { inside = $0 == "```yaml"; next } inside' "$readme" >mine.yaml
    [ "$(wc -l <mine.yaml)" -gt 5 ]
    "$GOSSIPSIM" run mine.yaml -q -o mine.db >printed
    awk '/^```/ { inside = inside ? 0 : $0 == "```" ? 1 : 2; next } inside == 1' "$readme" >shown
    diff shown printed
}

@test "the scenario reference is what the program prints" {
    of_this_folder
    "$GOSSIPSIM" check --reference | diff - docs/scenario-reference.md
}

@test "the table of docs/metrics.md is what the program prints" {
    "$GOSSIPSIM" help metrics --markdown | diff - <(sed -n '/^| metric |/,$p' docs/metrics.md)
}

@test "docs/models.md defines every model, parameter, choice and figure" {
    "$GOSSIPSIM" models --json >"$BATS_TEST_TMPDIR/models.json"
    python3 - "$BATS_TEST_TMPDIR/models.json" <<'PY'
import json, os, re, sys

pages = {name: open(f"docs/{name}.md", encoding="utf-8").read() for name in ("models", "world")}
sections = {part.split("\n")[0].lower().replace(" ", "-"): part
            for part in pages["models"].split("\n## ")}
missing = []
for model in json.load(open(sys.argv[1])):
    if not os.path.exists(f"models/{model['name'].replace('-', '_')}.c"):
        continue  # of another folder
    section = sections.get(model["name"], "")

    def say(word, text):
        if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
            missing.append(f"{model['name']}: {word}")

    for parameter in model["parameters"]:
        say(parameter["name"], section)
        for word in parameter.get("words", []):
            say(word, section + pages["world"])
    for metric in model["metrics"]:
        say(metric["name"].split(".", 1)[1], section)
print("\n".join(missing))
sys.exit(bool(missing))
PY
}

@test "docs/determinism.md says of every purpose what its draws are counted by" {
    local purpose
    for purpose in $(grep -ohE 'PURPOSE_[A-Z_]+,' $(find sim -name draw.h) | sort -u); do
        purpose=${purpose#PURPOSE_}
        grep -q "^| \`${purpose%,}\` |" docs/determinism.md || { echo "$purpose" && false; }
    done
}

@test "docs/architecture.md has every floor, and names files that are there" {
    local floor name missing=0
    for floor in $(sed -n '/^floors=(/,/^)/p' tools/floors.sh | grep -v '[()]'); do
        grep -qE "^\| \`$floor/?\`( itself)? \|" docs/architecture.md ||
            { echo "$floor" && missing=1; }
    done
    for name in $(grep -ohE '`[a-z_]+\.(c|h|sql)`' docs/architecture.md | tr -d '`'); do
        [ -n "$(find base sim models experiment analysis cli -name "$name")" ] ||
            { echo "$name" && missing=1; }
    done
    [ $missing -eq 0 ]
}
