// SPDX-License-Identifier: MIT
// Entries, checked bit by bit against the layout in the processor's manual:
// the numbers stand here a second time, so that a slip in the header shows.
#include <kernel/entry.h>

#include "check.h"

static const struct access read_only = { .perms = PERM_R };

// The lowest 12 bits of an entry with this access. Whether reading was asked
// for says bit 9; an access that names only writing may or may not set it.
static uint32_t
expected_bits(struct access access)
{
        uint32_t bits = 0x001;
        bits |= access.perms & PERM_W ? 0x002 : 0;
        bits |= access.user ? 0x004 : 0;
        bits |= access.global ? 0x100 : 0;
        bits |= access.perms & PERM_R ? 0x200 : 0;
        bits |= access.perms & PERM_X ? 0x400 : 0;
        return bits;
}

static void
pte_of_every_access(void **state)
{
        (void)state;
        for (uint32_t i = 0; i < 32; i++) {
                struct access access = {
                        .perms = i & 7,
                        .user = (i & 8) != 0,
                        .global = (i & 16) != 0,
                };
                pte_t entry = UNTOUCHED;
                enum paging_result result =
                        pte_make(paddr(0xFFFFF000), access, &entry);
                if (access.perms == 0) {
                        assert_result(result, PAGING_NO_ACCESS);
                        assert_int_equal(entry, UNTOUCHED);
                        continue;
                }
                assert_result(result, PAGING_OK);
                uint32_t ignored = access.perms & PERM_W ? 0x200 : 0;
                assert_int_equal(entry & ~ignored,
                                 (0xFFFFF000 | expected_bits(access)) &
                                         ~ignored);
        }
}

static void
superpage_of_every_access(void **state)
{
        (void)state;
        for (uint32_t i = 0; i < 32; i++) {
                struct access access = {
                        .perms = i & 7,
                        .user = (i & 8) != 0,
                        .global = (i & 16) != 0,
                };
                pde_t entry = UNTOUCHED;
                enum paging_result result =
                        pde_make_superpage(paddr(0xFFC00000), access, &entry);
                if (access.perms == 0) {
                        assert_result(result, PAGING_NO_ACCESS);
                        assert_int_equal(entry, UNTOUCHED);
                        continue;
                }
                assert_result(result, PAGING_OK);
                uint32_t ignored = access.perms & PERM_W ? 0x200 : 0;
                assert_int_equal(entry & ~ignored,
                                 (0xFFC00080 | expected_bits(access)) &
                                         ~ignored);
                assert_true(pde_is_superpage(entry));
                assert_false(pde_is_table(entry));
        }
}

static void
table_grants_writing_and_user_as_asked(void **state)
{
        (void)state;
        pde_t entry = UNTOUCHED;
        assert_result(pde_make_table(paddr(0x00345000), false, &entry),
                      PAGING_OK);
        assert_int_equal(entry, 0x00345003);
        assert_result(pde_make_table(paddr(0xFFFFF000), true, &entry),
                      PAGING_OK);
        assert_int_equal(entry, 0xFFFFF007);
        assert_true(pde_is_table(entry));
}

static void
every_misalignment_is_refused(void **state)
{
        (void)state;
        struct access nothing = { 0 };
        for (unsigned bit = 0; bit < 22; bit++) {
                struct paddr frame = paddr(0x12400000 | 1u << bit);
                uint32_t entry = UNTOUCHED;
                assert_result(pde_make_superpage(frame, read_only, &entry),
                              PAGING_MISALIGNED);
                assert_result(pde_make_superpage(frame, nothing, &entry),
                              PAGING_MISALIGNED);
                if (bit < 12) {
                        assert_result(pte_make(frame, read_only, &entry),
                                      PAGING_MISALIGNED);
                        assert_result(pte_make(frame, nothing, &entry),
                                      PAGING_MISALIGNED);
                        assert_result(pde_make_table(frame, true, &entry),
                                      PAGING_MISALIGNED);
                }
                assert_int_equal(entry, UNTOUCHED);
        }
}

static void
other_bits_of_perms_are_ignored(void **state)
{
        (void)state;
        pte_t entry = UNTOUCHED;
        struct access access = { .perms = ~PERM_ALL };
        assert_result(pte_make(paddr(0x1000), access, &entry),
                      PAGING_NO_ACCESS);
        assert_result(pde_make_superpage(paddr(0), access, &entry),
                      PAGING_NO_ACCESS);
        assert_int_equal(entry, UNTOUCHED);
        access.perms = ~PERM_ALL | PERM_X;
        assert_result(pte_make(paddr(0x1000), access, &entry), PAGING_OK);
        assert_int_equal(entry, 0x00001401);
}

// Random entries of both kinds tell what they were made from, also after the
// processor has set its bits.
static void
access_comes_back(void **state)
{
        (void)state;
        struct random random = { 0xE47B0001 };
        for (int round = 0; round < 50000; round++) {
                struct access access = {
                        .perms = 1 + random_below(&random, 7),
                        .user = random_once_in(&random, 2),
                        .global = random_once_in(&random, 2),
                };
                uint32_t number = random_next(&random);
                uint32_t entry = 0;
                if (random_once_in(&random, 2))
                        pte_make(paddr(number & ~0xFFFu), access, &entry);
                else
                        pde_make_superpage(paddr(number & ~0x3FFFFFu), access,
                                           &entry);
                entry |= number & (ENTRY_ACCESSED | ENTRY_DIRTY);

                struct access found = entry_access(entry);
                uint32_t perms = access.perms;
                if (perms & PERM_W)
                        perms |= PERM_R;
                assert_int_equal(found.perms, perms);
                assert_int_equal(found.user, access.user);
                assert_int_equal(found.global, access.global);
        }
}

static void
indices_cut_the_address(void **state)
{
        (void)state;
        assert_int_equal(pde_index(vaddr(0x003FFFFF)), 0);
        assert_int_equal(pde_index(vaddr(0x00400000)), 1);
        assert_int_equal(pde_index(vaddr(0xC0000000)), 768);
        assert_int_equal(pde_index(vaddr(0xFFFFFFFF)), 1023);
        assert_int_equal(pte_index(vaddr(0x003FFFFF)), 1023);
        assert_int_equal(pte_index(vaddr(0x00400FFF)), 0);
        assert_int_equal(pte_index(vaddr(0x00401000)), 1);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pte_of_every_access),
                cmocka_unit_test(superpage_of_every_access),
                cmocka_unit_test(table_grants_writing_and_user_as_asked),
                cmocka_unit_test(every_misalignment_is_refused),
                cmocka_unit_test(other_bits_of_perms_are_ignored),
                cmocka_unit_test(access_comes_back),
                cmocka_unit_test(indices_cut_the_address),
        };
        return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
