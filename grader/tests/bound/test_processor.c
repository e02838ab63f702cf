// SPDX-License-Identifier: MIT
// The processor as execution_init makes it, whatever the boot loader has left, and
// what of that ring 3 can see.
#include "plain.h"

#include <grader/guest/users_model.h>
#include <grader/tests/given/real_machine.h>
#include <h4/live.h>
#include <kernel/fault.h>

// Bits that H wants clear.
#define CR0_CD 0x40000000u // no caching
#define CR4_VME 0x001u     // virtual interrupts, in virtual-8086 mode
#define CR4_PVI 0x002u     // and in ring 3: CLI and STI change them there
#define CR4_TSD 0x004u     // RDTSC is not for ring 3
#define CR4_DE 0x008u      // breakpoints at ports; DR4 and DR5 are no registers
#define CR4_PCE 0x100u     // RDPMC is for ring 3

// Local tables: where the harness puts one.
#define TYPE_LOCAL_TABLE 0x02u
#define LOCAL 4u // in a selector

// Two that must stay as they are: the kernel runs by them.
#define CR0_KEPT (CR0_PG | CR0_ET | CR0_PE)
#define CR4_KEPT CR4_PSE

static const struct {
        const char *name;
        uint32_t cr0, cr4;
} left_over[] = {
        { "nothing", 0, 0 },
        { "all that there is",
          CR0_CD | CR0_AM | CR0_WP | CR0_NE | CR0_TS | CR0_EM | CR0_MP,
          CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_MCE | CR4_PGE | CR4_PCE |
                  CR4_OSFXSR | CR4_OSXMMEXCPT },
        { "what takes instructions away", CR0_EM | CR0_TS, CR4_TSD },
        { "what gives instructions to ring 3", 0,
          CR4_VME | CR4_PVI | CR4_DE | CR4_PCE },
};

#define LEFT_OVER (sizeof(left_over) / sizeof(left_over[0]))

static struct descriptor local_table[2];

static void
leave(size_t i)
{
        local_table[1] = kernel_gdt[USER_DATA / 8];
        kernel_gdt[USER_GS / 8] = segment_descriptor(
                (uint32_t)(uintptr_t)local_table, sizeof(local_table) - 1,
                TYPE_LOCAL_TABLE, 0);
        lldt(USER_GS & ~3u);
        // A breakpoint at the first instruction of each program.
        __asm__ volatile("mov %0, %%dr0" : : "r"(USERS_CODE));
        write_dr7(0x402);
        write_cr0(CR0_KEPT | left_over[i].cr0);
        write_cr4(CR4_KEPT | left_over[i].cr4);
}

// TS comes and goes with programs: `traps`, if it is known.
static void
expect_processor(const char *left, uint32_t traps)
{
        const uint32_t checks = cpuid_features() & CPUID_MCE ? CR4_MCE : 0;
        const struct processor found = machine_processor();
        uint32_t dr7;

        __asm__ volatile("mov %%dr7, %0" : "=r"(dr7));
        expect_hex(CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP |
                           CR0_PE | traps,
                   read_cr0() & (traps | ~CR0_TS),
                   "after execution_init, with %s left over: CR0", left);
        expect_hex(CR4_PSE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT | checks,
                   read_cr4(), "after execution_init, with %s left over: CR4",
                   left);
        expect_hex(0x400, dr7, "after execution_init, with %s left over: DR7",
                   left);
        expect_hex(0, found.ldt,
                   "after execution_init, with %s left over: LDTR", left);
        expect_hex(KERNEL_TSS, found.task,
                   "after execution_init, with %s left over: TR", left);
}

// One instruction, and what becomes of it.
static const struct {
        const char *name;
        uint32_t vector, code;
        bool strict;
        uint8_t bytes[20];
        uint32_t size;
} seen[] = {
        { "RDTSC", 0x80, 0, false, { 0x0F, 0x31 }, 2 },
        { "RDPMC", 13, 0, false, { 0x0F, 0x33 }, 2 },
        { "CLI", 13, 0, false, { 0xFA }, 1 },
        { "STI", 13, 0, false, { 0xFB }, 1 },
        { "MOV from DR7", 13, 0, false, { 0x0F, 0x21, 0xF8 }, 3 },
        { "MOV from CR4", 13, 0, false, { 0x0F, 0x20, 0xE0 }, 3 },
        { "XORPS", 0x80, 0, false, { 0x0F, 0x57, 0xC0 }, 3 },
        // mov %edx, %ds: EDX is a selector of the local table
        { "MOV of a local selector to DS",
          13,
          8 + LOCAL,
          false,
          { 0x8E, 0xDA },
          2 },
        // pushf; orl $AC, (%esp); popf; mov 1(%esp), %eax
        { "an unaligned word, with AC",
          17,
          0,
          true,
          { 0x9C, 0x81, 0x4C, 0x24, 0x00, 0x00, 0x00, 0x04, 0x00, 0x9D, 0x8B,
            0x44, 0x24, 0xF1 },
          14 },
        // push $0x1D00; ldmxcsr (%esp); xorps; divps %xmm0, %xmm0: 0 by 0
        { "DIVPS of 0 by 0",
          19,
          0,
          true,
          { 0x68, 0x00, 0x1D, 0x00, 0x00, 0x0F, 0xAE, 0x14, 0x24, 0x0F, 0x57,
            0xC0, 0x0F, 0x5E, 0xC0 },
          15 },
        // push $0x037B; fldcw (%esp); fld1; fldz; fdivrp; fwait: 1 by 0
        { "FDIV of 1 by 0",
          16,
          0,
          false,
          { 0x68, 0x7B, 0x03, 0x00, 0x00, 0xD9, 0x2C, 0x24, 0xD9, 0xE8, 0xD9,
            0xEE, 0xDE, 0xF9, 0x9B },
          15 },
};

static void
ring_3_sees(size_t i)
{
        if (seen[i].strict && !users_strict())
                return;
        users_put_bytes(SPACE_1, seen[i].bytes, seen[i].size);
        users_add(SPACE_1, &user_int80);
        users_random(USER_A);
        users_set(USER_A, H_EDX, 8 + LOCAL + 3);
        users_set(USER_A, H_ECX, 0);
        plain_comes_to(SPACE_1, USER_A, seen[i].vector, seen[i].code,
                       seen[i].name);
}

TEST(the_processor_is_what_ring_3_needs)
{
        users_begin();
        const struct execution own = execution;
        const struct h_state state = h_state;

        for (size_t left = 0; left < LEFT_OVER; left++) {
                real_machine_begin();
                leave(left);
                execution_init();
                expect_processor(left_over[left].name, CR0_TS);
                outb(0x21, 0xFF);

                execution = own;
                h_state = state;
                live_load(users.spaces[SPACE_1].pages[PAGE_DIRECTORY].frame);
                for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
                        ring_3_sees(i);
                expect_processor("programs", 0);
                expect_read_only(vaddr(USERS_CODE), "in ring 0");
        }
        real_machine_end();
}
