/* SPDX-License-Identifier: GPL-3.0-or-later */
/* palette.c - see palette.h. */
#include "analysis/figure/palette.h"

#include "experiment/language/metric_name.h"

enum {
    STEPS = 60, /* of the bar */
    BAR_LABELS = 5,
    BAR_LEFT = 40, /* pixels, as the next: half a label has room */
    BAR_TOP = 64,
    BAR_WIDTH = 420,
    BAR_HEIGHT = 14,
    BAR_ROWS = 2, /* of a legend, whose place it takes */
    LABEL_BELOW = 10,
    BAR_TAG = 300, /* first number of its objects and labels in gnuplot */
};
#define INK_FROM 0.6 /* here and above text is black */

static const unsigned anchors[] = { 0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C,
                                    0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725 };

unsigned palette_colour(double share)
{
    const double place = CLAMP(share, 0, 1) * (G_N_ELEMENTS(anchors) - 1);
    const size_t first = MIN((size_t)place, G_N_ELEMENTS(anchors) - 2);
    unsigned colour = 0;

    for (int shift = 16; shift >= 0; shift -= 8) {
        const double a = anchors[first] >> shift & 0xff, b = anchors[first + 1] >> shift & 0xff;
        colour |= (unsigned)(a + (b - a) * (place - (double)first) + 0.5) << shift;
    }
    return colour;
}

unsigned palette_ink(double share)
{
    return share < INK_FROM ? 0xffffff : 0;
}

void palette_reserve(struct canvas *canvas)
{
    if (!canvas_is_text(canvas))
        canvas->legend_rows = BAR_ROWS;
}

void palette_bar(struct canvas *canvas, const struct ticks *range)
{
    const double width = canvas->size.width, height = canvas->size.height;
    const double bar = MIN(BAR_WIDTH, width - 2 * BAR_LEFT);
    const double top = 1 - BAR_TOP / height, foot = 1 - (BAR_TOP + BAR_HEIGHT) / height;

    if (canvas_is_text(canvas))
        return;
    for (int i = 0; i < STEPS; i++) /* each over part of the one before: no seams */
        gnuplot_add(canvas->gnuplot,
                    "set object %d rectangle from screen %.5f,%.5f to screen %.5f,%.5f "
                    "fc rgb '#%06x' fs solid noborder\n",
                    BAR_TAG + i, (BAR_LEFT + bar * i / STEPS) / width, foot,
                    (BAR_LEFT + bar) / width, top, palette_colour(i / (STEPS - 1.0)));
    for (int i = 0; i < BAR_LABELS; i++) {
        const double share = i / (BAR_LABELS - 1.0), value = ticks_at(range, share);
        const struct scale scale = range->is_log ? scale_choose(range->unit, value) : range->scale;
        char number[32], *text, *label;

        scale_write(number, value, scale);
        text = g_strdup_printf("%s %s", number, scale.unit);
        label = gnuplot_quote(canvas->gnuplot, g_strchomp(text), sizeof number);
        gnuplot_add(canvas->gnuplot, "set label %d %s at screen %.5f,%.5f center\n", BAR_TAG + i,
                    label, (BAR_LEFT + bar * share) / width, foot - LABEL_BELOW / height);
        g_free(label);
        g_free(text);
    }
}
