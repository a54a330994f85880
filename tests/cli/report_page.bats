#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# report -o writes a study as one page that stands alone: well formed, the same each time, with the
# sections in their order and nothing that could load or run anything; whatever a database holds is
# text in it.  What makes no sense with a page is refused, and a page appears whole or not at all.

# bats file_tags=threads

bats_require_minimum_version 1.5.0

make_database() { # FIXTURE FILE [SQL]
    { echo 'PRAGMA synchronous = OFF;' && cat "$root/experiment/store/schema.sql" &&
        echo 'BEGIN;' && cat "$root/tests/fixtures/$1.sql" && echo "COMMIT; ${3-};" &&
        cat "$root/tests/fixtures/metrics.sql"; } | sqlite3 "$2"
}

setup_file() {
    export root program
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    cat >real.yaml <<'YAML'
gossipsim: 1
description: Is pulling "better" than <b>pushing</b>?
nodes: 20
replications: 12
network: {latency: {exponential: {mean: 20ms}}}
strategies:
  push: {rumor-mongering: {fanout: 1}}
  pull: {anti-entropy: {mode: pull}, direct-mail: {}}
stop: {at: 1min}
expect:
  - P(converged, pull) >= 10%
  - median(t99, pull) < 1ms
YAML
    "$program" run real.yaml -q -o real.db >/dev/null || [ $? -eq 1 ]
    "$program" report real.db -o real.html
}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

count() { # PAGE PATTERN: how often it is there
    grep -oE "$2" "$1" | wc -l
}

@test "the page is well formed, in its order, and loads and runs nothing but its own" {
    local page=$BATS_FILE_TMPDIR/real.html sections
    xmllint --noout "$page"
    sections=$(grep -oE '<section id="[a-z]*' "$page" | cut -d'"' -f2 | xargs)
    [ "$sections" = "answer table figures expectations metrics scenario again" ]
    [ "$(count "$page" '<script')" -eq 1 ]
    [ "$(count "$page" '<style')" -eq 1 ]
    [ "$(count "$page" "default-src 'none'; base-uri 'none'; form-action 'none'")" -eq 1 ]
    [ "$(count "$page" "script-src 'sha256-[A-Za-z0-9+/]{43}='")" -eq 1 ]
    [ "$(count "$page" '(src|href)="[^#]')" -eq 0 ]
    [ "$(count "$page" ' (on[a-z]+|style)=')" -eq 0 ]
    [ "$(count "$page" 'https?://' | head -1)" -eq \
        "$(count "$page" '"http://www.w3.org/(1999/xhtml|2000/svg)"')" ]
    [ "$(cd "$BATS_FILE_TMPDIR" && ls ./*.html*)" = ./real.html ]
}

@test "names in figures are unique, and all that is referred to is there" {
    local page=$BATS_FILE_TMPDIR/real.html
    [ "$(count "$page" '<figure id=')" -ge 5 ]
    [ "$(count "$page" '<svg')" -eq "$(count "$page" '<figure id=')" ]
    [ -z "$(grep -oE ' id="[^"]*"' "$page" | sort | uniq -d)" ]
    [ -z "$(comm -13 <(grep -oE ' id="[^"]*"' "$page" | cut -d'"' -f2 | sort -u) \
        <(grep -oE '(href="#|url\(#)[^")]*' "$page" | cut -d'#' -f2 | sort -u))" ]
    grep -q 'gossipsim plot [^ ]*real.db --kind convergence -o convergence.svg' "$page" ||
        grep -q 'gossipsim plot real.db --kind convergence -o convergence.svg' "$page"
}

@test "the answer, the table and the expectations have what report and run print" {
    local page=$BATS_FILE_TMPDIR/real.html t99
    t99=$("$program" report "$BATS_FILE_TMPDIR/real.db" --metric t99 --only pull --csv |
        tail -1 | cut -d, -f8)
    grep -qF "data-v=\"$t99\"" "$page"
    grep -oE '<b class="name">pull</b> .*' "$page" |
        grep -qE 'reaches 99 % of the nodes in <b>[0-9.]+[^0-9<]*s</b> \('
    grep -qF 'Is pulling &quot;better&quot; than &lt;b&gt;pushing&lt;/b&gt;?' "$page"
    grep -qF '✓ holds</strong> P(converged, pull) &gt;= 10%: ' "$page"
    grep -qF '✗ does not hold</strong> median(t99, pull) &lt; 1ms: ' "$page"
    grep -qF '<strong>1 of 2</strong> does not hold' "$page"
    grep -qF 'push</td><td>rumor-mongering</td>' "$page"
    grep -qF 'pull</td><td>anti-entropy + direct-mail</td>' "$page"
    grep -qF 'as soon as every live node knows every update' "$page"
}

@test "how to get the same again has the digests of the database" {
    local page=$BATS_FILE_TMPDIR/real.html db=$BATS_FILE_TMPDIR/real.db
    grep -qF "$(sqlite3 "$db" 'SELECT scenario_sha256 FROM study')" "$page"
    grep -qF "$(sqlite3 "$db" 'SELECT fingerprint FROM run JOIN study_strategy
        USING (strategy_id) ORDER BY position, replication' | sha256sum | cut -d' ' -f1)" "$page"
    sed -n '/<pre class="command">gossipsim export/,/<\/pre>/p' "$page" | sed 's/<[^>]*>//g' \
        >commands
    sed -i 's/&gt;/>/' commands
    cp "$db" .
    PATH=$(dirname "$program"):$PATH bash commands >said || [ $? -le 1 ]
    cmp <(sqlite3 "$db" 'SELECT fingerprint FROM run ORDER BY fingerprint') \
        <(sqlite3 again.db 'SELECT fingerprint FROM run ORDER BY fingerprint')
}

@test "the same database gives the same page, whatever was there before" {
    cp "$BATS_FILE_TMPDIR/real.db" .
    echo old >page.html
    (cd "$BATS_FILE_TMPDIR" && "$program" report real.db -o "$BATS_TEST_TMPDIR/page.html")
    cmp page.html "$BATS_FILE_TMPDIR/real.html"
}

@test "whatever a database holds is text" {
    make_database sweep s.db "PRAGMA foreign_keys = OFF;
        UPDATE study SET name = '</title><script>alert(1)</script>\`touch pwned\`',
            argv = '<img src=x onerror=alert(2)>' || char(8238) || '\$(touch pwned)',
            version = '\" onload=\"x', scenario_sha256 = '<a href=\"javascript:x\">',
            created_at = '<base href=\"//evil\">',
            scenario_yaml = 'description: \"</p><script>x</script>\"' || char(10)
                || 'expect: [\"</li><script>\"]';
        UPDATE study_strategy SET strategy = '<script>alert(3)</script> '' \" ]]>' || char(27)
            || char(8238) WHERE position = 0;
        UPDATE study_axis SET path = '\"><svg onload=alert(4)>';
        UPDATE param SET path = '\"><svg onload=alert(4)>', text = '%s&\"''<u>' || position;
        UPDATE run SET fingerprint = '<i>' || run_id;"
    cp s.db '<b>$(touch pwned)`touch pwned`.db'
    "$program" report '<b>$(touch pwned)`touch pwned`.db' -o page.html
    xmllint --noout page.html
    [ ! -e pwned ]
    [ "$(count page.html '<script')" -eq 1 ]
    [ "$(count page.html '<(img|base|a href="[^#]|i>|u>|b>\$)')" -eq 0 ]
    [ "$(count page.html '<svg')" -eq "$(count page.html '<svg xmlns=')" ]
    [ "$(count page.html '<svg')" -ge 1 ]
    [ -z "$(grep -P '\x1b|\xe2\x80\xae' page.html)" ]
    grep -qF '&lt;script&gt;alert(3)&lt;/script&gt;' page.html
    grep -qF '&lt;/title&gt;&lt;script&gt;alert(1)' page.html
    grep -qF '\u202e' page.html
}

@test "what makes no sense with a page is refused" {
    make_database results r.db
    local options
    for options in "-o page.txt" "-o page" "-o page.html --csv" "-o page.html --json" \
        "-o page.html --steady staleness" "-o page.html --growth" "-o page.html --sensitivity" \
        "-o page.html --each-update" "-o page.html --by nodes" "-o page.html --only nobody"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr "$program" report r.db $options
        echo "$options: $stderr"
        [ "$status" -eq 2 ]
        [ "$(head -1 <<<"$stderr" | grep -c '^gossipsim: error: ')" -eq 1 ]
    done
    run "$program" report r.db -o page.txt
    [[ $output == *"'page.txt': the name must end in .html"* ]]
    run "$program" report r.db -o page.html --csv
    [[ $output == *"without --csv"* ]]
    PATH=/nonexistent run "$program" report r.db -o no/such/folder/page.html
    [ "$status" -eq 3 ]
    ln -s r.db link.html
    PATH=/nonexistent run "$program" report r.db -o link.html
    [ "$status" -eq 3 ]
    [[ $output == *"is the database itself"* ]]
    [ "$(echo ./*.html* ./*.db*)" = "./link.html ./r.db" ]
}

@test "the page takes the options of the table and what chooses of a study" {
    make_database results r.db
    "$program" report r.db -o page.html --only push --metric 'P(t99 < 8s)' --metric t90
    xmllint --noout page.html
    grep -qF 'P(t99 &lt; 8s)' page.html
    grep -qF '<code>--only push</code>' page.html
    grep -qF 'gossipsim plot r.db --only push --kind convergence' page.html
    [ "$(count page.html 'push-pull')" -eq "$(sed -n '/<pre tabindex/,$p' page.html |
        grep -c push-pull)" ]
}

@test "without gnuplot there is a page without figures, which says so" {
    make_database results r.db
    run --separate-stderr env PATH=/nonexistent "$program" report r.db -o page.html
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [[ $stderr == "gossipsim: warning: "*"without figures"*"gnuplot-nox"* ]]
    xmllint --noout page.html
    [ "$(count page.html '<svg')" -eq 0 ]
    grep -qF 'Figures are missing: cannot run gnuplot' page.html
}

@test "a study without a run, and one whose runs all failed, have pages that say so" {
    make_database results none.db "DELETE FROM metric_value; DELETE FROM run;
        DELETE FROM sample; DELETE FROM update_outcome; DELETE FROM histogram;"
    make_database results failed.db "UPDATE run SET status = 'failed', error = '<u>no</u>';"
    "$program" report none.db -o none.html
    "$program" report failed.db -o failed.html
    xmllint --noout none.html failed.html
    grep -qF '<b class="name">push</b>: no run is done.' none.html
    grep -qF '<b class="name">push</b>: all of its runs failed.' failed.html
    grep -qF 'Not finished' none.html
    [ "$(count failed.html '<strong>60 failed')" -eq 1 ]
    [ "$(count none.html '<svg')" -eq 0 ]
}

@test "of a long sweep some points are drawn, and the page says which" {
    cat >s.yaml <<'YAML'
gossipsim: 1
nodes: 5
replications: 2
stop: {at: 5s}
sweep: {axes: {network.loss: {from: 0, to: 0.9, steps: 14}}}
strategies:
YAML
    local i
    for ((i = 1; i <= 30; i++)); do echo "  s$i: {anti-entropy: {interval: ${i}s}}"; done >>s.yaml
    "$program" run s.yaml -q -o s.db >/dev/null
    "$program" report s.db -o s.html
    xmllint --noout s.html
    grep -qF 'Drawn are 6 of the 14 points, evenly from the first to the last' s.html
    [ "$(count s.html '<tr><td class="n" data-v=')" -eq 420 ]
    [ "$(wc -c <s.html)" -lt 3000000 ]
}
