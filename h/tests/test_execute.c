// SPDX-License-Identifier: MIT
// The plain form of execution: programs run, and what they are left by is told.
#include "programs.h"

#include <h/internal/interrupts.h>

static void
registers_go_in_and_come_out(void **state)
{
        (void)state;
        ring3_program = follow_script;
        for (unsigned i = 0; i < H_REGISTERS; i++)
                OK(h_write_register(a, (enum h_register)i, ~i));
        script[0].vector = 0x80;
        struct h_interrupt found = execute(a);
        assert_int_equal(found.kind, H_SYSTEM_CALL);
        assert_int_equal(found.vector, 0x80);
        assert_int_equal(read_register(a, H_EAX), ~(uint32_t)H_EAX);
        assert_int_equal(read_register(a, H_EIP), ~(uint32_t)H_EIP);
        assert_int_equal(read_register(a, H_HANDLER), 0x80);
        assert_int_equal(machine_directory().value, 0x00800000);
}

static void
bad_handles_run_nothing(void **state)
{
        (void)state;
        struct h_interrupt out = { .vector = 99 };
        uint8_t vector = 99;
        const struct h_fault_context stale = { a.slot, a.generation + 1 };
        const struct h_pagemap gone = { space.slot, space.generation + 1 };
        assert_int_equal(h_execute(space, stale, &out), H_BAD_HANDLE);
        assert_int_equal(h_execute(gone, a, &out), H_BAD_HANDLE);
        assert_int_equal(h_execute_vector(gone, a, &vector), H_BAD_HANDLE);
        assert_int_equal(h_execute_vector(space, stale, &vector), H_BAD_HANDLE);
        assert_int_equal(out.vector, 99);
        assert_int_equal(vector, 99);
        assert_int_equal(machine_directory().value, h_state.reference.value);
}

static void
page_faults_are_decoded(void **state)
{
        (void)state;
        ring3_program = follow_script;
        for (uint32_t code = 0; code < 8; code++) {
                script[0].vector = 14;
                script[0].code = code;
                runs = 0;
                ring3.cr2 = 0x1000 * code + 5;
                struct h_interrupt found = execute(a);
                assert_int_equal(found.kind, H_PAGE_FAULT);
                assert_int_equal(found.present, code & 1);
                assert_int_equal(found.write, code >> 1 & 1);
                assert_int_equal(found.user, code >> 2 & 1);
                assert_int_equal(found.address.value, ring3.cr2);
                assert_int_equal(h_last_fault_address().value, ring3.cr2);
        }
        // What is no page fault leaves the address as it was.
        runs = 0;
        script[0].vector = 13;
        ring3.cr2 = 0x55555555;
        assert_int_equal(execute(a).kind, H_EXCEPTION);
        assert_int_equal(h_last_fault_address().value, 0x7005);
}

static void
every_vector_has_its_kind(void **state)
{
        (void)state;
        for (unsigned vector = 0; vector < 0x82; vector++) {
                if (vector >= 48 && vector < 0x80)
                        continue;
                struct h_interrupt found =
                        interrupt_decode((uint8_t)vector, 7, vaddr(0x12345678));
                enum h_interrupt_kind kind = vector >= 0x80 ? H_SYSTEM_CALL
                                             : vector > 32  ? H_IRQ
                                             : vector == 32 ? H_TIMER
                                             : vector == 14 ? H_PAGE_FAULT
                                                            : H_EXCEPTION;
                assert_int_equal(found.kind, kind);
                assert_int_equal(found.vector, vector);
                assert_int_equal(found.line, kind == H_IRQ ? vector - 32 : 0);
                assert_int_equal(found.address.value,
                                 kind == H_PAGE_FAULT ? 0x12345678 : 0);
                assert_int_equal(found.present || found.write || found.user,
                                 kind == H_PAGE_FAULT);
        }
}

static void
interrupts_are_told(void **state)
{
        (void)state;
        ring3_program = raise_line;
        for (unsigned line = 0; line < 16; line++) {
                if (line == 2)
                        continue;
                OK(h_enable_irq(line));
                controllers_raise(line);
                struct h_interrupt found = execute(a);
                assert_int_equal(found.kind, line == 0 ? H_TIMER : H_IRQ);
                assert_int_equal(found.line, line);
                assert_int_equal(controllers.pic[0].service, 0);
                assert_int_equal(controllers.pic[1].service, 0);
                const struct controller *pic = &controllers.pic[line / 8];
                assert_int_equal(pic->mask >> line % 8 & 1, line != 0);
                // Silent until it is enabled again.
                controllers_raise(line);
                assert_int_equal(execute(a).vector, line == 0 ? 32 : 0x80);
                controllers_drop(line);
        }
}

// A line that was taken back again, while another one is in service.
static void
spurious_interrupts_are_not_told(void **state)
{
        (void)state;
        ring3_program = follow_script;
        script[0].vector = 32 + 7;
        script[1].vector = 32 + 15;
        script[2].vector = 0x80;
        controllers.pic[0].service = 1u << 2; // as line 15 came by it
        controllers.pic[1].service = 1u << 3;
        assert_int_equal(execute(a).vector, 0x80);
        assert_int_equal(runs, 3);
        assert_int_equal(controllers.pic[0].service, 0);
        assert_int_equal(controllers.pic[1].service, 1u << 3);
}

static void
a_step_over_sysenter_is_told_later(void **state)
{
        (void)state;
        ring3_program = follow_script;
        script[0].vector = 0x81;
        script[1].vector = 0x80;
        assert_int_equal(execute(a).vector, 0x81);
        context_slot(a)->flags |= CONTEXT_DEBUG;
        context_slot(a)->registers[H_CODE] = 5;
        struct h_interrupt found = execute(a);
        assert_int_equal(runs, 1);
        assert_int_equal(found.kind, H_EXCEPTION);
        assert_int_equal(found.vector, 1);
        assert_int_equal(found.code, 0);
        assert_int_equal(read_register(a, H_HANDLER), 1);
        assert_int_equal(read_register(a, H_CODE), 0);
        assert_int_equal(execute(a).vector, 0x80);
}

// A mapping that user code may use does not outlive the address space.
static void
the_address_space_is_the_one_named(void **state)
{
        (void)state;
        struct h_pagemap other = new_space(1);
        struct h_region freed[4];
        struct h_interrupt out;
        size_t count;
        ring3_program = raise_line;
        OK(h_execute(other, a, &out));
        assert_int_equal(machine_directory().value, 0x00801000);
        OK(h_execute(space, a, &out));
        assert_int_equal(machine_directory().value, 0x00800000);
        OK(h_free_pagemap(space, freed, 4, &count));
        assert_int_equal(h_execute(space, a, &out), H_BAD_HANDLE);
}

static void
the_processor_is_set_up(void **state)
{
        (void)state;
        assert_int_equal(read_cr0() & (CR0_EM | CR0_MP | CR0_NE | CR0_AM |
                                       CR0_WP | CR0_TS | CR0_PG | CR0_PE),
                         CR0_MP | CR0_NE | CR0_AM | CR0_WP | CR0_TS | CR0_PG |
                                 CR0_PE);
        assert_int_equal(read_cr4(), CR4_PSE | CR4_PGE | CR4_OSFXSR |
                                             CR4_OSXMMEXCPT | CR4_MCE);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(registers_go_in_and_come_out),
                T(bad_handles_run_nothing),
                T(page_faults_are_decoded),
                T(every_vector_has_its_kind),
                T(interrupts_are_told),
                T(spurious_interrupts_are_not_told),
                T(a_step_over_sysenter_is_told_later),
                T(the_address_space_is_the_one_named),
                T(the_processor_is_set_up),
        };
        return cmocka_run_group_tests_name("execute", tests, NULL, NULL);
}
