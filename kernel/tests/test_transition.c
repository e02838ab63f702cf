// SPDX-License-Identifier: MIT
// The four transitions from every status there is: the answer, the page, and
// all others, which stay as they are.
#include "machine.h"

#define OPERATIONS 4

static enum page_result (*const operations[OPERATIONS])(struct paddr) = {
        page_make_directory,
        page_free_directory,
        page_make_table,
        page_free_table,
};

// What a page that is accepted becomes.
static const int16_t becomes[OPERATIONS] = {
        STATUS_PAGE_DIRECTORY,
        0,
        STATUS_PAGE_TABLE,
        0,
};

#define WRONG PAGE_WRONG_STATUS

static const struct {
        struct page page;
        enum page_result results[OPERATIONS]; // in the order of operations[]
} table[] = {
        { NORMAL(0), { PAGE_OK, WRONG, PAGE_OK, WRONG } },
        { NORMAL(1), { PAGE_MAPPED, WRONG, PAGE_MAPPED, WRONG } },
        { NORMAL(PAGE_COUNT_MAX), { PAGE_MAPPED, WRONG, PAGE_MAPPED, WRONG } },
        { MODULE(0), { PAGE_OK, WRONG, PAGE_OK, WRONG } },
        { MODULE(1), { PAGE_MAPPED, WRONG, PAGE_MAPPED, WRONG } },
        { ENVIRONMENT, { WRONG, WRONG, WRONG, WRONG } },
        { DIRECTORY, { WRONG, PAGE_OK, WRONG, WRONG } },
        { PINNED_DIRECTORY, { WRONG, PAGE_PINNED, WRONG, WRONG } },
        { TABLE(0), { WRONG, WRONG, WRONG, PAGE_OK } },
        { TABLE(1), { WRONG, WRONG, WRONG, PAGE_HOLDS_ENTRIES } },
        { TABLE(TABLE_ENTRIES), { WRONG, WRONG, WRONG, PAGE_HOLDS_ENTRIES } },
        { PINNED_TABLE(0), { WRONG, WRONG, WRONG, PAGE_PINNED } },
        { PINNED_TABLE(1), { WRONG, WRONG, WRONG, PAGE_PINNED } },
        { NOT_INSTALLED,
          { PAGE_NOT_INSTALLED, PAGE_NOT_INSTALLED, PAGE_NOT_INSTALLED,
            PAGE_NOT_INSTALLED } },
        { NORMAL(-5), { WRONG, WRONG, WRONG, WRONG } },
        { NORMAL(INT16_MIN), { WRONG, WRONG, WRONG, WRONG } },
};

static void
check_operation(size_t operation, uint32_t number, enum page_result expected)
{
        assert_result(operations[operation](frame_of(number)), expected);
        if (expected == PAGE_OK)
                expected_pages[number].status = becomes[operation];
        machine_check();
}

static void
every_transition_from_every_status(void **state)
{
        (void)state;
        struct random random = { 0x57A7E001 };
        // At both ends of the array and inside it, among neighbours of any kind.
        const uint32_t places[] = { 0, 1, 31, 62, 63 };
        for (size_t row = 0; row < COUNT_OF(table); row++)
                for (size_t i = 0; i < OPERATIONS; i++)
                        for (size_t p = 0; p < COUNT_OF(places); p++) {
                                machine_random(64, &random);
                                machine_set(places[p], table[row].page);
                                check_operation(i, places[p],
                                                table[row].results[i]);
                        }
}

static void
there_and_back(void **state)
{
        (void)state;
        machine_make(3, NORMAL(0));
        for (int round = 0; round < 3; round++) {
                check_operation(0, 1, PAGE_OK);
                check_operation(0, 1, PAGE_WRONG_STATUS);
                check_operation(2, 1, PAGE_WRONG_STATUS);
                check_operation(3, 1, PAGE_WRONG_STATUS);
                check_operation(1, 1, PAGE_OK);
                check_operation(1, 1, PAGE_WRONG_STATUS);
                check_operation(2, 1, PAGE_OK);
                check_operation(2, 1, PAGE_WRONG_STATUS);
                check_operation(0, 1, PAGE_WRONG_STATUS);
                check_operation(1, 1, PAGE_WRONG_STATUS);
                check_operation(3, 1, PAGE_OK);
                check_operation(3, 1, PAGE_WRONG_STATUS);
        }
}

static void
a_directory_knows_no_entries(void **state)
{
        (void)state;
        machine_make(1, DIRECTORY);
        page_array.pages[0].entries = expected_pages[0].entries = 5;
        check_operation(1, 0, PAGE_OK);
}

static void
refuses_addresses_inside_a_page(void **state)
{
        (void)state;
        struct random random = { 0x57A7E002 };
        machine_random(64, &random);
        for (size_t kind = 0; kind < KINDS; kind++)
                for (size_t i = 0; i < OPERATIONS; i++)
                        for (unsigned bit = 0; bit < PAGE_LOG2; bit++) {
                                machine_set(7, kinds[kind]);
                                struct paddr frame = frame_of(7);
                                frame.value |= 1u << bit;
                                assert_result(operations[i](frame),
                                              PAGE_MISALIGNED);
                                machine_check();
                        }
        // Beyond the array too: alignment is looked for first.
        for (size_t i = 0; i < OPERATIONS; i++) {
                assert_result(operations[i](paddr(64 * PAGE_SIZE + 4)),
                              PAGE_MISALIGNED);
                assert_result(operations[i](paddr(UINT32_MAX)),
                              PAGE_MISALIGNED);
        }
        machine_check();
}

static void
refuses_frames_beyond_the_array(void **state)
{
        (void)state;
        for (uint32_t count = 0; count < 3; count++)
                for (size_t i = 0; i < OPERATIONS; i++) {
                        machine_make(count, i % 2 ? TABLE(0) : NORMAL(0));
                        check_operation(i, count, PAGE_NOT_INSTALLED);
                        check_operation(i, count + 1, PAGE_NOT_INSTALLED);
                        check_operation(i, 0xFFFFF, PAGE_NOT_INSTALLED);
                }
}

static void
the_last_page_of_4_gb(void **state)
{
        (void)state;
        machine_make(0x100000, NORMAL(0));
        for (size_t i = 0; i < OPERATIONS; i++)
                check_operation(i, 0xFFFFF, PAGE_OK);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                machine_test(every_transition_from_every_status),
                machine_test(there_and_back),
                machine_test(a_directory_knows_no_entries),
                machine_test(refuses_addresses_inside_a_page),
                machine_test(refuses_frames_beyond_the_array),
                machine_test(the_last_page_of_4_gb),
        };
        return cmocka_run_group_tests_name("transition", tests, NULL, NULL);
}
