#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The JSON Schema of the language, judged by a public validator: it takes what the program takes,
# every shipped scenario among it, and refuses what an editor should underline.

setup_file() {
    export root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    export program=$(realpath "${GOSSIPSIM:-$root/gossipsim}")
    cd "$BATS_FILE_TMPDIR"
    "$program" schema >schema.json
    cat >judge.py <<'PYTHON'
# Reads files of YAML; prints one line each: good, or the file and what is wrong with it.
import json, sys, jsonschema, yaml
validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1])))
for name in sys.argv[2:]:
    error = jsonschema.exceptions.best_match(validator.iter_errors(yaml.safe_load(open(name))))
    print("good" if error is None else f"{name}: {error.json_path}: {error.message}"[:200])
PYTHON
}

setup() {
    python3 -c 'import jsonschema, yaml' || skip "no python3-jsonschema or python3-yaml"
    cd "$BATS_TEST_TMPDIR"
}

judge() { # FILE...
    PYTHONWARNINGS=ignore python3 "$BATS_FILE_TMPDIR/judge.py" "$BATS_FILE_TMPDIR/schema.json" "$@"
}

# Splits standard input, scenarios with lines of --- between them, into files of these names; what
# every scenario needs is added where it is missing.
split() { # NAME
    awk -v name="$1" '
        function finish() {
            if (!n) return
            if (text !~ /(^|\n)gossipsim:/) text = "gossipsim: 1\n" text
            if (text !~ /(^|\n)nodes:/) text = text "nodes: 100\n"
            if (text !~ /(^|\n)strategies:/) text = text "strategies: {a: {anti-entropy: {}}}\n"
            printf "%s", text >(name "-" n ".yaml")
        }
        /^---$/ { finish(); text = ""; n++; next }
        { text = text $0 "\n" }
        END { finish() }'
}

@test "it is a schema, and its defaults are values that it takes" {
    python3 - "$BATS_FILE_TMPDIR/schema.json" <<'PYTHON'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
count = 0
def walk(part):
    global count
    if isinstance(part, dict):
        if "default" in part and "description" in part:
            jsonschema.Draft7Validator({**part, "definitions": schema["definitions"]}).validate(
                part["default"])
            count += 1
        for inner in part.values():
            walk(inner)
    elif isinstance(part, list):
        for inner in part:
            walk(inner)
walk(schema)
assert count > 100, count
PYTHON
}

@test "every shipped scenario is good, and every completed one" {
    mkdir full
    for scenario in "$root"/scenarios/*.yaml "$root"/bench/*.yaml; do
        "$program" check "$scenario" --full >"full/${scenario##*/}"
    done
    judge "$root"/scenarios/*.yaml "$root"/bench/*.yaml full/*.yaml | sort -u >said
    [ "$(cat said)" = good ] || { cat said; false; }
}

@test "what the program takes the schema takes" {
    split good <<'YAML'
---
name: all-1
description: "all: of it"
nodes: 1e3
seed: 9223372036854775807
replications: {min: 20, max: 200, until: {metric: t99, half_width: 2%, confidence: 0.95}}
timing: events
peers: alive
network:
  latency: {lognormal: {median: 40ms, p99: 0.2s}}
  latency_per: message
  jitter: 5%
  loss: {mean: 2.5%, burst: 4}
  header: 40B
  bandwidth: 1.5Mbit/s
  queue: 64KiB
  duplicate: 0.001
churn:
  session: {weibull: {shape: 0.6, mean: 2h}}
  downtime: {exponential: {mean: 5min}}
  share: 40%
  rejoin: lose
  leave: graceful
  start: up
workload: {updates: 5_00, keys: 20, size: 200B, at: 1s, arrival: {poisson: {rate: 5/s}},
           origin: {node: 17}, deletes: 10%}
store: {shards: 8, replicas: 3, preload: 100, missing: 3%, missing_shards: 1%}
groups: {eu: 25%, us: 0.75}
faults:
  - {at: 1min, for: 20s, every: 2min, crash: us}
  - {at: 2min, wipe: 5%}
  - {at: 3min, recover: {all-but: 7}}
  - {at: 4min, for: 10s, partition: {groups: [[us], [eu]]}}
  - {at: 5min, partition: {shares: [40%, 0.35, 25%]}}
  - {at: 6min, one_way: {from: eu, to: {count: 3}}}
  - {at: 7min, heal: all}
  - {at: 8min, for: 1s, loss: {mean: 30%, burst: 5, of: eu}}
  - {at: 9min, latency: {of: {node: 3}, factor: 2.5}}
expect: ["P(converged) >= 99%", "p95(t99, one) < 90s"]
strategies:
  one: {anti-entropy: {interval: 1s, partner: {spatial: {exponent: 1.5}}}}
  "two: `x`":
    rumor-mongering:
    anti-entropy: {connection_limit: 1, hunt: 0}
stop: {at: 20min, when: never, events: 1e9}
warmup: 2s
record: {every: 1s, nodes: true}
---
timing: rounds
replications: 5
store: {replicas: all}
record: {every: auto}
---
timing: {rounds: 500ms}
network:
churn:
---
network.loss: 100%
network.latency: 0s
stop.at: 1.5h
workload.arrival: at-once
---
network: {bandwidth: unlimited, latency: {gamma: {shape: 2, scale: 3ms}}}
workload: {updates: 3, arrival: {every: 100ms}, origin: first}
---
network: {latency: {uniform: {min: 0ms, max: 1e3ms}}, loss: 0}
churn: {session: {pareto: {shape: 1.5, min: 1s}}, downtime: {lomax: {shape: 2, scale: 1min}}}
---
network: {latency: {normal: {mean: 3ms, sd: 1us}}}
groups: {a: 99, b: 1}
workload: {origin: a}
faults: [{at: 0s, crash: b}, {at: 1s, recover: all, batch: 3, pace: 1s}, {at: 2s, crash: 0.5}]
---
sweep:
  design: zip
  axes:
    network.loss: [0, 5%]
    nodes: {from: 10, to: 100, steps: 2, scale: log}
    network.latency: [1ms, {exponential: {mean: 5ms}}]
---
nodes: "100"
network: {loss: "0.05", duplicate: "1e-3", jitter: 1.0e1%}
record: {nodes: "true"}
warmup: +0s
workload: {updates: 2, arrival: {poisson: {rate: 60/min}}}
YAML
    [ "$(ls good-*.yaml | wc -l)" -eq 9 ]
    for scenario in good-*.yaml; do
        "$program" check "$scenario" --full >full || { cat "$scenario"; false; }
    done
    judge good-*.yaml | sort -u >said
    [ "$(cat said)" = good ] || { cat said; false; }
}

@test "what an editor should underline is refused by both" {
    split bad <<'YAML'
---
nods: 5
---
network: {los: 5%}
---
network.los: 5%
---
network: 5
---
network: {loss: 101%}
---
network: {loss: 1.5}
---
network: {loss: -1%}
---
network: {loss: {mean: 5%}}
---
network: {latency: 40}
---
network: {latency: 40 ms}
---
network: {latency: 40sec}
---
network: {latency: {exponental: {mean: 1s}}}
---
network: {latency: {exponential: {mean: 0s}}}
---
network: {latency: {exponential: {median: 1s}}}
---
network: {bandwidth: 1MB}
---
network: {header: 28}
---
network.latency: 40
---
nodes: 0
---
nodes: 1.5
---
nodes: -5
---
nodes: many
---
gossipsim: 2
---
name: "no name"
---
seed: -1
---
timing: round
---
timing: {rounds: 3}
---
peers: alve
---
warmup: 1
---
stop: {at: 0s}
---
record: {nodes: yes please}
---
replications: {min: 5, max: 30}
---
replications: {min: 5, mx: 30, until: {}}
---
replications: {until: {metric: t98}}
---
workload: {size: 100}
---
workload: {updates: 2, arrival: {poisson: {rate: 5}}}
---
workload: {updates: 2, arrival: sometimes}
---
workload: {updates: 2, arrival: {poisson: {}}}
---
groups: {1a: 100%}
---
groups: {}
---
faults: []
---
faults: [{crash: all}]
---
faults: [{at: 1s}]
---
faults: [{at: 1s, crash: all, wipe: all}]
---
faults: [{at: 1s, crahs: all}]
---
faults: [{at: 1, crash: all}]
---
faults: [{at: 1s, crash: 101%}]
---
faults: [{at: 1s, crash: 10%, down: 3s}]
---
faults: [{at: 1s, recover: all, batch: 3}]
---
faults: [{at: 1s, crash: {nodes: 1}}]
---
faults: [{at: 1s, heal: 50%}]
---
faults: [{at: 1s, loss: {mean: 30%}}]
---
faults: [{at: 1s, latency: {of: all, factor: 0}}]
---
faults: [{at: 1s, one_way: {from: all}}]
---
faults: [{at: 1s, partition: {share: [1]}}]
---
expect: [5]
---
expect: p95(t99) < 3s
---
strategies: {}
---
strategies: {a: {}}
---
strategies: {a: {anti-entropi: {}}}
---
strategies: {a: {anti-entropy: {intervall: 1s}}}
---
strategies: {a: {anti-entropy: {interval: 1}}}
---
strategies: {a: {anti-entropy: {mode: pushpull}}}
---
strategies: {a: {anti-entropy: {partner: {spatial: {power: 2}}}}}
---
sweep: {axes: {}}
---
sweep: {axes: {nodes: 5}}
---
sweep: {axes: {nodes: {from: 1, steps: 5}}}
---
sweep: {axes: {nodes: [1, 2]}, design: gird}
YAML
    [ "$(ls bad-*.yaml | wc -l)" -gt 60 ]
    for scenario in bad-*.yaml; do
        ! "$program" check "$scenario" >out 2>&1 || { cat "$scenario"; false; }
    done
    judge bad-*.yaml >said
    [ "$(wc -l <said)" -eq "$(ls bad-*.yaml | wc -l)" ]
    ! grep -q '^good' said || { ls bad-*.yaml | paste - said; false; }
}
