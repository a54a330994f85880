-- SPDX-License-Identifier: GPL-3.0-or-later
-- schema.sql - the results database, format 1.
--
-- One file per study.  Columns that end in _ns are integer nanoseconds; times in `metric` and in
-- the views are seconds; shares are 0..1; bytes are bytes.  A metric that never happened is a row
-- whose value is NULL; one that does not apply to the strategy has no row.

PRAGMA application_id = 0x67737031; -- "gsp1"
PRAGMA user_version = 1;

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per distinct (scenario, command-line changes) that was run into this file.
CREATE TABLE study (
    study_id        INTEGER PRIMARY KEY,
    name            TEXT NOT NULL,
    scenario_yaml   TEXT NOT NULL, -- completed
    scenario_sha256 TEXT NOT NULL UNIQUE,
    seed            INTEGER NOT NULL,
    argv            TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    version         TEXT NOT NULL
) STRICT;

-- A point of a parameter sweep (a study without sweep has one).  The hash covers everything that
-- can change a result, so studies share a point only if it is the same.
CREATE TABLE point (
    point_id    INTEGER PRIMARY KEY,
    study_id    INTEGER NOT NULL REFERENCES study, -- the study that first asked for it
    hash        TEXT NOT NULL UNIQUE,
    params_json TEXT NOT NULL
) STRICT;

-- Which points a study consists of, in the order of its sweep.
CREATE TABLE study_point (
    study_id INTEGER NOT NULL REFERENCES study,
    position INTEGER NOT NULL,
    point_id INTEGER NOT NULL REFERENCES point,
    PRIMARY KEY (study_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE param (
    point_id INTEGER NOT NULL REFERENCES point,
    path     TEXT NOT NULL,
    text     TEXT NOT NULL, -- as written
    number   REAL,          -- in base units (s, B, /s, share); NULL: not a number
    unit     TEXT NOT NULL,
    PRIMARY KEY (point_id, path)
) STRICT, WITHOUT ROWID;

-- A missing row is a run not yet made.
CREATE TABLE run (
    run_id      INTEGER PRIMARY KEY,
    point_id    INTEGER NOT NULL REFERENCES point,
    strategy    TEXT NOT NULL,
    replication INTEGER NOT NULL,
    seed        INTEGER NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    stop_reason TEXT NOT NULL,
    sim_end_ns  INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    wall_ns     INTEGER NOT NULL,
    peak_bytes  INTEGER NOT NULL,
    fingerprint TEXT NOT NULL, -- 16 hex digits
    error       TEXT,
    UNIQUE (point_id, strategy, replication)
) STRICT;

CREATE TABLE metric (
    run_id INTEGER NOT NULL REFERENCES run,
    name   TEXT NOT NULL,
    value  REAL, -- NULL: never happened
    PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
    run_id        INTEGER NOT NULL REFERENCES run,
    t_ns          INTEGER NOT NULL,
    alive         INTEGER NOT NULL,
    informed      REAL NOT NULL, -- live replicas that know an injected update, mean over these
    staleness     REAL NOT NULL,
    entropy       REAL NOT NULL,
    messages      INTEGER NOT NULL, -- this and the next counts: since the start
    bytes_payload INTEGER NOT NULL,
    bytes_digest  INTEGER NOT NULL,
    bytes_control INTEGER NOT NULL,
    duplicates    INTEGER NOT NULL,
    dropped       INTEGER NOT NULL,
    in_flight     INTEGER NOT NULL, -- now
    PRIMARY KEY (run_id, t_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE update_outcome (
    run_id      INTEGER NOT NULL REFERENCES run,
    update_id   INTEGER NOT NULL,
    origin      INTEGER NOT NULL,
    injected_ns INTEGER NOT NULL,
    t50_ns      INTEGER, -- times since the injection; NULL: never
    t90_ns      INTEGER,
    t99_ns      INTEGER,
    t999_ns     INTEGER,
    t_all_ns    INTEGER,
    t_last_ns   INTEGER,
    t_avg_ns    REAL,
    informed    INTEGER NOT NULL,
    hops_max    INTEGER NOT NULL,
    copies      INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    PRIMARY KEY (run_id, update_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE histogram (
    run_id INTEGER NOT NULL REFERENCES run,
    name   TEXT NOT NULL,
    lo     REAL NOT NULL,
    hi     REAL NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (run_id, name, lo)
) STRICT, WITHOUT ROWID;

CREATE TABLE fault (
    run_id INTEGER NOT NULL REFERENCES run,
    t_ns   INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
