// SPDX-License-Identifier: MIT
// Contexts that outlive what they are bound to. H's own memory and operations:
// nothing of it is the fixture's.
#include "bound.h"

#include <grader/tests/given/real_machine.h>
#include <kernel/string.h>

#define CODE_AT 0x08048000u
#define STACK_TOP 0x08048FF0u
#define BOUND_WORDS 32u

// --- Memory ------------------------------------------------------------------

static struct {
        struct h_region memory;
        uint32_t addresses; // the first one that the client controls
        uint32_t taken;     // pages of both
} own;

static void
supply_begin(void)
{
        static struct h_region regions[ROOM];
        struct h_vfpage addresses[8];
        size_t count;

        own.taken = 0;
        own.memory = (struct h_region){ { 0 } };
        expect_h(H_OK, h_initial_regions(regions, ROOM, &count),
                 "h_initial_regions");
        for (size_t i = 0; i < count; i++)
                if (i == 0 || h_pfpage_log2(regions[i].pages) >
                                      h_pfpage_log2(own.memory.pages))
                        own.memory = regions[i];
        expect_h(H_OK,
                 h_kernel_mappable_virtual_addresses(addresses, 8, &count),
                 "h_kernel_mappable_virtual_addresses");
        own.addresses = h_vfpage_first(addresses[0]).value;
}

// A free page, and an address of the same number.
static struct h_pagemap_page
take_page(void)
{
        const uint32_t offset = own.taken++ * H_PAGE_SIZE;
        struct h_paddr first = h_pfpage_first(own.memory.pages);

        first.value += offset;
        return (struct h_pagemap_page){ { h_pfpage(first, H_PAGE_LOG2) },
                                        { own.addresses + offset } };
}

static struct h_kernel_mapping
map_page(struct h_pagemap_page page)
{
        struct h_kernel_mapping mapping;

        expect_h(H_OK,
                 h_add_kernel_mapping(page.page,
                                      h_vfpage(page.mapped, H_PAGE_LOG2),
                                      H_R | H_W, false, &mapping),
                 "h_add_kernel_mapping");
        return mapping;
}

static uint32_t *
seen(struct h_pagemap_page page)
{
        return (uint32_t *)(uintptr_t)page.mapped.value;
}

// --- Programs ----------------------------------------------------------------

// Two that call by SYSENTER, each with a space and a buffer of its own.
static struct party {
        struct h_fault_context context;
        struct h_pagemap space;
        struct h_pagemap_page directory, buffer;
        struct h_kernel_mapping mapping;
} one, two;

static void
make_space(struct party *party)
{
        struct h_pagemap_page table = take_page();
        const struct h_pagemap_page page = take_page();
        const struct h_vaddr at = { CODE_AT };
        bool used;

        expect_h(H_OK, h_alloc_pagemap(party->directory, &party->space),
                 "h_alloc_pagemap");
        expect_h(H_OK,
                 h_add_mapping(&table, party->space, h_vfpage(at, H_PAGE_LOG2),
                               page.page, H_R | H_W, &used),
                 "h_add_mapping");
        map_page(page);
        memcpy(seen(page), calls_sysenter.begin, calls_sysenter.size);
}

static void
make_party(struct party *party)
{
        party->directory = take_page();
        make_space(party);
        party->buffer = take_page();
        party->mapping = map_page(party->buffer);
        expect_h(H_OK, h_alloc_fault_context(&party->context),
                 "h_alloc_fault_context");
        expect_h(H_OK, h_write_register(party->context, H_EIP, CODE_AT),
                 "h_write_register");
        expect_h(H_OK, h_write_register(party->context, H_ESP, STACK_TOP),
                 "h_write_register");
        expect_h(H_OK,
                 h_bind(party->context, party->space, party->mapping,
                        H_PAGE_SIZE / 4 - BOUND_WORDS),
                 "h_bind");
}

static struct context_slot *
slot_of(const struct party *party)
{
        return &execution.contexts[party->context.slot];
}

// --- What is refused ---------------------------------------------------------

static const char *refused; // while this is tried, nothing may run

static struct {
        struct context_slot one, two;
        uint32_t words[H_PAGE_SIZE / 4];
} before;

static void
keep(void)
{
        before.one = *slot_of(&one);
        before.two = *slot_of(&two);
        memcpy(before.words, seen(two.buffer), H_PAGE_SIZE);
}

static void
refuses(enum h_error error, const char *when)
{
        expect_h(H_BAD_HANDLE, error, "%s", when);
        if (!same_slot(&before.one, slot_of(&one)) ||
            !same_slot(&before.two, slot_of(&two)))
                fail("%s: a context has changed", when);
        if (memcmp(before.words, seen(two.buffer), H_PAGE_SIZE) != 0)
                fail("%s: the sender's buffer has changed", when);
}

// No word arrives where one was bound to, whatever is there now.
static void
refuse_words(const char *when)
{
        keep();
        refused = when;
        refuses(h_handoff(one.context, 1, 1, 2), when);
        refuses(h_handoff(one.context, BOUND_WORDS, 1, 2), when);
        refused = NULL;
}

static void
refuse_all(const char *when)
{
        uint8_t vector;

        refuse_words(when);
        refused = when;
        refuses(h_run(one.context), when);
        refuses(h_handoff(one.context, 0, 1, 2), when);
        refuses(h_execute_vector(one.space, one.context, &vector), when);
        refuses(h_bind(one.context, one.space, (struct h_kernel_mapping){ 0 },
                       0),
                when);
        refused = NULL;
}

static void
free_space(struct party *party)
{
        struct h_region freed[ROOM];
        size_t count;

        expect_h(H_OK, h_free_pagemap(party->space, freed, ROOM, &count),
                 "h_free_pagemap");
}

// Both are inside a call, two has just called.
static void
free_what_one_is_bound_to(void)
{
        struct h_pagemap_page other = take_page();
        struct h_pagemap stale = one.space;

        expect_h(H_OK, h_remove_kernel_mapping(one.mapping),
                 "h_remove_kernel_mapping");
        refuse_words("h_handoff to one whose mapping was removed");
        // The next mapping has its place.
        struct h_kernel_mapping next = map_page(other);
        expect_number(one.mapping.slot, next.slot, "the slot of the mapping");
        memset(seen(other), 0x5A, H_PAGE_SIZE);
        refuse_words("h_handoff to one whose mapping is another one's now");
        for (uint32_t i = 0; i < H_PAGE_SIZE / 4; i++)
                expect_hex(0x5A5A5A5A, seen(other)[i],
                           "word %u of the next mapping of the slot", i);

        free_space(&one);
        refuse_all("one whose address space was freed");
        make_space(&one);
        expect_number(stale.slot, one.space.slot, "the slot of the space");
        struct h_pagemap fresh = one.space;
        one.space = stale;
        refuse_all("one whose address space is another one's now");

        // Bound anew it runs.
        one.space = fresh;
        expect_h(H_OK, h_bind(one.context, one.space, next, 0), "h_bind");
}

// In turns: one, two, two, one, two.
static uint32_t calls;

static void
on_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
        uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx, uint32_t ebp)
{
        const bool ones = calls == 0 || calls == 3;
        const struct party *due = ones ? &one : &two;

        (void)edx, (void)ecx, (void)esi, (void)ebx, (void)ebp;
        if (refused)
                fail("%s: it has not refused, but run something", refused);
        expect_number(due->context.slot, context.slot, "call %u: the slot",
                      calls);
        expect_number(ones ? 1 + calls / 3 : calls - calls / 3, edi,
                      "call %u: the program counts its calls", calls);
        switch (calls++) {
        case 0:
                (void)h_run(two.context);
                fail("h_run has returned");
        case 1:
                free_what_one_is_bound_to();
                return;
        case 2:
                seen(two.buffer)[H_PAGE_SIZE / 4 - BOUND_WORDS] = 0xB0B;
                (void)h_handoff(one.context, 1, 77, 0);
                fail("h_handoff has returned");
        case 3:
                expect_number(77, eax, "what h_handoff gives");
                // The space that the processor runs on.
                free_space(&one);
                refused = "one whose address space was freed while it ran";
                keep();
                refuses(h_run(one.context), refused);
                refused = NULL;
                (void)h_run(two.context);
                fail("h_run has returned");
        }
        over();
}

static void
on_other(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        fail("the context in slot %u: vector %u, error code 0x%x", context.slot,
             vector, code);
}

static void
run_one(void)
{
        expect_h(H_OK, h_run(one.context), "h_run");
        fail("h_run has returned");
}

TEST(bound_to_what_is_freed)
{
        static const struct h_handlers handlers = { .system_call = on_call,
                                                    .event = on_other };

        users_begin(); // afterwards the processor is as it was
        real_machine_begin();
        execution_init();
        outb(0x21, 0xFF); // the timer has no part in this
        supply_begin();
        make_party(&one);
        make_party(&two);
        calls = 0;
        refused = NULL;
        h_set_handlers(&handlers);
        call_keeping_stack(run_one);
        expect_number(5, calls, "system calls");
        real_machine_end();
}
