/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_compress.c - how long messages are once memberlist has compressed them; see swim.h.
 *
 * Messages are not made as bytes here, so what LZW makes of them is taken from tables.  They were
 * measured with Go's compress/lzw (8 bits, least significant first) on what msgpack makes of
 * messages about members named node-0000001 and so on, in random order, at IPv4 addresses in one
 * block of 65536; 16 B for the wrapping are in them.  Names without a common part compress half as
 * well, so that a table takes twice as much.
 *
 * Source: memberlist's util.go, compressPayload(), and net.go, rawSendMsgPacket(), which leaves a
 * packet as it is if that is no longer, and rawSendMsgStream(), which does not.
 */
#include "models/swim.h"

struct knot {
    uint32_t from, to;
};

/* The sizes of packets of several parts; which parts they are makes a sixth of difference. */
static const struct knot packets[] = { { 100, 100 }, { 150, 140 },  { 200, 167 },
                                       { 300, 205 }, { 420, 240 },  { 640, 325 },
                                       { 850, 380 }, { 1060, 430 }, { 1400, 510 } };

/* The bytes of tables of so many members.  From some 500 on LZW has forgotten its first words. */
static const struct knot tables[] = { { 1, 123 },     { 3, 203 },      { 5, 259 },
                                      { 10, 373 },    { 20, 551 },     { 30, 684 },
                                      { 50, 883 },    { 100, 1292 },   { 200, 1977 },
                                      { 300, 2759 },  { 500, 3976 },   { 700, 5265 },
                                      { 1000, 8618 }, { 3000, 27636 }, { 10000, 100596 } };

/* Between the knots, or beyond the last two, on a straight line. */
static uint32_t read_off(const struct knot *knots, uint32_t count, uint32_t from)
{
    uint32_t i = 1;

    while (i < count - 1 && knots[i].from < from)
        i++;
    const struct knot *low = &knots[i - 1], *high = &knots[i];

    return low->to + (uint32_t)((uint64_t)(high->to - low->to) * (from - low->from) /
                                (high->from - low->from));
}

uint32_t swim_compressed(uint32_t bytes)
{
    return bytes <= packets[0].from ? bytes
                                    : read_off(packets, sizeof packets / sizeof *packets, bytes);
}

uint32_t swim_compressed_table(uint32_t members)
{
    return read_off(tables, sizeof tables / sizeof *tables, members);
}
