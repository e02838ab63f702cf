// SPDX-License-Identifier: MIT
// The boot loader's modules, as it has really left them: a program of 9,029
// bytes, a text of 5, a program that says of itself what is not true, and 12
// whole pages. The test that boots them makes them: test_given_operations.py.
#include "real_machine.h"

#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/string.h>
#include <kernel/window.h>

struct known {
        const char *name;
        uint32_t bytes;
        uint32_t entry; // 0: no program
        const char *begin;
};

static const struct known known[] = {
        { "program", 9029, 0x08048010, "\177ELF" },
        { "hello.txt", 5, 0, "hello" },
        { "broken", 9029, 0, "\177ELF" },
        { "pages", 12 * H_PAGE_SIZE, 0, "page" },
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

static struct h_module
module(size_t number)
{
        struct h_module out = { .bytes = UNTOUCHED };

        expect_h(H_OK, h_module(number, &out), "h_module of number %u",
                 (unsigned)number);
        return out;
}

TEST(modules_are_described)
{
        real_machine_begin();
        expect_number(KNOWN, h_module_count(), "modules");
        for (size_t i = 0; i < KNOWN; i++) {
                struct h_module found = module(i);
                char begin[4];
                if (strcmp(found.name, known[i].name) != 0)
                        fail_values(known[i].name, found.name,
                                    "the name of module %u", (unsigned)i);
                expect_number(known[i].bytes, found.bytes,
                              "the bytes of module %u", (unsigned)i);
                expect_bool(known[i].entry != 0, found.executable,
                            "whether module %u is a program", (unsigned)i);
                expect_hex(known[i].entry, found.entry,
                           "where module %u begins", (unsigned)i);
                window_read(begin, paddr(found.first.value), sizeof(begin));
                if (memcmp(begin, known[i].begin, sizeof(begin)) != 0)
                        fail("module %u does not lie at 0x%08x", (unsigned)i,
                             found.first.value);
        }
        real_machine_end();
}

// Writes to a module, and returns what was there.
static uint32_t
put(struct h_module program, uint32_t offset, uint32_t word)
{
        uint32_t at = program.first.value + offset;
        uint32_t *words = window_map(paddr(at & ~(H_PAGE_SIZE - 1)));
        uint32_t was = words[at % H_PAGE_SIZE / 4];

        words[at % H_PAGE_SIZE / 4] = word;
        return was;
}

// What stands in a module is the client's to change, and is looked at again.
static void
changed(struct h_module program, uint32_t offset, uint32_t word, bool good)
{
        uint32_t was = put(program, offset, word);
        struct h_module found = module(0);

        if (found.executable != good)
                fail("a program whose word at 0x%x is 0x%08x and not 0x%08x "
                     "%s",
                     offset, word, was, good ? "is none" : "is one");
        expect_hex(good ? program.entry : 0, found.entry,
                   "its entry with a word 0x%08x at 0x%x", word, offset);
        put(program, offset, was);
}

TEST(modules_are_looked_at_each_time)
{
        real_machine_begin();
        struct h_module program = module(0);
        if (!program.executable)
                fail("module 0 is no program");

        // Its header, then the segment's at 0x34: all of the file, at
        // 0x08048000, with 0x4000 bytes in memory.
        changed(program, 0x00, 0x464C457E, false);
        changed(program, 0x04, 0x00010102, false); // 64 bits
        changed(program, 0x10, 0x00030001, false); // not linked
        changed(program, 0x10, 0x003E0002, false); // another processor
        changed(program, 0x1C, program.bytes - 31, false);
        changed(program, 0x1C, 0xFFFFFFF0, false);
        changed(program, 0x2C, 0x0000FFFF, false); // segments without end
        changed(program, 0x2C, 0, false);
        changed(program, 0x34, 4, false); // not to be loaded
        changed(program, 0x38, 1, false); // its bytes are not all there
        changed(program, 0x38, 0, true);
        changed(program, 0x3C, 0xBFFFD000, false); // into kernel space
        changed(program, 0x44, 0x4001, false); // more than there is room for
        changed(program, 0x44, 0x2000, true);
        changed(program, 0x48, 0x2344, false); // more in the file
        changed(program, 0x48, 0xFFFFFFFF, false);

        // The segment's header once more, in the last bytes of the file.
        uint32_t was = put(program, 0x1C, program.bytes - 32);
        changed(program, 0x2C, 1, true);
        changed(program, 0x2C, 2, false);
        put(program, 0x1C, was);
        expect_hex(program.entry, module(0).entry, "the entry at last");
        real_machine_end();
}

static size_t asked;

static enum h_error
get(uint32_t *out, size_t room, size_t *count)
{
        return h_module_regions(asked, (struct h_region *)out, room, count);
}

static const struct list module_regions = { "h_module_regions", get };

TEST(modules_have_regions)
{
        uint32_t words[ROOM], in_all = 0;

        real_machine_begin();
        for (asked = 0; asked < KNOWN; asked++) {
                uint32_t page = module(asked).first.value / H_PAGE_SIZE;
                size_t count = list_comes(&module_regions, words);
                for (size_t i = 0; i < count; i++) {
                        uint32_t size = 1u << (words[i] & 0xFFF);
                        expect_hex(page * H_PAGE_SIZE, words[i] & ~0xFFFu,
                                   "module %u: where region %u begins",
                                   (unsigned)asked, (unsigned)i);
                        expect_hex(0, words[i] & ~0xFFFu & (size - 1),
                                   "module %u: how region %u is aligned",
                                   (unsigned)asked, (unsigned)i);
                        for (uint32_t j = 0; j < size / H_PAGE_SIZE; j++)
                                if (!page_is_of_module(page++))
                                        fail("page 0x%08x is of no module",
                                             (page - 1) * H_PAGE_SIZE);
                        in_all += size / H_PAGE_SIZE;
                }
                expect_number((known[asked].bytes + 4095) / H_PAGE_SIZE,
                              page - module(asked).first.value / H_PAGE_SIZE,
                              "module %u: pages of its regions",
                              (unsigned)asked);
        }
        for (uint32_t i = 0; i < pages_in_all(); i++)
                in_all -= page_is_of_module(i);
        expect_number(0, in_all, "pages of modules in no region");
        real_machine_end();
}

TEST(modules_that_are_none)
{
        static const size_t none[] = { KNOWN, KNOWN + 1, 0x10000, SIZE_MAX };

        real_machine_begin();
        for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
                struct h_module out = { .bytes = UNTOUCHED, .entry = 7 };
                uint32_t words[2] = { UNTOUCHED, UNTOUCHED };
                size_t count = UNTOUCHED;
                expect_h(H_NO_MODULE, h_module(none[i], &out), "h_module 0x%x",
                         (unsigned)none[i]);
                asked = none[i];
                expect_h(H_NO_MODULE, get(words, 2, &count),
                         "h_module_regions 0x%x", (unsigned)none[i]);
                if (out.bytes != UNTOUCHED || out.entry != 7 ||
                    words[0] != UNTOUCHED || count != UNTOUCHED)
                        fail("there is no module 0x%x, and something has "
                             "been written",
                             (unsigned)none[i]);
        }
        real_machine_end();
}
