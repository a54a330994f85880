/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weights of nodes from files: a weight a line, rows of a node and a weight, a column among others;
 * and whatever is wrong is refused with its line and column.
 */
#include "experiment/language/weight_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The weights as `1 2.5 -`, or the error as `LINE:COLUMN text`. */
static void describe(const char *content, const char *column, char *text, size_t size)
{
    struct errors errors = { 0 };
    struct csv *csv =
        csv_of_text("weights.csv", content, strlen(content), CSV_AS_FIRST_ROW, &errors);
    struct weight_table *table = weight_table_read(csv, column, "weight");
    size_t length = 0;

    text[0] = 0;
    if (table == NULL)
        snprintf(text, size, "%d:%d %s", errors.list[0].line, errors.list[0].column,
                 errors.list[0].text);
    for (uint32_t i = 0; table != NULL && i < table->count; i++)
        length += table->each[i] < 0
                      ? (size_t)snprintf(text + length, size - length, "%s-", i > 0 ? " " : "")
                      : (size_t)snprintf(text + length, size - length, "%s%g", i > 0 ? " " : "",
                                         table->each[i]);
    weight_table_free(table);
    csv_close(csv);
    errors_clear(&errors);
}

static const struct {
    const char *content, *column, *expected;
} cases[] = {
    /* a weight a line */
    { "1\n2.5\n0\n1e15\n", NULL, "1 2.5 0 1e+15" },
    { "# stake\nstake\n1\r\n\n2\r\n", NULL, "1 2" },
    { "-0\n1\n", NULL, "0 1" },

    /* a node and its weight */
    { "0,1\n2,3\n", NULL, "1 - 3" },
    { "node;stake\n1;4\n0;2\n", NULL, "2 4" },
    { "weight node\n1 1\n5 0\n", NULL, "5 1" },

    /* a column */
    { "name,city,stake\na,\"Oslo, N\",3\nb,Rome,0.5\n", "stake", "3 0.5" },
    { "name,city,stake\na,Oslo,3\nb,Rome,0.5\n", "3", "3 0.5" },
    { "a,3,1\nb,4,2\n", "2", "3 4" },
    { "node,city,stake\n1,Oslo,3\n0,Rome,0.5\n", "stake", "0.5 3" },
    { "city,weight,node\nOslo,3,1\nRome,0.5,0\n", NULL, "0.5 3" },
    { "validator,100\nanother,50\n", "2", "100 50" },

    /* what is wrong */
    { "", NULL,
      "0:1 no weights; one number a line was expected, or a node and its weight, as in "
      "`17,3.5`" },
    { "stake\n", NULL,
      "0:1 no weights; one number a line was expected, or a node and its weight, "
      "as in `17,3.5`" },
    { "1\n-2\n", NULL, "2:1 a weight is at least 0 and at most 1e+15" },
    { "1\n2e15\n", NULL, "2:1 a weight is at least 0 and at most 1e+15" },
    { "1\nnan\n", NULL, "2:1 `nan` is not a number; a number was expected, as in 1.5 or 2e-3" },
    { "1\nlots\n", NULL, "2:1 `lots` is not a number; a number was expected, as in 1.5 or 2e-3" },
    { "0,1\n1\n", NULL, "2:2 the line has 1 field; a number was expected as the 2." },
    { "0,1\n0,2\n", NULL, "2:1 a second weight of node 0" },
    { "node,stake\nvalidator,2\n", NULL,
      "2:1 `validator` is no number of a node, which count from 0; with `column: 2` the lines are "
      "the nodes in order" },
    { "node,stake\n-1,2\n", "stake", "2:1 `-1` is no number of a node, which count from 0" },
    { "node,stake\n10000000,2\n", NULL, "2:1 more than 10000000 nodes" },
    { "a,b,3\n", NULL, "1:3 3 fields; say which in the scenario, as in `column: 3`" },
    { "name,stake\na,3\n", "steak", "1:1 there is no column `steak` in this first line" },
};

static void weights_are_read_in_all_forms_or_refused_with_their_place(void **state)
{
    char text[1000];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        describe(cases[i].content, cases[i].column, text, sizeof text);
        if (strcmp(text, cases[i].expected) != 0)
            fail_msg("`%s`, column %s:\n%s\nbut expected was\n%s", cases[i].content,
                     cases[i].column ? cases[i].column : "none", text, cases[i].expected);
    }
}

/* The same weights have the same hash, however they are written. */
static void the_hash_is_of_the_weights(void **state)
{
    static const char *const contents[] = { "1\n2\n", "node,w\n1,2\n0,1.0\n", "1\n2\n3\n" };
    char hashes[3][65];

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct errors errors = { 0 };
        struct csv *csv =
            csv_of_text("w", contents[i], strlen(contents[i]), CSV_AS_FIRST_ROW, &errors);
        struct weight_table *table = weight_table_read(csv, NULL, "weight");

        assert_non_null(table);
        memcpy(hashes[i], table->sha256, sizeof hashes[i]);
        weight_table_free(table);
        csv_close(csv);
    }
    assert_string_equal(hashes[0], hashes[1]);
    assert_string_not_equal(hashes[0], hashes[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_read_in_all_forms_or_refused_with_their_place),
        cmocka_unit_test(the_hash_is_of_the_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
