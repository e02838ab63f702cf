// SPDX-License-Identifier: MIT
// For tests of Unmap: a thread whose pages two other spaces have from it, one behind the
// other, and interrupts that are there or not.
#ifndef LAB7_UNMAPPING_H
#define LAB7_UNMAPPING_H

#include <h4/pending.h>
#include <l4/calls.h>
#include <l4/unmap.h>

#include "forest.h"

#define RW (H_R | H_W)
#define RWX (H_R | H_W | H_X)
#define UNMAP_FLUSH 0x40u
#define UNMAP_AREA 0x00100000u

static struct space *home, *near, *far;
static struct thread *caller;

static inline uint32_t
page_address(uint32_t number)
{
        return UNMAP_AREA + number * H_PAGE_SIZE;
}

static inline void
unmapping_begin(void)
{
        crowd_begin_with(0, FOREST_UNITS);
        home = crowd_space();
        caller = crowd_thread(home);
        near = forest_space();
        far = forest_space();
        no_interrupt();
}

// Page `number` of the caller's area is there, and handed on to `near`, and from there to
// `far`, with all rights.
static inline void
unmapping_page(uint32_t number)
{
        uint32_t at = page_address(number), frame = forest_page(number);
        struct mapping *one;

        one = forest_put(home, at, frame, H_PAGE_LOG2, RWX, NULL);
        one = forest_put(near, at, frame, H_PAGE_LOG2, RWX, one);
        forest_put(far, at, frame, H_PAGE_LOG2, RWX, one);
}

// The same for `near` alone; and the caller may have it already.
static inline void
unmapping_page_for(uint32_t number)
{
        uint32_t at = page_address(number), frame = forest_page(number);
        struct mapping *one = mapping_find(home, at, H_PAGE_LOG2);

        if (!one)
                one = forest_put(home, at, frame, H_PAGE_LOG2, RWX, NULL);
        if (page_at(near, at).rights == 0)
                forest_put(near, at, frame, H_PAGE_LOG2, RWX, one);
}

static inline void
expect_rights(const struct space *space, uint32_t at, uint32_t number,
              unsigned rights, const char *what)
{
        forest_expect_page(space, at, forest_page(number), rights, what);
}

// --- The call -------------------------------------------------------------------------

// It begins. The first word is in ESI; what stands in message register 0 was there before.
static inline struct thread *
unmap_call(bool flush, const uint32_t *words, uint32_t count)
{
        const struct registers in = {
                .eax = (count - 1) | (flush ? UNMAP_FLUSH : 0),
                .esi = words[0],
        };

        set_register(caller, H_EAX, in.eax);
        set_register(caller, H_ESI, in.esi);
        utcb_write(caller, 0, 0x5EED0000);
        for (uint32_t i = 1; i < count; i++)
                utcb_write(caller, (int)i, words[i]);
        return call_unmap(caller, &in);
}

// From the beginning to its end, no interrupt in between.
static inline void
unmap_words(bool flush, const uint32_t *words, uint32_t count)
{
        if (unmap_call(flush, words, count) != caller)
                fail("unmap, and no interrupt: it does not return its caller");
        expect_number(WORK_NONE, caller->work,
                      "unmap, and no interrupt: `work` of its caller");
}

static inline void
unmap_one(bool flush, uint32_t word)
{
        unmap_words(flush, &word, 1);
}

// What stands in a message register of the caller's.
static inline uint32_t
unmap_answer(uint32_t number)
{
        return utcb_read(caller, (int)number);
}

#endif
