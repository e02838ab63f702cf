// SPDX-License-Identifier: MIT
// Touching memory, and judging what comes of it.
#include "harness.h"

#include <h4/entries.h>
#include <h4/live.h>
#include <h4/test.h>
#include <kernel/fault.h>
#include <kernel/format.h>

uint32_t probe_read(uint32_t address);
void probe_write(uint32_t address, uint32_t value);
extern const char probe_read_at[], probe_read_behind[];
extern const char probe_write_at[], probe_write_behind[];

static struct touch outcome;

bool
probe_trap(struct trap_frame *frame)
{
        uint32_t behind;
        if (frame->eip == (uintptr_t)probe_read_at)
                behind = (uintptr_t)probe_read_behind;
        else if (frame->eip == (uintptr_t)probe_write_at)
                behind = (uintptr_t)probe_write_behind;
        else
                return false;

        outcome.faulted = true;
        outcome.vector = frame->vector;
        outcome.error = frame->error;
        outcome.address = frame->cr2;
        frame->eip = behind;
        return true;
}

struct touch
touch_read(struct vaddr address)
{
        outcome = (struct touch){ 0 };
        outcome.value = probe_read(address.value);
        return outcome;
}

struct touch
touch_write(struct vaddr address, uint32_t value)
{
        outcome = (struct touch){ 0 };
        probe_write(address.value, value);
        return outcome;
}

// What came, in words.
static struct words
touch_words(struct touch touch, bool write)
{
        struct words words;
        if (!touch.faulted && write)
                format(words.text, sizeof(words.text), "it was written");
        else if (!touch.faulted)
                format(words.text, sizeof(words.text), "it was read: 0x%08x",
                       touch.value);
        else if (touch.vector != TRAP_PAGE_FAULT)
                format(words.text, sizeof(words.text), "exception %u, %s",
                       touch.vector, trap_name(touch.vector));
        else
                format(words.text, sizeof(words.text),
                       "a page fault: the page %s",
                       touch.error & FAULT_RESERVED
                               ? "has a reserved bit set in its entry"
                       : touch.error & FAULT_PRESENT
                               ? "is present and forbids it"
                               : "is not present");
        return words;
}

void
expect_reads(struct vaddr address, uint32_t value, const char *when)
{
        struct touch touch = touch_read(address);
        if (!touch.faulted && touch.value == value)
                return;

        char due[40];
        format(due, sizeof(due), "it is read: 0x%08x", value);
        fail_values(due, touch_words(touch, false).text,
                    "reading address 0x%08x %s", address.value, when);
}

void
expect_no_access(struct vaddr address, const char *when)
{
        struct touch touch = touch_read(address);
        if (touch.faulted && touch.vector == TRAP_PAGE_FAULT &&
            !(touch.error & FAULT_PRESENT))
                return;
        fail_values("a page fault: the page is not present",
                    touch_words(touch, false).text, "reading address 0x%08x %s",
                    address.value, when);
}

void
expect_read_only(struct vaddr address, const char *when)
{
        struct touch touch = touch_read(address);
        if (touch.faulted)
                fail_values("it is read", touch_words(touch, false).text,
                            "reading address 0x%08x %s", address.value, when);

        // The same value again: nothing is lost where the right is not.
        touch = touch_write(address, touch.value);
        if (touch.faulted && touch.vector == TRAP_PAGE_FAULT &&
            (touch.error & FAULT_PRESENT))
                return;
        fail_values("a page fault: the page is present and forbids it",
                    touch_words(touch, true).text,
                    "writing to address 0x%08x %s", address.value, when);
}

void
expect_writes(struct vaddr address, struct pagemap_page page, const char *when)
{
        uint32_t value = random_word();
        struct touch touch = touch_write(address, value);
        if (touch.faulted)
                fail_values("it is written", touch_words(touch, true).text,
                            "writing to address 0x%08x %s", address.value,
                            when);

        unsigned word = address.value % PAGE_SIZE / 4;
        expect_hex(value, page.mapped[word],
                   "the frame 0x%08x, offset 0x%x, after writing to address "
                   "0x%08x %s",
                   page.frame.value, word * 4, address.value, when);
        arena_accept(page, word);
}
