// SPDX-License-Identifier: MIT
// Messages, put together in memory and in the message registers.
#include "check.h"

#include <string.h>

#include <l4/message.h>

// What a message holds, as two lists.
struct model {
        L4_Word_t untyped[64];
        L4_Word_t typed[64];
        unsigned u, t;
};

static void
expect_message(const L4_Msg_t *m, const struct model *model, L4_Word_t label)
{
        assert_int_equal(L4_MsgMsgTag(m).raw,
                         label << 16 | model->t << 6 | model->u);
        for (unsigned i = 0; i < model->u; i++)
                assert_int_equal(m->raw[1 + i], model->untyped[i]);
        for (unsigned i = 0; i < model->t; i++)
                assert_int_equal(m->raw[1 + model->u + i], model->typed[i]);
}

static void
add_typed(struct model *model, const L4_Word_t *words, unsigned count)
{
        if (model->u + model->t + count > 63)
                return;
        memcpy(&model->typed[model->t], words, count * sizeof(*words));
        model->t += count;
}

static void
append_something(L4_Msg_t *m, struct model *model, struct random *random)
{
        L4_Word_t words[2] = { random_next(random), random_next(random) };
        L4_Fpage_t f = { .raw = words[1] };
        L4_MapItem_t map = L4_MapItem(f, words[0]);
        L4_GrantItem_t grant = L4_GrantItem(f, words[0]);
        L4_StringItem_t string = L4_StringItem((int)(words[0] & 0x3FFFFF),
                                               (void *)(uintptr_t)words[1]);

        switch (random_below(random, 5)) {
        case 0:
                L4_MsgAppendMapItem(m, map);
                add_typed(model, map.raw, 2);
                break;
        case 1:
                L4_MsgAppendGrantItem(m, grant);
                add_typed(model, grant.raw, 2);
                break;
        case 2:
                L4_MsgAppendSimpleStringItem(m, string);
                add_typed(model, string.raw, 2);
                break;
        default:
                L4_MsgAppendWord(m, words[0]);
                if (model->u + model->t < 63)
                        model->untyped[model->u++] = words[0];
        }
}

static void
words_and_items_come_in_any_order(void **state)
{
        (void)state;
        struct random random = { 1 };

        for (int round = 0; round < 2000; round++) {
                unsigned count = random_below(&random, 80);
                struct model model = { .u = 0 };
                L4_Msg_t m;

                L4_MsgClear(&m);
                L4_Set_MsgLabel(&m, 0x1234);
                for (unsigned i = 0; i < count; i++)
                        append_something(&m, &model, &random);
                expect_message(&m, &model, 0x1234);
        }
}

static void
a_message_is_put_and_got(void **state)
{
        (void)state;
        const L4_Word_t words[] = { 10, 11, 12 };
        const L4_Word_t items[] = { 8, 21 };
        L4_Word_t words_out[3], items_out[2];
        L4_Msg_t m;

        L4_MsgPut(&m, 0xFFA0, 3, words, 2, items);
        assert_int_equal(m.tag.raw, 0xFFA00083);
        assert_int_equal(L4_MsgLabel(&m), 0xFFA0);
        L4_MsgGet(&m, words_out, items_out);
        assert_memory_equal(words_out, words, sizeof(words));
        assert_memory_equal(items_out, items, sizeof(items));
        for (L4_Word_t i = 0; i < 3; i++)
                assert_int_equal(L4_MsgWord(&m, i), 10 + i);
        assert_int_equal(L4_MsgWord(&m, 3), 0);
        L4_MsgPutWord(&m, 1, 99);
        assert_int_equal(L4_MsgWord(&m, 1), 99);
        L4_MsgPutWord(&m, 3, 99); // there is an item
        assert_int_equal(m.raw[4], 8);
}

static void
what_is_too_long_is_left_out(void **state)
{
        (void)state;
        L4_Word_t words[64] = { 0 };
        L4_Msg_t m;

        L4_MsgPut(&m, 1, 63, words, 0, NULL);
        assert_int_equal(L4_UntypedWords(m.tag), 63);
        L4_MsgPut(&m, 1, 62, words, 2, words);
        assert_int_equal(m.tag.raw, 1 << 16);
        L4_MsgPut(&m, 1, 64, words, 0, NULL);
        assert_int_equal(m.tag.raw, 1 << 16);
        L4_MsgPut(&m, 1, -1, words, 0, NULL);
        assert_int_equal(m.tag.raw, 1 << 16);
}

static void
items_are_found_by_their_place(void **state)
{
        (void)state;
        L4_Fpage_t f = L4_FpageAddRights(L4_FpageLog2(0x8000, 12), 7);
        L4_MapItem_t map;
        L4_GrantItem_t grant;
        L4_StringItem_t string;
        L4_Msg_t m;

        L4_MsgClear(&m);
        L4_MsgAppendMapItem(&m, L4_MapItem(f, 0x1234567));
        L4_MsgAppendGrantItem(&m, L4_GrantItem(f, 0x400));
        L4_MsgAppendSimpleStringItem(&m, L4_StringItem(5, (void *)0x77));
        L4_MsgAppendWord(&m, 1);
        assert_int_equal(L4_MsgGetMapItem(&m, 0, &map), 2);
        assert_true(L4_IsMapItem(map) && !L4_IsGrantItem(map));
        assert_int_equal(L4_MapItemSndBase(map), 0x1234567 & ~0x3FF);
        assert_int_equal(L4_MapItemSndFpage(map).raw, f.raw);
        assert_int_equal(L4_MsgGetMapItem(&m, 2, &map), 0);
        assert_int_equal(L4_MsgGetGrantItem(&m, 2, &grant), 2);
        assert_int_equal(L4_GrantItemSndBase(grant), 0x400);
        assert_true(L4_IsGrantItem(grant));
        assert_int_equal(L4_MsgGetStringItem(&m, 4, &string), 2);
        assert_int_equal(string.X.string_length, 5);
        assert_int_equal(string.X.str.string, 0x77);
        assert_int_equal(L4_MsgGetStringItem(&m, 2, &string), 0);
        assert_int_equal(L4_MsgGetStringItem(&m, 5, &string), 0);
        assert_int_equal(L4_MsgGetMapItem(&m, 6, &map), 0);

        L4_MsgPutMapItem(&m, 4, L4_MapItem(f, 0));
        assert_int_equal(L4_MsgGetMapItem(&m, 4, &map), 2);
        L4_MsgPutMapItem(&m, 5, L4_MapItem(L4_Nilpage, 0)); // no room
        assert_int_equal(m.raw[7], f.raw);
}

// A string of three pieces of 16 bytes and two of 5, and what a message makes of it.
static void
strings_have_many_pieces(void **state)
{
        (void)state;
        union {
                L4_StringItem_t item;
                L4_Word_t words[16];
        } s = { .item = L4_StringItem(16, (void *)0x1000) }, out;
        const L4_Word_t due[] = {
                16 << 10 | 1 << 9 | 2 << 4, 0x1000, 0x2000, 0x3000,
                5 << 10 | 1 << 4,           0x4000, 0x5000
        };
        L4_Msg_t m;

        assert_false(L4_CompoundString(&s.item));
        L4_AddSubstringAddressTo(&s.item, (void *)0x2000);
        L4_AddSubstringAddressTo(&s.item, (void *)0x3000);
        L4_AddSubstringTo(&s.item, L4_StringItem(5, (void *)0x4000));
        L4_AddSubstringAddressTo(&s.item, (void *)0x5000);
        assert_memory_equal(s.words, due, sizeof(due));
        assert_true(L4_CompoundString(&s.item) && L4_IsStringItem(&s.item));
        assert_int_equal(L4_Substrings(&s.item), 3);
        assert_int_equal(__L4_StringWords(s.words), 7);

        L4_MsgClear(&m);
        L4_MsgAppendStringItem(&m, &s.item);
        assert_int_equal(L4_TypedWords(m.tag), 7);
        assert_int_equal(L4_MsgGetStringItem(&m, 0, &out.item), 7);
        assert_memory_equal(out.words, due, sizeof(due));

        // What is said to be longer than the message is no string.
        m.tag.X.t = 6;
        assert_int_equal(L4_MsgGetStringItem(&m, 0, &out.item), 0);
}

static void
messages_go_to_registers_and_back(void **state)
{
        (void)state;
        struct random random = { 5 };

        for (unsigned count = 0; count <= 63; count++) {
                L4_Msg_t m, back;
                memset(fake_utcb, 0xA5, sizeof(fake_utcb));
                memset(&back, 0xA5, sizeof(back));
                L4_MsgClear(&m);
                for (unsigned i = 0; i < count; i++)
                        L4_MsgAppendWord(&m, random_next(&random));
                L4_MsgLoad(&m);
                assert_int_equal(L4_MsgTag().raw, m.tag.raw);
                L4_MsgStore(L4_MsgTag(), &back);
                assert_memory_equal(&m, &back, (1 + count) * 4);
                for (unsigned i = 1 + count; i < 64; i++)
                        assert_int_equal(fake_utcb[FAKE_UTCB_MR0 + i],
                                         0xA5A5A5A5);
        }
}

static void
tags_that_lie_lead_nowhere(void **state)
{
        (void)state;
        L4_MsgTag_t tag = { .raw = 0xFFF }; // 63 words and 63
        L4_MapItem_t item;
        L4_Msg_t m;

        L4_MsgStore(tag, &m);
        L4_MsgLoad(&m);
        L4_MsgAppendWord(&m, 1);
        assert_int_equal(L4_MsgGetMapItem(&m, 0, &item), 0);
        assert_int_equal(m.tag.raw, 0xFFF);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_and_items_come_in_any_order),
                cmocka_unit_test(a_message_is_put_and_got),
                cmocka_unit_test(what_is_too_long_is_left_out),
                cmocka_unit_test(items_are_found_by_their_place),
                cmocka_unit_test(strings_have_many_pieces),
                cmocka_unit_test(messages_go_to_registers_and_back),
                cmocka_unit_test(tags_that_lie_lead_nowhere),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
