#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# plot draws into the file that was asked for, by its ending, or into the terminal; a file appears
# whole or not at all; nothing of a hostile database is executed.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_TEST_TMPDIR"
}

make_database() { # FIXTURE FILE [SQL]
    { echo 'PRAGMA synchronous = OFF;' && cat "$root/experiment/store/schema.sql" &&
        echo 'BEGIN;' && cat "$root/tests/fixtures/$1.sql" && echo "COMMIT; ${3-};" &&
        cat "$root/tests/fixtures/metrics.sql"; } | sqlite3 "$2"
}

strategies() { # COUNT: a small scenario with s1, s2, ...
    local i
    printf 'gossipsim: 1\nnodes: 9\nreplications: 2\nstrategies:\n'
    for ((i = 1; i <= $1; i++)); do
        echo "  s$i: {anti-entropy: {interval: ${i}s}}"
    done
}

column() { # NUMBER FILE: a column of kept data
    awk -v n="$1" '!/^#/ { printf "%s%s", sep, $n; sep = " " }' "$2"
}

in_terminal() { # COMMAND...: what it writes into a terminal of 80 columns
    python3 -c 'import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
text = b""
while True:
    try:
        more = os.read(terminal, 65536)
    except OSError:
        break
    if not more:
        break
    text += more
sys.stdout.buffer.write(text.replace(b"\r\n", b"\n"))' "$@"
}

@test "the ending decides the format, nothing else is left behind" {
    make_database results r.db
    local ending
    for ending in svg png pdf; do
        run "$program" plot r.db -o figure.$ending
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
    [[ $(head -c 5 figure.svg) == "<?xml" ]]
    [[ $(head -c 4 figure.png | od -An -c) == *"P   N   G"* ]]
    [[ $(head -c 4 figure.pdf) == "%PDF" ]]
    [ "$(ls)" = $'figure.pdf\nfigure.png\nfigure.svg\nr.db' ]
    grep -q "push-pull" figure.svg
    grep -q "live nodes informed" figure.svg
}

@test "every kind draws, and twice the same" {
    make_database results r.db
    make_database sweep s.db
    "$program" plot r.db -o a.svg --kind residue
    "$program" plot r.db -o b.svg --kind residue
    cmp a.svg b.svg
    "$program" plot s.db -o c.svg --kind sweep --metric bytes
    grep -q "bytes by nodes" c.svg
    grep -q "10_000" c.svg
    "$program" plot s.db -o d.svg
    grep -q "nodes=1000" d.svg
    "$program" plot s.db -o e.svg --where nodes=100 --until 3s --size 400x300
    grep -q 'width="400" height="300"' e.svg
    run grep -q "nodes=1000" e.svg
    [ "$status" -eq 1 ]
}

@test "the help names every kind, what it shows and which options it takes; so do the errors" {
    local kinds last
    make_database sweep s.db
    kinds=$("$program" help plot | sed -n '/^kinds:/,/^$/p' | sed -nE 's/^  ([a-z]+) +[a-z].*/\1/p')
    [ "$kinds" = "$(sort <<<"$kinds")" ]
    last=$(tail -n 1 <<<"$kinds")
    kinds=$(head -n -1 <<<"$kinds" | paste -sd, | sed 's/,/, /g')" or $last"
    [[ $kinds == *convergence*residue*sweep* ]]
    [ "$("$program" help plot | sed -nE 's/^ +--kind KIND +//p')" = \
        "${kinds/convergence/convergence (default)}" ]
    run --separate-stderr "$program" plot s.db --kind pie -o x.svg
    [[ $stderr == "gossipsim: error: --kind 'pie': expected $kinds"$'\n'* ]]
    # What an option's help names is what takes it.
    "$program" help plot | grep -qE -- '--until TIME +([a-z]+, )*([a-z]+ or )?convergence'
    "$program" help plot | grep -qE -- '--metric NAME +([a-z]+, )*([a-z]+ or )?sweep: '
}

@test "a figure in a file and in the terminal is of one moment, and of the strategies asked for" {
    make_database results r.db
    "$program" plot r.db -o a.svg --only mail --only push --terminal >shown
    [ "$(grep -oE '>(push|push-pull|mail)<' a.svg | sort | tr -d '\n')" = '>mail<>push<' ]
    grep -q ' push ' shown
    run ! grep -q 'push-pull' shown
    run --separate-stderr "$program" plot r.db -o x.svg --only nope
    [[ $status == 2 && $stderr == *"there is no strategy 'nope'"* ]]
}

@test "the terminal's legend stands apart, one name beside the other, however many there are" {
    make_database results r.db
    for kind in convergence residue; do
        run "$program" plot r.db --kind $kind --terminal
        [[ $output =~ \ \*+G?\*+\ push\ +#+E?#+\ push-pull\ +\$+I?\$+\ mail\  ]]
    done
    strategies 64 >many.yaml
    "$program" run many.yaml -q -o many.db >many.txt
    run --separate-stderr "$program" plot many.db --terminal
    [ -z "$stderr" ]
    sed -n '/simulated time/,$p' <<<"$output" >legend
    for ((i = 1; i <= 64; i++)); do
        grep -qE " [^ ]+ s$i( |$)" legend
    done
}

@test "in the terminal, without colour where there is none" {
    make_database results r.db
    run --separate-stderr "$program" plot r.db --terminal
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ $output == *"demo: how updates spread"*"simulated time (s)"*"push-pull"* ]]
    [ "$(printf '%s' "$output" | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" -eq 0 ]
}

@test "a medium kept can be drawn by hand" {
    make_database results r.db
    "$program" plot r.db -o figure.svg --keep kept
    cp kept/figure.svg first.svg
    rm kept/figure.svg
    (cd kept && gnuplot plot.gp)
    cmp kept/figure.svg figure.svg
    cmp first.svg figure.svg
}

@test "never is marked on top of a sweep" {
    make_database sweep s.db \
        "UPDATE metric SET value = NULL WHERE name = 't99' AND run_id > 30000000000;"
    "$program" plot s.db -o n.svg --kind sweep --keep kept
    grep -q "triangle on top: never" n.svg
    [[ $(tail -n 1 kept/panel1-series2.dat) == "10000 NaN "* ]]
}

@test "wrong options are exit 2 with a line" {
    make_database results r.db
    strategies 12 >n12.yaml
    "$program" run n12.yaml -q -o n12.db >/dev/null
    make_database sweep s.db
    local options
    for options in "r.db" "r.db -o x.gif" "r.db -o x" "r.db -o x.svg --kind pie" \
        "r.db -o x.svg --size 5x5" "r.db -o x.svg --size 600" "r.db -o x.svg --until 3" \
        "r.db -o x.svg --until 0s" "r.db -o x.svg --kind sweep" "r.db -o x.svg --where a=b" \
        "s.db -o x.svg --where nodes=5" "s.db -o x.svg --where nodes" \
        "s.db -o x.svg --kind sweep --by nope" "s.db -o x.svg --kind sweep --metric nope" \
        "s.db -o x.svg --kind sweep --where nodes=100" "n12.db -o x.svg --size 110x110" \
        "s.db -o x.svg --kind sweep --by nodes --where nodes=100"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$program" plot $options
        echo "$options: $status $stderr"
        [ "$status" -eq 2 ]
        [[ $stderr == "gossipsim: error: "* ]]
        [ ! -e x.svg ]
    done
}

@test "a study without a run that is done draws no empty figure" {
    make_database results r.db "UPDATE run SET status = 'failed', error = 'too long';"
    local kind
    for kind in convergence residue; do
        run --separate-stderr "$program" plot r.db --kind "$kind" -o x.svg
        [ "$status" -eq 2 ]
        [[ $stderr == "gossipsim: error: no run is done that could be drawn"* ]]
        [ ! -e x.svg ]
    done
}

@test "too many panels are refused with the way out" {
    make_database sweep s.db "INSERT INTO study_point SELECT 2, 100 + value, 1, 0, '{}'
            FROM json_each('[1,2,3,4,5,6,7,8,9,10]');
        INSERT INTO param SELECT 2, 100 + value, 'nodes', value, value, ''
            FROM json_each('[1,2,3,4,5,6,7,8,9,10]');"
    run "$program" plot s.db -o x.svg
    [ "$status" -eq 2 ]
    [[ $output == *"13 panels do not fit into one figure"*"--where"* ]]
}

@test "trouble with files is exit 3 and leaves the old figure alone" {
    make_database results r.db
    run "$program" plot missing.db -o x.svg
    [ "$status" -eq 3 ]
    run "$program" plot r.db -o nowhere/x.svg
    [ "$status" -eq 3 ]
    [[ $output == "gossipsim: error: cannot write 'nowhere/x.svg'"* ]]
    echo old >old.svg
    PATH=/nonexistent run "$program" plot r.db -o old.svg
    [ "$status" -eq 3 ]
    [[ $output == *"gnuplot"*"not installed"*"gnuplot-nox"* ]]
    [ "$(cat old.svg)" = old ]
}

@test "in the terminal every kind is drawn in characters, with colour only where it is asked for" {
    make_database results r.db
    local kind
    for kind in convergence entropy ccdf cost residue paired rate; do
        "$program" plot r.db --kind $kind --terminal >plain
        [ "$(tr -d '\n' <plain | LC_ALL=C grep -c '[[:cntrl:]]')" -eq 0 ]
        [ "$(LC_ALL=C.UTF-8 wc -L <plain)" -le 80 ]
        NO_COLOR=1 in_terminal "$program" plot r.db --kind $kind --terminal >without
        diff plain without
        env -u NO_COLOR TERM=xterm bash -c "$(declare -f in_terminal); in_terminal $program plot \
            r.db --kind $kind --terminal" >coloured
        grep -q $'\033\\[[0-9;]*m' coloured
        # Colours tell lines apart there, characters do not; all else is the same.
        sed -E $'s/\033\\[[0-9;]*m//g' coloured | grep -oE '[A-Za-z]{3,}' | diff <(
            grep -oE '[A-Za-z]{3,}' plain) -
    done
    "$program" plot r.db --kind cost --terminal >plain
    grep -q '[-+]----' plain # the frontier, which is no strategy's
}

@test "what the user's own gnuplot settings say does not matter" {
    make_database results r.db
    "$program" plot r.db -o a.svg
    echo 'set title "mine"; set terminal dumb; set yrange [0:7]' >.gnuplot
    HOME=$PWD GNUTERM=dumb "$program" plot r.db -o b.svg
    cmp a.svg b.svg
}

@test "nothing of a hostile database is executed" {
    make_database sweep s.db "PRAGMA foreign_keys = OFF;
        UPDATE study SET name = '\`touch pwned\` \$(touch pwned) '' . system(\"touch pwned\") . ''';
        UPDATE study_strategy SET strategy = ''';' || char(10) || '!touch pwned' WHERE position = 0;
        UPDATE study_axis SET path = '\`touch pwned\`';
        UPDATE param SET path = '\`touch pwned\`', text = '%s\`touch pwned\`';"
    local kind
    for kind in convergence sweep; do
        run "$program" plot s.db --kind $kind -o x.svg --keep kept
        echo "$output"
        [ "$status" -eq 0 ]
        [ ! -e pwned ]
        [ ! -e kept/pwned ]
        run "$program" plot s.db --kind $kind --terminal
        [ "$status" -eq 0 ]
        [ ! -e pwned ]
    done
    grep -q '`touch pwned`' x.svg
}

@test "lists walked together are one line, the parameters of a grid a panel each" {
    local design panels
    cat >s.yaml <<'YAML'
gossipsim: 1
nodes: 5
replications: 2
strategies: {mail: {direct-mail: {}}}
stop: {at: 10s}
YAML
    for design in zip:1 grid:3; do
        panels=${design#*:}
        { cat s.yaml && printf 'sweep: {design: %s, axes: {nodes: [3, 5, 9], ' "${design%:*}" &&
            echo 'network.loss: [0, 1%, 2%]}}'; } >"$panels.yaml"
        "$program" run "$panels.yaml" -q -o "$panels.db" >/dev/null
        "$program" plot "$panels.db" --kind sweep -o x.svg --keep "kept$panels"
        [ "$(ls "kept$panels"/*.dat | wc -l)" -eq "$panels" ]
    done
}

@test "a point each of a design, along x whatever it is" {
    local axis
    cat >s.yaml <<'YAML'
gossipsim: 1
nodes: 5
replications: 2
strategies: {push: {rumor-mongering: {}}}
stop: {at: 10s}
sweep: {points: 16, axes: {rumor-mongering.fanout: 1..4, network.loss: 0%..9%}}
YAML
    "$program" run s.yaml -q -o s.db >/dev/null
    for axis in rumor-mongering.fanout network.loss; do
        "$program" plot s.db --kind sweep --by $axis -o x.svg --keep "kept-$axis"
        [ "$(ls "kept-$axis"/*.dat | wc -l)" -eq 1 ]
        [ "$(grep -c '^[0-9]' "kept-$axis"/*.dat)" -eq 16 ]
    done
    run "$program" plot s.db -o x.svg
    [ "$status" -eq 2 ]
    [[ $output == *"panels do not fit"*"--kind sweep"* ]]
}

@test "options that a kind has no use for are refused with a line that says where they belong" {
    make_database sweep s.db
    local options use
    while IFS=: read -r options use; do
        # shellcheck disable=SC2086
        run --separate-stderr "$program" plot s.db $options
        [ "$status" -eq 2 ]
        stderr=${stderr%%$'\n'*}
        [[ $stderr =~ ^"gossipsim: error: --"[a-z]+": only with "(.* )?"$use"([ ,].*)?$ ]]
        [ ! -e x.svg ]
    done <<'CASES'
-o x.svg --metric bytes:sweep
-o x.svg --by nodes:sweep
-o x.svg --kind residue --metric bytes:sweep
-o x.svg --kind residue --until 5s:convergence
-o x.svg --kind sweep --until 5s:convergence
--terminal --size 500x500:-o
CASES
    run --separate-stderr "$program" plot s.db -o x.svg --until 5
    [[ $stderr == *"--until '5': 5 lacks a unit"* ]]
    run --separate-stderr "$program" plot s.db -o x.svg --until 0s
    [[ $stderr == *"--until '0s': expected a time above 0"* ]]
}

@test "the time axis goes on until the faults are over, which are shaded by what lasts" {
    cat >f.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 2
network: {latency: 5ms}
strategies: {fast: {anti-entropy: {interval: 100ms}}}
faults:
  - {at: 30s, for: 20s, crash: 30%}
  - {at: 60s, wipe: 20%}
  - {at: 5s, every: 10s, for: 1s, loss: {mean: 10%, of: all}}
stop: {at: 90s}
YAML
    "$program" run f.yaml -q -o f.db >/dev/null
    "$program" plot f.db -o f.svg --keep kept
    grep -qx 'set xrange \[0:90\]' kept/plot.gp # a fault that repeats goes on to the end
    grep -q 'rectangle from graph 0.33333,0 to graph 0.55556,1' kept/plot.gp
    grep -q 'arrow .* from graph 0.66667,0 to graph 0.66667,1 nohead' kept/plot.gp
    [ "$(grep -c '^set object' kept/plot.gp)" -eq 10 ]
    grep -q "shaded and dotted: faults" f.svg
    grep -q "crash 30%" f.svg
    "$program" plot f.db -o f.svg --keep kept --until 10s
    [ "$(grep -c '^set object' kept/plot.gp)" -eq 1 ]
    [ "$(grep -c 'set arrow 1[0-9][0-9][0-9]' kept/plot.gp)" -eq 0 ]
    grep -q "; shaded: faults" f.svg
    run "$program" plot f.db --terminal
    [[ $output == *"crash 30%"* ]]
}

@test "the name of a fault stands above a curve that runs along the foot of the panel" {
    cat >l.yaml <<'YAML'
gossipsim: 1
nodes: 50
replications: 2
strategies: {mail: {direct-mail: {}}}
faults: [{at: 20s, wipe: all}, {at: 60s, crash: 30%}]
stop: {at: 100s}
YAML
    "$program" run l.yaml -q -o l.db >/dev/null
    "$program" plot l.db -o l.svg --keep kept
    # Since the wipe nobody knows it.
    grep -q "^set label [0-9]* 'crash 30%'.*offset 0.3,1.5" kept/plot.gp
    sed -i '/wipe/d' l.yaml
    echo 'faults: [{at: 60s, crash: 30%}]' >>l.yaml
    "$program" run l.yaml -q -o high.db >/dev/null
    "$program" plot high.db -o l.svg --keep high
    grep -q "^set label [0-9]* 'crash 30%'.*offset 0.3,0.6" high/plot.gp
}

@test "without repeated faults the time axis ends soon after the last of them" {
    cat >g.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 2
network: {latency: 5ms}
strategies: {fast: {anti-entropy: {interval: 100ms}}}
faults: [{at: 3s, for: 2s, crash: 30%}]
stop: {at: 10min}
sweep: {axes: {"faults.1.for": [2s, 30s]}}
YAML
    "$program" run g.yaml -q -o g.db >/dev/null
    "$program" plot g.db -o g.svg --keep kept
    awk '/^set xrange/ { gsub(/[^0-9.:]/, ""); split($0, end, ":"); n++
                         if (end[2] <= 33 || end[2] > 40) exit 1 } END { exit n != 2 }' kept/plot.gp
    [ "$(grep -c '^set object' kept/plot.gp)" -eq 2 ] # each panel has its own fault
    # Updates count like faults: the last is injected at 59 s.
    sed -e '/faults/d' -e '/sweep/d' g.yaml >h.yaml
    echo 'workload: {updates: 60, arrival: {every: 1s}}' >>h.yaml
    "$program" run h.yaml -q -o h.db >/dev/null
    "$program" plot h.db -o h.svg --keep kept2
    awk '/^set xrange/ { gsub(/[^0-9.:]/, ""); split($0, end, ":")
                         exit !(end[2] >= 59 && end[2] < 66) }' kept2/plot.gp
    [ "$(grep -c 'logscale' kept2/plot.gp)" -eq 0 ]
}

@test "what does not settle for long after it has risen does not squeeze its rise" {
    cat >c.yaml <<'YAML'
gossipsim: 1
nodes: 200
replications: 4
churn: {session: {exponential: {mean: 2min}}, downtime: {exponential: {mean: 1min}}}
strategies: {rumors: {rumor-mongering: {k: 2, interval: 1s}}}
stop: {at: 20min, when: never}
YAML
    "$program" run c.yaml -q -o c.db >/dev/null
    "$program" plot c.db -o c.svg --keep kept
    awk '/^set xrange/ { gsub(/[^0-9.:]/, ""); split($0, end, ":")
                         exit !(end[2] > 10 && end[2] < 120) }' kept/plot.gp
}

@test "bands and intervals are claimed only where they are drawn" {
    strategies 1 >one.yaml
    "$program" run one.yaml -q --replications 1 -o one.db >/dev/null
    "$program" plot one.db -o one.svg --keep kept
    grep -q "a single run" one.svg
    [ "$(grep -c "bands" one.svg)" -eq 0 ]
    [ "$(grep -c filledcurves kept/plot.gp)" -eq 0 ]
    "$program" plot one.db -o one.svg --kind residue
    [ "$(grep -c "interval" one.svg)" -eq 0 ]
    strategies 17 >many.yaml
    "$program" run many.yaml -q -o many.db >/dev/null
    "$program" plot many.db -o many.svg --keep kept2
    [ "$(grep -c "bands" many.svg)" -eq 0 ]
    [ "$(grep -c filledcurves kept2/plot.gp)" -eq 0 ]
    strategies 12 >twelve.yaml
    "$program" run twelve.yaml -q -o twelve.db >/dev/null
    "$program" plot twelve.db -o twelve.svg --keep kept3
    grep -q "bands: 95 % confidence" twelve.svg
    [ "$(grep -c filledcurves kept3/plot.gp)" -eq 12 ]
    strategies 2 >s.yaml
    echo 'sweep: {axes: {nodes: [5, 9]}}' >>s.yaml
    "$program" run s.yaml -q -o s.db >/dev/null
    "$program" plot s.db --kind sweep -o s.svg # two runs give no interval of a median
    grep -q "median of 2 runs<" s.svg
}

@test "of strategies that leave nobody uninformed none hides another" {
    cat >z.yaml <<'YAML'
gossipsim: 1
nodes: 20
replications: 8
strategies: {one: {anti-entropy: {}}, same: {anti-entropy: {}}, again: {anti-entropy: {}}}
YAML
    "$program" run z.yaml -q -o z.db >/dev/null
    "$program" plot z.db --kind residue -o z.svg --keep kept
    # Three open markers at one m, each in a row of its own.
    [ "$(sed 1d kept/panel1-series?.dat | cut -d' ' -f1 | grep -v '^#' | sort -u | wc -l)" -eq 1 ]
    [ "$(grep -hv '^#' kept/panel1-series?.dat | cut -d' ' -f5 | sort -u | wc -l)" -eq 3 ]
    grep -q "open triangle: nobody left uninformed" z.svg
}

@test "strategies and panels stand in the order of the scenario" {
    cat >o.yaml <<'YAML'
gossipsim: 1
nodes: 9
replications: 2
strategies: {zeta: {anti-entropy: {interval: 1s}}, alpha: {direct-mail: {}}, mid: {direct-mail: {}}}
sweep: {axes: {network.loss: [20%, 0, 10%]}}
YAML
    "$program" run o.yaml -q -o o.db >/dev/null
    "$program" plot o.db -o o.svg
    [ "$(grep -oE '>(zeta|alpha|mid|network.loss=[0-9%]+)<' o.svg | tr -d '<>' | tr '\n' ' ')" = \
        "network.loss=20% zeta alpha mid network.loss=0 network.loss=10% " ]
    run "$program" plot o.db --terminal
    [[ $output == *" zeta "*" alpha "*" mid "* ]]
}

@test "x is sorted by value, and words stay as declared, with points that no line joins" {
    strategies 2 >n.yaml
    cp n.yaml w.yaml
    echo 'sweep: {axes: {nodes: [30, 3, 10]}}' >>n.yaml
    "$program" run n.yaml -q -o n.db >/dev/null
    "$program" plot n.db --kind sweep -o n.svg --keep kept
    [ "$(column 1 kept/panel1-series1.dat)" = "3 10 30" ]
    grep -q "xtics ('3' 3, '10' 10, '30' 30)" kept/plot.gp
    grep -q "panel1-series1.dat' using 1:2 with linespoints" kept/plot.gp
    echo 'sweep: {axes: {anti-entropy.compare: [merkle, full, digest]}}' >>w.yaml
    "$program" run w.yaml -q -o w.db >/dev/null
    "$program" plot w.db --kind sweep -o w.svg --keep kept
    grep -q "xtics ('merkle' 0, 'full' 1, 'digest' 2)" kept/plot.gp
    [ "$(column 1 kept/panel1-series1.dat)/$(column 1 kept/panel1-series2.dat)" = \
        "-0.05 0.95 1.95/0.05 1.05 2.05" ]
    run ! grep -E ' with lines(points)? ' kept/plot.gp
    "$program" plot w.db --kind sweep -o w.svg --size 250x300 --keep kept # no room side by side
    grep -q "xtics rotate by 37 right ('merkle' 0" kept/plot.gp
}

@test "values along x are rounded where they are long, and are few where there is no room" {
    strategies 1 >l.yaml
    cp l.yaml m.yaml
    local axes='{anti-entropy.interval: {from: 100us, to: 1s, steps: 7, scale: log}}'
    echo "sweep: {axes: $axes}" >>l.yaml
    "$program" run l.yaml -q -o l.db >/dev/null
    "$program" plot l.db --kind sweep -o l.svg
    for label in 100us 464µs 2.15ms 10ms 46.4ms 215ms 1s; do
        grep -q ">$label<" l.svg
    done
    "$program" plot l.db --kind sweep -o l.svg --size 350x300 --keep kept
    grep -q "'10 ms' 0.01 0" kept/plot.gp # round numbers then
    [ "$(grep -c '464' kept/plot.gp)" -eq 0 ]
    echo 'sweep: {axes: {nodes: {from: 10, to: 200, steps: 96}}}' >>m.yaml
    "$program" run m.yaml -q --replications 1 -o m.db >/dev/null
    "$program" plot m.db --kind sweep -o m.svg --keep kept
    grep -q "xtics ('0*20' 20, '40' 40, '60' 60," kept/plot.gp
}

@test "what --where fixes is never along x" {
    strategies 2 >d.yaml
    echo 'sweep: {axes: {network.loss: [0, 10%], network.latency: [1ms, 1s]}}' >>d.yaml
    "$program" run d.yaml -q -o d.db >/dev/null
    "$program" plot d.db --kind sweep --where network.loss=10% -o d.svg --keep kept
    grep -q "t99 by network.latency (network.loss=10%)" d.svg
    [ "$(column 1 kept/panel1-series1.dat)" = "0.001 1" ]
    run "$program" plot d.db --kind sweep --where network.loss=0 --by network.loss -o x.svg
    [[ $status == 2 && $output == *"--by network.loss: --where leaves one value of it"* ]]
    run "$program" plot d.db --kind sweep --where network.loss=0 --where network.latency=1s -o x.svg
    [[ $status == 2 && $output == *"nothing goes along x"* ]]
}

@test "one strategy tells a second parameter by colours" {
    strategies 1 >a.yaml
    echo 'sweep: {axes: {nodes: [3, 5, 9], network.loss: [20%, 0, 10%]}}' >>a.yaml
    "$program" run a.yaml -q -o a.db >/dev/null
    "$program" plot a.db --kind sweep --by nodes -o a.svg --keep kept
    [ "$(cd kept && echo *.dat)" = "panel1-series1.dat panel1-series2.dat panel1-series3.dat" ]
    [ "$(grep -oE '>network.loss=[0-9%]+<' a.svg | tr -d '<>' | tr '\n' ' ')" = \
        "network.loss=20% network.loss=0 network.loss=10% " ]
    grep -q "colours: network.loss" a.svg
    [ "$(column 1 kept/panel1-series2.dat)" = "3 5 9" ]
    "$program" plot a.db --where nodes=5 -o a.svg --keep kept2
    [ "$(ls kept2/*.dat | wc -l)" -eq 3 ]
    [ "$(ls kept2/panel1-*.dat | wc -l)" -eq 3 ]
    "$program" plot a.db --kind residue -o a.svg --keep kept3
    [ "$(ls kept3/panel1-series*.dat | wc -l)" -eq 3 ]
}

@test "long names are cut where they still differ" {
    printf 'gossipsim: 1\nnodes: 9\nreplications: 1\nstrategies:\n' >names.yaml
    local long=a-strategy-whose-name-is-long-at i
    for i in 1 2 3 4 5 6; do
        echo "  $long-$i-of-six: {anti-entropy: {interval: ${i}s}}" >>names.yaml
    done
    "$program" run names.yaml -q -o names.db >/dev/null
    "$program" plot names.db -o names.svg
    [ "$(grep -oE '>a-str[^<]*…[^<]*<' names.svg | sort -u | wc -l)" -eq 6 ]
    run "$program" plot names.db --terminal
    for i in 1 2 3 4 5 6; do
        [[ $output == *"…"*"-$i-of-six"* ]]
    done
}

@test "names of markup, entities and formats leave the SVG well-formed and are shown as they are" {
    cat >x.yaml <<'YAML'
gossipsim: 1
nodes: 5
replications: 2
strategies:
  "&#x1b;": {anti-entropy: {interval: 1s}}
  "=1+1": {anti-entropy: {interval: 2s}}
  "a<b>&amp;]]>": {direct-mail: {}}
  "{/Symbol a}^b_c@d~e{.8-}": {direct-mail: {}}
  "\"`echo $HOME`'": {direct-mail: {}}
stop: {at: 5s}
YAML
    "$program" run x.yaml -q -o x.db >/dev/null
    local kind name
    for kind in convergence residue; do
        "$program" plot x.db --kind $kind -o x.svg
        xmllint --noout x.svg
        xmllint --xpath '//*[local-name() = "text"]/text()' x.svg >shown
        for name in '&amp;#x1b;' '=1+1' 'a&lt;b&gt;&amp;amp;]] &gt;' '{/Symbol a}^b_c@d~e{.8-}' \
            "\"\`echo \$HOME\`’"; do
            grep -qxF "$name" <(sed 's/^[[:space:]]*//' shown)
        done
    done
}

# Of push: a crash of which nobody knows until 2 s after it, half of the nodes from 3 s on, all from
# 4 s on, 0.1 s later in every second run; mistakes in one run.  Of push-pull one that is never
# detected.
detection_sql="
DELETE FROM detection_curve;
INSERT INTO detection_curve
SELECT run_id, t + iif(t > 0, run_id % 2 * 100000000, 0), 1, share, 0 FROM run,
    (SELECT 0 AS t, 0.0 AS share UNION VALUES (2000000000, 0.0), (3000000000, 0.5),
        (4000000000, 1.0), (60000000000, 1.0)) WHERE strategy_id = 1;
INSERT INTO detection_curve SELECT run_id, 0, 1, 0.0, 0 FROM run WHERE strategy_id = 2;
INSERT INTO detection_curve
SELECT run_id, t, 1, 0.5, wrong FROM (SELECT min(run_id) AS run_id FROM run),
    (SELECT 2500000000 AS t, 300 AS wrong UNION VALUES (2500000001, 100), (2600000000, 100),
        (3500000000, 2), (500000000000, 3));
UPDATE detection_curve SET share = 0.25 WHERE t_ns BETWEEN 2500000000 AND 2500000001;
UPDATE detection_curve SET share = 0.3 WHERE t_ns = 2600000000;
UPDATE detection_curve SET share = 0.75 WHERE t_ns = 3500000000;
UPDATE detection_curve SET share = NULL WHERE t_ns = 500000000000;
INSERT INTO metric SELECT run_id, 'detect_first', iif(strategy_id = 1, 2.5, NULL) FROM run
WHERE strategy_id < 3;"

@test "detection: how many know of a crash, who is first, and what was a mistake" {
    make_database results r.db "$detection_sql"
    "$program" plot r.db -o a.svg --kind detection --until 4s --keep kept
    "$program" plot r.db -o b.svg --kind detection --until 4s
    cmp a.svg b.svg
    grep -q 'how word of a crash spreads' a.svg
    grep -q 'bands: 95 % confidence; marker: first detection, median; bars: held dead by mistake' \
        a.svg
    # the mean at the ends of its pieces; bars of the rate of mistakes in the bins of the database,
    # of which none is lower than can be seen; the marker in the row of them, with its interval
    [ "$(ls kept/*.dat)" = "$(printf 'kept/%s.dat\n' panel1-series{1-2,1-3,1,2})" ]
    awk '$1 == 2 { low = $2 } $1 == 3 { half = $2 } END { exit !(low == 0 && half == 47.5) }' \
        kept/panel1-series1.dat
    awk '!/^#/ { high = ($4 - $3) / 0.9 / 5.5
                 if (++n == 1) edge = $7
                 else if (n == 2 && $6 != edge) bad = 1
                 if (high < height[n] - 1e-4 || high > height[n] + 1e-4 || $3 != -7.5) bad = 1 }
         BEGIN { split("1 0.5 0.12", height) }
         END { exit bad || n != 3 }' kept/panel1-series1-2.dat
    [ "$(column 6 kept/panel1-series1-2.dat)" = "2.415919 2.550137 3.489661" ]
    grep -Fq "set ytics add ('25.1' -5" kept/plot.gp
    awk '!/^#/ { exit !($1 == 2.5 && $2 < -2 && $6 <= 2.5 && $7 >= 2.5) }' \
        kept/panel1-series1-3.dat
    [ "$(column 2 kept/panel1-series2.dat)" = "0 0" ]
    # without a word the axis ends a little behind where all know
    "$program" plot r.db -o c.svg --kind detection --keep whole
    grep -Eq '^set xrange \[0:4\.[0-9]+' whole/plot.gp
    "$program" plot r.db --kind detection --terminal | grep -q 'live nodes that know of it'
}

@test "detection without a crash, or without a model that judges: one line that says so" {
    make_database results r.db "DELETE FROM detection_curve"
    run "$program" plot r.db -o x.svg --kind detection
    echo "$output"
    [ "$status" -eq 2 ]
    [[ $output == *'no run has a crash that was measured, with a model in its strategy'* ]]
    [ ! -e x.svg ]
}
