/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.c - `gossipsim schema`: a JSON Schema of the scenario language, for editors.
 */
#include "cli/options.h"
#include "experiment/language/scenario.h"

extern const struct verb verb_schema;

static int run(int argc, char **argv)
{
    const GOptionEntry entries[] = { { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL } };
    char **arguments = NULL;
    int code;

    if (!options_parse(&verb_schema, entries, 0, 0, argc, argv, &arguments, &code))
        return code;
    scenario_print_schema(stdout);
    g_strfreev(arguments);
    return EXIT_DONE;
}

const struct verb verb_schema = {
    .name = "schema",
    .arguments = ">FILE",
    .summary = "print a JSON Schema of scenarios, for editors",
    .examples = "  gossipsim schema >gossipsim.schema.json\n",
    .rank = 105,
    .run = run,
};
