// SPDX-License-Identifier: MIT
// Tests of exercise 1.3, entries.
#include <h4/entries.h>
#include <h4/test.h>
#include <kernel/entry.h>

#define UNTOUCHED 0xEEEEEEE0u // not present

// The access of number `i`, of 28: perms 1 to 7, user and global.
#define ACCESSES 28u

static struct access
access_number(unsigned i)
{
        return (struct access){
                .perms = 1 + i % 7,
                .user = i / 7 & 1,
                .global = i / 14 & 1,
        };
}

TEST(pte_make_says_what_was_asked_for)
{
        for (unsigned i = 0; i < ACCESSES; i++) {
                struct access access = access_number(i);
                struct paddr frame = paddr(0x00412000 + i * PAGE_SIZE);
                pte_t entry = UNTOUCHED;
                expect_result(PAGING_OK, pte_make(frame, access, &entry),
                              "pte_make for frame 0x%08x and %s", frame.value,
                              access_words(access).text);
                expect_entry(entry, false, frame, access, "pte_make");
        }

        // Rights beyond the three are ignored, and the last frame is a frame.
        struct access more = READ_ONLY;
        more.perms |= ~PERM_ALL;
        pte_t entry = UNTOUCHED;
        expect_result(PAGING_OK, pte_make(paddr(0xFFFFF000), more, &entry),
                      "pte_make for frame 0xfffff000");
        expect_entry(entry, false, paddr(0xFFFFF000), READ_ONLY, "pte_make");
}

TEST(pde_make_superpage_says_what_was_asked_for)
{
        for (unsigned i = 0; i < ACCESSES; i++) {
                struct access access = access_number(i);
                struct paddr frame = paddr(i * SUPERPAGE_SIZE);
                pde_t entry = UNTOUCHED;
                expect_result(PAGING_OK,
                              pde_make_superpage(frame, access, &entry),
                              "pde_make_superpage for frame 0x%08x and %s",
                              frame.value, access_words(access).text);
                expect_entry(entry, true, frame, access, "pde_make_superpage");
        }

        pde_t entry = UNTOUCHED;
        expect_result(PAGING_OK,
                      pde_make_superpage(paddr(0xFFC00000), USER_WRITE, &entry),
                      "pde_make_superpage for frame 0xffc00000");
        expect_entry(entry, true, paddr(0xFFC00000), USER_WRITE,
                     "pde_make_superpage");
}

static void
makes_table(uint32_t frame, bool user)
{
        const uint32_t due =
                frame | ENTRY_PRESENT | ENTRY_WRITE | (user ? ENTRY_USER : 0);
        // All that the processor reads in such an entry.
        const uint32_t read = 0xFFFFF0BF;
        pde_t entry = UNTOUCHED;

        expect_result(PAGING_OK, pde_make_table(paddr(frame), user, &entry),
                      "pde_make_table for frame 0x%08x, %s", frame,
                      user ? "user" : "kernel only");
        if ((entry ^ due) & read)
                fail_values(entry_words(due).text, entry_words(entry).text,
                            "pde_make_table for frame 0x%08x, %s", frame,
                            user ? "user" : "kernel only");
}

TEST(pde_make_table_takes_nothing_away)
{
        for (unsigned i = 0; i < 8; i++) {
                uint32_t frame = random_word() & ENTRY_FRAME;
                makes_table(frame, false);
                makes_table(frame, true);
        }
        makes_table(0xFFFFF000, true);
        makes_table(0, false);
}

static void
reports(uint32_t entry, struct access due)
{
        struct access found = entry_access(entry);
        if (found.perms != due.perms || found.user != due.user ||
            found.global != due.global)
                fail_values(access_words(due).text, access_words(found).text,
                            "entry_access(0x%08x)", entry);
}

TEST(entry_access_reports_what_was_asked_for)
{
        for (unsigned i = 0; i < ACCESSES; i++) {
                struct access due = access_number(i);
                uint32_t page = raw_page(paddr(0x00412000), due);
                uint32_t superpage = raw_superpage(paddr(0x00C00000), due);

                // Writing implies reading.
                if (due.perms & PERM_W)
                        due.perms |= PERM_R;
                reports(page, due);
                reports(page | ENTRY_USED, due);
                reports(superpage, due);
                reports(superpage | ENTRY_DIRTY, due);
        }
}

TEST(entries_refuse_a_misaligned_frame)
{
        static const uint32_t small[] = { 0x00412001, 0x00412800, 0x00412FFF,
                                          0xFFFFFFFF };
        static const uint32_t large[] = { 0x00401000, 0x00600000, 0x00400001,
                                          0x007FF000, 0xFFFFF000 };
        uint32_t entry;

        expect_result(PAGING_OK, pte_make(paddr(0x00412000), USER_READ, &entry),
                      "pte_make for frame 0x00412000");
        expect_result(PAGING_OK,
                      pde_make_table(paddr(0x00412000), true, &entry),
                      "pde_make_table for frame 0x00412000");
        expect_result(PAGING_OK,
                      pde_make_superpage(paddr(0x00400000), USER_READ, &entry),
                      "pde_make_superpage for frame 0x00400000");

        entry = UNTOUCHED;
        for (unsigned i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
                struct paddr frame = paddr(small[i]);
                expect_result(PAGING_MISALIGNED,
                              pte_make(frame, USER_READ, &entry),
                              "pte_make for frame 0x%08x", frame.value);
                expect_result(PAGING_MISALIGNED,
                              pde_make_table(frame, true, &entry),
                              "pde_make_table for frame 0x%08x", frame.value);
        }
        for (unsigned i = 0; i < sizeof(large) / sizeof(large[0]); i++)
                expect_result(
                        PAGING_MISALIGNED,
                        pde_make_superpage(paddr(large[i]), USER_READ, &entry),
                        "pde_make_superpage for frame 0x%08x", large[i]);
        expect_hex(UNTOUCHED, entry, "the entry after it was refused");
}

TEST(entries_refuse_an_access_that_allows_nothing)
{
        struct access access = { .perms = PERM_X,
                                 .user = true,
                                 .global = true };
        uint32_t entry;

        expect_result(PAGING_OK, pte_make(paddr(0x00400000), access, &entry),
                      "pte_make with the right to execute");
        expect_result(PAGING_OK,
                      pde_make_superpage(paddr(0x00400000), access, &entry),
                      "pde_make_superpage with the right to execute");

        // 8 is not one of the rights: it is ignored, and nothing is left.
        entry = UNTOUCHED;
        for (access.perms = 0; access.perms <= 8; access.perms += 8) {
                expect_result(PAGING_NO_ACCESS,
                              pte_make(paddr(0x00400000), access, &entry),
                              "pte_make with perms = %u", access.perms);
                expect_result(
                        PAGING_NO_ACCESS,
                        pde_make_superpage(paddr(0x00400000), access, &entry),
                        "pde_make_superpage with perms = %u", access.perms);
        }
        expect_hex(UNTOUCHED, entry, "the entry after it was refused");
}

TEST(fresh_entries_are_not_used_yet)
{
        struct {
                uint32_t before, entry, behind;
        } place;

        for (int round = 0; round < 64; round++) {
                struct access access = random_access();
                uint32_t frame = random_word();
                place.before = place.behind = random_word();

                // Whatever stood there before makes no difference.
                place.entry = random_word();
                pte_make(paddr(frame & ENTRY_FRAME), access, &place.entry);
                expect_entry(place.entry, false, paddr(frame & ENTRY_FRAME),
                             access, "pte_make");

                place.entry = random_word();
                pde_make_superpage(paddr(frame & ENTRY_SUPERPAGE_FRAME), access,
                                   &place.entry);
                expect_entry(place.entry, true,
                             paddr(frame & ENTRY_SUPERPAGE_FRAME), access,
                             "pde_make_superpage");

                place.entry = random_word();
                pde_make_table(paddr(frame & ENTRY_FRAME), true, &place.entry);
                expect_hex(ENTRY_PRESENT,
                           place.entry & (ENTRY_PRESENT | ENTRY_ACCESSED),
                           "pde_make_table: the present and accessed bits");
                if (place.before != place.behind)
                        fail("a word beside the entry was written to");
        }
}

TEST(what_was_asked_for_comes_back)
{
        for (int round = 0; round < 64; round++) {
                struct access access = random_access();
                if (access.perms & PERM_W)
                        access.perms |= PERM_R;

                uint32_t entry = UNTOUCHED;
                pte_make(paddr(random_word() & ENTRY_FRAME), access, &entry);
                reports(entry, access);
                pde_make_superpage(paddr(random_word() & ENTRY_SUPERPAGE_FRAME),
                                   access, &entry);
                reports(entry, access);
        }
}
