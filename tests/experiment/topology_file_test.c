/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Graphs from files: the three formats, numbering with gaps, weights as latencies; and whatever is
 * wrong is refused with its line and column.
 */
#include "experiment/topology/topology_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/topology_file_XXXXXX";

static const char *path_of(const char *name, char path[200])
{
    snprintf(path, 200, "%s/%s", folder, name);
    return path;
}

/* The links as `0-1 0-2:5ms`, or the error as `LINE:COLUMN text`. */
static void describe(const char *name, sim_time unit, char *text, size_t size)
{
    char path[200], why[TOPOLOGY_WHY_MAX];
    struct errors errors = { 0 };
    struct topology_file *file =
        topology_file_read(path_of(name, path), "graph", unit, why, &errors);
    size_t length = 0;

    text[0] = 0;
    if (file == NULL && why[0] != 0)
        snprintf(text, size, "%s", why);
    else if (file == NULL)
        snprintf(text, size, "%d:%d %s", errors.list[0].line, errors.list[0].column,
                 errors.list[0].text);
    for (uint32_t i = 0; file != NULL && i < file->graph->nodes; i++)
        for (uint64_t k = file->graph->start[i]; k < file->graph->start[i + 1]; k++) {
            char latency[2 * QUANTITY_TEXT_MAX] = "";

            if (file->graph->latency != NULL)
                quantity_write_time(file->graph->latency[k], latency);
            if (file->graph->loss != NULL)
                snprintf(latency + strlen(latency), sizeof latency - strlen(latency), "~%g",
                         (double)file->graph->loss[k]);
            if (latency[0] != 0 || file->graph->to[k] > i)
                length += (size_t)snprintf(text + length, size - length, "%s%u-%u%s%s",
                                           length > 0 ? " " : "", i, file->graph->to[k],
                                           latency[0] ? ":" : "", latency);
        }
    if (file != NULL && file->notes.loops > 0)
        length +=
            (size_t)snprintf(text + length, size - length, " loops %d", (int)file->notes.loops);
    if (file != NULL && file->notes.repeated > 0)
        length += (size_t)snprintf(text + length, size - length, " repeated %d",
                                   (int)file->notes.repeated);
    if (file != NULL && file->notes.has_weights)
        length += (size_t)snprintf(text + length, size - length, " weights");
    for (size_t i = 0; file != NULL && i < file->access.count; i++)
        length += (size_t)snprintf(text + length, size - length, " %g:%lld/%lld",
                                   file->access.classes[i].share,
                                   (long long)file->access.classes[i].bandwidth,
                                   (long long)file->access.classes[i].downlink);
    for (uint32_t i = 0; file != NULL && file->access.count > 0 && i < file->graph->nodes; i++)
        length += (size_t)snprintf(text + length, size - length, "%c%u", i > 0 ? ',' : ' ',
                                   file->access.of[i]);
    if (file != NULL && file->notes.has_bandwidths && file->access.count == 0)
        snprintf(text + length, size - length, " %s", file->access.why);
    topology_file_free(file);
    errors_clear(&errors);
}

static void write_file(const char *name, const char *text, size_t bytes)
{
    char path[200];
    FILE *out = fopen(path_of(name, path), "w");

    assert_non_null(out);
    fwrite(text, 1, bytes, out);
    fclose(out);
}

static const struct {
    const char *name, *text;
    sim_time unit;
    const char *expected;
} cases[] = {
    { "a.csv", "0 1\n1 2\n", 0, "0-1 1-2" },
    { "a.csv", "# a comment\n\n%another\n1\t2\n2,3 # the rest\n", 0, "0-1 1-2" },
    { "a.csv", "source;target\n10;20\n1000000000000;20", 0, "0-1 1-2" },
    { "a.csv", "1 2\r\n2 3\r\n", 0, "0-1 1-2" },
    { "a.csv", "\xef\xbb\xbf 1 2\n3 4\n", 0, "0-1 2-3" },
    { "a.csv",
      "\xef\xbb\xbf"
      "5\n",
      0, "1:1 `5` alone" },
    { "a.csv", "1 2\n2 1\n1 1\n1 2\n", 0, "0-1 loops 1 repeated 2" },
    { "a.csv", "1 2 0.5\n2 3 7\n", 0, "0-1 1-2 weights" },
    { "a.csv", "1 2 0.5\n2 3 7\n", SIM_MILLISECOND, "0-1:500us 1-0:500us 1-2:7ms 2-1:7ms" },
    { "a.csv", "1 2 40ms 77 99\n", 0, "0-1:40ms 1-0:40ms" },
    { "a.csv", "1 2 40ms\n2 1 50ms\n", 0, "0-1:40ms 1-0:40ms repeated 1" },
    { "a.csv", "1 2 40ms\n1 3\n", 0, "2:1 has no latency, but the first edge has one" },
    { "a.csv", "1 2\n1 3 40ms\n", 0, "2:1 has a latency, but the first edge has none" },
    { "a.csv", "", 0,
      "0:0 no edges; two node numbers a line were expected, or what is in GML or "
      "GraphML if the name ends in .gml or .graphml" },
    { "a.csv", "# nothing\n", 0, "0:0 no edges; two node" },
    { "a.csv", "1 2\n3\n", 0, "2:1 `3` alone; two node numbers a line were expected" },
    { "a.csv", "1 2\n3 x\n", 0, "2:3 `x` is not the number of a node" },
    { "a.csv", "1 2\n3 -1\n", 0, "2:3 `-1` is not the number of a node" },
    { "a.csv", "1 18446744073709551616\n", 0, "1:3 18446744073709551616 is too large for a node" },
    { "a.csv", "1 2 heavy\n", 0, "1:5 `heavy` is not a weight: a number, or a time as in 40ms" },
    { "a.csv", "1 2 40m\n", 0, "1:5 `40m` has an unknown unit" },
    { "a.csv", "1 2 -3\n", SIM_MILLISECOND, "1:5 -3 is no latency: from 0 to 365 days" },
    { "a.csv", "1 2 1e300\n", SIM_MILLISECOND, "1:5 1e300 is no latency" },
    { "a.csv", "\xc3\xa9 \xc3\xa9\n1 2 y\n", 0, "2:5 `y` is not a weight" },
    { "a.csv", "1 111111111122222222223333333333444444444455555555556666666666777777\n", 0,
      "1:3 too long for a number: 1111111111222222222233333333334444444444" },
    { "a.csv", "1 2\n\x01\x02", 0, "2:1 byte 1: this is no text" },

    { "a.gml",
      "graph [\n  directed 0\n"
      "  node [ id 7 host_bandwidth_up \"76200 Kibit\" ]\n  node [ id 3 label \"x\" ]\n"
      "  edge [ source 7 target 3 latency \"118555 us\" packet_loss 0.0 ]\n"
      "  edge [ source 7 target 7 latency \"1 ms\" ]\n]\n",
      0, "0-1:118555us 1-0:118555us loops 1 node 7 of its file has no `host_bandwidth_down`" },
    { "a.gml",
      "graph [ node [ id 7 host_bandwidth_up \"76200 Kibit\" host_bandwidth_down \"1 Gbit\" ]\n"
      "node [ id 3 bandwidth \"8Mbit/s\" ] node [ id 5 bandwidthdown \"1Gbit\" bandwidthup "
      "\"76200Kibit\" ] edge [ source 7 target 3 ] edge [ source 3 target 5 ] ]",
      0, "0-1 0-2 0.666667:78028800/1000000000 0.333333:8000000/8000000 1,0,0" },
    { "a.gml",
      "graph [ node [ id 7 bandwidthup 1024 bandwidthdown 5 ]\n node [ id 3 ]\n"
      "edge [ source 7 target 3 ] ]",
      0, "0-1 `1024` at line 1, column 33 of its file is no bandwidth with a unit" },
    { "a.gml",
      "graph [ directed 1 node [ id 0 ] node [ id 1 ] node [ id 2 ]\n"
      "edge [ source 0 target 1 packet_loss 0.25 ]\n"
      "edge [ source 1 target 0 packet_loss 0 ]\n"
      "edge [ source 2 target 1 packet_loss 1.0 ] ]",
      0, "0-1:~0.25 1-0:~0 1-2:~1 2-1:~1 repeated 1" },
    { "a.gml",
      "graph [ directed 1 node [ id 0 ] node [ id 1 ] node [ id 2 ]\n"
      "edge [ source 0 target 1 latency \"5 ms\" ]\n"
      "edge [ source 1 target 0 latency \"9 ms\" ]\n"
      "edge [ source 2 target 1 latency \"3 ms\" ] ]",
      0, "0-1:5ms 1-0:9ms 1-2:3ms 2-1:3ms repeated 1" },
    { "a.gml", "Creator \"me\" graph [ graphics [ x 1 [ ] ] node [ id 0 ] ]", 0, "0:0 no edges" },
    { "a.gml", "graph [ node [ id 0 ]\n edge [ source 0 target 5 ] ]", 0,
      "2:2 an edge of node 5, which the file does not have" },
    { "a.gml", "graph [ node [ id 0 ]\n edge [ source 0 ] ]", 0, "2:2 an edge without `target`" },
    { "a.gml", "graph [ node [ id 7 ] node [ id 3 ]\nnode [ id 7 ] edge [ source 3 target 7 ] ]", 0,
      "2:1 node 7 is there already" },
    { "a.graphml",
      "<graphml><graph edgedefault=\"directed\"><node id=\"b\"/>\n<node id=\"b\"/></graph>"
      "</graphml>",
      0, "2:" },
    { "a.gml", "graph [ node [ ] ]", 0, "1:9 a node without `id`" },
    { "a.gml", "graph [\n edge [ source 0 target 1 packet_loss 1.01 ] ]", 0,
      "2:39 1.01 is not a share" },
    { "a.gml", "graph [\n edge [ source 0 target 1 packet_loss 5% ] ]", 0,
      "2:39 a value with a unit stands in quotes, as in \"5%\" or \"10 ms\"" },
    { "a.gml", "graph [\n edge [ source 0 target 1 latency 10 ms ] ]", 0,
      "2:38 a value with a unit stands in quotes" },
    { "a.gml", "graph [ node [ id 0 host_bandwidth_up 1 Mbit/s ] ]", 0,
      "1:41 a value with a unit stands in quotes" },
    { "a.gml", "graph [\n node [ id 0\n", 0, "3:1 a `]` is missing before the end" },
    { "a.gml", "graph [ node [ id \"a ] ]", 0, "1:19 this text has no end" },
    { "a.gml", "graph [ {", 0, "1:9 `{` has no place in GML" },
    { "a.gml", "graph [ 5 ]", 0, "1:9 a key of GML was expected" },
    { "a.gml", "graph [ node ]", 0, "1:14 a value of `node` was expected" },

    { "a.graphml",
      "<?xml version=\"1.0\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
      "<key id=\"w\" for=\"edge\" attr.name=\"latency\" attr.type=\"string\"/>\n"
      "<graph edgedefault=\"undirected\"><node id=\"b\"/><node id=\"a\"/><node id=\"c\"/>\n"
      "<edge source=\"a\" target=\"b\"><data key=\"w\"> 2 ms </data></edge>\n"
      "<edge source=\"a\" target=\"c\"><data key=\"w\">7ms</data></edge></graph></graphml>",
      0, "0-1:2ms 1-0:2ms 1-2:7ms 2-1:7ms" },
    { "a.graphml",
      "<graphml><key id=\"u\" for=\"node\" attr.name=\"host_bandwidth_up\"/>\n"
      "<key id=\"d\" for=\"node\" attr.name=\"host_bandwidth_down\"/>\n"
      "<key id=\"l\" for=\"edge\" attr.name=\"packet_loss\"/><graph>\n"
      "<edge source=\"a\" target=\"b\"><data key=\"l\">5%</data></edge>\n"
      "<node id=\"b\"><data key=\"u\">1 Mbit</data><data key=\"d\">2 Mbit</data></node>\n"
      "<node id=\"a\"><data key=\"u\">3 Mbit</data><data key=\"d\">2 Mbit</data></node>\n"
      "</graph></graphml>",
      0, "0-1:~0.05 1-0:~0.05 0.5:3000000/2000000 0.5:1000000/2000000 0,1" },
    { "a.graphml",
      "<graphml><graph>\n<node id=\"a\"/><edge source=\"a\" target=\"x\"/>\n"
      "</graph></graphml>",
      0, "2:44 an edge of a node that the file does not have" },
    { "a.graphml", "<graphml>\n<edge source=\"a\"/></graphml>", 0, "2:1" },
    { "a.graphml", "<graphml><graph>", 0, "1:" },
    { "a.graphml", "<graphml>\n<graph>\n</nodes>", 0, "3:" },
    { "a.graphml", "<!DOCTYPE x [<!ENTITY a \"b\">]><graphml><node id=\"&a;\"/></graphml>", 0,
      "1:" },
    { "a.graphml", "no xml", 0, "1:" },
};

static void files_are_read_or_refused_at_their_place(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[600];

        write_file(cases[i].name, cases[i].text, strlen(cases[i].text));
        describe(cases[i].name, cases[i].unit, found, sizeof found);
        if (strncmp(found, cases[i].expected, strlen(cases[i].expected)) != 0)
            print_error("%s\nfound:    %s\nexpected: %s\n", cases[i].text, found,
                        cases[i].expected);
        wrong += strncmp(found, cases[i].expected, strlen(cases[i].expected)) != 0;
    }
    assert_int_equal(wrong, 0);
}

static void what_is_no_file_is_refused(void **state)
{
    char path[200], found[600];

    (void)state;
    describe("missing", 0, found, sizeof found);
    assert_string_equal(found, "cannot read 'graph': No such file or directory");
    describe(".", 0, found, sizeof found);
    assert_string_equal(found, "cannot read 'graph': it is no regular file");
    assert_int_equal(mkfifo(path_of("fifo", path), 0600), 0);
    describe("fifo", 0, found, sizeof found);
    assert_string_equal(found, "cannot read 'graph': it is no regular file");
    unlink(path);
}

static void a_changed_graph_has_another_hash(void **state)
{
    static const char *const texts[] = { "1 2 5ms\n2 3 5ms\n", "1 2 5ms\n2 3 6ms\n",
                                         "1 3 5ms\n2 3 5ms\n", "2 3 5ms\n1 2 5ms\n" };
    char sums[4][65], path[200], why[TOPOLOGY_WHY_MAX];

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct errors errors = { 0 };
        struct topology_file *file;

        write_file("a.csv", texts[i], strlen(texts[i]));
        file = topology_file_read(path_of("a.csv", path), "graph", 0, why, &errors);
        memcpy(sums[i], file->sha256, sizeof sums[i]);
        topology_file_free(file);
    }
    assert_string_not_equal(sums[0], sums[1]);
    assert_string_not_equal(sums[0], sums[2]);
    assert_string_equal(sums[0], sums[3]); /* the order of lines is no matter */
}

/* Each node has its own bandwidth, and there are more than classes can be. */
static void too_many_bandwidths_are_refused(void **state)
{
    enum { NODES = 66000 };
    char path[200], why[TOPOLOGY_WHY_MAX];
    FILE *out = fopen(path_of("a.gml", path), "w");
    struct errors errors = { 0 };
    struct topology_file *file;

    (void)state;
    assert_non_null(out);
    fprintf(out, "graph [ edge [ source 0 target 1 ]\n");
    for (int i = 0; i < NODES; i++)
        fprintf(out, "node [ id %d bandwidth \"%d bit\" ]\n", i, i + 1);
    fprintf(out, "]\n");
    fclose(out);
    file = topology_file_read(path, "graph", 0, why, &errors);
    assert_non_null(file);
    assert_int_equal(file->access.count, 0);
    assert_string_equal(file->access.why,
                        "its file has more than 65535 different pairs of bandwidths");
    topology_file_free(file);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    static const char *const names[] = { "a.csv", "a.gml", "a.graphml" };
    char path[200];

    (void)state;
    for (size_t i = 0; i < 3; i++)
        unlink(path_of(names[i], path));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_or_refused_at_their_place),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_changed_graph_has_another_hash),
        cmocka_unit_test(too_many_bandwidths_are_refused),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
