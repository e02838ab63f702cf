// SPDX-License-Identifier: MIT
// What a test sees of the system of <h4/system.h>, and what it may say before it runs.
#include "system_model.h"

#include <h/internal/wellformed.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/format.h>
#include <kernel/string.h>
#include <l4/pool.h>

#pragma weak wellformed
#pragma weak invariant_text
#pragma weak pool_left
#pragma weak h_state
#pragma weak execution

void
system_give(uint32_t value)
{
        if (fixture.given_count == SYSTEM_GIVEN)
                fail("a trial is given %u numbers at most", SYSTEM_GIVEN);
        fixture.given[fixture.given_count++] = value;
}

void
system_allow_exceptions(void)
{
        fixture.exceptions_allowed = true;
}

void
system_limit(uint32_t ticks, uint32_t events)
{
        fixture.ticks = ticks;
        fixture.events = events;
}

// --- What the program has said ---------------------------------------------------

uint32_t
system_notes(void)
{
        return fixture.note_count;
}

uint32_t
system_note(uint32_t number, unsigned word)
{
        if (number >= fixture.note_count || number >= SYSTEM_NOTES ||
            word >= SYSTEM_NOTE_WORDS)
                fail("word %u of note %u: the trial has made %u notes of %u "
                     "words, and %u are kept",
                     word, number, fixture.note_count, SYSTEM_NOTE_WORDS,
                     SYSTEM_NOTES);
        return fixture.notes[number][word];
}

// --- The system from outside -----------------------------------------------------

uint32_t
system_thread(void)
{
        return fixture.thread;
}

uint32_t
system_user_word(uint32_t address)
{
        const struct context_slot *slot =
                &execution.contexts[fixture.context.slot];
        uint32_t word;

        if (!system_read_user(slot, address, &word))
                fail("the program has nothing mapped at 0x%08x", address);
        return word;
}

void
system_touch(struct h_pagemap pagemap, uint32_t address, bool write)
{
        volatile uint32_t *word = (volatile uint32_t *)(uintptr_t)address;
        uint32_t kernels = read_cr3();

        write_cr3(h_state.pagemaps[pagemap.slot].directory.value);
        uint32_t value = *word;
        if (write)
                *word = value;
        write_cr3(kernels);
}

void
system_copy_out(struct h_pagemap pagemap, uint32_t address, void *to,
                uint32_t bytes)
{
        uint32_t kernels = read_cr3();

        write_cr3(h_state.pagemaps[pagemap.slot].directory.value);
        memcpy(to, (const void *)(uintptr_t)address, bytes);
        write_cr3(kernels);
}

void
system_copy_in(struct h_pagemap pagemap, uint32_t address, const void *from,
               uint32_t bytes)
{
        uint32_t kernels = read_cr3();

        write_cr3(h_state.pagemaps[pagemap.slot].directory.value);
        memcpy((void *)(uintptr_t)address, from, bytes);
        write_cr3(kernels);
}

uint32_t
system_ticks(void)
{
        return fixture.ticks - (uint32_t)system_ticks_left;
}

uint32_t
system_turns(void)
{
        return fixture.turn_count;
}

uint32_t
system_turn(uint32_t number)
{
        if (number >= fixture.turn_count)
                fail("turn %u: the timer has left %u threads", number,
                     fixture.turn_count);
        return fixture.turns[number];
}

struct system_exception
system_exception(void)
{
        return fixture.exception;
}

struct system_counts
system_count(void)
{
        struct system_counts counts = {
                .pages_left = pool_left(),
                .memory = system_l4_mappings(),
        };
        for (uint32_t i = 0; i < h_state.pagemap_count; i++)
                counts.spaces += h_state.pagemaps[i].generation != 0;
        for (uint32_t i = 0; i < h_state.kernel_mapping_count; i++)
                counts.mappings += h_state.kernel_mappings[i].generation != 0;
        for (uint32_t i = 0; i < execution.context_count; i++)
                counts.contexts += execution.contexts[i].generation != 0;
        return counts;
}

void
system_expect_all_back(const char *text, ...)
{
        struct system_counts due = fixture.counts;
        struct system_counts now = system_count();
        va_list arguments;
        char words[100];

        va_start(arguments, text);
        vformat(words, sizeof(words), text, arguments);
        va_end(arguments);
        expect_number(
                due.contexts, now.contexts,
                "%s: fault contexts in use, as many as when the trial began",
                words);
        expect_number(due.spaces, now.spaces,
                      "%s: H's address spaces, as many as when the trial began",
                      words);
        expect_number(
                due.mappings, now.mappings,
                "%s: H's kernel mappings, as many as when the trial began",
                words);
        expect_number(due.memory, now.memory,
                      "%s: mappings of programs' memory, as many as when the "
                      "trial began",
                      words);
        expect_number(due.pages_left, now.pages_left,
                      "%s: pages that L4 has left, as many as when the trial "
                      "began",
                      words);
}

void
system_expect_sound(const char *text, ...)
{
        struct violation found;
        va_list arguments;
        char words[100];

        if (wellformed(&found))
                return;
        va_start(arguments, text);
        vformat(words, sizeof(words), text, arguments);
        va_end(arguments);
        fail("%s: H is not sound: %s (page 0x%08x, address 0x%08x)", words,
             invariant_text(found.invariant), found.page.value,
             found.address.value);
}
