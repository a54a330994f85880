/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_place.c - see metric_place.h. */
#include "analysis/study/metric_place.h"

#include <stddef.h>

/* Returns SQLite's code, SQLITE_ROW or SQLITE_DONE if all is well. */
static int find(struct metric_place *place, int64_t set_id)
{
    int code;

    place->set_id = set_id;
    place->place = -1;
    sqlite3_bind_int64(place->find, 1, set_id);
    sqlite3_bind_text(place->find, 2, place->name, -1, SQLITE_STATIC);
    code = sqlite3_step(place->find);
    if (code == SQLITE_ROW)
        place->place = sqlite3_column_int(place->find, 0);
    place->is_known = code == SQLITE_ROW || code == SQLITE_DONE;
    sqlite3_reset(place->find);
    return code;
}

static void tell(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct metric_place *place = sqlite3_user_data(context);
    const int64_t set_id = sqlite3_value_int64(values[0]);
    int code = SQLITE_DONE;

    (void)count;
    if (!place->is_known || place->set_id != set_id)
        code = find(place, set_id);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        sqlite3_result_error_code(context, code);
    else if (place->place >= 0)
        sqlite3_result_int(context, place->place);
}

int metric_place_init(struct metric_place *place, sqlite3 *database)
{
    int code =
        sqlite3_prepare_v2(database, "SELECT place FROM metric_name WHERE set_id = ? AND name = ?",
                           -1, &place->find, NULL);

    return code != SQLITE_OK
               ? code
               : sqlite3_create_function(database, "metric_place", 1,
                                         SQLITE_UTF8 | SQLITE_DIRECTONLY, place, tell, NULL, NULL);
}

void metric_place_clear(struct metric_place *place)
{
    sqlite3_finalize(place->find);
}

void metric_place_ask(struct metric_place *place, const char *name)
{
    place->name = name;
    place->is_known = false;
}
