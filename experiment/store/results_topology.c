/* SPDX-License-Identifier: GPL-3.0-or-later */
/* results_topology.c - the row of a point's topology; see results.h. */
#include "experiment/store/results_private.h"

#include "experiment/store/database.h"

bool results_has_topology(struct results *results, size_t point, bool *has, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(results->database, results->path,
                                               "SELECT 1 FROM topology WHERE point_id = ?", errors);
    int code;

    if (!statement)
        return false;
    results_bind(statement, "i", results->point_ids[point]);
    code = sqlite3_step(statement);
    *has = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        results_failed(results, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

bool results_add_topology(struct results *results, size_t point, const struct topology_measures *m,
                          struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(
        results->database, results->path,
        "INSERT INTO topology (point_id, nodes, links, degree_mean, degree_min, degree_max, "
        "diameter, clustering, components, largest, is_exact) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        errors);
    bool is_good;

    if (!statement)
        return false;
    results_bind(statement, "iiidiiididi", results->point_ids[point], (int64_t)m->nodes,
                 (int64_t)m->links, m->degree_mean, (int64_t)m->degree_min, (int64_t)m->degree_max,
                 (int64_t)m->diameter, m->clustering, (int64_t)m->components, m->largest,
                 (int64_t)m->is_exact);
    is_good = results_step(results, statement, errors);
    sqlite3_finalize(statement);
    return is_good;
}
