// SPDX-License-Identifier: MIT
// Comparing what has become of the machine of <h4/users.h> with what is expected of
// it.
#include "users_model.h"
#include "words.h"

#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/format.h>
#include <kernel/string.h>

#define SLOT_WORDS (sizeof(struct context_slot) / 4)
#define TSS_END (sizeof(struct tss) / 4 - 1)

const char *
register_name(uint32_t reg)
{
        static const char *const names[H_REGISTERS] = {
                "H_EDI", "H_ESI",    "H_EBP",     "H_BOGUS_ESP", "H_EBX",
                "H_EDX", "H_ECX",    "H_EAX",     "H_DS",        "H_ES",
                "H_FS",  "H_GS",     "H_HANDLER", "H_CODE",      "H_EIP",
                "H_CS",  "H_EFLAGS", "H_ESP",     "H_SS",
        };

        return reg < H_REGISTERS ? names[reg] : "none";
}

void
users_watch(void)
{
        words_copy((uint32_t *)users.due, (uint32_t *)user_contexts.slots,
                   sizeof(users.due) / 4);
        users.tss = kernel_tss;
        users.processor = machine_processor();
        arena_watch();
}

void
due_user_word(enum user_space space, uint32_t address, uint32_t word)
{
        uint32_t *at = users_word(space, address);
        struct user_machine *machine = &users.spaces[space];

        expect_hex(word, *at, "the word at 0x%08x in user memory", address);
        for (unsigned i = PAGE_CODE; i < USER_PAGES; i++)
                if (at >= machine->pages[i].mapped &&
                    at < machine->pages[i].mapped + TABLE_ENTRIES)
                        arena_accept(machine->pages[i],
                                     address % PAGE_SIZE / 4);
}

// The bits of a register that mean nothing.
static uint32_t
ignored_bits(uint32_t reg)
{
        if (reg == H_BOGUS_ESP)
                return UINT32_MAX;
        if (reg == H_EFLAGS)
                return EFLAGS_RF;
        bool selector =
                (reg >= H_DS && reg <= H_GS) || reg == H_CS || reg == H_SS;
        return selector ? 0xFFFF0000u : 0;
}

// The first word from `at` on in which a slot is not what is due; or their number.
static size_t
slot_differs(uint32_t slot, size_t at)
{
        const uint32_t *due = (const uint32_t *)&users.due[slot];
        const uint32_t *found = (const uint32_t *)&user_contexts.slots[slot];

        while ((at = words_differ(due, found, at, SLOT_WORDS)) < SLOT_WORDS) {
                if (at >= H_REGISTERS ||
                    ((due[at] ^ found[at]) & ~ignored_bits((uint32_t)at)))
                        return at;
                at++;
        }
        return at;
}

// Do all words around the contexts hold what they are filled with?
static bool
around_is_due(void)
{
        const uint32_t *below = user_contexts.below + BELOW_WORDS - GUARD_WORDS;
        const uint32_t *above = user_contexts.above;
        const size_t all = GUARD_WORDS;

        return above[0] == users.guard &&
               words_differ(above, above + 1, 0, all - 1) == all - 1 &&
               words_differ(above, below, 0, all) == all;
}

// The first word of the TSS, other than ESP0 and the place of the ports, that has
// changed; or the end.
static size_t
tss_differs(void)
{
        return words_differ((const uint32_t *)&users.tss,
                            (const uint32_t *)&kernel_tss, 2, TSS_END);
}

static bool
processor_is_due(void)
{
        const struct processor found = machine_processor();

        return memcmp(&found, &users.processor, sizeof(found)) == 0;
}

static bool
all_is_due(void)
{
        for (uint32_t i = 0; i < USERS_CONTEXTS; i++)
                if (slot_differs(i, 0) < SLOT_WORDS)
                        return false;
        return around_is_due() && tss_differs() == TSS_END &&
               processor_is_due();
}

static _Noreturn void
report_slot(const char *when, uint32_t slot, size_t at)
{
        const uint32_t *due = (const uint32_t *)&users.due[slot];
        const uint32_t *found = (const uint32_t *)&user_contexts.slots[slot];

        if (at < H_REGISTERS) {
                uint32_t ignored = ignored_bits((uint32_t)at);
                expect_hex(due[at] & ~ignored, found[at] & ~ignored,
                           "%s: %s of the context in slot %u", when,
                           register_name((uint32_t)at), slot);
        }
        expect_hex(due[at], found[at],
                   "%s: the context in slot %u, word %u behind its registers",
                   when, slot, (unsigned)at - H_REGISTERS);
        fail("%s: the context in slot %u has changed", when, slot);
}

static void
report_processor(const char *when)
{
        const struct processor *due = &users.processor;
        const struct processor found = machine_processor();

        expect_hex(due->cr0, found.cr0, "%s: CR0, without TS", when);
        expect_hex(due->cr4, found.cr4, "%s: CR4", when);
        expect_hex(due->ldt, found.ldt, "%s: LDTR", when);
        expect_hex(due->task, found.task, "%s: the task register", when);
        expect_hex(due->gdt.base, found.gdt.base, "%s: the GDT", when);
        expect_hex(due->gdt.limit, found.gdt.limit, "%s: the GDT's limit",
                   when);
        expect_hex(due->idt.base, found.idt.base, "%s: the IDT", when);
        expect_hex(due->idt.limit, found.idt.limit, "%s: the IDT's limit",
                   when);
}

// What it is that is not as it should be.
static void
report(const char *when)
{
        for (uint32_t i = 0; i < USERS_CONTEXTS; i++) {
                size_t at = slot_differs(i, 0);
                if (at < SLOT_WORDS)
                        report_slot(when, i, at);
        }
        if (!around_is_due())
                fail("%s: memory beside the contexts has been written to",
                     when);
        size_t at = tss_differs();
        if (at < TSS_END)
                expect_hex(((const uint32_t *)&users.tss)[at],
                           ((const uint32_t *)&kernel_tss)[at],
                           "%s: the kernel's TSS, at offset %u", when,
                           4 * (unsigned)at);
        report_processor(when);
}

// The words are put together only where they are needed: they cost more than all
// comparing.
static void
check(const char *text, va_list arguments)
{
        if (all_is_due())
                return;

        char when[160];
        vformat(when, sizeof(when), text, arguments);
        report(when);
}

void
users_check(const char *text, ...)
{
        va_list arguments;

        va_start(arguments, text);
        check(text, arguments);
        va_end(arguments);
}

void
users_check_all(const char *text, ...)
{
        char when[160];
        va_list arguments;

        va_start(arguments, text);
        vformat(when, sizeof(when), text, arguments);
        va_end(arguments);
        users_check("%s", when);
        arena_check_used("%s", when);
}
