/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_words.c - see run_words.h. */
#include "cli/run_words.h"

#include "analysis/study/curve.h"
#include "analysis/verdict/expectation.h"
#include "analysis/verdict/report.h"
#include "base/printable.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long long number(uint64_t value)
{
    return value;
}

/* An empty line before or after what goes to standard output, if standard error goes there, too. */
static void part_from_output(void)
{
    struct stat out, err;

    if (fstat(STDOUT_FILENO, &out) == 0 && fstat(STDERR_FILENO, &err) == 0 &&
        out.st_dev == err.st_dev && out.st_ino == err.st_ino)
        fputc('\n', stderr);
}

void run_say_how_it_went(const struct run_options *options, const char *path,
                         const struct runner_outcome *outcome, double seconds)
{
    char took[PROGRESS_TIME_MAX], *command;

    if (outcome->is_interrupted) {
        command = command_typed(options->command);
        printable_line(stderr, "gossipsim: interrupted; %llu new run%s stored in '%s'",
                       number(outcome->made), outcome->made == 1 ? " is" : "s are", path);
        printable_line(stderr, "to go on: %s", command);
        g_free(command);
        return;
    }
    progress_time(seconds, took);
    if (outcome->made > 0 && !options->is_quiet)
        printable_line(stderr, "%llu run%s in %s, stored in '%s'", number(outcome->made),
                       outcome->made == 1 ? "" : "s", took, path);
    else if (outcome->refused == 0 && !options->is_quiet)
        printable_line(stderr, "nothing to do: all %llu runs%s are in '%s'", number(outcome->total),
                       options->shard ? " of the shard" : "", path);
    if (outcome->refused > 0)
        printable_line(stderr, "gossipsim: error: %llu of %llu runs were not made: %s",
                       number(outcome->refused), number(outcome->total), outcome->refusal);
    if (outcome->failed > 0)
        printable_line(stderr, "gossipsim: error: %llu of %llu runs failed; the first: %s",
                       number(outcome->failed), number(outcome->total), outcome->failure);
    if (!options->is_quiet || outcome->refused + outcome->failed > 0)
        part_from_output();
}

static bool has_updates(const struct study *study)
{
    struct errors nobody_asked = { .count = 0 };
    const bool is_there = study_check_metric(study, "t99", &nobody_asked);

    errors_clear(&nobody_asked);
    return is_there;
}

/* Whether the first point has crashes that somebody was to detect. */
static bool has_detections(const struct study *study, struct errors *errors)
{
    bool is_there = false;

    for (size_t i = 0; i < study->strategy_count && !is_there; i++) {
        struct trajectories curve = { .run_count = 0 };

        if (!trajectories_read_detection(study, 0, study->strategies[i], &curve, errors))
            return false;
        is_there = curve.run_count > 0;
        trajectories_clear(&curve);
    }
    return is_there;
}

/* What to draw of it: of updates how they spread, else how word of crashes does; NULL if there is
 * nothing along time. */
static const char *usual_figure(const struct study *study, struct errors *errors)
{
    if (study->point_count > 1)
        return "sweep";
    if (has_updates(study))
        return "convergence";
    return has_detections(study, errors) ? "detection" : NULL;
}

/* The command that joins the shard with the others. */
static void say_merge(const struct run_options *options, const struct plan *plan)
{
    char *whole = g_strdup_printf("results/%s.db", plan->name), *merge;

    merge = command_suggestion(2, (char *[]){ "merge", whole });
    fflush(stdout);
    part_from_output();
    if (options->output)
        printable_line(stderr, "next: %s DB...", merge);
    else
        printable_line(stderr, "next: %s results/%s.*-of-%u.db", merge, plan->name,
                       options->shard_count);
    g_free(merge);
    g_free(whole);
}

/* A line: the command `words`, with `--study N` if the newest of the file is another one. */
static void say_command(const char *lead, const struct study *study, int count, char **words)
{
    char *all[10], number_of_it[24], *command;

    memcpy(all, words, (size_t)count * sizeof(*words));
    if (study->study_id != (int64_t)study->count) {
        g_snprintf(number_of_it, sizeof number_of_it, "%lld", (long long)study->study_id);
        all[count++] = "--study";
        all[count++] = number_of_it;
    }
    command = command_suggestion(count, all);
    printable_line(stderr, "%s%s", lead, command);
    g_free(command);
}

/* The command whose table says most of it. */
static void say_look(const struct plan *plan, const struct study *study, char *path)
{
    const char *const lead = "next: ";

    if (plan->strategy_count > 1)
        say_command(lead, study, 2, (char *[]){ "compare", path });
    else if (study->axis_count == 1 && study->point_count > 1)
        say_command(lead, study, 4, (char *[]){ "compare", path, "--by", study->axes[0] });
    else if (study->axis_count > 1 && study->point_count > 1 &&
             (!plan->is_zip || plan->points_asked > 0))
        say_command(lead, study, 3, (char *[]){ "report", path, "--sensitivity" });
    else
        say_command(lead, study, 2, (char *[]){ "status", path });
}

/* Commands that show more of this study; `figure`: as usual_figure() has it. */
static void say_next(const struct run_options *options, const struct plan *plan,
                     const struct study *study, char *path, char *figure)
{
    const char *const lead = "      ";
    char *file;

    if (options->is_quiet)
        return;
    if (options->shard) {
        say_merge(options, plan);
        return;
    }
    file = g_strconcat(figure ? figure : "", ".svg", NULL);
    fflush(stdout);
    part_from_output();
    say_look(plan, study, path);
    if (figure)
        say_command(lead, study, 6, (char *[]){ "plot", path, "--kind", figure, "-o", file });
    say_command(lead, study, 3, (char *[]){ "export", path, "runs" });
    g_free(file);
}

/* How the scenario's expectations did; *different counts those that do not hold. */
static bool print_expectations(FILE *out, const struct plan *plan, const struct study *study,
                               size_t *different, struct errors *errors)
{
    struct expectation_count count;

    *different = 0;
    if (plan->expectation_count == 0)
        return true;
    putc('\n', out);
    if (study->shard) {
        fprintf(out,
                "%zu expectation%s %s not judged: this is a part of the study; `gossipsim run` "
                "judges the whole, on the merged database\n",
                plan->expectation_count, plan->expectation_count == 1 ? "" : "s",
                plan->expectation_count == 1 ? "is" : "are");
        return true;
    }
    if (!expectation_judge(out, study, plan->expectations, plan->expectation_count, true, &count,
                           errors))
        return false;
    *different = count.different;
    if (count.different > 0)
        fprintf(out, "%zu of %zu expectation%s %s not hold", count.different, count.judged,
                count.judged == 1 ? "" : "s", count.different == 1 ? "does" : "do");
    else
        fprintf(out, "%zu expectation%s", count.judged, count.judged == 1 ? " holds" : "s hold");
    if (count.left_out > 0)
        fprintf(out, "; %zu about strategies left out", count.left_out);
    putc('\n', out);
    return true;
}

int run_print_summary(const struct run_options *options, const struct plan *plan, const char *path,
                      int64_t study_id, struct errors *errors)
{
    struct study *study = study_open(path, study_id, errors);
    struct report_options how = { .metrics = NULL };
    struct output output;
    const char *figure = NULL;
    size_t different = 0;
    bool is_good = false;
    int exit_code;

    output_style(&verb_run, false, false, &how.style);
    if (study && output_open(&output, NULL, path, errors)) {
        is_good = report_print(output.stream, study, &how, errors) &&
                  print_expectations(output.stream, plan, study, &different, errors);
        figure = is_good && !options->is_quiet ? usual_figure(study, errors) : NULL;
        study_end_reading(study);
        is_good = output_close(&output, is_good, errors) && is_good;
    }
    exit_code = !is_good ? options_fail(errors) : different > 0 ? EXIT_CHECK_FAILED : EXIT_DONE;
    if (study && exit_code != EXIT_IO)
        say_next(options, plan, study, (char *)path, (char *)figure);
    study_close(study);
    return exit_code;
}
