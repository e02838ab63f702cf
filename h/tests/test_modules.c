// SPDX-License-Identifier: MIT
// Modules: what they are, whose memory they are, and programs that only look like
// programs. And the small things: names of errors, flexpages, measurements.
#include "check.h"
#include "machine.h"

#include <h/h.h>
#include <h/internal/state.h>

#include <string.h>

#define PROGRAM 0x00130000u // see boot.c
#define PROGRAM_BYTES 0x3800u

static int
prepare(void **state)
{
        (void)state;
        machine_move_window(false);
        machine_reset(0x12345000);
        h_init();
        return 0;
}

static struct h_module
module(size_t number)
{
        struct h_module out = { .entry = 1 };

        assert_int_equal(h_module(number, &out), H_OK);
        return out;
}

static void
modules_are_described(void **state)
{
        (void)state;
        struct h_module out = { .bytes = 7 };
        assert_int_equal(h_module_count(), 2);
        assert_string_equal(module(0).name, "program with words");
        assert_int_equal(module(0).first.value, PROGRAM);
        assert_int_equal(module(0).bytes, PROGRAM_BYTES);
        assert_true(module(0).executable);
        assert_int_equal(module(0).entry, 0x08048000);
        assert_false(module(1).executable);
        assert_int_equal(module(1).entry, 0);
        assert_int_equal(h_module(2, &out), H_NO_MODULE);
        assert_int_equal(h_module(SIZE_MAX, &out), H_NO_MODULE);
        assert_int_equal(out.bytes, 7);
}

static void
regions_are_those_of_the_module(void **state)
{
        (void)state;
        struct h_region out[2] = { { { 1 } }, { { 1 } } };
        size_t count = 9;
        assert_int_equal(h_module_regions(0, out, 0, &count), H_CAPACITY);
        assert_int_equal(count, 1);
        assert_int_equal(out[0].pages.word, 1);
        assert_int_equal(h_module_regions(0, out, 2, &count), H_OK);
        assert_int_equal(out[0].pages.word, PROGRAM | 14);
        assert_int_equal(out[1].pages.word, 1);
        assert_int_equal(h_module_regions(2, out, 2, &count), H_NO_MODULE);
}

// One word of the program is another one, and it is no program any more.
static void
expect_no_program(uint32_t offset, uint32_t word)
{
        uint32_t *file = machine_frame(paddr(PROGRAM));
        uint32_t good = file[offset / 4];

        assert_true(module(0).executable);
        file[offset / 4] = word;
        assert_false(module(0).executable);
        assert_int_equal(module(0).entry, 0);
        file[offset / 4] = good;
}

static void
programs_are_looked_at(void **state)
{
        (void)state;
        expect_no_program(0x00, 0x464C457E);
        expect_no_program(0x04, 0x00010102); // 64 bits
        expect_no_program(0x04, 0x00010201); // most significant byte first
        expect_no_program(0x04, 0x00020101);
        expect_no_program(0x10, 0x00030001); // not linked
        expect_no_program(0x10, 0x00080002); // MIPS
        expect_no_program(0x14, 2);
        expect_no_program(0x18, 0x0804B000); // begins behind its segment
        expect_no_program(0x18, 0xC0000000);
        expect_no_program(0x1C, PROGRAM_BYTES - 31);
        expect_no_program(0x1C, 0xFFFFFFF0);
        expect_no_program(0x28, 0x00210034);
        expect_no_program(0x2C, 0);
        expect_no_program(0x2C, 0xFFFF);
        expect_no_program(0x34 + 4, 0x2801);     // its bytes are not all there
        expect_no_program(0x34 + 4, 0xFFFFF000); // a sum that wraps
        expect_no_program(0x34 + 8, 0xBFFFF000); // reaches into kernel space
        expect_no_program(0x34 + 8, 0xFFFFF000);
        expect_no_program(0x34 + 16, 0x3001); // more in the file than in memory
        expect_no_program(0x34 + 20, 0xF8000000);
}

static void
a_program_may_end_where_its_module_does(void **state)
{
        (void)state;
        uint32_t *file = machine_frame(paddr(PROGRAM));
        file[(0x34 + 4) / 4] = PROGRAM_BYTES - 0x3000;
        assert_true(module(0).executable);
        file[0x1C / 4] = PROGRAM_BYTES - 32;
        uint32_t segment[8];
        memcpy(segment, file + 13, sizeof(segment));
        unsigned char *end =
                (unsigned char *)machine_frame(paddr(PROGRAM + 0x3000)) + 0x800;
        memcpy(end - 32, segment, 32);
        assert_true(module(0).executable);
}

static void
errors_have_names(void **state)
{
        (void)state;
        assert_string_equal(h_strerror(H_OK), "H_OK");
        assert_string_equal(h_strerror(H_NO_MODULE), "H_NO_MODULE");
        for (unsigned a = 0; a < H_ERRORS; a++)
                for (unsigned b = 0; b < a; b++)
                        assert_string_not_equal(h_strerror(a), h_strerror(b));
        assert_string_equal(h_strerror(H_ERRORS), "an undefined error");
        assert_string_equal(h_strerror(-1), "an undefined error");
}

static void
flexpages_are_made(void **state)
{
        (void)state;
        const struct h_vaddr at = { 0x12345678 };
        assert_int_equal(h_vfpage(at, 12).word, 0x1234500C);
        assert_int_equal(h_vfpage(at, 16).word, 0x12340010);
        assert_int_equal(h_vfpage(at, 32).word, 32);
        assert_int_equal(h_vfpage(at, 11).word, 0);
        assert_int_equal(h_vfpage(at, 33).word, 0);
        assert_int_equal(h_pfpage((struct h_paddr){ 0xFFFFFFFF }, 22).word,
                         0xFFC00016);
        assert_int_equal(h_pfpage((struct h_paddr){ 5 }, 0).word, 0);
}

static void
measurements_add_up(void **state)
{
        (void)state;
        h_start_measurement(0);
        h_stop_measurement(0);
        h_start_measurement(0);
        h_stop_measurement(0);
        assert_int_equal(h_read_measurement(0).times, 2);
        assert_true(h_read_measurement(0).instructions > 0);
        h_start_measurement(H_MEASUREMENTS);
        h_stop_measurement(H_MEASUREMENTS);
        h_start_measurement(UINT32_MAX);
        h_stop_measurement(UINT32_MAX);
        assert_int_equal(h_read_measurement(H_MEASUREMENTS).times, 0);
        assert_int_equal(h_read_measurement(1).times, 0);
}

static void
texts_are_printed(void **state)
{
        (void)state;
        h_putstr("a ");
        h_putch('b');
        h_putstrln(" c");
        assert_string_equal(machine_printed, "a b c\n");
}

static void
the_heap_is_empty(void **state)
{
        (void)state;
        size_t bytes = 0;
        const unsigned char *heap = h_client_heap(&bytes);
        assert_int_equal(bytes, 213 * PAGE_SIZE);
        for (size_t i = 0; i < bytes; i++)
                assert_int_equal(heap[i], 0);
}

#define T(name) cmocka_unit_test_setup(name, prepare)

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(modules_are_described),
                T(regions_are_those_of_the_module),
                T(programs_are_looked_at),
                T(a_program_may_end_where_its_module_does),
                T(errors_have_names),
                T(flexpages_are_made),
                T(measurements_add_up),
                T(texts_are_printed),
                T(the_heap_is_empty),
        };
        return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}
