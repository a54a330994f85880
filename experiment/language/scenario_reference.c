/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_reference.c - docs/scenario-reference.md, printed from the tables that read scenarios.
 */
#include "experiment/language/scenario_files.h"
#include "experiment/language/scenario_keys.h"

#include <string.h>

enum { COLUMNS_MAX = 95 }; /* columns of a text */

static const char introduction[] =
    "# The scenario language\n"
    "\n"
    "Printed by `gossipsim check --reference` from the tables that read scenarios.\n"
    "\n"
    "A scenario is one YAML document in a strict subset: UTF-8, no duplicate keys, no merge keys\n"
    "(`<<`), no tags, aliases only as copies. Every key has a default except those marked as\n"
    "required; `gossipsim check --full SCENARIO` prints them all. A setting without effect, such "
    "as\n"
    "`crash: 0%`, is an error; only an axis of a sweep may go down to nothing, for comparison.\n"
    "\n"
    "```yaml\n"
    "gossipsim: 1\n"
    "nodes: 1000\n"
    "strategies:\n"
    "  push:      {rumor-mongering: {mode: push, interval: 1s}}\n"
    "  push-pull: {anti-entropy: {mode: push-pull, interval: 1s}}\n"
    "```\n"
    "\n"
    "A key may be written with its section, `network.loss: 5%` for `network: {loss: 5%}`; a path\n"
    "that is given twice is an error, however it is spelt.\n"
    "\n"
    "The parameters of models are described by `gossipsim models MODEL`. A choice may hold the\n"
    "parameters of its word: `partner: {spatial: {exponent: 2}}` stands for `partner: spatial,\n"
    "spatial_exponent: 2`.\n"
    "\n"
    "## Quantities\n"
    "\n"
    "| quantity | units | example |\n"
    "|---|---|---|\n"
    "| time | `ns` `us` `ms` `s` `min` `h` `d`, always written | `40ms` |\n"
    "| size | `B` `kB` `MB` `GB` `KiB` `MiB` `GiB`, always written | `200B` |\n"
    "| rate | `/s` `/min` `/h`, always written | `10/s` |\n"
    "| share or probability | none, or `%` | `0.05`, `5%` |\n"
    "| count | none | `1000`, `10_000`, `1e6` |\n"
    "\n"
    "Times are whole nanoseconds up to 36525 days.\n";

static const char network_text[] =
    "\n"
    "## The way of a message\n"
    "\n"
    "```yaml\n"
    "network:\n"
    "  latency: {lognormal: {median: 40ms, p99: 200ms}}\n"
    "  loss: {mean: 5%, burst: 4}   # Gilbert-Elliott: 5 % in the long run, 4 in a row on average\n"
    "  bandwidth: 10Mbit/s\n"
    "  queue: 64KiB\n"
    "  duplicate: 0.1%\n"
    "```\n"
    "\n"
    "A message goes through its sender's uplink, meets the partitions that hold, is lost or not,\n"
    "and arrives after its latency if the receiver is up then.\n";

static const char more_network_text[] =
    "\n"
    "Messages and bytes count as sent when a node sends them, whatever becomes of them.\n"
    "\n"
    "## Networks of groups\n"
    "\n"
    "```yaml\n"
    "groups: {eu: 40%, us: 40%, ap: 20%}\n"
    "network:\n"
    "  latency:\n"
    "    regions:\n"
    "      eu: {eu: 2ms, us: 40ms, ap: {lognormal: {median: 90ms, p99: 200ms}}}\n"
    "      us: {us: 3ms, ap: 70ms, eu: 45ms}\n"
    "      ap: {ap: 4ms}\n"
    "  loss: {regions: {eu: {ap: {mean: 2%, burst: 3}}}}\n"
    "  by_group:\n"
    "    ap: {loss: 1%, bandwidth: 50Mbit/s, downlink: 100Mbit/s, queue: 1MiB}\n"
    "```\n"
    "\n"
    "Where one direction of two groups is silent it is as the other. A matrix may be a file,\n"
    "`{regions: {file: rtt.csv, unit: ms, scale: 0.5}}`, or come with the program,\n"
    "`{regions: {preset: cloud-13}}`; without `groups` its regions are the groups.\n"
    "[world.md](world.md#networks-of-groups) has the forms of files, the presets, and what is\n"
    "drawn.\n"
    "\n"
    "Beside `file`:\n"
    "\n";

static const struct {
    const char *what;
    const struct param *rows;
} sources[] = {
    { "latencies of a file", file_matrix_rows },
    { "losses of a file", file_share_rows },
    { "latencies of a `preset`", file_preset_rows },
    { "a column of measurements, `{empirical: {file: pings.csv, column: avg, unit: ms}}`, by name "
      "or by number from 1",
      file_value_rows },
    { "weights of partners, `{weights: {file: stake.csv, column: stake, other: 1}}`, where `other` "
      "is what nodes weigh that the file has no weight of",
      file_weight_rows },
};

static const char workload_text[] =
    "\n"
    "Where the quantity is a size, write bytes for times, as in\n"
    "`size: {lognormal: {median: 2kB, p99: 1MB}}`. What is drawn above 1 GiB is cut to that.\n"
    "\n"
    "## Traces of writes\n"
    "\n"
    "```\n"
    "time,node,key,bytes,delete\n"
    "0.5s,12,user:17,480,\n"
    "0.7s,3,user:4,,true\n"
    "```\n"
    "\n"
    "`workload: {trace: {file: writes.csv}}` takes what is written from a table, which has its\n"
    "columns by name; `delete` may be missing, and columns of other names are passed over. Keys\n"
    "are any texts, nodes count from 0, a number without a unit in `bytes` is one of bytes. Rows\n"
    "may come in any order of their times, which count from the start of the run. A node that is\n"
    "down is replaced as at [`workload.origin`](#keys): by the next that can take the write.\n"
    "\n";

static const char sweep_text[] =
    "\n"
    "## Sweep\n"
    "\n"
    "```yaml\n"
    "sweep:\n"
    "  design: grid            # every combination; zip: the lists walked together\n"
    "  axes:\n"
    "    nodes: {from: 100, to: 100000, steps: 4, scale: log}\n"
    "    network.loss: [1%, 5%, 20%]\n"
    "    anti-entropy.interval: [1s, 10s]\n"
    "```\n"
    "\n"
    "`axes` maps a path to its values: a list, or a range with `from`, `to`, `steps` and `scale`\n"
    "(`linear` or `log`). At most 100 000 points. The last axis changes fastest.\n"
    "\n"
    "A grid of many axes is large, and most of it repeats what a part of it says. `sobol` and\n"
    "`random` spread `points` over the axes instead, which are then ranges without `steps`, also\n"
    "short as `1..8` or `100ms..10s:log`, or lists, of which each value is equally likely:\n"
    "\n"
    "```yaml\n"
    "sweep:\n"
    "  design: sobol           # evenly spread; random: independent draws\n"
    "  points: 64\n"
    "  axes:\n"
    "    rumor-mongering.fanout: 1..8             # whole numbers, equally likely\n"
    "    rumor-mongering.interval: 100ms..10s:log\n"
    "    rumor-mongering.mode: [push, pull, push-pull]\n"
    "    network.loss: {from: 0%, to: 20%}\n"
    "```\n"
    "\n"
    "`points` without a `design` are those of `sobol`, and 64 if only the design is said. On the\n"
    "command line they are `--design`, `--points` and `--sweep PATH=1..8`.\n"
    "\n"
    "- A range of numbers that are both written whole has whole values; `1.0..8.0` has real ones.\n"
    "  `0..1` is refused: shares are `0%..100%`.\n"
    "  On a logarithmic scale whole k comes as often as log((k + 1) / k) says.\n"
    "- Other values are rounded as one would write them, and run as they are written: to the\n"
    "  largest power of ten that goes 10 000 times into the range, or on a logarithmic scale 1000\n"
    "  times into the value (and the range); times at most to the nanosecond, sizes to the byte.\n"
    "- `sobol` is Sobol's sequence as in GSL, without the origin: the first point is the middle\n"
    "  of all axes. Its points are the same with every seed. `random` draws by the study's "
    "`seed`.\n"
    "- A point that comes again, as it can where there are few values, is left out: the design "
    "has\n"
    "  fewer points then, in the end those of the grid.\n"
    "- With more `points` the first ones stay what they were, so that their runs are used again;\n"
    "  another axis, or other ends of one, makes other points.\n"
    "\n"
    "A path is what you write in the file: `network.loss`, `nodes`,\n"
    "`strategies.push.rumor-mongering.fanout`. A path that begins with a model's name\n"
    "(`rumor-mongering.fanout`) sets it in every strategy that has the model. `--set PATH=VALUE`\n"
    "and `--sweep PATH=V1,V2` on the command line use the same paths; a `--sweep` replaces the\n"
    "scenario's axis of that path. A value that another option or an axis replaces wherever it\n"
    "goes is an error. An entry of a list is named by its position, from 1: `faults.1.crash`.\n";

static const char faults_text[] =
    "\n"
    "## Groups and faults\n"
    "\n"
    "```yaml\n"
    "groups: {eu: 40%, us: 60%}\n"
    "faults:\n"
    "  - {at: 60s, for: 45s, crash: eu}          # after 45 s they come back\n"
    "  - {at: 2min, every: 1min, crash: 1%}      # and again every minute\n"
    "  - {at: 10min, recover: all}\n"
    "  - {at: 12min, for: 45s, partition: {groups: [[eu], [us]]}}\n"
    "  - {at: 14min, partition: {shares: [40%, 60%]}}\n"
    "  - {at: 16min, heal: all}\n"
    "  - {at: 20min, restart: all, batch: 20, pace: 30s, down: 10s}\n"
    "```\n"
    "\n"
    "Groups are named parts of the nodes, all as shares or all as numbers of nodes; they take the\n"
    "node numbers, which count from 0, in the order written. Shares are rounded to whole nodes by\n"
    "largest remainder.\n"
    "\n"
    "Each fault happens `at` its time, and with `every` again each time that this has passed; "
    "what\n"
    "it draws at random it then draws anew, unless `redraw: false`. `batch` and `pace` go "
    "together:\n"
    "so many nodes at a time, and so long from one batch to the next. Its action is one of:\n";

static const char more_faults_text[] =
    "\n"
    "A message meets all of these as it leaves its node: what is on its way when a partition\n"
    "begins arrives. Of several at once, all must let it pass (`dropped_partition`), and factors\n"
    "multiply; an entry that comes again while it lasts takes its own place. `repair_time` counts\n"
    "from the last fault or the end of one, whichever is later.\n"
    "\n"
    "Which nodes: a share (`20%`) or `{count: 3}`, drawn at random; `{node: 17}`; a group's name;\n"
    "`{all-but: 1}`; or `all`. At one instant equal selectors draw the same nodes, so that a "
    "crash\n"
    "and a wipe can hit together; different ones are independent, and so are `from` and `to`.\n";

static const char expectations_text[] =
    "\n"
    "## Expectations\n"
    "\n"
    "```yaml\n"
    "expect:\n"
    "  - P(converged, push-pull) >= 99%\n"
    "  - P(t_all < 15s, push-pull) >= 99.9%\n"
    "  - p95(t99, push-pull) < 90s\n"
    "  - mean(bytes/node) <= 20kB\n"
    "```\n"
    "\n"
    "Each is `STAT(METRIC, STRATEGY) OP VALUE` and must hold at every point of a sweep; without a\n"
    "strategy it must hold for every strategy. `run` checks them at its end, even if there was\n"
    "nothing left to run, and exits with 1 if one fails. It tells the value found and its "
    "confidence\n"
    "interval: of every place where one fails, otherwise of the place that came closest. What is\n"
    "compared is the value found; where the limit lies within its interval, more runs may change "
    "the\n"
    "outcome, and the line says so.\n"
    "\n"
    "- `STAT`: `mean` (over the runs in which it happened), `median`, `min`, `max`, a percentile\n"
    "  (`p1` … `p99`, `p99.9`), or `P`, the share of runs in which something holds:\n"
    "  `P(converged)`, or a condition on a metric, `P(METRIC OP VALUE, STRATEGY) OP SHARE`. "
    "Except\n"
    "  in a mean, a time that a run never reached counts as infinite.\n"
    "- `OP`: `<`, `<=`, `>`, `>=`.\n"
    "- `VALUE` has the unit of the metric: a time, a size, a rate, a share or a number.\n"
    "- `METRIC`: one of [the table of metrics](metrics.md), `METRIC/node` (divided by the number\n"
    "  of nodes), `learned_by.MODEL`, or a model's own (`gossipsim models MODEL` names them).\n"
    "\n"
    "`gossipsim compare DB --fail-if EXPR` takes the same and exits with 1 if one holds anywhere.\n"
    "As it has a baseline, it takes two more: `ratio(METRIC, STRATEGY) OP NUMBER` and\n"
    "`diff(METRIC, STRATEGY) OP VALUE`, for which the value may be negative. They are the ratio "
    "and\n"
    "the difference of its table: medians over the pairs of runs in which it happened to both the\n"
    "strategy and the baseline. If there is no pair in which it happened to both, what never\n"
    "happened counts as infinitely later. With `--by PATH` each value of the parameter is "
    "compared\n"
    "with the baseline's. So `--fail-if 'ratio(t99) > 1.2'` fails if any strategy takes 1.2 times "
    "as\n"
    "long as the baseline; `P` tells whether it gets there as often.\n";

/* Appends what a parameter accepts. */
static void put_values(GString *out, const struct param *row)
{
    static const char *const types[] = {
        [PARAM_TYPE_TIME] = "time",
        [PARAM_TYPE_INTERVAL] = "time",
        [PARAM_TYPE_COUNT] = "count",
        [PARAM_TYPE_SIZE] = "size",
        [PARAM_TYPE_FRACTION] = "share",
        [PARAM_TYPE_REAL] = "number",
        [PARAM_TYPE_BOOL] = "`true`, `false`",
    };

    if (row->type != PARAM_TYPE_CHOICE)
        g_string_append(out, types[row->type]);
    if (row->range != NULL)
        g_string_append_printf(out, ", %s", row->range);
    if (row->none != NULL)
        g_string_append_printf(out, ", `%s`", row->none);
    if (row->sizes != NULL)
        g_string_append_printf(out, ", or size, %s", row->sizes);
    for (int i = 0; row->words != NULL && row->words[i] != NULL; i++)
        g_string_append_printf(out, "%s`%s`", i > 0 ? ", " : "", row->words[i]);
}

/* Appends the parameters of a table: `mean` (time, 1ns..36525d): its mean. */
static void put_params(GString *out, const struct param *rows)
{
    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++) {
        g_string_append_printf(out, "%s`%s` (", row > rows ? "; " : "", row->name);
        put_values(out, row);
        g_string_append_printf(out, "): %s", row->help);
    }
}

static void put_key(GString *out, const struct key *key)
{
    g_string_append_printf(out, "| `%s` | ", key->param.name);
    if (key->kind != NULL && key->kind->put_values != NULL)
        key->kind->put_values(out);
    else if (key->kind != NULL)
        g_string_append(out, key->kind->values);
    else
        put_values(out, &key->param);
    g_string_append(out, " | ");
    if (key->param.fallback != NULL)
        g_string_append_printf(out, "`%s` ", key->param.fallback);
    else if (key->required != NULL && key->needs[0] == NULL)
        g_string_append(out, "required ");
    else if (key->required != NULL)
        g_string_append_printf(out, "required with `%s` ", key->needs[0]->because);
    g_string_append_printf(out, "| %s |\n", key->param.help);
}

static void put_families(GString *out)
{
    g_string_append(out,
                    "\n## Random quantities\n\n"
                    "Where a random quantity is allowed, write a constant time or one of these, as "
                    "in\n`{lognormal: {median: 40ms, p99: 200ms}}`.\n\n"
                    "| distribution | parameters | |\n|---|---|---|\n");
    for (int i = 0; i < DISTRIBUTION_KINDS; i++) {
        const struct distribution_family *family = &distribution_families[i];

        if (family->name == NULL)
            continue;
        g_string_append_printf(out, "| `%s` | ", family->name);
        put_params(out, family->params);
        if (family->takes_values)
            g_string_append(out, "; `file`: one time a line, or with `column` of a CSV file, path "
                                 "relative to the scenario ([more](#networks-of-groups))");
        g_string_append_printf(out, " | %s |\n", family->help);
    }
}

static void put_topologies(GString *out)
{
    g_string_append(
        out, "\n## Topologies\n\n"
             "With a topology a node's peers are its neighbours in a graph, whose nodes bear "
             "the\nscenario's numbers. Write a word, or parameters with it, as in\n"
             "`{random-regular: {degree: 8}}`. Random ones are drawn from the seed, one for "
             "all runs\nof a point ([world.md](world.md#topology)).\n\n"
             "| topology | parameters | |\n|---|---|---|\n");
    for (const struct topology_kind *kind = topology_kinds; kind->name != NULL; kind++) {
        g_string_append_printf(out, "| `%s` | ", kind->name);
        if (kind->takes_file)
            g_string_append(out, "`file`: path relative to the scenario; ");
        put_params(out, kind->params);
        g_string_append_printf(out, " | %s |\n", kind->help);
    }
}

/* Appends an item of a list, in lines as long as those of the texts. */
static void put_item(GString *out, const char *text)
{
    char **words = g_strsplit(text, " ", -1);
    glong column = 1;

    g_string_append_c(out, '-');
    for (int i = 0; words[i] != NULL; i++) {
        const glong length = g_utf8_strlen(words[i], -1);

        if (column + 1 + length > COLUMNS_MAX) {
            g_string_append(out, "\n ");
            column = 1;
        }
        g_string_append_printf(out, " %s", words[i]);
        column += 1 + length;
    }
    g_string_append_c(out, '\n');
    g_strfreev(words);
}

static void put_workload(GString *out)
{
    GString *text = g_string_new("`trace`: ");

    g_string_append(out, workload_text);
    put_params(text, file_trace_rows);
    put_item(out, text->str);
    g_string_truncate(text, 0);
    g_string_append(text, "sizes in a column, as in `size: {empirical: {file: objects.csv, column: "
                          "3, unit: kB}}`: ");
    put_params(text, file_size_rows);
    put_item(out, text->str);
    g_string_free(text, TRUE);
}

/* What may be said of a file. */
static void put_sources(GString *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        GString *text = g_string_new(sources[i].what);

        g_string_append(text, ": ");
        put_params(text, sources[i].rows);
        put_item(out, text->str);
        g_string_free(text, TRUE);
    }
}

static void put_network(GString *out)
{
    g_string_append(out, network_text);
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (key->details != NULL)
            put_item(out, key->details);
    g_string_append(out, more_network_text);
    put_sources(out);
}

static void put_faults(GString *out)
{
    GString *text = g_string_new(NULL);

    g_string_append(out, faults_text);
    for (int i = 0; i < FAULT_KINDS; i++) {
        const struct fault_kind *kind = &fault_kinds[i];

        g_string_printf(text, "`%s: %s`: %s", kind->name, kind->example, kind->summary);
        if (kind->params != NULL) {
            g_string_append_c(text, ' ');
            put_params(text, kind->params);
            g_string_append_c(text, '.');
        }
        put_item(out, text->str);
    }
    g_string_append(out, more_faults_text);
    g_string_free(text, TRUE);
}

void scenario_print_reference(FILE *file)
{
    GString *out = g_string_new(introduction);

    g_string_append(out,
                    "\n## Keys\n\n| key | values | default | what it is |\n|---|---|---|---|\n");
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        put_key(out, key);
    put_topologies(out);
    put_families(out);
    put_workload(out);
    put_network(out);
    put_faults(out);
    g_string_append(out, expectations_text);
    g_string_append(out, sweep_text);
    fputs(out->str, file);
    g_string_free(out, TRUE);
}
