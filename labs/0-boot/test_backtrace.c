// SPDX-License-Identifier: MIT
// Tests of exercise 0.3, the backtrace: real callers, and stacks made up word by
// word that it is to follow.
#include "traces.h"

#include <kernel/main.h>

// Where each of these functions returns to, by what the compiler says.
static uint32_t said[3];
static size_t traced;

__attribute__((noinline)) static void
innermost(void)
{
        said[0] = address_of(__builtin_return_address(0));
        traced = backtrace(address_of(__builtin_frame_address(0)), found, ROOM);
        __asm__ volatile("");
}

__attribute__((noinline)) static void
middle(void)
{
        said[1] = address_of(__builtin_return_address(0));
        innermost();
        __asm__ volatile("");
}

__attribute__((noinline)) static void
outermost(void)
{
        said[2] = address_of(__builtin_return_address(0));
        middle();
        __asm__ volatile("");
}

TEST(backtrace_names_the_callers)
{
        outermost();
        if (traced < 3)
                fail("backtrace in a function with more than 3 callers: it "
                     "names %zu",
                     traced);
        for (unsigned i = 0; i < 3; i++)
                expect_hex(said[i], found[i],
                           "return address %u, counted from 0, of three "
                           "functions that call each other",
                           i);
}

// The chain of the machine itself: through the test, the harness and the stage
// to where the kernel began.
TEST(backtrace_comes_to_an_end_by_itself)
{
        outermost();
        if (traced == 0 || traced >= ROOM)
                fail("backtrace in a function with about 10 callers: it names "
                     "%zu",
                     traced);
        for (size_t i = 0; i < traced; i++)
                if (found[i] < address_of(kernel_read_only_begin) ||
                    found[i] >= address_of(kernel_read_only_end))
                        fail("return address %zu of %zu, counted from 0, is "
                             "0x%08x: there is no code",
                             i, traced, found[i]);

        // The outermost frame is that of kernel_main: it returns to boot.S, to
        // behind a call whose last four bytes lead to it.
        uint32_t last = found[traced - 1];
        uint32_t distance = *(const uint32_t *)(uintptr_t)(last - 4);
        if (last + distance != address_of(kernel_main))
                fail("the last of %zu return addresses is 0x%08x: not the one "
                     "to which kernel_main, the first function of all, returns",
                     traced, last);
}

TEST(backtrace_follows_the_frame_pointers)
{
        for (size_t count = 1; count < ROOM; count += 6) {
                chain_make(&chain, count, 0);
                traces_chain(count, "a chain on the stack for double faults");
        }
        // From the middle on.
        traces(chain.places[5], ROOM, chain.returns + 5, chain.count - 5,
               "a chain on the stack for double faults");
}

TEST(backtrace_stops_where_the_room_ends)
{
        chain_make(&chain, 6, 0);
        for (size_t room = 0; room <= 8; room++)
                traces(chain.places[0], room, chain.returns,
                       room < 6 ? room : 6, "a chain of 6 frames");
}

// Only 0 ends a chain. What else may be a return address is not for backtrace to
// say: on a stack that was written over it may be anything.
TEST(backtrace_names_whatever_is_there)
{
        const uint32_t returns[] = {
                0x00000001, 0x00001000, 0x7FFFFFFF,
                0x80000000, 0xC00B8000, address_of(boot_stack_guard),
                0xD0000000, 0xFFFFFFFF,
        };
        const size_t count = sizeof(returns) / sizeof(returns[0]);

        chain_make(&chain, count, 0);
        for (size_t i = 0; i < count; i++)
                frame_return_to(chain.places[i], returns[i]);
        traces(chain.places[0], ROOM, returns, count,
               "a chain whose return addresses are not in the kernel's code");
}

// Each stack from its first word to its last.
TEST(backtrace_takes_a_whole_stack)
{
        static const struct {
                const char *bottom, *top, *name;
        } stacks[] = {
                { boot_stack_bottom, boot_stack_top, "the kernel's stack" },
                { double_fault_stack_bottom, double_fault_stack_top,
                  "the stack for double faults" },
        };

        for (unsigned i = 0; i < 2; i++) {
                uint32_t lowest = address_of(stacks[i].bottom);
                uint32_t highest = address_of(stacks[i].top) - 8;
                const uint32_t *words = (const uint32_t *)(uintptr_t)highest;
                uint32_t kept[] = { words[0], words[1] };
                uint32_t due[] = { random_code(), random_code() };

                frame_make(lowest, highest, due[0]);
                frame_make(highest, 0, due[1]);
                traces(lowest, ROOM, due, 2, stacks[i].name);
                frame_make(highest, kept[0], kept[1]);
        }
}

// Nothing says that a chain stays within one stack.
TEST(backtrace_goes_up_to_the_other_stack)
{
        const uint32_t lowest = address_of(boot_stack_bottom);
        const uint32_t highest = address_of(boot_stack_top) - 8;
        const uint32_t *words = (const uint32_t *)(uintptr_t)highest;
        const uint32_t kept[] = { words[0], words[1] };
        uint32_t due[] = { random_code(), random_code(), 0, 0, 0 };

        chain_make(&chain, 3, 0);
        for (unsigned i = 0; i < 3; i++)
                due[2 + i] = chain.returns[i];
        frame_make(lowest, highest, due[0]);
        frame_make(highest, chain.places[0], due[1]);
        traces(lowest, ROOM, due, 5,
               "a chain from the kernel's stack up to the stack for double "
               "faults");
        frame_make(highest, kept[0], kept[1]);
}

// A frame may begin one word above another: then a word is the return address of
// the one, and the frame pointer in the other.
TEST(backtrace_takes_frames_that_share_a_word)
{
        chain_make(&chain, 1, 0);
        uint32_t place = chain.places[0];
        const uint32_t due[] = { place + 8, place + 12, random_code() };

        frame_make(place, place + 4, due[0]);
        frame_make(place + 8, due[1], due[2]);
        frame_return_to(place + 12, 0);
        traces(place, ROOM, due, 3,
               "a chain of frames that lie one word above each other");
}

// Where the last frame of a random chain leads: to an end, whatever it is.
static uint32_t
random_end(void)
{
        uint32_t end;

        switch (random_below(4)) {
        case 0:
                if (place_off_the_stacks(random_below(12), &end))
                        return end;
                return 0;
        case 1: // on a stack or not, but misaligned
                return (address_of(boot_stack_bottom) + random_below(0x8000)) |
                       1;
        case 2: // on the other stack, which lies below
                return address_of(boot_stack_bottom) + random_below(0x3000);
        default:
                return random_word() | 2;
        }
}

TEST(backtrace_of_random_stacks)
{
        for (int round = 0; round < 12; round++) {
                size_t count = 1 + random_below(ROOM - 1);
                size_t room = random_below(ROOM + 1);

                chain_make(&chain, count, random_end());
                traces(chain.places[0], room, chain.returns,
                       room < count ? room : count, "a random stack");
        }
}
