/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_links.c - see check_links.h. */
#include "cli/check_links.h"

#include "base/quantity.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Four digits are enough to read: 76200 Kibit of a file are 78.03Mbit/s. */
char *links_rate_text(int64_t bits)
{
    static const char *const units[] = { "bit/s", "kbit/s", "Mbit/s", "Gbit/s" };
    char exact[QUANTITY_TEXT_MAX] = "unlimited", rounded[QUANTITY_TEXT_MAX];
    double rate = (double)bits;
    int unit = 0;

    if (bits <= 0)
        return g_strdup(exact);
    quantity_write_bitrate(bits, exact);
    for (; rate >= 999.95 && unit < 3; unit++)
        rate /= 1000;
    quantity_write_real(
        g_ascii_strtod(g_ascii_formatd(rounded, sizeof rounded, "%.4g", rate), NULL), rounded);
    return strlen(exact) <= strlen(rounded) + strlen(units[unit])
               ? g_strdup(exact)
               : g_strconcat(rounded, units[unit], NULL);
}

void links_rate_json(const char *key, int64_t bits)
{
    if (bits > 0)
        printf(", \"%s\": %lld", key, (long long)bits);
    else
        printf(", \"%s\": null", key);
}

enum { CLASSES_MAX = 8 }; /* that have a line each */

/* What links have: the least, the most, and what half of the nodes have at least. */
struct span {
    int64_t low, middle, high;
};

static int compare_rates(const void *a, const void *b)
{
    const struct sim_access_class *x = a, *y = b;

    /* 0 is no limit */
    const uint64_t a_rate = (uint64_t)x->bandwidth - 1, b_rate = (uint64_t)y->bandwidth - 1;

    return (a_rate > b_rate) - (a_rate < b_rate);
}

static struct span span_of_classes(const struct sim_network *network, bool is_down)
{
    const size_t count = network->access_count;
    struct sim_access_class *classes = g_memdup2(network->access, count * sizeof *network->access);
    struct span span = { 0 };
    double below = 0;
    size_t i = 0;

    for (size_t k = 0; is_down && k < count; k++)
        classes[k].bandwidth = classes[k].downlink;
    qsort(classes, count, sizeof *classes, compare_rates);
    while (i + 1 < count && below + classes[i].share < 0.5)
        below += classes[i++].share;
    span =
        (struct span){ classes[0].bandwidth, classes[i].bandwidth, classes[count - 1].bandwidth };
    g_free(classes);
    return span;
}

/* One line for all of them. */
static void print_many_classes(const struct sim_network *network)
{
    printf("links: of %zu classes", network->access_count);
    for (int is_down = 0; is_down < 2; is_down++) {
        struct span span = span_of_classes(network, is_down);
        char *low = links_rate_text(span.low), *middle = links_rate_text(span.middle),
             *high = links_rate_text(span.high);

        printf(", %s %s to %s, half of them at least %s", is_down ? "downlinks" : "uplinks", low,
               high, middle);
        g_free(low);
        g_free(middle);
        g_free(high);
    }
    putchar('\n');
}

/* A line for each class of links. */
void check_links_print(const struct sim_network *network)
{
    if (network->access_count > CLASSES_MAX) {
        print_many_classes(network);
        return;
    }
    for (size_t i = 0; i < network->access_count; i++) {
        const struct sim_access_class *class = &network->access[i];
        char *up = links_rate_text(class->bandwidth), *down = links_rate_text(class->downlink);

        printf("%s %.4g %% of the nodes: uplinks %s, downlinks %s\n", i == 0 ? "links:" : "      ",
               100 * class->share, up, down);
        g_free(up);
        g_free(down);
    }
}

void check_links_json(const struct sim_network *network)
{
    if (network->access_count == 0)
        return;
    printf(", \"access\": [");
    for (size_t i = 0; i < network->access_count; i++) {
        printf("%s{\"share\": %.6g", i > 0 ? ", " : "", network->access[i].share);
        links_rate_json("bandwidth", network->access[i].bandwidth);
        links_rate_json("downlink", network->access[i].downlink);
        printf("}");
    }
    printf("]");
}
