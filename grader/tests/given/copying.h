// SPDX-License-Identifier: MIT
// What the tests of copying share: a row of bytes in an address space, the copy
// that is due, and two address spaces to copy between.
//
//   user address     0x403FA000  ...  0x403FF000 | 0x40400000, 0x40401000
//   page of the row   3   0   6   1   7   4       |     2           5
//                         one page-table        |    the next one
//
// Neighbours in user space are none in memory, so whoever copies over the end of
// a page comes to a wrong one.
#ifndef COPYING_H
#define COPYING_H

#include "grader/guest/spaces_model.h"
#include "labs/3-handles/ranges.h"

#include <h4/oracle.h>

#define PAGES_EACH 8u
#define ROW_AT 0x403FA000u
#define ROW_END (ROW_AT + PAGES_EACH * H_PAGE_SIZE)
#define LAST_PAGE (H_KERNEL_SPACE - H_PAGE_SIZE)
#define USED (ENTRY_ACCESSED | ENTRY_DIRTY)

// Where a row of bytes begins.
struct place {
        struct h_pagemap space;
        uint32_t address;
};

static inline struct place
in_space(struct h_pagemap space, uint32_t address)
{
        return (struct place){ space, address };
}

static inline struct place
plus(struct place place, uint32_t bytes)
{
        place.address += bytes;
        return place;
}

// Maps eight pages at ROW_AT, all but those whose bit is set in `holes`.
static inline struct h_region
given_row(struct h_pagemap space, unsigned rights, uint32_t holes)
{
        static const uint8_t order[PAGES_EACH] = { 3, 0, 6, 1, 7, 4, 2, 5 };
        struct h_region row = spaces_region(15);

        for (uint32_t i = 0; i < PAGES_EACH; i++)
                if (!(holes >> i & 1))
                        given_mapped(space,
                                     user_pages(ROW_AT + i * H_PAGE_SIZE, 12),
                                     region_page(row, order[i]), rights);
        return row;
}

// What is expected of the byte at a user address.
static inline unsigned char *
byte_due(struct place place)
{
        struct translation at;

        if (!oracle_walk(spaces_directory(place.space), vaddr(place.address),
                         &at))
                fail("the test has nothing at 0x%08x", place.address);
        return (unsigned char *)spaces_word_due(
                       (struct h_paddr){ at.physical.value & ~3u }) +
               at.physical.value % 4;
}

// From the first to the last, one after the other.
static inline void
due_copied(struct place to, struct place from, uint32_t bytes)
{
        volatile unsigned char *out = NULL;
        const volatile unsigned char *in = NULL;

        for (uint32_t i = 0; i < bytes; i++, out++, in++) {
                if (i == 0 || (to.address + i) % H_PAGE_SIZE == 0)
                        out = byte_due(plus(to, i));
                if (i == 0 || (from.address + i) % H_PAGE_SIZE == 0)
                        in = byte_due(plus(from, i));
                *out = *in;
        }
}

// The answer is `due`, and as many bytes are said to be copied; what is expected
// of memory is the caller's.
static inline void
copy_answers(enum h_error due, struct place to, struct place from,
             uint32_t bytes, uint32_t copied)
{
        uint32_t done = UNTOUCHED;
        enum h_error error = h_copy_user(
                to.space, (struct h_vaddr){ to.address }, from.space,
                (struct h_vaddr){ from.address }, bytes, &done);

        expect_h(due, error, "h_copy_user, 0x%x bytes from 0x%08x to 0x%08x",
                 bytes, from.address, to.address);
        expect_hex(copied, done,
                   "h_copy_user, 0x%x bytes from 0x%08x to 0x%08x: *done",
                   bytes, from.address, to.address);
}

// h_copy_user copies so many bytes of `bytes` and then answers `due`. Whether
// nothing else has changed is for spaces_check().
static inline void
copy_ends(enum h_error due, struct place to, struct place from, uint32_t bytes,
          uint32_t copied)
{
        due_copied(to, from, copied);
        copy_answers(due, to, from, bytes, copied);
}

static inline void
copy(struct place to, struct place from, uint32_t bytes)
{
        copy_ends(H_OK, to, from, bytes, bytes);
}

static inline void
copies(struct place to, struct place from, uint32_t bytes)
{
        copy(to, from, bytes);
        spaces_check("after h_copy_user, 0x%x bytes from 0x%08x to 0x%08x",
                     bytes, from.address, to.address);
}

// The accessed and dirty bits of what is mapped at an address.
static inline uint32_t
marks_at(struct h_pagemap space, uint32_t address)
{
        return *entry_at(space, address) & USED;
}

static inline void
expect_marks(uint32_t due, struct h_pagemap space, uint32_t address,
             const char *when)
{
        expect_hex(due, marks_at(space, address),
                   "the accessed (0x20) and dirty (0x40) bit of what is "
                   "mapped at 0x%08x, %s",
                   address, when);
}

// And they are cleared, without the TLB: for what the processor has not used.
static inline void
clear_marks(struct h_pagemap space)
{
        for (uint32_t at = ROW_AT; at < ROW_END; at += H_PAGE_SIZE)
                *entry_at(space, at) &= ~USED;
}

#endif
