// SPDX-License-Identifier: MIT
// Tests of exercise 1.6, the entries of a page-table. What becomes of
// memory that is in use is in test_table_live.c.
#include <h4/entries.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/paging.h>

// Maps one page in an empty page-table, looks, and empties the table again.
static void
adds_page(struct pagemap_page table, uint32_t address, uint32_t frame,
          struct access access)
{
        unsigned index = address / PAGE_SIZE % TABLE_ENTRIES;
        arena_watch();
        expect_result(PAGING_OK,
                      add_table_entries(table.mapped, raw_pages(address, 12),
                                        paddr(frame), access),
                      "add_table_entries(0x%08x to frame 0x%08x, %s)", address,
                      frame, access_words(access).text);
        expect_page(table, index, paddr(frame), access, 0,
                    "after add_table_entries");
        arena_check("after add_table_entries of one page");
        table.mapped[index] = 0;
}

TEST(add_maps_one_page)
{
        struct pagemap_page table = arena_page("page-table");
        for (unsigned i = 0; i < 28; i++)
                adds_page(table, 0x00400000 + i * 37 * PAGE_SIZE,
                          0x00412000 + i * PAGE_SIZE,
                          (struct access){ .perms = 1 + i % 7,
                                           .user = i / 7 & 1,
                                           .global = i / 14 & 1 });

        // The first and the last of a page-table, of user space, of all.
        adds_page(table, 0x00000000, 0x00000000, READ_WRITE);
        adds_page(table, 0x003FF000, 0xFFFFF000, USER_READ);
        adds_page(table, 0xBFFFF000, 0x00412000, USER_WRITE);
        adds_page(table, 0xC0000000, 0x00412000, READ_ONLY);
        adds_page(table, 0xFFFFF000, 0xFFFFF000, READ_WRITE);
}

static void
adds_range(uint32_t first, unsigned log2_size, uint32_t frames)
{
        struct pagemap_page table = arena_page("page-table");
        unsigned index = first / PAGE_SIZE % TABLE_ENTRIES;

        // An entry that is not present may hold anything else.
        for (unsigned i = 0; i < TABLE_ENTRIES; i += 3)
                table.mapped[i] = 0xFFFFFFFE;

        // What is mapped on both sides is none of its business.
        unsigned end = index + (1u << (log2_size - PAGE_LOG2));
        if (index > 0)
                table.mapped[index - 1] = raw_page(paddr(0), USER_READ);
        if (end < TABLE_ENTRIES)
                table.mapped[end] = raw_page(paddr(0), USER_READ);
        arena_watch();
        expect_result(PAGING_OK,
                      add_table_entries(table.mapped,
                                        raw_pages(first, log2_size),
                                        paddr(frames), USER_WRITE),
                      "add_table_entries(2^%u bytes at 0x%08x to frame 0x%08x)",
                      log2_size, first, frames);
        for (unsigned i = index; i < end; i++)
                expect_page(table, i, paddr(frames + (i - index) * PAGE_SIZE),
                            USER_WRITE, 0, "after add_table_entries");
        arena_check("after add_table_entries of 2^%u bytes", log2_size);
}

TEST(add_maps_a_range)
{
        adds_range(0x00410000, 16, 0x00410000);
        adds_range(0x00402000, 13, 0xFFFFE000); // up to the last frame
        adds_range(0xBFFF0000, 16, 0x00420000); // up to 3 GB
        adds_range(0xC0000000, 21, 0x00600000); // half a page-table
        adds_range(0xFFE00000, 21, 0x80000000); // up to the last page
}

TEST(modify_changes_the_rights_and_nothing_else)
{
        struct pagemap_page table = arena_page("page-table");
        static const uint32_t used[] = { 0, ENTRY_ACCESSED, ENTRY_USED,
                                         ENTRY_DIRTY };

        for (unsigned round = 0; round < 28; round++) {
                struct access access = { .perms = 1 + round % 7,
                                         .user = round / 7 & 1,
                                         .global = round / 14 & 1 };
                for (unsigned i = 0; i < 16; i++)
                        table.mapped[512 + i] =
                                raw_page(paddr(0xFFF00000 + i * 17 * PAGE_SIZE),
                                         random_access()) |
                                used[i % 4];
                arena_watch();
                expect_result(PAGING_OK,
                              modify_table_entries(table.mapped,
                                                   raw_pages(0x80200000, 16),
                                                   access),
                              "modify_table_entries(64 KB at 0x80200000, %s)",
                              access_words(access).text);
                for (unsigned i = 0; i < 16; i++)
                        expect_page(table, 512 + i,
                                    paddr(0xFFF00000 + i * 17 * PAGE_SIZE),
                                    access, used[i % 4],
                                    "after modify_table_entries");
                arena_check("after modify_table_entries");
        }
}

TEST(remove_unmaps_a_range)
{
        struct pagemap_page table = arena_page("page-table");
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                table.mapped[i] =
                        raw_page(paddr(i * PAGE_SIZE), random_access());
        arena_watch();

        // From one page to half a table; what is not mapped stays so.
        static const struct {
                uint32_t first;
                unsigned log2_size;
        } ranges[] = {
                { 0x00400000, 12 }, { 0x00400000, 14 }, { 0xBFFFF000, 12 },
                { 0xFFFF0000, 16 }, { 0x80200000, 21 },
        };
        for (unsigned r = 0; r < sizeof(ranges) / sizeof(ranges[0]); r++) {
                uint32_t first = ranges[r].first;
                unsigned n = ranges[r].log2_size;
                expect_result(
                        PAGING_OK,
                        remove_table_entries(table.mapped, raw_pages(first, n)),
                        "remove_table_entries(2^%u bytes at 0x%08x)", n, first);
                for (unsigned i = 0; i < 1u << (n - PAGE_LOG2); i++)
                        expect_absent(table,
                                      first / PAGE_SIZE % TABLE_ENTRIES + i,
                                      "after remove_table_entries");
                arena_check("after remove_table_entries of 2^%u bytes at "
                            "0x%08x",
                            n, first);
        }
}

static void
add_refused(enum paging_result due, struct pagemap_page table,
            struct vfpage pages, uint32_t frames, struct access access)
{
        expect_result(
                due,
                add_table_entries(table.mapped, pages, paddr(frames), access),
                "add_table_entries(flexpage 0x%08x to frame 0x%08x, "
                "perms %u)",
                pages.range.word, frames, access.perms);
        arena_check("after add_table_entries has refused");
}

// A table in which the operation that is changed afterwards has been done.
static struct pagemap_page
table_with_a_mapping(void)
{
        struct pagemap_page table = arena_page("page-table");
        expect_result(PAGING_OK,
                      add_table_entries(table.mapped, raw_pages(0x00410000, 16),
                                        paddr(0x00420000), USER_READ),
                      "add_table_entries(64 KB at 0x00410000)");
        arena_watch();
        return table;
}

TEST(add_refuses_nil_and_4_mb)
{
        struct pagemap_page table = table_with_a_mapping();
        struct access none = { .perms = 0 };

        add_refused(PAGING_NIL, table, raw_pages(0, 0), 0x00400000, USER_READ);
        add_refused(PAGING_SIZE, table, raw_pages(0x80000000, 22), 0x00400000,
                    USER_READ);
        add_refused(PAGING_SIZE, table, raw_pages(0x80000000, 23), 0x00800000,
                    USER_READ);
        add_refused(PAGING_SIZE, table, raw_pages(0, 32), 0, USER_READ);

        // In the order of the contract, where several are due.
        add_refused(PAGING_NIL, table, raw_pages(0, 0), 0x00400001, none);
        add_refused(PAGING_SIZE, table, raw_pages(0x80000000, 22), 0x00400001,
                    none);
}

TEST(add_refuses_misaligned_frames_and_no_access)
{
        struct pagemap_page table = table_with_a_mapping();
        struct access none = { .perms = 8, .user = true };

        add_refused(PAGING_MISALIGNED, table, raw_pages(0x00460000, 16),
                    0x00421000, USER_READ);
        add_refused(PAGING_MISALIGNED, table, raw_pages(0x00460000, 16),
                    0x00428000, USER_READ);
        add_refused(PAGING_MISALIGNED, table, raw_pages(0x00460000, 12),
                    0x00420001, USER_READ);
        add_refused(PAGING_MISALIGNED, table, raw_pages(0x00460000, 13),
                    0xFFFFF000, USER_READ);
        add_refused(PAGING_NO_ACCESS, table, raw_pages(0x00460000, 16),
                    0x00420000, none);
        none.perms = 0;
        add_refused(PAGING_NO_ACCESS, table, raw_pages(0x00460000, 12),
                    0x00420000, none);

        // In the order of the contract, where several are due.
        add_refused(PAGING_MISALIGNED, table, raw_pages(0x00410000, 16),
                    0x00421000, none);
        add_refused(PAGING_NO_ACCESS, table, raw_pages(0x00410000, 16),
                    0x00420000, none);
}

TEST(add_refuses_entries_in_use)
{
        // One page of the range is mapped: the first, the last, any other.
        for (unsigned used = 0; used < 16; used += 5) {
                struct pagemap_page table = table_with_a_mapping();
                table.mapped[0x60 + used] =
                        raw_page(paddr(0x00430000), READ_ONLY);
                // What is not present may hold anything, and stays as it is.
                table.mapped[0x60 + (used ^ 1)] = 0x00431E00;
                arena_watch();
                add_refused(PAGING_IN_USE, table, raw_pages(0x00460000, 16),
                            0x00420000, USER_WRITE);
        }
}

TEST(modify_refuses_and_changes_nothing)
{
        struct pagemap_page table = table_with_a_mapping();
        struct access none = { .perms = 0, .user = true };
        struct vfpage pages = raw_pages(0x00410000, 16);

        expect_result(PAGING_OK,
                      modify_table_entries(table.mapped, pages, USER_WRITE),
                      "modify_table_entries(64 KB at 0x00410000)");
        table.mapped[0x2F] = raw_page(paddr(0x00430000), READ_ONLY);
        table.mapped[0x3E] = raw_page(paddr(0x00430000), READ_ONLY);
        arena_watch();

        expect_result(
                PAGING_NIL,
                modify_table_entries(table.mapped, raw_pages(0, 0), USER_READ),
                "modify_table_entries(nil)");
        expect_result(PAGING_SIZE,
                      modify_table_entries(table.mapped,
                                           raw_pages(0x00400000, 22),
                                           USER_READ),
                      "modify_table_entries(4 MB)");
        expect_result(PAGING_NO_ACCESS,
                      modify_table_entries(table.mapped, pages, none),
                      "modify_table_entries(64 KB, no access)");
        expect_result(PAGING_NOT_MAPPED,
                      modify_table_entries(table.mapped,
                                           raw_pages(0x0042E000, 13),
                                           USER_WRITE),
                      "modify_table_entries(8 KB), the first page of which is "
                      "not mapped");
        expect_result(PAGING_NOT_MAPPED,
                      modify_table_entries(table.mapped,
                                           raw_pages(0x0043E000, 13),
                                           USER_WRITE),
                      "modify_table_entries(8 KB), the last page of which is "
                      "not mapped");
        expect_result(PAGING_NOT_MAPPED,
                      modify_table_entries(table.mapped,
                                           raw_pages(0x00400000, 17),
                                           USER_READ),
                      "modify_table_entries(128 KB), the first half of which "
                      "is not mapped");
        arena_check("after modify_table_entries has refused");
}

TEST(remove_refuses_and_changes_nothing)
{
        struct pagemap_page table = table_with_a_mapping();

        expect_result(
                PAGING_OK,
                remove_table_entries(table.mapped, raw_pages(0x00418000, 15)),
                "remove_table_entries(32 KB at 0x00418000)");
        arena_watch();
        expect_result(PAGING_NIL,
                      remove_table_entries(table.mapped, raw_pages(0, 0)),
                      "remove_table_entries(nil)");
        expect_result(
                PAGING_SIZE,
                remove_table_entries(table.mapped, raw_pages(0x00400000, 22)),
                "remove_table_entries(4 MB)");
        expect_result(PAGING_SIZE,
                      remove_table_entries(table.mapped, raw_pages(0, 32)),
                      "remove_table_entries(the complete address space)");
        arena_check("after remove_table_entries has refused");
}
