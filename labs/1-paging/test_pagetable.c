// SPDX-License-Identifier: MIT
// Tests of exercise 1.5, finding, installing and removing page-tables.
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/paging.h>

#define UNTOUCHED 0xEEEEE000u

// Addresses at the borders that matter: of a page-table, of user space, of the
// address space.
static const uint32_t borders[] = {
        0x00000000, 0x003FFFFF, 0x00400000, 0x00401ABC, 0x7FFFFFFF,
        0xBFC00000, 0xBFFFFFFF, 0xC0000000, 0xFFC00000, 0xFFFFFFFF,
};

#define BORDERS (sizeof(borders) / sizeof(borders[0]))

TEST(find_pt_names_the_table)
{
        struct pagemap_page directory = arena_page("page-directory");

        for (unsigned i = 0; i < BORDERS; i++) {
                struct pagemap_page table = arena_page("page-table");
                unsigned index = borders[i] / SUPERPAGE_SIZE;
                struct paddr found = paddr(UNTOUCHED);

                // Superpages next to it, and bits that are no part of the
                // address.
                directory.mapped[(index + 1) % TABLE_ENTRIES] =
                        raw_superpage(paddr(0x00800000), USER_WRITE);
                directory.mapped[index] = raw_table(table) | ENTRY_ACCESSED |
                                          (i & 1 ? 0xE00 : ENTRY_GLOBAL);
                expect_result(
                        PAGING_OK,
                        find_pt(directory.mapped, vaddr(borders[i]), &found),
                        "find_pt for address 0x%08x", borders[i]);
                expect_hex(table.frame.value, found.value,
                           "find_pt for address 0x%08x: the page-table",
                           borders[i]);
        }
}

TEST(install_shows_an_empty_table)
{
        for (unsigned i = 0; i < BORDERS; i++) {
                struct pagemap_page directory = arena_page("page-directory");
                struct pagemap_page table = arena_dirty_page("page-table");
                unsigned index = borders[i] / SUPERPAGE_SIZE;

                // An entry that is not present may hold anything else.
                directory.mapped[index] = i & 1 ? 0xFFFFFFFE : 0;
                // Some pages look empty at both ends.
                if (i & 2)
                        table.mapped[0] = table.mapped[TABLE_ENTRIES - 1] = 0;
                expect_result(PAGING_OK,
                              install_pagetable(directory.mapped,
                                                vaddr(borders[i]), table),
                              "install_pagetable at address 0x%08x, on a page "
                              "that was not cleared",
                              borders[i]);
                expect_table(directory, index, table,
                             "after install_pagetable");
                for (unsigned entry = 0; entry < TABLE_ENTRIES; entry++)
                        expect_absent(table, entry, "after install_pagetable");
        }
}

TEST(install_in_a_live_address_space)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = arena_dirty_page("page-table");
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);
        struct vaddr place = vaddr(0x00C00000), other = vaddr(0x00FFF000);

        expect_result(PAGING_OK,
                      install_pagetable(directory.mapped, place, table),
                      "install_pagetable at address 0x%08x", place.value);
        expect_no_access(place, "after install_pagetable on a page that was "
                                "not cleared");
        expect_no_access(other, "after install_pagetable on a page that was "
                                "not cleared");

        table.mapped[0] = raw_page(page.frame, USER_WRITE);
        table.mapped[1023] = raw_page(page.frame, READ_ONLY);
        expect_reads(place, word, "after it was mapped in the new page-table");
        expect_writes(vaddr(place.value + 64), page,
                      "after it was mapped in the new page-table");
        expect_read_only(other, "after it was mapped read-only in the new "
                                "page-table");
        expect_mapped(directory, place, page.frame, PAGE_LOG2, USER_WRITE,
                      "in the new page-table");
        expect_mapped(directory, other, page.frame, PAGE_LOG2, READ_ONLY,
                      "in the new page-table");
        live_end();
}

TEST(uninstall_forgets_every_translation)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = arena_page("page-table");
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);
        const uint32_t first = 0x40400000;
        struct access global_write = READ_WRITE;
        global_write.global = true;

        for (unsigned i = 0; i < TABLE_ENTRIES; i += 31)
                table.mapped[i] =
                        raw_page(page.frame, i & 1 ? global_write : USER_READ);
        directory.mapped[first / SUPERPAGE_SIZE] = raw_table(table);
        for (unsigned i = 0; i < TABLE_ENTRIES; i += 31)
                expect_reads(vaddr(first + i * PAGE_SIZE), word,
                             "before uninstall_pagetable");

        struct paddr found = paddr(UNTOUCHED);
        expect_result(PAGING_OK,
                      uninstall_pagetable(directory.mapped,
                                          vaddr(first + 0x123456), &found),
                      "uninstall_pagetable at address 0x%08x",
                      first + 0x123456);
        expect_hex(table.frame.value, found.value,
                   "the frame that uninstall_pagetable gives back");
        expect_absent(directory, first / SUPERPAGE_SIZE,
                      "after uninstall_pagetable");
        for (unsigned i = 0; i < TABLE_ENTRIES; i += 31)
                expect_no_access(vaddr(first + i * PAGE_SIZE),
                                 i & 1 ? "after uninstall_pagetable (a global "
                                         "page)"
                                       : "after uninstall_pagetable");
        live_end();
}

TEST(find_pt_refuses_where_there_is_none)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");
        struct paddr found;
        directory.mapped[1] = raw_table(table);
        directory.mapped[2] = raw_superpage(paddr(0x00400000), USER_WRITE);
        directory.mapped[3] = 0;
        directory.mapped[4] = 0xFFFFFFFE; // not present, whatever else
        arena_watch();

        expect_result(PAGING_OK,
                      find_pt(directory.mapped, vaddr(0x00400000), &found),
                      "find_pt for address 0x00400000");

        found = paddr(UNTOUCHED);
        expect_result(PAGING_WRONG_LEVEL,
                      find_pt(directory.mapped, vaddr(0x00BFFFFF), &found),
                      "find_pt for address 0x00bfffff, in a superpage");
        expect_result(PAGING_NOT_MAPPED,
                      find_pt(directory.mapped, vaddr(0x00C00000), &found),
                      "find_pt for address 0x00c00000, where nothing is");
        expect_result(PAGING_NOT_MAPPED,
                      find_pt(directory.mapped, vaddr(0x01000000), &found),
                      "find_pt for address 0x01000000, where the entry is not "
                      "present");
        expect_hex(UNTOUCHED, found.value, "*table after find_pt has refused");
        arena_check("after find_pt has refused");
}

TEST(install_refuses_and_changes_nothing)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page first = arena_page("page-table");
        struct pagemap_page table = arena_dirty_page("page-table");
        expect_result(
                PAGING_OK,
                install_pagetable(directory.mapped, vaddr(0x00400000), first),
                "install_pagetable at address 0x00400000");
        directory.mapped[2] = raw_superpage(paddr(0x00400000), READ_ONLY);
        arena_watch();

        expect_result(
                PAGING_IN_USE,
                install_pagetable(directory.mapped, vaddr(0x007FFFFF), table),
                "install_pagetable at address 0x007fffff, where a "
                "page-table is");
        arena_check("after install_pagetable over a page-table");
        expect_result(
                PAGING_IN_USE,
                install_pagetable(directory.mapped, vaddr(0x00800000), table),
                "install_pagetable at address 0x00800000, where a "
                "superpage is");
        arena_check("after install_pagetable over a superpage");

        for (uint32_t low = 1; low < PAGE_SIZE; low <<= 1) {
                struct pagemap_page crooked = table;
                crooked.frame.value |= low;
                expect_result(PAGING_MISALIGNED,
                              install_pagetable(directory.mapped,
                                                vaddr(0x00C00000), crooked),
                              "install_pagetable of frame 0x%08x",
                              crooked.frame.value);
        }
        arena_check("after install_pagetable of a misaligned frame");
}

TEST(uninstall_refuses_where_there_is_none)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");
        struct paddr found;
        directory.mapped[768] = raw_table(table);
        directory.mapped[769] = raw_superpage(paddr(0x00400000), READ_WRITE);
        directory.mapped[770] = 0xFFFFFFFE;

        expect_result(PAGING_OK,
                      uninstall_pagetable(directory.mapped, vaddr(0xC0000000),
                                          &found),
                      "uninstall_pagetable at address 0xc0000000");
        arena_watch();

        found = paddr(UNTOUCHED);
        expect_result(PAGING_NOT_MAPPED,
                      uninstall_pagetable(directory.mapped, vaddr(0xC0000000),
                                          &found),
                      "uninstall_pagetable at address 0xc0000000 once more");
        expect_result(PAGING_WRONG_LEVEL,
                      uninstall_pagetable(directory.mapped, vaddr(0xC0400000),
                                          &found),
                      "uninstall_pagetable at address 0xc0400000, in a "
                      "superpage");
        expect_result(PAGING_NOT_MAPPED,
                      uninstall_pagetable(directory.mapped, vaddr(0xC0800000),
                                          &found),
                      "uninstall_pagetable at address 0xc0800000, where the "
                      "entry is not present");
        expect_hex(UNTOUCHED, found.value,
                   "*table after uninstall_pagetable has refused");
        arena_check("after uninstall_pagetable has refused");
}

TEST(other_tables_stay_as_they_are)
{
        struct pagemap_page directory = arena_page("page-directory");
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                if (random_below(4) == 0)
                        directory.mapped[i] = raw_superpage(
                                paddr(i * SUPERPAGE_SIZE), random_access());

        for (int round = 0; round < 6; round++) {
                struct pagemap_page table = arena_dirty_page("page-table");
                unsigned index = random_below(TABLE_ENTRIES);
                struct vaddr address = vaddr(index * SUPERPAGE_SIZE +
                                             random_below(SUPERPAGE_SIZE));

                // Its neighbours are never empty.
                directory.mapped[(index + 1) % TABLE_ENTRIES] =
                        directory.mapped[(index - 1) % TABLE_ENTRIES] =
                                raw_superpage(paddr(0x00800000), USER_READ);
                directory.mapped[index] = 0;
                arena_watch();

                install_pagetable(directory.mapped, address, table);
                for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                        arena_accept(table, i);
                arena_accept(directory, index);
                arena_check("after install_pagetable at address 0x%08x",
                            address.value);
                expect_invariants(directory, "after install_pagetable");

                // What it maps meanwhile stays in it when it is taken out.
                table.mapped[random_below(TABLE_ENTRIES)] =
                        raw_page(paddr(0x00400000), random_access());
                arena_watch();
                if (round & 1)
                        continue;
                struct paddr found;
                uninstall_pagetable(directory.mapped, address, &found);
                arena_accept(directory, index);
                arena_check("after uninstall_pagetable at address 0x%08x",
                            address.value);
                expect_absent(directory, index, "after uninstall_pagetable");
        }
}
