// SPDX-License-Identifier: MIT
// The system calls for which some more instructions do not matter. Which register is
// which argument, user/README.md says.
//
// The contracts are in <l4/syscalls.h>.
#include "call.h"

#include <l4/syscalls.h>

#define KEPT __L4_UTCB_LIBRARY

// The bytes of LOCK and NOP.
void *
L4_KernelInterface(L4_Word_t *version, L4_Word_t *flags, L4_Word_t *id)
{
        L4_Word_t kip, ecx, edx, esi;

        __asm__ volatile(".byte 0xF0, 0x90"
                         : "=a"(kip), "=c"(ecx), "=d"(edx), "=S"(esi));
        __L4_X86_Utcb()[KEPT] = kip;
        if (version)
                *version = ecx;
        if (flags)
                *flags = edx;
        if (id)
                *id = esi;
        return (void *)(uintptr_t)kip;
}

// --- Threads ------------------------------------------------------------------------

static void
tell(L4_Word_t *to, L4_Word_t value)
{
        if (to)
                *to = value;
}

// X.2 wants so many arguments.
L4_ThreadId_t
L4_ExchangeRegisters(L4_ThreadId_t thread, // NOLINT(readability-function-size)
                     L4_Word_t control, L4_Word_t sp, L4_Word_t ip,
                     L4_Word_t flags, L4_Word_t handle, L4_ThreadId_t pager,
                     L4_Word_t *old_control, L4_Word_t *old_sp,
                     L4_Word_t *old_ip, L4_Word_t *old_flags,
                     L4_Word_t *old_handle, L4_ThreadId_t *old_pager)
{
        struct __l4_registers all = {
                .eax = thread.raw,
                .ecx = control,
                .edx = sp,
                .ebx = handle,
                .ebp = pager.raw,
                .esi = ip,
                .edi = flags,
        };

        __l4_call(&all, __L4_Call(__L4_KIP_EXCHANGE_REGISTERS));
        tell(old_control, all.ecx);
        tell(old_sp, all.edx);
        tell(old_ip, all.esi);
        tell(old_flags, all.edi);
        tell(old_handle, all.ebx);
        tell(old_pager ? &old_pager->raw : 0, all.ebp);
        return (L4_ThreadId_t){ .raw = all.eax };
}

L4_Word_t
L4_ThreadControl(L4_ThreadId_t thread, L4_ThreadId_t space,
                 L4_ThreadId_t scheduler, L4_ThreadId_t pager, void *utcb)
{
        struct __l4_registers all = {
                .eax = thread.raw,
                .ecx = pager.raw,
                .edx = scheduler.raw,
                .esi = space.raw,
                .edi = (L4_Word_t)(uintptr_t)utcb,
        };

        __l4_call(&all, __L4_Call(__L4_KIP_THREAD_CONTROL));
        return all.eax;
}

L4_Word_t
L4_SpaceControl(L4_ThreadId_t space, L4_Word_t control, L4_Fpage_t kip_area,
                L4_Fpage_t utcb_area, L4_ThreadId_t redirector,
                L4_Word_t *old_control)
{
        struct __l4_registers all = {
                .eax = space.raw,
                .ecx = control,
                .edx = kip_area.raw,
                .esi = utcb_area.raw,
                .edi = redirector.raw,
        };

        __l4_call(&all, __L4_Call(__L4_KIP_SPACE_CONTROL));
        tell(old_control, all.ecx);
        return all.eax;
}

L4_Word_t
L4_Schedule(L4_ThreadId_t thread, L4_Word_t time, L4_Word_t processor,
            L4_Word_t priority, L4_Word_t preemption, L4_Word_t *old_time)
{
        struct __l4_registers all = {
                .eax = thread.raw,
                .ecx = priority,
                .edx = time,
                .esi = processor,
                .edi = preemption,
        };

        __l4_call(&all, __L4_Call(__L4_KIP_SCHEDULE));
        tell(old_time, all.edx);
        return all.eax;
}

void
__l4_end(void)
{
        L4_ThreadId_t me = { .raw = __L4_TCR_MyLocalId() };

        // Stopped, and let go on by nobody who means it.
        for (;;)
                L4_ExchangeRegisters(me, 0x101, 0, 0, 0, 0, L4_nilthread, 0, 0,
                                     0, 0, 0, 0);
}

// --- Memory and processors ------------------------------------------------------------

void
L4_Unmap(L4_Word_t control)
{
        L4_Word_t *registers = __L4_X86_Utcb();
        struct __l4_registers all = {
                .eax = control,
                .esi = registers[0],
                .edi = (L4_Word_t)(uintptr_t)registers,
        };

        __l4_call(&all, __L4_Call(__L4_KIP_UNMAP));
        registers[0] = all.esi;
}

L4_Word_t
L4_ProcessorControl(L4_Word_t number, L4_Word_t internal_khz,
                    L4_Word_t external_khz, L4_Word_t voltage)
{
        struct __l4_registers all = {
                .eax = number,
                .ecx = internal_khz,
                .edx = external_khz,
                .esi = voltage,
        };

        __l4_call(&all, __L4_Call(__L4_KIP_PROCESSOR_CONTROL));
        return all.eax;
}

L4_Word_t
L4_MemoryControl(L4_Word_t control, const L4_Word_t attributes[4])
{
        L4_Word_t *registers = __L4_X86_Utcb();
        struct __l4_registers all = {
                .eax = control,
                .ecx = attributes[0],
                .edx = attributes[1],
                .ebx = attributes[2],
                .ebp = attributes[3],
                .esi = registers[0],
                .edi = (L4_Word_t)(uintptr_t)registers,
        };

        __l4_call(&all, __L4_Call(__L4_KIP_MEMORY_CONTROL));
        return all.eax;
}
