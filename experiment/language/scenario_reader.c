/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_reader.c - what reading needs besides the tree: the files that scenarios name, each read
 * once. */
#include "experiment/language/region_table.h"
#include "experiment/language/scenario.h"
#include "experiment/language/weight_table.h"

static void free_measurements(gpointer data)
{
    struct measurements *measured = data;

    g_free(measured->values);
    g_free(measured);
}

static void free_matrix(gpointer data)
{
    region_table_free(data);
}

static void free_trace(gpointer data)
{
    write_trace_free(data);
}

static void free_graph(gpointer data)
{
    topology_file_free(data);
}

static void free_record(gpointer data)
{
    churn_trace_free(data);
}

static void free_weights(gpointer data)
{
    weight_table_free(data);
}

void scenario_reader_init(struct scenario_reader *reader, const struct model *const *models,
                          const char *path, struct errors *errors)
{
    *reader = (struct scenario_reader){ .models = models, .errors = errors };
    reader->folder = g_path_get_dirname(path);
    reader->measured = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_measurements);
    reader->matrices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_matrix);
    reader->traces = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_trace);
    reader->graphs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_graph);
    reader->records = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_record);
    reader->weights = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_weights);
}

void scenario_reader_clear(struct scenario_reader *reader)
{
    g_free(reader->folder);
    g_clear_pointer(&reader->measured, g_hash_table_destroy);
    g_clear_pointer(&reader->matrices, g_hash_table_destroy);
    g_clear_pointer(&reader->traces, g_hash_table_destroy);
    g_clear_pointer(&reader->graphs, g_hash_table_destroy);
    g_clear_pointer(&reader->records, g_hash_table_destroy);
    g_clear_pointer(&reader->weights, g_hash_table_destroy);
}

bool scenario_reader_has_files(const struct scenario_reader *reader)
{
    GHashTable *const tables[] = { reader->measured, reader->matrices, reader->graphs,
                                   reader->traces,   reader->records,  reader->weights };

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (g_hash_table_size(tables[i]) > 0)
            return true;
    return false;
}
