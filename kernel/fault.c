// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/fault.h>
#include <kernel/power.h>
#include <kernel/report.h>
#include <kernel/traps.h>

static bool (*trap_observer)(struct trap_frame *frame)
        __attribute__((section(".bss.set_once")));

void
trap_set_observer(bool (*observer)(struct trap_frame *frame))
{
        trap_observer = observer;
}

bool
trap_is_task(uint32_t vector)
{
        return vector == TRAP_NMI || vector == TRAP_DOUBLE_FAULT ||
               vector == TRAP_MACHINE_CHECK;
}

uint32_t
trap_stack_pointer(const struct trap_frame *frame)
{
        bool from_ring_3 = (frame->cs & 3) != 0;

        // Within ring 0 the processor pushes no stack pointer: the interrupted
        // program's stack went up to where it would be.
        if (from_ring_3 || trap_is_task(frame->vector))
                return frame->esp;
        return (uint32_t)&frame->esp;
}

void
trap_dispatch(struct trap_frame *frame)
{
        if (trap_observer && trap_observer(frame) &&
            !trap_is_task(frame->vector))
                return;
        trap_report(frame);
        power_off(POWER_OFF_FATAL);
}

// The processor has changed tasks and left the interrupted one's registers in
// its task state.
static struct trap_frame
interrupted_task(uint32_t vector)
{
        const struct tss *task = &kernel_tss;

        return (struct trap_frame){
                .cr2 = read_cr2(),
                .gs = task->gs,
                .fs = task->fs,
                .es = task->es,
                .ds = task->ds,
                .edi = task->edi,
                .esi = task->esi,
                .ebp = task->ebp,
                .ebx = task->ebx,
                .edx = task->edx,
                .ecx = task->ecx,
                .eax = task->eax,
                .vector = vector,
                .eip = task->eip,
                .cs = task->cs,
                .eflags = task->eflags,
                .esp = task->esp,
                .ss = task->ss,
        };
}

void
double_fault_entry(void)
{
        struct trap_frame frame = interrupted_task(TRAP_DOUBLE_FAULT);

        trap_dispatch(&frame);
        halt_forever();
}

void
nmi_entry(void)
{
        struct trap_frame frame = interrupted_task(TRAP_NMI);

        trap_dispatch(&frame);
        halt_forever();
}

void
machine_check_entry(void)
{
        struct trap_frame frame = interrupted_task(TRAP_MACHINE_CHECK);

        trap_dispatch(&frame);
        halt_forever();
}
