// SPDX-License-Identifier: MIT
// Programs of lab 4's client: one that is good, and each reason to refuse one, with
// the neighbour that is still good.
#include "check.h"
#include "files.h"

#include <string.h>

// Parses a file that is to be refused: nothing may have been written then.
static void
expect_refusal(const struct words *file, enum elf_result due)
{
        struct elf_program out, before;

        memset(&out, 0xA5, sizeof(out));
        memset(&before, 0xA5, sizeof(before));
        assert_string_equal(elf_reason(parse(file, &out)), elf_reason(due));
        assert_memory_equal(&out, &before, sizeof(out));
}

static void
expect_good(const struct words *file)
{
        struct elf_program out;

        assert_string_equal(elf_reason(parse(file, &out)), elf_reason(ELF_OK));
}

// What becomes of the good file with another word.
static void
expect_of_word(uint32_t offset, uint32_t word, enum elf_result due)
{
        struct words file = good_file();

        set_word(&file, offset, word);
        if (due == ELF_OK)
                expect_good(&file);
        else
                expect_refusal(&file, due);
}

static void
a_good_file_is_described(void **state)
{
        (void)state;
        struct words file = good_file();
        struct elf_program out;

        assert_int_equal(parse(&file, &out), ELF_OK);
        assert_int_equal(out.entry, CODE_ADDRESS + 4);
        assert_int_equal(out.count, 2);
        assert_int_equal(out.segments[0].offset, 0x100);
        assert_int_equal(out.segments[0].file_bytes, CODE_BYTES);
        assert_int_equal(out.segments[0].address, CODE_ADDRESS);
        assert_int_equal(out.segments[0].memory_bytes, CODE_BYTES);
        assert_int_equal(out.segments[0].rights, H_R | H_X);
        assert_int_equal(out.segments[1].offset, 0x180);
        assert_int_equal(out.segments[1].file_bytes, DATA_BYTES);
        assert_int_equal(out.segments[1].address, DATA_ADDRESS);
        assert_int_equal(out.segments[1].memory_bytes, DATA_MEMORY);
        assert_int_equal(out.segments[1].rights, H_R | H_W);
}

static void
every_shorter_file_is_truncated(void **state)
{
        (void)state;
        struct words file = good_file();

        expect_good(&file);
        while (file.count > 0) {
                file.count--;
                expect_refusal(&file, ELF_TRUNCATED);
        }
}

static void
other_files_are_no_programs(void **state)
{
        (void)state;
        expect_of_word(0x00, 0x464C457E, ELF_NO_MAGIC);
        expect_of_word(0x00, 0x474C457F, ELF_NO_MAGIC);
        expect_of_word(0x00, 0, ELF_NO_MAGIC);
        expect_of_word(0x04, 0x00010102, ELF_NOT_32_BIT);
        expect_of_word(0x04, 0x00010201, ELF_NOT_32_BIT);
        expect_of_word(0x04, 0x00020101, ELF_BAD_VERSION);
        expect_of_word(0x14, 2, ELF_BAD_VERSION);
        expect_of_word(0x10, 0x003E0002, ELF_NOT_386);
        expect_of_word(0x10, 0x00030001, ELF_NOT_EXECUTABLE);
        expect_of_word(0x10, 0x00030003, ELF_NOT_EXECUTABLE);
        expect_of_word(0x10, 0x00030004, ELF_NOT_EXECUTABLE);
        expect_of_word(NOTE + TYPE, 2, ELF_DYNAMIC);
        expect_of_word(NOTE + TYPE, 3, ELF_DYNAMIC);
        expect_of_word(NOTE + TYPE, 0, ELF_OK);
}

static void
headers_lie_in_the_file(void **state)
{
        (void)state;
        const uint32_t end = FILE_WORDS * 4;
        struct words file = good_file();

        expect_of_word(HEADER_SIZES, 0x00210034, ELF_BAD_HEADERS);
        expect_of_word(HEADER_SIZES, 0x00000034, ELF_BAD_HEADERS);
        expect_of_word(SEGMENT_COUNT, 0, ELF_BAD_ENTRY);
        expect_of_word(SEGMENT_COUNT, 0xFFFF, ELF_TRUNCATED);
        expect_of_word(SEGMENTS, end - 31, ELF_TRUNCATED);
        expect_of_word(SEGMENTS, 0x80000000, ELF_TRUNCATED);
        expect_of_word(SEGMENTS, 0xFFFFFF80, ELF_OVERFLOW);
        expect_of_word(SEGMENTS, 0xFFFFFFFF, ELF_OVERFLOW);

        // They may be the last bytes of it, and at no aligned place.
        unsigned char *bytes = (unsigned char *)file.words;
        file.count = end + 1 + 4 * 32;
        memcpy(bytes + end + 1, bytes + NOTE, 4 * 32);
        set_word(&file, SEGMENTS, end + 1);
        expect_good(&file);
        set_word(&file, SEGMENTS, end + 2);
        expect_refusal(&file, ELF_TRUNCATED);
}

static void
segments_lie_in_the_file(void **state)
{
        (void)state;
        expect_of_word(DATA + OFFSET, 0x181, ELF_TRUNCATED);
        expect_of_word(DATA + OFFSET, 0x17F, ELF_OK);
        expect_of_word(DATA + OFFSET, 0xFFFFFFC0, ELF_OVERFLOW);
        expect_of_word(DATA + OFFSET, 0xFFFFFFBF, ELF_TRUNCATED);
        expect_of_word(DATA + FILE_BYTES, 0x41, ELF_TRUNCATED);
        expect_of_word(DATA + FILE_BYTES, 0, ELF_OK);
        expect_of_word(DATA + FILE_BYTES, DATA_MEMORY + 1, ELF_MORE_IN_FILE);
        expect_of_word(DATA + FILE_BYTES, 0xFFFFFFFF, ELF_OVERFLOW);
        expect_of_word(CODE + MEMORY_BYTES, CODE_BYTES - 1, ELF_MORE_IN_FILE);
        expect_of_word(CODE + MEMORY_BYTES, 0, ELF_MORE_IN_FILE);
}

static void
segments_lie_in_user_space(void **state)
{
        (void)state;
        const uint32_t last = H_KERNEL_SPACE - DATA_MEMORY;

        expect_of_word(DATA + ADDRESS, last, ELF_OK);
        expect_of_word(DATA + ADDRESS, last + 1, ELF_KERNEL_SPACE);
        expect_of_word(DATA + ADDRESS, H_KERNEL_SPACE, ELF_KERNEL_SPACE);
        expect_of_word(DATA + ADDRESS, 0xFFFFDFFF, ELF_KERNEL_SPACE);
        expect_of_word(DATA + ADDRESS, 0xFFFFE000, ELF_WRAPS);
        expect_of_word(DATA + ADDRESS, 0xFFFFFFFF, ELF_WRAPS);
        expect_of_word(DATA + MEMORY_BYTES, H_KERNEL_SPACE - DATA_ADDRESS,
                       ELF_OK);
        expect_of_word(DATA + MEMORY_BYTES, H_KERNEL_SPACE - DATA_ADDRESS + 1,
                       ELF_KERNEL_SPACE);
        expect_of_word(DATA + MEMORY_BYTES, 0xF8000000, ELF_WRAPS);
}

static void
nothing_lies_where_null_pointers_lead(void **state)
{
        (void)state;
        struct words file = good_file();

        expect_of_word(DATA + ADDRESS, 0x1000, ELF_OK);
        expect_of_word(DATA + ADDRESS, 0xFFF, ELF_NULL_PAGE);
        expect_of_word(DATA + ADDRESS, 1, ELF_NULL_PAGE);
        expect_of_word(DATA + ADDRESS, 0, ELF_NULL_PAGE);
        expect_of_word(CODE + ADDRESS, 0, ELF_NULL_PAGE);

        // An empty one lies nowhere. Linkers write such for what they throw away.
        set_word(&file, DATA + ADDRESS, 0);
        set_word(&file, DATA + FILE_BYTES, 0);
        set_word(&file, DATA + MEMORY_BYTES, 0);
        expect_good(&file);
        set_word(&file, DATA + MEMORY_BYTES, 1);
        expect_refusal(&file, ELF_NULL_PAGE);
}

static void
segments_do_not_share_pages(void **state)
{
        (void)state;
        expect_of_word(DATA + ADDRESS, CODE_ADDRESS, ELF_OVERLAP);
        expect_of_word(DATA + ADDRESS, CODE_ADDRESS + 0x1000, ELF_OK);
        expect_of_word(DATA + ADDRESS, CODE_ADDRESS + 0xFFF, ELF_OVERLAP);
        expect_of_word(DATA + ADDRESS, CODE_ADDRESS - DATA_MEMORY, ELF_OK);
        expect_of_word(DATA + ADDRESS, CODE_ADDRESS - DATA_MEMORY + 1,
                       ELF_OVERLAP);
        // One within the other, and the other way round.
        expect_of_word(CODE + ADDRESS, DATA_ADDRESS + 0x1000, ELF_OVERLAP);
        expect_of_word(CODE + MEMORY_BYTES, 0x10000, ELF_OVERLAP);
        expect_of_word(CODE + MEMORY_BYTES, 0x1000, ELF_OK);
        expect_of_word(CODE + MEMORY_BYTES, 0x1001, ELF_OVERLAP);
}

static void
segments_have_rights(void **state)
{
        (void)state;
        expect_of_word(DATA + FLAGS, 0, ELF_NO_RIGHTS);
        expect_of_word(DATA + FLAGS, 0xFFFFFFF8, ELF_NO_RIGHTS);
        expect_of_word(DATA + FLAGS, H_W, ELF_OK);
        expect_of_word(DATA + FLAGS, 0xFFFFFFFC, ELF_OK);
}

static void
a_program_begins_in_executable_memory(void **state)
{
        (void)state;
        expect_of_word(ENTRY, CODE_ADDRESS, ELF_OK);
        expect_of_word(ENTRY, CODE_ADDRESS + CODE_BYTES - 1, ELF_OK);
        expect_of_word(ENTRY, CODE_ADDRESS + CODE_BYTES, ELF_BAD_ENTRY);
        expect_of_word(ENTRY, CODE_ADDRESS - 1, ELF_BAD_ENTRY);
        expect_of_word(ENTRY, 0, ELF_BAD_ENTRY);
        expect_of_word(ENTRY, 0xFFFFFFFF, ELF_BAD_ENTRY);
        expect_of_word(ENTRY, DATA_ADDRESS, ELF_BAD_ENTRY);
        expect_of_word(CODE + FLAGS, H_R, ELF_BAD_ENTRY);
        expect_of_word(CODE + TYPE, 0, ELF_BAD_ENTRY);
}

// Empty segments are none; of the others only so many are taken.
static void
segments_are_counted(void **state)
{
        (void)state;
        struct words file = good_file();
        const uint32_t headers = FILE_WORDS * 4;

        set_word(&file, SEGMENTS, headers);
        set_word(&file, SEGMENT_COUNT, ELF_SEGMENTS);
        for (uint32_t i = 0; i <= ELF_SEGMENTS; i++) {
                uint32_t at = headers + i * 32;
                memcpy(&file.words[at / 4], &file.words[CODE / 4], 32);
                set_word(&file, at + ADDRESS, CODE_ADDRESS + i * 0x1000);
        }
        file.count = headers + (ELF_SEGMENTS + 1) * 32;
        expect_good(&file);
        set_word(&file, SEGMENT_COUNT, ELF_SEGMENTS + 1);
        expect_refusal(&file, ELF_MANY_SEGMENTS);
        set_word(&file, headers + 32 + FILE_BYTES, 0);
        set_word(&file, headers + 32 + MEMORY_BYTES, 0);
        expect_good(&file);
}

static bool
read_nothing(const void *from, uint32_t offset, void *to, uint32_t count)
{
        (void)from;
        (void)offset;
        (void)to;
        (void)count;
        return false;
}

static void
a_file_may_be_unreadable(void **state)
{
        (void)state;
        const struct elf_file file = { FILE_WORDS * 4, read_nothing, NULL };
        struct elf_program out;

        assert_int_equal(elf_parse(&file, &out), ELF_UNREADABLE);
}

static void
reasons_have_words(void **state)
{
        (void)state;
        for (int a = 0; a < ELF_RESULTS; a++) {
                assert_string_not_equal(elf_reason(a), "?");
                for (int b = 0; b < a; b++)
                        assert_string_not_equal(elf_reason(a), elf_reason(b));
        }
        assert_string_equal(elf_reason(ELF_RESULTS), "?");
        assert_string_equal(elf_reason(-1), "?");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_good_file_is_described),
                cmocka_unit_test(every_shorter_file_is_truncated),
                cmocka_unit_test(other_files_are_no_programs),
                cmocka_unit_test(headers_lie_in_the_file),
                cmocka_unit_test(segments_lie_in_the_file),
                cmocka_unit_test(segments_lie_in_user_space),
                cmocka_unit_test(nothing_lies_where_null_pointers_lead),
                cmocka_unit_test(segments_do_not_share_pages),
                cmocka_unit_test(segments_have_rights),
                cmocka_unit_test(a_program_begins_in_executable_memory),
                cmocka_unit_test(segments_are_counted),
                cmocka_unit_test(a_file_may_be_unreadable),
                cmocka_unit_test(reasons_have_words),
        };
        return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
