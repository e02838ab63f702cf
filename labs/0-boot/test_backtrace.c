// SPDX-License-Identifier: MIT
// Tests of exercise 0.3, the backtrace: real callers, and stacks made up word by
// word.
#include <h4/frames.h>
#include <h4/test.h>
#include <kernel/backtrace.h>
#include <kernel/image.h>
#include <kernel/main.h>

#define ROOM CHAIN_FRAMES
#define UNTOUCHED 0xEEEEEEEEu

static uint32_t found[ROOM + 1];
static struct chain chain;

static uint32_t
address_of(const void *pointer)
{
        return (uint32_t)(uintptr_t)pointer;
}

// Calls backtrace and looks whether these addresses come, and no more than
// these are written.
static void
traces(uint32_t frame_pointer, size_t capacity, const uint32_t *due,
       size_t due_count, const char *what)
{
        for (unsigned i = 0; i <= ROOM; i++)
                found[i] = UNTOUCHED;
        frames_ask(frame_pointer, what);
        size_t count = backtrace(frame_pointer, found, capacity);

        expect_number(due_count, count,
                      "backtrace(0x%08x), room for %zu, %s: the number of "
                      "return addresses",
                      frame_pointer, capacity, what);
        for (size_t i = 0; i < due_count; i++)
                expect_hex(due[i], found[i],
                           "backtrace(0x%08x), %s: return address %zu, "
                           "counted from 0",
                           frame_pointer, what, i);
        for (size_t i = due_count; i <= ROOM; i++)
                expect_hex(UNTOUCHED, found[i],
                           "backtrace(0x%08x), room for %zu, %s: what lies "
                           "in place %zu, behind the last return address",
                           frame_pointer, capacity, what, i);
}

static void
traces_nothing(uint32_t frame_pointer, const char *what)
{
        traces(frame_pointer, ROOM, NULL, 0, what);
}

// The first frames of the chain and no others.
static void
traces_chain(size_t due_count, const char *what)
{
        traces(chain.places[0], ROOM, chain.returns, due_count, what);
}

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
                traces_chain(count, "a chain of frames on a stack");
        }
        // From the middle on.
        traces(chain.places[5], ROOM, chain.returns + 5, chain.count - 5,
               "a chain of frames on a stack");
}

TEST(backtrace_stops_where_the_room_ends)
{
        chain_make(&chain, 6, 0);
        for (size_t room = 0; room <= 8; room++)
                traces(chain.places[0], room, chain.returns,
                       room < 6 ? room : 6, "a chain of 6 frames");
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
        uint32_t place;

        chain_make(&chain, 5, 0);
        traces_chain(5, "a chain on the stack for double faults");
        for (unsigned i = 0; place_off_the_stacks(i, &place); i++)
                traces_nothing(place, "where no stack is");
        for (unsigned i = 0; place_beside_the_stacks(i, &place); i++)
                traces_nothing(place, "beside a stack");
}

TEST(backtrace_ends_where_a_frame_leads_off_the_stack)
{
        uint32_t place;

        for (unsigned i = 0; place_off_the_stacks(i, &place); i++) {
                chain_make(&chain, 3, place);
                traces_chain(3, "a chain that leads to where no stack is");
        }
        for (unsigned i = 0; place_beside_the_stacks(i, &place); i++) {
                chain_make(&chain, 3, place);
                traces_chain(3, "a chain that leads beside a stack");
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

TEST(backtrace_only_reads_the_stack)
{
        chain_make(&chain, 7, 0);
        traces_chain(7, "a chain of 7 frames");
        expect_chain_untouched("after backtrace");

        chain_make(&chain, 7, 0x00001002);
        traces_chain(7, "a chain of 7 frames that leads nowhere");
        expect_chain_untouched("after backtrace");
}
