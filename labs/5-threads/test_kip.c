// SPDX-License-Identifier: MIT
// Tests of the kernel interface page as words. No program is needed.
#include <h4/test.h>
#include <l4/kip.h>

#define SERVER(n)                                                              \
        {                                                                      \
                (n) | 1, (n) | 2, (n) | 3, (n) | 4                             \
        }
#define DESCRIPTION_TEXT 16u // from the description's beginning
#define GUARD 0x5A5A1234u

// The page, and a word in front of it and behind it.
static uint32_t around[H_PAGE_WORDS + 2];
static uint32_t *const page = around + 1;
static struct memory_descriptor memory[KIP_MEMORY_MOST];
static uint32_t named[H_PAGE_WORDS]; // what a word is, below: 0 nothing's
static struct kip_contents contents;

static void
begin(size_t count)
{
        for (size_t i = 0; i < count; i++)
                memory[i] = (struct memory_descriptor){
                        .type = (enum kip_memory)(1 + random_below(15)),
                        .virtual = random_below(2),
                        .first = random_word() & ~0x3FFu,
                        .last = random_word() | 0x3FFu,
                };
        contents = (struct kip_contents){
                .sigma0 = SERVER(0xAAAA0000),
                .root = SERVER(0xBBBB0000),
                .memory = memory,
                .memory_count = count,
                .khz = 1234567,
        };
        for (uint32_t i = 0; i < H_PAGE_WORDS; i++)
                page[i] = random_word() | 1;
        around[0] = around[H_PAGE_WORDS + 1] = GUARD;
        kip_write(page, &contents);
        expect_hex(GUARD, around[0], "the word in front of the page");
        expect_hex(GUARD, around[H_PAGE_WORDS + 1], "the word behind the page");
}

static uint32_t
at(uint32_t offset)
{
        if (offset >= H_PAGE_SIZE || offset % 4 != 0)
                fail("a word of the page at 0x%x, which is not in the page or "
                     "not aligned",
                     offset);
        return page[offset / 4];
}

static uint32_t
byte_at(uint32_t offset)
{
        return at(offset & ~3u) >> offset % 4 * 8 & 0xFF;
}

// Of the kernel's description: with its text, the zero that ends it, and the zero that
// says that there are no features.
static uint32_t
description_bytes(void)
{
        uint32_t bytes = DESCRIPTION_TEXT;

        while (byte_at(at(KIP_DESCRIPTION) + bytes) != 0)
                bytes++;
        return bytes + 2;
}

TEST(page_fields)
{
        static const struct {
                uint32_t offset, value;
                const char *name;
        } fields[] = {
                { 0x00, 0x4BE6344C, "the magic number" },
                { 0x04, 0x84050000, "the API's version" },
                { 0x08, 0, "the API's flags" },
                { 0x10, 0, "the kernel debugger" },
                { 0x20, 0xAAAA0001, "SP of sigma0" },
                { 0x24, 0xAAAA0002, "IP of sigma0" },
                { 0x28, 0xAAAA0003, "the first byte of sigma0" },
                { 0x2C, 0xAAAA0004, "the byte behind sigma0" },
                { 0x30, 0, "sigma1" },
                { 0x40, 0xBBBB0001, "SP of the root server" },
                { 0x44, 0xBBBB0002, "IP of the root server" },
                { 0x48, 0xBBBB0003, "the first byte of the root server" },
                { 0x4C, 0xBBBB0004, "the byte behind the root server" },
                { 0xA8, 1 | 9 << 10 | 12 << 16, "UTCBs" },
                { 0xAC, 12, "the least KIP area" },
                { 0xB8, 0, "boot information" },
                { 0xC0, 1 | 1000 << 16, "the clock" },
                { 0xC4, 17 | 16 << 8 | 48 << 20, "threads" },
                { 0xC8, 6 | 1 << 12 | 1 << 22, "sizes of pages" },
                { 0xCC, 4u << 28, "processors" },
        };

        begin(3);
        for (uint32_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                expect_hex(fields[i].value, at(fields[i].offset),
                           "the word at 0x%02x of the page: %s",
                           fields[i].offset, fields[i].name);
}

TEST(page_descriptions)
{
        begin(3);
        uint32_t description = at(KIP_DESCRIPTION);
        uint32_t processor = at(KIP_PROCESSORS);

        expect_hex(0x48040000, at(description), "the kernel's ID");
        uint32_t date = at(description + 4);
        expect_bool(true,
                    (date & 0x1F) >= 1 && (date >> 5 & 0xF) >= 1 &&
                            (date >> 5 & 0xF) <= 12 && date >> 16 == 0,
                    "the kernel's date, 0x%08x, is one", date);
        expect_hex(0x20203448, at(description + 12), "the supplier, \"H4  \"");
        expect_bool(true, at(description + 8) != 0,
                    "the kernel's version is not 0");
        uint32_t end = description + description_bytes() - 2;
        for (uint32_t i = description + DESCRIPTION_TEXT; i < end; i++)
                expect_bool(true, byte_at(i) >= ' ' && byte_at(i) <= '~',
                            "the version as text: the byte 0x%02x, at 0x%03x "
                            "of the page, can be printed",
                            byte_at(i), i);
        expect_bool(true, end >= description + DESCRIPTION_TEXT + 2,
                    "the version as text has two characters at least");
        expect_hex(0, byte_at(end + 1),
                   "the byte behind the text's zero: there are no features");
        expect_hex(0, at(processor), "the processor's external frequency");
        expect_number(1234567, at(processor + 4),
                      "the processor's internal frequency");
        expect_hex(0, at(processor + 8), "the processor's third word");
        expect_hex(0, at(processor + 12), "the processor's fourth word");
}

TEST(page_memory)
{
        static const size_t counts[] = { 0, 1, 7, KIP_MEMORY_MOST };

        for (uint32_t n = 0; n < 4; n++) {
                begin(counts[n]);
                uint32_t info = at(KIP_MEMORY_INFO);
                expect_number((uint32_t)counts[n], info & 0xFFFF,
                              "how many descriptors of memory there are");
                for (uint32_t i = 0; i < counts[n]; i++) {
                        uint32_t where = (info >> 16) + i * 8;
                        expect_hex(memory[i].first |
                                           (memory[i].virtual ? 0x200u : 0) |
                                           memory[i].type,
                                   at(where), "descriptor %u, its first word",
                                   i);
                        expect_hex(memory[i].last & ~0x3FFu, at(where + 4),
                                   "descriptor %u, its second word", i);
                }
        }
}

enum part {
        FREE,
        FIELD,
        DESCRIPTION,
        PROCESSOR,
        MEMORY,
        CODE
};

static void
take(uint32_t offset, uint32_t bytes, enum part part)
{
        for (uint32_t i = offset / 4; i < (offset + bytes + 3) / 4; i++) {
                if (i >= H_PAGE_WORDS)
                        fail("part %u of the page ends behind the page", part);
                if (named[i] != FREE)
                        fail("the word at 0x%03x of the page belongs to parts "
                             "%u and %u (1 fields, 2 the kernel's description, "
                             "3 the processor's, 4 memory, 5 code)",
                             i * 4, named[i], part);
                named[i] = part;
        }
}

// Where the code lies, by one of its calls.
static uint32_t
code_begin(void)
{
        return at(KIP_CALLS) - kip_code[0];
}

// A word of the table in front of the code, which may have been copied with it or not.
static bool
is_of_table(uint32_t offset)
{
        return offset - code_begin() < CALLS * 8;
}

TEST(page_parts_do_not_overlap)
{
        // The most first: what is left in `memory` is no part of the others.
        static const size_t counts[] = { KIP_MEMORY_MOST, 5, 0 };

        for (uint32_t n = 0; n < 3; n++) {
                begin(counts[n]);
                for (uint32_t i = 0; i < H_PAGE_WORDS; i++)
                        named[i] = FREE;
                take(0, 0x100, FIELD);
                take(at(KIP_DESCRIPTION), description_bytes(), DESCRIPTION);
                take(at(KIP_PROCESSORS), 16, PROCESSOR);
                take(at(KIP_MEMORY_INFO) >> 16, (uint32_t)counts[n] * 8,
                     MEMORY);
                take(code_begin() + CALLS * 8, (kip_code_words - CALLS * 2) * 4,
                     CODE);
                for (uint32_t i = 0; i < H_PAGE_WORDS; i++)
                        if (named[i] == FREE && !is_of_table(i * 4))
                                expect_hex(0, page[i],
                                           "the word at 0x%03x of the page, "
                                           "which is no part of it, with %u "
                                           "descriptors of memory",
                                           i * 4, (uint32_t)counts[n]);
        }
}

TEST(page_says_nothing_else)
{
        static const uint32_t given[] = {
                0x00, 0x04, 0x0C, 0x20, 0x24, 0x28, 0x2C, 0x40, 0x44, 0x48,
                0x4C, 0x54, 0xA8, 0xAC, 0xBC, 0xC0, 0xC4, 0xC8, 0xCC, 0xD0,
                0xD4, 0xD8, 0xDC, 0xE0, 0xE4, 0xE8, 0xEC, 0xF0, 0xF4, 0xF8,
        };

        begin(2);
        uint32_t next = 0;
        for (uint32_t offset = 0; offset < 0x100; offset += 4)
                if (next < sizeof(given) / sizeof(given[0]) &&
                    given[next] == offset)
                        next++;
                else
                        expect_hex(0, at(offset),
                                   "the word at 0x%02x of the page, which is "
                                   "nothing's",
                                   offset);
        // What the page was full of before is nowhere: made again, it is the same.
        static uint32_t first[H_PAGE_WORDS];
        for (uint32_t i = 0; i < H_PAGE_WORDS; i++) {
                first[i] = page[i];
                page[i] = ~page[i];
        }
        kip_write(page, &contents);
        for (uint32_t i = 0; i < H_PAGE_WORDS; i++)
                expect_hex(first[i], page[i],
                           "the word at 0x%03x, of a page that was full of "
                           "something else before",
                           i * 4);
}

static void
expect_calls(void)
{
        for (uint32_t call = 0; call < CALLS; call++)
                expect_hex(code_begin() + kip_code[call * 2],
                           at(KIP_CALLS + call * 4),
                           "the offset of call %u at 0x%02x", call,
                           KIP_CALLS + call * 4);
        for (uint32_t i = CALLS * 2; i < kip_code_words; i++)
                expect_hex(kip_code[i], at(code_begin() + i * 4),
                           "word %u of the calls' code in the page", i);
}

TEST(calls_are_known_by_their_place)
{
        begin(3);
        expect_calls();
        uint32_t end = code_begin() + kip_code_words * 4;
        for (uint32_t offset = 0; offset < 2 * H_PAGE_SIZE; offset++) {
                enum kip_call due = CALLS;
                // All of the code; of what is around it every 61st byte.
                bool near = offset >= code_begin() - 16 && offset < end + 16;
                if (!near && offset % 61 != 0)
                        continue;
                for (uint32_t call = 0; call < CALLS; call++)
                        if (offset == code_begin() + kip_code[call * 2 + 1] &&
                            call != CALL_IPC && call != CALL_LIPC)
                                due = (enum kip_call)call;
                expect_number(due, kip_call_at(offset), "kip_call_at(0x%03x)",
                              offset);
        }
}

TEST(calls_are_nowhere_else)
{
        begin(3);
        // The last one has the last 16 bits of where a call goes on.
        const uint32_t words[] = { 0xFFFFFFFF, 0x80000000, 0xFFFFF000,
                                   0x10000 + code_begin() + kip_code[1] };

        for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                expect_number(CALLS, kip_call_at(words[i]),
                              "kip_call_at(0x%08x)", words[i]);
        expect_number(CALLS, kip_call_at(code_begin() + kip_code[9]),
                      "kip_call_at where Ipc goes on");
        expect_number(CALLS, kip_call_at(code_begin() + kip_code[11]),
                      "kip_call_at where Lipc goes on");
        for (uint32_t call = 0; call < CALLS; call++)
                expect_number(
                        CALLS, kip_call_at(code_begin() + kip_code[call * 2]),
                        "kip_call_at where the code of call %u begins", call);
}
