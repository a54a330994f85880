#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# trace.py - whether what `trace` wrote is what its format allows, and what is in it.
#
#   trace.py json|perfetto|dot|mermaid FILE     prints what it found, a line each; fails otherwise
import collections
import json
import re
import sys


def read_json(path):
    """Lines, each an object; the first says which run it is."""
    def no_constant(word):
        raise ValueError(word + " is no JSON")

    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line, parse_constant=no_constant) for line in file]
    assert lines[0]["event"] == "run"
    assert all(line["event"] != "run" for line in lines[1:])
    times = [line["time"] for line in lines[1:]]
    assert times == sorted(times)
    print("strategy", lines[0]["strategy"])
    print("events", len(lines) - 1)
    print("fingerprint", lines[0]["fingerprint"])


def read_perfetto(path):
    """The trace-event format: phases with the keys that they need; slices of a track nest; an
    arrow begins and ends within slices, and never leads back."""
    needs = {"M": {"name", "args"}, "X": {"name", "ts", "dur", "cat"}, "i": {"name", "ts", "s"},
             "C": {"name", "ts", "args"}, "s": {"id", "name", "cat", "ts"},
             "f": {"id", "name", "cat", "ts", "bp"}}
    with open(path, encoding="utf-8") as file:
        trace = json.load(file)
    assert trace["displayTimeUnit"] in ("ms", "ns")
    tracks, names = collections.defaultdict(list), {}
    begun, ended = {}, {}
    for event in trace["traceEvents"]:
        phase = event["ph"]
        assert needs[phase] | {"pid", "tid"} <= set(event), event
        place = (event["pid"], event["tid"])
        if phase == "M" and event["name"].endswith("_name"):
            assert isinstance(event["args"]["name"], str)
            names[event["name"], place] = event["args"]["name"]
        if phase == "X":
            assert event["ts"] >= 0 and event["dur"] >= 0
            tracks[place].append((round(event["ts"] * 1000), round(event["dur"] * 1000)))
        if phase == "i":
            assert event["s"] in ("g", "p", "t")
        if phase == "C":
            assert all(isinstance(v, (int, float)) for v in event["args"].values())
            assert 0 <= event["args"].get("share", 0) <= 1
        if phase in "sf":
            ends = begun if phase == "s" else ended
            assert event["id"] not in ends
            ends[event["id"]] = (place, round(event["ts"] * 1000))
    assert set(begun) == set(ended)
    for slices in tracks.values():
        slices.sort()
        assert all(a[0] + a[1] <= b[0] for a, b in zip(slices, slices[1:])), "slices overlap"
    starts = {place: {at for at, _ in slices} for place, slices in tracks.items()}
    for number, (place, at) in begun.items():
        assert at in starts[place] and ended[number][1] in starts[ended[number][0]]
        assert at <= ended[number][1], "an arrow leads back"
    for place in tracks:
        assert ("thread_name", place) in names and ("process_name", (place[0], 0)) in names
    first, *groups = sorted(p for k, p in names if k == "process_name")
    assert not {pid for pid, _ in [first] + groups} & {tid for _, tid in tracks}
    print("run", names["process_name", first])
    print("arrows", len(begun))
    print("processes", *(names["process_name", place] for place in groups))


DOT = re.compile(r'\s*(?:(?P<id>[A-Za-z_][A-Za-z_0-9]*|-?[0-9.]+)|"(?P<text>(?:[^"\\]|\\.)*)"'
                 r'|(?P<sign>->|[\[\]{}=,;]))', re.S)


def read_dot(path):
    """A digraph by its grammar: statements of quoted names with attributes, arrows in a tree."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    tokens, place = [], 0
    while source[place:].strip():
        match = DOT.match(source, place)
        assert match, "no token at " + repr(source[place:place + 40])
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        place = match.end()

    def take(kind=None, value=None):
        token = tokens.pop(0)
        assert (kind is None or token[0] == kind) and (value is None or token[1] == value), token
        return token[1]

    take("id", "digraph")
    take("text")
    take("sign", "{")
    nodes, arrows, title = {}, {}, ""
    while tokens[0] != ("sign", "}"):
        kind, name = tokens.pop(0)
        assert kind == "text" or name in ("graph", "node", "edge")
        to = None
        if tokens[0] == ("sign", "->"):
            take()
            to = take("text")
            assert to not in arrows, "two arrows lead to " + to
            arrows[to] = name
        attributes = {}
        if tokens[0] == ("sign", "["):
            take()
            while tokens[0] != ("sign", "]"):
                key = take("id")
                take("sign", "=")
                attributes[key] = tokens.pop(0)[1]
                if tokens[0] == ("sign", ","):
                    take()
            take()
        take("sign", ";")
        if kind == "id" and name == "graph":
            title = attributes["label"]
        elif kind == "text" and to is None:
            nodes[name] = attributes["label"]
    take("sign", "}")
    assert not tokens and set(arrows) | set(arrows.values()) <= set(nodes)
    order = list(nodes)
    assert all(order.index(a) < order.index(b) for b, a in arrows.items())
    print("title", title)
    print("nodes", len(nodes), "arrows", len(arrows))


def read_mermaid(path):
    """The lines of a sequence diagram; entities apart, no text has `#`, `;` or the word `end`."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    assert lines[0] == "sequenceDiagram" and lines.pop() == ""
    known, messages, lost, notes = set(), 0, 0, 0
    for line in lines[1:]:
        plain = re.sub(r"#[0-9]+;", "?", line)
        assert re.fullmatch(r"[\x20-\x7e]*", line) and not re.search(r"[#;\"'<{}\[\]\\%&]", plain)
        text = plain.split(":", 1)[-1] if ":" in plain else plain
        assert not re.search("end", text, re.I), line
        if line.startswith("    title "):
            print(line.strip())
            continue
        participant = re.fullmatch(r"    participant (n\d+) as node \d+", line)
        message = re.fullmatch(r"    (n\d+)(->>|-x)(n\d+): \S.*", line)
        note = re.fullmatch(r"    Note over (n\d+): \S.*", line)
        assert participant or message or note, line
        if participant:
            known.add(participant[1])
        elif message:
            assert {message[1], message[3]} <= known
            messages += 1
            lost += message[2] == "-x"
        else:
            assert note[1] in known
            notes += 1
    print("participants", len(known), "messages", messages, "lost", lost, "notes", notes)


FORMATS = {"json": read_json, "perfetto": read_perfetto, "dot": read_dot, "mermaid": read_mermaid}
FORMATS[sys.argv[1]](sys.argv[2])
