// SPDX-License-Identifier: MIT
// The model of the machine itself: what its TLB remembers, and what makes it
// forget. A machine that forgave a missing invalidation would prove nothing.
#include "check.h"
#include "machine.h"

#include <h/internal/state.h>
#include <kernel/cpu.h>
#include <kernel/entry.h>
#include <kernel/paging.h>
#include <kernel/window.h>

#include <string.h>

// A page-directory, its page-table, and pages, in memory that nobody uses.
#define DIRECTORY 0x00800000u
#define TABLE 0x00801000u
#define OTHER_TABLE 0x00802000u
#define FIRST 0x00803000u
#define SECOND 0x00804000u
#define SUPERPAGE 0x00C00000u

#define AT 0x00401000u
#define SUPERPAGE_AT 0x00800000u

static uint32_t *table, *directory;

static void
prepare_memory(void)
{
        machine_reset(0);
        h_init();
        directory = machine_frame(paddr(DIRECTORY));
        table = machine_frame(paddr(TABLE));
        for (uint32_t at = DIRECTORY; at <= SECOND; at += PAGE_SIZE) {
                machine_touch(paddr(at));
                machine_frame(paddr(at))[0] = at;
        }
        memcpy(directory, machine_frame(h_state.reference), PAGE_SIZE);
        memset(table, 0, PAGE_SIZE);
        pde_make_table(paddr(TABLE), true, &directory[1]);
        table[1] = FIRST | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER;
        directory[2] = SUPERPAGE | ENTRY_PRESENT | ENTRY_USER | ENTRY_SUPERPAGE;
        machine_touch(paddr(SUPERPAGE));
        machine_frame(paddr(SUPERPAGE))[0] = SUPERPAGE;
        write_cr3(DIRECTORY);
}

static int
prepare(void **state)
{
        (void)state;
        machine_move_window(false);
        prepare_memory();
        return 0;
}

// What user code reads at an address; 0 for a page fault.
static uint32_t
user_reads(uint32_t address)
{
        uint32_t word = 0;

        return machine_user_read(vaddr(address), &word) ? word : 0;
}

static bool
stale(void)
{
        struct vaddr address;
        uint32_t entry;

        return machine_stale(&address, &entry);
}

static void
a_translation_stays(void **state)
{
        (void)state;
        assert_int_equal(user_reads(AT), FIRST);
        table[1] ^= FIRST ^ SECOND;
        assert_int_equal(user_reads(AT), FIRST);
        assert_true(stale());
        table[1] = 0;
        assert_int_equal(user_reads(AT), FIRST);
        invlpg(vaddr(AT + 4));
        assert_int_equal(user_reads(AT), 0);
        assert_false(stale());
}

static void
that_nothing_is_mapped_is_not_remembered(void **state)
{
        (void)state;
        assert_int_equal(user_reads(AT + PAGE_SIZE), 0);
        table[2] = SECOND | ENTRY_PRESENT | ENTRY_USER;
        assert_int_equal(user_reads(AT + PAGE_SIZE), SECOND);
}

static void
cr3_spares_global_pages(void **state)
{
        (void)state;
        table[2] = SECOND | ENTRY_PRESENT | ENTRY_USER | ENTRY_GLOBAL;
        assert_int_equal(user_reads(AT), FIRST);
        assert_int_equal(user_reads(AT + PAGE_SIZE), SECOND);
        table[1] = table[2] = 0;
        write_cr3(DIRECTORY);
        assert_int_equal(user_reads(AT), 0);
        assert_int_equal(user_reads(AT + PAGE_SIZE), SECOND);
        write_cr4(read_cr4() ^ CR4_PGE);
        assert_int_equal(user_reads(AT + PAGE_SIZE), 0);
}

static void
a_superpage_is_one_translation(void **state)
{
        (void)state;
        assert_int_equal(user_reads(SUPERPAGE_AT), SUPERPAGE);
        directory[2] = 0;
        assert_int_equal(user_reads(SUPERPAGE_AT), SUPERPAGE);
        invlpg(vaddr(SUPERPAGE_AT + 0x123000));
        assert_int_equal(user_reads(SUPERPAGE_AT), 0);
}

static void
a_directory_s_entry_is_remembered(void **state)
{
        (void)state;
        assert_int_equal(user_reads(AT), FIRST);
        pde_make_table(paddr(OTHER_TABLE), true, &directory[1]);
        memset(machine_frame(paddr(OTHER_TABLE)), 0, PAGE_SIZE);
        table[2] = SECOND | ENTRY_PRESENT | ENTRY_USER;
        assert_int_equal(user_reads(AT + PAGE_SIZE), SECOND);
        invlpg(vaddr(0));
        assert_int_equal(user_reads(AT + 2 * PAGE_SIZE), 0);
        assert_int_equal(user_reads(AT), FIRST);
}

static void
rights_that_are_lost_stay(void **state)
{
        (void)state;
        assert_true(machine_user_write(vaddr(AT), 1));
        table[1] &= ~ENTRY_WRITE;
        assert_true(machine_user_write(vaddr(AT), 2));
        invlpg(vaddr(AT));
        assert_false(machine_user_write(vaddr(AT), 3));
        assert_int_equal(user_reads(AT), 2);
        table[1] &= ~ENTRY_USER;
        assert_int_equal(user_reads(AT), 2);
        invlpg(vaddr(AT));
        assert_int_equal(user_reads(AT), 0);
}

static void
both_levels_decide(void **state)
{
        (void)state;
        directory[1] &= ~ENTRY_WRITE;
        assert_false(machine_user_write(vaddr(AT), 1));
        assert_int_equal(user_reads(AT), FIRST);
        directory[1] &= ~ENTRY_USER;
        invlpg(vaddr(AT));
        assert_int_equal(user_reads(AT), 0);
}

static void
marks_are_written_once(void **state)
{
        (void)state;
        assert_int_equal(table[1] & (ENTRY_ACCESSED | ENTRY_DIRTY), 0);
        assert_int_equal(user_reads(AT), FIRST);
        assert_int_equal(table[1] & (ENTRY_ACCESSED | ENTRY_DIRTY),
                         ENTRY_ACCESSED);
        assert_true(machine_user_write(vaddr(AT), 5));
        assert_int_equal(table[1] & (ENTRY_ACCESSED | ENTRY_DIRTY),
                         ENTRY_ACCESSED | ENTRY_DIRTY);
        table[1] &= ~(ENTRY_ACCESSED | ENTRY_DIRTY);
        assert_true(machine_user_write(vaddr(AT), 6));
        assert_int_equal(table[1] & (ENTRY_ACCESSED | ENTRY_DIRTY), 0);
        assert_true(stale());
        invlpg(vaddr(AT));
        assert_true(machine_user_write(vaddr(AT), 7));
        assert_int_equal(table[1] & (ENTRY_ACCESSED | ENTRY_DIRTY),
                         ENTRY_ACCESSED | ENTRY_DIRTY);
}

// Does the access of the kernel to this address stop the machine?
static bool
stops(uint32_t address)
{
        jmp_buf back;

        machine_catch = &back;
        if (setjmp(back) != 0) {
                machine_catch = NULL;
                return true;
        }
        (void)machine_at(vaddr(address));
        machine_catch = NULL;
        return false;
}

static void
the_kernel_touches_what_is_mapped_for_it(void **state)
{
        (void)state;
        assert_false(stops(KERNEL_BASE + 0x100000));
        assert_false(stops(ENVIRONMENT_BASE));
        assert_true(stops(KERNEL_BASE + 0x106000)); // the guard page
        assert_true(stops(CLIENT_BASE));
        assert_true(stops(CLIENT_LIMIT));
        // The client's heap lies last in the environment.
        assert_false(stops(environment_at(environment.heap.end - 1).value));
        assert_true(stops(environment_at(environment.heap.end).value));
        assert_true(stops(AT));
        assert_true(stops(ENVIRONMENT_BASE + 2));
}

static void
the_window_moves(void **state)
{
        (void)state;
        machine_move_window(true);
        prepare_memory();
        const uint32_t *first = window_map(paddr(FIRST));
        assert_int_equal(first[0], FIRST);
        uint32_t *second = window_map(paddr(SECOND));
        assert_ptr_equal(first, second);
        assert_int_equal(second[0], SECOND);
        second[0] = 77;
        assert_int_equal(machine_frame(paddr(SECOND))[0], 77);
}

static void
the_machine_is_made_anew(void **state)
{
        (void)state;
        machine_frame(paddr(FIRST))[9] = 1;
        machine_reset(0x1000);
        assert_int_equal(machine_frame(paddr(FIRST))[9], 0);
        assert_int_not_equal(machine_frame(paddr(FIRST))[0], 0);
        assert_int_equal(machine_directory().value, 0x00100000);
        assert_int_equal(page_status(paddr(FIRST)), 0);
        assert_int_equal(page_status(paddr(0x00100000)), STATUS_PAGE_DIRECTORY);
        assert_false(stale());
}

#define T(name) cmocka_unit_test_setup(name, prepare)

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(a_translation_stays),
                T(that_nothing_is_mapped_is_not_remembered),
                T(cr3_spares_global_pages),
                T(a_superpage_is_one_translation),
                T(a_directory_s_entry_is_remembered),
                T(rights_that_are_lost_stay),
                T(both_levels_decide),
                T(marks_are_written_once),
                T(the_kernel_touches_what_is_mapped_for_it),
                T(the_window_moves),
                T(the_machine_is_made_anew),
        };
        return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
