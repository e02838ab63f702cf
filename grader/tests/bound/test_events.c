// SPDX-License-Identifier: MIT
// What the client is told, with what, and on which stack.
#include "bound.h"

#define EVENTS 10000u

// --- The stack ---------------------------------------------------------------

// Each handler ends in one of the three ways that there are; the stack is
// looked at by bound.c.
static void
go_on_somehow(void)
{
        if (told_times >= EVENTS)
                over();

        enum user other = told.who == USER_A ? USER_B : USER_A;
        if (!told.call)
                users_slot(told.who)->registers[H_EIP] += 1; // behind HLT
        else
                expect_bool(true, told.edi > 0, "the program counts");
        switch (random_below(4)) {
        case 0:
                return;
        case 1:
                run(told.who);
        case 2:
                run(other);
        default:
                if (h_handoff(users_context(other), 0, 1, 2) != H_NO_CALL)
                        fail("h_handoff has neither refused nor gone");
        }
}

TEST(events_begin_on_an_empty_stack)
{
        static const uint8_t hlt_then_back[] = { 0xF4, 0xEB, 0 };

        bound_begin();
        for (unsigned space = SPACE_1; space <= SPACE_2; space++) {
                enum user who = space == SPACE_1 ? USER_A : USER_B;
                // The last two bytes of calls_both are its JMP.
                const struct user_code calls = { calls_both.begin,
                                                 calls_both.size - 2 };
                give_program(space, who, &calls);
                uint8_t back[3] = { hlt_then_back[0], hlt_then_back[1],
                                    (uint8_t)(0 - (calls.size + 3)) };
                users_add_bytes(space, back, sizeof(back));
                bind(who, space, NO_BUFFER, 0);
        }
        run_bound(USER_A, go_on_somehow);
        expect_number(EVENTS, told_times, "handlers have been called");
}

// --- System calls ------------------------------------------------------------

static uint32_t
loaded(enum loaded which)
{
        return *users_word(SPACE_1, USERS_LOADED + 4 * (uint32_t)which);
}

static bool by_sysenter;

// What the program has loaded, as arguments and as registers.
static void
compare_arguments(void)
{
        const char *way = by_sysenter ? "by SYSENTER" : "by INT 0x80";

        expect_call(USER_A, way);
        expect_hex(loaded(LOADED_EAX), told.eax, "%s: argument eax", way);
        expect_hex(loaded(LOADED_EDX), told.edx, "%s: argument edx", way);
        expect_hex(loaded(LOADED_ECX), told.ecx, "%s: argument ecx", way);
        expect_hex(loaded(LOADED_ESI), told.esi, "%s: argument esi", way);
        expect_hex(loaded(LOADED_EDI), told.edi, "%s: argument edi", way);
        expect_hex(loaded(LOADED_EBX), told.ebx, "%s: argument ebx", way);
        expect_hex(loaded(LOADED_EBP), told.ebp, "%s: argument ebp", way);

        static const struct {
                enum h_register reg;
                enum loaded loaded;
        } same[] = {
                { H_EAX, LOADED_EAX }, { H_EBX, LOADED_EBX },
                { H_ECX, LOADED_ECX }, { H_EDX, LOADED_EDX },
                { H_ESI, LOADED_ESI }, { H_EDI, LOADED_EDI },
                { H_EBP, LOADED_EBP },
        };
        for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
                expect_hex(loaded(same[i].loaded), reg(USER_A, same[i].reg),
                           "%s: register %u", way, same[i].reg);
        expect_hex(loaded(LOADED_EFLAGS) | EFLAGS_FIXED | EFLAGS_IF,
                   reg(USER_A, H_EFLAGS) & ~EFLAGS_RF, "%s: H_EFLAGS", way);
        expect_hex(by_sysenter ? H_VECTOR_SYSENTER : H_VECTOR_SYSTEM_CALL,
                   reg(USER_A, H_HANDLER), "%s: H_HANDLER", way);
        expect_hex(0, reg(USER_A, H_CODE), "%s: H_CODE", way);
        expect_hex(by_sysenter ? loaded(LOADED_EBX)
                               : USERS_CODE + loads_int.size,
                   reg(USER_A, H_EIP), "%s: H_EIP", way);
        expect_hex(by_sysenter ? loaded(LOADED_EBP) : loaded(LOADED_ESP),
                   reg(USER_A, H_ESP), "%s: H_ESP", way);
        expect_hex(USER_CODE, reg(USER_A, H_CS) & 0xFFFF, "%s: H_CS", way);
        expect_hex(USER_DATA, reg(USER_A, H_SS) & 0xFFFF, "%s: H_SS", way);
        over();
}

TEST(system_calls_carry_arguments)
{
        // Flags that only ring 0 must not be left with.
        static const uint32_t flags[] = { 0,         EFLAGS_DF, EFLAGS_AC,
                                          EFLAGS_NT, EFLAGS_ID, 0x44CD5 };

        for (unsigned i = 0; i < 24; i++) {
                by_sysenter = i % 2 == 0;
                bound_begin();
                users_put(SPACE_1, by_sysenter ? &loads_sysenter : &loads_int);
                users_random_loaded(SPACE_1);
                // DS to GS are not loaded; AC would trap.
                *users_word(SPACE_1, USERS_LOADED + 4 * LOADED_EFLAGS) |=
                        flags[i / 2 % 6];
                users_random(USER_A);
                bind(USER_A, SPACE_1, NO_BUFFER, 0);
                run_bound(USER_A, compare_arguments);
        }
}

// --- Other events ------------------------------------------------------------

static struct {
        const char *name;
        const struct user_code *code;
        uint32_t vector, error;
} const ways[] = {
        { "HLT", &user_hlt, 13, 0 },
        { "UD2", &user_ud2, 6, 0 },
        { "INT3", &user_int3, 3, 0 },
        { "DIV by 0", &user_divide, 0, 0 },
        { "a kernel's selector in SS", &user_bad_ss, 13, KERNEL_DATA },
        { "reading where nothing is mapped", &user_fault, 14, 4 },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static size_t way;

static void
compare_event(void)
{
        expect_event(USER_B, ways[way].vector, ways[way].error, ways[way].name);
        expect_hex(ways[way].vector, reg(USER_B, H_HANDLER), "%s: H_HANDLER",
                   ways[way].name);
        expect_hex(ways[way].error, reg(USER_B, H_CODE), "%s: H_CODE",
                   ways[way].name);
        expect_hex(USERS_CODE + (ways[way].vector == 3), reg(USER_B, H_EIP),
                   "%s: H_EIP", ways[way].name);
        if (ways[way].vector == 14)
                expect_hex(USERS_NOTHING, h_last_fault_address().value,
                           "%s: h_last_fault_address", ways[way].name);
        over();
}

TEST(events_carry_vector_and_code)
{
        for (way = 0; way < WAYS; way++) {
                bound_begin();
                users_put(SPACE_2, ways[way].code);
                users_random(USER_B);
                bind(USER_B, SPACE_2, NO_BUFFER, 0);
                run_bound(USER_B, compare_event);
        }
}

// Each fault has the address of its own, and none is told of another's.
static void
compare_fault(void)
{
        const uint32_t address = USERS_NOTHING + 4 * told_times;

        expect_event(USER_B, 14, 4, "a page fault");
        expect_hex(address, h_last_fault_address().value,
                   "page fault %u: h_last_fault_address", told_times);
        if (told_times == 20)
                over();
        users_slot(USER_B)->registers[H_ESI] = address + 4;
        if (told_times % 2 == 0)
                run(USER_B);
}

TEST(events_keep_the_fault_address)
{
        static const uint8_t reads[] = { 0x8B, 0x06 }; // mov (%esi), %eax

        bound_begin();
        users_put_bytes(SPACE_2, reads, sizeof(reads));
        users_random(USER_B);
        users_set(USER_B, H_ESI, USERS_NOTHING + 4);
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
        run_bound(USER_B, compare_fault);
}

// --- Returning ---------------------------------------------------------------

static const struct user_code *calling;

static void
return_always(void)
{
        expect_call(USER_A, "a handler has returned");
        expect_number(told_times, told.edi,
                      "the program has gone on so often, as handlers have "
                      "returned");
        if (told_times == 40)
                over();
}

TEST(handlers_may_return)
{
        static const struct user_code *const codes[] = { &calls_int,
                                                         &calls_sysenter,
                                                         &calls_both };

        for (unsigned i = 0; i < 3; i++) {
                calling = codes[i];
                bound_begin();
                give_program(SPACE_1, USER_A, calling);
                bind(USER_A, SPACE_1, NO_BUFFER, 0);
                run_bound(USER_A, return_always);
        }
}

// --- Interrupts --------------------------------------------------------------

static void
count_ticks(void)
{
        expect_event(USER_A, H_VECTOR_IRQ, 0, "a program without an end");
        expect_hex(USERS_CODE, reg(USER_A, H_EIP), "at a tick: H_EIP");
        if (told_times == 5)
                over();
        if (told_times % 2 == 0)
                run(USER_A);
}

TEST(the_timer_ends_programs)
{
        bound_begin();
        users_put(SPACE_1, &user_loop);
        users_random(USER_A);
        users_set(USER_A, H_EFLAGS, EFLAGS_FIXED); // IF is H's to set
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        users_timer(200);
        run_bound(USER_A, count_ticks);
}

static void
wait_for_tick(void)
{
        const uint32_t loop = USERS_CODE + calls_sysenter.size;

        if (told.call) {
                expect_call(USER_A, "before a tick");
                // On it goes by SYSEXIT, to what never ends.
                users_slot(USER_A)->registers[H_EIP] = loop;
                return;
        }
        expect_event(USER_A, H_VECTOR_IRQ, 0, "after SYSEXIT");
        // QEMU's timer does not wait for the program to begin.
        if (reg(USER_A, H_EIP) < loop)
                return;
        expect_hex(loop, reg(USER_A, H_EIP), "at a tick: H_EIP");
        over();
}

// Interrupts are on behind SYSEXIT as well.
TEST(the_timer_ends_programs_behind_sysexit)
{
        bound_begin();
        give_program(SPACE_1, USER_A, &calls_sysenter);
        users_add(SPACE_1, &user_loop);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        users_timer(200);
        run_bound(USER_A, wait_for_tick);
}

static void
hear_nothing(void)
{
        expect_call(USER_A, "after an interrupt that was none");
        expect_number(told_times, told.edi, "the program has gone on");
        if (told_times == 3)
                over();
}

// Line 7, when it is not in service, is nobody's affair.
TEST(spurious_interrupts_are_not_told)
{
        static const uint8_t spurious[] = { 0x47, 0xCD, 0x27, 0xCD,
                                            0x80, 0xEB, 0xF9 };

        bound_begin();
        users_put_bytes(SPACE_1, spurious, sizeof(spurious));
        users_random(USER_A);
        users_set(USER_A, H_EDI, 0);
        users_open_gate(39);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        run_bound(USER_A, hear_nothing);
}
