// SPDX-License-Identifier: MIT
// System calls by INT have a handler of their own, where the client gives one.
#include "bound.h"

#define CALLS 20u

static void
expect_its_own_handler(void)
{
        bool by_int = reg(told.who, H_HANDLER) == H_VECTOR_SYSTEM_CALL;

        expect_call(USER_A, "a program that calls by both ways");
        expect_bool(with_gate_call && by_int, told.gate,
                    "call %u, by %s, with%s gate_call: gate_call is called",
                    told_times, by_int ? "INT 0x80" : "SYSENTER",
                    with_gate_call ? "" : "out");
        expect_hex(reg(USER_A, H_EAX), told.eax, "argument eax");
        expect_hex(reg(USER_A, H_EDX), told.edx, "argument edx");
        expect_hex(reg(USER_A, H_ECX), told.ecx, "argument ecx");
        expect_hex(reg(USER_A, H_ESI), told.esi, "argument esi");
        expect_hex(reg(USER_A, H_EDI), told.edi, "argument edi");
        expect_hex(reg(USER_A, H_EBX), told.ebx, "argument ebx");
        expect_hex(reg(USER_A, H_EBP), told.ebp, "argument ebp");
        if (told_times == CALLS)
                over();
}

TEST(calls_by_int_have_a_handler_of_their_own)
{
        for (unsigned i = 0; i < 2; i++) {
                bound_begin();
                with_gate_call = i > 0;
                give_program(SPACE_1, USER_A, &calls_both);
                bind(USER_A, SPACE_1, NO_BUFFER, 0);
                run_bound(USER_A, expect_its_own_handler);
                expect_number(CALLS, told_times, "calls");
        }
}
