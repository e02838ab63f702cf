// SPDX-License-Identifier: MIT
// Files with random words in them. Whether each is a program is asked a second
// time, of rules that are written down here once more, in numbers of 64 bits, where
// nothing can overflow.
#include "check.h"
#include "files.h"

#include <stdio.h>
#include <stdlib.h>

#define FILES 300000u
#define USER_SPACE 0xC0000000u
#define NULL_PAGE_END 0x1000u

static uint32_t
number(const char *name, uint32_t usual)
{
        const char *text = getenv(name);

        return text && *text ? (uint32_t)strtoul(text, NULL, 0) : usual;
}

static uint64_t
byte(const struct words *file, uint64_t at)
{
        return file->words[at / 4] >> (at % 4 * 8) & 0xFF;
}

static uint64_t
field(const struct words *file, uint64_t at, unsigned bytes)
{
        uint64_t value = 0;

        for (unsigned i = 0; i < bytes; i++)
                value |= byte(file, at + i) << (8 * i);
        return value;
}

// A segment's pages, as a half-open range.
struct pages {
        uint64_t first, end;
};

static bool
header_is_good(const struct words *file)
{
        return file->count >= 52 && field(file, 0, 4) == 0x464C457F &&
               field(file, 4, 3) == 0x010101 && field(file, 0x10, 2) == 2 &&
               field(file, 0x12, 2) == 3 && field(file, 0x14, 4) == 1 &&
               field(file, 0x2A, 2) == 32 &&
               field(file, 0x1C, 4) + 32 * field(file, 0x2C, 2) <= file->count;
}

// Answers whether the segment may be loaded, and where; no pages if there is
// nothing to be loaded.
static bool
segment_is_good(const struct words *file, uint64_t at, struct pages *pages)
{
        const uint64_t address = field(file, at + ADDRESS, 4);
        const uint64_t in_file = field(file, at + FILE_BYTES, 4);
        const uint64_t in_memory = field(file, at + MEMORY_BYTES, 4);
        const uint64_t type = field(file, at + TYPE, 4);

        *pages = (struct pages){ 0, 0 };
        if (type != 1)
                return type != 2 && type != 3;
        if (in_memory > 0)
                *pages =
                        (struct pages){ address >> 12,
                                        ((address + in_memory - 1) >> 12) + 1 };
        return in_file <= in_memory &&
               field(file, at + OFFSET, 4) + in_file <= file->count &&
               address + in_memory <= USER_SPACE &&
               (in_memory == 0 || address >= NULL_PAGE_END) &&
               (field(file, at + FLAGS, 4) & 7) != 0;
}

static bool
is_program(const struct words *file)
{
        static struct pages taken[MOST_WORDS / 8];
        const uint64_t entry = field(file, ENTRY, 4);
        size_t count = 0;
        bool begins = false;

        if (!header_is_good(file))
                return false;
        for (uint64_t i = 0; i < field(file, SEGMENT_COUNT, 2); i++) {
                uint64_t at = field(file, SEGMENTS, 4) + 32 * i;
                struct pages *own = &taken[count];
                if (!segment_is_good(file, at, own))
                        return false;
                if (own->first == own->end)
                        continue;
                for (size_t k = 0; k < count; k++)
                        if (taken[k].first < own->end &&
                            own->first < taken[k].end)
                                return false;
                count++;
                uint64_t first = field(file, at + ADDRESS, 4);
                uint64_t end = first + field(file, at + MEMORY_BYTES, 4);
                if (field(file, at + FLAGS, 4) & 1 && first <= entry &&
                    entry < end)
                        begins = true;
        }
        return begins && count <= ELF_SEGMENTS;
}

// Words near which something changes.
static uint32_t
some_word(struct random *random)
{
        static const uint32_t borders[] = {
                0,
                1,
                2,
                3,
                4,
                0x20,
                0x34,
                0x100,
                0x180,
                FILE_WORDS * 4,
                0x1000,
                0x2000,
                CODE_ADDRESS,
                DATA_ADDRESS,
                DATA_ADDRESS + DATA_MEMORY,
                USER_SPACE - DATA_MEMORY,
                USER_SPACE,
                0x80000000,
                0xFFFFF000,
                0xFFFFFFFF,
        };
        uint32_t border = borders[random_below(random, COUNT_OF(borders))];

        switch (random_below(random, 4)) {
        case 0:
                return random_next(random);
        case 1:
                return border;
        case 2:
                return border - random_below(random, 0x1100);
        default:
                return border + random_below(random, 0x1100);
        }
}

static void
mutate(struct words *file, struct random *random)
{
        uint32_t changes = 1 + random_below(random, 3);

        while (changes--) {
                // Mostly in the headers: the rest has no meaning.
                uint32_t at = random_below(random, (STACK + 0x20) / 4) * 4;
                uint32_t word = get_word(file, at);
                if (random_once_in(random, 2))
                        word ^= 1u << random_below(random, 32);
                else
                        word = some_word(random);
                set_word(file, at, word);
        }
        if (random_once_in(random, 8))
                file->count = random_below(random, MOST_WORDS * 4);
}

static void
save(const struct words *file)
{
        for (uint32_t at = 0; at < STACK + 0x20; at += 4)
                print_error("0x%03x  0x%08x\n", at, get_word(file, at));
        print_error("%u bytes\n", file->count);
}

static void
random_files_are_told_apart(void **state)
{
        (void)state;
        const uint32_t files = number("FILES", FILES);
        struct random random = { number("SEED", 1) };
        uint32_t answers[ELF_RESULTS] = { 0 };

        printf("# SEED=%u FILES=%u\n", random.state, files);
        for (uint32_t i = 0; i < files; i++) {
                struct words file = good_file();
                struct elf_program out;
                mutate(&file, &random);
                enum elf_result result = parse(&file, &out);
                answers[result]++;
                if ((result == ELF_OK) == is_program(&file))
                        continue;
                print_error("file %u is %s, and that is not so\n", i,
                            elf_reason(result));
                save(&file);
                fail();
        }
        for (int i = 0; i < ELF_RESULTS; i++)
                printf("# %7u  %s\n", answers[i], elf_reason(i));
        // The reader does not fail, and there are never so many segments.
        for (int i = 0; files >= FILES && i < ELF_RESULTS; i++)
                if (i != ELF_UNREADABLE && i != ELF_MANY_SEGMENTS)
                        assert_true(answers[i] > 0);
}

// Every word of the headers, once as each of these.
static void
every_word_is_looked_at(void **state)
{
        (void)state;
        struct random random = { number("SEED", 1) };

        for (uint32_t at = 0; at < STACK + 0x20; at += 4)
                for (unsigned i = 0; i < 200; i++) {
                        struct words file = good_file();
                        struct elf_program out;
                        set_word(&file, at,
                                 i < 32 ? get_word(&file, at) ^ 1u << i
                                        : some_word(&random));
                        bool taken = parse(&file, &out) == ELF_OK;
                        if (taken != is_program(&file))
                                save(&file);
                        assert_int_equal(taken, is_program(&file));
                }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(random_files_are_told_apart),
                cmocka_unit_test(every_word_is_looked_at),
        };
        return cmocka_run_group_tests_name("elf_random", tests, NULL, NULL);
}
