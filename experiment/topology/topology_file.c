/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_file.c - see topology_file.h. */
#include "experiment/topology/links.h"
#include "experiment/topology/topology_file_edges.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the text ---- */

bool file_fail(struct graph_file *file, int line, int column, const char *format, ...)
{
    const struct place place = { .file = file->name, .line = line, .column = column };
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (!file->has_failed)
        errors_add_at(file->errors, &place, NULL, "%s", text);
    file->has_failed = true;
    g_free(text);
    return false;
}

int file_peek(const struct graph_file *file)
{
    return file->peeked;
}

void file_skip(struct graph_file *file)
{
    if (file->peeked == '\n') {
        file->line++;
        file->column = 0;
    }
    file->peeked = getc_unlocked(file->in);
    if (file->peeked == EOF || (file->peeked & 0xc0) != 0x80) /* not within a character */
        file->column++;
    if (file->peeked == 0 ||
        (file->peeked > 0 && file->peeked < ' ' && strchr("\t\n\v\f\r", file->peeked) == NULL)) {
        file_fail(file, file->line, file->column, "byte %d: this is no text", file->peeked);
        file->peeked = EOF;
    }
}

/* ---- what stands in it ---- */

bool file_number(struct graph_file *file, const char *text, int line, int column, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = g_ascii_strtoull(text, &end, 10);
    if (!g_ascii_isdigit(text[0]) || *end != 0)
        return file_fail(file, line, column, "`%.40s` is not the number of a node", text);
    return errno == 0 ||
           file_fail(file, line, column, "%.40s is too large for a node's number", text);
}

/* A number with a unit, perhaps with a blank between them. */
static bool read_time(struct graph_file *file, const char *text, int line, int column,
                      sim_time *latency)
{
    char joined[64], why[QUANTITY_WHY_MAX];
    size_t length = 0;

    for (; *text != 0 && length + 1 < sizeof joined; text++)
        if (*text != ' ' && *text != '\t')
            joined[length++] = *text;
    joined[length] = 0;
    return quantity_read_time(joined, latency, why) || file_fail(file, line, column, "%s", why);
}

bool file_weight(struct graph_file *file, const char *text, int line, int column, sim_time *latency)
{
    const size_t length = strlen(text);
    double weight, span;

    *latency = NO_LATENCY;
    if (length > 0 && g_ascii_isdigit(text[0]) && g_ascii_isalpha(text[length - 1]))
        return read_time(file, text, line, column, latency);
    if (!quantity_read_real(text, &weight, NULL))
        return file_fail(file, line, column,
                         "`%.40s` is not a weight: a number, or a time as in 40ms", text);
    file->notes.has_weights = file->notes.has_weights || file->unit == 0;
    if (file->unit == 0)
        return true;
    file->notes.has_units = true;
    span = weight * (double)file->unit;
    if (span < 0 || span > (double)(365 * SIM_DAY))
        return file_fail(file, line, column, "%.40s is no latency: from 0 to 365 days", text);
    *latency = (sim_time)(span + 0.5);
    return true;
}

bool file_loss(struct graph_file *file, const char *text, int line, int column, float *loss)
{
    char why[QUANTITY_WHY_MAX];
    double share;

    if (!quantity_read_fraction(text, &share, why))
        return file_fail(file, line, column, "%s", why);
    *loss = (float)share;
    file->has_losses = file->has_losses || share > 0;
    return true;
}

bool file_edge(struct graph_file *file, const struct edge *edge)
{
    const struct edge *first = (const struct edge *)(const void *)file->edges->data;

    if (file->edges->len > 0 && (first->latency < 0) != (edge->latency < 0))
        return file_fail(file, edge->line, edge->column,
                         first->latency < 0 ? "has a latency, but the first edge has none"
                                            : "has no latency, but the first edge has one");
    if (file->edges->len == FILE_EDGES_MAX)
        return file_fail(file, edge->line, edge->column, "more than %d edges", FILE_EDGES_MAX);
    g_array_append_vals(file->edges, edge, 1);
    return true;
}

/* ---- the graph ---- */

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* An error at the second node of this number. */
static void refuse_twice(struct graph_file *file, uint64_t number)
{
    int met = 0;

    for (guint i = 0; i < file->nodes->len && !file->has_failed; i++) {
        const struct declared *node = &g_array_index(file->nodes, struct declared, i);

        if (node->number == number && met++ == 1)
            file_fail(file, node->line, node->column, "node %" G_GUINT64_FORMAT " is there already",
                      number);
    }
}

/* The numbers of all nodes, ascending, each once: the declared ones, or those of edges.  An error
 * if one is declared twice. */
static GArray *numbers_of(struct graph_file *file)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    guint kept = 0;

    for (guint i = 0; file->nodes != NULL && i < file->nodes->len; i++)
        g_array_append_val(numbers, g_array_index(file->nodes, struct declared, i).number);
    for (guint i = 0; file->nodes == NULL && i < file->edges->len; i++) {
        const struct edge *edge = &g_array_index(file->edges, struct edge, i);

        g_array_append_val(numbers, edge->a);
        g_array_append_val(numbers, edge->b);
    }
    g_array_sort(numbers, compare);
    for (guint i = 0; i < numbers->len; i++) {
        const uint64_t number = g_array_index(numbers, uint64_t, i);

        if (kept == 0 || number != g_array_index(numbers, uint64_t, kept - 1))
            g_array_index(numbers, uint64_t, kept++) = number;
        else if (file->nodes != NULL && !file->has_failed)
            refuse_twice(file, number);
    }
    g_array_set_size(numbers, kept);
    return numbers;
}

bool file_place(const GArray *numbers, uint64_t number, uint32_t *place)
{
    const uint64_t *list = (const uint64_t *)(const void *)numbers->data;
    const uint64_t *found =
        numbers->len == 0 ? NULL : bsearch(&number, list, numbers->len, sizeof number, compare);

    *place = found == NULL ? 0 : (uint32_t)(found - list);
    return found != NULL;
}

/* The place of a node's number; false and an error if the file does not declare it. */
static bool find(struct graph_file *file, const GArray *numbers, uint64_t number,
                 const struct edge *edge, uint32_t *place)
{
    return file_place(numbers, number, place) ||
           file_fail(file, edge->line, edge->column,
                     "an edge of node %" G_GUINT64_FORMAT ", which the file does not have", number);
}

/* The place of a link that the graph has. */
static uint64_t link_at(const struct sim_graph *graph, uint32_t from, uint32_t to)
{
    uint64_t low = graph->start[from], high = graph->start[from + 1] - 1;

    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;

        if (graph->to[middle] < to)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Gives a direction of a link what its edge says, unless an earlier one did. */
static void set_weights(const struct sim_graph *graph, uint32_t from, uint32_t to,
                        const struct edge *edge)
{
    const uint64_t at = link_at(graph, from, to);

    if (graph->latency != NULL && graph->latency[at] == NO_LATENCY)
        graph->latency[at] = edge->latency;
    if (graph->loss != NULL && graph->loss[at] < 0)
        graph->loss[at] = edge->loss;
}

/* Latencies and losses, where edges have some: of edges given twice the first counts, and a
 * direction that is not given has those of the other.  False: memory is short. */
static bool add_weights(const struct graph_file *file, const struct links *links,
                        struct sim_graph *graph)
{
    const bool has_latency = g_array_index(file->edges, struct edge, 0).latency != NO_LATENCY;
    const uint64_t count = graph->start[graph->nodes];

    if (!has_latency && !file->has_losses)
        return true;
    if (has_latency)
        graph->latency = malloc((count + 1) * sizeof *graph->latency);
    if (file->has_losses)
        graph->loss = malloc((count + 1) * sizeof *graph->loss);
    for (uint64_t i = 0; i < count && graph->latency != NULL; i++)
        graph->latency[i] = NO_LATENCY;
    for (uint64_t i = 0; i < count && graph->loss != NULL; i++)
        graph->loss[i] = -1;
    for (int is_back = 0; is_back < 2; is_back++)
        for (guint i = 0; i < file->edges->len; i++) {
            const struct edge *edge = &g_array_index(file->edges, struct edge, i);
            const struct link link = links->list[i];

            if (link.a == link.b)
                continue;
            if (!is_back)
                set_weights(graph, link.a, link.b, edge);
            if (is_back || !edge->is_directed)
                set_weights(graph, link.b, link.a, edge);
        }
    return (graph->latency != NULL || !has_latency) && (graph->loss != NULL || !file->has_losses);
}

/* The hash of a graph. */
static void seal(struct topology_file *made)
{
    const struct sim_graph *graph = made->graph;
    const uint64_t links = graph->start[graph->nodes];
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    const guchar *const latency = (const guchar *)graph->latency;

    for (uint32_t i = 0; i <= graph->nodes; i++)
        g_checksum_update(sum, (const guchar *)&graph->start[i], sizeof *graph->start);
    for (uint64_t i = 0; i < links; i++) {
        g_checksum_update(sum, (const guchar *)&graph->to[i], sizeof *graph->to);
        if (latency != NULL)
            g_checksum_update(sum, (const guchar *)&graph->latency[i], sizeof *graph->latency);
        if (graph->loss != NULL)
            g_checksum_update(sum, (const guchar *)&graph->loss[i], sizeof *graph->loss);
    }
    g_strlcpy(made->sha256, g_checksum_get_string(sum), sizeof made->sha256);
    g_checksum_free(sum);
}

/* The graph of the edges; NULL, and an error unless memory is short. */
static struct topology_file *make(struct graph_file *file)
{
    GArray *numbers = numbers_of(file);
    struct links links = { 0 };
    struct topology_file *made = g_new0(struct topology_file, 1);

    made->notes = file->notes;
    for (guint i = 0; i < file->edges->len && !file->has_failed; i++) {
        const struct edge *edge = &g_array_index(file->edges, struct edge, i);
        uint32_t a = 0, b = 0;

        if (!find(file, numbers, edge->a, edge, &a) || !find(file, numbers, edge->b, edge, &b))
            break;
        links_add(&links, a, b);
        made->notes.loops += a == b;
    }
    if (!file->has_failed)
        made->graph = links_graph(&links, numbers->len);
    if (made->graph != NULL) {
        made->notes.repeated =
            links.count - made->notes.loops - made->graph->start[numbers->len] / 2;
        if (!add_weights(file, &links, made->graph)) {
            sim_graph_free(made->graph);
            made->graph = NULL;
        }
    }
    if (made->graph != NULL) {
        file_access(file, numbers, &made->access);
        seal(made);
    }
    links_clear(&links);
    g_array_free(numbers, TRUE);
    if (made->graph != NULL)
        return made;
    g_free(made);
    return NULL;
}

/* ---- the file ---- */

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), tail = strlen(ending);

    return length > tail && g_ascii_strcasecmp(path + length - tail, ending) == 0;
}

/* The mark of byte order that some programs begin a text with, if it is there. */
static void skip_mark(struct graph_file *file)
{
    if (file->peeked != 0xef)
        return;
    for (int i = 0; i < 3; i++)
        file_skip(file);
    file->column = 1;
}

static struct topology_file *read_graph(struct graph_file *file, const char *path)
{
    struct topology_file *made = NULL;
    bool is_good;

    file->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
    file->line = 1;
    file->peeked = ' ';
    file_skip(file);
    skip_mark(file);
    if (ends_in(path, ".gml"))
        is_good = file_read_gml(file);
    else if (ends_in(path, ".graphml"))
        is_good = file_read_graphml(file);
    else
        is_good = file_read_list(file);
    if (is_good && ferror(file->in))
        is_good = file_fail(file, 0, 0, "cannot be read: %s", g_strerror(errno));
    if (is_good && file->edges->len == 0 && !file->has_failed)
        is_good = file_fail(file, 0, 0,
                            "no edges; two node numbers a line were expected, or what is in GML "
                            "or GraphML if the name ends in .gml or .graphml");
    if (is_good && !file->has_failed)
        made = make(file);
    g_array_free(file->edges, TRUE);
    if (file->nodes != NULL)
        g_array_free(file->nodes, TRUE);
    return made;
}

struct topology_file *topology_file_read(const char *path, const char *name, sim_time unit,
                                         char why[TOPOLOGY_WHY_MAX], struct errors *errors)
{
    struct graph_file file = { .name = name, .unit = unit, .errors = errors };
    const int number = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* never waits for a pipe */
    struct topology_file *made;
    struct stat about;

    why[0] = 0;
    if (number < 0 || fstat(number, &about) != 0) {
        g_snprintf(why, TOPOLOGY_WHY_MAX, "cannot read '%.80s': %s", name, g_strerror(errno));
    } else if (!S_ISREG(about.st_mode)) {
        g_snprintf(why, TOPOLOGY_WHY_MAX, "cannot read '%.80s': it is no regular file", name);
    } else {
        file.in = fdopen(number, "r");
        if (file.in == NULL)
            g_snprintf(why, TOPOLOGY_WHY_MAX, "cannot read '%.80s': %s", name, g_strerror(errno));
    }
    if (file.in == NULL) {
        if (number >= 0)
            close(number);
        return NULL;
    }
    made = read_graph(&file, path);
    fclose(file.in);
    if (made == NULL && !file.has_failed)
        g_snprintf(why, TOPOLOGY_WHY_MAX, "'%.80s' does not fit into memory", name);
    return made;
}

void topology_file_free(struct topology_file *file)
{
    if (file == NULL)
        return;
    sim_graph_free(file->graph);
    g_free(file->access.classes);
    g_free(file->access.of);
    g_free(file);
}
