/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theory.c - `gossipsim theory`: what the equations of the models predict of a scenario. */
#include "analysis/theory/theory_table.h"
#include "cli/options.h"
#include "cli/output.h"

static int run_theory(int argc, char **argv);

const struct verb verb_theory = {
    .name = "theory",
    .arguments = "SCENARIO [DB] [options]",
    .summary = "predict a scenario by mean-field equations, beside what a database measured",
    .examples = "  gossipsim theory scenarios/theory.yaml\n"
                "  gossipsim theory scenarios/theory.yaml results/theory.db\n"
                "  gossipsim theory scenarios/modes.yaml --set nodes=1e6 --csv\n",
    .rank = 38,
    .run = run_theory,
};

struct wishes {
    char **sets, **only, **where, *seed;
    gint64 study;
    gboolean json, csv;
};

/* Prints the table beside the study's runs; NULL: alone. */
static int print(const struct plan *plan, const struct study *study,
                 struct theory_table_options *options, const char *database)
{
    struct errors errors = { .count = 0 };
    struct output output;
    bool is_good = output_open(&output, NULL, database, &errors);

    options->study = study;
    if (is_good) {
        is_good = theory_table_print(output.stream, plan, options, &errors);
        is_good = output_close(&output, is_good, &errors) && is_good;
    }
    if (!is_good) {
        const int code = options_fail(&errors);
        errors_clear(&errors);
        return code;
    }
    return EXIT_DONE;
}

static int read_and_print(char **files, const struct wishes *w, struct plan_options *plan_options,
                          struct theory_table_options *options)
{
    struct errors errors = { .count = 0 };
    struct plan *plan = plan_read(files[0], plan_options, &errors);
    struct study *study = plan && files[1] ? study_open(files[1], w->study, &errors) : NULL;
    int code;

    if (errors.count > 0)
        code = options_fail(&errors);
    else
        code = print(plan, study, options, files[1]);
    study_close(study);
    plan_free(plan);
    errors_clear(&errors);
    return code;
}

static int check_and_print(char **files, const struct wishes *w)
{
    struct plan_options plan_options = { .only = (const char *const *)w->only,
                                         .only_count = w->only ? g_strv_length(w->only) : 0,
                                         .seed = w->seed };
    struct theory_table_options options = { .study = NULL };
    struct setting *sets = NULL, *where = NULL;
    int code = EXIT_USAGE;

    if (w->study != 0 && !files[1])
        return options_usage_error(&verb_theory, "--study: of which database?");
    if (output_style(&verb_theory, w->json, w->csv, &options.style) &&
        options_settings("--set", w->sets, &sets, &plan_options.set_count) &&
        options_settings("--where", w->where, &where, &options.where_count)) {
        plan_options.sets = sets;
        options.where = where;
        code = read_and_print(files, w, &plan_options, &options);
    }
    g_free(sets);
    g_free(where);
    return code;
}

static int run_theory(int argc, char **argv)
{
    struct wishes w = { .study = 0 };
    const GOptionEntry entries[] = {
        { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.sets,
          "change the scenario, as in network.loss=5% (repeatable)", "PATH=VALUE" },
        { "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.only,
          "predict this strategy, not the others (repeatable)", "STRATEGY" },
        { "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.where,
          "predict only points with this value (repeatable)", "PATH=VALUE" },
        { "seed", 0, 0, G_OPTION_ARG_FILENAME, &w.seed,
          "master seed of the runs in the database (default: the scenario's, 1)", "S" },
        { "study", 0, 0, G_OPTION_ARG_INT64, &w.study,
          "the study of the database (default: the newest)", "N" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &w.json, "print JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &w.csv, "print CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    char **files = NULL;
    int code;

    if (options_parse(&verb_theory, entries, 1, 2, argc, argv, &files, &code))
        code = check_and_print(files, &w);
    g_strfreev(files);
    g_strfreev(w.sets);
    g_strfreev(w.only);
    g_strfreev(w.where);
    g_free(w.seed);
    return code;
}
