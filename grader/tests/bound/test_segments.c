// SPDX-License-Identifier: MIT
// What GS shows a program: nothing but its own segment, to read.
#include "plain.h"

#include <grader/guest/users_model.h>
#include <kernel/layout.h>

#define GP 13u

// Reads, and writes, a byte at GS:ESI; reads a word there.
extern const struct user_code gs_reads, gs_writes, gs_reads_word;
CODE(gs_reads, "movb %gs:(%esi), %al\n");
CODE(gs_writes, "movb %al, %gs:(%esi)\n");
CODE(gs_reads_word, "movl %gs:(%esi), %eax\n");

// Asks the processor about the selector in ECX: EDX its limit, BL whether it can be
// written, BH whether it can be read.
extern const struct user_code asks_selector;
CODE(asks_selector, "xor %ebx, %ebx\n"
                    "lsl %ecx, %edx\n"
                    "verw %cx\n"
                    "setz %bl\n"
                    "verr %cx\n"
                    "setz %bh\n");

// mov %ecx, %gs
extern const struct user_code loads_gs;
CODE(loads_gs, "mov %ecx, %gs\n");

static void
give_gs(enum user who, uint32_t base, uint32_t bytes)
{
        expect_h(H_OK,
                 h_set_gs(users_context(who), (struct h_vaddr){ base }, bytes),
                 "h_set_gs of %u bytes at 0x%08x", bytes, base);
}

// --- Base and limit ----------------------------------------------------------

// Where the end of a segment is, in USERS_DATA.
#define END (USERS_FREE + 0x100)

// Of each the last byte stands before END; it shows `shown` bytes.
static const struct {
        uint32_t bytes, shown;
} sizes[] = {
        { 1, 1 },
        { 4, 4 },
        { 5, 5 },
        { 0x1D, 0x1D },
        { 0xFFFFF, 0xFFFFF },
        { 0x100000, 0x100000 },
        { 0x100001, 0x101000 },
        { 0x100FFF, 0x101000 },
        { 0x101000, 0x101000 },
        { 0x101001, 0x102000 },
};

static void
runs_at(const struct user_code *code, uint32_t offset)
{
        plain_program(SPACE_1, USER_A, code);
        users_set(USER_A, H_ESI, offset);
        users_set(USER_A, H_EAX, 0);
}

static void
is_stopped_at(const struct user_code *code, uint32_t offset, const char *what)
{
        if (!users_strict())
                return;
        runs_at(code, offset);
        plain_is_stopped(SPACE_1, USER_A, GP, 0, what);
}

static void
shows(uint32_t bytes, uint32_t shown)
{
        const uint32_t last = shown - 1;

        give_gs(USER_A, END - shown, bytes);
        plain_program(SPACE_1, USER_A, &asks_selector);
        users_set(USER_A, H_ECX, USER_GS);
        plain_goes_on(SPACE_1, USER_A, "LSL, VERW and VERR of GS's selector");
        expect_hex(last, reg(USER_A, H_EDX), "GS of %u bytes: its limit",
                   bytes);
        expect_hex(0x100, reg(USER_A, H_EBX),
                   "GS of %u bytes: can be written (BL), can be read (BH)",
                   bytes);

        runs_at(&gs_reads, last);
        plain_goes_on(SPACE_1, USER_A, "reading the last byte of GS");
        expect_hex(*users_word(SPACE_1, END - 4) >> 24, reg(USER_A, H_EAX),
                   "GS of %u bytes: the last byte", bytes);
        is_stopped_at(&gs_reads, shown, "reading behind the end of GS");
        is_stopped_at(&gs_reads, shown + 0x1000, "reading far behind GS");
        is_stopped_at(&gs_reads, UINT32_MAX, "reading GS's byte -1");
        is_stopped_at(&gs_reads_word, last,
                      "reading a word, the last byte of GS and what follows");
        uint32_t before = *users_word(SPACE_1, END - 4);
        is_stopped_at(&gs_writes, last, "writing the last byte of GS");
        is_stopped_at(&gs_writes, shown, "writing behind the end of GS");
        expect_hex(before, *users_word(SPACE_1, END - 4),
                   "GS of %u bytes, after it was written to: the last word",
                   bytes);
}

// All of user space, and not a byte of the kernel's: the segment ends it, and no
// page table is asked.
static void
shows_user_space(void)
{
        give_gs(USER_A, 0, KERNEL_BASE);
        runs_at(&gs_reads, END - 1);
        plain_goes_on(SPACE_1, USER_A, "reading by a GS of all user space");
        is_stopped_at(&gs_reads, KERNEL_BASE,
                      "reading a byte of the kernel by GS");
}

static void
refuses(enum h_error error, struct h_fault_context context, uint32_t base,
        uint32_t bytes)
{
        expect_h(error, h_set_gs(context, (struct h_vaddr){ base }, bytes),
                 "h_set_gs of %u bytes at 0x%08x", bytes, base);
}

TEST(gs_shows_what_was_asked_for)
{
        const uint32_t byte = random_word() << 24 | 1u << 31;

        users_begin();
        *users_word(SPACE_1, END - 4) = byte;
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
                shows(sizes[i].bytes, sizes[i].shown);
        shows_user_space();

        // What is refused changes nothing.
        const struct h_fault_context a = users_context(USER_A);
        const struct h_fault_context stale = { a.slot, a.generation + 1 };
        give_gs(USER_A, END - 8, 8);
        refuses(H_BAD_HANDLE, stale, END, 4);
        refuses(H_BAD_ADDRESS, a, KERNEL_BASE, 1);
        refuses(H_BAD_ADDRESS, a, KERNEL_BASE - 3, 4);
        refuses(H_BAD_ADDRESS, a, 1, KERNEL_BASE);
        refuses(H_BAD_ADDRESS, a, 4, UINT32_MAX);
        // 1 MB and a byte more are whole pages.
        refuses(H_BAD_ADDRESS, a, KERNEL_BASE - 0x100001, 0x100001);
        runs_at(&gs_reads, 7);
        plain_goes_on(SPACE_1, USER_A, "reading GS after refusals");
        expect_hex(byte >> 24, reg(USER_A, H_EAX),
                   "after refusals: the last byte of GS");
        is_stopped_at(&gs_reads, 8, "reading behind GS after refusals");
}

// --- At each entry -----------------------------------------------------------

// Says the word at GS:0 and the selector in GS, and loads GS with CX then.
extern const struct user_code says_gs;
CODE(says_gs, "mov %gs:0, %edi\n"
              "movw %gs, %ax\n"
              "mov %ecx, %gs\n");

// Whatever the program, the client or another program has made of GS.
TEST(gs_is_loaded_at_each_entry)
{
        static const uint32_t left[] = { 0, 3, USER_DATA, USER_GS, USER_CODE };

        users_begin();
        *users_word(SPACE_1, USERS_FREE) = 0xA000A000;
        *users_word(SPACE_2, USERS_FREE + 8) = 0xB000B000;
        give_gs(USER_A, USERS_FREE, 4);
        give_gs(USER_B, USERS_FREE + 8, 4);
        plain_program(SPACE_1, USER_A, &says_gs);
        plain_program(SPACE_2, USER_B, &says_gs);
        for (unsigned i = 0; i < 40; i++) {
                bool a = random_below(2) == 0;
                enum user who = a ? USER_A : USER_B;

                users_set(who, H_ECX, left[random_below(5)]);
                users_set(who, H_GS, random_word());
                plain_goes_on(a ? SPACE_1 : SPACE_2, who,
                              "a program with a GS segment");
                expect_hex(a ? 0xA000A000 : 0xB000B000, reg(who, H_EDI),
                           "execution %u: the word at GS:0", i);
                expect_hex(USER_GS, reg(who, H_EAX) & 0xFFFF,
                           "execution %u: the selector in GS", i);
        }
}

// --- Nobody else's -----------------------------------------------------------

static void
has_none(enum user_space space, enum user who, const char *when)
{
        plain_program(space, who, &loads_gs);
        users_set(who, H_ECX, USER_GS);
        users_set(who, H_GS, USER_GS);
        plain_is_stopped(space, who, GP, USER_GS & ~3u, when);

        plain_program(space, who, &asks_selector);
        users_set(who, H_ECX, USER_GS);
        users_set(who, H_EDX, 0x5EED);
        plain_goes_on(space, who, when);
        expect_hex(0x5EED, reg(who, H_EDX), "%s: LSL of GS's selector", when);
        expect_hex(0, reg(who, H_EBX),
                   "%s: VERW (BL) and VERR (BH) of GS's selector", when);
}

TEST(a_program_finds_no_other_gs)
{
        struct h_fault_context next;

        users_begin();
        for (unsigned i = 0; i < 2; i++) {
                give_gs(USER_A, USERS_FREE, 0x567);
                plain_program(SPACE_1, USER_A, &gs_reads);
                users_set(USER_A, H_ESI, 0);
                plain_goes_on(SPACE_1, USER_A, "a program with a GS segment");
                has_none(SPACE_2, USER_B, "behind a program with a GS segment");
        }
        plain_goes_on(SPACE_1, USER_A, "a program with a GS segment");
        give_gs(USER_A, USERS_FREE, 0);
        has_none(SPACE_1, USER_A, "a program whose GS segment was taken");

        // Of one that is gone, neither another one nor the next of its slot.
        give_gs(USER_A, USERS_FREE, 0x567);
        plain_program(SPACE_1, USER_A, &gs_reads);
        users_set(USER_A, H_ESI, 0);
        plain_goes_on(SPACE_1, USER_A, "a program with a GS segment");
        expect_h(H_OK, h_free_fault_context(users_context(USER_A)),
                 "h_free_fault_context");
        has_none(SPACE_2, USER_B, "behind a program that was freed");
        expect_h(H_OK, h_alloc_fault_context(&next), "h_alloc_fault_context");
        expect_number(USER_A, next.slot, "the slot of the next context");
        has_none(SPACE_1, USER_A, "the next program of the slot");
}
