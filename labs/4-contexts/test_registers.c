// SPDX-License-Identifier: MIT
// Tests of exercise 4.3: registers of a context, and what ring 3 must have.
#include "slots.h"

#include <h4/users.h>

// Each register its own value.
static uint32_t
mark(unsigned reg)
{
        return 0xA5000001u + 0x00010100u * reg;
}

static struct context_slot before;

static void
watch(struct h_fault_context context)
{
        before = *slot_of(context);
}

// Register by register, and all else of the slot: what has changed is in
// `before` too. Of the flags CONTEXT_SYSENTER is looked at elsewhere.
static void
check(struct h_fault_context context, const char *after)
{
        struct context_slot now = *slot_of(context);

        for (unsigned i = 0; i < H_REGISTERS; i++)
                expect_hex(before.registers[i], now.registers[i],
                           "after %s: %s", after, register_name(i));
        expect_hex(before.flags & ~(uint32_t)CONTEXT_SYSENTER,
                   now.flags & ~(uint32_t)CONTEXT_SYSENTER,
                   "after %s: the flags", after);
        now.flags = before.flags;
        for (unsigned i = 0; i < sizeof(now) / 4; i++)
                expect_hex(((uint32_t *)&before)[i], ((uint32_t *)&now)[i],
                           "after %s: word %u of the context", after, i);
}

TEST(registers_one_by_one)
{
        slots_begin();
        struct h_fault_context one = allocates(), other = allocates();
        watch(one);
        for (unsigned i = 0; i < H_REGISTERS; i++) {
                enum h_register reg = (enum h_register)i;
                uint32_t value = UNTOUCHED;

                expect_h(H_OK, h_write_register(one, reg, mark(i)),
                         "h_write_register of %s", register_name(i));
                before.registers[i] = mark(i);
                check(one, "h_write_register");
                expect_h(H_OK, h_read_register(one, reg, &value),
                         "h_read_register of %s", register_name(i));
                expect_hex(mark(i), value, "h_read_register of %s",
                           register_name(i));
                expect_h(H_OK, h_read_register(other, reg, &value),
                         "h_read_register of %s", register_name(i));
                expect_hex(0, value, "h_read_register of %s of another context",
                           register_name(i));
                check(one, "h_read_register");
        }
        slots_end();
}

TEST(registers_all_at_once)
{
        uint32_t values[H_REGISTERS], found[H_REGISTERS + 1];

        slots_begin();
        struct h_fault_context other = allocates(), one = allocates();
        for (unsigned i = 0; i < H_REGISTERS; i++)
                values[i] = mark(i);
        found[H_REGISTERS] = UNTOUCHED;

        watch(one);
        expect_h(H_OK, h_write_registers(one, values), "h_write_registers");
        memcpy(before.registers, values, sizeof(values));
        check(one, "h_write_registers");
        expect_h(H_OK, h_read_registers(one, found), "h_read_registers");
        for (unsigned i = 0; i < H_REGISTERS; i++)
                expect_hex(mark(i), found[i], "h_read_registers: %s",
                           register_name(i));
        expect_hex(UNTOUCHED, found[H_REGISTERS],
                   "h_read_registers: the word behind the registers");
        check(one, "h_read_registers");
        expect_h(H_OK, h_read_registers(other, found), "h_read_registers");
        for (unsigned i = 0; i < H_REGISTERS; i++)
                expect_hex(0, found[i],
                           "h_read_registers of another context: %s",
                           register_name(i));
        slots_end();
}

TEST(registers_that_there_are_not)
{
        static const uint32_t none[] = {
                H_REGISTERS, H_REGISTERS + 1, 32,         256,       0x10000,
                0x40000000,  0x80000000,      0xFFFFFFEC, UINT32_MAX
        };

        slots_begin();
        struct h_fault_context one = allocates();
        watch(one);
        for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
                enum h_register reg = (enum h_register)none[i];
                uint32_t value = UNTOUCHED;

                expect_h(H_BAD_REGISTER, h_read_register(one, reg, &value),
                         "h_read_register of register 0x%x, which there is not",
                         none[i]);
                expect_hex(UNTOUCHED, value,
                           "h_read_register of register 0x%x, which refused: "
                           "*value",
                           none[i]);
                expect_h(
                        H_BAD_REGISTER, h_write_register(one, reg, mark(0)),
                        "h_write_register of register 0x%x, which there is not",
                        none[i]);
                check(one, "h_write_register, which refused");
        }
        slots_end();
}

// SYSEXIT would lose what has been written to a context that came by SYSENTER. The
// other flags are not the registers' affair.
TEST(writing_ends_what_sysexit_needs)
{
        const uint32_t flags = CONTEXT_DEBUG | CONTEXT_CALL | CONTEXT_SYSENTER |
                               CONTEXT_BOUND | CONTEXT_PORTS;
        uint32_t values[H_REGISTERS] = { 0 }, value;

        slots_begin();
        struct h_fault_context one = allocates();
        for (unsigned i = 0; i < H_REGISTERS; i++) {
                if (i == H_EAX || i == H_ESI)
                        continue;
                slot_of(one)->flags = flags;
                watch(one);
                trying("h_read_register and h_write_register of %s",
                       register_name(i));
                h_read_register(one, (enum h_register)i, &value);
                h_read_registers(one, values);
                expect_hex(flags, slot_of(one)->flags,
                           "after reading registers: the flags");
                h_write_register(one, (enum h_register)i, mark(i));
                trying_over();
                before.registers[i] = mark(i);
                check(one, "h_write_register");
                expect_hex(0, slot_of(one)->flags & CONTEXT_SYSENTER,
                           "after h_write_register of %s: the flag "
                           "CONTEXT_SYSENTER",
                           register_name(i));
        }
        slot_of(one)->flags = flags;
        h_write_register(one, H_EAX, mark(H_EAX));
        before.registers[H_EAX] = mark(H_EAX);
        check(one, "h_write_register");
        h_write_register(one, H_ESI, mark(H_ESI));
        before.registers[H_ESI] = mark(H_ESI);
        check(one, "h_write_register");

        slot_of(one)->flags = flags;
        memcpy(values, before.registers, sizeof(values));
        h_write_registers(one, values);
        check(one, "h_write_registers");
        expect_hex(0, slot_of(one)->flags & CONTEXT_SYSENTER,
                   "after h_write_registers: the flag CONTEXT_SYSENTER");
        slots_end();
}

static void
is_forced(struct h_fault_context context, uint32_t flags)
{
        struct context_slot *slot = slot_of(context);

        slot->registers[H_EFLAGS] = flags;
        watch(context);
        before.registers[H_CS] = USER_CODE;
        before.registers[H_SS] = USER_DATA;
        before.registers[H_EFLAGS] =
                (flags & H_USER_FLAGS) | EFLAGS_FIXED | EFLAGS_IF;
        trying("context_force, EFLAGS being 0x%08x, CS 0x%x, SS 0x%x", flags,
               slot->registers[H_CS], slot->registers[H_SS]);
        context_force(slot);
        trying_over();
        expect_hex(before.registers[H_EFLAGS], slot->registers[H_EFLAGS],
                   "after context_force, EFLAGS being 0x%08x: H_EFLAGS", flags);
        expect_hex(before.flags, slot->flags,
                   "after context_force: the flags of the context");
        check(context, "context_force");
}

TEST(forcing_each_flag)
{
        slots_begin();
        struct h_fault_context one = allocates();
        for (unsigned i = 0; i < H_REGISTERS; i++)
                slot_of(one)->registers[i] = mark(i);
        is_forced(one, 0);
        is_forced(one, UINT32_MAX);
        for (unsigned bit = 0; bit < 32; bit++) {
                is_forced(one, 1u << bit);
                is_forced(one, ~(1u << bit));
        }
        slots_end();
}

TEST(forcing_the_selectors)
{
        static const uint32_t selectors[] = {
                0,
                1,
                2,
                3,
                KERNEL_CODE,
                KERNEL_DATA,
                KERNEL_CODE | 3,
                KERNEL_DATA | 3,
                USER_CODE & ~3u,
                USER_DATA & ~3u,
                USER_CODE | 4,
                KERNEL_TSS,
                USER_GS,
                NMI_TSS,
                0xFFFF,
                0x10000 | USER_CODE,
                UINT32_MAX,
        };
        const size_t count = sizeof(selectors) / sizeof(selectors[0]);

        slots_begin();
        struct h_fault_context one = allocates();
        uint32_t *registers = slot_of(one)->registers;
        for (size_t i = 0; i < count; i++)
                for (size_t j = i % 2; j < count; j += 2) {
                        registers[H_CS] = selectors[i];
                        registers[H_SS] = selectors[j];
                        is_forced(one, 0x0202);
                }
        slots_end();
}

// Whatever else the context says, and only that context.
TEST(forcing_contexts_at_random)
{
        slots_begin();
        struct h_fault_context one = allocates(), other = allocates();
        slot_of(one)->flags = CONTEXT_CALL | CONTEXT_DEBUG;
        for (unsigned round = 0; round < 40; round++) {
                for (unsigned i = 0; i < H_REGISTERS; i++)
                        slot_of(one)->registers[i] = random_word();
                is_forced(one, random_word());
                is_forced(one, slot_of(one)->registers[H_EFLAGS]);
        }
        for (unsigned i = 0; i < H_REGISTERS; i++)
                expect_hex(0, slot_of(other)->registers[i],
                           "after context_force of another context: %s",
                           register_name(i));
        slots_end();
}
