/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_place.c - see metric_place.h. */
#include "analysis/study/metric_place.h"

#include <stddef.h>

static void find(struct metric_place *place, int64_t set_id)
{
    place->set_id = set_id;
    place->place = -1;
    place->is_known = true;
    sqlite3_bind_int64(place->find, 1, set_id);
    sqlite3_bind_text(place->find, 2, place->name, -1, SQLITE_STATIC);
    if (sqlite3_step(place->find) == SQLITE_ROW)
        place->place = sqlite3_column_int(place->find, 0);
    sqlite3_reset(place->find);
}

static void tell(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct metric_place *place = sqlite3_user_data(context);
    const int64_t set_id = sqlite3_value_int64(values[0]);

    (void)count;
    if (!place->is_known || place->set_id != set_id)
        find(place, set_id);
    if (place->place >= 0)
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
