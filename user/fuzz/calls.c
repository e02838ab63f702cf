// SPDX-License-Identifier: MIT
// All other system calls, with arguments that make sense, and with any.
#include "fuzz.h"

#include <l4/schedule.h>
#include <l4/syscalls.h>
#include <l4/thread.h>

#include "../libl4/call.h"

static void
call(struct __l4_registers *registers, L4_Word_t where)
{
        __l4_call(registers, __L4_Call(where));
}

static struct __l4_registers
any_registers(struct chance *chance)
{
        return (struct __l4_registers){
                .eax = any_edge(chance),
                .ecx = any_edge(chance),
                .edx = any_edge(chance),
                .ebx = any_edge(chance),
                .ebp = any_edge(chance),
                .esi = any_edge(chance),
                .edi = any_edge(chance),
        };
}

void
act_unmap(struct chance *chance)
{
        L4_Word_t count =
                once_in(chance, 16) ? below(chance, 64) : below(chance, 3);
        L4_Word_t flush = once_in(chance, 2) ? 0x40 : 0;

        for (L4_Word_t i = 0; i <= count; i++)
                L4_LoadMR((int)i, any_fpage(chance));
        L4_Unmap(count | flush |
                 (once_in(chance, 16) ? any_word(chance) << 7 : 0));
}

void
act_exchange(struct chance *chance)
{
        struct __l4_registers registers = any_registers(chance);

        registers.eax = any_thread(chance);
        registers.ecx = any_word(chance) & 0x1FF;
        if (once_in(chance, 2)) // it goes on afterwards
                registers.ecx = (registers.ecx & ~1u) | 0x100;
        if (once_in(chance, 2)) {
                registers.esi = (L4_Word_t)(uintptr_t)worker_run;
                registers.edx = STACKS + (1 + below(chance, CREW)) * PAGE - 16;
        }
        if (once_in(chance, 2))
                registers.ebp = any_thread(chance);
        call(&registers, __L4_KIP_EXCHANGE_REGISTERS);
}

void
act_schedule(struct chance *chance)
{
        struct __l4_registers registers = any_registers(chance);

        registers.eax = any_thread(chance);
        registers.ecx = once_in(chance, 2) ? 0xFFFFFFFF : below(chance, 130);
        registers.esi = once_in(chance, 8) ? registers.esi : 0;
        if (once_in(chance, 2))
                registers.edx = any_timeouts(chance);
        if (once_in(chance, 2))
                registers.edi = below(chance, 130) << 16 | below(chance, 5000);
        call(&registers, __L4_KIP_SCHEDULE);
}

void
act_switch(struct chance *chance)
{
        L4_ThreadId_t to = { .raw = any_thread(chance) };

        L4_ThreadSwitch(to);
        if (once_in(chance, 4))
                L4_SystemClock();
        if (once_in(chance, 4))
                L4_KernelInterface(0, 0, 0);
}

// What only privileged threads may call.
void
act_control(struct chance *chance)
{
        static const L4_Word_t calls[] = {
                __L4_KIP_SPACE_CONTROL,
                __L4_KIP_THREAD_CONTROL,
                __L4_KIP_PROCESSOR_CONTROL,
                __L4_KIP_MEMORY_CONTROL,
        };
        struct __l4_registers registers = any_registers(chance);

        registers.eax = any_thread(chance);
        call(&registers, calls[below(chance, 4)]);
}

// Any registers at any of the entries. Ipc writes where EDI points when it is over.
void
act_any_call(struct chance *chance)
{
        struct __l4_registers registers = any_registers(chance);
        L4_Word_t where = __L4_KIP_SPACE_CONTROL + below(chance, 11) * 4;

        if (once_in(chance, 4))
                registers.eax = any_thread(chance);
        if (once_in(chance, 2))
                registers.ecx = any_timeouts(chance);
        if (!once_in(chance, 8))
                registers.edi = (L4_Word_t)(uintptr_t)__L4_X86_Utcb();
        call(&registers, where);
}

// Any words in the UTCBs of the page, its own or another thread's.
void
act_utcb(struct chance *chance)
{
        L4_Word_t at = (L4_Word_t)(uintptr_t)__L4_X86_Utcb() & ~(PAGE - 1);

        for (L4_Word_t i = below(chance, 8); i > 0; i--) {
                volatile L4_Word_t *word =
                        (volatile L4_Word_t *)(uintptr_t)(at + 4 * below(chance,
                                                                         1024));
                *word = once_in(chance, 2) ? any_thread(chance)
                                           : any_edge(chance);
        }
        __L4_TCR_Set_Flags(any_word(chance) & 0xFF);
}
