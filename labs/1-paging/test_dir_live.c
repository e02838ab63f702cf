// SPDX-License-Identifier: MIT
// Tests of exercise 1.7 in a live address space, where memory is touched, and
// over random operations.
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/paging.h>

// The second of two superpages, and the last one: there the kernel's window is
// not needed.
#define PLACE 0x40400000u
#define TOP 0xFFC00000u

TEST(add_dir_beside_small_pages)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = arena_page("page-table");
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);
        uint32_t offset = page.frame.value % SUPERPAGE_SIZE;
        table.mapped[1023] = raw_page(page.frame, USER_READ);
        directory.mapped[PLACE / SUPERPAGE_SIZE - 1] = raw_table(table);

        expect_result(PAGING_OK,
                      add_dir_entries(directory.mapped, raw_pages(PLACE, 22),
                                      paddr(ARENA_FRAMES), USER_WRITE),
                      "add_dir_entries(4 MB at 0x%08x)", PLACE);
        expect_reads(vaddr(PLACE + offset), word, "after add_dir_entries");
        expect_writes(vaddr(PLACE + offset + 64), page,
                      "after add_dir_entries");
        expect_reads(vaddr(PLACE - PAGE_SIZE), word,
                     "beside the superpage, in a small page");
        expect_mapped(directory, vaddr(PLACE + 0x3FFFFF),
                      paddr(ARENA_FRAMES + 0x3FFFFF), SUPERPAGE_LOG2,
                      USER_WRITE, "after add_dir_entries");
        expect_mapped(directory, vaddr(PLACE - PAGE_SIZE), page.frame,
                      PAGE_LOG2, USER_READ, "beside the superpage");
        expect_no_access(vaddr(PLACE + SUPERPAGE_SIZE), "behind the superpage");
        live_end();
}

// Three superpages that are in use: the first two by `page`, the last one by
// `other`. The processor may remember each small part of a superpage by itself.
static void
use_three(struct pagemap_page directory, struct pagemap_page page,
          struct pagemap_page other, struct access access)
{
        uint32_t *entries = directory.mapped;
        entries[PLACE / SUPERPAGE_SIZE - 1] = entries[PLACE / SUPERPAGE_SIZE] =
                entries[TOP / SUPERPAGE_SIZE] =
                        raw_superpage(paddr(ARENA_FRAMES), access);
        live_flush();

        for (uint32_t part = PAGE_SIZE; part < SUPERPAGE_SIZE / 2; part *= 2) {
                touch_read(vaddr(PLACE + part));
                touch_read(vaddr(TOP + SUPERPAGE_SIZE - part));
        }
        const char *when = "before anything is changed";
        uint32_t offset = page.frame.value % SUPERPAGE_SIZE;
        expect_writes(vaddr(PLACE - SUPERPAGE_SIZE + offset), page, when);
        expect_writes(vaddr(PLACE + offset), page, when);
        expect_writes(vaddr(TOP + other.frame.value % SUPERPAGE_SIZE), other,
                      when);
}

// The right of user code alone. The kernel may touch the page all the same, so the
// entry is taken away behind the exercise's back: a touch that still succeeds is served
// by the translation with the old right. The processor remembers it of a superpage that
// was only read, too.
static void
users_lose_it(struct pagemap_page directory, uint32_t address)
{
        expect_result(PAGING_OK,
                      modify_dir_entries(directory.mapped,
                                         raw_pages(0x40000000, 23), READ_WRITE),
                      "modify_dir_entries(8 MB at 0x40000000)");
        directory.mapped[PLACE / SUPERPAGE_SIZE] = 0;
        expect_no_access(vaddr(address),
                         "after modify_dir_entries took the right of user code "
                         "away, and the entry was cleared");
}

TEST(modify_dir_takes_rights_away_at_once)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page page = arena_page("page");
        struct pagemap_page other = arena_page("page");
        const char *when = "after modify_dir_entries took the right to write "
                           "away";

        for (int global = 0; global < 2; global++) {
                struct access access = USER_WRITE;
                access.global = global;
                use_three(directory, page, other, access);
                expect_result(PAGING_OK,
                              modify_dir_entries(directory.mapped,
                                                 raw_pages(0x40000000, 23),
                                                 USER_READ),
                              "modify_dir_entries(8 MB at 0x40000000)");
                expect_result(PAGING_OK,
                              modify_dir_entries(directory.mapped,
                                                 raw_pages(TOP, 22), READ_ONLY),
                              "modify_dir_entries(4 MB at 0x%08x)", TOP);

                uint32_t offset = page.frame.value % SUPERPAGE_SIZE;
                expect_read_only(vaddr(PLACE + offset), when);
                expect_read_only(vaddr(PLACE - SUPERPAGE_SIZE + offset), when);
                offset = other.frame.value % SUPERPAGE_SIZE;
                expect_read_only(vaddr(TOP + offset), when);
        }

        use_three(directory, page, other, USER_WRITE);
        users_lose_it(directory, PLACE + page.frame.value % SUPERPAGE_SIZE);
        for (uint32_t i = 0; i < 2; i++)
                directory.mapped[PLACE / SUPERPAGE_SIZE - i] =
                        raw_superpage(paddr(ARENA_FRAMES), USER_WRITE);
        live_flush();
        touch_read(vaddr(PLACE + PAGE_SIZE));
        users_lose_it(directory, PLACE + PAGE_SIZE);
        live_end();
}

TEST(remove_dir_forgets_translations)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page page = arena_page("page");
        struct pagemap_page other = arena_page("page");
        const char *when = "after remove_dir_entries";

        for (int global = 0; global < 2; global++) {
                struct access access = READ_WRITE;
                access.global = global;
                use_three(directory, page, other, access);
                expect_result(PAGING_OK,
                              remove_dir_entries(directory.mapped,
                                                 raw_pages(0x40000000, 23)),
                              "remove_dir_entries(8 MB at 0x40000000)");
                expect_result(PAGING_OK,
                              remove_dir_entries(directory.mapped,
                                                 raw_pages(TOP, 22)),
                              "remove_dir_entries(4 MB at 0x%08x)", TOP);

                uint32_t offset = page.frame.value % SUPERPAGE_SIZE;
                expect_no_access(vaddr(PLACE + offset), when);
                expect_no_access(vaddr(PLACE - SUPERPAGE_SIZE + offset), when);
                offset = other.frame.value % SUPERPAGE_SIZE;
                expect_no_access(vaddr(TOP + offset), when);
                for (uint32_t part = PAGE_SIZE; part < SUPERPAGE_SIZE / 2;
                     part *= 2) {
                        expect_no_access(vaddr(PLACE + part), when);
                        expect_no_access(vaddr(TOP + SUPERPAGE_SIZE - part),
                                         when);
                }
        }
        live_end();
}

// What the entries of a directory are expected to be.
enum kind {
        NOTHING,
        TABLE,
        SUPERPAGE
};
struct model {
        enum kind kind[TABLE_ENTRIES];
        uint32_t frame[TABLE_ENTRIES];
        struct access access[TABLE_ENTRIES];
};

// What the range is made of: the kind of its first entry that is not `kind`,
// or `kind`.
static enum kind
first_other(const struct model *model, unsigned first, unsigned count,
            enum kind kind)
{
        for (unsigned i = 0; i < count; i++)
                if (model->kind[first + i] != kind)
                        return model->kind[first + i];
        return kind;
}

static bool
holds_table(const struct model *model, unsigned first, unsigned count)
{
        for (unsigned i = 0; i < count; i++)
                if (model->kind[first + i] == TABLE)
                        return true;
        return false;
}

static void
step(struct pagemap_page directory, struct model *model)
{
        unsigned n = 22 + random_below(5), count = 1u << (n - 22);
        unsigned first = random_below(TABLE_ENTRIES) & ~(count - 1);
        uint32_t frames = random_word() >> n << n;
        struct access access = random_access();
        struct vfpage pages = raw_pages(first * SUPERPAGE_SIZE, n);
        enum paging_result due = PAGING_OK, found;
        enum kind other;

        switch (random_below(3)) {
        case 0:
                if (first_other(model, first, count, NOTHING) != NOTHING)
                        due = PAGING_IN_USE;
                found = add_dir_entries(directory.mapped, pages, paddr(frames),
                                        access);
                for (unsigned i = 0; due == PAGING_OK && i < count; i++) {
                        model->kind[first + i] = SUPERPAGE;
                        model->frame[first + i] = frames + i * SUPERPAGE_SIZE;
                        model->access[first + i] = access;
                }
                expect_result(due, found,
                              "add_dir_entries(%u superpages at "
                              "entry %u)",
                              count, first);
                break;
        case 1:
                other = first_other(model, first, count, SUPERPAGE);
                if (other != SUPERPAGE)
                        due = other == TABLE ? PAGING_WRONG_LEVEL
                                             : PAGING_NOT_MAPPED;
                found = modify_dir_entries(directory.mapped, pages, access);
                for (unsigned i = 0; due == PAGING_OK && i < count; i++)
                        model->access[first + i] = access;
                expect_result(due, found,
                              "modify_dir_entries(%u superpages "
                              "at entry %u)",
                              count, first);
                break;
        default:
                if (holds_table(model, first, count))
                        due = PAGING_WRONG_LEVEL;
                found = remove_dir_entries(directory.mapped, pages);
                for (unsigned i = 0; due == PAGING_OK && i < count; i++)
                        model->kind[first + i] = NOTHING;
                expect_result(due, found,
                              "remove_dir_entries(%u superpages "
                              "at entry %u)",
                              count, first);
                break;
        }
}

static void
compare(struct pagemap_page directory, const struct model *model)
{
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                if (model->kind[i] == SUPERPAGE)
                        expect_superpage(directory, i, paddr(model->frame[i]),
                                         model->access[i], 0,
                                         "after some random operations");
                else if (model->kind[i] == NOTHING)
                        expect_absent(directory, i,
                                      "after some random operations");
        arena_check("after some random operations");
        expect_invariants(directory, "after some random operations");
}

TEST(random_superpages_leave_what_a_model_says)
{
        static struct model model;
        struct pagemap_page directory = arena_page("page-directory");
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                model.kind[i] = NOTHING;
        for (unsigned i = 0; i < 20; i++) {
                unsigned index = random_below(TABLE_ENTRIES);
                model.kind[index] = TABLE;
                directory.mapped[index] = raw_table(arena_page("page-table"));
        }
        arena_watch();

        for (int round = 1; round <= 80; round++) {
                step(directory, &model);
                if (round % 40 == 0)
                        compare(directory, &model);
        }
}
