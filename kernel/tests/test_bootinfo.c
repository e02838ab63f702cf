// SPDX-License-Identifier: MIT
// What a boot loader leaves, anywhere in physical memory. Here that memory is a
// few blocks, zero elsewhere.
#include <kernel/bootinfo.h>
#include <kernel/window.h>

#include <string.h>

#include "check.h"

#define INFO 0x10000u
#define BLOCKS 8
#define BLOCK_SIZE 4096u

static struct block {
        uint32_t first;
        uint32_t size;
        unsigned char bytes[BLOCK_SIZE];
} blocks[BLOCKS];

static unsigned block_count;

static unsigned char
byte_at(uint32_t address)
{
        for (unsigned i = 0; i < block_count; i++)
                if (address - blocks[i].first < blocks[i].size)
                        return blocks[i].bytes[address - blocks[i].first];
        return 0;
}

// Stands in for window.c.
void
window_read(void *to, struct paddr from, size_t size)
{
        unsigned char *out = to;

        assert_true(size == 0 || size - 1 <= UINT32_MAX - from.value);
        for (size_t i = 0; i < size; i++)
                out[i] = byte_at(from.value + (uint32_t)i);
}

static void
place(uint32_t address, const void *bytes, size_t size)
{
        assert_true(block_count < BLOCKS && size <= BLOCK_SIZE);
        struct block *block = &blocks[block_count++];
        block->first = address;
        block->size = (uint32_t)size;
        memcpy(block->bytes, bytes, size);
}

#define FLAGS 0
#define COMMAND_LINE 4
#define MODULE_COUNT 5
#define MODULE_LIST 6
#define MAP_LENGTH 11
#define MAP 12

static int
empty_memory(void **state)
{
        (void)state;
        block_count = 0;
        return 0;
}

static void
nothing_is_there(void **state)
{
        (void)state;
        struct memory_map map;
        uint32_t info[13] = { [COMMAND_LINE] = 0x5000,
                              [MODULE_COUNT] = 3,
                              [MODULE_LIST] = 0x6000,
                              [MAP_LENGTH] = 48 };

        place(INFO, info, sizeof(info));
        place(0x5000, "never", 6);
        bootinfo_init(paddr(INFO));
        assert_string_equal(bootinfo_command_line(), "");
        assert_int_equal(bootinfo_module_count(), 0);
        assert_null(bootinfo_module(0));
        assert_int_equal(bootinfo_memory_map(&map), MEMORY_MAP_EMPTY);
}

// In the last page that 32 bits address, across page borders, at 3 GB.
static void
anywhere_in_memory(void **state)
{
        (void)state;
        static const uint32_t entries[] = {
                20, 0x100000, 0, 0x700000, 0, 1, // 1 MB to 8 MB
        };
        static const uint32_t modules[] = {
                0x1000,     0x1FFF,     0xFFFFFFF8, 0, //
                0xFFFFF000, 0xFFFFFFFF, 0,          0,
        };
        uint32_t info[13] = {
                [FLAGS] = 0x4C,
                [COMMAND_LINE] = 0xBFFFFFFE,
                [MODULE_COUNT] = 2,
                [MODULE_LIST] = 0xFFFFEFF9,
                [MAP_LENGTH] = sizeof(entries),
                [MAP] = 0x7FFFFFFF,
        };
        struct memory_map map;

        place(0xFFFFFFC4, info, sizeof(info));
        place(0xBFFFFFFE, "seed=7", 7);
        place(0x7FFFFFFF, entries, sizeof(entries));
        place(0xFFFFEFF9, modules, sizeof(modules));
        place(0xFFFFFFF8, "not zero", 8);
        bootinfo_init(paddr(0xFFFFFFC4));
        assert_string_equal(bootinfo_command_line(), "seed=7");
        assert_int_equal(bootinfo_memory_map(&map), MEMORY_MAP_OK);
        assert_int_equal(map.count, 1);
        assert_int_equal(map.ranges[0].last.value, 0x7FFFFF);
        assert_int_equal(bootinfo_module_count(), 2);
        assert_true(bootinfo_modules_complete());
        const struct boot_module *module = bootinfo_module(0);
        assert_int_equal(module->first.value, 0x1000);
        assert_int_equal(module->size, 0xFFF);
        assert_string_equal(module->name, "not zero");
        assert_int_equal(bootinfo_module(1)->size, 0xFFF);
        assert_string_equal(bootinfo_module(1)->name, "");
        assert_null(bootinfo_module(2));
}

static void
too_long_is_cut(void **state)
{
        (void)state;
        char text[2 * COMMAND_LINE_SIZE];
        uint32_t modules[(MODULES + 4) * 4] = { 0 };
        uint32_t info[13] = {
                [FLAGS] = 0x4C,
                [COMMAND_LINE] = 0x5000,
                [MODULE_COUNT] = MODULES + 4,
                [MODULE_LIST] = 0x20000,
                [MAP_LENGTH] = 0xFFFFFFFF,
                [MAP] = 0x30000,
        };
        static uint32_t entries[BLOCK_SIZE / 4];
        struct memory_map map;

        memset(text, 'x', sizeof(text));
        for (uint32_t i = 0; i < MODULES + 4; i++) {
                modules[i * 4] = i << 12;
                modules[i * 4 + 1] = (i << 12) + i;
                modules[i * 4 + 2] = 0x5000;
        }
        for (uint32_t i = 0; i + 6 <= COUNT_OF(entries); i += 6) {
                entries[i] = 20;
                entries[i + 1] = i << 12;
                entries[i + 3] = 0x1000;
                entries[i + 5] = 1;
        }
        place(INFO, info, sizeof(info));
        place(0x5000, text, sizeof(text));
        place(0x20000, modules, sizeof(modules));
        place(0x30000, entries, sizeof(entries));
        bootinfo_init(paddr(INFO));
        assert_int_equal(strlen(bootinfo_command_line()),
                         COMMAND_LINE_SIZE - 1);
        assert_int_equal(bootinfo_module_count(), MODULES);
        assert_false(bootinfo_modules_complete());
        assert_int_equal(bootinfo_module(MODULES - 1)->size, MODULES - 1);
        assert_int_equal(strlen(bootinfo_module(0)->name),
                         MODULE_NAME_SIZE - 1);
        assert_int_equal(bootinfo_memory_map(&map), MEMORY_MAP_FULL);
        assert_int_equal(map.count, MEMORY_RANGES);
}

// What goes on beyond the last address does not begin again at 0.
static void
past_the_last_address(void **state)
{
        (void)state;
        static const uint32_t module[] = { 0x1000, 0x2000, 0, 0 };
        uint32_t info[13] = {
                [FLAGS] = 0x4C,     [COMMAND_LINE] = 0xFFFFFFFC,
                [MODULE_COUNT] = 5, [MODULE_LIST] = 0xFFFFFFE0,
                [MAP_LENGTH] = 48,  [MAP] = 0xFFFFFFF0,
        };
        struct memory_map map;

        place(INFO, info, sizeof(info));
        place(0xFFFFFFFC, "last", 4);
        place(0xFFFFFFE0, module, sizeof(module));
        place(0xFFFFFFF0, "\x14\0\0\0\0\0\0\0\0\0\0\0", 12);
        place(0, "first", 5);
        bootinfo_init(paddr(INFO));
        assert_string_equal(bootinfo_command_line(), "last");
        assert_int_equal(bootinfo_memory_map(&map), MEMORY_MAP_CUT);
        assert_int_equal(map.count, 0);
        assert_true(bootinfo_module_count() <= 2);
        assert_int_equal(bootinfo_module(0)->size, 0x1000);

        bootinfo_init(paddr(0xFFFFFFF0));
        assert_string_equal(bootinfo_command_line(), "");
        assert_int_equal(bootinfo_module_count(), 0);
}

static void
a_module_that_ends_before_it_begins(void **state)
{
        (void)state;
        static const uint32_t modules[] = {
                0x2000, 0x1FFF, 0, 0, 0x3000, 0x3000, 0, 0,
        };
        uint32_t info[13] = {
                [FLAGS] = 0x08, [MODULE_COUNT] = 2, [MODULE_LIST] = 0x20000
        };

        place(INFO, info, sizeof(info));
        place(0x20000, modules, sizeof(modules));
        bootinfo_init(paddr(INFO));
        assert_int_equal(bootinfo_module_count(), 1);
        assert_int_equal(bootinfo_module(0)->first.value, 0x3000);
        assert_int_equal(bootinfo_module(0)->size, 0);
}

// Between two entries: what is left is a sound list, and not the loader's.
static void
a_list_that_is_cut_between_entries(void **state)
{
        (void)state;
        static uint32_t entries[BLOCK_SIZE / 4];
        uint32_t info[13] = {
                [FLAGS] = 0x40, [MAP_LENGTH] = BLOCK_SIZE, [MAP] = 0x30000
        };
        struct memory_map map;

        // 128 entries of 32 bytes, all but the first of them empty.
        for (uint32_t i = 0; i < COUNT_OF(entries); i += 8)
                entries[i] = 28;
        entries[1] = 0x100000;
        entries[3] = 0x1000;
        entries[5] = 1;
        place(INFO, info, sizeof(info));
        place(0x30000, entries, sizeof(entries));
        bootinfo_init(paddr(INFO));
        assert_int_equal(bootinfo_memory_map(&map), MEMORY_MAP_OK);
        assert_int_equal(map.count, 1);

        info[MAP_LENGTH] = BLOCK_SIZE + 24;
        memcpy(blocks[0].bytes, info, sizeof(info));
        bootinfo_init(paddr(INFO));
        assert_int_equal(bootinfo_memory_map(&map), MEMORY_MAP_CUT);
        assert_int_equal(map.count, 1);

        // The same by the end of the address space.
        info[MAP] = 0xFFFFFFE0;
        info[MAP_LENGTH] = 64;
        block_count = 0;
        place(INFO, info, sizeof(info));
        place(0xFFFFFFE0, entries, 32);
        bootinfo_init(paddr(INFO));
        assert_int_equal(bootinfo_memory_map(&map), MEMORY_MAP_CUT);
        assert_int_equal(map.count, 1);
}

// A number of modules that nobody has does not keep the kernel busy: those behind
// the first MODULES, which contradict themselves, are not looked at.
static void
a_number_of_modules_that_makes_no_sense(void **state)
{
        (void)state;
        uint32_t modules[(MODULES + 1) * 4] = { 0 };
        uint32_t info[13] = { [FLAGS] = 0x08,
                              [MODULE_COUNT] = 0xFFFFFFFF,
                              [MODULE_LIST] = 0x20000 };

        // Of each it says that it ends before it begins.
        for (uint32_t i = 0; i < MODULES; i++)
                modules[i * 4] = 0x1000;
        place(0x20000, modules, sizeof(modules));
        place(INFO, info, sizeof(info));
        bootinfo_init(paddr(INFO));
        assert_int_equal(bootinfo_module_count(), 0);
        assert_false(bootinfo_modules_complete());
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(nothing_is_there, empty_memory),
                cmocka_unit_test_setup(anywhere_in_memory, empty_memory),
                cmocka_unit_test_setup(too_long_is_cut, empty_memory),
                cmocka_unit_test_setup(past_the_last_address, empty_memory),
                cmocka_unit_test_setup(a_module_that_ends_before_it_begins,
                                       empty_memory),
                cmocka_unit_test_setup(a_list_that_is_cut_between_entries,
                                       empty_memory),
                cmocka_unit_test_setup(a_number_of_modules_that_makes_no_sense,
                                       empty_memory),
        };
        return cmocka_run_group_tests_name("bootinfo", tests, NULL, NULL);
}
