// SPDX-License-Identifier: MIT
// Tests of exercise 4.4: contexts run, in the right address space, and the client
// hears why they were left.
#include "executing.h"

#include <kernel/cpu.h>
#include <kernel/pic.h>

// mov USERS_CONSTANT, %eax; int $0x80
static const uint8_t reads_constant[] = { 0xA1, 0x00, 0x50, 0x00,
                                          0x40, 0xCD, 0x80 };

TEST(executing_runs_in_the_space)
{
        users_begin();
        for (unsigned space = SPACE_1; space <= SPACE_2; space++) {
                users_put_bytes(space, reads_constant, sizeof(reads_constant));
                *users_word(space, USERS_CONSTANT) = 0x1111u * space;
        }
        users_watch();
        const uint32_t before = read_cr3();

        static const enum user_space order[] = { SPACE_1, SPACE_2, SPACE_2,
                                                 SPACE_2, SPACE_1, SPACE_2,
                                                 SPACE_1 };
        for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
                users_set(USER_A, H_EIP, USERS_CODE);
                // As when the space that it was in has ended.
                if (i % 2 == 0)
                        write_cr3(before);
                runs_into(order[i], USER_A, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL,
                          0, "INT 0x80");
                due_register(USER_A, H_EAX, 0x1111u * order[i]);
                due_user_segments(USER_A, 0);
                due_left(USER_A, USERS_CODE + 7, SYSTEM_CALL_GATE, 0);
                users_check("after h_execute in the space of slot %u",
                            order[i]);
        }
        users_check_all("after h_execute in two spaces");
}

// The other context's registers are in the other context, and nowhere else.
TEST(executing_takes_turns)
{
        static const uint8_t counts[] = {
                0x40,                         // inc %eax
                0xFF, 0x05, 0x00, 0x12, 0x00, // incl USERS_FREE
                0x40, 0xCD, 0x80,             // int $0x80
                0xEB, 0xF5,                   // back
        };
        uint32_t counted[2] = { 0, 0 };

        users_begin();
        users_put_bytes(SPACE_1, counts, sizeof(counts));
        users_put_bytes(SPACE_2, counts, sizeof(counts));
        users_watch();
        uint32_t first[2] = { reg(USER_A, H_EAX), reg(USER_B, H_EAX) };
        for (unsigned i = 0; i < 24; i++) {
                unsigned other = random_below(2);
                enum user who = other ? USER_B : USER_A;
                runs_into(other ? SPACE_2 : SPACE_1, who, H_SYSTEM_CALL,
                          H_VECTOR_SYSTEM_CALL, 0, "INT 0x80");
                due_register(who, H_EAX, first[other] + ++counted[other]);
                due_register(who, H_EFLAGS, reg(who, H_EFLAGS));
                due_user_segments(who, 0);
                due_left(who, USERS_CODE + 9, SYSTEM_CALL_GATE, 0);
                users_check("after h_execute of two contexts in turns");
        }
        due_user_word(SPACE_1, USERS_FREE, counted[0]);
        due_user_word(SPACE_2, USERS_FREE, counted[1]);
        users_check_all("after h_execute of two contexts in turns");
}

TEST(executing_tells_why)
{
        static const enum h_interrupt_kind kinds[WAYS] = {
                H_SYSTEM_CALL, H_SYSTEM_CALL, H_EXCEPTION, H_EXCEPTION,
                H_EXCEPTION,   H_EXCEPTION,   H_EXCEPTION, H_PAGE_FAULT,
        };

        // Two lines without a device are open: exceptions are no matter of the
        // interrupt controllers.
        const uint8_t masks = (uint8_t) ~(1u << 3 | 1u << 5);

        users_begin();
        users_undisturbed();
        uint8_t masks_before = inb(PIC2 + PIC_MASK);
        outb(PIC2 + PIC_MASK, masks);
        for (size_t i = 0; i < WAYS; i++) {
                const struct way *way = &ways[i];
                uint32_t at = put_loading(SPACE_2, way);
                users_random(USER_B);
                users_random_loaded(SPACE_2);
                runs_into(SPACE_2, USER_B, kinds[i], way->vector, way->error,
                          way->name);
                due_loading(USER_B, SPACE_2, way, at);
                users_check("after h_execute, left by %s", way->name);

                uint8_t vector = 0xEE;
                users_random(USER_B);
                users_about(way->name);
                expect_h(H_OK,
                         users_execute_vector(users_pagemap(SPACE_2),
                                              users_context(USER_B), &vector),
                         "h_execute_vector");
                expect_number(way->vector, vector,
                              "h_execute_vector, left by %s: the vector",
                              way->name);
                due_loading(USER_B, SPACE_2, way, at);
                users_check("after h_execute_vector, left by %s", way->name);
                expect_hex(masks, inb(PIC2 + PIC_MASK),
                           "left by %s: the masks of lines 15 to 8", way->name);
        }
        outb(PIC2 + PIC_MASK, masks_before);
}

// What a page fault was about is told at once, and kept until the next one.
TEST(executing_keeps_the_fault_address)
{
        static const uint8_t reads[] = { 0x8B, 0x03 };  // mov (%ebx), %eax
        static const uint8_t writes[] = { 0x89, 0x03 }; // mov %eax, (%ebx)
        static const struct {
                uint32_t address;
                bool write, present;
        } faults[] = {
                { USERS_NOTHING + 0x123, false, false },
                { USERS_GUARD, true, false },
                { USERS_CONSTANT + 0xFFC, true, true },
                { USERS_CODE + 8, true, true },
                { 0xC0100004, false, true },
                { 0xFFFFFFFF, true, false },
                { 0, false, false },
        };

        users_begin();
        users_put(SPACE_2, &user_int80);
        users_watch();
        for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
                users_put_bytes(SPACE_1, faults[i].write ? writes : reads, 2);
                users_random(USER_A);
                users_set(USER_A, H_EBX, faults[i].address);
                struct h_interrupt out = runs(SPACE_1, USER_A);
                expect_kind(H_PAGE_FAULT, out.kind, "a page fault");
                expect_hex(faults[i].address, out.address.value,
                           "a page fault: the address in *out");
                expect_bool(faults[i].write, out.write, "a page fault: write");
                expect_bool(true, out.user, "a page fault: user");
                if (faults[i].address < KERNEL_BASE)
                        expect_bool(faults[i].present, out.present,
                                    "a page fault: present");
                expect_hex(USERS_CODE, reg(USER_A, H_EIP),
                           "a page fault: H_EIP");

                // Page faults of the kernel's own, and other events.
                expect_no_access(vaddr(USERS_NOTHING), "in ring 0");
                expect_hex(faults[i].address, h_last_fault_address().value,
                           "h_last_fault_address after a page fault at this "
                           "address");
                users_put(SPACE_2, i % 2 ? &user_ud2 : &user_int80);
                users_random(USER_B);
                if (i % 2)
                        runs_into(SPACE_2, USER_B, H_EXCEPTION, 6, 0, "UD2");
                else
                        runs_into(SPACE_2, USER_B, H_SYSTEM_CALL,
                                  H_VECTOR_SYSTEM_CALL, 0, "INT 0x80");
                expect_hex(faults[i].address, h_last_fault_address().value,
                           "h_last_fault_address, after a page fault at this "
                           "address and another context's %s",
                           i % 2 ? "exception" : "system call");
        }
}
