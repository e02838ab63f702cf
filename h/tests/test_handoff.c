// SPDX-License-Identifier: MIT
// The bound form of execution: what a context is bound to, and what is handed over
// from one to the other.
#include "bound.h"

static void
binding_is_refused(void **state)
{
        (void)state;
        struct h_kernel_mapping read_only, unreadable;
        OK(map_words(32, 12, H_R, &read_only));
        OK(map_words(33, 12, H_X, &unreadable));
        struct context_slot before = *context_slot(a);
        const struct h_fault_context stale = { a.slot, a.generation + 1 };
        const struct h_pagemap gone = { space.slot, space.generation + 1 };
        const struct h_kernel_mapping lost = { words.slot,
                                               words.generation + 1 };
        assert_int_equal(h_bind(stale, space, words, 0), H_BAD_HANDLE);
        assert_int_equal(h_bind(a, gone, words, 0), H_BAD_HANDLE);
        assert_int_equal(h_bind(a, space, lost, 0), H_BAD_HANDLE);
        assert_int_equal(h_bind(a, space, words, 1024), H_OFFSET);
        assert_int_equal(h_bind(a, space, words, UINT32_MAX), H_OFFSET);
        assert_int_equal(h_bind(a, space, read_only, 0), H_READ_ONLY);
        assert_int_equal(h_bind(a, space, unreadable, 0), H_UNREADABLE);
        assert_memory_equal(context_slot(a), &before, sizeof(before));
        OK(h_unbind(a));
        assert_int_equal(h_unbind(a), H_NOT_BOUND);
        assert_int_equal(h_unbind(stale), H_BAD_HANDLE);
        expect_sound();
}

static uint32_t
word_at(struct h_kernel_mapping mapping, uint32_t offset)
{
        uint32_t word;

        OK(h_read_kernel_mapping(mapping, offset, &word));
        return word;
}

static void
fill(struct h_kernel_mapping mapping, uint32_t first)
{
        for (uint32_t i = 0; i < 1024; i++)
                OK(h_write_kernel_mapping(mapping, i, first + i));
}

static void
words_are_handed_over(void **state)
{
        (void)state;
        for (unsigned way = 0; way < 4; way++) {
                OK(h_bind(a, space, words, 100));
                OK(h_bind(b, other, others, 1020));
                fill(words, 5000);
                fill(others, 9000);
                call_from(b, way & 1 ? SYSENTER : INT80);
                OK(h_write_register(b, H_EAX, 0));
                call_from(a, way & 2 ? SYSENTER : INT80);
                OK(ring3_handoff(b, 60, 0xAAAA, 0xBBBB));
                expect_entered(b, way & 1 ? RING3_SYSEXIT : RING3_ENTERED);
                assert_int_equal(machine_directory().value, 0x00801000);
                assert_int_equal(read_register(b, H_EAX), 0xAAAA);
                assert_int_equal(read_register(b, H_ESI), 0xBBBB);
                for (uint32_t i = 0; i < 60; i++)
                        assert_int_equal(word_at(others, 1020 + i), 5100 + i);
                assert_int_equal(word_at(others, 1019), 9000 + 1019);
                assert_int_equal(word_at(words, 100), 5100);

                // The first one waits, and gets an answer.
                ring3_leave(SYSENTER, 0, false);
                OK(ring3_handoff(a, 0, 1, 2));
                expect_entered(a, way & 2 ? RING3_SYSEXIT : RING3_ENTERED);
                assert_int_equal(read_register(a, H_EAX), 1);
        }
}

static void
handing_over_is_refused(void **state)
{
        (void)state;
        struct h_fault_context third = new_context();
        fill(words, 1);
        fill(others, 2);
        assert_int_equal(ring3_handoff(b, 0, 0, 0), H_NO_CALL); // nobody ran
        call_from(a, SYSENTER);
        assert_int_equal(ring3_handoff(b, 0, 0, 0), H_NO_CALL);
        assert_int_equal(ring3_handoff(third, 0, 0, 0), H_NO_CALL);
        call_from(b, SYSENTER);
        OK(h_bind(a, space, words, 1000));
        OK(h_bind(b, other, others, 2000));
        assert_int_equal(ring3_handoff(a, 25, 0, 0), H_OFFSET); // of a
        OK(h_bind(a, space, words, 0));
        assert_int_equal(ring3_handoff(a, 49, 0, 0), H_OFFSET); // of b
        assert_int_equal(ring3_handoff(a, UINT32_MAX, 0, 0), H_OFFSET);
        OK(h_bind(a, space, none, 5));
        assert_int_equal(ring3_handoff(a, 1, 0, 0), H_OFFSET);
        OK(h_bind(a, space, words, 0));
        OK(h_remove_kernel_mapping(words));
        assert_int_equal(ring3_handoff(a, 1, 0, 0), H_BAD_HANDLE);
        OK(h_unbind(b));
        assert_int_equal(ring3_handoff(a, 0, 0, 0), H_NOT_BOUND);
        OK(h_bind(b, other, none, 0));
        OK(h_unbind(a));
        assert_int_equal(ring3_handoff(a, 0, 0, 0), H_NOT_BOUND);
        assert_int_equal(read_register(a, H_EAX), 0);
        expect_sound();
        OK(h_bind(a, space, none, 0));
        OK(ring3_handoff(a, 0, 3, 0));
        expect_entered(a, RING3_SYSEXIT);
}

// One after the other, from the first on: shown by buffers that overlap.
static void
overlapping_words(void **state)
{
        (void)state;
        fill(words, 100);
        OK(h_bind(a, space, words, 0));
        OK(h_bind(b, other, words, 1));
        call_from(b, SYSENTER);
        call_from(a, SYSENTER);
        OK(ring3_handoff(b, 10, 0, 0));
        for (uint32_t i = 0; i <= 10; i++)
                assert_int_equal(word_at(words, i), 100);
        assert_int_equal(word_at(words, 11), 111);
        ring3_leave(SYSENTER, 0, false);
        fill(words, 100);
        OK(ring3_handoff(a, 10, 0, 0));
        for (uint32_t i = 0; i < 10; i++)
                assert_int_equal(word_at(words, i), 101 + i);
        ring3_leave(SYSENTER, 0, false);
        OK(ring3_handoff(a, 10, 0, 0)); // to itself
        expect_entered(a, RING3_SYSEXIT);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(binding_is_refused),
                T(words_are_handed_over),
                T(handing_over_is_refused),
                T(overlapping_words),
        };
        return cmocka_run_group_tests_name("handoff", tests, NULL, NULL);
}
