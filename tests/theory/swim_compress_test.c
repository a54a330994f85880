/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sizes that swim gives compressed messages are those of LZW: messages are made here as
 * memberlist makes them, with msgpack and names of 12 letters, and compressed by a plain LZW with
 * codes of 9 to 12 bits, as Go's compress/lzw writes them.
 */
#include "models/swim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MTU = 1400 };

enum { MEMBERS_MAX = 10000, ROOM = 74 * MEMBERS_MAX + 200 };

struct text {
    uint8_t *bytes;
    size_t length;
};

static void add(struct text *t, const void *bytes, size_t count)
{
    memcpy(t->bytes + t->length, bytes, count);
    t->length += count;
}

static void add_string(struct text *t, const char *string)
{
    const uint8_t head = (uint8_t)(0xa0 | strlen(string));

    add(t, &head, 1);
    add(t, string, strlen(string));
}

static void add_name(struct text *t, const char *key, uint32_t member)
{
    char name[13];

    snprintf(name, sizeof name, "node-%07u", (unsigned)member);
    add_string(t, key);
    add_string(t, name);
}

static void add_small(struct text *t, const char *key, uint8_t value)
{
    add_string(t, key);
    add(t, &value, 1);
}

static void add_address(struct text *t, uint32_t member)
{
    const uint8_t address[] = { 0xa4, 10, 1, (uint8_t)(member >> 8), (uint8_t)member };

    add_string(t, "Addr");
    add(t, address, sizeof address);
}

/* Of a table, or of news that a member is alive. */
static void add_member(struct text *t, uint32_t member, bool is_entry)
{
    static const uint8_t port[] = { 0xcd, 7946 >> 8, 7946 & 255 },
                         vsn[] = { 0xa6, 1, 5, 2, 0, 0, 0 };

    add(t, is_entry ? "\x87" : "\x04\x86", is_entry ? 1 : 2);
    add_address(t, member);
    add_small(t, "Incarnation", 1);
    add_small(t, "Meta", 0xc0);
    add_name(t, is_entry ? "Name" : "Node", member);
    add_string(t, "Port");
    add(t, port, sizeof port);
    if (is_entry)
        add_small(t, "State", 0);
    add_string(t, "Vsn");
    add(t, vsn, sizeof vsn);
}

static void add_accusation(struct text *t, uint32_t member, uint32_t from, bool is_dead)
{
    add(t, is_dead ? "\x05\x83" : "\x03\x83", 2);
    add_name(t, "From", from);
    add_small(t, "Incarnation", 1);
    add_name(t, "Node", member);
}

/* ---- LZW ---- */

enum { LITERALS = 256, WIDTH = 9, CODES = 4096 };

struct lzw {
    uint16_t next[CODES][LITERALS]; /* 0: there is no such word */
    uint32_t last, width;           /* code given, bits of a code */
    uint64_t bits;
};

static void start_over(struct lzw *z)
{
    memset(z->next, 0, sizeof z->next);
    z->last = LITERALS + 1; /* after the codes to clear and to end */
    z->width = WIDTH;
}

/* A code has been written; the next word gets a number, or all is forgotten. */
static bool has_room(struct lzw *z)
{
    z->last++;
    if (z->last == 1u << z->width)
        z->width++;
    if (z->last < CODES - 1)
        return true;
    z->bits += z->width;
    start_over(z);
    return false;
}

/* With what msgpack wraps round it: {Algo, Buf}. */
static size_t compressed(const struct text *t)
{
    struct lzw *z = malloc(sizeof *z);
    uint32_t word = t->bytes[0];
    size_t bytes;

    assert_non_null(z);
    start_over(z);
    z->bits = WIDTH; /* the code to clear comes first */
    for (size_t i = 1; i < t->length; i++) {
        uint16_t *next = &z->next[word][t->bytes[i]];

        if (*next) {
            word = *next;
            continue;
        }
        z->bits += z->width;
        if (has_room(z))
            *next = (uint16_t)z->last;
        word = t->bytes[i];
    }
    z->bits += z->width;
    has_room(z);
    bytes = (z->bits + z->width + 7) / 8; /* the code to end */
    free(z);
    return bytes + 12 + (bytes < 32 ? 1 : bytes < 65536 ? 3 : 5);
}

/* ---- what is sent ---- */

static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)*seed * below >> 32);
}

static size_t compressed_table(struct text *t, uint32_t members)
{
    static const uint8_t start[] = { 6, 0x83 };
    const uint8_t count[] = { 0xcd, (uint8_t)(members >> 8), (uint8_t)members };
    uint32_t *order = malloc(members * sizeof *order), seed = members;

    assert_non_null(order);
    for (uint32_t i = 0; i < members; i++) {
        const uint32_t j = draw(&seed, i + 1);

        order[i] = order[j];
        order[j] = i;
    }
    t->length = 0;
    add(t, start, sizeof start);
    add_small(t, "Join", 0xc2);
    add_string(t, "Nodes");
    add(t, count, sizeof count);
    add_small(t, "UserStateLen", 0);
    for (uint32_t i = 0; i < members; i++)
        add_member(t, order[i], true);
    free(order);
    return compressed(t);
}

/* Where sizes were measured, another order of the members makes a hundredth of difference, and the
 * wrapping some bytes; between, a straight line stands for a curve that is bent, and steps where
 * LZW forgets its words, which makes a twentieth at most. */
static void tables_take_what_lzw_makes_of_them(void **state)
{
    static const struct {
        uint32_t members;
        bool was_measured;
    } sizes[] = {
        { 1, true },     { 3, true },    { 7, false },    { 10, true },   { 20, true },
        { 40, false },   { 60, false },  { 100, true },   { 150, false }, { 200, true },
        { 250, false },  { 300, true },  { 400, false },  { 500, true },  { 1000, true },
        { 2000, false }, { 3000, true }, { 10000, true },
    };
    struct text t = { .bytes = malloc(ROOM) };

    (void)state;
    assert_non_null(t.bytes);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const uint32_t members = sizes[i].members;
        const double wanted = (double)compressed_table(&t, members),
                     found = swim_compressed_table(members),
                     leeway = sizes[i].was_measured ? 4 + wanted / 100 : wanted / 20;

        if (fabs(found - wanted) > leeway)
            fail_msg("%u members: %g instead of %g", (unsigned)members, found, wanted);
    }
    free(t.bytes);
}

/* Several messages in one, each with its length. */
static void add_parts(struct text *packet, const struct text *parts, uint32_t count)
{
    const uint8_t start[] = { 7, (uint8_t)count };

    packet->length = 0;
    if (count > 1)
        add(packet, start, sizeof start);
    for (uint32_t i = 0; i < count && count > 1; i++) {
        const uint8_t length[] = { 0, (uint8_t)parts[i].length };

        add(packet, length, sizeof length);
    }
    for (uint32_t i = 0; i < count; i++)
        add(packet, parts[i].bytes, parts[i].length);
}

/* News of which so many of a hundred pieces say that somebody is alive.  The model knows the length
 * alone, and takes it that the parts make a sixth of difference (swim_compress.c). */
static void expect_packet(uint32_t count, uint32_t alive, uint32_t *seed)
{
    uint8_t bytes[26][80], whole[26 * 82 + 100];
    struct text parts[26], packet = { .bytes = whole };
    double wanted, found;

    for (uint32_t i = 0; i < count; i++) {
        const uint32_t member = draw(seed, 1000), from = draw(seed, 1000);

        parts[i] = (struct text){ .bytes = bytes[i] };
        if (draw(seed, 100) < alive)
            add_member(&parts[i], member, false);
        else
            add_accusation(&parts[i], member, from, draw(seed, 2) == 0);
    }
    add_parts(&packet, parts, count);
    if (packet.length > MTU)
        return;
    found = swim_compressed((uint32_t)packet.length);
    wanted = (double)compressed(&packet);
    if (wanted > (double)packet.length)
        wanted = (double)packet.length;
    if (fabs(found - wanted) > wanted / 6)
        fail_msg("%u pieces, %u B: %g instead of %g", (unsigned)count, (unsigned)packet.length,
                 found, wanted);
}

static void packets_take_nearly_what_lzw_makes_of_them(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (uint32_t count = 1; count <= 26; count++)
        for (uint32_t alive = 0; alive <= 100; alive += 25)
            expect_packet(count, alive, &seed);
    for (uint32_t bytes = 1; bytes < MTU; bytes++) {
        assert_true(swim_compressed(bytes) <= bytes);
        assert_true(swim_compressed(bytes) <= swim_compressed(bytes + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_take_what_lzw_makes_of_them),
        cmocka_unit_test(packets_take_nearly_what_lzw_makes_of_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
