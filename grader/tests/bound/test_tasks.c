// SPDX-License-Identifier: MIT
// What changes tasks while a program runs: a real non-maskable interrupt, which the
// program asks the processor's own interrupt controller for, and the other gates of
// that kind by INT n. A machine check comes from without (test_bound_form.py).
//
// The harness maps the controller's page for ring 3, in the place of
// USERS_NOTHING. Source: Intel SDM volume 3, 10.6.1 (interrupt command register),
// 7.3 and 7.4 (changing tasks, and IRET back).
#include "bound.h"
#include "code.h"

#include <grader/guest/users_model.h>
#include <h4/live.h>
#include <kernel/fault.h>
#include <kernel/image.h>
#include <kernel/string.h>

#define CONTROLLER 0xFEE00000u
#define NO_CACHING 0x018u // in an entry
#define TASK_STACK 0x2000u

#define MSR_CONTROLLER 0x1Bu
#define CONTROLLER_ON 0x800u

// To the processor with number 0, by the mode "NMI". Counts in EDI before and
// behind.
#define ASK                                                                    \
        "movl $0, 0x40002310\n"                                                \
        "xor %edi, %edi\n"                                                     \
        "movl $0x4400, 0x40002300\n"

extern const struct user_code asks_nmi, asks_nmi_then_calls;
CODE(asks_nmi, ASK "1: inc %edi\n jmp 1b\n");
CODE(asks_nmi_then_calls, "lea 0x40000000, %ebx\n"
                          "mov %esp, %ebp\n" ASK "sysenter\n");

extern const struct user_code int_nmi, int_double_fault, int_machine_check;
CODE(int_nmi, "mov $0x1234, %edi\n int $2\n");
CODE(int_double_fault, "mov $0x1234, %edi\n int $8\n");
CODE(int_machine_check, "mov $0x1234, %edi\n int $18\n");

static const struct {
        const char *name;
        uint32_t vector;
        uint16_t task;
        const struct user_code *code;
} tasks[] = {
        { "INT 2", TRAP_NMI, NMI_TSS, &int_nmi },
        { "INT 8", TRAP_DOUBLE_FAULT, DOUBLE_FAULT_TSS, &int_double_fault },
        { "INT 18", TRAP_MACHINE_CHECK, MACHINE_CHECK_TSS, &int_machine_check },
};

// What the kernel was told, and on what it ran then.
static struct {
        uint32_t times;
        struct trap_frame frame;
        uint32_t cr3, esp, flags;
        uint16_t task;
} came;

static struct tss *
state_of(uint16_t task)
{
        const struct descriptor it = kernel_gdt[task / 8];

        return (struct tss *)(uintptr_t)(it.low >> 16 |
                                         (it.high & 0xFFu) << 16 |
                                         (it.high & 0xFF000000u));
}

// In the other task. From here the kernel would report and stop; the test goes back
// into its own by IRET with NT, and on in stack_again.
static bool
note_task(struct trap_frame *frame)
{
        struct tss *back = &kernel_tss;

        came.times++;
        came.frame = *frame;
        came.cr3 = read_cr3();
        came.flags = read_eflags();
        came.esp = (uint32_t)(uintptr_t)__builtin_frame_address(0);
        came.task = machine_processor().task;
        back->cr3 = image_frame(boot_directory).value;
        back->eip = (uint32_t)(uintptr_t)stack_again;
        back->esp = (uint32_t)(uintptr_t)boot_stack_top;
        back->eflags = EFLAGS_FIXED;
        back->cs = KERNEL_CODE;
        back->ss = back->ds = back->es = back->fs = back->gs = KERNEL_DATA;
        __asm__ volatile("pushf\n\t"
                         "orl %0, (%%esp)\n\t"
                         "popf\n\t"
                         "iret"
                         :
                         : "i"(EFLAGS_NT)
                         : "memory");
        return true;
}

static void
execute(void)
{
        uint8_t vector = 0;

        (void)h_execute_vector(users_pagemap(SPACE_1), users_context(USER_A),
                               &vector);
        fail("h_execute has returned, with vector %u", vector);
}

static void
be_told(void)
{
        fail("the client is told vector %u, EIP 0x%08x", reg(USER_A, H_HANDLER),
             reg(USER_A, H_EIP));
}

// Runs A by either form until the task changes.
static void
run_until_task(bool bound, uint16_t task)
{
        struct tss *state = state_of(task);
        const struct tss kept = *state;

        came.times = 0;
        trap_set_observer(note_task);
        if (bound)
                run_bound(USER_A, be_told);
        else
                call_keeping_stack(execute);
        trap_set_observer(report_trap);
        *state = kept;
        expect_number(1, came.times, "the kernel has been told");
        expect_hex(task, came.task, "the kernel was told in a task: TR");
        expect_hex(image_frame(boot_directory).value, came.cr3,
                   "the kernel was told in a task: CR3");
        expect_bool(true,
                    came.esp <= kept.esp && came.esp > kept.esp - TASK_STACK,
                    "the kernel was told with ESP 0x%08x: it is on the stack "
                    "of the task, which begins at 0x%08x",
                    came.esp, kept.esp);
        expect_hex(0, came.flags & (EFLAGS_IF | EFLAGS_DF | EFLAGS_AC),
                   "the kernel was told in a task: IF, DF and AC");
}

// By the gates of exercise 4.1, and without the interrupt controller for others.
static void
tasks_begin(bool bound, const struct user_code *code)
{
        bound_begin();
        gates_init();
        users_put(SPACE_1, code);
        users_random(USER_A);
        users.spaces[SPACE_1]
                .pages[PAGE_TABLE]
                .mapped[USERS_NOTHING / PAGE_SIZE % TABLE_ENTRIES] =
                CONTROLLER | NO_CACHING | ENTRY_PRESENT | ENTRY_WRITE |
                ENTRY_USER;
        live_flush();
        if (bound)
                bind(USER_A, SPACE_1, NO_BUFFER, 0);
        expect_hex(CONTROLLER | CONTROLLER_ON,
                   rdmsr(MSR_CONTROLLER) & ~0x100u & ~0x400u,
                   "the harness's idea of where the processor's interrupt "
                   "controller is");
}

static void
expect_frame(uint32_t vector, uint32_t cs, uint32_t eip, uint32_t edi)
{
        expect_number(vector, came.frame.vector, "the kernel is told: vector");
        expect_hex(cs, came.frame.cs & 0xFFFF, "the kernel is told: CS");
        expect_hex(eip, came.frame.eip, "the kernel is told: EIP");
        expect_hex(edi, came.frame.edi, "the kernel is told: EDI");
}

TEST(a_real_nmi_changes_tasks)
{
        for (unsigned bound = 0; bound < 2; bound++) {
                const uint32_t loop = USERS_CODE + asks_nmi.size - 3;

                tasks_begin(bound, &asks_nmi);
                run_until_task(bound, NMI_TSS);
                // In Bochs at once; in QEMU some rounds later, if it does not count
                // instructions.
                uint32_t edi = came.frame.edi, eip = came.frame.eip;
                expect_frame(TRAP_NMI, USER_CODE, eip, edi);
                expect_bool(true, eip >= loop && eip < loop + 3,
                            "a non-maskable interrupt in a loop at 0x%08x: "
                            "EIP is 0x%08x",
                            loop, eip);
                if (users_strict())
                        expect_number(0, edi, "rounds of the loop");
                expect_hex(USERS_STACK_TOP, came.frame.esp,
                           "a non-maskable interrupt: ESP");
        }
}

// QEMU looks for it behind SYSENTER only, where ESP points into the kernel's TSS, unless it
// counts instructions; Bochs before.
TEST(a_real_nmi_at_sysenter)
{
        for (unsigned bound = 0; bound < 2; bound++) {
                const uint32_t at = USERS_CODE + asks_nmi_then_calls.size - 2;
                const uint32_t entry = (uint32_t)(uintptr_t)sysenter_entry;

                tasks_begin(bound, &asks_nmi_then_calls);
                run_until_task(bound, NMI_TSS);
                if (users_strict()) {
                        expect_frame(TRAP_NMI, USER_CODE, at, 0);
                        continue;
                }
                expect_frame(TRAP_NMI, KERNEL_CODE, entry, 0);
                expect_hex((uint32_t)(uintptr_t)&kernel_tss.esp0,
                           came.frame.esp,
                           "a non-maskable interrupt behind SYSENTER: ESP");
                expect_hex(0, kernel_tss.link,
                           "after that: the link in the kernel's TSS, where "
                           "nothing was pushed");
        }
}

TEST(gates_to_tasks_lead_there)
{
        for (size_t i = 0; i < 2 * sizeof(tasks) / sizeof(tasks[0]); i++) {
                const size_t task = i / 2;

                tasks_begin(i & 1, tasks[task].code);
                users_open_gate(tasks[task].vector);
                run_until_task(i & 1, tasks[task].task);
                expect_frame(tasks[task].vector, USER_CODE,
                             USERS_CODE + tasks[task].code->size, 0x1234);
        }
        gates_init();
}

// What is on the line then: test_bound_form.py looks at it, and it raises the
// machine check, once the program runs.
TEST(stops_at_a_real_machine_check)
{
        tasks_begin(false, &user_loop);
        write_cr4(read_cr4() | CR4_MCE);
        trap_set_observer(NULL);
        execute();
}

TEST(stops_at_a_real_nmi)
{
        tasks_begin(false, &asks_nmi);
        trap_set_observer(NULL);
        execute();
}
