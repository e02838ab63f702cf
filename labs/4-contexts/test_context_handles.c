// SPDX-License-Identifier: MIT
// Tests of exercise 4.3: handles of contexts, and contexts at random.
#include "slots.h"

#include <h4/users.h>

// Every slot has had other generations before, each its own.
static void
give_slots_a_past(uint32_t first, uint32_t step)
{
        for (uint32_t i = 0; i < SLOTS; i++)
                execution.contexts[i].last = first + step * i;
}

TEST(contexts_refuse_handles_made_up)
{
        slots_begin();
        give_slots_a_past(1000, 10);
        struct h_fault_context a = allocates(), b = allocates();
        struct h_fault_context gone = allocates();
        frees(gone);

        uint32_t free = SLOTS - 1;
        while (free == a.slot || free == b.slot || free == gone.slot)
                free--;
        const struct h_fault_context refused[] = {
                // Freed, all zeros, and other generations.
                gone,
                { 0, 0 },
                { a.slot, 0 },
                { a.slot, 1 },
                { a.slot, a.generation - 1 },
                { a.slot, a.generation + 1 },
                { a.slot, UINT32_MAX },
                { gone.slot, 0 },
                { gone.slot, gone.generation + 1 },
                // One's slot with the other's generation.
                { a.slot, b.generation },
                { b.slot, a.generation },
                // A slot that is free.
                { free, 0 },
                { free, execution.contexts[free].last },
                { free, execution.contexts[free].last + 1 },
                // Slots that there are not.
                { SLOTS, a.generation },
                { SLOTS, UNTOUCHED },
                { SLOTS, 0 },
                { a.slot + SLOTS, a.generation },
                { a.slot | 0x80000000, a.generation },
                { a.slot | 0x01000000, a.generation },
                { UINT32_MAX, UNTOUCHED },
                { UINT32_MAX, UINT32_MAX },
        };
        for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
                is_refused(refused[i]);

        // Another context is in the slot: the old handle is not its name.
        for (unsigned i = 0; i < SLOTS - 2; i++)
                allocates();
        is_refused(gone);
        alloc_refuses();
        frees(a);
        is_refused(a);
        frees(b);
        slots_end();
}

// Handles are never given twice, not even when a slot has had all generations.
TEST(context_slots_end_with_their_generations)
{
        struct h_fault_context made[3];

        slots_begin();
        give_slots_a_past(UINT32_MAX - 3, 0);
        for (unsigned slot = 0; slot < SLOTS; slot++) {
                for (unsigned i = 0; i < 3; i++) {
                        made[i] = allocates();
                        for (unsigned j = 0; j < i; j++) {
                                if (same_context(made[i], made[j]))
                                        fail("h_alloc_fault_context has given "
                                             "slot %u, generation %u, twice",
                                             made[i].slot, made[i].generation);
                                is_refused(made[j]);
                        }
                        frees(made[i]);
                }
                is_refused((struct h_fault_context){ made[2].slot, 0 });
                is_refused((struct h_fault_context){ made[2].slot, 1 });
        }
        alloc_refuses();
        slots_end();
}

#define STEPS 96u

// What is expected of a context.
static struct {
        bool there;
        struct h_fault_context handle;
        uint32_t registers[H_REGISTERS];
} due[SLOTS];

static void
expect_contexts(unsigned step)
{
        for (unsigned i = 0; i < SLOTS; i++)
                for (unsigned r = 0; due[i].there && r < H_REGISTERS; r++) {
                        uint32_t found = UNTOUCHED;
                        expect_h(H_OK,
                                 h_read_register(due[i].handle,
                                                 (enum h_register)r, &found),
                                 "step %u: h_read_register", step);
                        expect_hex(due[i].registers[r], found,
                                   "step %u: %s of slot %u", step,
                                   register_name(r), due[i].handle.slot);
                }
}

static void
change(unsigned i)
{
        unsigned r = random_below(H_REGISTERS);

        switch (random_below(4)) {
        case 0:
                frees(due[i].handle);
                due[i].there = false;
                break;
        case 1:
                for (r = 0; r < H_REGISTERS; r++)
                        due[i].registers[r] = random_word();
                expect_h(H_OK,
                         h_write_registers(due[i].handle, due[i].registers),
                         "h_write_registers");
                break;
        default:
                due[i].registers[r] = random_word();
                expect_h(H_OK,
                         h_write_register(due[i].handle, (enum h_register)r,
                                          due[i].registers[r]),
                         "h_write_register");
        }
}

TEST(contexts_come_and_go)
{
        slots_begin();
        memset(due, 0, sizeof(due));
        for (unsigned step = 0; step < STEPS; step++) {
                unsigned i = random_below(SLOTS);
                struct h_fault_context old = due[i].handle;

                if (due[i].there) {
                        change(i);
                } else {
                        if (old.generation)
                                is_refused(old);
                        due[i].handle = allocates();
                        due[i].there = true;
                        memset(due[i].registers, 0, sizeof(due[i].registers));
                }
                if (step % 8 == 0)
                        expect_contexts(step);
        }
        expect_contexts(STEPS);
        slots_end();
}
