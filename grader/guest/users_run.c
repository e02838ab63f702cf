// SPDX-License-Identifier: MIT
// Running user code, and how a function has to come back that has done so.
#include "jitter.h"
#include "users_model.h"

#include <h4/live.h>
#include <h4/test.h>
#include <kernel/pic.h>

#pragma weak enter_user
#pragma weak h_execute
#pragma weak h_execute_vector
#pragma weak execution

// What a C function may leave in EFLAGS: CF PF AF ZF SF OF.
#define ARITHMETIC 0x8D5u

// What users_entry.S puts into registers, and below the arguments.
#define IN_EBX 0xB0B0B0B1u
#define IN_ESI 0xB0B0B0B2u
#define IN_EDI 0xB0B0B0B3u
#define WORD 0x5EED0000u

// Microseconds within which a program is stopped that has a schedule.
#define ENTERED 20u
#define EXECUTED 80u

struct users_left users_left;
struct context_slot *users_again;
static const char *about;

// Whatever a context is after it has run: its flags are H's own.
static void
has_run(struct h_fault_context who)
{
        if (who.slot < USERS_CONTEXTS)
                users.due[who.slot].flags = user_contexts.slots[who.slot].flags;
}

void
users_about(const char *text)
{
        about = text;
}

// What a run begins with, for the report of one that does not end.
static void
trying_run(const char *name, uint32_t slot, uint32_t generation)
{
        const char *what = about ? about : "user code";

        about = NULL;
        if (slot >= USERS_CONTEXTS) {
                trying("%s of slot 0x%x, generation %u", name, slot,
                       generation);
                return;
        }
        const uint32_t *registers = user_contexts.slots[slot].registers;
        trying("%s of slot %u, generation %u (%s): H_EIP 0x%08x, H_ESP 0x%08x, "
               "H_EFLAGS 0x%08x, H_CS 0x%x, H_SS 0x%x, H_DS 0x%x, H_EBX 0x%x",
               name, slot, generation, what, registers[H_EIP], registers[H_ESP],
               registers[H_EFLAGS], registers[H_CS], registers[H_SS],
               registers[H_DS], registers[H_EBX]);
}

// Has the function come back as one of C's does?
static void
check_return(const char *name)
{
        const struct users_left *left = &users_left;

        expect_hex(left->esp_due, left->esp, "after %s: ESP", name);
        expect_hex(left->ebp_due, left->ebp, "after %s: EBP", name);
        expect_hex(IN_EBX, left->ebx, "after %s: EBX", name);
        expect_hex(IN_ESI, left->esi, "after %s: ESI", name);
        expect_hex(IN_EDI, left->edi, "after %s: EDI", name);
        for (uint32_t i = 0; i < 16; i++)
                expect_hex(WORD + 15 - i, left->words[i],
                           "after %s: a word on its caller's stack", name);
        expect_hex(KERNEL_CODE, left->cs, "after %s: CS", name);
        expect_hex(KERNEL_DATA, left->ss, "after %s: SS", name);
        expect_hex(KERNEL_DATA, left->ds, "after %s: DS", name);
        expect_hex(KERNEL_DATA, left->es, "after %s: ES", name);
        expect_hex(EFLAGS_FIXED, left->eflags & ~ARITHMETIC,
                   "after %s: EFLAGS, without CF, PF, AF, ZF, SF and OF", name);
}

uint32_t
users_call(const char *name, const void *function, uint32_t first,
           uint32_t second, uint32_t third)
{
        const uint32_t arguments[ARGUMENTS] = { first, second, third };

        users_call_noting(function, arguments);
        check_return(name);
        return users_left.eax;
}

void
users_gs(uint32_t base)
{
        users.gs = USER_GS;
        descriptors_set_gs(segment_descriptor(
                base, 15, TYPE_READ_ONLY_DATA | TYPE_RING_3, FLAGS_BYTES));
}

// True: by the timer.
static bool
was_stopped(const struct context_slot *slot)
{
        if (slot->registers[H_HANDLER] != H_VECTOR_IRQ)
                return false;
        jitter_note(slot->registers[H_EIP]);
        return true;
}

// H would take away what the program has loaded into FS and GS, where the test may
// expect it.
static void
go_on(const struct context_slot *slot)
{
        outb(PIC1, PIC_END_OF_LINE);
        load_fs((uint16_t)slot->registers[H_FS]);
        load_gs((uint16_t)slot->registers[H_GS]);
}

static void
enter(struct context_slot *slot, struct paddr directory)
{
        uint32_t stops = users_again ? 0 : users_stops_begin();
        uint32_t left = stops;
        bool stopped;

        trying_run("enter_user", (uint32_t)(slot - &user_contexts.slots[0]),
                   slot->generation);
        do {
                if (left > 0)
                        jitter_once(ENTERED);
                users_call("enter_user", (const void *)enter_user,
                           (uint32_t)(uintptr_t)slot, 0, 0);
                expect_hex(directory.value, read_cr3(),
                           "after enter_user: CR3");
                expect_hex(context_stack(slot), kernel_tss.esp0,
                           "after enter_user: ESP0 in the kernel's TSS");
                // It may have come here by INT, too.
                stopped = stops > 0 && users_timer_in_service() &&
                          was_stopped(slot);
                if (stopped)
                        go_on(slot);
        } while (stopped && (left-- > 0));
        trying_over();
        if (stops > 0)
                users_stops_end();
}

void
users_enter(enum user_space space, enum user who)
{
        struct context_slot *slot = users_slot(who);
        struct paddr directory = users.spaces[space].pages[0].frame;

        live_load(directory);
        kernel_tss.esp0 = context_stack(slot);
        execution.running = slot;
        load_fs(0);
        load_gs(users.gs);
        enter(slot, directory);
        has_run(users_context(who));
}

void
users_enter_twice(enum user_space space, enum user who)
{
        users_again = users_slot(who);
        users_enter(space, who);
}

// A handle is two words on the stack.
static enum h_error
execute(const char *name, const void *function, struct h_pagemap space,
        struct h_fault_context who, const void *out)
{
        const uint32_t arguments[ARGUMENTS] = {
                space.slot,     space.generation,         who.slot,
                who.generation, (uint32_t)(uintptr_t)out,
        };

        uint32_t stops = users_stops_begin(), left = stops;

        trying_run(name, who.slot, who.generation);
        do {
                if (left > 0)
                        jitter_once(EXECUTED);
                users_call_noting(function, arguments);
                check_return(name);
                has_run(who);
        } while (stops > 0 && users_left.eax == H_OK &&
                 was_stopped(&user_contexts.slots[who.slot]) && left-- > 0);
        trying_over();
        if (stops > 0)
                users_stops_end();
        return (enum h_error)users_left.eax;
}

enum h_error
users_execute(struct h_pagemap space, struct h_fault_context who,
              struct h_interrupt *out)
{
        return execute("h_execute", (const void *)h_execute, space, who, out);
}

enum h_error
users_execute_vector(struct h_pagemap space, struct h_fault_context who,
                     uint8_t *vector)
{
        return execute("h_execute_vector", (const void *)h_execute_vector,
                       space, who, vector);
}
