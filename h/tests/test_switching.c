// SPDX-License-Identifier: MIT
// What changes with the context that runs: the floating-point unit, GS, ports.
#include "programs.h"

// Each context has a floating-point unit of its own, and notices nothing.
static unsigned char wanted[2], seen[2];
static unsigned traps;

static uint32_t
use_unit(struct context_slot *slot)
{
        unsigned which = slot == context_slot(b);

        runs++;
        if (ring3_use_unit(wanted[which], &seen[which]))
                return 0x80;
        traps++;
        return 7;
}

static void
units_are_switched_late(void **state)
{
        (void)state;
        ring3_program = use_unit;
        unsigned char last[2] = { 0, 0 };
        for (unsigned i = 0; i < 20; i++) {
                unsigned which = i % 5 == 2 || i % 7 == 3;
                wanted[which] = (unsigned char)(i + 1);
                assert_int_equal(execute(which ? b : a).vector, 0x80);
                assert_int_equal(seen[which], last[which]);
                last[which] = wanted[which];
        }
        assert_true(traps > 4 && traps < 20);
        assert_int_equal(runs, 20 + traps);

        // A context that is no more leaves nothing to the next one.
        uint32_t slot =
                execution.fpu_owner == context_slot(b) ? b.slot : a.slot;
        struct h_fault_context *owner = slot == b.slot ? &b : &a;
        OK(h_free_fault_context(*owner));
        assert_null(execution.fpu_owner);
        expect_sound();
        *owner = new_context();
        assert_int_equal(owner->slot, slot);
        execute(*owner);
        assert_int_equal(seen[slot == b.slot], 0);
}

// Vector 7 of a unit that is the program's own is the program's affair.
static void
a_trap_of_its_own_is_told(void **state)
{
        (void)state;
        ring3_program = use_unit;
        execute(a);
        ring3_program = follow_script;
        runs = 0;
        script[0].vector = 7;
        assert_int_equal(execute(a).vector, 7);
}

// What GS shows and which ports are open is looked at by ring3.c on each way in.
static void
belongings_change_with_the_context(void **state)
{
        (void)state;
        struct h_port_range serial = { 0x3F8, 0x3FF };
        const struct h_port_range both[] = { { 0x60, 0x60 }, { 0x3FA, 0x3FF } };
        ring3_program = raise_line;
        OK(h_set_gs(a, (struct h_vaddr){ 0x40000000 }, 4096));
        OK(h_set_ports(a, &serial, 1));
        execute(a);
        execute(b);
        execute(a);
        OK(h_set_ports(b, both, 2));
        execute(b);
        OK(h_set_ports(b, both, 1));
        execute(b);
        execute(a);
        OK(h_set_ports(a, NULL, 0));
        OK(h_set_gs(a, (struct h_vaddr){ 0 }, 0));
        OK(h_set_gs(b, (struct h_vaddr){ 0x1234 }, 0x200000));
        execute(a);
        execute(b);
        OK(h_free_fault_context(b));
        assert_int_equal(kernel_ports[0x60 / 8], 0xFF);
        expect_sound();
        execute(a);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(units_are_switched_late),
                T(a_trap_of_its_own_is_told),
                T(belongings_change_with_the_context),
        };
        return cmocka_run_group_tests_name("switching", tests, NULL, NULL);
}
