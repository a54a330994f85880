/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_tables.c - see plan_tables.h. */
#include "experiment/plan/plan_tables.h"

#include <glib.h>
#include <pthread.h>

enum { KEPT_MAX = 64 }; /* tables, of 32 KiB each unless they are samples; more only if in use */

struct kept {
    struct distribution_spec spec;
    struct distribution *table;
    int users;
};

struct plan_tables {
    pthread_mutex_t lock;
    GArray *kept; /* struct kept; what was last asked for stands last */
};

struct plan_tables *plan_tables_new(void)
{
    struct plan_tables *tables = g_new0(struct plan_tables, 1);

    pthread_mutex_init(&tables->lock, NULL);
    tables->kept = g_array_new(FALSE, FALSE, sizeof(struct kept));
    return tables;
}

void plan_tables_free(struct plan_tables *tables)
{
    if (tables == NULL)
        return;
    for (guint i = 0; i < tables->kept->len; i++)
        distribution_free(g_array_index(tables->kept, struct kept, i).table);
    g_array_free(tables->kept, TRUE);
    pthread_mutex_destroy(&tables->lock);
    g_free(tables);
}

static bool is_same(const struct distribution_spec *a, const struct distribution_spec *b)
{
    return a->kind == b->kind && a->a == b->a && a->b == b->b && a->values == b->values &&
           a->value_count == b->value_count && a->is_smooth == b->is_smooth;
}

/* With the lock: a table that is there already, from now on with one more user; or NULL. */
static const struct distribution *find(struct plan_tables *tables,
                                       const struct distribution_spec *spec)
{
    for (guint i = tables->kept->len; i-- > 0;) {
        struct kept kept = g_array_index(tables->kept, struct kept, i);

        if (!is_same(&kept.spec, spec))
            continue;
        kept.users++;
        g_array_remove_index(tables->kept, i);
        g_array_append_val(tables->kept, kept);
        return kept.table;
    }
    return NULL;
}

/* With the lock: frees those that nobody uses, the oldest first, until there are not too many. */
static void drop_oldest(struct plan_tables *tables)
{
    for (guint i = 0; i < tables->kept->len && tables->kept->len > KEPT_MAX;) {
        const struct kept *kept = &g_array_index(tables->kept, struct kept, i);

        if (kept->users > 0) {
            i++;
            continue;
        }
        distribution_free(kept->table);
        g_array_remove_index(tables->kept, i);
    }
}

const struct distribution *plan_tables_take(struct plan_tables *tables,
                                            const struct distribution_spec *spec)
{
    struct kept made = { .spec = *spec, .users = 1 };
    const struct distribution *found;

    pthread_mutex_lock(&tables->lock);
    found = find(tables, spec);
    pthread_mutex_unlock(&tables->lock);
    if (found != NULL)
        return found;
    made.table = distribution_new(spec); /* while others go on */
    if (made.table == NULL)
        return NULL;
    pthread_mutex_lock(&tables->lock);
    found = find(tables, spec);
    if (found == NULL) {
        g_array_append_val(tables->kept, made);
        drop_oldest(tables);
    }
    pthread_mutex_unlock(&tables->lock);
    if (found != NULL)
        distribution_free(made.table);
    return found != NULL ? found : made.table;
}

void plan_tables_return(struct plan_tables *tables, const struct distribution *table)
{
    if (table == NULL)
        return;
    pthread_mutex_lock(&tables->lock);
    for (guint i = tables->kept->len; i-- > 0;) {
        struct kept *kept = &g_array_index(tables->kept, struct kept, i);

        if (kept->table == table) {
            kept->users--;
            break;
        }
    }
    pthread_mutex_unlock(&tables->lock);
}
