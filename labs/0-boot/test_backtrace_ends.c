// SPDX-License-Identifier: MIT
// Tests of exercise 0.3, the backtrace: where it ends, and what it leaves alone.
#include "traces.h"

#include <kernel/format.h>
#include <kernel/layout.h>

// The text that the VGA screen shows: a character and its colour in each cell.
#define SCREEN (KERNEL_BASE + 0xB8000u)
#define SCREEN_COLUMNS 80u
#define SCREEN_CELLS (SCREEN_COLUMNS * 25u)

TEST(backtrace_ends_at_a_return_address_of_0)
{
        for (size_t end = 0; end < 5; end++) {
                chain_make(&chain, 5, 0);
                frame_return_to(chain.places[end], 0);
                traces_chain(end, "a chain in which a return address is 0");
        }
}

TEST(backtrace_refuses_what_is_not_on_a_stack)
{
        const char *where;
        uint32_t place;

        chain_make(&chain, 5, 0);
        traces_chain(5, "a chain on the stack for double faults");
        for (unsigned i = 0; place_off_the_stacks(i, &place); i++)
                traces_nothing(place, "where no stack is");
        for (unsigned i = 0; (where = place_beside_the_stacks(i, &place)); i++)
                traces_nothing(place, where);
}

TEST(backtrace_ends_where_a_frame_leads_off_the_stack)
{
        const char *where;
        uint32_t place;

        for (unsigned i = 0; place_off_the_stacks(i, &place); i++) {
                chain_make(&chain, 3, place);
                traces_chain(3, "a chain that leads to where no stack is");
        }
        for (unsigned i = 0; (where = place_beside_the_stacks(i, &place));
             i++) {
                static char what[120];

                format(what, sizeof(what), "a chain that leads to 0x%08x, %s",
                       place, where);
                chain_make(&chain, 3, place);
                traces_chain(3, what);
        }
}

TEST(backtrace_refuses_misaligned_frames)
{
        chain_make(&chain, 4, 0);
        traces_chain(4, "a chain of 4 frames");
        for (unsigned i = 1; i < 4; i++)
                traces_nothing(chain.places[1] + i,
                               "an address that is no multiple of 4");
        for (unsigned i = 1; i < 4; i++) {
                frame_make(chain.places[1], chain.places[2] + i,
                           chain.returns[1]);
                traces_chain(2, "a chain to an address that is no multiple of "
                                "4");
        }
}

TEST(backtrace_does_not_go_round)
{
        // To itself, and to each of those before it.
        chain_make(&chain, 6, 0);
        frame_make(chain.places[4], chain.places[4], chain.returns[4]);
        traces_chain(5, "a frame that names itself as its caller's");
        for (unsigned i = 0; i < 4; i++) {
                frame_make(chain.places[4], chain.places[i], chain.returns[4]);
                traces_chain(5, "a frame whose caller's lies below it");
        }

        // Down to the other stack, where a frame lies as good as any.
        frame_make(address_of(boot_stack_bottom), chain.places[5],
                   random_code());
        frame_make(chain.places[4], address_of(boot_stack_bottom),
                   chain.returns[4]);
        traces_chain(5, "a frame in the stack for double faults whose caller's "
                        "lies in the kernel's");
}

TEST(backtrace_only_reads_the_stack)
{
        chain_make(&chain, 7, 0);
        traces_chain(7, "a chain of 7 frames");
        expect_chain_untouched("after backtrace");

        chain_make(&chain, 7, 0x00001002);
        traces_chain(7, "a chain of 7 frames that leads nowhere");
        expect_chain_untouched("after backtrace");
}

// The screen, full of what the test has put there: printing would scroll it, or
// change it in some other place.
TEST(backtrace_prints_nothing)
{
        static uint16_t kept[SCREEN_CELLS];
        volatile uint16_t *screen = (volatile uint16_t *)SCREEN;
        unsigned same = 0;

        for (unsigned i = 0; i < SCREEN_CELLS; i++) {
                kept[i] = screen[i];
                screen[i] = (uint16_t)(0x0800 + i);
        }
        chain_make(&chain, 3, 0x00001002);
        frames_ask(chain.places[0], "a chain of 3 frames");
        size_t count = backtrace(chain.places[0], found, ROOM);
        while (same < SCREEN_CELLS && screen[same] == 0x0800 + same)
                same++;
        for (unsigned i = 0; i < SCREEN_CELLS; i++)
                screen[i] = kept[i];

        expect_number(3, count,
                      "backtrace of a chain of 3 frames: the number "
                      "of return addresses");
        if (same < SCREEN_CELLS)
                fail("backtrace has printed: column %u of line %u of the "
                     "screen has changed, both counted from 0",
                     same % SCREEN_COLUMNS, same / SCREEN_COLUMNS);
}
