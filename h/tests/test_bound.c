// SPDX-License-Identifier: MIT
// The bound form of execution: which way each context is entered, and who is told.
// ring3.c looks at what ring 3 gets.
#include "bound.h"

static void
the_short_way_is_for_those_that_came_by_sysenter(void **state)
{
        (void)state;
        OK(ring3_run(a));
        expect_entered(a, RING3_ENTERED);
        ring3_leave(SYSENTER, 0, false);
        expect_told(a, RING3_CALL, 0);
        OK(ring3_run(a));
        expect_entered(a, RING3_SYSEXIT);
        assert_int_equal(context_slot(a)->flags, CONTEXT_BOUND);
        ring3_leave(INT80, 0, false);
        OK(ring3_run(a));
        expect_entered(a, RING3_ENTERED);
        ring3_leave(SYSENTER, 0, false);
        OK(ring3_run(b)); // has not been anywhere
        expect_entered(b, RING3_ENTERED);
        ring3_leave(SYSENTER, 0, false);
        OK(ring3_run(a));
        expect_entered(a, RING3_SYSEXIT);
        assert_int_equal(machine_directory().value, 0x00800000);
        ring3_leave(13, 0, false);
        expect_told(a, RING3_EVENT, 13);
        OK(ring3_run(b));
        expect_entered(b, RING3_SYSEXIT);
        assert_int_equal(machine_directory().value, 0x00801000);
}

// What SYSEXIT cannot give back, or the processor is not ready for.
static void
the_short_way_is_closed(void **state)
{
        (void)state;
        struct context_slot *slot = context_slot(a);
        unsigned char before;
        call_from(a, SYSENTER);
        OK(h_write_register(a, H_EAX, 5));
        OK(h_write_register(a, H_ESI, 6));
        OK(ring3_run(a));
        expect_entered(a, RING3_SYSEXIT);
        for (unsigned reg = 0; reg < H_REGISTERS; reg++) {
                if (reg == H_EAX || reg == H_ESI)
                        continue;
                ring3_leave(SYSENTER, 0, false);
                OK(h_write_register(a, (enum h_register)reg, 0));
                OK(ring3_run(a));
                expect_entered(a, RING3_ENTERED);
        }
        for (unsigned bit = 0; bit < 32; bit++) {
                uint32_t flag = UINT32_C(1) << bit;
                if ((H_USER_FLAGS & flag) == 0)
                        continue;
                ring3_leave(SYSENTER, 0, false);
                slot->registers[H_EFLAGS] = 0x202 | flag;
                OK(ring3_run(a));
                // CF, PF, AF, ZF, SF, OF: any call may change those.
                expect_entered(a, flag & 0x8D5 ? RING3_SYSEXIT : RING3_ENTERED);
        }
        OK(h_write_register(a, H_EFLAGS, 0));
        call_from(a, SYSENTER);
        OK(h_set_ports(a, &(struct h_port_range){ 0x60, 0x60 }, 1));
        OK(ring3_run(a));
        expect_entered(a, RING3_ENTERED);
        ring3_leave(SYSENTER, 0, false);
        OK(h_set_ports(a, NULL, 0));
        OK(ring3_run(a)); // the map is still the processor's
        expect_entered(a, RING3_ENTERED);
        call_from(a, SYSENTER);
        OK(ring3_run(a));
        expect_entered(a, RING3_SYSEXIT);

        // The owner of the floating-point unit: TS is to be set for others.
        ring3_leave(7, 0, false);
        expect_entered(a, RING3_ENTERED);
        assert_true(ring3_use_unit(1, &before));
        ring3_leave(SYSENTER, 0, false);
        OK(ring3_run(b));
        expect_entered(b, RING3_ENTERED);
        call_from(b, SYSENTER);
        OK(ring3_run(b));
        expect_entered(b, RING3_SYSEXIT);
}

// h_execute in between leaves the processor as it is used to.
static uint32_t
leave_at_once(struct context_slot *slot)
{
        (void)slot;
        return INT80;
}

static void
both_forms_go_together(void **state)
{
        (void)state;
        struct h_interrupt out;
        struct h_fault_context plain = new_context();
        ring3_program = leave_at_once;
        call_from(a, SYSENTER);
        OK(h_execute(space, plain, &out));
        expect_sound();
        assert_int_equal(ring3_handoff(b, 0, 0, 0), H_NO_CALL);
        OK(ring3_run(a));
        expect_entered(a, RING3_ENTERED);
        call_from(a, SYSENTER);
        OK(h_free_fault_context(a)); // and it was the last one that ran
        call_from(b, SYSENTER);
        OK(ring3_run(b));
        expect_entered(b, RING3_SYSEXIT);
}

static void
system_calls_bring_their_arguments(void **state)
{
        (void)state;
        static const enum h_register order[] = { H_EAX, H_EDX, H_ECX, H_ESI,
                                                 H_EDI, H_EBX, H_EBP };
        for (uint32_t vector = INT80; vector <= SYSENTER; vector++) {
                for (unsigned i = 0; i < H_REGISTERS; i++)
                        OK(h_write_register(a, (enum h_register)i, 1000 + i));
                call_from(a, vector);
                for (size_t i = 0; i < COUNT_OF(order); i++)
                        assert_int_equal(ring3_seen.arguments[i],
                                         1000u + order[i]);
                assert_int_equal(read_register(a, H_HANDLER), vector);
        }
}

static void
events_are_told(void **state)
{
        (void)state;
        OK(ring3_run(a));
        ring3.cr2 = 0x87654321;
        ring3_leave(14, 6, false);
        expect_told(a, RING3_EVENT, 14);
        assert_int_equal(ring3_seen.code, 6);
        assert_int_equal(h_last_fault_address().value, 0x87654321);
        assert_int_equal(ring3_handoff(b, 0, 0, 0), H_NO_CALL);
        OK(ring3_run(a));
        controllers_raise(0);
        ring3_leave(controllers_take(), 0, false);
        expect_told(a, RING3_EVENT, 32);
        assert_int_equal(controllers.pic[0].service, 0);
        // A spurious interrupt, a unit that was another's: not told.
        OK(ring3_run(a));
        ring3_leave(32 + 7, 0, false);
        expect_entered(a, RING3_ENTERED);
        ring3_leave(7, 0, false);
        expect_entered(a, RING3_ENTERED);
        assert_ptr_equal(execution.fpu_owner, context_slot(a));
        ring3_leave(7, 0, false);
        expect_told(a, RING3_EVENT, 7);
}

static void
a_step_over_sysenter_is_told_later(void **state)
{
        (void)state;
        OK(ring3_run(a));
        ring3_leave(SYSENTER, 0, true);
        expect_told(a, RING3_CALL, 0);
        assert_int_equal(read_register(a, H_EFLAGS) & EFLAGS_TF, EFLAGS_TF);
        OK(ring3_run(a));
        expect_told(a, RING3_EVENT, 1);
        assert_int_equal(read_register(a, H_HANDLER), 1);
        assert_int_equal(ring3_handoff(b, 0, 0, 0), H_NO_CALL);
        OK(ring3_run(a));
        expect_entered(a, RING3_ENTERED);
        assert_int_equal(read_register(a, H_EFLAGS) & EFLAGS_TF, EFLAGS_TF);
}

static void
a_handler_may_return(void **state)
{
        (void)state;
        jmp_buf stopped;
        OK(ring3_run(a));
        ring3_handlers_return = true;
        ring3_leave(SYSENTER, 0, false);
        expect_entered(a, RING3_SYSEXIT);
        ring3_leave(3, 0, false);
        expect_entered(a, RING3_ENTERED);
        OK(h_unbind(a));
        machine_catch = &stopped;
        if (setjmp(stopped) == 0) {
                ring3_leave(SYSENTER, 0, false);
                fail();
        }
        machine_catch = NULL;
        assert_non_null(strstr(machine_message, "H_NOT_BOUND"));
}

static void
running_is_refused(void **state)
{
        (void)state;
        struct h_region freed[4];
        size_t count;
        const struct h_fault_context bad[] = {
                { 0, 0 },
                { a.slot, a.generation + 1 },
                { 77, 0 },
                { a.slot + execution.context_count, a.generation },
        };
        call_from(a, SYSENTER);
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                assert_int_equal(ring3_run(bad[i]), H_BAD_HANDLE);
                assert_int_equal(ring3_handoff(bad[i], 0, 0, 0), H_BAD_HANDLE);
        }
        assert_int_equal(ring3_run(new_context()), H_NOT_BOUND);
        OK(h_free_pagemap(space, freed, 4, &count));
        assert_int_equal(ring3_run(a), H_BAD_HANDLE);
        assert_int_equal(ring3_handoff(a, 0, 0, 0), H_BAD_HANDLE);
        space = new_space(0); // perhaps in the same slot
        assert_int_equal(ring3_run(a), H_BAD_HANDLE);
        expect_sound();
        OK(h_bind(a, space, none, 0));
        OK(ring3_run(a));
        expect_entered(a, RING3_SYSEXIT);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(the_short_way_is_for_those_that_came_by_sysenter),
                T(the_short_way_is_closed),
                T(both_forms_go_together),
                T(system_calls_bring_their_arguments),
                T(events_are_told),
                T(a_step_over_sysenter_is_told_later),
                T(a_handler_may_return),
                T(running_is_refused),
        };
        return cmocka_run_group_tests_name("bound", tests, NULL, NULL);
}
