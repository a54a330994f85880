/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_rate.c - rates that change of what is written: `workload.rate`. */
#include "experiment/language/scenario_schema.h"

static void clear_rates(void *field)
{
    struct scenario_rates *rates = field;

    g_free(rates->list);
    *rates = (struct scenario_rates){ 0 };
}

static const struct param from_row =
    PARAM_TIME(struct sim_rate, from, NULL, "0s..36525d", "from when on");

/* A step, later than the one before; false and an error otherwise. */
static bool read_step(const struct item *item, const struct sim_rate *before, struct sim_rate *step,
                      struct scenario_reader *reader)
{
    const struct item *from, *rate;
    char why[QUANTITY_WHY_MAX];

    if (item->kind != ITEM_MAP || item->count != 2 || (from = item_get(item, "from")) == NULL ||
        (rate = item_get(item, "rate")) == NULL || rate->kind != ITEM_SCALAR) {
        item_error(item, reader->errors, "`{from: 25s, rate: 2/s}` was expected");
        return false;
    }
    if (!scenario_read_param(from, &from_row, step, reader))
        return false;
    if (!quantity_read_rate(rate->text, &step->rate, why))
        item_error(rate, reader->errors, "%s", why);
    else if (!(step->rate >= 0 && step->rate <= 1e9))
        item_error(rate, reader->errors, "%.40s is outside 0/s..1e9/s", rate->text);
    else if (before != NULL && step->from <= before->from)
        item_error(from, reader->errors, "comes no later than the step before");
    else
        return true;
    return false;
}

static void read_rates(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_rates *rates = field;

    clear_rates(field);
    if (item->kind != ITEM_LIST || item->count == 0) {
        item_error(item, reader->errors,
                   "a list was expected, as in [{from: 0s, rate: 1/s}, {from: 25s, rate: 2/s}]");
        return;
    }
    rates->list = g_new0(struct sim_rate, item->count);
    for (size_t i = 0; i < item->count; i++) {
        if (!read_step(item->children[i], i > 0 ? &rates->list[i - 1] : NULL, &rates->list[i],
                       reader))
            return;
        rates->count++;
    }
}

static void write_rates(GString *out, const void *field, bool for_hash)
{
    const struct scenario_rates *rates = field;
    char text[QUANTITY_TEXT_MAX];

    (void)for_hash;
    for (int i = 0; i < rates->count; i++) {
        quantity_write_time(rates->list[i].from, text);
        g_string_append_printf(out, "%s{from: %s, rate: ", i > 0 ? ", " : "[", text);
        quantity_write_rate(rates->list[i].rate, text);
        g_string_append_printf(out, "%s}", text);
    }
    g_string_append_c(out, ']');
}

static bool is_no_rate(const void *field)
{
    return ((const struct scenario_rates *)field)->count == 0;
}

const struct key_kind kind_rates = {
    .values = "a list of steps, `[{from: 0s, rate: 1/s}, {from: 25s, rate: 2/s}]`; before the "
              "first nobody writes",
    .schema =
        "'type':'array','minItems':1,'items':{'type':'object','required':['from','rate']," NO_OTHERS
        ",'properties':{'from':" REF("time") ",'rate':{" TEXT(NUMBER RATE_UNITS) "}}}",
    .read = read_rates,
    .write = write_rates,
    .clear = clear_rates,
    .is_none = is_no_rate,
};

static bool has_no_rate_of_all(const struct scenario *s)
{
    return !scenario_has_rate_of_all(s);
}
const struct key_need scenario_needs_no_rate_of_all = {
    .because = "workload.rate",
    .is_met = has_no_rate_of_all,
    .otherwise = "has no effect where rates say when updates are written, by `workload.rate`",
    .is_absence = true,
};

bool scenario_has_rate_of_all(const struct scenario *s)
{
    return s->rates.count > 0 && !s->renewal.is_given;
}

void scenario_rate_of_all(const struct scenario *s, struct sim_workload *workload)
{
    workload->arrival = ARRIVAL_RATES;
    workload->at = s->config.workload.at;
    workload->rates = s->rates.list;
    workload->rate_count = (size_t)s->rates.count;
}

int64_t scenario_rated_updates(const struct scenario *s)
{
    struct sim_workload rated = { 0 };

    scenario_rate_of_all(s, &rated);
    return sim_rated_updates_max(&rated, s->config.nodes, s->config.stop.at);
}
