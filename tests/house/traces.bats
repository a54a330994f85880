#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The records of churn in scenarios/data/churn are what the script beside them makes, have in them
# what their heads say, and are read as what they are.

setup() {
    cd "$BATS_TEST_DIRNAME/../../scenarios/data/churn"
    GOSSIPSIM=${GOSSIPSIM:-$BATS_TEST_DIRNAME/../../gossipsim}
}

@test "make.sh makes every record anew, byte for byte" {
    [ "$(echo *.csv)" = "cluster.csv peers.csv" ]
    for record in *.csv; do
        ./make.sh "${record%.csv}" | cmp - "$record"
    done
}

@test "make.sh knows no other record" {
    run ./make.sh elsewhere
    [ "$status" -eq 2 ]
    [[ $output == usage:* ]]
}

@test "peers come six times a day, and more are up in the evening than before dawn" {
    # Up at 5 and at 20 o'clock, of both days, and how often somebody came.
    run awk -F, '
        /^[0-9]/ {
            for (day = 0; day < 2; day++) {
                if ($2 <= 86400 * day + 18000) dawn[$1, day] = $3
                if ($2 <= 86400 * day + 72000) evening[$1, day] = $3
            }
            came += $2 > 0 && $3 == "up"
        }
        END {
            for (one in dawn) early += dawn[one] == "up"
            for (one in evening) late += evening[one] == "up"
            printf "%d %.1f %d\n", came / 400 + 0.5, late / early, late / 4
        }' peers.csv
    echo "$output"
    read -r came ratio evening <<<"$output"
    [ "$came" -eq 6 ]
    awk -v ratio="$ratio" -v evening="$evening" 'BEGIN { exit !(ratio > 2 && evening > 40) }'
}

@test "nine in ten absences from the cluster are under 15 minutes" {
    run awk -F, '
        $3 == "down" { gone = $2 }
        $3 == "up" && $2 > 0 { all++; brief += $2 - gone < 900 }
        END { printf "%.2f\n", brief / all }' cluster.csv
    echo "$output"
    [[ $output == 0.9[01] ]]
}

@test "gossipsim reads both, and every node of them" {
    local record nodes
    for record in peers:200 cluster:300; do
        nodes=${record#*:}
        record=$PWD/${record%:*}.csv
        cat >"$BATS_TEST_TMPDIR/follow.yaml" <<END
gossipsim: 1
nodes: $nodes
churn: {trace: {file: $record, unit: s}}
strategies: {repair: {anti-entropy: {interval: 1h}}}
stop: {at: 2d, when: never}
END
        "$GOSSIPSIM" check "$BATS_TEST_TMPDIR/follow.yaml" | grep 'nodes up'
        sed -i "s/^nodes: .*/nodes: $((nodes + 1))/" "$BATS_TEST_TMPDIR/follow.yaml"
        run "$GOSSIPSIM" check "$BATS_TEST_TMPDIR/follow.yaml"
        [ "$status" -ne 0 ]
        [[ $output == *"the record has $nodes nodes"* ]]
    done
}
