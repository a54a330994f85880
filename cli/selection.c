/* SPDX-License-Identifier: GPL-3.0-or-later */
/* selection.c - see selection.h. */
#include "cli/selection.h"

#include "analysis/study/narrow.h"
#include "cli/options.h"

struct study *selection_open(struct selection *selection, const char *path, int *exit_code)
{
    struct narrow narrow = { .only = (const char *const *)selection->only,
                             .keep = selection->keep };
    struct setting *where = NULL;
    struct errors errors = { 0 };
    struct study *study;

    *exit_code = EXIT_USAGE;
    if (!options_settings("--where", selection->where, &where, &narrow.where_count))
        return NULL;
    narrow.where = where;
    study = study_open(path, selection->study, &errors);
    if (study && selection->keeps_first)
        narrow.keep = study->strategies[0];
    if (study && !study_narrow(study, &narrow, &errors)) {
        study_close(study);
        study = NULL;
    }
    if (!study)
        *exit_code = options_fail(&errors);
    errors_clear(&errors);
    g_free(where);
    return study;
}

void selection_clear(struct selection *selection)
{
    g_strfreev(selection->where);
    g_strfreev(selection->only);
}
