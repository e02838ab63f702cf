// SPDX-License-Identifier: MIT
// Tests of exercise 1.4, TLB invalidation: memory is touched, so that the
// processor remembers the translation; the entry is changed; the translation is
// forgotten; memory is touched again.
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/format.h>
#include <kernel/tlb.h>

// Not one of the kernel's pages has the same place in a TLB of up to 1,024
// entries.
#define PLACE 0x40700000u
#define TOP 0xFFFFE000u

static const struct access global_write = { .perms = PERM_R | PERM_W,
                                            .global = true };

// A live address space with a page-table for the 4 MB around `address`.
static struct pagemap_page
table_for(struct pagemap_page directory, uint32_t address)
{
        struct pagemap_page table = arena_page("page-table");
        directory.mapped[address / SUPERPAGE_SIZE] = raw_table(table);
        live_flush();
        return table;
}

static uint32_t *
entry_of(struct pagemap_page table, uint32_t address)
{
        return &table.mapped[address / PAGE_SIZE % TABLE_ENTRIES];
}

TEST(invalidate_page_forgets_an_unmapped_page)
{
        struct pagemap_page table = table_for(live_begin(), PLACE);
        struct pagemap_page old = arena_page("page"), new = arena_page("page");
        uint32_t old_word = frame_mark(old), new_word = frame_mark(new);
        uint32_t *entry = entry_of(table, PLACE);

        *entry = raw_page(old.frame, USER_WRITE);
        expect_reads(vaddr(PLACE), old_word, "before anything is changed");
        *entry = 0;
        tlb_invalidate_page(vaddr(PLACE));
        expect_no_access(vaddr(PLACE), "after its entry was cleared and "
                                       "tlb_invalidate_page was called");

        // Another frame takes the place, and the address is within the page.
        *entry = raw_page(old.frame, USER_WRITE);
        expect_reads(vaddr(PLACE), old_word, "after it was mapped again");
        *entry = raw_page(new.frame, USER_WRITE);
        tlb_invalidate_page(vaddr(PLACE + 0xABC));
        expect_reads(vaddr(PLACE), new_word,
                     "after its entry was changed and "
                     "tlb_invalidate_page(page + 0xabc) was called");
        live_end();
}

TEST(invalidate_page_forgets_a_right_that_was_lost)
{
        struct pagemap_page table = table_for(live_begin(), PLACE);
        struct pagemap_page page = arena_page("page");
        uint32_t *entry = entry_of(table, PLACE);

        *entry = raw_page(page.frame, global_write);
        expect_writes(vaddr(PLACE), page, "before anything is changed");
        *entry &= ~ENTRY_WRITE;
        tlb_invalidate_page(vaddr(PLACE));
        expect_read_only(vaddr(PLACE),
                         "after the write bit of its entry was "
                         "cleared and tlb_invalidate_page was called");
        live_end();
}

// Maps `count` pages, reads them, unmaps them, forgets them as `pages`, and
// looks whether each is gone.
static void
forgets(struct pagemap_page table, uint32_t first, uint32_t count,
        struct access access, struct vfpage pages, const char *when)
{
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);

        for (uint32_t i = 0; i < count; i++)
                *entry_of(table, first + i * PAGE_SIZE) =
                        raw_page(page.frame, access);
        for (uint32_t i = 0; i < count; i++)
                expect_reads(vaddr(first + i * PAGE_SIZE), word,
                             "before anything is changed");
        for (uint32_t i = 0; i < count; i++)
                *entry_of(table, first + i * PAGE_SIZE) = 0;
        tlb_invalidate(pages);
        for (uint32_t i = 0; i < count; i++)
                expect_no_access(vaddr(first + i * PAGE_SIZE), when);
}

TEST(invalidate_forgets_each_page_of_a_range)
{
        struct pagemap_page table = table_for(live_begin(), PLACE);

        forgets(table, PLACE, 16, USER_READ, raw_pages(PLACE, 16),
                "after tlb_invalidate of a range of 64 KB");
        for (unsigned log2_size = 12; log2_size < 20; log2_size++) {
                char when[80];
                format(when, sizeof(when),
                       "after tlb_invalidate of a range of 2^%u bytes of "
                       "global pages",
                       log2_size);
                forgets(table, PLACE, 1u << (log2_size - PAGE_LOG2),
                        global_write, raw_pages(PLACE, log2_size), when);
        }
        forgets(table, PLACE, 64, global_write, raw_pages(0x40400000, 22),
                "after tlb_invalidate of a range of 4 MB of small pages");
        live_end();
}

TEST(invalidate_forgets_superpages)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);
        uint32_t offset = page.frame.value % SUPERPAGE_SIZE;
        uint32_t *entries = &directory.mapped[0x40000000 / SUPERPAGE_SIZE];

        // The second of two, forgotten together.
        for (int global = 0; global < 2; global++) {
                struct access access = USER_WRITE;
                access.global = global;
                entries[0] = entries[1] =
                        raw_superpage(paddr(ARENA_FRAMES), access);
                expect_reads(vaddr(0x40000000 + offset), word,
                             "before anything is changed");
                expect_reads(vaddr(0x40400000 + offset), word,
                             "before anything is changed");
                entries[0] = entries[1] = 0;
                tlb_invalidate(raw_pages(0x40000000, 23));
                expect_no_access(vaddr(0x40000000 + offset),
                                 "after "
                                 "tlb_invalidate of a range of 8 MB");
                expect_no_access(vaddr(0x40400000 + offset),
                                 "after "
                                 "tlb_invalidate of a range of 8 MB");
        }

        // A range within a superpage, and the superpage with it.
        entries[1] = raw_superpage(paddr(ARENA_FRAMES), USER_WRITE);
        uint32_t inside = 0x40400000 + offset;
        expect_writes(vaddr(inside), page, "before anything is changed");
        entries[1] &= ~ENTRY_WRITE;
        tlb_invalidate(raw_pages(inside, 12));
        expect_read_only(vaddr(inside),
                         "after the superpage lost the write "
                         "bit and tlb_invalidate of this page was called");
        live_end();
}

TEST(invalidate_up_to_the_top_of_the_address_space)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = table_for(directory, TOP);

        forgets(table, TOP, 2, global_write, raw_pages(TOP, 13),
                "after tlb_invalidate of the last 8 KB");
        forgets(table, 0xFFFF0000, 16, USER_READ, raw_pages(0xFFFF0000, 16),
                "after tlb_invalidate of the last 64 KB");
        forgets(table, 0xFFF00000, 100, global_write, raw_pages(0x80000000, 31),
                "after tlb_invalidate of the upper half of the address space");
        forgets(table, TOP, 2, global_write, raw_pages(0, 32),
                "after tlb_invalidate of the complete address space");
        live_end();
}

TEST(flush_forgets_global_translations_too)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = table_for(directory, PLACE);
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);
        uint32_t large = 0x48400000 + page.frame.value % SUPERPAGE_SIZE;
        uint32_t *entry = entry_of(table, PLACE);
        uint32_t *superpage = &directory.mapped[large / SUPERPAGE_SIZE];

        entry[0] = raw_page(page.frame, USER_READ);
        entry[1] = raw_page(page.frame, global_write);
        *superpage = raw_superpage(paddr(ARENA_FRAMES), global_write);
        expect_reads(vaddr(PLACE), word, "before anything is changed");
        expect_reads(vaddr(PLACE + PAGE_SIZE), word,
                     "before anything is changed");
        expect_reads(vaddr(large), word, "before anything is changed");

        entry[0] = entry[1] = *superpage = 0;
        tlb_flush();
        expect_no_access(vaddr(PLACE), "after tlb_flush");
        expect_no_access(vaddr(PLACE + PAGE_SIZE),
                         "after tlb_flush (a global page)");
        expect_no_access(vaddr(large), "after tlb_flush (a global superpage)");

        // Where global pages are switched off there is still something to
        // forget, and they stay off.
        uint32_t cr4 = read_cr4();
        write_cr4(cr4 & ~CR4_PGE);
        entry[0] = raw_page(page.frame, USER_READ);
        expect_reads(vaddr(PLACE), word, "before anything is changed");
        entry[0] = 0;
        tlb_flush();
        expect_no_access(vaddr(PLACE),
                         "after tlb_flush while CR4.PGE is clear");
        write_cr4(cr4);
        live_end();
}

static void
registers_stay(uint32_t cr0, uint32_t cr3, uint32_t cr4, const char *after)
{
        expect_hex(cr4, read_cr4(), "CR4 after %s", after);
        expect_hex(cr3, read_cr3(), "CR3 after %s", after);
        expect_hex(cr0, read_cr0(), "CR0 after %s", after);
}

TEST(invalidation_leaves_everything_else_as_it_was)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = table_for(directory, PLACE);
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);
        *entry_of(table, PLACE) = raw_page(page.frame, global_write);
        arena_watch();

        uint32_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4();
        tlb_invalidate_page(vaddr(PLACE));
        registers_stay(cr0, cr3, cr4, "tlb_invalidate_page");
        tlb_invalidate(raw_pages(PLACE, 16));
        tlb_invalidate(raw_pages(0xC0000000, 22));
        tlb_invalidate(raw_pages(0, 32));
        tlb_invalidate(raw_pages(0, 0));
        registers_stay(cr0, cr3, cr4, "tlb_invalidate");
        tlb_flush();
        registers_stay(cr0, cr3, cr4, "tlb_flush");

        // Global pages may be switched off: then they stay so.
        write_cr4(cr4 & ~CR4_PGE);
        tlb_flush();
        registers_stay(cr0, cr3, cr4 & ~CR4_PGE,
                       "tlb_flush while CR4.PGE is clear");
        write_cr4(cr4);

        arena_check_used("after all three functions");
        expect_reads(vaddr(PLACE), word, "after all three functions");
        live_end();
}
