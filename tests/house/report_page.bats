#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of a report, opened in a browser: its table sorts by what the numbers are, nothing stands
# over the edge of a narrow window, it asks for nothing, complains of nothing, and runs no script of
# a scenario.

bats_require_minimum_version 1.5.0

setup_file() {
    local root program
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >study.yaml <<'END'
gossipsim: 1
description: "</script><script>window.hacked = 1</script><img src=x onerror='hacked = 1'>"
nodes: 30
replications: 8
network: {latency: {exponential: {mean: 20ms}}}
strategies:
  never: {rumor-mongering: {fanout: 1, k: 1, stop: coin}}
  slow: {anti-entropy: {interval: 30s}}
  "</script><script>hacked = 1</script><svg onload='hacked = 1'>": {anti-entropy: {interval: 5s}}
  quick: {anti-entropy: {interval: 1s}}
stop: {at: 10min}
END
    "$program" run study.yaml -q -o study.db >/dev/null
    "$program" report study.db -o page.html
    "$BATS_TEST_DIRNAME/browser.py" "$BATS_TEST_DIRNAME/report_page.js" page.html >found.json \
        2>complaints || true
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

found() { # EXPRESSION of what the script returned, in Python
    python3 -c 'import json, sys
p = json.load(open("found.json"))
print(eval(sys.argv[1]))' "$1"
}

@test "the page complains of nothing, asks for nothing and runs nothing of a scenario" {
    cat complaints
    [ ! -s complaints ]
    [ "$(found 'p["hacked"] + ", " + p["title"]')" = "undefined, study - gossipsim" ]
}

@test "the table sorts by what its numbers are, never last, and says so" {
    run found '"\n".join(map(str, [p["written"][:2] + p["written"][3:],
        p["up"][:1] + p["up"][2:], p["down"] == p["up"][::-1], p["words"] == sorted(p["words"]),
        p["up_is"], p["down_is"], p["words_is"], p["keys"]]))'
    echo "$output"
    [ "$output" = "['never', 'slow', 'quick']
['quick', 'slow', 'never']
True
True
ascending
descending
ascending
True" ]
}

@test "every figure is there, and every name in the page is one" {
    run found '[p["figures"] >= 5, p["drawn"] == p["figures"], p["twice"], p["astray"]]'
    echo "$output"
    [ "$output" = '[True, True, 0, []]' ]
}

@test "nothing stands over the edge at 400, 800 and 1600 pixels" {
    run found '[p["over"][w] for w in ("400", "800", "1600")]'
    echo "$output"
    [ "$output" = '[[], [], []]' ]
}
