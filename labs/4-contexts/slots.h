// SPDX-License-Identifier: MIT
// What the tests of fault contexts share: slots of their own, with a guard in
// front of them and behind, and handles whose contexts are known.
#ifndef SLOTS_H
#define SLOTS_H

#include <h/internal/context.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/string.h>

#define SLOTS 8u
#define UNTOUCHED 0xEEEEEEEEu

static struct context_slot slots[SLOTS + 2];
static struct fpu_area areas[SLOTS + 2];
static struct tss slots_tss;

static inline void
slots_begin(void)
{
        memset(slots, 0, sizeof(slots));
        memset(areas, 0, sizeof(areas));
        memset(&slots[0], 0xEE, sizeof(slots[0]));
        memset(&slots[SLOTS + 1], 0xEE, sizeof(slots[0]));
        memset(&areas[0], 0xEE, sizeof(areas[0]));
        memset(&areas[SLOTS + 1], 0xEE, sizeof(areas[0]));
        slots_tss = kernel_tss;
        execution = (struct execution){
                .contexts = slots + 1,
                .fpu_areas = areas + 1,
                .context_count = SLOTS,
        };
        contexts_init();
}

static inline void
slots_are_guarded(const void *guard, size_t bytes, const char *where)
{
        for (size_t i = 0; i < bytes; i++)
                if (((const uint8_t *)guard)[i] != 0xEE)
                        fail("byte %zu of what lies %s has been written to", i,
                             where);
}

static inline void
slots_end(void)
{
        slots_are_guarded(&slots[0], sizeof(slots[0]),
                          "in front of the contexts");
        slots_are_guarded(&slots[SLOTS + 1], sizeof(slots[0]),
                          "behind the contexts");
        slots_are_guarded(&areas[0], sizeof(areas[0]),
                          "in front of the floating-point units' states");
        slots_are_guarded(&areas[SLOTS + 1], sizeof(areas[0]),
                          "behind the floating-point units' states");
        kernel_tss = slots_tss;
        execution = (struct execution){ 0 };
}

static inline struct context_slot *
slot_of(struct h_fault_context context)
{
        return &execution.contexts[context.slot];
}

static inline struct fpu_area *
area_of_context(struct h_fault_context context)
{
        return &execution.fpu_areas[context.slot];
}

static inline bool
same_context(struct h_fault_context a, struct h_fault_context b)
{
        return a.slot == b.slot && a.generation == b.generation;
}

static inline struct h_fault_context
allocates(void)
{
        struct h_fault_context made = { UNTOUCHED, UNTOUCHED };

        expect_h(H_OK, h_alloc_fault_context(&made), "h_alloc_fault_context");
        if (made.slot >= SLOTS || made.generation == 0)
                fail("h_alloc_fault_context has given slot %u, generation %u, "
                     "which is no handle: there are %u slots, and generation 0 "
                     "is that of a free one",
                     made.slot, made.generation, SLOTS);
        expect_hex(made.generation, slot_of(made)->generation,
                   "after h_alloc_fault_context: the generation of slot %u, "
                   "compared with the handle's",
                   made.slot);
        return made;
}

static inline void
alloc_refuses(void)
{
        struct h_fault_context made = { UNTOUCHED, UNTOUCHED };

        expect_h(H_HANDLES_USED, h_alloc_fault_context(&made),
                 "h_alloc_fault_context, all slots being used");
        if (made.slot != UNTOUCHED || made.generation != UNTOUCHED)
                fail("h_alloc_fault_context, which refused, has written to "
                     "*out");
}

static inline void
frees(struct h_fault_context context)
{
        expect_h(H_OK, h_free_fault_context(context),
                 "h_free_fault_context of slot %u, generation %u", context.slot,
                 context.generation);
        if (context_slot(context))
                fail("after h_free_fault_context: slot %u, generation %u, is "
                     "still the handle of a context",
                     context.slot, context.generation);
}

static inline bool
slots_same(const void *a, const void *b, size_t bytes)
{
        const uint32_t *left = a, *right = b;

        for (size_t i = 0; i < bytes / 4; i++)
                if (left[i] != right[i])
                        return false;
        return true;
}

// None of the operations takes the handle, and nothing is written.
static inline void
is_refused(struct h_fault_context context)
{
        static uint32_t values[H_REGISTERS];
        static struct context_slot before[SLOTS];
        struct execution same;
        uint32_t value = UNTOUCHED;

        memcpy(before, execution.contexts, sizeof(before));
        memcpy(&same, &execution, sizeof(same));
        for (unsigned i = 0; i < H_REGISTERS; i++)
                values[i] = UNTOUCHED;
        trying("the operations on slot %u, generation %u, which name nothing",
               context.slot, context.generation);
        const struct {
                const char *name;
                enum h_error answer;
        } calls[] = {
                { "h_free_fault_context", h_free_fault_context(context) },
                { "h_read_register", h_read_register(context, H_EAX, &value) },
                { "h_write_register", h_write_register(context, H_EAX, 1) },
                { "h_read_registers", h_read_registers(context, values) },
                { "h_write_registers", h_write_registers(context, values) },
        };
        trying_over();
        for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
                expect_h(H_BAD_HANDLE, calls[i].answer,
                         "%s of slot %u, generation %u", calls[i].name,
                         context.slot, context.generation);
        for (unsigned i = 0; i < H_REGISTERS; i++)
                if (values[i] != UNTOUCHED || value != UNTOUCHED)
                        fail("a read of slot %u, generation %u, which refused, "
                             "has written a value",
                             context.slot, context.generation);
        if (!slots_same(before, execution.contexts, sizeof(before)) ||
            !slots_same(&same, &execution, sizeof(same)))
                fail("operations on slot %u, generation %u, which refused, "
                     "have changed a context",
                     context.slot, context.generation);
}

#endif
