// SPDX-License-Identifier: MIT
// Entries: written, put into words, and judged bit by bit.
#include "harness.h"

#include <h4/entries.h>
#include <h4/test.h>
#include <kernel/format.h>

#define ENTRY_CACHING 0x018u // write-through, and no caching at all

// What the processor reads of an entry that maps a page.
#define HARDWARE_BITS                                                          \
        (ENTRY_FRAME | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER |              \
         ENTRY_CACHING | ENTRY_USED | ENTRY_SUPERPAGE | ENTRY_GLOBAL)

// And of one that points to a page-table.
#define TABLE_BITS                                                             \
        (ENTRY_FRAME | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER |              \
         ENTRY_CACHING | ENTRY_ACCESSED | ENTRY_SUPERPAGE)

uint32_t
raw_page(struct paddr frame, struct access access)
{
        return frame.value | ENTRY_PRESENT |
               (access.perms & PERM_W ? ENTRY_WRITE : 0) |
               (access.perms & PERM_R ? ENTRY_ASKED_READ : 0) |
               (access.perms & PERM_X ? ENTRY_ASKED_EXECUTE : 0) |
               (access.user ? ENTRY_USER : 0) |
               (access.global ? ENTRY_GLOBAL : 0);
}

uint32_t
raw_superpage(struct paddr frame, struct access access)
{
        return raw_page(frame, access) | ENTRY_SUPERPAGE;
}

uint32_t
raw_table(struct pagemap_page table)
{
        return table.frame.value | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER;
}

struct access
random_access(void)
{
        return (struct access){
                .perms = 1 + random_below(PERM_ALL),
                .user = random_below(2),
                .global = random_below(2),
        };
}

struct words
access_words(struct access access)
{
        struct words words;
        format(words.text, sizeof(words.text), "%s%s%s%s%s",
               access.perms & PERM_R ? "read " : "",
               access.perms & PERM_W ? "write " : "",
               access.perms & PERM_X ? "execute " : "",
               access.user ? "user" : "kernel only",
               access.global ? " global" : "");
        return words;
}

struct words
entry_words(uint32_t entry)
{
        struct words words;
        if (!(entry & ENTRY_PRESENT)) {
                format(words.text, sizeof(words.text), "0x%08x: not present",
                       entry);
                return words;
        }
        bool write = entry & ENTRY_WRITE;
        format(words.text, sizeof(words.text), "0x%08x:%s%s%s %s%s%s%s%s%s",
               entry, write || entry & ENTRY_ASKED_READ ? " read" : "",
               write ? " write" : "",
               entry & ENTRY_ASKED_EXECUTE ? " execute" : "",
               entry & ENTRY_USER ? "user" : "kernel only",
               entry & ENTRY_GLOBAL ? " global" : "",
               entry & ENTRY_ACCESSED ? " accessed" : "",
               entry & ENTRY_DIRTY ? " dirty" : "",
               entry & ENTRY_SUPERPAGE ? " superpage" : "",
               entry & ENTRY_CACHING ? " uncached" : "");
        return words;
}

// Does the entry say what `due` says? Whether reading was asked for beside
// writing, which implies it, makes no difference.
static bool
same_page(uint32_t due, uint32_t entry)
{
        uint32_t compared = HARDWARE_BITS | ENTRY_ASKED_EXECUTE;
        if (!(due & ENTRY_WRITE))
                compared |= ENTRY_ASKED_READ;
        return ((due ^ entry) & compared) == 0;
}

static void
judge_page(struct pagemap_page page, unsigned index, uint32_t due,
           const char *level, const char *after)
{
        uint32_t entry = page.mapped[index];
        if (!same_page(due, entry))
                fail_values(entry_words(due).text, entry_words(entry).text,
                            "%s entry %u, %s", level, index, after);
        arena_accept(page, index);
}

void
expect_page(struct pagemap_page table, unsigned index, struct paddr frame,
            struct access access, uint32_t used, const char *after)
{
        judge_page(table, index, raw_page(frame, access) | used, "page-table",
                   after);
}

void
expect_superpage(struct pagemap_page directory, unsigned index,
                 struct paddr frame, struct access access, uint32_t used,
                 const char *after)
{
        judge_page(directory, index, raw_superpage(frame, access) | used,
                   "page-directory", after);
}

void
expect_table(struct pagemap_page directory, unsigned index,
             struct pagemap_page table, const char *after)
{
        uint32_t due = raw_table(table);
        uint32_t entry = directory.mapped[index];
        if ((due ^ entry) & TABLE_BITS)
                fail_values(entry_words(due).text, entry_words(entry).text,
                            "page-directory entry %u, for a page-table, %s",
                            index, after);
        arena_accept(directory, index);
}

void
expect_absent(struct pagemap_page page, unsigned index, const char *after)
{
        uint32_t entry = page.mapped[index];
        if (entry & ENTRY_PRESENT)
                fail_values("not present", entry_words(entry).text,
                            "%s entry %u, %s", arena_label(page.frame), index,
                            after);
        arena_accept(page, index);
}

void
expect_entry(uint32_t entry, bool superpage, struct paddr frame,
             struct access access, const char *what)
{
        uint32_t due = superpage ? raw_superpage(frame, access)
                                 : raw_page(frame, access);
        if (!same_page(due, entry))
                fail_values(entry_words(due).text, entry_words(entry).text,
                            "%s for frame 0x%08x and %s", what, frame.value,
                            access_words(access).text);
}
