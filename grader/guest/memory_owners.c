// SPDX-License-Identifier: MIT
// Whose the pages are, as notes on the line to the grader: those of the address
// spaces, of the client's kernel mappings, and of H.
//
// H's slots say where the page-directories are; from there on the tables
// themselves are read, through the window. Of memory as much is looked at in one
// go as there is room for, a chunk, and all tables are read for each chunk in
// which something is in use.
//
// Before lab 3 there is no H, and its symbol is null.
#include "memory_runs.h"

#include "harness.h"

#include <h/internal/state.h>
#include <kernel/entry.h>
#include <kernel/format.h>
#include <kernel/window.h>

#pragma weak h_state
#pragma weak environment

#define CHUNK 8192u // pages

#define NUMBERS 4096u // of spaces: as many as `first` and `last` can hold
#define MOST_SPACES 127u
#define CLIENT NUMBERS // the owner of kernel mappings, a number of no space

// Whose a page is: of how many spaces, MOST_SPACES for more, the first and the
// last of them; and whether a kernel mapping of the client reaches it.
struct owners {
        uint32_t first : 12, last : 12, spaces : 7, client : 1;
};

_Static_assert(sizeof(struct owners) == 4, "a word for each page");

static struct owners owners[CHUNK];

static struct {
        struct page_array array;
        struct page_range pages;
        uint32_t tables_left; // those that may be read: there cannot be more
} chunk;

static const struct pagemap_slot *slots;
static uint32_t slot_count;

static pde_t directory[TABLE_ENTRIES];

static void
mark(uint32_t page, uint32_t owner)
{
        if (page < chunk.pages.first || page >= chunk.pages.end)
                return;

        struct owners *one = &owners[page - chunk.pages.first];
        if (owner == CLIENT) {
                // H's views of its tables are none of the client's mappings.
                one->client |= chunk.array.pages[page].status >= 0;
                return;
        }
        if (one->spaces && one->last == owner)
                return;
        if (!one->spaces)
                one->first = owner;
        one->last = owner;
        if (one->spaces < MOST_SPACES)
                one->spaces++;
}

// Nothing may be where a wrong entry points to.
static const uint32_t *
table_in(struct paddr frame)
{
        uint32_t page = frame.value >> PAGE_LOG2;

        if (page >= chunk.array.count || !chunk.tables_left ||
            chunk.array.pages[page].status == STATUS_NOT_INSTALLED)
                return NULL;
        chunk.tables_left--;
        return window_map(frame);
}

static void
mark_entry(pde_t entry, uint32_t owner)
{
        struct paddr frame = paddr(entry & ENTRY_FRAME);

        if (entry & ENTRY_SUPERPAGE) {
                uint32_t page = (entry & ENTRY_SUPERPAGE_FRAME) >> PAGE_LOG2;
                for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                        mark(page + i, owner);
                return;
        }
        if (owner != CLIENT)
                mark(frame.value >> PAGE_LOG2, owner);
        const pte_t *table = table_in(frame);
        for (unsigned i = 0; table && i < TABLE_ENTRIES; i++)
                if (table[i] & ENTRY_PRESENT)
                        mark(table[i] >> PAGE_LOG2, owner);
}

// All that the entries of a page-directory lead to, for the addresses from
// `first` to the one before `end`.
static void
mark_space(struct paddr frame, uint32_t first, uint32_t end, uint32_t owner)
{
        const pde_t *seen = table_in(paddr(frame.value & ENTRY_FRAME));

        // The window moves on to the page-tables.
        for (unsigned i = 0; seen && i < TABLE_ENTRIES; i++)
                directory[i] = seen[i];
        for (uint32_t at = first; seen && at < end; at += SUPERPAGE_SIZE)
                if (directory[at / SUPERPAGE_SIZE] & ENTRY_PRESENT)
                        mark_entry(directory[at / SUPERPAGE_SIZE], owner);
}

static void
mark_chunk(void)
{
        chunk.tables_left = chunk.array.count;
        for (uint32_t i = 0; i < CHUNK; i++)
                owners[i] = (struct owners){ 0 };
        for (uint32_t i = 0; i < slot_count; i++) {
                if (!slots[i].generation)
                        continue;
                mark(slots[i].directory.value >> PAGE_LOG2, i);
                mark_space(slots[i].directory, 0, KERNEL_BASE, i);
        }
        mark_space(h_state.reference, CLIENT_BASE, CLIENT_LIMIT, CLIENT);
}

static bool
holds(struct page_range part, uint32_t page)
{
        return part.first <= page && page < part.end;
}

// The code of a page, see README.md; "" for nobody's. Returns its length.
static size_t
code_of(uint32_t page, char *out, size_t size)
{
        struct owners one = owners[page - chunk.pages.first];
        const char *client = one.client ? "k" : "";

        if (one.spaces == 1)
                return format(out, size, "%u%s", one.first, client);
        if (one.spaces == 2)
                return format(out, size, "%u+%u%s", one.first, one.last,
                              client);
        if (one.spaces)
                return format(out, size, "s%u%s", one.spaces, client);
        if (one.client)
                return format(out, size, "k");
        if (holds(environment.heap, page))
                return format(out, size, "h");
        if (holds(environment.handles, page) ||
            holds(environment.contexts, page) ||
            holds(environment.views, page) || holds(environment.status, page))
                return format(out, size, "H");
        out[0] = '\0';
        return 0;
}

static bool
same(const char *a, const char *b)
{
        while (*a && *a == *b)
                a++, b++;
        return *a == *b;
}

static void
report_chunk(struct runs *runs)
{
        char code[24], next[24];

        for (uint32_t page = chunk.pages.first, end; page < chunk.pages.end;
             page = end) {
                size_t length = code_of(page, code, sizeof(code));
                for (end = page + 1; end < chunk.pages.end; end++) {
                        code_of(end, next, sizeof(next));
                        if (!same(code, next))
                                break;
                }
                if (length)
                        runs_add(runs, page, end - page, code);
        }
}

// Where the next page from `page` on is that is not free.
static uint32_t
next_in_use(struct page_array array, uint32_t page)
{
        while (page < array.count &&
               (array.pages[page].status == 0 ||
                array.pages[page].status == STATUS_NOT_INSTALLED))
                page++;
        return page;
}

void
owners_report(struct page_array array)
{
        struct runs runs = { .note = "owned" };
        uint32_t used = 0;

        if (!&h_state || !h_state.pagemaps)
                return;
        slots = memory_seen(h_state.pagemaps);
        slot_count = h_state.pagemap_count;
        if (slot_count > NUMBERS)
                slot_count = NUMBERS;
        for (uint32_t i = 0; i < slot_count; i++)
                used += slots[i].generation != 0;
        protocol_line("# spaces %u %u", used, slot_count);

        chunk.array = array;
        uint32_t page = next_in_use(array, 0);
        while (page < array.count) {
                uint32_t end =
                        array.count - page > CHUNK ? page + CHUNK : array.count;
                chunk.pages = (struct page_range){ page, end };
                mark_chunk();
                report_chunk(&runs);
                page = next_in_use(array, end);
        }
        runs_end(&runs);
}
