// SPDX-License-Identifier: MIT
// What user code says to the test, by UD2 and the bytes 'H', '4' behind it:
//
//   EAX      EBX      ECX        EDX     ESI     EDI
//   0        table    trials     place                  which trial? EAX: its number
//   1                                                   the trial is done
//   2        text     expected   found   line    file   it has failed
//   3        word     word       word    word    word   a note
//   4        number                                     what is given? EAX: that
//   5        number                                     the test should look
//
// The program's side of it is user/include/h4/trial.h.
#include "system_model.h"

#include <h/h.h>
#include <kernel/string.h>
#include <l4/pool.h>

#pragma weak h_read_user_word
#pragma weak h_state
#pragma weak pool_left

#define REPORT_BYTES 4u
#define REPORT 0x34480B0Fu // UD2, 'H', '4'

enum report {
        REPORT_WHICH,
        REPORT_DONE,
        REPORT_FAILED,
        REPORT_NOTE,
        REPORT_GIVEN,
        REPORT_LOOK,
};

// --- User memory ------------------------------------------------------------------

// The handle of the address space that a context is bound to.
static struct h_pagemap
pagemap_of(const struct context_slot *slot)
{
        return (struct h_pagemap){
                (uint32_t)(slot->space - h_state.pagemaps),
                slot->space_generation,
        };
}

bool
system_read_user(const struct context_slot *slot, uint32_t address,
                 uint32_t *word)
{
        const struct h_vaddr at = { address };

        return slot->space &&
               h_read_user_word(pagemap_of(slot), at, word) == H_OK;
}

// Bytes one behind the other, each word read once.
struct reader {
        const struct context_slot *slot;
        uint32_t address; // of the next byte
        uint32_t word;
        bool begun;
};

static struct reader
reader(const struct context_slot *slot, uint32_t address)
{
        return (struct reader){ .slot = slot, .address = address };
}

// 0 where nothing is mapped.
static uint8_t
next_byte(struct reader *from)
{
        uint32_t place = from->address % 4;

        if (!from->begun || place == 0) {
                from->begun = true;
                from->word = 0;
                system_read_user(from->slot, from->address - place,
                                 &from->word);
        }
        from->address++;
        return (uint8_t)(from->word >> place * 8);
}

void
system_user_text(const struct context_slot *slot, uint32_t address, char *text,
                 uint32_t size)
{
        struct reader from = reader(slot, address);
        uint32_t i = 0;

        while (i + 1 < size) {
                uint8_t byte = next_byte(&from);
                if (byte == 0)
                        break;
                text[i++] = (char)(byte >= ' ' && byte < 0x7F ? byte : '?');
        }
        text[i] = '\0';
}

static bool
is_text(const struct context_slot *slot, uint32_t address, const char *text)
{
        struct reader from = reader(slot, address);
        uint8_t byte;

        do {
                byte = next_byte(&from);
                if (byte != (uint8_t)*text++)
                        return false;
        } while (byte != 0);
        return true;
}

// --- Reports ----------------------------------------------------------------------

static bool
is_report(const struct context_slot *slot)
{
        struct reader from = reader(slot, slot->registers[H_EIP]);
        uint32_t bytes = 0;

        for (uint32_t i = 0; i < REPORT_BYTES; i++)
                bytes |= (uint32_t)next_byte(&from) << i * 8;
        return bytes == REPORT;
}

// What was done before, by sigma0 and for the program's memory, does not count.
static void
begin_trial(void)
{
        fixture.counts = system_count();
        fixture.exception = (struct system_exception){ .there = false };
        fixture.turn_count = 0;
        fixture.events_left = fixture.events;
        system_ticks_left = (int32_t)fixture.ticks;
        tree_report("before");
}

// The table of trials: of each its name and its function.
static void
which(struct context_slot *slot)
{
        uint32_t table = slot->registers[H_EBX];
        uint32_t count = slot->registers[H_ECX];

        fixture.place = slot->registers[H_EDX];
        for (uint32_t i = 0; i < count; i++) {
                uint32_t name = 0;
                if (!system_read_user(slot, table + i * 8, &name))
                        break;
                if (is_text(slot, name, fixture.trial)) {
                        slot->registers[H_EAX] = i;
                        begin_trial();
                        return;
                }
        }
        fixture.ending = SYSTEM_NO_TRIAL;
}

static void
failed(const struct context_slot *slot)
{
        system_user_text(slot, slot->registers[H_EBX], fixture.text,
                         sizeof(fixture.text));
        system_user_text(slot, slot->registers[H_EDI], fixture.file,
                         sizeof(fixture.file));
        fixture.expected = slot->registers[H_ECX];
        fixture.found = slot->registers[H_EDX];
        fixture.line = slot->registers[H_ESI];
        fixture.ending = SYSTEM_FAILED;
}

static void
note(const struct context_slot *slot)
{
        const uint32_t words[SYSTEM_NOTE_WORDS] = {
                slot->registers[H_EBX], slot->registers[H_ECX],
                slot->registers[H_EDX], slot->registers[H_ESI],
                slot->registers[H_EDI],
        };

        // One more is counted and not kept: too many are seen when it is asked for.
        if (fixture.note_count < SYSTEM_NOTES)
                memcpy(fixture.notes[fixture.note_count], words, sizeof(words));
        fixture.note_count++;
}

static void
given(struct context_slot *slot)
{
        uint32_t number = slot->registers[H_EBX];

        slot->registers[H_EAX] =
                number < fixture.given_count ? fixture.given[number] : 0;
}

bool
system_report(struct context_slot *slot)
{
        if (!is_report(slot))
                return false;
        switch (slot->registers[H_EAX]) {
        case REPORT_WHICH:
                which(slot);
                break;
        case REPORT_DONE:
                fixture.ending = SYSTEM_DONE;
                break;
        case REPORT_FAILED:
                failed(slot);
                break;
        case REPORT_NOTE:
                note(slot);
                break;
        case REPORT_GIVEN:
                given(slot);
                break;
        case REPORT_LOOK:
                fixture.look = slot->registers[H_EBX];
                fixture.ending = SYSTEM_LOOK;
                break;
        default:
                return false;
        }
        slot->registers[H_EIP] += REPORT_BYTES;
        return true;
}
