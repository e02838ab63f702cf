// SPDX-License-Identifier: MIT
// Tests of exercise 1.6 in a live address space, where memory is touched, and
// over random operations.
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/paging.h>

// Two places: in user space, and the end of the address space.
#define PLACE 0x40700000u
#define TOP 0xFFFF0000u

static struct pagemap_page
table_for(struct pagemap_page directory, uint32_t address)
{
        struct pagemap_page table = arena_page("page-table");
        directory.mapped[address / SUPERPAGE_SIZE] = raw_table(table);
        live_flush();
        return table;
}

static void
adds(struct pagemap_page table, uint32_t address, unsigned log2_size,
     struct paddr frames, struct access access)
{
        expect_result(PAGING_OK,
                      add_table_entries(table.mapped,
                                        raw_pages(address, log2_size), frames,
                                        access),
                      "add_table_entries(2^%u bytes at 0x%08x to frame 0x%08x)",
                      log2_size, address, frames.value);
}

TEST(add_in_a_live_address_space)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page user = table_for(directory, PLACE);
        struct pagemap_page top = table_for(directory, TOP);
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);

        adds(user, PLACE, 12, page.frame, USER_WRITE);
        adds(user, 0x407FF000, 12, page.frame, USER_READ);
        adds(top, 0xFFFFF000, 12, page.frame, READ_WRITE);
        expect_reads(vaddr(PLACE), word, "after add_table_entries");
        expect_writes(vaddr(PLACE + 64), page, "after add_table_entries");
        expect_read_only(vaddr(0x407FF000), "after add_table_entries without "
                                            "the right to write");
        expect_reads(vaddr(0xFFFFF000), word,
                     "after add_table_entries at the "
                     "end of the address space");
        expect_writes(vaddr(0xFFFFFFFC), page,
                      "after add_table_entries at the "
                      "end of the address space");

        // Two pages that end with the address space, in the right order: the
        // second one is where the page above was mapped to.
        struct paddr even = paddr(page.frame.value & ~PAGE_SIZE);
        uint32_t place = 0xFFFFC000 + (page.frame.value & PAGE_SIZE);
        adds(top, 0xFFFFC000, 13, even, READ_ONLY);
        expect_reads(vaddr(place), word, "after add_table_entries of 8 KB");
        expect_mapped(directory, vaddr(0xFFFFD004),
                      paddr(even.value + PAGE_SIZE + 4), PAGE_LOG2, READ_ONLY,
                      "after add_table_entries of 8 KB");
        live_end();
}

// The right of user code alone. The kernel may touch the page all the same, so the
// entry is taken away behind the exercise's back: a touch that still succeeds is served
// by the translation with the old right. The processor remembers it of a page that was
// only read, too.
static void
users_lose_it(struct pagemap_page user, struct pagemap_page page, bool written)
{
        user.mapped[0x300] = raw_page(page.frame, USER_WRITE);
        live_flush();
        touch_read(vaddr(PLACE));
        if (written)
                expect_writes(vaddr(PLACE), page, "before the right is lost");
        expect_result(PAGING_OK,
                      modify_table_entries(user.mapped, raw_pages(PLACE, 12),
                                           READ_WRITE),
                      "modify_table_entries(4 KB at 0x%08x)", PLACE);
        user.mapped[0x300] = 0;
        expect_no_access(vaddr(PLACE),
                         written ? "after modify_table_entries took the right "
                                   "of user code away from a page that was "
                                   "written, and the entry was cleared"
                                 : "after modify_table_entries took the right "
                                   "of user code away from a page that was "
                                   "read, and the entry was cleared");
}

// Pages at PLACE, more than one would forget one by one.
#define MANY_LOG2 18u
#define MANY (1u << (MANY_LOG2 - PAGE_LOG2))

TEST(modify_takes_rights_away_at_once)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page user = table_for(directory, PLACE);
        struct pagemap_page top = table_for(directory, TOP);
        struct pagemap_page page = arena_page("page");
        struct access global_write = READ_WRITE;
        global_write.global = true;

        for (unsigned i = 0; i < MANY; i++) {
                user.mapped[0x300 + i] = raw_page(page.frame, USER_WRITE);
                expect_writes(vaddr(PLACE + i * PAGE_SIZE), page,
                              "before anything is changed");
        }
        for (unsigned i = 0; i < 16; i++) {
                top.mapped[0x3F0 + i] = raw_page(page.frame, global_write);
                expect_writes(vaddr(TOP + i * PAGE_SIZE), page,
                              "before anything is changed");
        }
        expect_result(PAGING_OK,
                      modify_table_entries(user.mapped,
                                           raw_pages(PLACE, MANY_LOG2),
                                           USER_READ),
                      "modify_table_entries(256 KB at 0x%08x)", PLACE);
        expect_result(
                PAGING_OK,
                modify_table_entries(top.mapped, raw_pages(TOP, 16), READ_ONLY),
                "modify_table_entries(64 KB at 0x%08x)", TOP);
        for (unsigned i = 0; i < MANY; i++)
                expect_read_only(vaddr(PLACE + i * PAGE_SIZE),
                                 "after modify_table_entries took the right "
                                 "to write away");
        for (unsigned i = 0; i < 16; i++)
                expect_read_only(vaddr(TOP + i * PAGE_SIZE),
                                 "after modify_table_entries took the right "
                                 "to write away (a global page)");

        // And gives them back.
        expect_result(PAGING_OK,
                      modify_table_entries(user.mapped, raw_pages(PLACE, 12),
                                           USER_WRITE),
                      "modify_table_entries(4 KB at 0x%08x)", PLACE);
        expect_writes(vaddr(PLACE), page,
                      "after modify_table_entries gave the "
                      "right to write back");
        users_lose_it(user, page, true);
        users_lose_it(user, page, false);
        live_end();
}

TEST(remove_forgets_translations)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page user = table_for(directory, PLACE);
        struct pagemap_page top = table_for(directory, TOP);
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);
        struct access global_read = READ_ONLY;
        global_read.global = true;

        for (unsigned i = 0; i < MANY; i++) {
                user.mapped[0x300 + i] = raw_page(page.frame, USER_WRITE);
                expect_reads(vaddr(PLACE + i * PAGE_SIZE), word,
                             "before anything is changed");
        }
        for (unsigned i = 0; i < 16; i++) {
                top.mapped[0x3F0 + i] = raw_page(page.frame, global_read);
                expect_reads(vaddr(TOP + i * PAGE_SIZE), word,
                             "before anything is changed");
        }

        // A page, the rest, and the end of the address space.
        expect_result(PAGING_OK,
                      remove_table_entries(user.mapped, raw_pages(PLACE, 12)),
                      "remove_table_entries(4 KB at 0x%08x)", PLACE);
        expect_no_access(vaddr(PLACE), "after remove_table_entries of it");
        expect_reads(vaddr(PLACE + PAGE_SIZE), word,
                     "after remove_table_entries of the page below");
        expect_result(
                PAGING_OK,
                remove_table_entries(user.mapped, raw_pages(PLACE, MANY_LOG2)),
                "remove_table_entries(256 KB at 0x%08x)", PLACE);
        expect_result(PAGING_OK,
                      remove_table_entries(top.mapped, raw_pages(TOP, 16)),
                      "remove_table_entries(64 KB at 0x%08x)", TOP);
        for (unsigned i = 0; i < MANY; i++)
                expect_no_access(vaddr(PLACE + i * PAGE_SIZE),
                                 "after remove_table_entries");
        for (unsigned i = 0; i < 16; i++)
                expect_no_access(vaddr(TOP + i * PAGE_SIZE),
                                 "after remove_table_entries (a global page)");
        live_end();
}

// What the entries of a table are expected to be, entry by entry.
struct model {
        bool present[TABLE_ENTRIES];
        uint32_t frame[TABLE_ENTRIES];
        struct access access[TABLE_ENTRIES];
};

static bool
all_present(const struct model *model, unsigned first, unsigned count,
            bool present)
{
        for (unsigned i = 0; i < count; i++)
                if (model->present[first + i] != present)
                        return false;
        return true;
}

// One operation at random on table and model.
static void
step(struct pagemap_page table, struct model *model)
{
        unsigned n = 12 + random_below(8), count = 1u << (n - 12);
        unsigned first = random_below(TABLE_ENTRIES) & ~(count - 1);
        uint32_t frames = random_word() >> n << n;
        struct access access = random_access();
        struct vfpage pages = raw_pages(
                PLACE / SUPERPAGE_SIZE * SUPERPAGE_SIZE + first * PAGE_SIZE, n);
        enum paging_result due = PAGING_OK, found;

        switch (random_below(3)) {
        case 0:
                if (!all_present(model, first, count, false))
                        due = PAGING_IN_USE;
                found = add_table_entries(table.mapped, pages, paddr(frames),
                                          access);
                for (unsigned i = 0; due == PAGING_OK && i < count; i++) {
                        model->present[first + i] = true;
                        model->frame[first + i] = frames + i * PAGE_SIZE;
                        model->access[first + i] = access;
                }
                expect_result(due, found,
                              "add_table_entries(%u pages at entry "
                              "%u)",
                              count, first);
                break;
        case 1:
                if (!all_present(model, first, count, true))
                        due = PAGING_NOT_MAPPED;
                found = modify_table_entries(table.mapped, pages, access);
                for (unsigned i = 0; due == PAGING_OK && i < count; i++)
                        model->access[first + i] = access;
                expect_result(due, found,
                              "modify_table_entries(%u pages at "
                              "entry %u)",
                              count, first);
                break;
        default:
                found = remove_table_entries(table.mapped, pages);
                for (unsigned i = 0; i < count; i++)
                        model->present[first + i] = false;
                expect_result(due, found,
                              "remove_table_entries(%u pages at "
                              "entry %u)",
                              count, first);
                break;
        }
}

TEST(random_operations_leave_what_a_model_says)
{
        static struct model model;
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                model.present[i] = false;
        directory.mapped[PLACE / SUPERPAGE_SIZE] = raw_table(table);
        arena_watch();

        for (int round = 1; round <= 80; round++) {
                step(table, &model);
                if (round % 16)
                        continue;
                for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                        if (model.present[i])
                                expect_page(table, i, paddr(model.frame[i]),
                                            model.access[i], 0,
                                            "after some random operations");
                        else
                                expect_absent(table, i,
                                              "after some random "
                                              "operations");
                arena_check("after some random operations");
        }
        expect_invariants(directory, "after random operations");
}
