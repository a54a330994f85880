/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_page.c - see report_page.h. */
#include "cli/report_page.h"

#include "analysis/page/page.h"
#include "base/printable.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"

static bool write_file(const char *file, const char *database, const struct page *page,
                       struct errors *errors)
{
    struct output output;

    if (!output_open(&output, file, database, errors))
        return false;
    page_write(output.stream, page);
    return output_close(&output, true, errors);
}

/* A page without figures is a page, but not in silence. */
static void draw(struct page *page)
{
    struct errors failures = { .count = 0 };

    if (!page_draw(page, &failures))
        printable_line(stderr, "gossipsim: warning: the page is without figures: %s",
                       failures.list[0].text);
    errors_clear(&failures);
}

int report_page(struct selection *selection, const char *database, const char *file,
                const struct report_options *table)
{
    /* Opening the study takes the texts apart. */
    char **where = g_strdupv(selection->where);
    const struct page_options options = { .table = *table,
                                          .word = command_word,
                                          .is_plain = command_is_plain,
                                          .where = (const char *const *)where,
                                          .only = (const char *const *)selection->only,
                                          .study = selection->study,
                                          .version = GOSSIPSIM_VERSION };
    struct errors errors = { .count = 0 };
    struct page *page = NULL;
    bool is_good = false;
    int code = EXIT_DONE;
    struct study *study = selection_open(selection, database, &code);

    if (study) {
        page = page_read(study, &options, &errors);
        study_end_reading(study);
        if (page)
            draw(page);
        is_good = page && write_file(file, database, page, &errors);
        code = is_good ? EXIT_DONE : options_fail(&errors);
    }
    page_free(page);
    study_close(study);
    errors_clear(&errors);
    g_strfreev(where);
    return code;
}
