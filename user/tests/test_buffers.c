// SPDX-License-Identifier: MIT
// Acceptors, buffer registers, and the words of the UTCB.
#include "check.h"

#include <string.h>

#include <l4/buffers.h>
#include <l4/vregs.h>

static void
an_acceptor_takes_memory_strings_or_both(void **state)
{
        (void)state;
        L4_Fpage_t f = L4_FpageAddRights(L4_FpageLog2(0x8000, 12), 7);
        L4_Acceptor_t a = L4_MapGrantItems(f);

        assert_true(L4_HasMapGrantItems(a) && !L4_HasStringItems(a));
        assert_int_equal(L4_RcvWindow(a).raw, f.raw & ~7u);
        L4_AddAcceptorTo(&a, L4_StringItemsAcceptor);
        assert_true(L4_HasMapGrantItems(a) && L4_HasStringItems(a));
        assert_int_equal(a.raw, (f.raw & ~7u) | 1);
        assert_int_equal(L4_RemoveAcceptor(a, L4_StringItemsAcceptor).raw,
                         f.raw & ~7u);
        L4_RemoveAcceptorFrom(&a, L4_MapGrantItems(L4_CompleteAddressSpace));
        assert_int_equal(a.raw, L4_StringItemsAcceptor.raw);
        assert_int_equal(L4_UntypedWordsAcceptor.raw, 0);
}

static void
buffer_registers_go_down_from_word_minus_16(void **state)
{
        (void)state;
        L4_Word_t words[3] = { 1, 2, 3 };
        L4_Word_t out[3];

        memset(fake_utcb, 0, sizeof(fake_utcb));
        L4_LoadBRs(30, 3, words);
        assert_int_equal(fake_utcb[FAKE_UTCB_MR0 - 16 - 30], 1);
        assert_int_equal(fake_utcb[FAKE_UTCB_MR0 - 16 - 32], 3);
        L4_StoreBRs(30, 3, out);
        assert_memory_equal(words, out, sizeof(words));
        L4_Accept(L4_StringItemsAcceptor);
        assert_int_equal(fake_utcb[FAKE_UTCB_MR0 - 16], 1);
        assert_int_equal(L4_Accepted().raw, 1);
}

static void
strings_are_received_one_behind_the_other(void **state)
{
        (void)state;
        L4_MsgBuffer_t b;

        L4_MsgBufferClear(&b);
        L4_MsgBufferAppendSimpleRcvString(&b, L4_StringItem(3, (void *)0x10));
        assert_int_equal(b.raw[0], 3 << 10);
        L4_MsgBufferAppendSimpleRcvString(&b, L4_StringItem(4, (void *)0x20));
        L4_MsgBufferAppendSimpleRcvString(&b, L4_StringItem(5, (void *)0x30));
        const L4_Word_t due[] = { 3 << 10 | 1, 0x10,    4 << 10 | 1,
                                  0x20,        5 << 10, 0x30 };
        assert_memory_equal(b.raw, due, sizeof(due));

        memset(fake_utcb, 0xA5, sizeof(fake_utcb));
        L4_AcceptStrings(L4_StringItemsAcceptor, &b);
        assert_int_equal(fake_utcb[FAKE_UTCB_MR0 - 16], 1);
        for (int i = 0; i < 6; i++)
                assert_int_equal(fake_utcb[FAKE_UTCB_MR0 - 17 - i], due[i]);
        assert_int_equal(fake_utcb[FAKE_UTCB_MR0 - 17 - 6], 0xA5A5A5A5);
}

static void
a_row_of_buffers_is_not_longer_than_its_registers(void **state)
{
        (void)state;
        struct {
                L4_MsgBuffer_t b;
                L4_Word_t behind;
        } row = { .behind = 1234 };

        L4_MsgBufferClear(&row.b);
        for (int i = 1; i <= 20; i++)
                L4_MsgBufferAppendSimpleRcvString(
                        &row.b, L4_StringItem(i, (void *)0x10));
        assert_int_equal(row.b.raw[30], 16 << 10);
        assert_int_equal(row.behind, 1234);
        L4_AcceptStrings(L4_StringItemsAcceptor, &row.b);
        assert_int_equal(fake_utcb[FAKE_UTCB_MR0 - 16 - 32], 0x10);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_acceptor_takes_memory_strings_or_both),
                cmocka_unit_test(buffer_registers_go_down_from_word_minus_16),
                cmocka_unit_test(strings_are_received_one_behind_the_other),
                cmocka_unit_test(
                        a_row_of_buffers_is_not_longer_than_its_registers),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
