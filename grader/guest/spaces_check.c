// SPDX-License-Identifier: MIT
// Compares the machine of <h4/spaces.h> with what is expected of it, to the last
// word, and says in the lab's terms where the two differ.
#include "spaces_model.h"
#include "words.h"

#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/format.h>

#pragma weak h_state
#pragma weak h_strerror

// What the processor reads of an entry that maps a page, and what H asks for.
#define MAPPING_BITS                                                           \
        (ENTRY_FRAME | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER | 0x018u |     \
         ENTRY_SUPERPAGE | ENTRY_GLOBAL | ENTRY_ASKED_READ |                   \
         ENTRY_ASKED_EXECUTE)

// And of one that points to a page-table.
#define TABLE_BITS                                                             \
        (ENTRY_FRAME | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER | 0x018u |     \
         ENTRY_SUPERPAGE)

const char *spaces_after;

// Do two entries say the same? Of those that are not present, nothing counts.
static bool
same_entry(uint32_t due, uint32_t found, bool upper)
{
        if (!((due | found) & ENTRY_PRESENT))
                return true;
        uint32_t bits =
                upper && !(due & ENTRY_SUPERPAGE) ? TABLE_BITS : MAPPING_BITS;
        if (due & ENTRY_WRITE)
                bits &= ~ENTRY_ASKED_READ; // writing implies reading
        return !((due ^ found) & bits);
}

static void
check_array(void)
{
        const uint32_t *found = spaces_array();
        const uint32_t *due = (const uint32_t *)spaces_due.pages;
        size_t i = words_differ(found, due, 0, spaces_due.count);

        if (i < spaces_due.count)
                fail_values(page_words(((const struct page *)due)[i]).text,
                            page_words(((const struct page *)found)[i]).text,
                            "%s: the status of page 0x%08x", spaces_after,
                            (uint32_t)i * PAGE_SIZE);
}

static void
address_words(uint32_t address, char *text, size_t size)
{
        if (address)
                format(text, size, "0x%08x", address);
        else
                format(text, size, "nowhere");
}

static void
check_views(void)
{
        const uint32_t *found = spaces_views(), *due = spaces_due.seen_at;
        size_t i = words_differ(found, due, 0, spaces_due.count);
        char expected[16], seen[16];

        if (i == spaces_due.count)
                return;
        address_words(due[i], expected, sizeof(expected));
        address_words(found[i], seen, sizeof(seen));
        fail_values(expected, seen, "%s: where H sees page 0x%08x",
                    spaces_after, (uint32_t)i * PAGE_SIZE);
}

// One page-table or directory, or the entries of the client's addresses.
static void
check_entries(const uint32_t *found, const uint32_t *due, size_t count,
              bool upper, const char *what, uint32_t first)
{
        uint32_t each = upper ? SUPERPAGE_SIZE : PAGE_SIZE;

        for (size_t i = words_differ(found, due, 0, count); i < count;
             i = words_differ(found, due, i + 1, count))
                if (!same_entry(due[i], found[i], upper))
                        fail_values(entry_words(due[i]).text,
                                    entry_words(found[i]).text,
                                    "%s: entry %u of %s, for address 0x%08x",
                                    spaces_after, (unsigned)i % TABLE_ENTRIES,
                                    what, first + (uint32_t)i * each);
}

// The first address that a page-table is expected to translate.
static uint32_t
place_of(struct paddr table)
{
        for (uint32_t i = 0; i < spaces_due.space_count; i++) {
                const uint32_t *directory = spaces_word_due((struct h_paddr){
                        spaces_due.spaces[i].directory.value });
                for (uint32_t j = 0; j < KERNEL_BASE / SUPERPAGE_SIZE; j++)
                        if (pde_is_table(directory[j]) &&
                            (directory[j] & ENTRY_FRAME) == table.value)
                                return j * SUPERPAGE_SIZE;
        }
        return 0;
}

static void
check_content(const uint32_t *found, const uint32_t *due, uint32_t frame)
{
        size_t i = words_differ(found, due, 0, TABLE_ENTRIES);
        char expected[16], there[16];

        if (i == TABLE_ENTRIES)
                return;
        format(expected, sizeof(expected), "0x%08x", due[i]);
        format(there, sizeof(there), "0x%08x", found[i]);
        fail_values(expected, there, "%s: word %u of the normal page 0x%08x",
                    spaces_after, (unsigned)i, frame);
}

static void
check_page(struct paddr frame, const uint32_t *found, const uint32_t *due)
{
        char what[48];

        switch (spaces_due.pages[page_number(frame)].status) {
        case STATUS_PAGE_DIRECTORY:
                format(what, sizeof(what), "the page-directory 0x%08x",
                       frame.value);
                check_entries(found, due, TABLE_ENTRIES, true, what, 0);
                return;
        case STATUS_PAGE_TABLE:
                if (words_differ(found, due, 0, TABLE_ENTRIES) == TABLE_ENTRIES)
                        return;
                format(what, sizeof(what), "the page-table 0x%08x",
                       frame.value);
                check_entries(found, due, TABLE_ENTRIES, false, what,
                              place_of(frame));
                return;
        default:
                check_content(found, due, frame.value);
        }
}

static void
check_memory(void)
{
        uint32_t *words, *due;
        uint32_t row = spaces_row(&words, &due);

        for (uint32_t i = 0; i < arena_made(); i++) {
                struct pagemap_page page = arena_made_page(i);
                check_page(page.frame, page.mapped, arena_expected(page.frame));
        }
        for (uint32_t i = 0; i < row; i++)
                check_page(paddr(0x600000 + i * PAGE_SIZE),
                           words + i * TABLE_ENTRIES, due + i * TABLE_ENTRIES);
        check_entries(spaces_client(), spaces_due.client, CLIENT_PAGES, false,
                      "the page-tables of the client's addresses",
                      SPACES_CLIENT_BASE);
        check_entries(spaces_reference().mapped, spaces_due.reference,
                      TABLE_ENTRIES, true, "the reference directory", 0);
}

static void
check_state(void)
{
        struct h_state found = h_state;

        // Which slots are free has been looked at.
        found.free_pagemap = spaces_due.state.free_pagemap;
        found.free_kernel_mapping = spaces_due.state.free_kernel_mapping;
        const uint32_t *a = (const uint32_t *)&found;
        const uint32_t *b = (const uint32_t *)&spaces_due.state;
        if (words_differ(a, b, 0, sizeof(found) / 4) != sizeof(found) / 4)
                fail("%s: h_state itself has changed: it says where H's tables "
                     "are, and how large",
                     spaces_after);

        if (read_cr3() == spaces_due.current.value)
                return;
        char due[16], now[16];
        format(due, sizeof(due), "0x%08x", spaces_due.current.value);
        format(now, sizeof(now), "0x%08x", read_cr3());
        fail_values(due, now,
                    "%s: the page-directory on which the processor runs",
                    spaces_after);
}

void
spaces_check(const char *text, ...)
{
        static char words[160];
        va_list arguments;

        va_start(arguments, text);
        vformat(words, sizeof(words), text, arguments);
        va_end(arguments);
        spaces_after = words;

        check_state();
        check_array();
        check_views();
        check_memory();
        spaces_check_handles();
}

#undef expect_h // by its text it would try once more

void
expect_h(enum h_error expected, enum h_error found, const char *text, ...)
{
        trying_over();
        if (expected == found)
                return;
        char message[LINE_SIZE];
        va_list arguments;
        va_start(arguments, text);
        vformat(message, sizeof(message), text, arguments);
        va_end(arguments);
        report_failure(message, h_strerror(expected), h_strerror(found));
}
