// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/fault.h>
#include <kernel/power.h>
#include <kernel/report.h>
#include <kernel/traps.h>

static bool (*trap_observer)(struct trap_frame *frame);

void
trap_set_observer(bool (*observer)(struct trap_frame *frame))
{
        trap_observer = observer;
}

uint32_t
trap_stack_pointer(const struct trap_frame *frame)
{
        bool from_ring_3 = (frame->cs & 3) != 0;

        // Within ring 0 the processor pushes no stack pointer: the interrupted
        // program's stack went up to where it would be.
        if (from_ring_3 || frame->vector == TRAP_DOUBLE_FAULT)
                return frame->esp;
        return (uint32_t)&frame->esp;
}

void
trap_dispatch(struct trap_frame *frame)
{
        if (trap_observer && trap_observer(frame) &&
            frame->vector != TRAP_DOUBLE_FAULT)
                return;
        trap_report(frame);
        power_off(POWER_OFF_FATAL);
}

// The processor has changed tasks and left the interrupted one's registers in
// its task state.
void
double_fault_entry(void)
{
        const struct tss *task = &kernel_tss;
        struct trap_frame frame = {
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
                .vector = TRAP_DOUBLE_FAULT,
                .eip = task->eip,
                .cs = task->cs,
                .eflags = task->eflags,
                .esp = task->esp,
                .ss = task->ss,
        };

        trap_dispatch(&frame);
        halt_forever();
}
