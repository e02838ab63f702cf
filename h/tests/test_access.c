// SPDX-License-Identifier: MIT
// What contexts let programs use: GS segments and ports.
#include "execution.h"

// The last byte that a descriptor lets a program read.
static uint32_t
segment_last(const struct context_slot *slot)
{
        uint32_t limit = (slot->gs_low & 0xFFFF) | (slot->gs_high & 0xF0000);
        uint32_t base = slot->gs_low >> 16 | (slot->gs_high & 0xFF) << 16 |
                        (slot->gs_high & 0xFF000000);

        if (slot->gs_high >> 23 & 1)
                limit = limit << 12 | 0xFFF;
        return base + limit;
}

static void
gs_segments(void **state)
{
        (void)state;
        static const struct {
                uint32_t base, bytes, last;
        } good[] = {
                { 0, 1, 0 },
                { 0x12345678, 4, 0x1234567B },
                { 0xBFFFFFFF, 1, 0xBFFFFFFF },
                { 0, 0x100000, 0xFFFFF },
                { 0, 0x100001, 0x100FFF },
                { 0xBFEFF000, 0x100001, 0xBFFFFFFF },
                { 0, 0xC0000000, 0xBFFFFFFF },
                { 0x1000, 0xBFFFF000, 0xBFFFFFFF },
        };
        static const struct {
                uint32_t base, bytes;
        } bad[] = {
                { 0xC0000000, 1 },          { 0xBFFFFFFF, 2 },
                { 0xFFFFFFFF, 1 },          { 0xFFFFFFFF, 2 },
                { 0, 0xC0000001 },          { 1, 0xC0000000 },
                { 0, 0xFFFFFFFF },          { 0x80000000, 0x80000001 },
                { 0xBFEFF001, 0x100001 },   { 0xBFF00000, 0x100001 },
                { 0x40000000, 0xC0000000 }, { 0xC0000000, 0x40000000 },
        };
        struct h_fault_context context = new_context();
        const struct context_slot *slot = context_slot(context);
        for (size_t i = 0; i < COUNT_OF(good); i++) {
                struct h_vaddr base = { good[i].base };
                OK(h_set_gs(context, base, good[i].bytes));
                assert_int_equal(slot->gs, 0x3B);
                assert_int_equal(segment_last(slot), good[i].last);
                // Present, ring 3, data that cannot be written, accessed; 32 bits.
                assert_int_equal(slot->gs_high >> 8 & 0xFF, 0xF1);
                assert_int_equal(slot->gs_high >> 20 & 7, 4);
                expect_sound();
        }
        struct context_slot before = *slot;
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                struct h_vaddr base = { bad[i].base };
                assert_int_equal(h_set_gs(context, base, bad[i].bytes),
                                 H_BAD_ADDRESS);
                assert_memory_equal(slot, &before, sizeof(before));
        }
        OK(h_set_gs(context, (struct h_vaddr){ UINT32_MAX }, 0));
        assert_int_equal(slot->gs | slot->gs_low | slot->gs_high, 0);
        expect_sound();
}

// A port that programs may use is one that H lends, but for the keyboard's commands.
static bool
lent(uint16_t port)
{
        uint8_t value;

        return h_in8(port, &value) == H_OK && port != 0x64;
}

static void
every_range_of_ports(void **state)
{
        (void)state;
        struct h_fault_context context = new_context();
        const struct context_slot *slot = context_slot(context);
        for (uint32_t first = 0; first < 0x10000; first++) {
                bool good = true;
                uint32_t most = first < 0x400 ? 64 : 2;
                for (uint32_t i = 0; i < most && first + i < 0x10000; i++) {
                        struct h_port_range range = { (uint16_t)first,
                                                      (uint16_t)(first + i) };
                        good &= lent(range.last);
                        assert_int_equal(h_set_ports(context, &range, 1),
                                         good ? H_OK : H_PORT);
                }
                struct h_port_range wrong = { (uint16_t)first,
                                              (uint16_t)(first - 1) };
                if (first > 0)
                        assert_int_equal(h_set_ports(context, &wrong, 1),
                                         H_PORT);
        }
        assert_int_equal(slot->port_count, 1);
        expect_sound();
}

static void
lists_of_ports(void **state)
{
        (void)state;
        struct h_port_range ranges[H_PORT_RANGES + 1];
        struct h_fault_context context = new_context();
        const struct context_slot *slot = context_slot(context);
        for (size_t i = 0; i < COUNT_OF(ranges); i++)
                ranges[i] =
                        (struct h_port_range){ (uint16_t)(0x300 + i), 0x308 };
        OK(h_set_ports(context, ranges, H_PORT_RANGES));
        assert_int_equal(slot->port_count, H_PORT_RANGES);
        struct context_slot before = *slot;
        assert_int_equal(h_set_ports(context, ranges, COUNT_OF(ranges)),
                         H_CAPACITY);
        assert_int_equal(h_set_ports(context, ranges, SIZE_MAX), H_CAPACITY);
        ranges[H_PORT_RANGES - 1].first = 0x20;
        assert_int_equal(h_set_ports(context, ranges, H_PORT_RANGES), H_PORT);
        assert_memory_equal(slot, &before, sizeof(before));
        expect_sound();
        OK(h_set_ports(context, NULL, 0));
        assert_int_equal(slot->port_count, 0);
        expect_sound();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(gs_segments),
                T(every_range_of_ports),
                T(lists_of_ports),
        };
        return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
