#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The kinds of figures that compare whole runs: what is drawn is what the database says.

bats_require_minimum_version 1.5.0

setup_file() {
    export program
    program=$(realpath "${GOSSIPSIM:-$BATS_TEST_DIRNAME/../../gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >runs.yaml <<'YAML'
gossipsim: 1
nodes: 60
replications: 10
strategies:
  push: {anti-entropy: {mode: push, interval: 1s}}
  mail: {direct-mail: {}}
sweep:
  axes:
    nodes: [60, 250, 1000]
    network.loss: [0, 20%]
stop: {at: 15s}
YAML
    "$program" run runs.yaml -q -o runs.db >/dev/null
    { printf 'gossipsim: 1\nnodes: 9\nreplications: 2\nstrategies:\n' &&
        for i in {1..40}; do echo "  s$i: {anti-entropy: {interval: ${i}s}}"; done; } >many.yaml
    "$program" run many.yaml -q -o many.db >/dev/null
    # Half of what is sent is lost, and the end comes before it is sent again.
    cat >never.yaml <<'YAML'
gossipsim: 1
nodes: 60
replications: 8
network: {loss: 50%}
strategies: {mail: {direct-mail: {}}, post: {direct-mail: {}}}
stop: {at: 100ms}
sweep: {axes: {nodes: [50, 100, 200], network.latency: [1ms, 2ms]}}
YAML
    "$program" run never.yaml -q -o never.db >/dev/null
    "$program" run never.yaml -q -o single.db --set replications=1 >/dev/null
    cp runs.db hostile.db
    sqlite3 hostile.db "PRAGMA foreign_keys = OFF;
        UPDATE study SET name = '\`touch pwned\` \$(touch pwned) '' . system(\"touch pwned\") . ''';
        UPDATE study_strategy SET strategy = ''';' || char(10) || '!touch pwned' WHERE position = 0;
        UPDATE study_axis SET path = '\`touch pwned\`%s'';' WHERE position = 0;
        UPDATE param SET path = '\`touch pwned\`%s'';' WHERE path = 'nodes';"
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    rm -rf kept
}

column() { # NUMBER FILE: a column of kept data
    awk -v n="$1" '!/^#/ { printf "%s%s", sep, $n; sep = " " }' "$2"
}

values() { # DB METRIC STRATEGY NODES LOSS: of the runs, by replication
    sqlite3 "$1" "SELECT coalesce(value, 'never') FROM metric JOIN run USING (run_id)
        JOIN study_point p USING (point_id) JOIN study_strategy s USING (strategy_id, variant)
        WHERE name = '$2' AND s.strategy = '$3' AND json_extract(params_json, '\$.nodes') = $4
        AND json_extract(params_json, '\$.\"network.loss\"') = $5 ORDER BY replication"
}

draws_anything() { # KIND [OPTION...]: whatever the study, in each format; never runs a name
    local db ending
    for db in single never many hostile; do
        run "$program" plot $db.db --kind "$@" -o x.svg --keep kept --terminal
        echo "$db: $output"
        [[ $status == 0 || $status == 2 && $output == "gossipsim: error: "* ]]
        [ ! -e pwned ] && [ ! -e kept/pwned ]
        [ "$status" -eq 2 ] || xmllint --noout x.svg
    done
    for ending in png pdf; do
        "$program" plot runs.db --kind "$@" -o x.$ending
        [ "$(wc -c <x.$ending)" -gt 2000 ]
    done
    "$program" plot hostile.db --kind "$@" -o x.svg
}

@test "growth: means, and the law that report --growth has" {
    local size
    "$program" plot runs.db --kind growth --only push --where network.loss=0 -o g.svg --keep kept
    [ "$(column 1 kept/panel1-series1.dat)" = "60 250 1000" ]
    for size in 60 250 1000; do
        values runs.db t99 push $size 0.0 | awk -v drawn="$(awk -v n=$size '$1 == n { print $2 }' \
            kept/panel1-series1.dat)" '{ sum += $1 } END { d = drawn - sum / NR
                exit !(NR == 10 && d * d < 1e-10) }'
    done
    "$program" report runs.db --growth --only push --where network.loss=0 --metric t99 --csv |
        awk -F, 'NR == 2 { print $7, $10 }' >law
    awk 'FILENAME == "law" { start = $1; rate = $2; next } /^#/ { next }
        { d = $2 - start - rate * log($1) / log(2); n++; if (d * d > 1e-6) exit 1 }
        END { exit !(n == 60) }' law kept/panel1-series1-theory.dat
    grep -q '>push: [0-9.]* s + [0-9.]* ms · log2 nodes<' g.svg
}

@test "growth: where some run never got there stands a triangle, and no law hides it" {
    "$program" plot never.db --kind growth --where network.latency=1ms -o g.svg --keep kept
    [ "$(column 2 kept/panel1-series1.dat)" = "NaN NaN NaN" ]
    [ "$(column 5 kept/panel1-series1.dat | tr ' ' '\n' | grep -c '^[0-9.]*$')" -eq 3 ]
    run ! compgen -G "kept/*theory*"
    grep -q 'no law: that takes three sizes; triangle: some run never got there' g.svg
    run -2 "$program" plot runs.db --kind growth --by network.loss -o x.svg
    [[ $output == *"--by network.loss: its values are not all numbers above 0"* ]]
    draws_anything growth
}

@test "ccdf: the share of runs with more at each of their values, and where runs were cut off" {
    local strategy series=0
    "$program" plot runs.db --kind ccdf --where nodes=60 --where network.loss=20% -o c.svg \
        --keep kept
    for strategy in push mail; do
        series=$((series + 1))
        values runs.db t99 $strategy 60 0.2 >values
        # At a value stand two points: the share before it and the share after it.
        awk 'FILENAME == "values" { n++; if ($1 == "never") cut++; else value[n] = $1; next }
            /^#/ || FNR == 2 { next }
            !($1 in seen) { seen[$1]; next }
            { for (i in value) { m += value[i] > $1 * 1.000001 }
              d = $2 - 100 * (m + cut) / n; m = 0; steps++; if (d * d > 1e-8) exit 1 }
            END { exit !(steps >= 2) }' values kept/panel1-series$series.dat
    done
    grep -c never values | grep -qx 0
    awk '!/^#/ && $1 == 15 && $2 > 0 && $2 < 100 { found = 1 } END { exit !found }' \
        kept/panel1-series1-2.dat
    grep -q 'marker: cut off by' c.svg
}

@test "ccdf: nobody there is a line on top; a metric that is no time; a logarithmic axis" {
    "$program" plot never.db --kind ccdf --where network.latency=1ms --where nodes=50 -o c.svg \
        --keep kept
    [ "$(column 2 kept/panel1-series1.dat)" = "100 100" ]
    "$program" plot runs.db --kind ccdf --metric bytes --where nodes=60 --scale log -o c.svg \
        --keep kept
    grep -qx 'set logscale y' kept/plot.gp
    grep -q '>runs with more' c.svg
    run -2 "$program" plot runs.db --kind ccdf --scale cubic -o c.svg
    [[ $output == *"--scale 'cubic': expected linear or log"* ]]
    run -2 "$program" plot runs.db --kind growth --scale log -o c.svg
    [[ $output == *"--scale: only with --kind ccdf"* ]]
    draws_anything ccdf
}

median() { # of lines of numbers
    sort -g | awk '{ x[NR] = $1 }
        END { print NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'
}

@test "cost: medians and means, and the frontier under them" {
    local size time rate
    "$program" plot runs.db --kind cost --where network.loss=0 -o c.svg --keep kept
    for size in 60 250 1000; do
        time=$(values runs.db t99 push $size 0.0 | median)
        rate=$(values runs.db bytes_rate push $size 0.0 |
            awk '{ s += $1 } END { print s / NR / 1000 }') # kB/s
        awk -v t="$time" -v r="$rate" '!/^#/ && ($1 / t - 1) ^ 2 < 1e-8 && ($2 / r - 1) ^ 2 < 1e-8 {
            found = 1 } END { exit !found }' kept/panel1-series1.dat
    done
    # Every marker is right of the steps or above them, or is one of their corners.
    awk '/^#/ { next } FILENAME ~ /guide/ { x[++n] = $1; y[n] = $2; next }
        { markers++; for (i = 1; i <= n; i++) low = x[i] <= $1 ? y[i] : low
          if ($2 < low * 0.999999) exit 1 } END { exit !(markers == 6 && n >= 4) }' \
        kept/panel1-guide.dat kept/panel1-series[12].dat
    grep -q '; thin: along nodes; grey: nothing is faster and cheaper' c.svg
}

@test "without an update kinds that are of updates name one that fits" {
    printf 'gossipsim: 1\nnodes: 20\nreplications: 2\nstrategies: {a: {averaging: {}}}\n' >a.yaml
    "$program" run a.yaml -q -o a.db --set stop.at=5s --set workload.updates=0 >/dev/null
    local kind
    for kind in convergence residue entropy; do
        run -2 "$program" plot a.db --kind $kind -o a.svg
        [ "$output" = "gossipsim: error: no update is written in this study: the kind $kind has \
nothing to show; --kind estimate shows how estimates come right" ]
        [ ! -e a.svg ]
    done
    "$program" plot a.db --kind estimate -o a.svg
}

@test "cost: never stands on the right edge" {
    "$program" plot never.db --kind cost -o c.svg --keep kept
    [ "$(column 2 kept/panel1-series1.dat)" = "NaN NaN NaN NaN NaN NaN" ]
    [ "$(column 5 kept/panel1-series1.dat | tr ' ' '\n' | grep -c '^[0-9.]*$')" -eq 6 ]
    grep -q 'know it (never)' c.svg
    grep -q '^unset xtics' kept/plot.gp
    draws_anything cost --metric messages
}

@test "heat: a cell a point, coloured by its median or mean, with the value in it" {
    local size loss row=0 column
    "$program" plot runs.db --kind heat --only mail -o h.svg --keep kept
    for loss in 0.0 0.2; do
        column=0
        for size in 60 250 1000; do
            values runs.db t99 mail $size $loss | median >median
            awk -v x=$column -v y=$row 'FILENAME == "median" { m = $1; next }
                $1 == x && $2 == y && ($8 / m - 1) ^ 2 < 1e-10 { found = 1 } END { exit !found }' \
                median kept/panel1-cells.dat
            column=$((column + 1))
        done
        row=$((row + 1))
    done
    grep -q '>2.20 s<' h.svg # the lowest is of milliseconds: each has its unit
    grep -q 'runs: t99 by nodes and network.loss' h.svg
    "$program" plot runs.db --kind heat --only push -o h2.svg
    grep -q 'runs: t99 (s) by nodes and network.loss' h2.svg
    grep -qE '>[0-9.]+<' h2.svg
    # The ends of the scale have its ends as colours: 0xFDE725 of 3 s, 0x440154 of 1 ms.
    sort -g -k8 kept/panel1-cells.dat | awk '!/^#/ { c[++n] = $7 }
        END { exit !(n == 6 && c[1] == 4456788 && c[6] == 16639781) }'
    "$program" plot runs.db --kind heat --by network.loss --metric bytes -o h.svg --keep kept
    [ "$(column 1 kept/panel2-cells.dat | tr ' ' '\n' | sort -u | tr '\n' ' ')" = "0 1 " ]
}

@test "heat: never is hatched; the terminal has values, or shades; other numbers of parameters" {
    "$program" plot never.db --kind heat -o h.svg --keep kept --terminal >shown
    [ "$(column 8 kept/panel1-never.dat)" = "never never never never never never" ]
    [ -z "$(column 8 kept/panel1-cells.dat)" ]
    [ "$(grep -c '2ms.* never .* never .* never ' shown)" -eq 2 ]
    "$program" run runs.yaml -q -o wide.db --only push --set replications=1 --set \
        'sweep={axes: {nodes: {from: 10, to: 39, steps: 30}, network.loss: [0, 1%]}}' >/dev/null
    COLUMNS=80 "$program" plot wide.db --kind heat --terminal >shown
    grep -qE '^ +0 \|[0-9 ]+$' shown
    grep -qE 'nodes  \(0 to 9: [0-9.]+ to [0-9.]+ s\)' shown
    run -2 "$program" plot many.db --kind heat -o h.svg
    [[ $output == *"the kind heat is of two parameters, but 0 have several values"* ]]
    run -2 "$program" plot runs.db --kind heat --where nodes=60 -o h.svg
    [[ $output == *"but 1 have several values: --kind sweep is for one"* ]]
    draws_anything heat
}

@test "paired: the differences of the pairs, sorted, and the median that compare has" {
    paste <(values runs.db t99 mail 250 0.0) <(values runs.db t99 push 250 0.0) |
        awk '{ print $1 - $2 }' | sort -g >differences
    "$program" plot runs.db --kind paired --where nodes=250 --where network.loss=0 -o p.svg \
        --keep kept
    paste differences <(grep -v '^#' kept/panel1-series2.dat) |
        awk '{ n++; if (($1 - $3) ^ 2 > 1e-8 || ($2 - 10 * n + 5) ^ 2 > 1e-8) exit 1 }
            END { exit n != 10 }'
    "$program" compare runs.db --metric t99 --where nodes=250 --where network.loss=0 --json |
        grep -oE '"(difference|difference_lower|difference_upper)": ?[-0-9.]+' | sed 's/.*: *//' |
        paste -sd' ' >compared
    paste compared <(grep -v '^#' kept/panel1-series2-2.dat) | awk '{ n++
        if ($4 != 50 || ($1 - $5) ^ 2 + ($2 - $6) ^ 2 + ($3 - $7) ^ 2 > 1e-8) exit 1 }
        END { exit n != 1 }'
    grep -qE '>mail: -[0-9.]+ \(-[0-9.]+ to -[0-9.]+\) s<' p.svg
    grep -q '>push: the baseline<' p.svg
}

@test "paired: another baseline, pairs without a difference, nothing to differ from" {
    "$program" plot runs.db --kind paired --baseline mail --where nodes=60 -o p.svg
    grep -q 'runs: difference of t99 from mail' p.svg
    grep -q 'without pairs in which one side never got there' p.svg
    grep -q '>push<' p.svg
    grep -q '>mail: the baseline<' p.svg
    run -2 "$program" plot runs.db --kind paired --baseline nope -o p.svg
    [[ $output == *"there is no strategy 'nope'"* ]]
    run -2 "$program" plot runs.db --kind paired --only push -o p.svg
    [[ $output == *"'push' alone has nothing to differ from"* ]]
    run -2 "$program" plot never.db --kind paired -o p.svg
    [[ $output == *"there is no pair of runs in which both have t99"* ]]
    draws_anything paired --metric bytes
}

loads() { # [RATE]: runs that store how many messages each node handles
    printf 'gossipsim: 1\nnodes: 50\nreplications: 3\nstop: {at: 20s}\nrecord: {nodes: true}\n'
    printf 'strategies: {push: {anti-entropy: {mode: push}}, mail: {direct-mail: {}}}\n'
    [ $# -eq 0 ] ||
        echo "workload: {each_node: {keys: 2}, rate: [{from: 0s, rate: $1/s}]}"
}

@test "load: shares of the nodes, and the Gini coefficient of the runs' histograms" {
    loads >l.yaml
    "$program" run l.yaml -q -o l.db >/dev/null
    "$program" plot l.db --kind load -o l.svg --keep kept --terminal >shown
    # The bars are centred on loads: from the second of the pairs of points at LOAD - 0.5 on.
    sqlite3 -separator ' ' l.db "SELECT lo, sum(count) / 150.0 * 100 FROM histogram JOIN run
        USING (run_id) JOIN study_strategy USING (strategy_id)
        WHERE name = 'load' AND strategy = 'push' GROUP BY lo ORDER BY lo" >shares
    awk 'FILENAME == "shares" { share[$1] = $2; next } /^#/ { next }
        { x[++n] = $1; y[n] = $2 }
        END { for (load in share) { found = 0
            for (i = 1; i <= n; i++) if (x[i] <= load - 0.5 + 1e-9) found = y[i]
            if ((found - share[load]) ^ 2 > 1e-8) exit 1 } }' shares kept/panel1-series1.dat
    # Gini by its definition: the mean difference of two nodes over twice the mean.
    gini=$(sqlite3 l.db "WITH h AS (SELECT run_id, lo, count FROM histogram JOIN run USING (run_id)
            JOIN study_strategy USING (strategy_id) WHERE name = 'load' AND strategy = 'push')
        SELECT printf('%.3f', avg(gini)) FROM (SELECT sum(a.count * b.count * abs(a.lo - b.lo))
            / (2.0 * 50 * (SELECT sum(lo * count) FROM h WHERE run_id = a.run_id)) AS gini
            FROM h a JOIN h b USING (run_id) GROUP BY a.run_id)")
    grep -q ">push: Gini $gini<" l.svg
    grep -q "push: Gini $gini " shown
    # The curve holds its coefficient, too: 1 - 2 * area, to the square of its grid.
    awk -v gini="$gini" '!/^#/ { area += (y + $2) / 2 / 10000; y = $2; n++ }
        END { d = 1 - 2 * area - gini; exit !(n == 101 && y > 99.9999 && d * d < 4e-6) }' \
        kept/panel2-series1.dat
}

@test "load: doublings where nodes handle many; what has no loads" {
    loads 3 >busy.yaml
    "$program" run busy.yaml -q -o busy.db >/dev/null
    "$program" plot busy.db --kind load -o l.svg --keep kept
    awk '!/^#/ && log($1) / log(2) != int(log($1) / log(2) + 0.5) { d = log($1) / log(2)
        d -= int(d + 0.5); if (d * d > 1e-9) exit 1 } END { exit NR < 4 }' kept/panel1-series2.dat
    # Gini by its definition again, of doublings by their middle, and 1/9 within each if spread.
    gini=$(sqlite3 busy.db "WITH h AS (
            SELECT run_id, count, lo >= 64 AS wide,
                CASE WHEN lo < 64 THEN lo ELSE 1.5 * lo - 0.5 END AS load
            FROM histogram JOIN run USING (run_id) JOIN study_strategy USING (strategy_id)
            WHERE name = 'load' AND strategy = 'mail'),
        one AS (SELECT run_id,
            (SELECT sum(load * count) FROM h WHERE run_id = a.run_id) AS all_of_it,
            sum(a.count * b.count * abs(a.load - b.load)) AS apart,
            (SELECT sum(count * count * load * wide) FROM h WHERE run_id = a.run_id) AS within
            FROM h a JOIN h b USING (run_id) GROUP BY run_id)
        SELECT printf('%.2f to %.2f', avg(apart / 100 / all_of_it), avg(apart / 100 / all_of_it) +
            avg(within / 50 / all_of_it / 9)) FROM one")
    grep -q ">mail: Gini $gini<" l.svg
    run -2 "$program" plot runs.db --kind load --where nodes=60 -o l.svg
    [[ $output == *'no run has stored how many messages each node handles; `record: '* ]]
    run -2 "$program" plot runs.db --kind load -o l.svg
    [[ $output == *"the kind load draws at most 2 points of a sweep, not 6"* ]]
    run -2 "$program" plot busy.db --kind load --metric t99 -o l.svg
    [[ $output == *"--metric 't99': the kind load draws messages or bytes"* ]] || false
    sqlite3 busy.db "UPDATE study SET name = '\`touch pwned\`'' %s';
        UPDATE study_strategy SET strategy = '\`touch pwned\`'' %s' WHERE position = 0"
    "$program" plot busy.db --kind load -o l.svg --keep kept --terminal
    [ ! -e pwned ] && [ ! -e kept/pwned ]
    xmllint --noout l.svg
}

@test "load of bytes: each node is in the bin of what it sent, and bars and Gini are of the bins" {
    loads >b.yaml
    "$program" run b.yaml -q -o b.db >/dev/null
    # 50 nodes in each run, and between their lower and upper ends lies what the run sent.
    [ "$(sqlite3 b.db "SELECT count(*), sum(nodes = 50 AND low <= value AND value < high) FROM (
        SELECT run_id, sum(count) AS nodes, sum(lo * count) AS low, sum(hi * count) AS high
        FROM histogram WHERE name = 'bytes' GROUP BY run_id) JOIN metric USING (run_id)
        WHERE name = 'bytes'")" = '6|6' ]
    "$program" plot b.db --kind load --metric bytes -o b.svg --keep kept --only push
    gini=$(sqlite3 b.db "WITH h AS (SELECT run_id, (lo + hi - 1) / 2 AS load, count FROM histogram
            JOIN run USING (run_id) JOIN study_strategy USING (strategy_id)
            WHERE name = 'bytes' AND strategy = 'push')
        SELECT printf('%.2f', avg(gini)) FROM (SELECT sum(a.count * b.count * abs(a.load - b.load))
            / (2.0 * 50 * (SELECT sum(load * count) FROM h WHERE run_id = a.run_id)) AS gini
            FROM h a JOIN h b USING (run_id) GROUP BY a.run_id)")
    grep -q ">push: Gini $gini<" b.svg
    grep -q 'bytes sent by a node' b.svg
    # At their highest the bars are as high as the fullest bin, or at most as four of them.
    most=$(sqlite3 b.db "SELECT max(nodes) / 1.5 FROM (SELECT sum(count) AS nodes FROM histogram
        JOIN run USING (run_id) JOIN study_strategy USING (strategy_id)
        WHERE name = 'bytes' AND strategy = 'push' GROUP BY lo)")
    awk -v most="$most" '!/^#/ && $2 > high { high = $2 }
        END { exit !(high >= most - 1e-4 && high <= 4 * most) }' kept/panel1-series1.dat
    sqlite3 b.db "DELETE FROM histogram WHERE name = 'bytes'"
    run -2 "$program" plot b.db --kind load --metric bytes -o x.svg
    [[ $output == *'no run has stored how many bytes each node sends; `record: '* ]] || false
}

@test "ccdf of delays: the shares of the stored histograms, down to those who never know" {
    { loads && echo 'network: {loss: 10%}' && echo 'workload: {updates: 4}'; } >d.yaml
    "$program" run d.yaml --set strategies.mail.direct-mail.acknowledge=false -q -o d.db >/dev/null
    sqlite3 d.db "UPDATE study SET name = '\`touch pwned\`'" # shown as it is
    "$program" plot d.db --kind ccdf --metric delay --only mail -o d.svg --keep kept
    # Of 3 runs * 4 updates * 50 nodes: behind each bin those who have longer to wait, and the rest.
    sqlite3 -separator ' ' d.db "SELECT hi, 100 - sum(n) OVER (ORDER BY lo) / 600.0 * 100
        FROM (SELECT lo, hi, sum(count) AS n FROM histogram JOIN run USING (run_id)
            JOIN study_strategy USING (strategy_id)
            WHERE name = 'delay' AND strategy = 'mail' AND lo > 0 GROUP BY lo)" >left
    awk 'FILENAME == "left" { left[++bins] = $2 - 2; next } # and less the 12 who wrote
        /^#/ { next } $2 != last { shares[++n] = last = $2 }
        END { for (i = 1; i <= bins; i++) { found = 0
            for (k = 1; k <= n; k++) found += (shares[k] - left[i]) ^ 2 < 1e-8
            if (!found) exit 1 }
            exit bins < 1 }' left kept/panel1-series1.dat
    residue=$(sqlite3 d.db "SELECT avg(value) * 100 FROM metric JOIN run USING (run_id) JOIN
        study_strategy USING (strategy_id) WHERE name = 'residue' AND strategy = 'mail'")
    awk -v r="$residue" '{ last = $2 } END { exit !(r > 0 && (last - r) ^ 2 < 1e-8) }' \
        kept/panel1-series1.dat
    grep -q 'nodes that do not know it yet (%)' d.svg
    grep -q '; a line that goes on: never' d.svg
    [ ! -e pwned ] && [ ! -e kept/pwned ]
    run -2 "$program" plot runs.db --kind ccdf --metric delay -o x.svg
    [[ $output == *'no run has stored how long updates took to each node; `record: '* ]] || false
}

@test "rate: the steps hold all that the runs sent, class by class" {
    local series=0 class metric
    cat >r.yaml <<'YAML'
gossipsim: 1
nodes: 50
replications: 3
network: {loss: 20%}
strategies: {push: {anti-entropy: {mode: push}}, mail: {direct-mail: {}}}
stop: {at: 20s, when: never}
YAML
    "$program" run r.yaml -q -o r.db >/dev/null
    for metric in bytes messages; do
        local -a classes=(bytes_payload bytes_digest bytes_control)
        [ $metric = bytes ] || classes=(messages duplicates dropped)
        "$program" plot r.db --kind rate --metric $metric -o r.svg --keep kept
        for class in 0 1 2; do
            sqlite3 r.db "SELECT avg(${classes[class]}) FROM (SELECT ${classes[class]}, max(t_ns)
                FROM sample JOIN run USING (run_id) JOIN study_strategy USING (strategy_id)
                WHERE strategy = 'mail' GROUP BY run_id)" >sum
            # Pairs of points at the ends of each step; kilo where the axis says so.
            k=1
            ! grep -qE '\((kB/s|k)\)' r.svg || k=1000
            awk -v k=$k 'FILENAME == "sum" { sum = $1; next } /^#/ { next }
                { n++; if (n % 2 == 0) area += k * $2 * ($1 - x); x = $1 }
                END { d = area - sum; exit !(n == 161 && d * d <= 1e-8 * (1 + sum * sum)) }' \
                sum kept/panel2-series$((class + 1)).dat
        done
    done
}

@test "rate: a run that ends within a step, another metric, too many panels" {
    "$program" plot runs.db --kind rate --where network.loss=0 --where nodes=60 -o r.svg --keep kept
    # Mail is over after a millisecond; its step is as long as the others.
    awk '!/^#/ { n++; if (n == 2) first = $1 * $2 } END { exit !(n == 3 && first > 1) }' \
        kept/panel2-series1.dat
    "$program" plot runs.db --kind rate --until 2s --where nodes=60 --only push -o r.svg
    grep -q '>network.loss=20%<' r.svg
    run -2 "$program" plot runs.db --kind rate --metric t99 -o r.svg
    [[ $output == *"--metric 't99': the kind rate draws bytes or messages"* ]]
    run -2 "$program" plot many.db --kind rate -o r.svg
    [[ $output == *"40 panels, of each point and strategy, do not fit into one figure"* ]]
    draws_anything rate
}
