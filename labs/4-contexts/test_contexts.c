// SPDX-License-Identifier: MIT
// Tests of exercise 4.3: contexts made and freed.
#include "slots.h"

#include <h4/users.h>

#define CONTROL_WORD 0x037Fu // of a floating-point unit after FNINIT
#define MXCSR 0x1F80u

static uint32_t
word_of(const struct fpu_area *area, unsigned offset)
{
        uint32_t word;

        memcpy(&word, area->bytes + offset, sizeof(word));
        return word;
}

// A context that nobody has done anything with.
static void
is_empty(struct h_fault_context context)
{
        const struct context_slot *slot = slot_of(context);
        const struct fpu_area *area = area_of_context(context);

        for (unsigned i = 0; i < H_REGISTERS; i++)
                expect_hex(0, slot->registers[i],
                           "after h_alloc_fault_context: %s", register_name(i));
        expect_hex(0, slot->flags, "after h_alloc_fault_context: the flags");
        expect_number(0, slot->port_count,
                      "after h_alloc_fault_context: ranges of ports");
        expect_hex(0, slot->gs | slot->gs_low | slot->gs_high,
                   "after h_alloc_fault_context: the GS segment");
        expect_bool(false, slot->space || slot->mapping || slot->buffer,
                    "after h_alloc_fault_context: the context is bound");
        expect_number(0, slot->buffer_words,
                      "after h_alloc_fault_context: words of a buffer");
        for (unsigned i = 0; i < sizeof(area->bytes); i += 4)
                expect_hex(i == 0    ? CONTROL_WORD
                           : i == 24 ? MXCSR
                                     : 0,
                           word_of(area, i),
                           "after h_alloc_fault_context: the floating-point "
                           "unit's state, the word at %u",
                           i);
}

// As full as a context can be.
static void
fill(struct h_fault_context context)
{
        struct context_slot *slot = slot_of(context);
        static const struct pagemap_slot space = { .generation = 3 };
        static const struct kernel_mapping_slot mapping = { .generation = 4 };

        for (unsigned i = 0; i < H_REGISTERS; i++)
                slot->registers[i] = random_word() | 1;
        slot->flags = CONTEXT_DEBUG | CONTEXT_CALL | CONTEXT_SYSENTER |
                      CONTEXT_BOUND | CONTEXT_PORTS;
        slot->gs = USER_GS;
        slot->gs_low = 0x1000FFFF;
        slot->gs_high = 0x40F200;
        slot->port_count = H_PORT_RANGES;
        for (unsigned i = 0; i < H_PORT_RANGES; i++)
                slot->ports[i] = (struct h_port_range){ 0x3F8, 0x3FF };
        slot->space = &space;
        slot->space_generation = 3;
        slot->mapping = &mapping;
        slot->mapping_generation = 4;
        slot->buffer = slot->registers;
        slot->buffer_words = 7;
        memset(area_of_context(context), 0xDB, sizeof(struct fpu_area));
}

// More slots than a byte counts.
#define MANY 300u

static bool many_given[MANY];

static void
many_begin(void)
{
        static struct context_slot many_slots[MANY];
        static struct fpu_area many_areas[MANY];

        memset(many_slots, 0, sizeof(many_slots));
        memset(many_given, 0, sizeof(many_given));
        execution = (struct execution){
                .contexts = many_slots,
                .fpu_areas = many_areas,
                .context_count = MANY,
        };
        contexts_init();
}

TEST(as_many_contexts_as_slots)
{
        struct h_fault_context made[SLOTS];

        slots_begin();
        for (unsigned i = 0; i < SLOTS; i++) {
                made[i] = allocates();
                is_empty(made[i]);
                for (unsigned j = 0; j < i; j++)
                        if (made[i].slot == made[j].slot)
                                fail("h_alloc_fault_context has given slot %u "
                                     "twice",
                                     made[i].slot);
        }
        alloc_refuses();
        slots_end();

        // And of a larger machine's.
        many_begin();
        for (uint32_t i = 0; i < MANY; i++) {
                struct h_fault_context one = { UNTOUCHED, UNTOUCHED };
                expect_h(H_OK, h_alloc_fault_context(&one),
                         "h_alloc_fault_context, %u of %u slots being used", i,
                         MANY);
                expect_bool(true, one.slot < MANY && !many_given[one.slot],
                            "h_alloc_fault_context, %u of %u slots being used, "
                            "has given another one (it has given %u)",
                            i, MANY, one.slot);
                many_given[one.slot] = true;
        }
        alloc_refuses();
        execution = (struct execution){ 0 };
}

TEST(freed_slots_are_used_again)
{
        struct h_fault_context made[SLOTS];

        slots_begin();
        for (unsigned i = 0; i < SLOTS; i++)
                made[i] = allocates();
        for (unsigned i = 0; i < SLOTS; i++) {
                fill(made[i]);
                frees(made[i]);
                struct h_fault_context next = allocates();
                expect_number(made[i].slot, next.slot,
                              "h_alloc_fault_context, one slot being free");
                is_empty(next);
                if (same_context(made[i], next))
                        fail("h_alloc_fault_context has given slot %u, "
                             "generation %u, twice",
                             next.slot, next.generation);
                made[i] = next;
        }
        alloc_refuses();
        for (unsigned i = 0; i < SLOTS; i++)
                frees(made[i]);
        for (unsigned i = 0; i < SLOTS; i++)
                is_empty(allocates());
        alloc_refuses();
        slots_end();
}

static void
let_use_ports(struct h_fault_context context)
{
        struct context_slot *slot = slot_of(context);

        slot->port_count = 1;
        slot->ports[0] = (struct h_port_range){ 0x3F8, 0x3FF };
        slot->flags = CONTEXT_PORTS;
        execution.ports_owner = slot;
        kernel_ports[0x3F8 / 8] = 0;
        kernel_tss.io_map = sizeof(struct tss);
}

// What the processor holds of a context goes with it; what it holds of another
// one stays.
TEST(freeing_takes_it_from_the_processor)
{
        slots_begin();
        struct h_fault_context other = allocates(), one = allocates();
        let_use_ports(one);
        execution.running = slot_of(one);
        execution.fpu_owner = slot_of(one);

        frees(other);
        expect_bool(true,
                    execution.running == slot_of(one) &&
                            execution.fpu_owner == slot_of(one) &&
                            execution.ports_owner == slot_of(one),
                    "after h_free_fault_context of another context: the "
                    "processor holds what it held");
        expect_hex(0, kernel_ports[0x3F8 / 8],
                   "after h_free_fault_context of another context: the ports "
                   "0x3F8 to 0x3FF in kernel_ports");

        frees(one);
        expect_bool(false, execution.running != NULL,
                    "after h_free_fault_context: a context is running");
        expect_bool(false, execution.fpu_owner != NULL,
                    "after h_free_fault_context: the floating-point unit has "
                    "an owner");
        expect_hex(0xFF, kernel_ports[0x3F8 / 8],
                   "after h_free_fault_context: the ports 0x3F8 to 0x3FF in "
                   "kernel_ports");
        expect_hex(NO_IO_MAP, kernel_tss.io_map,
                   "after h_free_fault_context: io_map of kernel_tss");
        slots_end();
}
