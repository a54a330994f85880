/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dimension.c - see dimension.h. */
#include "experiment/language/dimension.h"

#include <math.h>

bool dimension_read(const char *text, double *value, enum dimension *dimension)
{
    int64_t whole = 0;

    if (quantity_read_count(text, &whole, NULL))
        *dimension = DIMENSION_COUNT;
    else if (quantity_read_time(text, &whole, NULL))
        *dimension = DIMENSION_TIME;
    else if (quantity_read_size(text, &whole, NULL))
        *dimension = DIMENSION_SIZE;
    else if (quantity_read_rate(text, value, NULL))
        *dimension = DIMENSION_RATE;
    else if (quantity_read_bitrate(text, value, NULL))
        *dimension = DIMENSION_BITRATE;
    else
        *dimension = DIMENSION_NUMBER;
    if (*dimension == DIMENSION_COUNT || *dimension == DIMENSION_TIME ||
        *dimension == DIMENSION_SIZE)
        *value = (double)whole;
    return *dimension != DIMENSION_NUMBER || quantity_read_real(text, value, NULL) ||
           quantity_read_fraction(text, value, NULL);
}

void dimension_write(double value, enum dimension dimension, char *text)
{
    if (dimension == DIMENSION_TIME)
        quantity_write_time((sim_time)llround(value), text);
    else if (dimension == DIMENSION_SIZE)
        quantity_write_size(llround(value), text);
    else if (dimension == DIMENSION_RATE)
        quantity_write_rate(value, text);
    else if (dimension == DIMENSION_BITRATE)
        quantity_write_bitrate(llround(value), text);
    else
        quantity_write_real(value, text);
}

const char *dimension_unit(enum dimension dimension)
{
    static const char *const units[] = {
        [DIMENSION_NUMBER] = "", [DIMENSION_COUNT] = "",  [DIMENSION_TIME] = "s",
        [DIMENSION_SIZE] = "B",  [DIMENSION_RATE] = "/s", [DIMENSION_BITRATE] = "bit/s",
    };

    return units[dimension];
}
