// SPDX-License-Identifier: MIT
// Stack frames made up word by word.
#include "harness.h"
#include "words.h"

#include <h4/frames.h>
#include <h4/test.h>
#include <kernel/format.h>
#include <kernel/image.h>

#define STACK_WORDS 0x800u

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// What the stack for double faults is expected to hold.
static uint32_t copy[STACK_WORDS];

// What the test has asked for last; null for nothing.
static struct {
        uint32_t frame_pointer;
        const char *what;
} asked;

static uint32_t
address_of(const char *pointer)
{
        return (uint32_t)(uintptr_t)pointer;
}

static uint32_t *
stack(void)
{
        return (uint32_t *)(uintptr_t)double_fault_stack_bottom;
}

static void
write(uint32_t address, uint32_t value)
{
        uint32_t word = (address - address_of(double_fault_stack_bottom)) / 4;

        *(volatile uint32_t *)(uintptr_t)address = value;
        if (word < STACK_WORDS)
                copy[word] = value;
}

void
frame_make(uint32_t place, uint32_t caller, uint32_t return_address)
{
        write(place, caller);
        write(place + 4, return_address);
}

void
frame_return_to(uint32_t place, uint32_t return_address)
{
        write(place + 4, return_address);
}

uint32_t
random_code(void)
{
        uint32_t size =
                (uint32_t)(kernel_read_only_end - kernel_read_only_begin);

        return address_of(kernel_read_only_begin) + random_below(size);
}

void
chain_make(struct chain *chain, size_t count, uint32_t end)
{
        uint32_t bottom = address_of(double_fault_stack_bottom);
        if (count == 0 || count > CHAIN_FRAMES ||
            address_of(double_fault_stack_top) - bottom != 4 * STACK_WORDS)
                fail("the test wants a chain of %zu frames", count);

        // Between the frames lies what could be a frame pointer.
        uint32_t anywhere = bottom + 4 * random_below(STACK_WORDS);
        words_fill(copy, anywhere, STACK_WORDS);
        words_fill(stack(), anywhere, STACK_WORDS);

        uint32_t most = STACK_WORDS / (uint32_t)count;
        uint32_t place = bottom;
        for (size_t i = 0; i < count; i++) {
                // Now and then a frame has no local variables.
                uint32_t words = i % 4 ? 2 + random_below(most - 2) : 2;
                uint32_t caller = place + 4 * words;
                chain->places[i] = place;
                chain->returns[i] = random_code();
                frame_make(place, i + 1 < count ? caller : end,
                           chain->returns[i]);
                place = caller;
        }
        chain->count = count;
}

bool
place_off_the_stacks(unsigned number, uint32_t *place)
{
        static const uint32_t places[] = {
                0x00000000, 0x00000004, 0x00001000, 0x7FFFFFF8,
                0xBFFFFFFC, 0xC0000000, 0xC00B8000, 0xD0000000,
                0xEFFFFFF8, 0xFFFFFFF0, 0xFFFFFFF8, 0xFFFFFFFC,
        };

        if (number >= COUNT_OF(places))
                return false;
        *place = places[number];
        return true;
}

const char *
place_beside_the_stacks(unsigned number, uint32_t *place)
{
        static uint32_t data[] = { 0, 0xC0100000 }; // as good as a frame
        const struct {
                uint32_t address;
                const char *words;
        } places[] = {
                { address_of(boot_stack_guard),
                  "the beginning of the guard page" },
                { address_of(boot_stack_bottom) - 8,
                  "the last 8 bytes of the guard page" },
                { address_of(boot_stack_bottom) - 4,
                  "half in the guard page, half in the kernel's stack" },
                { address_of(boot_stack_top) - 4,
                  "half in the kernel's stack, half in the stack for double "
                  "faults" },
                { address_of(double_fault_stack_top) - 4,
                  "the last 4 bytes of the stack for double faults" },
                { address_of(double_fault_stack_top),
                  "right behind the stack for double faults" },
                { address_of(kernel_read_only_begin),
                  "where the kernel image begins" },
                { (uint32_t)(uintptr_t)data, "the kernel's data" },
        };

        if (number >= COUNT_OF(places))
                return NULL;
        *place = places[number].address;
        return places[number].words;
}

void
frames_ask(uint32_t frame_pointer, const char *what)
{
        asked.frame_pointer = frame_pointer;
        asked.what = what;
}

bool
frames_words(char *words, size_t size)
{
        if (!asked.what)
                return false;
        format(words, size, "backtrace(0x%08x), %s", asked.frame_pointer,
               asked.what);
        return true;
}

void
frames_over(void)
{
        asked.what = NULL;
}

void
expect_chain_untouched(const char *when)
{
        size_t word = words_differ(stack(), copy, 0, STACK_WORDS);
        if (word < STACK_WORDS)
                expect_hex(copy[word], stack()[word],
                           "the word at 0x%08x on the stack %s",
                           (uint32_t)(uintptr_t)&stack()[word], when);
}
