// SPDX-License-Identifier: MIT
// Fault contexts while they do not run: slots and handles, registers, and what is
// forced upon them.
#include "execution.h"

static const struct h_fault_context none = { 0, 0 };

static void
a_new_context_is_all_zeros(void **state)
{
        (void)state;
        uint32_t values[H_REGISTERS];
        struct h_fault_context context = new_context();
        assert_true(context.generation != 0);
        for (unsigned i = 0; i < H_REGISTERS; i++)
                OK(h_write_register(context, (enum h_register)i, ~i));
        OK(h_set_gs(context, (struct h_vaddr){ 0x1000 }, 5));
        OK(h_set_ports(context, &(struct h_port_range){ 0x60, 0x60 }, 1));
        execution.fpu_areas[context.slot].bytes[200] = 77;
        OK(h_free_fault_context(context));

        // The same slot once more, as another context.
        struct h_fault_context again = new_context();
        assert_int_equal(again.slot, context.slot);
        assert_int_equal(again.generation, context.generation + 1);
        OK(h_read_registers(again, values));
        for (unsigned i = 0; i < H_REGISTERS; i++)
                assert_int_equal(values[i], 0);
        const struct context_slot *slot = context_slot(again);
        assert_int_equal(slot->gs | slot->gs_low | slot->gs_high, 0);
        assert_int_equal(slot->port_count | slot->flags, 0);
        const uint8_t *area = execution.fpu_areas[again.slot].bytes;
        assert_int_equal(area[0] | area[1] << 8, 0x037F);
        assert_int_equal(area[24] | area[25] << 8, 0x1F80);
        assert_int_equal(area[200], 0);
        expect_sound();
}

static void
every_slot_can_be_used(void **state)
{
        (void)state;
        struct h_fault_context out = { 7, 7 };
        uint32_t count = execution.context_count;
        assert_int_equal(count, 1024); // of 2,560 pages
        for (uint32_t i = 0; i < count; i++)
                assert_int_equal(new_context().slot, i);
        assert_int_equal(h_alloc_fault_context(&out), H_HANDLES_USED);
        assert_int_equal(out.slot, 7);
        expect_sound();
        OK(h_free_fault_context((struct h_fault_context){ 77, 1 }));
        assert_int_equal(new_context().slot, 77);
        expect_sound();
}

// A slot that has had the last of all generations is never used again.
static void
no_handle_comes_twice(void **state)
{
        (void)state;
        execution.contexts[0].last = UINT32_MAX - 1;
        struct h_fault_context context = new_context();
        assert_int_equal(context.slot, 0);
        assert_int_equal(context.generation, UINT32_MAX);
        OK(h_free_fault_context(context));
        assert_int_equal(h_free_fault_context(context), H_BAD_HANDLE);
        assert_int_equal(new_context().slot, 1);
        expect_sound();
}

static void
bad_handles_are_refused(void **state)
{
        (void)state;
        struct h_fault_context good = new_context();
        OK(h_free_fault_context(new_context()));
        const struct h_fault_context bad[] = {
                none,
                { good.slot, 0 },
                { good.slot, good.generation + 1 },
                { 1, 0 },
                { 1, 1 }, // freed
                { execution.context_count, 1 },
                { good.slot + execution.context_count, good.generation },
                { UINT32_MAX, 1 },
        };
        uint32_t values[H_REGISTERS] = { 42 };
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                struct h_fault_context c = bad[i];
                assert_int_equal(h_free_fault_context(c), H_BAD_HANDLE);
                assert_int_equal(h_read_register(c, H_EAX, values),
                                 H_BAD_HANDLE);
                assert_int_equal(h_write_register(c, H_EAX, 1), H_BAD_HANDLE);
                assert_int_equal(h_read_registers(c, values), H_BAD_HANDLE);
                assert_int_equal(h_write_registers(c, values), H_BAD_HANDLE);
                assert_int_equal(h_set_gs(c, (struct h_vaddr){ 0 }, 0),
                                 H_BAD_HANDLE);
                assert_int_equal(h_set_ports(c, NULL, 0), H_BAD_HANDLE);
                assert_int_equal(values[0], 42);
        }
        expect_sound();
}

static void
registers_keep_what_is_written(void **state)
{
        (void)state;
        uint32_t values[H_REGISTERS], found[H_REGISTERS];
        struct h_fault_context a = new_context(), b = new_context();
        for (unsigned i = 0; i < H_REGISTERS; i++)
                values[i] = 0xFEDC0000u + i;
        OK(h_write_registers(a, values));
        for (unsigned i = 0; i < H_REGISTERS; i++) {
                assert_int_equal(read_register(a, (enum h_register)i),
                                 values[i]);
                assert_int_equal(read_register(b, (enum h_register)i), 0);
                OK(h_write_register(b, (enum h_register)i, i + 1));
        }
        OK(h_read_registers(b, found));
        for (unsigned i = 0; i < H_REGISTERS; i++)
                assert_int_equal(found[i], i + 1);
        const int bad[] = { H_REGISTERS, H_REGISTERS + 1, -1, 1 << 30 };
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                enum h_register reg = (enum h_register)bad[i];
                assert_int_equal(h_read_register(a, reg, found),
                                 H_BAD_REGISTER);
                assert_int_equal(h_write_register(a, reg, 0), H_BAD_REGISTER);
        }
        OK(h_read_registers(a, found));
        assert_memory_equal(found, values, sizeof(values));
}

// What SYSEXIT would not give back is noted; EAX and ESI it does.
static void
writing_closes_the_short_way(void **state)
{
        (void)state;
        uint32_t values[H_REGISTERS] = { 0 };
        struct h_fault_context context = new_context();
        struct context_slot *slot = context_slot(context);
        for (unsigned i = 0; i <= H_REGISTERS; i++) {
                slot->flags = CONTEXT_CALL | CONTEXT_SYSENTER;
                if (i < H_REGISTERS)
                        OK(h_write_register(context, (enum h_register)i, 1));
                else
                        OK(h_write_registers(context, values));
                assert_int_equal(slot->flags & CONTEXT_SYSENTER,
                                 i == H_EAX || i == H_ESI ? CONTEXT_SYSENTER
                                                          : 0);
        }
}

// Every bit of EFLAGS alone, and all others; every value of the selectors' bits.
static void
ring_3_gets_what_it_must_have(void **state)
{
        (void)state;
        struct context_slot *slot = context_slot(new_context());
        for (unsigned bit = 0; bit < 64; bit++) {
                uint32_t flags = UINT32_C(1) << bit % 32;
                if (bit >= 32)
                        flags = ~flags;
                for (unsigned i = 0; i < H_REGISTERS; i++)
                        slot->registers[i] = 0xC0FFEE00u ^ flags ^ i;
                slot->registers[H_EFLAGS] = flags;
                context_force(slot);
                assert_int_equal(slot->registers[H_EFLAGS],
                                 (flags & 0x240DD5) | 0x202);
                assert_int_equal(slot->registers[H_CS], 0x1B);
                assert_int_equal(slot->registers[H_SS], 0x23);
                for (unsigned i = 0; i < H_REGISTERS; i++)
                        if (i != H_CS && i != H_SS && i != H_EFLAGS)
                                assert_int_equal(slot->registers[i],
                                                 0xC0FFEE00u ^ flags ^ i);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(a_new_context_is_all_zeros),
                T(every_slot_can_be_used),
                T(no_handle_comes_twice),
                T(bad_handles_are_refused),
                T(registers_keep_what_is_written),
                T(writing_closes_the_short_way),
                T(ring_3_gets_what_it_must_have),
        };
        return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
