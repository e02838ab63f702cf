// SPDX-License-Identifier: MIT
// H's own books, spoiled in every way. See test_wellformed.c.
#include "spoil.h"

static void
entries_are_not_counted(void **state)
{
        (void)state;
        page_of(TABLE)->entries++;
        expect(ENTRIES_ARE_EXACT, TABLE);
        page_of(TABLE)->entries = 0;
        expect(ENTRIES_ARE_EXACT, TABLE);
}

static void
entries_have_no_form(void **state)
{
        (void)state;
        const uint32_t good = *page_entry();
        *page_entry() = good | ENTRY_GLOBAL;
        expect(ENTRIES_HAVE_THEIR_FORM, TABLE);
        *page_entry() = good & ~ENTRY_USER;
        expect(ENTRIES_HAVE_THEIR_FORM, TABLE);
        *page_entry() = good | ENTRY_SUPERPAGE;
        expect(ENTRIES_HAVE_THEIR_FORM, TABLE);
        *page_entry() = good;
        uint32_t *superpage = directory_entry(DIRECTORY, SUPERPAGE_AT);
        *superpage |= 0x1000;
        expect(ENTRIES_HAVE_THEIR_FORM, DIRECTORY);
        *superpage ^= 0x1000 | ENTRY_GLOBAL;
        expect(ENTRIES_HAVE_THEIR_FORM, DIRECTORY);
}

static void
tables_are_not_seen(void **state)
{
        (void)state;
        h_state.seen_at[TABLE >> PAGE_LOG2] = vaddr(0);
        expect(TABLES_ARE_SEEN, TABLE);
        h_state.seen_at[TABLE >> PAGE_LOG2] = vaddr(SEEN(1));
        expect(TABLES_ARE_SEEN, TABLE);
        h_state.seen_at[TABLE >> PAGE_LOG2] = vaddr(SEEN(2));
        h_state.seen_at[FREE_PAGE >> PAGE_LOG2] = vaddr(SEEN(2));
        expect(TABLES_ARE_SEEN, FREE_PAGE);
        h_state.seen_at[FREE_PAGE >> PAGE_LOG2] = vaddr(0);
        *client_entry_of(SEEN(2)) &= ~ENTRY_WRITE;
        expect(TABLES_ARE_SEEN, TABLE);
}

static void
addresses_are_not_accounted(void **state)
{
        (void)state;
        uint32_t *stray = client_entry_of(0xD0100000);
        *stray = (*client_entry_of(WORDS_AT) & ~ENTRY_FRAME) | FREE_PAGE;
        page_of(FREE_PAGE)->status = 1;
        expect(CLIENT_ADDRESSES_ARE_ACCOUNTED, 0);
        *stray = 0;
        page_of(FREE_PAGE)->status = 0;
        client_entry_of(WORDS_AT)[1] &= ~ENTRY_WRITE;
        expect(CLIENT_ADDRESSES_ARE_ACCOUNTED, WORDS + PAGE_SIZE);
        client_entry_of(WORDS_AT)[1] |= ENTRY_WRITE;
        client_entry_of(WORDS_AT)[1] ^= ENTRY_USER;
        expect(CLIENT_ADDRESSES_ARE_ACCOUNTED, WORDS + PAGE_SIZE);
}

static void
handles_are_not_sound(void **state)
{
        (void)state;
        struct pagemap_slot *slot = &h_state.pagemaps[space.slot];
        const struct pagemap_slot good = *slot;
        slot->directory = paddr(OTHER_DIRECTORY);
        expect(HANDLES_ARE_SOUND, OTHER_DIRECTORY);
        slot->directory = paddr(FREE_PAGE);
        expect(HANDLES_ARE_SOUND, FREE_PAGE);
        slot->directory = h_state.reference;
        expect(HANDLES_ARE_SOUND, h_state.reference.value);
        *slot = good;

        uint32_t first = h_state.free_pagemap;
        h_state.free_pagemap = space.slot; // in use
        expect(HANDLES_ARE_SOUND, 0);
        h_state.free_pagemap = h_state.pagemaps[first].next_free; // one is lost
        expect(HANDLES_ARE_SOUND, 0);
        h_state.free_pagemap = first;
        uint32_t next = h_state.pagemaps[first].next_free;
        h_state.pagemaps[first].next_free = first; // for ever
        expect(HANDLES_ARE_SOUND, 0);
        h_state.pagemaps[first].next_free = h_state.pagemap_count + 5;
        expect(HANDLES_ARE_SOUND, 0);
        h_state.pagemaps[first].next_free = next;

        h_state.kernel_mappings[h_state.free_kernel_mapping].next_free =
                SLOT_NONE;
        expect(HANDLES_ARE_SOUND, 0);
}

static void
a_slot_that_is_retired_is_sound(void **state)
{
        (void)state;
        uint32_t first = h_state.free_pagemap;
        h_state.free_pagemap = h_state.pagemaps[first].next_free;
        h_state.pagemaps[first].last = UINT32_MAX;
        expect(INVARIANT_NONE, 0);
}

static void
a_page_is_kept(void **state)
{
        (void)state;
        page_of(FREE_PAGE)->status = STATUS_PAGE_TABLE;
        expect(NO_PAGE_IS_KEPT, FREE_PAGE);
        memcpy(machine_frame(paddr(FREE_PAGE)),
               machine_frame(h_state.reference), PAGE_SIZE);
        page_of(FREE_PAGE)->status = STATUS_PAGE_DIRECTORY;
        expect(NO_PAGE_IS_KEPT, FREE_PAGE);
}

static void
an_empty_table_is_kept(void **state)
{
        (void)state;
        memset(page_entry(), 0, 8);
        page_of(TABLE)->entries = 0;
        page_of(PAGE)->status = 0;
        page_of(PAGE + PAGE_SIZE)->status = 0;
        expect(NO_PAGE_IS_KEPT, TABLE);
}

static void
the_tlb_is_stale(void **state)
{
        (void)state;
        uint32_t *entry = client_entry_of(WORDS_AT);
        struct vaddr address;
        uint32_t held;

        redirect(entry, FREE_PAGE);
        invlpg(vaddr(WORDS_AT));
        (void)machine_at(vaddr(WORDS_AT));
        redirect(entry, WORDS);
        assert_true(machine_stale(&address, &held));
        assert_int_equal(address.value, WORDS_AT);
        assert_int_equal(held & ENTRY_FRAME, FREE_PAGE);
        expect(TLB_AGREES, WORDS);
        invlpg(vaddr(WORDS_AT));
        expect(INVARIANT_NONE, 0);
        assert_false(machine_stale(&address, &held));
}

static void
one_page_alone(void **state)
{
        (void)state;
        struct violation found;
        page_of(TABLE)->entries++;
        assert_false(wellformed_page(paddr(TABLE), &found));
        assert_int_equal(found.invariant, ENTRIES_ARE_EXACT);
        assert_true(wellformed_page(paddr(DIRECTORY), &found));
        *directory_entry(DIRECTORY, SUPERPAGE_AT) ^= ENTRY_USER;
        assert_false(wellformed_page(paddr(DIRECTORY), &found));
        assert_int_equal(found.invariant, ENTRIES_HAVE_THEIR_FORM);
        assert_int_equal(found.address.value, SUPERPAGE_AT);
        assert_false(wellformed_page(paddr(0xFFFFF000), &found));
}

static void
every_invariant_has_its_text(void **state)
{
        (void)state;
        for (unsigned a = 0; a < INVARIANTS; a++)
                for (unsigned b = 0; b < a; b++)
                        assert_string_not_equal(invariant_text(a),
                                                invariant_text(b));
        assert_string_equal(invariant_text(INVARIANTS),
                            "an undefined invariant");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(entries_are_not_counted),
                T(entries_have_no_form),
                T(tables_are_not_seen),
                T(addresses_are_not_accounted),
                T(handles_are_not_sound),
                T(a_slot_that_is_retired_is_sound),
                T(a_page_is_kept),
                T(an_empty_table_is_kept),
                T(the_tlb_is_stale),
                T(one_page_alone),
                T(every_invariant_has_its_text),
        };
        return cmocka_run_group_tests_name("bookkeeping", tests, NULL, NULL);
}
