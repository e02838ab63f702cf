// SPDX-License-Identifier: MIT
// UTCBs: eight to a page, which the kernel provides, reads and writes by a mapping of
// its own, and maps into the threads' space. A page is there as long as one of
// its threads is active.
//
// Pages are found by space and address, in a hash table whose chains are short as
// there are half as many of them as there may be pages, or more. So the thread that a local ID
// means is found at once, and what the program writes into its UTCB has no part
// in that.
//
// The contracts are in space.h.
#include "space.h"

#include "panic.h"
#include "pool.h"
#include "thread.h"
#include "units.h"

static uint32_t chain_count; // a power of two
static struct utcb_page *free_utcb_pages;

void
utcbs_init(void)
{
        chain_count = 1;
        while (chain_count <= unit_count / 2)
                chain_count *= 2;
        free_utcb_pages = NULL;
        for (uint32_t i = unit_count; i-- > 0;) {
                units[i].utcb_chain = NULL;
                units[i].utcb_page.next = free_utcb_pages;
                free_utcb_pages = &units[i].utcb_page;
        }
}

// The chain of a page.
static struct utcb_page **
chain(const struct space *space, uint32_t address)
{
        uint32_t key = address / H_PAGE_SIZE + space->number * 61;

        return &units[key & (chain_count - 1)].utcb_chain;
}

static struct utcb_page *
find_page(const struct space *space, uint32_t address)
{
        struct utcb_page *page = *chain(space, address);

        while (page && (page->space != space || page->address != address))
                page = page->next;
        return page;
}

// A page at this address of the space, mapped for programs; null where there is no
// memory for it.
static struct utcb_page *
make_page(const struct space *space, uint32_t address)
{
        struct utcb_page *page = free_utcb_pages;

        if (!page || !pool_take_mapped(&page->page, &page->mapping))
                return NULL;
        if (pool_map(space->pagemap, address, page->page, H_R | H_W) != H_OK) {
                pool_give_mapped(page->page, page->mapping);
                return NULL;
        }
        free_utcb_pages = page->next;
        page->space = space;
        page->address = address;
        page->used = 0;
        for (unsigned i = 0; i < UTCBS; i++)
                page->threads[i] = NULL;
        page->next = *chain(space, address);
        *chain(space, address) = page;
        return page;
}

static void
end_page(struct utcb_page *page)
{
        struct utcb_page **link = chain(page->space, page->address);

        while (*link != page)
                link = &(*link)->next;
        *link = page->next;
        pool_unmap(page->space->pagemap, page->address);
        pool_give_mapped(page->page, page->mapping);
        page->next = free_utcb_pages;
        free_utcb_pages = page;
}

// Whoever can write the page may have left something there.
static void
clear_utcb(const struct thread *thread)
{
        uint32_t first = thread->mr0 - UTCB_MR0 / 4;

        utcb_write(thread, UTCB_LOCAL_ID, 0);
        for (uint32_t words = 1; words < UTCB_SIZE / 4; words *= 2)
                must(h_copy_words(thread->utcb, first + words, thread->utcb,
                                  first, words),
                     "h_copy_words of a UTCB");
}

enum call_error
utcb_take(struct thread *thread, uint32_t address)
{
        const struct space *space = thread->space;
        uint32_t place = address % H_PAGE_SIZE / UTCB_SIZE;

        if (address % UTCB_SIZE != 0 ||
            address - space->utcb_first >= space->utcb_bytes)
                return CALL_BAD_UTCB_AREA;

        uint32_t at = address & ~(H_PAGE_SIZE - 1);
        struct utcb_page *page = find_page(space, at);
        if (page && page->threads[place])
                return CALL_BAD_UTCB_AREA;
        if (!page)
                page = make_page(space, at);
        if (!page)
                return CALL_NO_MEMORY;

        page->threads[place] = thread;
        page->used++;
        thread->utcb = page->mapping;
        thread->mr0 = (place * UTCB_SIZE + UTCB_MR0) / 4;
        thread->local = address + UTCB_MR0;
        clear_utcb(thread);
        return CALL_OK;
}

void
utcb_give(struct thread *thread)
{
        uint32_t address = thread->local - UTCB_MR0;
        struct utcb_page *page =
                find_page(thread->space, address & ~(H_PAGE_SIZE - 1));

        page->threads[address % H_PAGE_SIZE / UTCB_SIZE] = NULL;
        if (--page->used == 0)
                end_page(page);
        thread->local = 0;
}

struct thread *
utcb_find(const struct space *space, uint32_t local)
{
        uint32_t address = local - UTCB_MR0;

        if (address % UTCB_SIZE != 0)
                return NULL;
        const struct utcb_page *page =
                find_page(space, address & ~(H_PAGE_SIZE - 1));
        return page ? page->threads[address % H_PAGE_SIZE / UTCB_SIZE] : NULL;
}

uint32_t
utcb_read(const struct thread *thread, int word)
{
        uint32_t value;

        must(h_read_kernel_mapping(thread->utcb, thread->mr0 + (uint32_t)word,
                                   &value),
             "h_read_kernel_mapping of a UTCB");
        return value;
}

void
utcb_write(const struct thread *thread, int word, uint32_t value)
{
        must(h_write_kernel_mapping(thread->utcb, thread->mr0 + (uint32_t)word,
                                    value),
             "h_write_kernel_mapping of a UTCB");
}
