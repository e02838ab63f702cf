// SPDX-License-Identifier: MIT
// The system calls. Each is a CALL to code in the kernel interface page, at an offset
// that the page names.
//
// Where the page is, is for each address space to say, and the same program, with the
// same variables, may run in several of them. So the library keeps the page's
// address in the UTCB, in a word below the buffer registers that X.2 has no use
// for: it is the thread's own, costs one access to find, and is 0 at first. A thread
// that has been given another space, with the page elsewhere, calls
// L4_KernelInterface() before it calls anything else.
//
// Where a call fails, L4_ErrorCode() of <l4/thread.h> says why.
#ifndef USER_L4_SYSCALLS_H
#define USER_L4_SYSCALLS_H

#include <l4/types.h>
#include <l4/vregs.h>

// Messages: the tag is message register 0; its fields are in <l4/message.h>.
typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t u : 6; // untyped words
                L4_Word_t t : 6; // words of typed items
                L4_Word_t flags : 4;
                L4_Word_t label : 16;
        } X;
} L4_MsgTag_t;

// --- The page, and where its calls are -----------------------------------------------

// Offsets in the page where the offsets of the calls are.
#define __L4_KIP_SPACE_CONTROL 0xD0
#define __L4_KIP_THREAD_CONTROL 0xD4
#define __L4_KIP_PROCESSOR_CONTROL 0xD8
#define __L4_KIP_MEMORY_CONTROL 0xDC
#define __L4_KIP_IPC 0xE0
#define __L4_KIP_LIPC 0xE4
#define __L4_KIP_UNMAP 0xE8
#define __L4_KIP_EXCHANGE_REGISTERS 0xEC
#define __L4_KIP_SYSTEM_CLOCK 0xF0
#define __L4_KIP_THREAD_SWITCH 0xF4
#define __L4_KIP_SCHEDULE 0xF8

// Asks the kernel: LOCK NOP is an instruction that no processor has. Returns the
// page's address in this space; the API's version and flags and the kernel's ID are
// left alone where the pointer is null.
void *L4_KernelInterface(L4_Word_t *version, L4_Word_t *flags, L4_Word_t *id);

// The page's address; asks when the thread calls this for the first time.
static inline L4_Word_t
__L4_Kip(void)
{
        L4_Word_t kip = __L4_X86_Utcb()[__L4_UTCB_LIBRARY];

        if (!kip)
                kip = (L4_Word_t)(uintptr_t)L4_KernelInterface(0, 0, 0);
        return kip;
}

// Where one of the calls begins: what an assembly program would CALL.
static inline L4_Word_t
__L4_Call(L4_Word_t where)
{
        L4_Word_t kip = __L4_Kip();

        return kip + *(const L4_Word_t *)(uintptr_t)(kip + where);
}

// --- Messages ------------------------------------------------------------------------

// The code of both is the same here. EBX and EBP come back with message registers 1
// and 2; these are in the UTCB as well, so nobody needs them.
static inline L4_MsgTag_t
__L4_Message(L4_Word_t call, L4_ThreadId_t to, L4_ThreadId_t from_whom,
             L4_Word_t timeouts, L4_ThreadId_t *from)
{
        L4_Word_t *registers = __L4_X86_Utcb();
        L4_Word_t partner = to.raw;
        L4_Word_t wanted = from_whom.raw;
        L4_MsgTag_t tag = { .raw = registers[0] };

        __asm__ volatile("pushl %%ebp\n\t"
                         "call *%%ebx\n\t"
                         "popl %%ebp"
                         : "+a"(partner), "+d"(wanted), "+c"(timeouts),
                           "+S"(tag.raw), "+b"(call)
                         : "D"(registers)
                         : "memory", "cc");
        if (from)
                from->raw = partner;
        return tag;
}

// Sends the message in the message registers, if `to` is not nil; then receives one,
// if `from_whom` is not nil. `from` is told who has sent it; it may be null.
static inline L4_MsgTag_t
L4_Ipc(L4_ThreadId_t to, L4_ThreadId_t from_whom, L4_Word_t timeouts,
       L4_ThreadId_t *from)
{
        return __L4_Message(__L4_Call(__L4_KIP_IPC), to, from_whom, timeouts,
                            from);
}

// The same for threads of one space, where a kernel may be faster.
static inline L4_MsgTag_t
L4_Lipc(L4_ThreadId_t to, L4_ThreadId_t from_whom, L4_Word_t timeouts,
        L4_ThreadId_t *from)
{
        return __L4_Message(__L4_Call(__L4_KIP_LIPC), to, from_whom, timeouts,
                            from);
}

// --- Time ----------------------------------------------------------------------------

// Microseconds since the machine was started.
static inline L4_Clock_t
L4_SystemClock(void)
{
        L4_Word_t call = __L4_Call(__L4_KIP_SYSTEM_CLOCK);
        L4_Clock_t now;

        __asm__ volatile("call *%2"
                         : "=a"(now.X.low), "=d"(now.X.high)
                         : "b"(call)
                         : "ecx", "esi", "edi", "memory", "cc");
        return now;
}

// Gives the rest of the time slice to a thread; nil: to whoever is next.
static inline void
L4_ThreadSwitch(L4_ThreadId_t to)
{
        L4_Word_t call = __L4_Call(__L4_KIP_THREAD_SWITCH);

        __asm__ volatile("call *%1" : : "a"(to), "b"(call) : "memory", "cc");
}

// --- Threads and spaces (calls.c) --------------------------------------------------------

// Reads and changes another thread's registers, stops it and lets it run again;
// `control` says what (see <l4/thread.h>). The old values are left alone where the
// pointer is null. Returns the other one of the thread's two IDs; nil: it has failed.
L4_ThreadId_t L4_ExchangeRegisters(L4_ThreadId_t thread, L4_Word_t control,
                                   L4_Word_t sp, L4_Word_t ip, L4_Word_t flags,
                                   L4_Word_t handle, L4_ThreadId_t pager,
                                   L4_Word_t *old_control, L4_Word_t *old_sp,
                                   L4_Word_t *old_ip, L4_Word_t *old_flags,
                                   L4_Word_t *old_handle,
                                   L4_ThreadId_t *old_pager);

// Creates, changes and, where `space` is nil, ends a thread. A nil scheduler or pager
// and a UTCB of -1 stay as they are. For privileged threads. Returns whether it is
// done.
L4_Word_t L4_ThreadControl(L4_ThreadId_t thread, L4_ThreadId_t space,
                           L4_ThreadId_t scheduler, L4_ThreadId_t pager,
                           void *utcb);

// Gives the space of a thread its areas, and a redirector. For privileged threads.
// Returns whether it is done; *old_control, which may be null, means nothing here.
L4_Word_t L4_SpaceControl(L4_ThreadId_t space, L4_Word_t control,
                          L4_Fpage_t kip_area, L4_Fpage_t utcb_area,
                          L4_ThreadId_t redirector, L4_Word_t *old_control);

// How a thread is scheduled; -1: as it is. `time` is the time slice and, in the lower
// half, the total quantum. Returns L4_SCHEDRESULT_... of <l4/schedule.h>; *old_time,
// which may be null, is what is left of both.
L4_Word_t L4_Schedule(L4_ThreadId_t thread, L4_Word_t time, L4_Word_t processor,
                      L4_Word_t priority, L4_Word_t preemption,
                      L4_Word_t *old_time);

// Takes rights away, of the flexpages in message registers 0 to `control`; with bit 6
// of it from the caller too.
void L4_Unmap(L4_Word_t control);

// Frequencies in kHz, and a voltage. For privileged threads. Returns whether it is
// done.
L4_Word_t L4_ProcessorControl(L4_Word_t number, L4_Word_t internal_khz,
                              L4_Word_t external_khz, L4_Word_t voltage);

// Attributes of the flexpages in message registers 0 to `control`: each names one of
// the four by its rights. For privileged threads. Returns whether it is done.
L4_Word_t L4_MemoryControl(L4_Word_t control, const L4_Word_t attributes[4]);

#endif
