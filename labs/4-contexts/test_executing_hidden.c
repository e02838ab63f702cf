// SPDX-License-Identifier: MIT
// Tests of exercise 4.4: what ends user code, and what the client does not hear of.
#include "executing.h"
#include "lines.h"

#include <kernel/pic.h>

#define PERIOD H_PERIOD_DEFAULT

// The timer may have been waiting: then the program ends before it begins.
static void
meets_the_timer(enum user_space space, enum user who, const char *what)
{
        users_about(what);
        struct h_interrupt out = runs(space, who);

        expect_kind(H_TIMER, out.kind, what);
        expect_number(H_VECTOR_IRQ, out.vector, "%s: the vector", what);
        expect_ring_3(who, what);
}

TEST(executing_ends_endless_loops)
{
        static const uint8_t counts[] = { 0x40, 0xEB, 0xFD }; // inc %eax, back

        users_begin();
        users_put_bytes(SPACE_1, counts, sizeof(counts));
        users_put(SPACE_2, &user_loop);
        users_set(USER_A, H_EAX, 0);
        users_timer(PERIOD);
        meets_the_timer(SPACE_2, USER_B, "a loop");
        // Where time does not stand still for the kernel, the next interrupt may
        // always be there already.
        for (unsigned i = 0; i < 4 || (i < 500 && reg(USER_A, H_EAX) == 0);
             i++) {
                uint32_t before = reg(USER_A, H_EAX);
                uint32_t ebx = reg(USER_A, H_EBX);
                meets_the_timer(SPACE_1, USER_A, "a loop that counts");
                expect_bool(true, reg(USER_A, H_EAX) >= before,
                            "a program that counts goes on where it was");
                expect_hex(ebx, reg(USER_A, H_EBX),
                           "a loop that counts: H_EBX");
                meets_the_timer(SPACE_2, USER_B, "a loop");
        }
        expect_bool(true, reg(USER_A, H_EAX) > 0,
                    "a program that counts has counted");
}

// Where the unit is off for another reason, H has nothing to give: going on would
// trap for ever.
static void
tells_of_a_unit_that_is_off(void)
{
        static const uint8_t loads[] = { 0xD9, 0xE8, 0xCD, 0x80 }; // fld1

        users_put_bytes(SPACE_1, loads, sizeof(loads));
        users_random(USER_A);
        runs_into(SPACE_1, USER_A, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL, 0,
                  "INT 0x80 after FLD1, which makes the unit the context's");
        users_random(USER_A);
        write_cr0(read_cr0() | CR0_EM);
        runs_into(SPACE_1, USER_A, H_EXCEPTION, 7, 0,
                  "FLD1 by the unit's owner, with EM set in CR0");
        write_cr0(read_cr0() & ~CR0_EM);
}

// The unit holds another context's state: that is H's own affair.
TEST(executing_hides_the_unit)
{
        static const uint8_t loads_1[] = { 0xD9, 0xE8, 0xCD, 0x80 };  // fld1
        static const uint8_t loads_pi[] = { 0xD9, 0xEB, 0xCD, 0x80 }; // fldpi
        static const uint8_t stores[] = { 0xD9, 0x1D, 0x00, 0x12,
                                          0x00, 0x40, 0xCD, 0x80 }; // fstps

        users_begin();
        for (unsigned i = 0; i < 3; i++) {
                users_put_bytes(SPACE_1, loads_1, 4);
                users_put_bytes(SPACE_2, loads_pi, 4);
                users_set(USER_A, H_EIP, USERS_CODE);
                users_set(USER_B, H_EIP, USERS_CODE);
                runs_into(SPACE_1, USER_A, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL,
                          0, "INT 0x80 after FLD1");
                runs_into(SPACE_2, USER_B, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL,
                          0, "INT 0x80 after FLDPI");

                users_put_bytes(SPACE_1, stores, sizeof(stores));
                users_put_bytes(SPACE_2, stores, sizeof(stores));
                users_set(USER_A, H_EIP, USERS_CODE);
                users_set(USER_B, H_EIP, USERS_CODE);
                runs_into(SPACE_1, USER_A, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL,
                          0, "INT 0x80 after FSTP");
                runs_into(SPACE_2, USER_B, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL,
                          0, "INT 0x80 after FSTP");
                expect_hex(0x3F800000, *users_word(SPACE_1, USERS_FREE),
                           "what FLD1 and, in another execution, FSTP store");
                expect_hex(0x40490FDB, *users_word(SPACE_2, USERS_FREE),
                           "what FLDPI and, in another execution, FSTP store");
        }
        tells_of_a_unit_that_is_off();
}

// Interrupts that no device has asked for: INT n is as good as they are.
TEST(executing_hides_spurious_interrupts)
{
        static const uint8_t code[] = {
                0x40, 0xCD, 0x27, // inc %eax; int $0x27: line 7
                0x40, 0xCD, 0x2F, // inc %eax; int $0x2F: line 15
                0x40, 0xCD, 0x80, // inc %eax; int $0x80
        };

        users_begin();
        users_open_gate(0x27);
        users_open_gate(0x2F);
        users_put_bytes(SPACE_1, code, sizeof(code));
        users_watch();
        uint32_t before = reg(USER_A, H_EAX);
        runs_into(SPACE_1, USER_A, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL, 0,
                  "INT 0x80 after two spurious interrupts");
        due_register(USER_A, H_EAX, before + 3);
        due_register(USER_A, H_EFLAGS, reg(USER_A, H_EFLAGS));
        due_user_segments(USER_A, 0);
        due_left(USER_A, USERS_CODE + 9, SYSTEM_CALL_GATE, 0);
        users_check("after two spurious interrupts and INT 0x80");
}

// A system call's vector stands behind those of the lines.
static void
calls_are_no_lines(void)
{
        const uint16_t open = (uint16_t)(ALL_LINES & ~(3u << 8 | CASCADE));

        users_put(SPACE_1, &user_int80);
        users_random(USER_A);
        lines_mask(open);
        expect_kind(H_SYSTEM_CALL, runs(SPACE_1, USER_A).kind, "INT 0x80");
        expect_hex(open, lines_masked(),
                   "after INT 0x80: the masks of both controllers");
}

// A line that has come is masked and acknowledged: irq_arrived has been told of the
// right one. Devices raise it, so that it is really in service.
TEST(executing_tells_lines)
{
        static const unsigned raised[] = { LINE_KEYBOARD, LINE_COM1,
                                           LINE_DISK };

        users_begin();
        calls_are_no_lines();
        users_put(SPACE_1, &user_loop);
        lines.com1_interrupts = inb(0x3F9);
        lines.com1_modem = inb(0x3FC);
        for (unsigned i = 0; i < sizeof(raised) / sizeof(raised[0]); i++) {
                unsigned line = raised[i];
                users_random(USER_A);
                line_raise(line);
                lines_mask((uint16_t)(ALL_LINES & ~(1u << line | CASCADE)));
                users_set(USER_A, H_EBX, line);
                users_about("a loop; line H_EBX is raised");
                struct h_interrupt out = runs(SPACE_1, USER_A);
                line_calm_device(line);
                expect_kind(H_IRQ, out.kind, "an interrupt line");
                expect_number(line, out.line, "an interrupt line: the line");
                expect_number(IRQ_BASE + line, out.vector,
                              "an interrupt line: the vector");
                expect_ring_3(USER_A, "an interrupt line");
                expect_hex(ALL_LINES & ~CASCADE, lines_masked(),
                           "after interrupt line %u: the masks of both "
                           "controllers",
                           line);
                expect_hex(0, lines_in_service(),
                           "after interrupt line %u: what is in service", line);
        }
}

// The system call is told first, with TF as the program had it; then the step,
// and no instruction comes in between.
TEST(executing_tells_a_step_over_sysenter)
{
        static const uint8_t steps[] = {
                0x9C,                                     // pushf
                0x81, 0x0C, 0x24, 0x00, 0x01, 0x00, 0x00, // orl TF
                0x9D,                                     // popf
                0x0F, 0x34,                               // sysenter
                0x40, 0x40,                               // inc %eax
        };

        users_begin();
        users_put_bytes(SPACE_1, steps, sizeof(steps));
        users_set(USER_A, H_EBX, USERS_CODE + 11);
        users_set(USER_A, H_EBP, USERS_STACK_TOP);
        uint32_t eax = reg(USER_A, H_EAX);
        struct h_interrupt call = runs(SPACE_1, USER_A);
        expect_kind(H_SYSTEM_CALL, call.kind, "SYSENTER with TF");
        expect_number(H_VECTOR_SYSENTER, call.vector,
                      "SYSENTER with TF: the vector");
        expect_hex(EFLAGS_TF, reg(USER_A, H_EFLAGS) & EFLAGS_TF,
                   "SYSENTER with TF: TF in H_EFLAGS");

        // A refusal does not take the step away; and it has its own error code.
        struct h_pagemap stale = users_pagemap(SPACE_1);
        struct h_interrupt out;
        stale.generation++;
        expect_h(H_BAD_HANDLE,
                 users_execute(stale, users_context(USER_A), &out),
                 "h_execute in an address space that was made up, of a "
                 "context with a step to be told");
        users_set(USER_A, H_CODE, 0x77);
        accept_registers(USER_A);
        runs_into(SPACE_1, USER_A, H_EXCEPTION, H_VECTOR_DEBUG, 0,
                  "the step over SYSENTER");
        due_left(USER_A, USERS_CODE + 11, H_VECTOR_DEBUG, 0);
        users_check("after h_execute has told the step over SYSENTER");
        expect_hex(0, users_slot(USER_A)->flags,
                   "the context's flags after the step has been told");

        runs_into(SPACE_1, USER_A, H_EXCEPTION, H_VECTOR_DEBUG, 0,
                  "the step behind SYSENTER");
        expect_hex(USERS_CODE + 12, reg(USER_A, H_EIP),
                   "the step behind SYSENTER: H_EIP");
        expect_hex(eax + 1, reg(USER_A, H_EAX),
                   "the step behind SYSENTER: H_EAX, which it counts up");
}
