/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_random.c - random quantities: `40ms`, `{exponential: {mean: 30s}}`, ...
 *
 * Each family is a table of parameters.  Some have two ways to say one thing (a mean or a scale);
 * what the user wrote is kept, so that it is written back in the same words, and turned into the
 * engine's terms only by random_time_spec().
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"

#include <math.h>
#include <string.h>

/* The 99th percentile of the standard normal distribution. */
#define NORMAL_P99 2.3263478740408411

#define TIME(field, range, help) PARAM_TIME(struct random_time, field, NULL, range, help)
#define REAL(field, range, help) PARAM_REAL(struct random_time, field, NULL, range, help)
#define POSITIVE                 "1ns..36525d"

static const struct param no_rows[] = { PARAM_END };
static const struct param exponential_rows[] = { TIME(mean, POSITIVE, "its mean"), PARAM_END };
static const struct param uniform_rows[] = { TIME(min, "0s..36525d", "least"),
                                             TIME(max, "0s..36525d", "most"), PARAM_END };
static const struct param normal_rows[] = { TIME(mean, "0s..36525d", "its mean before the cut"),
                                            TIME(sd, POSITIVE, "standard deviation"), PARAM_END };
static const struct param lognormal_rows[] = {
    TIME(median, POSITIVE, "its median"),
    TIME(p99, POSITIVE, "99th percentile, or"),
    REAL(sigma, "0.001..10", "standard deviation of the logarithm"),
    PARAM_END,
};
static const struct param weibull_rows[] = {
    REAL(shape, "0.1..100", "below 1: a heavy tail"),
    TIME(mean, POSITIVE, "its mean, or"),
    TIME(scale, POSITIVE, "its scale"),
    PARAM_END,
};
static const struct param pareto_rows[] = { REAL(shape, "0.1..100", "the mean is infinite up to 1"),
                                            TIME(min, POSITIVE, "least"), PARAM_END };
static const struct param lomax_rows[] = { REAL(shape, "0.1..100", "the mean is infinite up to 1"),
                                           TIME(scale, POSITIVE, "its scale"), PARAM_END };
static const struct param gamma_rows[] = {
    REAL(shape, "0.1..1000", "1: exponential"),
    TIME(mean, POSITIVE, "its mean, or"),
    TIME(scale, POSITIVE, "its scale"),
    PARAM_END,
};
static const struct param empirical_rows[] = {
    PARAM_BOOL(struct random_time, smooth, "false", "what lies between the values, too"),
    PARAM_END,
};

const struct random_time_family random_time_families[] = {
    [RANDOM_TIME_NONE] = { "none", DISTRIBUTION_CONSTANT, no_rows, NULL },
    [RANDOM_TIME_CONSTANT] = { "constant", DISTRIBUTION_CONSTANT, no_rows, NULL },
    { "exponential", DISTRIBUTION_EXPONENTIAL, exponential_rows, "memoryless" },
    { "uniform", DISTRIBUTION_UNIFORM, uniform_rows, "all between two bounds alike" },
    { "normal", DISTRIBUTION_NORMAL, normal_rows, "the bell curve, cut at 0" },
    { "lognormal", DISTRIBUTION_LOGNORMAL, lognormal_rows, "as round-trip times are" },
    { "weibull", DISTRIBUTION_WEIBULL, weibull_rows, "as session lengths are" },
    { "pareto", DISTRIBUTION_PARETO, pareto_rows, "a power law above a minimum" },
    { "lomax", DISTRIBUTION_LOMAX, lomax_rows, "a power law from 0" },
    { "gamma", DISTRIBUTION_GAMMA, gamma_rows, "a sum of memoryless stages" },
    { "empirical", DISTRIBUTION_EMPIRICAL, empirical_rows, "the values of a file, each alike" },
    { NULL, DISTRIBUTION_CONSTANT, NULL, NULL },
};

/* ---- files of measurements ---- */

static void bad_line(const struct source *source, int line, const char *why, struct errors *errors)
{
    struct place place = { .file = source->file,
                           .source = source->text,
                           .source_bytes = source->bytes,
                           .line = line,
                           .column = 1 };

    errors_add_at(errors, &place, NULL, "%s", why);
}

/* Reads one time a line; blank lines and those that start with # are passed over. */
static bool read_values(const struct source *source, GArray *values, struct errors *errors)
{
    char **lines = g_strsplit(source->text, "\n", -1);
    char why[QUANTITY_WHY_MAX];
    bool is_good = true;

    for (int i = 0; is_good && lines[i] != NULL; i++) {
        const char *text = g_strstrip(lines[i]);
        sim_time value = 0;

        if (*text == 0 || *text == '#')
            continue;
        is_good = quantity_read_time(text, &value, why);
        if (is_good && values->len == SCENARIO_SAMPLES_MAX) {
            is_good = false;
            g_snprintf(why, sizeof why, "more than %d values", SCENARIO_SAMPLES_MAX);
        }
        if (!is_good)
            bad_line(source, i + 1, why, errors);
        g_array_append_val(values, value);
    }
    if (is_good && values->len == 0) {
        is_good = false;
        bad_line(source, 0, "no values; one time a line was expected, as in 40ms", errors);
    }
    g_strfreev(lines);
    return is_good;
}

/* The values of a file, read once; NULL and an error if it cannot be used. */
static const struct measurements *measure(const struct item *item, struct scenario_reader *reader)
{
    struct measurements *found = g_hash_table_lookup(reader->measured, item->text);
    struct errors trouble = { 0 };
    struct source *source;
    GArray *values;
    char *path, *sha256;

    if (found != NULL)
        return found;
    path = g_path_is_absolute(item->text) ? g_strdup(item->text)
                                          : g_build_filename(reader->folder, item->text, NULL);
    source = source_read(path, &trouble);
    if (source == NULL)
        item_error(item, reader->errors, "%s", trouble.list[0].text);
    errors_clear(&trouble);
    g_free(path);
    values = g_array_new(FALSE, FALSE, sizeof(sim_time));
    if (source != NULL && read_values(source, values, reader->errors)) {
        found = g_new0(struct measurements, 1);
        sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)values->data,
                                             values->len * sizeof(sim_time));
        g_strlcpy(found->sha256, sha256, sizeof found->sha256);
        g_free(sha256);
        found->count = values->len;
        found->values = (sim_time *)(void *)g_array_free(values, FALSE);
        g_hash_table_insert(reader->measured, g_strdup(item->text), found);
    } else {
        g_array_free(values, TRUE);
    }
    source_free(source);
    return found;
}

/* `{file: NAME}`, perhaps with `smooth`. */
static void read_file(const struct item *item, struct random_time *time,
                      struct scenario_reader *reader)
{
    const struct item *file = item_get(item, "file"), *smooth = item_get(item, "smooth");
    const size_t known = (size_t)(file != NULL) + (smooth != NULL);

    if (item->kind != ITEM_MAP || file == NULL || item->count != known ||
        file->kind != ITEM_SCALAR || item_is_null(file)) {
        item_error(item, reader->errors,
                   "`{file: NAME}` was expected, a file with one time a line; `smooth: true` may "
                   "stand beside it");
        return;
    }
    if (smooth != NULL) {
        scenario_read_param(smooth, empirical_rows, time, reader);
        time->given = 1;
    }
    time->measured = measure(file, reader);
    time->file = g_strdup(file->text);
}

/* ---- reading ---- */

static bool is_given(const struct random_time *time, const char *name)
{
    const struct param *rows = random_time_families[time->family].rows;
    const struct param *row = param_find(rows, name);

    return row != NULL && (time->given >> (row - rows) & 1);
}

/* Reports what a family needs and was not given, or was given twice. */
static void check_rows(const struct item *item, const struct random_time *time,
                       struct errors *errors)
{
    const struct param *rows = random_time_families[time->family].rows;
    const char *either = param_find(rows, "sigma") != NULL ? "p99" : "mean";
    const char * or = param_find(rows, "sigma") != NULL ? "sigma" : "scale";
    bool has_choice = param_find(rows, either) != NULL && param_find(rows, or) != NULL;

    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++) {
        bool is_choice = has_choice && (!strcmp(row->name, either) || !strcmp(row->name, or));
        if (!is_choice && !is_given(time, row->name))
            item_error_key(item, errors, "`%s` is missing: %s", row->name, row->help);
    }
    if (has_choice && is_given(time, either) == is_given(time, or))
        item_error_key(item, errors, "exactly one of `%s` and `%s` is needed", either, or);
    if (is_given(time, "min") && is_given(time, "max") && time->min >= time->max)
        item_error(item, errors, "`min` must be less than `max`");
    if (is_given(time, "median") && is_given(time, "p99") && time->median >= time->p99)
        item_error(item, errors, "`median` must be less than `p99`");
}

static void unknown_family(const struct item *item, struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);

    for (int i = RANDOM_TIME_CONSTANT + 1; random_time_families[i].name != NULL; i++) {
        nearest_offer(&nearest, random_time_families[i].name);
        g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "",
                               random_time_families[i].name);
    }
    scenario_unknown(item, "distribution", nearest.best, known->str, reader);
    g_string_free(known, TRUE);
}

static void clear_random_time(void *field)
{
    struct random_time *time = field;

    g_free(time->file);
    *time = (struct random_time){ 0 };
}

static void read_random_time(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct random_time *time = field;
    char why[QUANTITY_WHY_MAX];
    const struct item *inner;

    clear_random_time(time);
    if (item->kind == ITEM_SCALAR && !item_is_null(item)) {
        time->family = RANDOM_TIME_CONSTANT;
        if (g_ascii_isalpha(item->text[0]))
            item_error(item, reader->errors,
                       "`%.40s` is neither a time nor a distribution, as in 40ms or "
                       "{exponential: {mean: 30s}}",
                       item->text);
        else if (!quantity_read_time(item->text, &time->value, why))
            item_error(item, reader->errors, "%s", why);
        return;
    }
    inner = scenario_single(item, "a time or one distribution, as in {exponential: {mean: 30s}},",
                            reader);
    if (inner == NULL)
        return;
    for (int i = RANDOM_TIME_CONSTANT + 1; random_time_families[i].name != NULL; i++)
        if (strcmp(random_time_families[i].name, inner->key) == 0)
            time->family = i;
    if (time->family == RANDOM_TIME_NONE)
        unknown_family(inner, reader);
    else if (random_time_families[time->family].kind == DISTRIBUTION_EMPIRICAL)
        read_file(inner, time, reader);
    else if (scenario_read_params(inner, random_time_families[time->family].rows, time,
                                  &time->given, reader))
        check_rows(inner, time, reader->errors);
}

static void write_random_time(GString *out, const void *field, bool for_hash)
{
    const struct random_time *time = field;
    const struct random_time_family *family = &random_time_families[time->family];
    char text[QUANTITY_TEXT_MAX];
    const char *separator = "";

    if (time->family == RANDOM_TIME_CONSTANT) {
        quantity_write_time(time->value, text);
        g_string_append(out, text);
        return;
    }
    g_string_append_printf(out, "{%s: {", family->name);
    if (family->kind == DISTRIBUTION_EMPIRICAL) {
        g_string_append(out, "file: ");
        document_write_scalar(out, for_hash ? time->measured->sha256 : time->file);
        separator = ", ";
    }
    for (int i = 0; family->rows[i].type != PARAM_TYPE_END; i++) {
        if (!(time->given >> i & 1))
            continue;
        param_get(&family->rows[i], time, text);
        g_string_append_printf(out, "%s%s: %s", separator, family->rows[i].name, text);
        separator = ", ";
    }
    g_string_append(out, "}}");
}

const struct key_kind kind_random_time = {
    .values = "a time, or a [random quantity](#random-quantities)",
    .read = read_random_time,
    .write = write_random_time,
    .clear = clear_random_time,
};

void random_time_spec(const struct random_time *time, struct distribution_spec *spec)
{
    bool has_mean = is_given(time, "mean");
    enum distribution_kind kind = random_time_families[time->family].kind;

    *spec = (struct distribution_spec){ .kind = kind };
    switch (kind) {
    case DISTRIBUTION_CONSTANT:
        spec->a = (double)time->value;
        break;
    case DISTRIBUTION_UNIFORM:
        spec->a = (double)time->min;
        spec->b = (double)time->max;
        break;
    case DISTRIBUTION_EXPONENTIAL:
        spec->a = (double)time->mean;
        break;
    case DISTRIBUTION_NORMAL:
        spec->a = (double)time->mean;
        spec->b = (double)time->sd;
        break;
    case DISTRIBUTION_LOGNORMAL:
        spec->a = (double)time->median;
        spec->b = is_given(time, "sigma")
                      ? time->sigma
                      : log((double)time->p99 / (double)time->median) / NORMAL_P99;
        break;
    case DISTRIBUTION_WEIBULL:
        spec->a = has_mean ? (double)time->mean / tgamma(1 + 1 / time->shape) : (double)time->scale;
        spec->b = time->shape;
        break;
    case DISTRIBUTION_PARETO:
        spec->a = (double)time->min;
        spec->b = time->shape;
        break;
    case DISTRIBUTION_LOMAX:
        spec->a = (double)time->scale;
        spec->b = time->shape;
        break;
    case DISTRIBUTION_GAMMA:
        spec->a = has_mean ? (double)time->mean / time->shape : (double)time->scale;
        spec->b = time->shape;
        break;
    case DISTRIBUTION_EMPIRICAL:
        spec->values = time->measured->values;
        spec->value_count = time->measured->count;
        spec->is_smooth = time->smooth;
        break;
    }
}

/* ---- the reader's memory of files ---- */

static void free_measurements(gpointer data)
{
    struct measurements *measured = data;

    g_free(measured->values);
    g_free(measured);
}

void scenario_reader_init(struct scenario_reader *reader, const struct model *const *models,
                          const char *path, struct errors *errors)
{
    *reader = (struct scenario_reader){ .models = models, .errors = errors };
    reader->folder = g_path_get_dirname(path);
    reader->measured = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_measurements);
}

void scenario_reader_clear(struct scenario_reader *reader)
{
    g_free(reader->folder);
    g_clear_pointer(&reader->measured, g_hash_table_destroy);
}
