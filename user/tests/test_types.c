// SPDX-License-Identifier: MIT
// Flexpages, of memory and of ports, and thread IDs: as words, by their bits.
#include "check.h"

#include <l4/arch.h>
#include <l4/types.h>

static void
flexpages_are_laid_out_as_x2_wants(void **state)
{
        (void)state;
        L4_Fpage_t f = L4_FpageLog2(0x00403000, 12);

        assert_int_equal(f.raw, 0x004030C0);
        L4_Set_Rights(&f, L4_ReadWriteOnly);
        assert_int_equal(f.raw, 0x004030C6);
        assert_int_equal(L4_Rights(f), 6);
        assert_int_equal(L4_Address(f), 0x00403000);
        assert_int_equal(L4_SizeLog2(f), 12);
        assert_int_equal(L4_Size(f), 4096);
        assert_int_equal(f.X.rwx, 6);
        assert_int_equal(f.X.s, 12);
        assert_int_equal(f.X.b, 0x00403000 >> 10);
}

static void
sizes_are_rounded_up_to_powers_of_two(void **state)
{
        (void)state;
        assert_int_equal(L4_SizeLog2(L4_Fpage(0, 4096)), 12);
        assert_int_equal(L4_SizeLog2(L4_Fpage(0, 4097)), 13);
        assert_int_equal(L4_SizeLog2(L4_Fpage(0, 512 * 1000)), 19);
        assert_int_equal(L4_SizeLog2(L4_Fpage(0, 0x80000000u)), 31);
        assert_int_equal(L4_Fpage(0, 0x80000001u).raw,
                         L4_CompleteAddressSpace.raw);
}

static void
an_address_is_rounded_down_to_the_size(void **state)
{
        (void)state;
        assert_int_equal(L4_Address(L4_FpageLog2(0x00403000, 13)), 0x00402000);
        assert_int_equal(L4_Address(L4_FpageLog2(0xFFFFFC00, 10)), 0xFFFFFC00);
        assert_int_equal(L4_Address(L4_FpageLog2(0xC0000000, 31)), 0x80000000);
        assert_int_equal(L4_Address(L4_CompleteAddressSpace), 0);
        assert_int_equal(L4_Size(L4_CompleteAddressSpace), 0);
        assert_true(L4_IsNilFpage(L4_Nilpage));
        assert_false(L4_IsNilFpage(L4_CompleteAddressSpace));
}

static void
rights_come_and_go(void **state)
{
        (void)state;
        L4_Fpage_t f = L4_FpageLog2(0x1000, 12);

        assert_int_equal(L4_Rights(L4_FpageAddRights(f, L4_Readable)), 4);
        assert_int_equal(L4_Rights(f), 0);
        L4_FpageAddRightsTo(&f, L4_FullyAccessible);
        L4_FpageRemoveRightsFrom(&f, L4_Writable);
        assert_int_equal(L4_Rights(f), L4_ReadeXecOnly);
        assert_int_equal(L4_FpageAddRights(f, 0xFFFFFFFF).raw, 0x000010C7);
        assert_int_equal(L4_FpageRemoveRights(f, 0xFFFFFFFF).raw, 0x000010C0);
}

static void
ports_have_flexpages_too(void **state)
{
        (void)state;
        L4_Fpage_t f = L4_IoFpage(0x3F8, 8);

        assert_int_equal(f.raw, 0x03F80C20);
        assert_true(L4_IsIoFpage(f));
        assert_int_equal(L4_IoFpagePort(f), 0x3F8);
        assert_int_equal(L4_IoFpageSize(f), 8);
        assert_int_equal(L4_IoFpageSizeLog2(f), 3);
        assert_int_equal(L4_IoFpageSizeLog2(L4_IoFpage(0x60, 5)), 3);
        assert_int_equal(L4_IoFpageSizeLog2(L4_IoFpage(0, 65536)), 16);
        assert_int_equal(L4_IoFpageSizeLog2(L4_IoFpage(0x60, 1)), 0);
        assert_false(L4_IsIoFpage(L4_FpageLog2(0x1000, 12)));
}

static void
ids_are_global_or_local(void **state)
{
        (void)state;
        L4_ThreadId_t root = L4_GlobalId(50, 1);
        L4_ThreadId_t local = { .raw = 0xBF000100 };

        assert_int_equal(root.raw, 0x000C8001);
        assert_int_equal(L4_ThreadNo(root), 50);
        assert_int_equal(L4_Version(root), 1);
        assert_int_equal(root.global.X.thread_no, 50);
        assert_int_equal(root.global.X.version, 1);
        assert_true(L4_IsGlobalId(root) && !L4_IsLocalId(root));
        assert_true(L4_IsLocalId(local) && !L4_IsGlobalId(local));
        assert_int_equal(L4_GlobalId(0x3FFFF, 0x3FFF).raw, 0xFFFFFFFF);
}

static void
some_ids_are_nobody_s(void **state)
{
        (void)state;
        assert_true(L4_IsNilThread(L4_nilthread));
        assert_false(L4_IsLocalId(L4_nilthread));
        assert_false(L4_IsGlobalId(L4_nilthread));
        assert_false(L4_IsGlobalId(L4_anythread));
        assert_false(L4_IsLocalId(L4_anythread));
        assert_int_equal(L4_anylocalthread.raw, 0xFFFFFFC0);
        assert_true(L4_IsThreadEqual(L4_nilthread, L4_nilthread));
        assert_true(L4_IsThreadNotEqual(L4_nilthread, L4_anythread));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(flexpages_are_laid_out_as_x2_wants),
                cmocka_unit_test(sizes_are_rounded_up_to_powers_of_two),
                cmocka_unit_test(an_address_is_rounded_down_to_the_size),
                cmocka_unit_test(rights_come_and_go),
                cmocka_unit_test(ports_have_flexpages_too),
                cmocka_unit_test(ids_are_global_or_local),
                cmocka_unit_test(some_ids_are_nobody_s),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
