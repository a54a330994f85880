#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the documentation shows is true: its example model compiles, its links lead somewhere, and
# every scenario it names is shipped.

: "${GOSSIPSIM:=$BATS_TEST_DIRNAME/../../gossipsim}"

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
}

@test "the examples of docs/adding-a-model.md compile without a warning" {
    awk -v folder="$BATS_TEST_TMPDIR" '/^```c$/ { inside = 1; file = folder "/" ++n ".c"; next }
        /^```$/ { inside = 0 } inside { print >file }' docs/adding-a-model.md
    run make -s headers headers="$(echo "$BATS_TEST_TMPDIR"/[1-3].c)" DEV=1
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "links between the pages and to files lead somewhere" {
    local page link broken=0
    while IFS=: read -r page link; do
        link=${link#*(}
        link=${link%)}
        link=${link%%#*}
        [[ -z $link || $link == http* ]] && continue
        [[ -e $(dirname "$page")/$link ]] || { echo "$page: $link" && broken=1; }
    done < <(grep -oHE '\]\([^)]+\)' README.md docs/*.md results/README.md)
    [ $broken -eq 0 ]
}

@test "every scenario and script that README names is there" {
    local name names
    names=$(grep -ohE '(scenarios|docs|tools)/[a-z0-9_.-]*[a-z0-9]' README.md docs/*.md | sort -u)
    for name in $names; do
        [ -e "$name" ] || { echo "$name" && false; }
    done
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
    "$GOSSIPSIM" check --reference | diff - docs/scenario-reference.md
}

@test "the table of docs/metrics.md is what the program prints" {
    "$GOSSIPSIM" help metrics --markdown | diff - <(sed -n '/^| metric |/,$p' docs/metrics.md)
}

@test "every scenario that is shipped can be run" {
    for scenario in scenarios/*.yaml; do
        "$GOSSIPSIM" check "$scenario" >/dev/null
    done
}
