/* SPDX-License-Identifier: GPL-3.0-or-later */
/* region_preset.c - see region_preset.h. */
#include "experiment/language/region_preset.h"

#include <glib.h>
#include <string.h>

/* Made by the build of scenarios/data/regions/NAME.csv. */
extern const char region_cloud_13[], region_places_8[];

static const struct region_preset presets[] = {
    { "cloud-13", region_cloud_13, 0.5 }, /* round trips */
    { "places-8", region_places_8, 1 },
};

const struct region_preset *region_preset_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++)
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    return NULL;
}

char *region_preset_names(void)
{
    GString *names = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", presets[i].name);
    return g_string_free(names, FALSE);
}
