/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_html.c - a recording as a page of HTML that replays it.
 *
 * The page is page/replay.html with {{NAME}} filled in; its style and its script are those of the
 * folder page/, and the browser is told their hashes and to run nothing else.  Text of the scenario
 * goes into the page by base/markup.h.
 */
#include "analysis/replay/html_recording.h"
#include "analysis/replay/trace_format.h"
#include "base/markup.h"
#include "sim/metric.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

extern const struct trace_format trace_html;
extern const char replay_page[], replay_style[], replay_script[]; /* analysis/replay/page/ */

/* ---- words ---- */

static void add_line(GString *out, const char *element, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An element, `p` or `p class="note"`, whose text is no markup. */
static void add_line(GString *out, const char *element, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_string_append_printf(out, "<%s>", element);
    markup_text(out, text);
    g_string_append_printf(out, "</%.*s>\n", (int)strcspn(element, " "), element);
    g_free(text);
}

static void add_title(GString *out, struct html_scope *scope)
{
    const struct recording *recording = scope->recording;

    markup_text(out, recording->plan->name);
    g_string_append(out, ": ");
    markup_text(out, recording->plan->strategies[recording->strategy]);
}

static void add_summary(GString *out, struct html_scope *scope)
{
    const struct recording *recording = scope->recording;
    const struct plan *plan = recording->plan;
    GString *text = g_string_new(plan->description);

    if (text->len > 0)
        g_string_append(text, strchr(".?!", text->str[text->len - 1]) ? " " : ". ");
    g_string_append_printf(text, "%" PRIu32 " nodes, replication %" PRIu32, scope->nodes,
                           recording->replication);
    for (size_t i = 0; i < plan->axis_count; i++)
        g_string_append_printf(text, ", %s %s", plan->axes[i].path,
                               plan_param(plan, recording->point, i)->text);
    g_string_append_printf(text, "; it ended after %.5g s: %s.",
                           (double)recording->result.end / SIM_SECOND,
                           recording->result.stop_reason);
    markup_text(out, text->str);
    g_string_free(text, TRUE);
}

/* What the page does not show. */
static void add_notes(GString *out, struct html_scope *scope)
{
    static const char note[] = "p class=\"note\"";
    const struct recording *recording = scope->recording;
    const struct recording_options *options = &recording->options;
    const double end = (double)scope->end / SIM_SECOND;

    if (recording->result.status == SIM_FAILED)
        add_line(out, note, "The run failed: %s", recording->result.error);
    if (scope->shown < scope->nodes)
        add_line(out, note,
                 "Of the %" PRIu32 " nodes this page shows %" PRIu32 ", at even distances by their "
                 "numbers; messages from and to the others pass through the middle.",
                 scope->nodes, scope->shown);
    if (options->from > 0)
        add_line(out, note,
                 "Messages are shown from %.5g s to %.5g s; before, what nodes learn and believe.",
                 (double)options->from / SIM_SECOND, end);
    if (scope->is_cut)
        add_line(out, note,
                 "It shows the run until %.5g s, %" PRIu64
                 " events; a smaller cluster is shown for "
                 "longer (--set nodes=100), another stretch of time with --from and --until.",
                 end, scope->eligible);
}

/* ---- what the run came to ---- */

static void write_metric(char text[QUANTITY_TEXT_MAX], const struct metric *row,
                         const struct sim_metric *metric)
{
    if (metric->never || !isfinite(metric->value))
        g_strlcpy(text, "never", QUANTITY_TEXT_MAX);
    else if (row->unit == UNIT_TIME)
        g_snprintf(text, QUANTITY_TEXT_MAX, "%.4g s", metric->value);
    else if (row->unit == UNIT_SHARE)
        g_snprintf(text, QUANTITY_TEXT_MAX, "%.4g %%", 100 * metric->value);
    else
        quantity_write_short(metric->value, text);
}

static void add_outcome(GString *out, struct html_scope *scope)
{
    static const char *const shown[] = { "t50",        "t99",        "t_all",
                                         "residue",    "m",          "messages",
                                         "bytes",      "dropped",    "detect_first",
                                         "detect_t99", "false_dead", NULL };
    const struct sim_result *result = &scope->recording->result;

    g_string_append(out, "<dl>\n");
    for (size_t i = 0; i < result->metric_count; i++) {
        const struct sim_metric *metric = &result->metrics[i];
        const struct metric *row = metric_find(metric->name);
        char value[QUANTITY_TEXT_MAX];

        if (!row || !g_strv_contains(shown, metric->name))
            continue;
        write_metric(value, row, metric);
        add_line(out, "dt", "%s, %s", metric->name, row->label);
        add_line(out, "dd", "%s", value);
    }
    g_string_append(out, "</dl>");
}

static void add_reproduce(GString *out, struct html_scope *scope)
{
    const struct recording *recording = scope->recording;
    char *text = g_strdup_printf(
        "Made by gossipsim trace --format html: scenario %s, strategy %s, replication %" PRIu32
        ", seed %" PRIu64 "; fingerprint of the run %016" PRIx64 ".",
        recording->plan->name, recording->plan->strategies[recording->strategy],
        recording->replication, recording->config.seed, recording->result.fingerprint);

    markup_text(out, text);
    g_free(text);
}

/* ---- the page ---- */

static void add_style(GString *out, struct html_scope *scope)
{
    (void)scope;
    g_string_append(out, replay_style);
}

static void add_script(GString *out, struct html_scope *scope)
{
    (void)scope;
    g_string_append(out, replay_script);
}

static void add_style_digest(GString *out, struct html_scope *scope)
{
    (void)scope;
    markup_digest(out, replay_style);
}

static void add_script_digest(GString *out, struct html_scope *scope)
{
    (void)scope;
    markup_digest(out, replay_script);
}

static const struct part {
    const char *name;
    void (*add)(GString *out, struct html_scope *scope);
} parts[] = {
    { "title", add_title },
    { "summary", add_summary },
    { "notes", add_notes },
    { "outcome", add_outcome },
    { "reproduce", add_reproduce },
    { "style", add_style },
    { "script", add_script },
    { "style-digest", add_style_digest },
    { "script-digest", add_script_digest },
    { "recording", html_recording_write },
    { NULL, NULL },
};

/* Appends the part that a text begins with; returns what is behind its name. */
static const char *add_part(GString *out, const char *text, struct html_scope *scope)
{
    const size_t length = strcspn(text, "}");

    for (const struct part *part = parts; part->name; part++)
        if (strlen(part->name) == length && strncmp(part->name, text, length) == 0)
            part->add(out, scope);
    return text + length + strlen("}}");
}

static bool write_html(FILE *out, const struct recording *recording,
                       const struct trace_wishes *wishes, struct errors *errors)
{
    GString *page = g_string_new(NULL);
    struct html_scope scope;

    (void)wishes;
    (void)errors;
    html_scope_init(&scope, recording);
    for (const char *text = replay_page; *text;) {
        const char *part = strstr(text, "{{");
        const size_t length = part ? (size_t)(part - text) : strlen(text);

        g_string_append_len(page, text, (gssize)length);
        text = part ? add_part(page, part + strlen("{{"), &scope) : text + length;
    }
    html_scope_clear(&scope);
    fwrite(page->str, 1, page->len, out);
    g_string_free(page, TRUE);
    return true;
}

const struct trace_format trace_html = {
    .name = "html",
    .ending = ".html",
    .summary = "a page that replays the run in a browser; up to 500 nodes and 100000 events",
    .takes = TRACE_WINDOW,
    .write = write_html,
};
