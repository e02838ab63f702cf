// SPDX-License-Identifier: MIT
// Tests of exercise 4.4: instructions by which ring 3 tries to be more than that. Each
// ends in an exception that the client is told.
#include "tricks.h"

// Not for ring 3 at all.
static const struct trick privileged[] = {
        { "CLI", GP, 0, 0, 1, { 0xFA }, false },
        { "STI", GP, 0, 0, 1, { 0xFB }, false },
        { "HLT", GP, 0, 0, 1, { 0xF4 }, false },
        { "LGDT", GP, 0, 0, 3, { 0x0F, 0x01, 0x13 }, false },
        { "LIDT", GP, 0, 0, 3, { 0x0F, 0x01, 0x1B }, false },
        { "LLDT", GP, 0, 0, 3, { 0x0F, 0x00, 0xD0 }, false },
        { "LTR", GP, 0, 0, 3, { 0x0F, 0x00, 0xD8 }, false },
        { "LMSW", GP, 0, 0, 3, { 0x0F, 0x01, 0xF0 }, false },
        { "CLTS", GP, 0, 0, 2, { 0x0F, 0x06 }, false },
        { "INVLPG", GP, 0, 0, 3, { 0x0F, 0x01, 0x3B }, false },
        { "INVD", GP, 0, 0, 2, { 0x0F, 0x08 }, false },
        { "WBINVD", GP, 0, 0, 2, { 0x0F, 0x09 }, false },
        { "MOV from CR0", GP, 0, 0, 3, { 0x0F, 0x20, 0xC0 }, false },
        { "MOV to CR0", GP, 0, 0, 3, { 0x0F, 0x22, 0xC0 }, false },
        { "MOV from CR2", GP, 0, 0, 3, { 0x0F, 0x20, 0xD0 }, false },
        { "MOV from CR3", GP, 0, 0, 3, { 0x0F, 0x20, 0xD8 }, false },
        { "MOV to CR3", GP, 0, 0, 3, { 0x0F, 0x22, 0xD8 }, false },
        { "MOV from CR4", GP, 0, 0, 3, { 0x0F, 0x20, 0xE0 }, false },
        { "MOV to CR4", GP, 0, 0, 3, { 0x0F, 0x22, 0xE0 }, false },
        { "MOV from DR0", GP, 0, 0, 3, { 0x0F, 0x21, 0xC0 }, false },
        { "MOV to DR0", GP, 0, 0, 3, { 0x0F, 0x23, 0xC0 }, false },
        { "MOV to DR7", GP, 0, 0, 3, { 0x0F, 0x23, 0xF8 }, false },
        { "RDMSR", GP, 0, 0, 2, { 0x0F, 0x32 }, false },
        { "WRMSR", GP, 0, 0, 2, { 0x0F, 0x30 }, false },
        { "RDPMC", GP, 0, 0, 2, { 0x0F, 0x33 }, false },
        { "SYSEXIT", GP, 0, 0, 2, { 0x0F, 0x35 }, false },
        { "IN of a byte", GP, 0, 0, 1, { 0xEC }, false },
        { "IN of 4 bytes", GP, 0, 0, 1, { 0xED }, false },
        { "IN from a fixed port", GP, 0, 0, 2, { 0xE4, 0x64 }, false },
        { "OUT of a byte", GP, 0, 0, 1, { 0xEE }, false },
        { "OUT of 2 bytes", GP, 0, 0, 2, { 0x66, 0xEF }, false },
        { "OUT to a fixed port", GP, 0, 0, 2, { 0xE6, 0x20 }, false },
        { "INS", GP, 0, 0, 1, { 0x6C }, false },
        { "OUTS", GP, 0, 0, 1, { 0x6E }, false },
};

TEST(tricks_with_instructions)
{
        tries_all(privileged, sizeof(privileged) / sizeof(privileged[0]));
}

// Other ways for code to go on elsewhere.
static const struct trick transfers[] = {
        { "LJMP 0x08:0", GP, 0x08, 0, 7, { 0xEA, 0, 0, 0, 0, 0x08, 0 }, false },
        { "LCALL 0x08:0",
          GP,
          0x08,
          0,
          7,
          { 0x9A, 0, 0, 0, 0, 0x08, 0 },
          false },
        { "LCALL 0x0B:0",
          GP,
          0x08,
          0,
          7,
          { 0x9A, 0, 0, 0, 0, 0x0B, 0 },
          false },
        { "LCALL 0x23:0",
          GP,
          0x20,
          0,
          7,
          { 0x9A, 0, 0, 0, 0, 0x23, 0 },
          false },
        { "LCALL to a null selector", GP, 0, 0, 7, { 0x9A }, false },
        { "LJMP to the kernel's task",
          GP,
          KERNEL_TSS,
          0,
          7,
          { 0xEA, 0, 0, 0, 0, KERNEL_TSS, 0 },
          false },
        { "LCALL to the kernel's task",
          GP,
          KERNEL_TSS,
          0,
          7,
          { 0x9A, 0, 0, 0, 0, KERNEL_TSS | 3, 0 },
          false },
        { "LCALL to the double fault's task",
          GP,
          DOUBLE_FAULT_TSS,
          0,
          7,
          { 0x9A, 0, 0, 0, 0, DOUBLE_FAULT_TSS | 3, 0 },
          false },
        { "LJMP to the NMI's task",
          GP,
          NMI_TSS,
          0,
          7,
          { 0xEA, 0, 0, 0, 0, NMI_TSS | 3, 0 },
          false },
        { "LJMP behind the GDT",
          GP,
          0x50,
          0,
          7,
          { 0xEA, 0, 0, 0, 0, 0x53, 0 },
          false },
        { "LJMP through an LDT",
          GP,
          0x0C,
          0,
          7,
          { 0xEA, 0, 0, 0, 0, 0x0F, 0 },
          false },
        { "LCALL through an LDT",
          GP,
          0xFFFC,
          0,
          7,
          { 0x9A, 0, 0, 0, 0, 0xFF, 0xFF },
          false },
        { "LJMP within ring 3",
          CALL,
          0,
          0,
          7,
          { 0xEA, 0x07, 0x00, 0x00, 0x40, 0x18, 0 },
          false },
        { "LRET to ring 0",
          GP,
          0x08,
          4,
          5,
          { 0x6A, 0x08, // push $KERNEL_CODE
            0x6A, 0x00, // push $0
            0xCB },
          false }, // lret
        { "IRET to ring 0",
          GP,
          0x08,
          5,
          6,
          { 0x9C,       // pushf
            0x6A, 0x08, // push $KERNEL_CODE
            0x6A, 0x00, // push $0
            0xCF },
          false }, // iret
        { "IRET to ring 1",
          GP,
          0x18,
          5,
          6,
          { 0x9C, 0x6A, 0x19, 0x6A, 0x00, 0xCF },
          false },
        { "IRET to a data segment",
          GP,
          0x20,
          5,
          6,
          { 0x9C, 0x6A, 0x23, 0x6A, 0x00, 0xCF },
          false },
        { "IRET with NT",
          10,
          0,
          9,
          10,
          { 0x9C,                                     // pushf
            0x81, 0x0C, 0x24, 0x00, 0x40, 0x00, 0x00, // orl NT
            0x9D,                                     // popf
            0xCF },
          false }, // iret
};

TEST(tricks_with_far_transfers)
{
        tries_all(transfers, sizeof(transfers) / sizeof(transfers[0]));
}

// Exceptions that a program can ask for.
static const struct trick exceptions[] = {
        { "INT3", 3, 0, 1, 1, { 0xCC }, false },
        { "INT 3", 3, 0, 2, 2, { 0xCD, 3 }, false },
        { "INTO with OF",
          4,
          0,
          5,
          5,
          { 0xB0, 0x7F, // mov $0x7F, %al
            0xFE, 0xC0, // inc %al
            0xCE },
          false },
        { "INTO without OF", CALL, 0, 0, 3, { 0x31, 0xC0, 0xCE }, false },
        { "BOUND", 5, 0, 0, 2, { 0x62, 0x03 }, false },
        { "INT1", 1, 0, 1, 1, { 0xF1 }, true },
        { "UD2", 6, 0, 0, 2, { 0x0F, 0x0B }, false },
        { "a LOCK without a reason", 6, 0, 0, 2, { 0xF0, 0x90 }, false },
        { "an instruction that is too long",
          GP,
          0,
          0,
          16,
          { 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
            0x66, 0x66, 0x66, 0x66, 0x90 },
          true },
        { "DIV by 0", 0, 0, 2, 4, { 0x31, 0xC9, 0xF7, 0xF1 }, false },
        { "a single step",
          1,
          0,
          10,
          10,
          { 0x9C,                                     // pushf
            0x81, 0x0C, 0x24, 0x00, 0x01, 0x00, 0x00, // orl TF
            0x9D,                                     // popf
            0x90 },
          false },
        { "data that is not aligned",
          17,
          0,
          9,
          12,
          { 0x9C, 0x81, 0x0C, 0x24, 0x00, 0x00, 0x04, 0x00, // orl AC
            0x9D, 0x8B, 0x43, 0x01 },
          true }, // mov 1(%ebx), %eax
};

TEST(tricks_with_exceptions)
{
        tries_all(exceptions, sizeof(exceptions) / sizeof(exceptions[0]));
}

// Any INT n but those that have a gate for ring 3.
TEST(tricks_with_software_interrupts)
{
        struct trick trick = { "INT n", 0, 0, 0, 2, { 0xCD }, false };

        users_begin();
        // Where there are gates; of the others every seventh.
        for (uint32_t n = 0; n < 256; n += n < 48 || n == 127 ? 1 : 7) {
                bool open = n == 3 || n == 4 || n == SYSTEM_CALL_GATE;
                trick.vector = open ? n : GP;
                trick.code = open ? 0 : n * 8 + 2;
                trick.at = n == 3 || n == 4 ? 2 : 0;
                trick.size = n == SYSTEM_CALL_GATE ? 0 : 2;
                trick.bytes[1] = (uint8_t)n;
                tries(&trick);
        }
}

// What is there already: instructions that ring 3 may execute, and that change
// nothing.
static const struct trick harmless[] = {
        { "SGDT", CALL, 0, 0, 3, { 0x0F, 0x01, 0x03 }, false },
        { "SIDT", CALL, 0, 0, 3, { 0x0F, 0x01, 0x0B }, false },
        { "SLDT", CALL, 0, 0, 3, { 0x0F, 0x00, 0xC0 }, false },
        { "STR", CALL, 0, 0, 3, { 0x0F, 0x00, 0xC8 }, false },
        { "SMSW", CALL, 0, 0, 3, { 0x0F, 0x01, 0xE0 }, false },
        { "RDTSC", CALL, 0, 0, 2, { 0x0F, 0x31 }, false },
        { "CPUID", CALL, 0, 0, 2, { 0x0F, 0xA2 }, false },
        { "LAR", CALL, 0, 0, 3, { 0x0F, 0x02, 0xC1 }, false },
        { "VERW", CALL, 0, 0, 3, { 0x0F, 0x00, 0xE9 }, false },
        { "ARPL", CALL, 0, 0, 2, { 0x63, 0xC8 }, false },
};

TEST(tricks_that_are_none)
{
        tries_all(harmless, sizeof(harmless) / sizeof(harmless[0]));
}
