// SPDX-License-Identifier: MIT
// System calls as trials ask for them: each of these returns 0, or the error of the
// call, and has looked at what holds for all: that the result says the same, and that
// a call that succeeds leaves the error code alone. (user/trial/answers.c)
#ifndef USER_H4_ANSWERS_H
#define USER_H4_ANSWERS_H

#include <l4/schedule.h>
#include <l4/syscalls.h>
#include <l4/thread.h>
#include <user/threads.h>

#define SAME 0xFFFFFFFFu // an argument that changes nothing

// No error of any call.
#define UNTOUCHED 0x5A5A0000u

L4_Word_t thread_control(L4_ThreadId_t thread, L4_ThreadId_t space,
                         L4_ThreadId_t scheduler, L4_ThreadId_t pager,
                         L4_Word_t utcb);
L4_Word_t space_control(L4_ThreadId_t space, L4_Word_t kip, L4_Word_t utcbs,
                        L4_ThreadId_t redirector);
L4_Word_t schedule(L4_ThreadId_t thread, L4_Word_t time, L4_Word_t processor,
                   L4_Word_t priority, L4_Word_t preemption);

// The state that Schedule tells of a thread, which stays as it is.
L4_Word_t state_of(L4_ThreadId_t thread);

// All of ExchangeRegisters: what is told is put where the arguments were. Returns
// EAX: the other ID of the thread, or 0.
struct exchanged {
        L4_Word_t control, sp, ip, flags, handle, pager;
};

L4_Word_t exchange_all(L4_ThreadId_t thread, struct exchanged *all);

// The same for one that only asks, or only says something by its control.
struct exchanged exchange_control(L4_ThreadId_t thread, L4_Word_t control);

// The n-th UTCB of the first space, and of another one (OTHER_UTCBS).
L4_Word_t utcb_here(L4_Word_t n);
L4_Word_t utcb_there(L4_Word_t n);

// Where the first space has its UTCBs: l4/README.md, "Loading".
#define ROOT_UTCBS 0xBF000000u
#define ROOT_KIP 0xBFF00000u

// From lab 7 on there is sigma0, and memory is mapped; before, there are pages of zeros
// wherever a page fault is answered.
bool has_sigma0(void);

// A flexpage without rights.
L4_Word_t fpage(L4_Word_t base, L4_Word_t log2);

// All general registers but ESP; and a CALL with them, of the system call whose
// offset the page has at `where` (__L4_KIP_...).
struct registers {
        L4_Word_t eax, ecx, edx, ebx, ebp, esi, edi;
};

void call_with(struct registers *all, L4_Word_t where);

#endif
