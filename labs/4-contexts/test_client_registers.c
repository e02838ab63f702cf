// SPDX-License-Identifier: MIT
// Tests of exercise 4.4: whatever a client writes to a context, user code runs in
// ring 3, with interrupts on and no I/O privilege.
#include "executing.h"

static uint32_t end; // of the code that says its registers

static void
begins(void)
{
        users_begin();
        users_put(SPACE_1, &user_say);
        end = users_add(SPACE_1, &user_int80);
}

// What is left of the flags that were written.
static uint32_t
allowed(uint32_t flags)
{
        return (flags & H_USER_FLAGS) | EFLAGS_FIXED | EFLAGS_IF;
}

// Runs code that says its registers, and expects that it has those that it may
// have.
static void
runs_in_ring_3(uint32_t flags, const char *what)
{
        bool step = (flags & EFLAGS_TF) != 0;

        due_register(USER_A, H_EFLAGS, allowed(flags));
        due_register(USER_A, H_CS, USER_CODE);
        due_register(USER_A, H_SS, USER_DATA);
        runs_into(SPACE_1, USER_A, step ? H_EXCEPTION : H_SYSTEM_CALL,
                  step ? H_VECTOR_DEBUG : H_VECTOR_SYSTEM_CALL, 0, what);
        if (!step)
                due_said(USER_A, SPACE_1, 0);
        due_user_segments(USER_A, 0);
        if (step)
                due_left(USER_A, USERS_CODE + 5, H_VECTOR_DEBUG, 0);
        else
                due_left(USER_A, end + 2, SYSTEM_CALL_GATE, 0);
        users_check("%s", what);
}

static void
writes_flags(uint32_t flags)
{
        users_random(USER_A);
        users_set(USER_A, H_EFLAGS, flags);
        runs_in_ring_3(flags, "after any bits were written to H_EFLAGS");
}

TEST(executing_refuses_flags)
{
        begins();
        writes_flags(0);
        writes_flags(UINT32_MAX);
        for (unsigned bit = 0; bit < 32; bit++) {
                writes_flags(1u << bit);
                writes_flags(~(1u << bit));
        }
        for (unsigned i = 0; i < 10; i++)
                writes_flags(random_word());
}

static void
writes_selectors(uint32_t first, uint32_t by)
{
        static const enum h_register selectors[] = { H_CS, H_SS, H_DS,
                                                     H_ES, H_FS, H_GS };

        users_random(USER_A);
        uint32_t flags = reg(USER_A, H_EFLAGS);
        for (unsigned i = 0; i < 6; i++)
                users_set(USER_A, selectors[i], first + by * i);
        runs_in_ring_3(flags, "after any selectors were written to H_CS, H_SS, "
                              "H_DS, H_ES, H_FS and H_GS");
}

// All that the GDT has, a little more, and others at random.
TEST(executing_refuses_selectors)
{
        begins();
        for (uint32_t selector = 0; selector < 0x60; selector += 2)
                writes_selectors(selector, selector % 3);
        writes_selectors(0xFFFF, 0);
        for (unsigned i = 0; i < 10; i++)
                writes_selectors(random_word(), random_word());
}

// Where it goes on, and where its stack is: all of user space, and no more.
TEST(executing_refuses_kernel_addresses)
{
        static const uint32_t addresses[] = {
                0xC0000000, 0xC0100000, 0xFFFFFFFF, 0xC0000FFF, ARENA_MAPPED,
        };

        begins();
        for (size_t i = 0; i < sizeof(addresses) / 4; i++) {
                users_random(USER_A);
                users_set(USER_A, H_EIP, addresses[i]);
                users_set(USER_A, H_ESP, addresses[i]);
                struct h_interrupt out = runs(SPACE_1, USER_A);
                expect_kind(H_PAGE_FAULT, out.kind,
                            "a context with an address of the kernel's in "
                            "H_EIP");
                expect_bool(true, out.user, "a page fault: user");
                expect_hex(addresses[i], out.address.value,
                           "a page fault: the address");
                due_user_segments(USER_A, 0);
                due_left(USER_A, addresses[i], H_VECTOR_PAGE_FAULT, out.code);
                users_check("after executing at 0x%08x", addresses[i]);
        }

        // Of the kernel's own contexts nothing is in reach, nor of its TSS.
        const uint32_t kept[] = {
                (uint32_t)(uintptr_t)users_slot(USER_A)->registers,
                (uint32_t)(uintptr_t)&kernel_tss,
                (uint32_t)(uintptr_t)kernel_ports,
                (uint32_t)(uintptr_t)kernel_gdt,
        };
        static const uint8_t writes[] = { 0x89, 0x03 }; // mov %eax, (%ebx)
        users_put_bytes(SPACE_1, writes, sizeof(writes));
        for (size_t i = 0; i < sizeof(kept) / 4; i++) {
                users_random(USER_A);
                users_set(USER_A, H_EBX, kept[i]);
                runs_into(SPACE_1, USER_A, H_PAGE_FAULT, H_VECTOR_PAGE_FAULT, 7,
                          "writing to the kernel's memory");
                due_user_segments(USER_A, 0);
                due_left(USER_A, USERS_CODE, H_VECTOR_PAGE_FAULT, 7);
                users_check("after writing to the kernel's memory");
        }
}
