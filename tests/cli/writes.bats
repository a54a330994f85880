#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What nodes write of their own, as a database has it.

setup() {
    program=$(realpath "${GOSSIPSIM:-./gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

@test "the last node writes as often as the first, where intervals are no whole nanoseconds" {
    cat >own.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 1
workload: {each_node: {phase: together}, rate: [{from: 0s, rate: 0.17/s}]}
strategies: {ae: {anti-entropy: {interval: 1min}}}
stop: {at: 30min}
YAML
    "$program" run own.yaml -q -o own.db >out
    sqlite3 own.db 'SELECT count(*) FROM update_outcome GROUP BY origin' | sort -u >counts
    [ "$(wc -l <counts)" -eq 1 ]
    [ "$(cat counts)" -ge 306 ]
}
