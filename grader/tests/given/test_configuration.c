// SPDX-License-Identifier: MIT
// What the client has to work with, on the machine that was booted: each page in
// one region, addresses, and a heap.
#include "real_machine.h"

#include <h/internal/state.h>
#include <h4/live.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/layout.h>

static enum h_error
get_regions(uint32_t *out, size_t room, size_t *count)
{
        return h_initial_regions((struct h_region *)out, room, count);
}

static enum h_error
get_addresses(uint32_t *out, size_t room, size_t *count)
{
        return h_kernel_mappable_virtual_addresses((struct h_vfpage *)out, room,
                                                   count);
}

static const struct list regions = { "h_initial_regions", get_regions };
static const struct list addresses = { "h_kernel_mappable_virtual_addresses",
                                       get_addresses };

// The number of the page behind a flexpage's last one.
static uint32_t
end_of(uint32_t word)
{
        return word / H_PAGE_SIZE + (1u << ((word & 0xFFF) - H_PAGE_LOG2));
}

// It is a flexpage, and has no page in common with those in front of it.
static void
expect_disjoint(const char *name, const uint32_t *words, size_t which)
{
        uint32_t word = words[which], log2_size = word & 0xFFF;

        if (log2_size < H_PAGE_LOG2 || log2_size > 31 ||
            (word & ~0xFFFu & ((1u << log2_size) - 1)))
                fail("%s: 0x%08x is no flexpage", name, word);
        for (size_t i = 0; i < which; i++)
                if (word / H_PAGE_SIZE < end_of(words[i]) &&
                    words[i] / H_PAGE_SIZE < end_of(word))
                        fail("%s: 0x%08x and 0x%08x have a page in common",
                             name, words[i], word);
}

TEST(regions_are_the_clients_memory)
{
        uint32_t words[ROOM], pages = 0, due = 0;

        real_machine_begin();
        size_t count = list_comes(&regions, words);
        for (size_t i = 0; i < count; i++) {
                expect_disjoint(regions.name, words, i);
                for (uint32_t page = words[i] / H_PAGE_SIZE;
                     page < end_of(words[i]); page++, pages++)
                        if (page >= pages_in_all() || !page_is_for_client(page))
                                fail("page 0x%08x is in an initial region, "
                                     "and not the client's",
                                     page * H_PAGE_SIZE);
        }
        for (uint32_t i = 0; i < pages_in_all(); i++)
                due += page_is_for_client(i);
        expect_number(due, pages, "pages in initial regions");
        // As large as they can be: no two are halves of one.
        for (size_t i = 0; i < count; i++)
                for (size_t j = 0; j < count; j++)
                        if ((words[i] & 0xFFF) < 31 &&
                            words[j] == words[i] + (1u << (words[i] & 0xFFF)) &&
                            !(words[i] & (1u << (words[i] & 0xFFF))))
                                fail("the regions 0x%08x and 0x%08x are "
                                     "halves of one",
                                     words[i], words[j]);
        real_machine_end();
}

static enum h_error
may_be_lent(struct h_region page, uint32_t address)
{
        struct h_pagemap_page out;

        return h_create_pagemap_page(page, (struct h_vaddr){ address }, &out);
}

TEST(addresses_are_the_clients)
{
        uint32_t words[ROOM], region[ROOM], first = UINT32_MAX, last = 0;
        uint32_t pages = 0;

        real_machine_begin();
        list_comes(&regions, region);
        const struct h_region page = region_of(region[0] & ~0xFFFu, 12);
        size_t count = list_comes(&addresses, words);
        for (size_t i = 0; i < count; i++) {
                expect_disjoint(addresses.name, words, i);
                uint32_t begin = words[i] & ~0xFFFu;
                uint32_t end = end_of(words[i]) * H_PAGE_SIZE;
                if (begin < CLIENT_BASE || end > CLIENT_LIMIT)
                        fail("the addresses 0x%08x to 0x%08x are not in the "
                             "client's part of kernel space",
                             begin, end - 1);
                expect_h(H_OK, may_be_lent(page, begin),
                         "h_create_pagemap_page at the first address");
                expect_h(H_OK, may_be_lent(page, end - H_PAGE_SIZE),
                         "h_create_pagemap_page at the last page");
                pages += (end - begin) / H_PAGE_SIZE;
                first = begin < first ? begin : first;
                last = end > last ? end : last;
        }
        expect_h(H_BAD_ADDRESS, may_be_lent(page, first - H_PAGE_SIZE),
                 "h_create_pagemap_page in front of all addresses");
        expect_h(H_BAD_ADDRESS, may_be_lent(page, last),
                 "h_create_pagemap_page behind all addresses");

        // Twice the memory, in whole 4 MB: 8 to 512 MB.
        uint32_t due = (2 * pages_installed() + 1023) & ~1023u;
        due = due < 2048 ? 2048 : due > 131072 ? 131072 : due;
        expect_number(due, pages, "pages of addresses that are the client's");
        real_machine_end();
}

TEST(heap_is_the_clients)
{
        size_t bytes = 0, again = 0;

        real_machine_begin();
        uint32_t *heap = h_client_heap(&bytes);
        uint32_t due = pages_installed() / 12;
        due = due < 64 ? 64 : due > 4096 ? 4096 : due;
        expect_number(due, bytes / H_PAGE_SIZE, "pages of the heap");
        expect_number(0, bytes % H_PAGE_SIZE, "bytes behind its last page");
        for (size_t i = 0; i < bytes / 4; i++)
                if (heap[i])
                        fail("word %u of the heap is 0x%08x before anybody "
                             "has used it",
                             (unsigned)i, heap[i]);
        for (size_t i = 0; i < bytes / 4; i += H_PAGE_WORDS - 1)
                heap[i] = (uint32_t)i;
        heap[bytes / 4 - 1] = 0xFEEDC0DE;
        if (h_client_heap(&again) != heap || again != bytes)
                fail("the heap has moved, or has another size");
        for (size_t i = 0; i < bytes / 4 - 1; i += H_PAGE_WORDS - 1)
                expect_hex((uint32_t)i, heap[i], "word %u of the heap",
                           (unsigned)i);
        expect_no_access(vaddr((uint32_t)(uintptr_t)heap + bytes),
                         "behind the end of the heap");

        // H's own data is somewhere else: it starts again, and finds its own.
        h_init();
        expect_hex(0, heap[bytes / 4 - 1], "the heap after h_init");
        real_machine_end();
}

// The fixture's memory has a hole, more addresses than memory, and a heap of one
// page: in the same lists.
TEST(small_machine_is_described)
{
        uint32_t words[ROOM];
        size_t bytes = 0;

        spaces_begin();
        size_t count = list_comes(&regions, words);
        expect_number(12, count, "initial regions");
        for (size_t i = 0; i < count; i++)
                expect_disjoint(regions.name, words, i);
        expect_hex(0x00000000 | 19, words[0], "the first region");
        expect_hex(0x00800000 | 23, words[11], "the last region");
        expect_number(1, list_comes(&addresses, words), "flexpages");
        expect_hex(SPACES_CLIENT_BASE | 23, words[0], "the addresses");
        h_client_heap(&bytes);
        expect_number(H_PAGE_SIZE, bytes, "bytes of the heap");
        spaces_check("after it has been asked for");
}
