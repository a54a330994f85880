-- SPDX-License-Identifier: GPL-3.0-or-later
-- schema.sql - the results database, format 9.
--
-- A file holds any number of studies.  Columns that end in _ns are integer nanoseconds; times in
-- `metric` and in the views are seconds; shares are 0..1; bytes are bytes.  A metric that never
-- happened is a row whose value is NULL; one that does not apply to the strategy has no row.

PRAGMA application_id = 0x67737031; -- "gsp1"
PRAGMA user_version = 9;

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per distinct (scenario, command-line changes, choice of strategies) run into this file.
CREATE TABLE study (
    study_id        INTEGER PRIMARY KEY,
    name            TEXT NOT NULL,
    scenario_yaml   TEXT NOT NULL, -- completed
    scenario_sha256 TEXT NOT NULL, -- of it and its files: with the strategies the study's identity
    seed            INTEGER NOT NULL,
    replications_min INTEGER NOT NULL,
    replications_max INTEGER NOT NULL, -- the same as min without a rule for more
    until_metric     TEXT,             -- the rule: more until the interval of this metric's mean
    until_half_width REAL,             -- is at most this share of the mean to either side
    until_confidence REAL,             -- at this confidence
    argv            TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    version         TEXT NOT NULL
) STRICT;

-- What a study that `tune` made was to find.  Its points are the settings that were tried, in that
-- order, and more come while it is made; of each it has as many replications as it took, from
-- replications_min to replications_max of the study.
CREATE TABLE tuning (
    study_id   INTEGER PRIMARY KEY REFERENCES study,
    identity   TEXT NOT NULL UNIQUE, -- SHA-256 of all that the search depends on
    goals      TEXT NOT NULL,        -- a line each, with the strategy that it is about
    metric     TEXT NOT NULL,        -- whose mean is to be low
    strategy   TEXT NOT NULL,        -- of that
    confidence REAL NOT NULL,
    tests      INTEGER,              -- made in the end
    runs       INTEGER               -- that the search took; NULL: it has not ended
) STRICT;

-- What was found of the settings that were tested, when the search has ended.
CREATE TABLE tuning_finding (
    study_id INTEGER NOT NULL REFERENCES study,
    position INTEGER NOT NULL, -- of study_point
    finding  TEXT NOT NULL CHECK (finding IN ('chosen', 'meets', 'open', 'misses')),
    PRIMARY KEY (study_id, position)
) STRICT, WITHOUT ROWID;

-- A stack of models with all its parameters, whatever a study calls it.  The hash covers all of it
-- that can change a result.
CREATE TABLE strategy (
    strategy_id INTEGER PRIMARY KEY,
    hash        TEXT NOT NULL UNIQUE,
    stack       TEXT NOT NULL -- completed
) STRICT;

-- The world in which strategies run: a completed scenario without them.  The hash covers all of it
-- that can change a result, the seed too.  Runs belong to a point and a strategy and are made once,
-- whichever studies, and however many places in them, have both.
CREATE TABLE point (
    point_id INTEGER PRIMARY KEY,
    hash     TEXT NOT NULL UNIQUE
) STRICT;

-- What the graph of a point's topology is like; none with `complete`.
CREATE TABLE topology (
    point_id    INTEGER PRIMARY KEY REFERENCES point,
    nodes       INTEGER NOT NULL,
    links       INTEGER NOT NULL,
    degree_mean REAL NOT NULL,
    degree_min  INTEGER NOT NULL,
    degree_max  INTEGER NOT NULL,
    diameter    INTEGER NOT NULL, -- hops, within a component
    clustering  REAL NOT NULL,    -- mean over nodes of the share of their pairs of neighbours that
                                  -- are linked; 0 for nodes with fewer than two
    components  INTEGER NOT NULL,
    largest     REAL NOT NULL,    -- share of the nodes
    is_exact    INTEGER NOT NULL  -- 0: the diameter is a lower bound, clustering that of a sample
) STRICT;

-- The places of a study in the order of its sweep (one without a sweep): which world each has, and
-- which variant of the strategies.
CREATE TABLE study_point (
    study_id    INTEGER NOT NULL REFERENCES study,
    position    INTEGER NOT NULL, -- from 0
    point_id    INTEGER NOT NULL REFERENCES point,
    variant     INTEGER NOT NULL,
    params_json TEXT NOT NULL, -- its rows of param: path to number, or to text if it is none
    PRIMARY KEY (study_id, position)
) STRICT, WITHOUT ROWID;

-- The strategies of a study under its names, in the order in which its scenario writes them; once
-- for each combination of parameters that its sweep gives them, variant 0 being the first.
CREATE TABLE study_strategy (
    study_id    INTEGER NOT NULL REFERENCES study,
    variant     INTEGER NOT NULL,
    position    INTEGER NOT NULL, -- from 0
    strategy    TEXT NOT NULL,    -- its name
    strategy_id INTEGER NOT NULL REFERENCES strategy,
    PRIMARY KEY (study_id, variant, position)
) STRICT, WITHOUT ROWID;

-- The paths that a study sweeps, in written order.
CREATE TABLE study_axis (
    study_id INTEGER NOT NULL REFERENCES study,
    position INTEGER NOT NULL,
    path     TEXT NOT NULL,
    PRIMARY KEY (study_id, position)
) STRICT, WITHOUT ROWID;

-- The value that a place of a study has on each of its axes.
CREATE TABLE param (
    study_id INTEGER NOT NULL REFERENCES study,
    position INTEGER NOT NULL, -- of study_point
    path     TEXT NOT NULL,
    text     TEXT NOT NULL, -- as written
    number   REAL,          -- in base units (s, B, /s, share); NULL: not a number
    unit     TEXT NOT NULL,
    PRIMARY KEY (study_id, position, path)
) STRICT, WITHOUT ROWID;

-- A missing row is a run not yet made.  run_id is point_id * 10^12 + strategy_id * 10^6 +
-- replication: it depends neither on the order in which runs end nor on runs added later.
CREATE TABLE run (
    run_id      INTEGER PRIMARY KEY,
    point_id    INTEGER NOT NULL REFERENCES point,
    strategy_id INTEGER NOT NULL REFERENCES strategy,
    replication INTEGER NOT NULL,
    seed        INTEGER NOT NULL, -- of the point: a sweep may vary it
    status      TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    stop_reason TEXT NOT NULL,
    sim_end_ns  INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    wall_ns     INTEGER NOT NULL,
    peak_bytes  INTEGER NOT NULL,
    fingerprint TEXT NOT NULL, -- 16 hex digits
    error       TEXT,
    UNIQUE (point_id, strategy_id, replication)
) STRICT;

-- The metrics of a run are read from the view `metric`.  They are stored in one row for each 64 of
-- them, because a row per metric would cost a short run more than its simulation.  Runs that have
-- the same metrics share their list of names; set_id follows from the names.
CREATE TABLE metric_name (
    set_id INTEGER NOT NULL,
    name   TEXT NOT NULL,
    place  INTEGER NOT NULL, -- of its value: column v0 .. v63
    PRIMARY KEY (set_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_value (
    run_id INTEGER NOT NULL REFERENCES run,
    set_id INTEGER NOT NULL,
    v0 REAL, v1 REAL, v2 REAL, v3 REAL, v4 REAL, v5 REAL, v6 REAL, v7 REAL, v8 REAL,
    v9 REAL, v10 REAL, v11 REAL, v12 REAL, v13 REAL, v14 REAL, v15 REAL, v16 REAL, v17 REAL,
    v18 REAL, v19 REAL, v20 REAL, v21 REAL, v22 REAL, v23 REAL, v24 REAL, v25 REAL,
    v26 REAL, v27 REAL, v28 REAL, v29 REAL, v30 REAL, v31 REAL, v32 REAL, v33 REAL,
    v34 REAL, v35 REAL, v36 REAL, v37 REAL, v38 REAL, v39 REAL, v40 REAL, v41 REAL,
    v42 REAL, v43 REAL, v44 REAL, v45 REAL, v46 REAL, v47 REAL, v48 REAL, v49 REAL,
    v50 REAL, v51 REAL, v52 REAL, v53 REAL, v54 REAL, v55 REAL, v56 REAL, v57 REAL,
    v58 REAL, v59 REAL, v60 REAL, v61 REAL, v62 REAL, v63 REAL,
    PRIMARY KEY (run_id, set_id)
) STRICT, WITHOUT ROWID;

-- value is NULL if it never happened.
CREATE VIEW metric AS
SELECT run_id, name,
    CASE place
        WHEN 0 THEN v0 WHEN 1 THEN v1 WHEN 2 THEN v2 WHEN 3 THEN v3 WHEN 4 THEN v4
        WHEN 5 THEN v5 WHEN 6 THEN v6 WHEN 7 THEN v7 WHEN 8 THEN v8 WHEN 9 THEN v9
        WHEN 10 THEN v10 WHEN 11 THEN v11 WHEN 12 THEN v12 WHEN 13 THEN v13 WHEN 14 THEN v14
        WHEN 15 THEN v15 WHEN 16 THEN v16 WHEN 17 THEN v17 WHEN 18 THEN v18 WHEN 19 THEN v19
        WHEN 20 THEN v20 WHEN 21 THEN v21 WHEN 22 THEN v22 WHEN 23 THEN v23 WHEN 24 THEN v24
        WHEN 25 THEN v25 WHEN 26 THEN v26 WHEN 27 THEN v27 WHEN 28 THEN v28 WHEN 29 THEN v29
        WHEN 30 THEN v30 WHEN 31 THEN v31 WHEN 32 THEN v32 WHEN 33 THEN v33 WHEN 34 THEN v34
        WHEN 35 THEN v35 WHEN 36 THEN v36 WHEN 37 THEN v37 WHEN 38 THEN v38 WHEN 39 THEN v39
        WHEN 40 THEN v40 WHEN 41 THEN v41 WHEN 42 THEN v42 WHEN 43 THEN v43 WHEN 44 THEN v44
        WHEN 45 THEN v45 WHEN 46 THEN v46 WHEN 47 THEN v47 WHEN 48 THEN v48 WHEN 49 THEN v49
        WHEN 50 THEN v50 WHEN 51 THEN v51 WHEN 52 THEN v52 WHEN 53 THEN v53 WHEN 54 THEN v54
        WHEN 55 THEN v55 WHEN 56 THEN v56 WHEN 57 THEN v57 WHEN 58 THEN v58 WHEN 59 THEN v59
        WHEN 60 THEN v60 WHEN 61 THEN v61 WHEN 62 THEN v62 WHEN 63 THEN v63
    END AS value
FROM metric_value JOIN metric_name USING (set_id);

CREATE TABLE sample (
    run_id        INTEGER NOT NULL REFERENCES run,
    t_ns          INTEGER NOT NULL,
    alive         INTEGER NOT NULL,
    informed      REAL NOT NULL, -- live replicas (a number) that know an update, mean over these
    staleness     REAL NOT NULL,
    entropy       REAL NOT NULL,
    variance      REAL, -- of the live nodes' estimates; NULL: no model estimates
    estimate_error REAL, -- the largest of them, as a share of the truth
    lag_max       REAL, -- s, as the metrics of these names; NULL: without `record.lag`
    lag_mean      REAL,
    stale_keys    REAL,
    messages      INTEGER NOT NULL, -- this and the next counts: since the start
    bytes_payload INTEGER NOT NULL,
    bytes_digest  INTEGER NOT NULL,
    bytes_control INTEGER NOT NULL,
    duplicates    INTEGER NOT NULL,
    dropped       INTEGER NOT NULL,
    in_flight     INTEGER NOT NULL, -- now
    PRIMARY KEY (run_id, t_ns)
) STRICT, WITHOUT ROWID;

-- How the gauges of models stood at these times, means of the live nodes, if `record.figures` asks
-- for it.
CREATE TABLE figure_sample (
    run_id INTEGER NOT NULL REFERENCES run,
    t_ns   INTEGER NOT NULL,
    name   TEXT NOT NULL, -- MODEL.FIGURE
    value  REAL,          -- NULL: no node was up
    PRIMARY KEY (run_id, t_ns, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE update_outcome (
    run_id      INTEGER NOT NULL REFERENCES run,
    update_id   INTEGER NOT NULL,
    origin      INTEGER NOT NULL,
    injected_ns INTEGER NOT NULL,
    t50_ns      INTEGER, -- times since the injection; NULL: never
    t90_ns      INTEGER,
    t95_ns      INTEGER,
    t99_ns      INTEGER,
    t999_ns     INTEGER,
    t_all_ns    INTEGER,
    t_last_ns   INTEGER,
    t_settled_ns INTEGER, -- all live replicas know it from then to the end of the run
    t_avg_ns    REAL,
    informed    INTEGER NOT NULL,
    hops_max    INTEGER NOT NULL,
    copies      INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    PRIMARY KEY (run_id, update_id)
) STRICT, WITHOUT ROWID;

-- Where a model of the strategy judges who is up: a crash that was measured, of a run the first
-- 4096 of them.  What a later crash adds is in the metrics and in detection_curve alone.
CREATE TABLE detection (
    run_id       INTEGER NOT NULL REFERENCES run,
    subject      INTEGER NOT NULL, -- the node
    crashed_ns   INTEGER NOT NULL,
    suspected_ns INTEGER, -- times since the crash; NULL: not before the node came back, or the run
    first_ns     INTEGER, -- ended; a suspicion counts if nobody held the node dead before
    t50_ns       INTEGER,
    t99_ns       INTEGER,
    all_ns       INTEGER,
    PRIMARY KEY (run_id, subject, crashed_ns)
) STRICT, WITHOUT ROWID;

-- How word of crashes spreads among the live nodes, over all measured crashes of a run: up to 32
-- rows for each doubling of the time since a crash; between two of them the curve is straight.
CREATE TABLE detection_curve (
    run_id     INTEGER NOT NULL REFERENCES run,
    t_ns       INTEGER NOT NULL, -- since the crash
    crashes    INTEGER NOT NULL, -- whose nodes are still down so long after, the run going on
    share      REAL,             -- of live nodes that hold the node dead, mean over these
    false_dead INTEGER NOT NULL, -- nodes held dead by mistake since the row before; here t_ns is
                                 -- since the run's latest crash
    PRIMARY KEY (run_id, t_ns)
) STRICT, WITHOUT ROWID;

-- The graph of the views that a model keeps, if `record.overlay` asks for it: live nodes, linked
-- where one has the other in its view.  The last row of a run is of its end; the in-degrees of then
-- are in histogram, as in_degree.  NULL: there is no such, as without live nodes, or it was not
-- found.
CREATE TABLE overlay (
    run_id          INTEGER NOT NULL REFERENCES run,
    t_ns            INTEGER NOT NULL,
    out_degree_mean REAL, -- peers in a live node's view, dead ones too
    in_degree_mean  REAL, -- live views that a live node is in
    in_degree_sd    REAL,
    in_degree_min   REAL,
    in_degree_max   REAL,
    dead_share      REAL, -- of the peers in live views
    clustering      REAL, -- mean over nodes of the share of pairs of neighbours that are linked
    path_length     REAL, -- mean over connected pairs, links
    components      REAL,
    largest         REAL, -- share of the live nodes
    PRIMARY KEY (run_id, t_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE histogram (
    run_id INTEGER NOT NULL REFERENCES run,
    name   TEXT NOT NULL,
    lo     REAL NOT NULL,
    hi     REAL NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (run_id, name, lo)
) STRICT, WITHOUT ROWID;

-- What the faults of the scenario did to a run, numbered from 0 in the order in which they struck.
CREATE TABLE fault (
    run_id INTEGER NOT NULL REFERENCES run,
    number INTEGER NOT NULL,
    t_ns   INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (run_id, number)
) STRICT, WITHOUT ROWID;

-- A row per run and place of a study that has it: with the study, the parameters of the place and
-- the metrics (times in seconds; Inf: never happened; NULL: does not apply).  A run that several
-- studies or places share stands in each.  A metric whose column is not asked for costs nothing.
-- Where it says so, in these very words, a column for each row of sim/metric.def is put in.
CREATE VIEW run_summary AS
SELECT s.study_id, s.name AS study, p.position + 1 AS point, p.params_json, g.strategy,
    r.replication, r.run_id, r.point_id, r.strategy_id, r.seed, r.status, r.stop_reason,
    r.sim_end_ns / 1e9 AS sim_end, r.events, r.wall_ns / 1e9 AS wall, r.peak_bytes
    /* and each metric */
FROM study AS s JOIN study_point AS p USING (study_id)
    JOIN study_strategy AS g USING (study_id, variant)
    JOIN run AS r ON r.point_id = p.point_id AND r.strategy_id = g.strategy_id
        AND r.replication < s.replications_max;

-- Convergence curves: per study, place and strategy, at up to 201 times, the mean over the runs of
-- the share of live replicas that are informed, with its confidence interval.
--
-- The times are quantiles of the different sample times of the first 100 runs, so they lie dense
-- where the runs have their samples, however long single runs last; the last is that of all runs.
-- Between its samples a run counts with the value on the straight line; one that stopped early
-- stays at its last value; a sample without live replicas is passed over.  The interval is
-- Student's t at 95 %, cut to 0..1: from a table up to 30 degrees of freedom, then by the
-- Cornish-Fisher series z + a/df + b/df^2, which is good to 1e-4; NULL for a single run.
--
-- Each place of a study has the replications that its study asks for.  Costs two look-ups per run
-- and time, run by run because a run's samples lie together, and a sort of what they give; a few
-- seconds for 20 000 runs.  CROSS JOIN keeps SQLite from turning that around.
CREATE VIEW curve AS
WITH student (df, t) AS (
    VALUES
        (1, 12.706205), (2, 4.302653), (3, 3.182446), (4, 2.776445), (5, 2.570582),
        (6, 2.446912), (7, 2.364624), (8, 2.306004), (9, 2.262157), (10, 2.228139),
        (11, 2.200985), (12, 2.178813), (13, 2.160369), (14, 2.144787), (15, 2.131450),
        (16, 2.119905), (17, 2.109816), (18, 2.100922), (19, 2.093024), (20, 2.085963),
        (21, 2.079614), (22, 2.073873), (23, 2.068658), (24, 2.063899), (25, 2.059539),
        (26, 2.055529), (27, 2.051831), (28, 2.048407), (29, 2.045230), (30, 2.042272)
), place AS (
    SELECT s.study_id, s.name AS study, p.position + 1 AS point, g.strategy,
           point_id, strategy_id, replications_max AS wanted
    FROM study AS s JOIN study_point AS p USING (study_id)
        JOIN study_strategy AS g USING (study_id, variant)
), cell AS (
    SELECT point_id, strategy_id, wanted, row_number() OVER () AS cell
    FROM (SELECT DISTINCT point_id, strategy_id, wanted FROM place)
), made AS (
    SELECT cell, r.run_id, r.replication
    FROM cell AS c CROSS JOIN run AS r ON r.point_id = c.point_id
        AND r.strategy_id = c.strategy_id AND r.replication < c.wanted
    WHERE r.status = 'done'
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY cell ORDER BY replication) AS number FROM made
), tile AS (
    SELECT cell, t_ns, ntile(200) OVER (PARTITION BY cell ORDER BY t_ns) AS number
    FROM (SELECT DISTINCT cell, t_ns
          FROM numbered CROSS JOIN sample USING (run_id) WHERE number <= 100)
), bin AS (
    SELECT cell, max(t_ns) AS t_ns FROM tile GROUP BY cell, number
    UNION
    SELECT cell, min(t_ns) FROM tile GROUP BY cell
    UNION
    SELECT cell, max((SELECT max(t_ns) FROM sample WHERE run_id = made.run_id))
    FROM made GROUP BY cell
), piece AS MATERIALIZED (
    SELECT run_id, t_ns, informed / alive AS informed,
           lead(t_ns) OVER later AS next_ns, lead(informed / alive) OVER later AS next_informed
    FROM (SELECT DISTINCT run_id FROM made) CROSS JOIN sample USING (run_id) WHERE alive > 0
    WINDOW later AS (PARTITION BY run_id ORDER BY t_ns)
), carried AS (
    SELECT cell, bin.t_ns, a.informed + coalesce((a.next_informed - a.informed) *
               (bin.t_ns - a.t_ns) / (a.next_ns - a.t_ns), 0.0) AS informed
    FROM made CROSS JOIN bin USING (cell)
        CROSS JOIN piece AS a ON a.run_id = made.run_id AND a.t_ns =
            (SELECT max(t_ns) FROM sample
             WHERE run_id = made.run_id AND t_ns <= bin.t_ns AND alive > 0)
), moment AS (
    SELECT cell, t_ns, count(informed) AS runs, avg(informed) AS mean,
           max(avg(informed * informed) - avg(informed) * avg(informed), 0.0) AS variance
    FROM carried GROUP BY cell, t_ns
), half AS (
    SELECT *, sqrt(variance / (runs - 1)) *
              coalesce((SELECT t FROM student WHERE df = runs - 1),
                       1.959964 + 2.372271 / (runs - 1) + 2.822499 / ((runs - 1) * (runs - 1)))
              AS width
    FROM moment
)
SELECT study_id, study, point, strategy, point_id, strategy_id,
       (SELECT seed FROM run WHERE run.point_id = place.point_id LIMIT 1) AS seed, t_ns,
       t_ns / 1e9 AS t, runs, mean, max(mean - width, 0.0) AS lower,
       min(mean + width, 1.0) AS upper
FROM place JOIN cell USING (point_id, strategy_id, wanted) JOIN half USING (cell);
