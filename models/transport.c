/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transport.c - see transport.h. */
#include "models/transport.h"

#include <stddef.h>

const char *const transport_names[] = {
    [TRANSPORT_DATAGRAM] = "datagram", [TRANSPORT_CONNECTION] = "connection", NULL
};
