/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Networks of groups: matrices that are written, of files in each of their forms, or presets, and
 * what differs by group, reach the engine as they are meant; groups come from where they should;
 * what does not fit is refused at its place.
 */
#include "experiment/plan/plan.h"
#include "tests/experiment/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define HEAD  "gossipsim: 1\nnodes: 10\n"
#define STACK "strategies: {a: {anti-entropy: {}}}\n"
#define THREE "groups: {eu: 5, us: 3, ap: 2}\n"

/* A scenario in a folder with a file beside it, m.csv. */
struct study {
    char *folder, *scenario, *matrix;
    struct errors errors;
    struct plan *plan;
    struct setup *setup;
    const struct sim_config *config;
};

static void open_study(struct study *s, const char *text, const char *matrix)
{
    const struct plan_options options = { 0 };

    *s = (struct study){ .folder = g_dir_make_tmp("regions-XXXXXX", NULL) };
    s->scenario = g_build_filename(s->folder, "a.yaml", NULL);
    s->matrix = g_build_filename(s->folder, "m.csv", NULL);
    assert_true(g_file_set_contents(s->scenario, text, -1, NULL));
    if (matrix != NULL)
        assert_true(g_file_set_contents(s->matrix, matrix, -1, NULL));
    s->plan = plan_read(s->scenario, &options, &s->errors);
    if (s->plan == NULL)
        return;
    s->setup = plan_setup(s->plan, 0);
    s->config = setup_config(s->setup, 0);
}

static void close_study(struct study *s)
{
    setup_free(s->setup);
    plan_free(s->plan);
    errors_clear(&s->errors);
    remove(s->scenario);
    remove(s->matrix);
    remove(s->folder);
    g_free(s->scenario);
    g_free(s->matrix);
    g_free(s->folder);
}

static void open_good(struct study *s, const char *text, const char *matrix)
{
    open_study(s, text, matrix);
    errors_print(stderr, &s->errors);
    assert_non_null(s->config);
}

static const struct sim_groups *groups_of(const struct study *s)
{
    assert_non_null(s->config->network.groups);
    return s->config->network.groups;
}

/* The constant from one group to another. */
static sim_time cell(const struct study *s, size_t from, size_t to)
{
    return groups_of(s)->latency[from * groups_of(s)->count + to];
}

/* ---- written ---- */

static void a_matrix_is_symmetric_where_one_direction_is_silent(void **state)
{
    struct study s;

    (void)state;
    open_good(&s,
              HEAD THREE STACK "network: {latency: {regions: {eu: {eu: 2ms, us: 40ms, ap: "
                               "{exponential: {mean: 90ms}}}, us: {us: 3ms, eu: 45ms, ap: 70ms}, "
                               "ap: {ap: 4ms}}}}\n",
              NULL);
    assert_int_equal(groups_of(&s)->count, 3);
    assert_int_equal(groups_of(&s)->list[1].nodes, 3);
    assert_int_equal(cell(&s, 0, 0), 2 * SIM_MILLISECOND);
    assert_int_equal(cell(&s, 0, 1), 40 * SIM_MILLISECOND);
    assert_int_equal(cell(&s, 1, 0), 45 * SIM_MILLISECOND);
    assert_int_equal(cell(&s, 1, 2), 70 * SIM_MILLISECOND);
    assert_int_equal(cell(&s, 2, 1), 70 * SIM_MILLISECOND);
    assert_true(cell(&s, 0, 2) < 0 && cell(&s, 0, 2) == cell(&s, 2, 0));
    assert_in_range(distribution_mean(groups_of(&s)->laws[-1 - cell(&s, 0, 2)]), 89990000,
                    90010000);
    /* of all nodes: 25 of 100 pairs at 2 ms, 15 at 40, 15 at 45, 9 at 3, 12 at 70, 4 at 4, 20 */
    assert_in_range(distribution_mean(s.config->network.latency), 39900000, 40100000);
    close_study(&s);
}

static void losses_and_links_are_those_of_groups(void **state)
{
    struct study s;

    (void)state;
    open_good(&s,
              HEAD THREE STACK
              "network:\n"
              "  loss: {regions: {eu: {us: {mean: 2%, burst: 3}}, ap: {ap: 1%}}}\n"
              "  downlink: 5Mbit/s\n"
              "  by_group: {us: {loss: {mean: 1%, burst: 2}, bandwidth: 1Mbit/s, queue: 1KiB}, "
              "ap: {downlink: unlimited}}\n",
              NULL);
    assert_null(groups_of(&s)->latency);
    assert_true(groups_of(&s)->loss[1].mean == 0.02 && groups_of(&s)->loss[3].burst == 3);
    assert_true(groups_of(&s)->loss[8].mean == 0.01 && groups_of(&s)->loss[0].mean == 0);
    assert_true(groups_of(&s)->list[0].loss == 0 && groups_of(&s)->list[1].loss == 0.01);
    assert_true(groups_of(&s)->list[1].loss_burst == 2);
    assert_int_equal(groups_of(&s)->list[0].downlink, 5000000);
    assert_int_equal(groups_of(&s)->list[1].downlink, 5000000);
    assert_int_equal(groups_of(&s)->list[2].downlink, 0);
    assert_int_equal(groups_of(&s)->list[1].bandwidth, 1000000);
    assert_int_equal(groups_of(&s)->list[1].queue_bytes, 1024);
    assert_int_equal(groups_of(&s)->list[0].queue_bytes, -1);
    close_study(&s);

    open_good(&s,
              HEAD THREE STACK "network: {loss: 3%, by_group: {us: {loss: 0}}}\n"
                               "timing: rounds\n",
              NULL);
    assert_null(groups_of(&s)->loss);
    assert_true(groups_of(&s)->list[0].loss == 0.03 && groups_of(&s)->list[1].loss == 0);
    close_study(&s);
}

/* ---- files ---- */

#define FILE_OF(options) \
    "network: {latency: {regions: {file: m.csv, unit: ms, scale: 0.5" options "}}}\n"

static void files_are_read_in_each_of_their_forms(void **state)
{
    static const char *const files[] = {
        "rtt,eu,us,ap\neu,4,80,180\nus,90,6,140\nap,180,,8\n",
        "# measured\n\"rtt\";\"us\";\"eu\";\"ap\"\r\n\"ap\";140;180;8\r\n\"eu\";80;4;180\r\n"
        "us;6;90;140\r\n",
        "eu eu 4\neu us 80\nus eu 90\nap eu 180\nus us 6\nus\tap\t140\nap ap 8\n",
        "from,to,rtt\neu,eu,4\neu,us,80\nus,eu,90\nap,eu,180\nus,us,6\nus,ap,140\nap,ap,8\n",
        "\xef\xbb\xbf"
        "rtt\teu\tus\tap\tweight\neu\t4\t80\t180\t1\nus\t90\t6\t140\t1\n"
        "ap\t180\t140\t8\t1\n",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        struct study s;

        open_good(&s, HEAD THREE STACK FILE_OF(""), files[i]);
        assert_int_equal(cell(&s, 0, 0), 2 * SIM_MILLISECOND);
        assert_int_equal(cell(&s, 0, 1), 40 * SIM_MILLISECOND);
        assert_int_equal(cell(&s, 1, 0), 45 * SIM_MILLISECOND);
        assert_int_equal(cell(&s, 2, 0), 90 * SIM_MILLISECOND);
        assert_int_equal(cell(&s, 0, 2), 90 * SIM_MILLISECOND);
        assert_int_equal(cell(&s, 2, 1), 70 * SIM_MILLISECOND);
        assert_int_equal(cell(&s, 2, 2), 4 * SIM_MILLISECOND);
        close_study(&s);
    }
}

/* Microseconds of round trips without names, as King's: each node is a region, or a few are. */
static void regions_without_names_become_groups(void **state)
{
    struct study s;

    (void)state;
    open_good(&s, HEAD STACK "network: {latency: {regions: {file: m.csv, unit: us, scale: 0.5}}}\n",
              "0 2000 3000 4000\n2000 0 5000 6000\n3000 5000 0 7000\n4000 6000 7000 0\n");
    assert_int_equal(groups_of(&s)->count, 4);
    assert_int_equal(groups_of(&s)->list[0].nodes, 3); /* 2.5 */
    assert_int_equal(groups_of(&s)->list[3].nodes, 2);
    assert_int_equal(cell(&s, 2, 1), 2500 * SIM_MICROSECOND);
    assert_int_equal(cell(&s, 1, 1), SIM_MILLISECOND); /* inside */
    assert_null(strstr(s.plan->scenario, "\ngroups:"));
    close_study(&s);
    open_good(&s,
              HEAD STACK "network: {latency: {regions: {file: m.csv, unit: us, scale: 0.5, inside: "
                         "7ms}}}\n",
              "0 1 2000\n0 2 3000\n1 2 5000\n");
    assert_int_equal(groups_of(&s)->count, 3);
    assert_int_equal(cell(&s, 2, 1), 2500 * SIM_MICROSECOND);
    assert_int_equal(cell(&s, 0, 0), 7 * SIM_MILLISECOND);
    close_study(&s);
}

static void presets_come_with_the_program(void **state)
{
    struct study s;

    (void)state;
    open_good(&s,
              HEAD STACK "groups: {tokyo: 5, dallas: 5}\n"
                         "network: {latency: {regions: {preset: cloud-13}}}\n",
              NULL);
    assert_int_equal(cell(&s, 1, 0), 72500 * SIM_MICROSECOND);
    assert_int_equal(cell(&s, 0, 1), 72500 * SIM_MICROSECOND);
    assert_int_equal(cell(&s, 0, 0), SIM_MILLISECOND);
    close_study(&s);
    open_good(&s,
              "gossipsim: 1\nnodes: 11326\n" STACK
              "network: {latency: {regions: {preset: places-8}}}\nfaults: [{at: 1s, crash: "
              "europe}]\n",
              NULL);
    assert_int_equal(groups_of(&s)->count, 8);
    assert_int_equal(groups_of(&s)->list[2].nodes, 5599);
    assert_int_equal(groups_of(&s)->list[6].nodes, 47);
    assert_int_equal(s.config->faults[0].of.nodes, 5599);
    assert_int_equal(cell(&s, 0, 2), 165 * SIM_MILLISECOND);
    close_study(&s);
}

/* Names of groups and files are no part of what a run depends on; their latencies are. */
static void hashes_are_of_what_is_meant(void **state)
{
    static const char *const texts[] = {
        HEAD "groups: {a: 4, b: 6}\n" STACK
             "network: {latency: {regions: {a: {a: 1ms, b: 2ms}, b: {b: 3ms}}}}\n",
        HEAD "groups: {c: 40%, d: 60%}\n" STACK
             "network: {latency: {regions: {c: {c: 1ms, d: 2ms}, d: {d: 3ms}}}}\n",
        HEAD "groups: {a: 4, b: 6}\n" STACK
             "network: {latency: {regions: {a: {a: 1ms, b: 2ms}, b: {b: 4ms}}}}\n",
        HEAD "groups: {a: 6, b: 4}\n" STACK
             "network: {latency: {regions: {a: {a: 1ms, b: 2ms}, b: {b: 3ms}}}}\n",
    };
    char *hashes[G_N_ELEMENTS(texts)];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct study s;

        open_good(&s, texts[i], NULL);
        hashes[i] = g_strdup(s.plan->points[0].hash);
        close_study(&s);
    }
    assert_string_equal(hashes[0], hashes[1]);
    assert_string_not_equal(hashes[0], hashes[2]);
    assert_string_not_equal(hashes[0], hashes[3]);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(hashes[i]);
}

/* ---- refused ---- */

static void expect_error(const char *text, const char *matrix, const char *expected)
{
    struct study s;
    const struct error *error;
    char *found;

    open_study(&s, text, matrix);
    assert_true(s.errors.count > 0);
    error = &s.errors.list[0];
    found = g_strdup_printf("%s:%d:%d %s", g_str_has_suffix(error->file, "m.csv") ? "m" : "a",
                            error->line, error->column, error->text);
    if (!g_str_has_prefix(found, expected))
        fail_msg("%s\ninstead of %s", found, expected);
    g_free(found);
    close_study(&s);
}

static void what_is_no_matrix_is_refused_at_its_place(void **state)
{
    static const struct {
        const char *file, *error;
    } cases[] = {
        { "", "m:0:1 it has no matrix between regions" },
        { "# nothing\n", "m:0:1 it has no matrix between regions" },
        { "eu\nus\n", "m:1:1 one field; a matrix between regions has a column for each" },
        { "rtt,eu,us\neu,1,2\nus,3\n", "m:3:5 the line has 2 fields, not 3 as the first one" },
        { "rtt,eu,us\neu,1,2\n", "m:0:1 `us` has a column and no row" },
        { "rtt,eu,us\neu,1,2\neu,1,2\n", "m:3:1 a second row for `eu`" },
        { "rtt,eu,us\neu,1,2\nuk,1,2\n", "m:3:1 `uk` has a row and no column" },
        { "rtt,eu,eu\neu,1,2\n", "m:1:8 a second column for `eu`" },
        { "rtt,eu,us\neu,1,-2\nus,1,2\n", "m:2:6 -2 is negative" },
        { "rtt,eu,us\neu,1,nan\nus,1,2\n", "m:2:6 `nan` is not a number" },
        { "rtt,weight,eu,us\neu,0,1,2\nus,1,1,2\n", "m:2:4 a weight is more than 0" },
        { "0 1\n1 0\n1 2\n", "m:3:1 row 3 of a square of 2 columns" },
        { "0 1 2 3\n1 0 2 3\n", "m:0:1 2 rows and 4 columns; a matrix between regions is square" },
        { "eu us 40\nus ap\n", "m:2:6 the line has 2 fields, not 3 as the first one" },
        { "eu us 40\neu us 50\n", "m:0:1 line 2 is the second one from `eu` to `us`" },
        { "eu us 40\nus ap 40ms\n", "m:2:7 `40ms` is not a number" },
        { "\x7f"
          "ELF\x01",
          "m:1:1 one field" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        expect_error(HEAD STACK FILE_OF(""), cases[i].file, cases[i].error);
}

static void what_does_not_fit_is_refused_at_its_place(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        { "network: {latency: {regions: {eu: {us: 1ms}}}}\n", "a:4:31 there are no `groups`" },
        { THREE "network: {latency: {regions: {eu: {eu: 1ms, us: 2ms, ap: 3ms}}}}\n",
          "a:5:30 no latency from `us` to `us`, nor back" },
        { THREE "network: {latency: {regions: {eu: {usa: 1ms}}}}\n",
          "a:5:36 there is no group `usa`; did you mean `us`?" },
        { THREE "network: {latency: {regions: {eu: 5ms}}}\n",
          "a:5:35 a map of groups was expected, each with its latency" },
        { THREE "network: {latency: {regions: {preset: cloud-12}}}\n",
          "a:5:39 there is no preset `cloud-12`; known are cloud-13, places-8" },
        { THREE "network: {latency: {regions: {preset: cloud-13}}}\n",
          "a:5:30 the group `eu` is none of the 13 regions of cloud-13: dallas, toronto, " },
        { THREE "network: {latency: {regions: {file: none.csv}}}\n", "a:5:37 cannot read " },
        { THREE FILE_OF(", unti: s"), "a:5:66 unknown parameter; did you mean `unit`?" },
        { THREE "network: {loss: {regions: {eu: {us: 0}}}}\n", "a:5:17 has no effect" },
        { THREE "network: {loss: {regions: {eu: {us: 2}}}}\n", "a:5:37 2 is not a share" },
        { THREE "network: {loss: {regions: {preset: cloud-13}}}\n",
          "a:5:36 a map of groups was expected" },
        { THREE "network: {by_group: {uk: {loss: 1%}}}\n", "a:5:22 there is no group `uk`" },
        { THREE "network: {by_group: {eu: {los: 1%}}}\n",
          "a:5:27 unknown key; did you mean `loss`?" },
        { THREE "network: {by_group: {eu: {queue: 1KiB}}}\n",
          "a:5:27 has no effect without `downlink` or" },
        { THREE "network: {bandwidth: 1Mbit/s, sharing: fair, by_group: {eu: {queue: 1KiB}}}\n",
          "a:5:62 has no effect without `downlink` or" },
        { THREE "network: {by_group: {eu: {bandwidth: 1Mbit/s}}}\ntiming: rounds\n",
          "a:5:27 has no effect under `timing: rounds`" },
        { THREE "network: {by_group: {eu: {loss: {mean: 90%, burst: 2}}}}\n",
          "a:5:33 bursts of 2 messages lose at most" },
        { THREE "network: {by_group: {}}\n", "a:5:21 groups were expected" },
        { "network: {downlink: 1Mbit/s}\ntiming: rounds\n",
          "a:4:11 has no effect under `timing: rounds`" },
        { "network: {latency: {regions: {preset: places-8}}}\n"
          "faults: [{at: 1s, crash: south-america}]\n",
          "a:5:26 `south-america` has no node" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = g_strconcat(HEAD STACK, cases[i].text, NULL);

        expect_error(text, "eu us 1\n", cases[i].error);
        g_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_matrix_is_symmetric_where_one_direction_is_silent),
        cmocka_unit_test(losses_and_links_are_those_of_groups),
        cmocka_unit_test(files_are_read_in_each_of_their_forms),
        cmocka_unit_test(regions_without_names_become_groups),
        cmocka_unit_test(presets_come_with_the_program),
        cmocka_unit_test(hashes_are_of_what_is_meant),
        cmocka_unit_test(what_is_no_matrix_is_refused_at_its_place),
        cmocka_unit_test(what_does_not_fit_is_refused_at_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
