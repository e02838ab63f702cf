// SPDX-License-Identifier: MIT
// Tests of exercise 1.8, the software page walk.
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/walk.h>

static const struct translation untouched = {
        .physical = { 0xEEEEEEEE },
        .log2_size = 99,
        .perms = 99,
};

static void
compare(const struct translation *due, const struct translation *found,
        uint32_t address)
{
        expect_hex(due->physical.value, found->physical.value,
                   "page_walk for 0x%08x: the physical address", address);
        expect_number(due->log2_size, found->log2_size,
                      "page_walk for 0x%08x: the page's size, a power of two",
                      address);
        expect_number(due->perms, found->perms,
                      "page_walk for 0x%08x: perms (4 read, 2 write, 1 "
                      "execute)",
                      address);
        expect_bool(due->user, found->user, "page_walk for 0x%08x: user",
                    address);
        expect_bool(due->global, found->global, "page_walk for 0x%08x: global",
                    address);
        expect_bool(due->accessed, found->accessed,
                    "page_walk for 0x%08x: accessed", address);
        expect_bool(due->dirty, found->dirty, "page_walk for 0x%08x: dirty",
                    address);
}

// Walks, and compares with what the test itself says.
static void
finds(struct pagemap_page directory, uint32_t address, struct translation due)
{
        struct translation found = untouched;
        expect_result(PAGING_OK,
                      page_walk(directory.frame, vaddr(address), &found),
                      "page_walk for 0x%08x", address);
        compare(&due, &found, address);
}

static void
finds_nothing(struct pagemap_page directory, uint32_t address)
{
        struct translation found = untouched;
        expect_result(PAGING_NOT_MAPPED,
                      page_walk(directory.frame, vaddr(address), &found),
                      "page_walk for 0x%08x", address);
        compare(&untouched, &found, address);
}

// Addresses at the borders that matter.
static const uint32_t borders[] = {
        0x00000000, 0x00000FFF, 0x003FFFFF, 0x00400000, 0x00401ABC,
        0xBFFFFFFF, 0xC0000000, 0xFFFFF000, 0xFFFFFFFF,
};

#define BORDERS (sizeof(borders) / sizeof(borders[0]))

TEST(walk_finds_small_pages)
{
        // Frames up to the last one, of memory that is there and that is not.
        static const uint32_t frames[] = { 0x00000000, 0x00412000, 0x80001000,
                                           0xFFFFF000 };
        struct pagemap_page directory = arena_page("page-directory");
        for (unsigned i = 0; i < BORDERS; i++) {
                struct pagemap_page table = arena_page("page-table");
                uint32_t frame = frames[i % 4];
                directory.mapped[borders[i] / SUPERPAGE_SIZE] =
                        raw_table(table);
                table.mapped[borders[i] / PAGE_SIZE % TABLE_ENTRIES] =
                        raw_page(paddr(frame), USER_WRITE);
                finds(directory, borders[i],
                      (struct translation){
                              .physical = { frame + borders[i] % PAGE_SIZE },
                              .log2_size = PAGE_LOG2,
                              .perms = PERM_R | PERM_W,
                              .user = true,
                      });
        }
}

// Of a superpage's entry, how the processor is to cache it, and no part of the frame.
#define ENTRY_PAT 0x1000u

TEST(walk_finds_superpages)
{
        static const uint32_t frames[] = { 0x00000000, 0x00400000, 0x80C00000,
                                           0xFFC00000 };
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");
        for (unsigned i = 0; i < BORDERS; i++) {
                unsigned index = borders[i] / SUPERPAGE_SIZE;
                uint32_t frame = frames[i % 4];
                // A page-table beside it.
                directory.mapped[index ^ 2] = raw_table(table);
                directory.mapped[index] =
                        raw_superpage(paddr(frame), USER_READ) |
                        (i % 2 ? ENTRY_PAT : 0);
                finds(directory, borders[i],
                      (struct translation){
                              .physical = { frame +
                                            borders[i] % SUPERPAGE_SIZE },
                              .log2_size = SUPERPAGE_LOG2,
                              .perms = PERM_R,
                              .user = true,
                      });
        }
}

TEST(walk_allows_what_both_levels_allow)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");

        // Write and user bits, of each level, in all 16 combinations.
        for (unsigned bits = 0; bits < 16; bits++) {
                bool upper_write = bits & 1, upper_user = bits & 2;
                bool lower_write = bits & 4, lower_user = bits & 8;
                directory.mapped[256] = table.frame.value | ENTRY_PRESENT |
                                        (upper_write ? ENTRY_WRITE : 0) |
                                        (upper_user ? ENTRY_USER : 0);
                table.mapped[7] =
                        raw_page(paddr(0x00412000),
                                 (struct access){
                                         .perms = PERM_R | PERM_X |
                                                  (lower_write ? PERM_W : 0),
                                         .user = lower_user,
                                 });
                finds(directory, 0x40007008,
                      (struct translation){
                              .physical = { 0x00412008 },
                              .log2_size = PAGE_LOG2,
                              .perms =
                                      PERM_R | PERM_X |
                                      (upper_write && lower_write ? PERM_W : 0),
                              .user = upper_user && lower_user,
                      });
        }
        for (unsigned i = 0; i < 14; i++) {
                struct access access = { .perms = 1 + i % 7, .user = i / 7 };
                uint32_t implied = access.perms & PERM_W ? PERM_R : 0;
                directory.mapped[257] =
                        raw_superpage(paddr(0x00800000), access);
                finds(directory, 0x40400010,
                      (struct translation){
                              .physical = { 0x00800010 },
                              .log2_size = SUPERPAGE_LOG2,
                              .perms = access.perms | implied,
                              .user = access.user,
                      });
        }
}

TEST(walk_reports_accessed_dirty_and_global)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");

        // Only those of the entry that maps the page count.
        for (unsigned bits = 0; bits < 8; bits++) {
                uint32_t set = (bits & 1 ? ENTRY_ACCESSED : 0) |
                               (bits & 2 ? ENTRY_DIRTY : 0) |
                               (bits & 4 ? ENTRY_GLOBAL : 0);
                uint32_t others = (ENTRY_USED | ENTRY_GLOBAL) & ~set;
                struct translation due = {
                        .physical = { 0x00C12000 },
                        .log2_size = PAGE_LOG2,
                        .perms = PERM_R,
                        .accessed = bits & 1,
                        .dirty = bits & 2,
                        .global = bits & 4,
                };

                directory.mapped[3] = raw_table(table) | others;
                table.mapped[0x12] =
                        raw_page(paddr(0x00C12000), READ_ONLY) | set;
                finds(directory, 0x00C12000, due);
                directory.mapped[3] =
                        raw_superpage(paddr(0x00C00000), READ_ONLY) | set;
                due.log2_size = SUPERPAGE_LOG2;
                finds(directory, 0x00C12000, due);
        }
}

TEST(walk_agrees_with_the_processor)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = arena_page("page-table");
        struct pagemap_page page = arena_page("page");
        uint32_t word = frame_mark(page);
        const uint32_t small = 0x40701000;
        const uint32_t large = 0x40C00000 + page.frame.value % SUPERPAGE_SIZE;
        const char *when = "in the directory that page_walk goes through";
        directory.mapped[small / SUPERPAGE_SIZE] = raw_table(table);
        table.mapped[small / PAGE_SIZE % TABLE_ENTRIES] =
                raw_page(page.frame, USER_WRITE);
        directory.mapped[large / SUPERPAGE_SIZE] =
                raw_superpage(paddr(ARENA_FRAMES), READ_WRITE);

        // Before anything is touched, after it was read, after it was written.
        struct translation due[2] = {
                { .physical = page.frame,
                  .log2_size = PAGE_LOG2,
                  .perms = PERM_R | PERM_W,
                  .user = true },
                { .physical = page.frame,
                  .log2_size = SUPERPAGE_LOG2,
                  .perms = PERM_R | PERM_W },
        };
        finds(directory, small, due[0]);
        finds(directory, large, due[1]);
        expect_reads(vaddr(small), word, when);
        expect_reads(vaddr(large), word, when);
        due[0].accessed = due[1].accessed = true;
        finds(directory, small, due[0]);
        finds(directory, large, due[1]);
        expect_writes(vaddr(small), page, when);
        expect_writes(vaddr(large), page, when);
        due[0].dirty = due[1].dirty = true;
        finds(directory, small, due[0]);
        finds(directory, large, due[1]);
        live_end();
}

TEST(walk_refuses_a_misaligned_directory)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct translation found;
        directory.mapped[0] = raw_superpage(paddr(0x00400000), READ_ONLY);
        expect_result(PAGING_OK, page_walk(directory.frame, vaddr(0), &found),
                      "page_walk by the directory in frame 0x%08x",
                      directory.frame.value);

        arena_watch();
        found = untouched;
        for (uint32_t low = 1; low < PAGE_SIZE; low <<= 1)
                expect_result(PAGING_MISALIGNED,
                              page_walk(paddr(directory.frame.value | low),
                                        vaddr(0), &found),
                              "page_walk by the directory in frame 0x%08x",
                              directory.frame.value | low);
        compare(&untouched, &found, 0);
        arena_check("after page_walk has refused");
}

TEST(walk_refuses_what_is_not_mapped)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page table = arena_page("page-table");
        directory.mapped[1023] = raw_table(table);
        table.mapped[1023] = raw_page(paddr(0x00412000), READ_ONLY);
        finds(directory, 0xFFFFF000,
              (struct translation){ .physical = { 0x00412000 },
                                    .log2_size = PAGE_LOG2,
                                    .perms = PERM_R });

        // Entries that are not present, whatever else they hold.
        table.mapped[1022] = 0xFFFFFFFE;
        directory.mapped[767] = 0xFFFFFFFE;
        directory.mapped[768] = raw_table(table) & ~ENTRY_PRESENT;
        arena_watch();
        finds_nothing(directory, 0xFFFFE000);
        finds_nothing(directory, 0xFFFFDFFF);
        finds_nothing(directory, 0xBFC00000);
        finds_nothing(directory, 0xC03FF000);
        finds_nothing(directory, 0x00000000);
        arena_check("after page_walk has found nothing");
}

static uint32_t
random_entry(bool superpage)
{
        uint32_t frame = random_word();
        uint32_t used = random_word() & ENTRY_USED;
        if (random_below(4) == 0)
                return random_word() & ~ENTRY_PRESENT;
        if (superpage)
                return raw_superpage(paddr(frame & ENTRY_SUPERPAGE_FRAME),
                                     random_access()) |
                       used;
        return raw_page(paddr(frame & ENTRY_FRAME), random_access()) | used;
}

// A directory of superpages and page-tables with random rights, and nothing in
// it that the exercises could not have made.
static struct pagemap_page
random_directory(void)
{
        struct pagemap_page directory = arena_page("page-directory");
        struct pagemap_page tables[3];
        for (unsigned t = 0; t < 3; t++) {
                tables[t] = arena_page("page-table");
                for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                        tables[t].mapped[i] = random_entry(false);
        }
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                if (random_below(2))
                        directory.mapped[i] = random_entry(true);
                else
                        directory.mapped[i] =
                                tables[random_below(3)].frame.value |
                                ENTRY_PRESENT |
                                (random_word() & (ENTRY_WRITE | ENTRY_USER |
                                                  ENTRY_USED | ENTRY_GLOBAL));
        return directory;
}

TEST(walk_agrees_with_the_hardware_rules_everywhere)
{
        struct pagemap_page directory = random_directory();
        for (int round = 0; round < 1000; round++) {
                uint32_t address = random_word();
                struct translation due;
                if (oracle_walk(directory, vaddr(address), &due))
                        finds(directory, address, due);
                else
                        finds_nothing(directory, address);
        }
}

TEST(walk_changes_nothing)
{
        struct pagemap_page directory = random_directory();
        struct translation found;
        uint32_t cr3 = read_cr3();
        arena_watch();
        for (int round = 0; round < 200; round++) {
                uint32_t address = random_word();
                page_walk(directory.frame, vaddr(address), &found);
        }
        arena_check("after 200 walks");
        expect_hex(cr3, read_cr3(), "CR3 after 200 walks");
}
