// SPDX-License-Identifier: MIT
// Tests of exercise 1.7, superpages. What becomes of memory that is in use is
// in test_dir_live.c.
#include <h4/entries.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/paging.h>

static void
adds(uint32_t first, unsigned log2_size, uint32_t frames, struct access access)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");
        unsigned index = first / SUPERPAGE_SIZE;
        unsigned count = log2_size == 32 ? TABLE_ENTRIES
                                         : 1u << (log2_size - SUPERPAGE_LOG2);

        // Page-tables beside the range; entries that are not present may hold
        // anything else.
        for (unsigned i = 0; i < TABLE_ENTRIES; i += 3)
                directory.mapped[i] = 0xFFFFFFFE;
        if (index > 0)
                directory.mapped[index - 1] = raw_table(table);
        if (index + count < TABLE_ENTRIES)
                directory.mapped[index + count] = raw_table(table);
        arena_watch();

        expect_result(PAGING_OK,
                      add_dir_entries(directory.mapped,
                                      raw_pages(first, log2_size),
                                      paddr(frames), access),
                      "add_dir_entries(2^%u bytes at 0x%08x to frame 0x%08x, "
                      "%s)",
                      log2_size, first, frames, access_words(access).text);
        for (unsigned i = 0; i < count; i++)
                expect_superpage(directory, index + i,
                                 paddr(frames + i * SUPERPAGE_SIZE), access, 0,
                                 "after add_dir_entries");
        arena_check("after add_dir_entries of 2^%u bytes", log2_size);
}

TEST(add_dir_maps_superpages)
{
        struct access execute = { .perms = PERM_X, .global = true };

        adds(0x00000000, 22, 0x00C00000, USER_WRITE);
        adds(0x00400000, 22, 0x00400000, READ_ONLY);
        adds(0xBFC00000, 22, 0xFFC00000, USER_READ); // the last frames
        adds(0xC0000000, 22, 0x00000000, execute);
        adds(0x01000000, 24, 0x03000000, READ_WRITE); // four of them
        adds(0x80000000, 23, 0x7F800000, USER_WRITE);

        // Up to the top of the address space, and all of it.
        adds(0xFFC00000, 22, 0x00400000, READ_WRITE);
        adds(0xF0000000, 28, 0x10000000, USER_READ);
        adds(0x80000000, 31, 0x80000000, USER_WRITE);
        adds(0x00000000, 32, 0x00000000, READ_ONLY);
}

TEST(modify_dir_changes_the_rights_and_nothing_else)
{
        struct pagemap_page directory = arena_page("page-directory");
        static const uint32_t used[] = { 0, ENTRY_ACCESSED, ENTRY_USED,
                                         ENTRY_DIRTY };
        directory.mapped[511] = raw_superpage(paddr(0), USER_WRITE);

        for (unsigned round = 0; round < 28; round++) {
                struct access access = { .perms = 1 + round % 7,
                                         .user = round / 7 & 1,
                                         .global = round / 14 & 1 };
                for (unsigned i = 0; i < 4; i++)
                        directory.mapped[512 + i] =
                                raw_superpage(
                                        paddr((1020 - 7 * i) * SUPERPAGE_SIZE),
                                        random_access()) |
                                used[i];
                arena_watch();
                expect_result(PAGING_OK,
                              modify_dir_entries(directory.mapped,
                                                 raw_pages(0x80000000, 24),
                                                 access),
                              "modify_dir_entries(16 MB at 0x80000000, %s)",
                              access_words(access).text);
                for (unsigned i = 0; i < 4; i++)
                        expect_superpage(directory, 512 + i,
                                         paddr((1020 - 7 * i) * SUPERPAGE_SIZE),
                                         access, used[i],
                                         "after modify_dir_entries");
                arena_check("after modify_dir_entries");
        }
}

TEST(remove_dir_unmaps_superpages)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                directory.mapped[i] = raw_superpage(paddr(i * SUPERPAGE_SIZE),
                                                    random_access());
        directory.mapped[4] = raw_table(table);
        arena_watch();

        // What is not mapped stays so.
        static const struct {
                uint32_t first;
                unsigned log2_size;
        } ranges[] = {
                { 0x00000000, 22 }, { 0x00000000, 24 }, { 0xBFC00000, 22 },
                { 0xF0000000, 28 }, { 0x80000000, 30 },
        };
        for (unsigned r = 0; r < sizeof(ranges) / sizeof(ranges[0]); r++) {
                uint32_t first = ranges[r].first;
                unsigned n = ranges[r].log2_size;
                expect_result(PAGING_OK,
                              remove_dir_entries(directory.mapped,
                                                 raw_pages(first, n)),
                              "remove_dir_entries(2^%u bytes at 0x%08x)", n,
                              first);
                for (unsigned i = 0; i < 1u << (n - SUPERPAGE_LOG2); i++)
                        expect_absent(directory, first / SUPERPAGE_SIZE + i,
                                      "after remove_dir_entries");
                arena_check("after remove_dir_entries of 2^%u bytes at 0x%08x",
                            n, first);
        }

        directory.mapped[4] = 0;
        expect_result(PAGING_OK,
                      remove_dir_entries(directory.mapped, raw_pages(0, 32)),
                      "remove_dir_entries(the complete address space)");
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                expect_absent(directory, i, "after remove_dir_entries of all");
}

// A directory in which the operation that is changed afterwards has been done:
// superpages in the entries 8 and 9, page-tables in 5 and 12.
static struct pagemap_page
directory_with_a_mapping(void)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");
        struct pagemap_page other = arena_page("page-table");
        expect_result(PAGING_OK,
                      add_dir_entries(directory.mapped,
                                      raw_pages(0x02000000, 23),
                                      paddr(0x00800000), USER_READ),
                      "add_dir_entries(8 MB at 0x02000000)");
        directory.mapped[5] = raw_table(table);
        directory.mapped[12] = raw_table(other);
        arena_watch();
        return directory;
}

static void
add_refused(enum paging_result due, struct pagemap_page directory,
            struct vfpage pages, uint32_t frames, struct access access)
{
        expect_result(
                due,
                add_dir_entries(directory.mapped, pages, paddr(frames), access),
                "add_dir_entries(flexpage 0x%08x to frame 0x%08x, perms "
                "%u)",
                pages.range.word, frames, access.perms);
        arena_check("after add_dir_entries has refused");
}

TEST(add_dir_refuses_nil_small_pages_and_no_access)
{
        struct pagemap_page directory = directory_with_a_mapping();
        struct access none = { .perms = 8, .user = true };

        add_refused(PAGING_NIL, directory, raw_pages(0, 0), 0x00400000,
                    USER_READ);
        add_refused(PAGING_SIZE, directory, raw_pages(0x40000000, 21),
                    0x00400000, USER_READ);
        add_refused(PAGING_SIZE, directory, raw_pages(0x40000000, 12),
                    0x00400000, USER_READ);
        add_refused(PAGING_NO_ACCESS, directory, raw_pages(0x40000000, 22),
                    0x00400000, none);
        none.perms = 0;
        add_refused(PAGING_NO_ACCESS, directory, raw_pages(0x40000000, 22),
                    0x00400000, none);

        // In the order of the contract, where several are due.
        add_refused(PAGING_NIL, directory, raw_pages(0, 0), 0x00400001, none);
        add_refused(PAGING_SIZE, directory, raw_pages(0x02000000, 12),
                    0x00400001, none);
        add_refused(PAGING_NO_ACCESS, directory, raw_pages(0x02000000, 22),
                    0x00400000, none);
}

TEST(add_dir_refuses_a_misaligned_base)
{
        struct pagemap_page directory = directory_with_a_mapping();
        struct access none = { .perms = 0 };

        add_refused(PAGING_MISALIGNED, directory, raw_pages(0x40000000, 22),
                    0x00401000, USER_READ);
        add_refused(PAGING_MISALIGNED, directory, raw_pages(0x40000000, 22),
                    0x00600000, USER_READ);
        add_refused(PAGING_MISALIGNED, directory, raw_pages(0x40000000, 22),
                    0x00400001, USER_READ);

        // Aligned to a superpage, and not to what is mapped.
        add_refused(PAGING_MISALIGNED, directory, raw_pages(0x40000000, 23),
                    0x00400000, USER_READ);
        add_refused(PAGING_MISALIGNED, directory, raw_pages(0x40000000, 24),
                    0xFFC00000, USER_READ);
        add_refused(PAGING_MISALIGNED, directory, raw_pages(0, 32), 0x00400000,
                    USER_READ);
        add_refused(PAGING_MISALIGNED, directory, raw_pages(0x02000000, 22),
                    0x00401000, none);
}

TEST(add_dir_refuses_entries_in_use)
{
        struct pagemap_page directory = directory_with_a_mapping();

        add_refused(PAGING_IN_USE, directory, raw_pages(0x02000000, 22),
                    0x00400000, USER_WRITE); // a superpage
        add_refused(PAGING_IN_USE, directory, raw_pages(0x01400000, 22),
                    0x00400000, USER_WRITE); // a page-table
        add_refused(PAGING_IN_USE, directory, raw_pages(0x01000000, 24),
                    0x01000000, USER_WRITE); // a page-table within
        add_refused(PAGING_IN_USE, directory, raw_pages(0x00000000, 26),
                    0x04000000, USER_WRITE);

        // Only the last entry is in use.
        struct pagemap_page table = arena_page("page-table");
        directory.mapped[131] = raw_table(table);
        arena_watch();
        add_refused(PAGING_IN_USE, directory, raw_pages(0x20000000, 24),
                    0x01000000, USER_WRITE);
        directory.mapped[1023] = raw_table(table);
        arena_watch();
        add_refused(PAGING_IN_USE, directory, raw_pages(0x80000000, 31),
                    0x80000000, USER_WRITE);
}

static void
modify_refused(enum paging_result due, struct pagemap_page directory,
               struct vfpage pages, struct access access)
{
        expect_result(due, modify_dir_entries(directory.mapped, pages, access),
                      "modify_dir_entries(flexpage 0x%08x, perms %u)",
                      pages.range.word, access.perms);
        arena_check("after modify_dir_entries has refused");
}

TEST(modify_dir_refuses_and_changes_nothing)
{
        struct pagemap_page directory = directory_with_a_mapping();
        struct access none = { .perms = 0, .user = true };

        expect_result(PAGING_OK,
                      modify_dir_entries(directory.mapped,
                                         raw_pages(0x02000000, 23), USER_WRITE),
                      "modify_dir_entries(8 MB at 0x02000000)");
        directory.mapped[14] = raw_superpage(paddr(0x00400000), READ_ONLY);
        arena_watch();

        modify_refused(PAGING_NIL, directory, raw_pages(0, 0), USER_READ);
        modify_refused(PAGING_SIZE, directory, raw_pages(0x02000000, 21),
                       USER_READ);
        modify_refused(PAGING_NO_ACCESS, directory, raw_pages(0x02000000, 23),
                       none);

        // The entry at the lowest address decides: 4 nothing, 5 a page-table,
        // 8 and 9 superpages, 10 nothing, 12 a page-table, 14 a superpage, 15
        // nothing.
        modify_refused(PAGING_WRONG_LEVEL, directory, raw_pages(0x01400000, 22),
                       USER_READ);
        modify_refused(PAGING_NOT_MAPPED, directory, raw_pages(0x01000000, 23),
                       USER_READ);
        modify_refused(PAGING_NOT_MAPPED, directory, raw_pages(0x02000000, 24),
                       USER_READ);
        modify_refused(PAGING_WRONG_LEVEL, directory, raw_pages(0x03000000, 23),
                       USER_READ);
        modify_refused(PAGING_NOT_MAPPED, directory, raw_pages(0x03800000, 23),
                       USER_READ);
        modify_refused(PAGING_NOT_MAPPED, directory, raw_pages(0, 32),
                       USER_READ);

        // Only the last one of 512 is not mapped.
        for (unsigned i = 512; i < 1023; i++)
                directory.mapped[i] =
                        raw_superpage(paddr(i * SUPERPAGE_SIZE), READ_ONLY);
        arena_watch();
        modify_refused(PAGING_NOT_MAPPED, directory, raw_pages(0x80000000, 31),
                       USER_READ);
}

TEST(remove_dir_refuses_a_range_with_a_page_table)
{
        struct pagemap_page directory = directory_with_a_mapping();
        directory.mapped[8] |= ENTRY_USED;
        directory.mapped[1023] = directory.mapped[12];

        expect_result(
                PAGING_OK,
                remove_dir_entries(directory.mapped, raw_pages(0x02400000, 22)),
                "remove_dir_entries(4 MB at 0x02400000)");
        arena_watch();
        static const struct {
                enum paging_result due;
                struct vfpage pages;
        } tries[] = {
                { PAGING_NIL, { { 0 } } },
                { PAGING_SIZE, { { 0x02000000 | 12 } } },
                { PAGING_SIZE, { { 0x02000000 | 21 } } },
                { PAGING_WRONG_LEVEL, { { 0x01400000 | 22 } } },
                // A superpage first, the page-table behind it.
                { PAGING_WRONG_LEVEL, { { 0x02000000 | 25 } } },
                { PAGING_WRONG_LEVEL, { { 0 | 32 } } },
                // 2 GB, of which only the last 4 MB have one.
                { PAGING_WRONG_LEVEL, { { 0x80000000 | 31 } } },
        };
        for (unsigned i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
                expect_result(
                        tries[i].due,
                        remove_dir_entries(directory.mapped, tries[i].pages),
                        "remove_dir_entries(flexpage 0x%08x)",
                        tries[i].pages.range.word);
                arena_check("after remove_dir_entries has refused");
        }
}
