// SPDX-License-Identifier: MIT
// Tests of Unmap: which flexpages, which rights, what is told.
#include <l4/ports.h>

#include "unmapping.h"

static unsigned
used_of(uint32_t word)
{
        return word & FPAGE_RIGHTS;
}

// Flush, or not, and each set of rights: of a page that is handed on twice.
static void
expect_ports(uint32_t last, const char *what)
{
        expect_number(1, near->port_count, "%s: rows of ports", what);
        expect_hex(0x1F0, near->ports[0].first, "%s: the first port", what);
        expect_hex(last, near->ports[0].last, "%s: the last port", what);
}

// Ports are there or not: any of the three rights stands for them.
static void
take_ports(void)
{
        ports_give_all(home);
        ports_share(home, near, (struct port_row){ true, 0x1F0, 0x1F7 });
        unmap_one(false, fpage_ports(0x1F4, 2));
        expect_ports(0x1F7, "ports that were only asked about");
        unmap_one(false, fpage_ports(0x1F4, 2) | H_R);
        expect_ports(0x1F3, "half of the ports");
        expect_hex(
                fpage_ports(0x1F4, 2), unmap_answer(0),
                "unmap of ports: message register 0 afterwards, the flexpage");
        unmap_one(false, fpage_ports(0x1F2, 1) | H_X);
        expect_ports(0x1F1, "a quarter of the ports");
}

TEST(unmap_takes_rights_away)
{
        unmapping_begin();
        for (uint32_t i = 0; i < 16; i++) {
                unsigned rights = i % 8;
                bool flush = i >= 8;
                unsigned left = rights & H_R ? 0 : RWX & ~rights;
                unmapping_page(i);
                uint32_t word = fpage_make(page_address(i), 12, rights);
                unmap_one(flush, word);
                expect_rights(home, page_address(i), i, flush ? left : RWX,
                              "the caller's page");
                expect_rights(near, page_address(i), i, left,
                              "a page that the caller has mapped");
                expect_rights(far, page_address(i), i, left,
                              "a page that was handed on");
                expect_hex(word & ~FPAGE_RIGHTS, unmap_answer(0),
                           "unmap of rights %u of a page that nobody has "
                           "used: message register 0 afterwards, the flexpage",
                           rights);
        }
        forest_check("unmap of each set of rights");
        take_ports();
}

// What stands in words that are no flexpages stays as it is, but for the rights.
TEST(unmap_goes_through_all_words)
{
        static const uint32_t nothing[] = {
                FPAGE_NIL,
                FPAGE_NIL | H_R,
                0xABCDE000 | 5 << 4 | RWX,      // of 32 bytes
                0x00000400 | 11 << 4 | RWX | 8, // of 2 KB
                0xC0000000 | 22 << 4 | RWX,     // the kernel's
                FPAGE_PORTS_LOG2 << 4 | 3 << 10 | 0x3F8u << 16 | RW,
        };
        uint32_t words[MESSAGE_REGISTERS];

        unmapping_begin();
        for (uint32_t count = 1; count <= MESSAGE_REGISTERS; count *= 8) {
                for (uint32_t i = 0; i < count; i++) {
                        bool page = i % 6 == 0;
                        words[i] =
                                page ? fpage_make(page_address(i), 12, H_R) | 8
                                     : nothing[i % 6];
                        if (page)
                                unmapping_page_for(i);
                }
                // One more that is not meant.
                if (count < MESSAGE_REGISTERS) {
                        unmapping_page_for(count);
                        utcb_write(caller, (int)count,
                                   fpage_make(page_address(count), 12, H_R));
                }
                unmap_words(false, words, count);
                for (uint32_t i = 0; i < count; i++) {
                        if (i % 6 == 0) {
                                expect_rights(near, page_address(i), i, 0,
                                              "a page among many");
                                expect_rights(home, page_address(i), i, RWX,
                                              "a page among many: the "
                                              "caller's");
                        }
                        expect_hex(words[i] & ~FPAGE_RIGHTS, unmap_answer(i),
                                   "unmap of %u flexpages: word %u", count, i);
                }
                if (count < MESSAGE_REGISTERS)
                        expect_rights(near, page_address(count), count, RWX,
                                      "a page behind the last flexpage");
        }
        // All of them once more, and now the caller's own too.
        unmap_words(true, words, MESSAGE_REGISTERS);
        for (uint32_t i = 0; i < MESSAGE_REGISTERS; i += 6)
                expect_rights(home, page_address(i), i, 0,
                              "a page among many, flushed: the caller's");
        expect_hex(unmap_answer(0), get_register(caller, H_ESI),
                   "unmap: message register 0, compared with ESI");
}

// With no rights it is a question.
TEST(unmap_tells_who_has_used_it)
{
        uint32_t words[4];

        unmapping_begin();
        for (uint32_t i = 0; i < 4; i++) {
                unmapping_page(i);
                words[i] = fpage_make(page_address(i), 12, 0);
        }
        forest_touch(home, page_address(0), H_R);
        forest_touch(near, page_address(1), RW);
        forest_touch(far, page_address(3), H_R);
        unmap_words(true, words, 4);
        expect_number(H_R, used_of(unmap_answer(0)),
                      "what is told of a page that the caller has read" USED);
        expect_number(
                RW, used_of(unmap_answer(1)),
                "what is told of a page that has been written below" USED);
        expect_number(0, used_of(unmap_answer(2)),
                      "what is told of a page that nobody has used" USED);
        expect_number(
                H_R, used_of(unmap_answer(3)),
                "what is told of a page that has been read far below" USED);
        for (uint32_t i = 0; i < 4; i++)
                expect_rights(far, page_address(i), i, RWX,
                              "a page that was only asked about");

        unmap_words(true, words, 4);
        for (uint32_t i = 0; i < 4; i++)
                expect_number(0, used_of(unmap_answer(i)),
                              "what is told of page %u when it is asked about "
                              "once more" USED,
                              i);
        // Of a range all together.
        forest_touch(far, page_address(2), RW);
        unmap_one(false, fpage_make(page_address(0), 14, H_R));
        expect_number(
                RW, used_of(unmap_answer(0)),
                "what is told of 16 KB in which one page was written" USED);
        forest_check("unmap of 16 KB");
}
