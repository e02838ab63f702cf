// SPDX-License-Identifier: MIT
// What is true of fault contexts, spoiled in every way. See test_wellformed.c.
#include "bound.h"

static struct context_slot *slot;

static int
prepare_books(void **state)
{
        const struct h_port_range ports[] = { { 0x3F8, 0x3FF },
                                              { 0x60, 0x60 } };
        prepare(state);
        OK(h_set_ports(a, ports, 2));
        OK(h_set_gs(a, (struct h_vaddr){ 0x40001000 }, 0x1000));
        OK(ring3_run(a));
        slot = context_slot(a);
        expect_sound();
        return 0;
}

static void
expect_unsound(enum invariant invariant)
{
        struct violation found = { INVARIANT_NONE, { 0 }, { 0 } };

        assert_false(wellformed(&found));
        assert_string_equal(invariant_text(found.invariant),
                            invariant_text(invariant));
}

// Each of these changes is seen, and only as long as it is there.
#define SPOIL(place, value)                                                    \
        do {                                                                   \
                __typeof__(place) before_ = (place);                           \
                (place) = (value);                                             \
                expect_unsound(CONTEXTS_ARE_SOUND);                            \
                (place) = before_;                                             \
                expect_sound();                                                \
        } while (0)

static void
flags(void **state)
{
        (void)state;
        for (unsigned bit = 5; bit < 32; bit++)
                SPOIL(slot->flags, slot->flags | UINT32_C(1) << bit);
        SPOIL(slot->flags, slot->flags | CONTEXT_SYSENTER);
        SPOIL(slot->flags, slot->flags ^ CONTEXT_BOUND);
        SPOIL(slot->flags, slot->flags ^ CONTEXT_PORTS);
        SPOIL(execution.contexts[99].flags, CONTEXT_CALL); // free
}

static void
segments(void **state)
{
        (void)state;
        SPOIL(slot->gs, 0x23);
        SPOIL(slot->gs, 0);
        for (unsigned bit = 8; bit < 24; bit++)
                // A smaller or larger limit is within user space too.
                if (bit < 16 || (bit >= 20 && bit != 23))
                        SPOIL(slot->gs_high, slot->gs_high ^ UINT32_C(1)
                                                                     << bit);
        // The last page of user space, and a byte more.
        slot->gs_high = (slot->gs_high & 0x00FFFF00) | 0xBF0000FF;
        slot->gs_low = 0xF0000FFF;
        expect_sound();
        SPOIL(slot->gs_low, 0xF0001000);
        SPOIL(slot->gs_high, slot->gs_high | 0x40000000);
}

static void
ports(void **state)
{
        (void)state;
        SPOIL(slot->port_count, 9);
        SPOIL(slot->port_count, 0);
        SPOIL(slot->ports[1].first, 0x61);
        SPOIL(slot->ports[1].last, 0x61);
        SPOIL(slot->ports[0].last, 0x400);
        SPOIL(slot->ports[0].last, 0x3FE); // and the map says more
}

static void
the_port_map(void **state)
{
        (void)state;
        SPOIL(kernel_ports[0x60 / 8], 0xFF);
        SPOIL(kernel_ports[0x60 / 8], 0xFC);
        SPOIL(kernel_ports[0x20 / 8], 0xFE);
        SPOIL(kernel_ports[0xFFFF / 8], 0x7F);
        SPOIL(kernel_ports[0x10000 / 8], 0xFE);
        SPOIL(execution.ports_owner, NULL);
        SPOIL(execution.ports_owner, context_slot(b));
        SPOIL(kernel_tss.io_map, (uint16_t)(sizeof(struct tss) - 1));
        SPOIL(kernel_tss.io_map, 0);
        OK(h_set_ports(a, NULL, 0));
        SPOIL(kernel_tss.io_map, (uint16_t)sizeof(struct tss));
}

static void
bindings(void **state)
{
        (void)state;
        SPOIL(slot->space, NULL);
        SPOIL(slot->space, h_state.pagemaps + h_state.pagemap_count);
        SPOIL(slot->space,
              (const struct pagemap_slot *)(const void *)(1 + (const char *)slot
                                                                      ->space));
        SPOIL(slot->index, slot->index + 1);
        SPOIL(slot->mapping, NULL);
        SPOIL(slot->mapping,
              h_state.kernel_mappings + h_state.kernel_mapping_count);
        SPOIL(slot->buffer, slot->buffer + 1);
        SPOIL(slot->buffer_words, slot->buffer_words - 1);
        SPOIL(slot->buffer_words, 0);
        SPOIL(slot->buffer_words, 2048);
        // Of a mapping that is no more nothing is known.
        OK(h_remove_kernel_mapping(words));
        slot->buffer_words = 77;
        expect_sound();
}

static void
owners(void **state)
{
        (void)state;
        SPOIL(execution.running, &execution.contexts[77]); // free
        SPOIL(execution.fpu_owner, &execution.contexts[77]);
        SPOIL(execution.running, execution.contexts + execution.context_count);
        SPOIL(execution.short_way, true);
        OK(h_set_ports(a, NULL, 0));
        kernel_tss.io_map = NO_IO_MAP;
        execution.short_way = true;
        expect_sound();
        SPOIL(execution.running, NULL);
        SPOIL(ring3.cr0, ring3.cr0 & ~CR0_TS);
}

static void
lists(void **state)
{
        (void)state;
        execution.free_context = execution.contexts[2].next_free;
        expect_unsound(HANDLES_ARE_SOUND);
        execution.free_context = slot->index;
        expect_unsound(HANDLES_ARE_SOUND);
        execution.free_context = 2;
        expect_sound();
        execution.contexts[5].next_free = 2;
        expect_unsound(HANDLES_ARE_SOUND);
}

#undef T
#define T(name) cmocka_unit_test_setup(name, prepare_books)

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(flags),    T(segments), T(ports), T(the_port_map),
                T(bindings), T(owners),   T(lists),
        };
        return cmocka_run_group_tests_name("context_books", tests, NULL, NULL);
}
