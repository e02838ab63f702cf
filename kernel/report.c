// SPDX-License-Identifier: MIT
#include <kernel/backtrace.h>
#include <kernel/console.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/entry.h>
#include <kernel/image.h>
#include <kernel/panic.h>
#include <kernel/power.h>
#include <kernel/report.h>
#include <kernel/window.h>

const char *
trap_name(uint32_t vector)
{
        static const char *const names[] = {
                [0] = "divide error",
                [1] = "debug exception",
                [2] = "non-maskable interrupt",
                [3] = "breakpoint",
                [4] = "overflow",
                [5] = "bound range exceeded",
                [6] = "invalid opcode",
                [7] = "device not available",
                [8] = "double fault",
                [9] = "coprocessor segment overrun",
                [10] = "invalid TSS",
                [11] = "segment not present",
                [12] = "stack-segment fault",
                [13] = "general protection",
                [14] = "page fault",
                [16] = "floating-point error",
                [17] = "alignment check",
                [18] = "machine check",
                [19] = "SIMD floating-point error",
        };

        if (vector < sizeof(names) / sizeof(names[0]) && names[vector])
                return names[vector];
        if (vector >= IRQ_BASE && vector < VECTORS)
                return "interrupt of a device";
        return "reserved exception";
}

static bool
between(uint32_t address, const char *first, const char *end)
{
        return address >= (uint32_t)first && address < (uint32_t)end;
}

const char *
address_in_words(struct vaddr address)
{
        uint32_t at = address.value;

        if (at < PAGE_SIZE)
                return "the first page, where null pointers lead";
        if (at < KERNEL_BASE)
                return "user space";
        if (between(at, boot_stack_guard, boot_stack_bottom))
                return "the guard page below the kernel's stack";
        if (between(at, boot_stack_bottom, boot_stack_top))
                return "the kernel's stack";
        if (between(at, double_fault_stack_bottom, double_fault_stack_top))
                return "the stack for double faults";
        if (between(at, kernel_read_only_begin, kernel_read_only_end))
                return "the kernel's code and constants, which are read-only";
        if (between(at, kernel_image_begin, kernel_image_end))
                return "the kernel's data";
        if (at < KERNEL_BASE + IMAGE_LOAD)
                return "the BIOS's memory and the screen, below 1 MB";
        if (at < KERNEL_BASE + IMAGE_LIMIT)
                return "the memory between the kernel image and 4 MB";
        if (at < CLIENT_BASE)
                return "the environment memory: H's tables, the client's heap";
        if (at < CLIENT_LIMIT)
                return "the client-controlled kernel addresses";
        if (at >= WINDOW_BASE && at < WINDOW_BASE + PAGE_SIZE)
                return "the window";
        return "kernel space that nothing uses";
}

static void
report_page_fault(const struct trap_frame *frame)
{
        bool fetch = (frame->error & FAULT_FETCH) || frame->cr2 == frame->eip;
        const char *what = frame->error & FAULT_WRITE ? "write to"
                           : fetch                    ? "execute"
                                                      : "read from";

        printk("  %s tried to %s 0x%08x.\n",
               frame->error & FAULT_USER ? "User code" : "The kernel", what,
               frame->cr2);
        printk("  That is %s.\n", address_in_words(vaddr(frame->cr2)));
        if (frame->error & FAULT_RESERVED)
                printk("  A table entry has a bit set that is reserved.\n");
        else if (frame->error & FAULT_PRESENT)
                printk("  A page is mapped there, but not for this.\n");
        else
                printk("  No page is mapped there.\n");
}

// The exceptions 10 to 13 name the selector or vector that they are about:
// bit 0, it came from outside; bit 1, it is a vector; bit 2, in the LDT.
static void
report_selector(const struct trap_frame *frame)
{
        uint32_t index = frame->error >> 3;

        if (frame->error == 0)
                printk("  It concerns no particular segment.\n");
        else if (frame->error & 2)
                printk("  It concerns the gate of vector %u.\n", index);
        else
                printk("  It concerns the segment selector 0x%04x (entry %u of "
                       "the %s).\n",
                       frame->error & ~3u, index,
                       frame->error & 4 ? "LDT" : "GDT");
        if (frame->error & 1)
                printk("  It came up while another event was delivered.\n");
}

// On its way to a handler the processor pushes at ESP: usually that is what
// failed.
static void
report_double_fault(const struct trap_frame *frame)
{
        const uint32_t bottom = (uint32_t)boot_stack_bottom;
        const uint32_t top = (uint32_t)boot_stack_top;

        printk("  A fault came up, and another one on the way to its "
               "handler.\n");
        printk("  The last page fault was at 0x%08x: %s.\n", frame->cr2,
               address_in_words(vaddr(frame->cr2)));
        if (between(frame->esp, kernel_image_begin,
                    boot_stack_bottom + sizeof(*frame)))
                printk("  The kernel's stack has overflowed: it begins at "
                       "0x%08x and ends at 0x%08x,\n  and ESP is 0x%08x. "
                       "Recursion without end can do that, or a large local\n"
                       "  variable.\n",
                       top, bottom, frame->esp);
        else if (frame->esp <= bottom || frame->esp > top)
                printk("  ESP, 0x%08x, does not point into the kernel's stack "
                       "(0x%08x to 0x%08x).\n",
                       frame->esp, bottom, top);
}

static void
report_cause(const struct trap_frame *frame)
{
        if (frame->vector >= IRQ_BASE)
                printk("  All devices are to be silent here.\n");
        switch (frame->vector) {
        case 0:
                printk("  A division by 0, or a quotient that does not fit.\n");
                break;
        case 6:
                printk("  The bytes at EIP are no instruction.\n");
                break;
        case 7:
                printk("  The kernel uses no floating-point instructions.\n");
                break;
        case TRAP_NMI:
        case TRAP_MACHINE_CHECK:
                printk("  The hardware itself is in trouble.\n");
                break;
        case TRAP_DOUBLE_FAULT:
                report_double_fault(frame);
                break;
        case 10:
        case 11:
        case 12:
        case TRAP_GENERAL_PROTECTION:
                report_selector(frame);
                break;
        case TRAP_PAGE_FAULT:
                report_page_fault(frame);
                break;
        }
}

static void
report_registers(const struct trap_frame *frame)
{
        printk("  EIP 0x%08x  CS  0x%04x      EFLAGS 0x%08x\n", frame->eip,
               frame->cs & 0xFFFFu, frame->eflags);
        printk("  EAX 0x%08x  EBX 0x%08x  ECX 0x%08x  EDX 0x%08x\n", frame->eax,
               frame->ebx, frame->ecx, frame->edx);
        printk("  ESI 0x%08x  EDI 0x%08x  EBP 0x%08x  ESP 0x%08x\n", frame->esi,
               frame->edi, frame->ebp, trap_stack_pointer(frame));
        // A task of its own has a page-directory of its own.
        if (!trap_is_task(frame->vector))
                printk("  CR0 0x%08x  CR2 0x%08x  CR3 0x%08x  CR4 0x%08x\n",
                       read_cr0(), frame->cr2, read_cr3(), read_cr4());
}

// Of a call to where nothing can be executed, the stack holds the return
// address, and no stack frame has been made yet.
static bool
called_into_nothing(const struct trap_frame *frame)
{
        uint32_t stack = trap_stack_pointer(frame);

        return frame->vector == TRAP_PAGE_FAULT && frame->cr2 == frame->eip &&
               stack % sizeof(uint32_t) == 0 &&
               between(stack, boot_stack_bottom, boot_stack_top);
}

static void
report_callers(const struct trap_frame *frame)
{
        uint32_t callers[PANIC_FRAMES];
        size_t count = 0;

        if (called_into_nothing(frame))
                callers[count++] = *(uint32_t *)trap_stack_pointer(frame);
        count += backtrace(frame->ebp, callers + count, PANIC_FRAMES - count);
        printk("  at 0x%08x\n", frame->eip);
        print_callers(callers, count);
}

static uint32_t
table_entry(uint32_t table, unsigned index)
{
        const uint32_t *entries = window_map(paddr(table & ENTRY_FRAME));
        return entries[index];
}

// What the hardware found on its way. This comes last, since the window may be
// gone with the page-directory that the kernel runs on.
static void
report_translation(struct vaddr address)
{
        pde_t directory_entry = table_entry(read_cr3(), pde_index(address));

        printk("  page-directory entry %u: 0x%08x\n", pde_index(address),
               directory_entry);
        if (pde_is_table(directory_entry))
                printk("  page-table entry %u: 0x%08x\n", pte_index(address),
                       table_entry(directory_entry, pte_index(address)));
}

void
trap_report(const struct trap_frame *frame)
{
        static bool reporting;

        if (reporting) {
                printk("  Here the report ends with a further trap: %s "
                       "(vector %u) at 0x%08x, CR2 0x%08x.\n",
                       trap_name(frame->vector), frame->vector, frame->eip,
                       frame->cr2);
                power_off(POWER_OFF_FATAL);
        }
        reporting = true;

        // All that matters most in one go: it is on the screen as a whole, even
        // if the line turns out not to work, and this report ends with that.
        printk("\nfault: %s (vector %u, error code 0x%x) at 0x%08x, CR2 "
               "0x%08x\n",
               trap_name(frame->vector), frame->vector, frame->error,
               frame->eip, frame->cr2);
        report_cause(frame);
        report_registers(frame);
        report_callers(frame);
        if (frame->vector == TRAP_PAGE_FAULT)
                report_translation(vaddr(frame->cr2));
}
