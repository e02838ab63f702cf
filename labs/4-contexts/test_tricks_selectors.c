// SPDX-License-Identifier: MIT
// Tests of exercise 4.4: segments and flags that ring 3 tries to have.
#include "tricks.h"

// mov %ecx, %ds and so on, by the number that the instruction has for it.
static const struct {
        const char *name;
        uint8_t number;
        enum h_register reg;
} segments[] = {
        { "MOV to ES", 0, H_ES }, { "MOV to SS", 2, H_SS },
        { "MOV to DS", 3, H_DS }, { "MOV to FS", 4, H_FS },
        { "MOV to GS", 5, H_GS },
};

// May ring 3 load it? In the GDT there are code and data for it, and no GS segment
// now.
static bool
is_loadable(uint32_t selector, enum h_register reg)
{
        uint32_t entry = selector & 0xFFFC;

        if (reg == H_SS)
                return selector == USER_DATA;
        return entry == 0 || entry == (USER_CODE & ~3u) ||
               entry == (USER_DATA & ~3u);
}

static void
loads(unsigned segment, uint32_t selector)
{
        struct trick trick = { .name = segments[segment].name, .size = 7 };
        bool good = is_loadable(selector, segments[segment].reg);

        trick.bytes[0] = 0xB9; // mov $selector, %ecx
        trick.bytes[1] = (uint8_t)selector;
        trick.bytes[2] = (uint8_t)(selector >> 8);
        trick.bytes[5] = 0x8E; // mov %ecx, segment
        trick.bytes[6] = (uint8_t)(0xC1 | segments[segment].number << 3);
        trick.vector = good ? CALL : GP;
        trick.code = good ? 0 : selector & 0xFFFC;
        trick.at = 5;
        tries(&trick);
        if (good)
                expect_hex(selector,
                           reg(USER_A, segments[segment].reg) & 0xFFFF,
                           "after %s: the selector in the context", trick.name);
}

TEST(tricks_with_selectors)
{
        users_begin();
        for (unsigned segment = 0; segment < 5; segment++) {
                // Of DS and SS all that the GDT has, but for RPL 1; the others take
                // turns.
                bool all = segments[segment].reg == H_DS ||
                           segments[segment].reg == H_SS;
                for (uint32_t selector = all ? 0 : segment % 3; selector < 0x58;
                     selector += !all                ? 5
                                 : selector % 4 == 0 ? 2
                                                     : 1)
                        loads(segment, selector);
                loads(segment, 0xFFFF);
                loads(segment, 0x2C0);
                loads(segment, random_word() | 0x80);
        }
}

// EFLAGS that ring 3 loads: those of privilege stay as they are.
static void
loads_flags(const char *name, const uint8_t *code, uint32_t size,
            uint32_t flags)
{
        users_put_bytes(SPACE_1, code, size);
        users_add(SPACE_1, &user_say);
        uint32_t end = users_add(SPACE_1, &user_int80);
        users_random(USER_A);
        users_set(USER_A, H_EAX, flags);
        users_set(USER_A, H_ECX, USERS_CODE + size);
        runs_into(SPACE_1, USER_A, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL, 0,
                  name);
        expect_hex(end + 2, reg(USER_A, H_EIP), "after %s: H_EIP", name);
        expect_ring_3(USER_A, name);

        // RF and NT are as the program has made them; its own affair until it is
        // left.
        const uint32_t due =
                (flags & (H_USER_FLAGS | EFLAGS_NT)) | EFLAGS_FIXED | EFLAGS_IF;
        expect_hex(due, *users_word(SPACE_1, USERS_SAID + 4 * SAID_EFLAGS),
                   "%s of 0x%08x: EFLAGS in ring 3 afterwards", name, flags);
        expect_hex(due, reg(USER_A, H_EFLAGS) & ~EFLAGS_RF,
                   "%s of 0x%08x: H_EFLAGS", name, flags);
        expect_hex(USER_CODE,
                   *users_word(SPACE_1, USERS_SAID + 4 * SAID_CS) & 0xFFFF,
                   "%s of 0x%08x: CS in ring 3 afterwards", name, flags);
        accept_registers(USER_A);
        users_check("after %s of 0x%08x", name, flags);
}

TEST(tricks_with_flags)
{
        static const uint8_t popf[] = { 0x50, 0x9D }; // push %eax; popf
        static const uint8_t iret[] = {
                0x50,       // push %eax
                0x6A, 0x1B, // push $USER_CODE
                0x51,       // push %ecx: behind all this
                0xCF,       // iret
        };

        users_begin();
        users_undisturbed();
        for (unsigned bit = 0; bit < 32; bit++) {
                uint32_t flags = 1u << bit;
                if (flags == EFLAGS_TF)
                        continue;
                loads_flags("POPF", popf, sizeof(popf), flags);
                if (flags != EFLAGS_VM || users_strict())
                        loads_flags("IRET", iret, sizeof(iret), flags);
        }
        loads_flags("POPF", popf, sizeof(popf), ~EFLAGS_TF);
        loads_flags("IRET", iret, sizeof(iret), ~(EFLAGS_TF | EFLAGS_VM));

        // What one program has set, the next one does not begin with.
        users_put(SPACE_2, &user_say);
        users_add(SPACE_2, &user_int80);
        runs_into(SPACE_2, USER_B, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL, 0,
                  "the next program");
        due_said(USER_B, SPACE_2, 0);
}

// A step over SYSENTER leaves something in the kernel's TSS, where an IRET with NT
// looks.
TEST(tricks_with_a_nested_task)
{
        static const uint8_t steps[] = {
                0x9C,                                     // pushf
                0x81, 0x0C, 0x24, 0x00, 0x01, 0x00, 0x00, // orl TF
                0x9D,                                     // popf
                0x0F, 0x34,                               // sysenter
        };
        static const struct trick nested = {
                "IRET with NT",
                10,
                0,
                9,
                10,
                { 0x9C, 0x81, 0x0C, 0x24, 0x00, 0x40, 0x00, 0x00, 0x9D, 0xCF },
                false,
        };

        users_begin();
        users_put_bytes(SPACE_1, steps, sizeof(steps));
        users_set(USER_A, H_EBX, USERS_CODE);
        users_set(USER_A, H_EBP, USERS_STACK_TOP);
        runs_into(SPACE_1, USER_A, H_SYSTEM_CALL, H_VECTOR_SYSENTER, 0,
                  "SYSENTER with TF");
        expect_hex(0, kernel_tss.link,
                   "after SYSENTER with TF: the link in the kernel's TSS");
        runs_into(SPACE_1, USER_A, H_EXCEPTION, H_VECTOR_DEBUG, 0,
                  "the step over SYSENTER");
        accept_registers(USER_A);
        users_watch();
        tries(&nested);
}
