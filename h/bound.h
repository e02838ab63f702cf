// SPDX-License-Identifier: MIT
// The fast form of execution. The plain one returns from h_execute for every
// event; here a context is bound once to all that it needs, and H calls the
// client when something happens, on a stack that is empty. Part of the H
// interface; the rules of <h/h.h> hold.
#ifndef H_BOUND_H
#define H_BOUND_H

#include <h/execution.h>

// Binds a context to the address space in which it runs and, for h_handoff, to a
// buffer: the words of a kernel mapping from `offset` on, up to its end. What it was
// bound to before does not matter any more.
//
// A bound context keeps nothing alive: address space and mapping can be freed and
// removed. Whoever runs the context then, or hands words to it or from it, is
// refused.
//
// buffer   all zeros: no buffer
// offset   in words
// Errors: H_BAD_HANDLE, one of the three; H_OFFSET, not within the mapping;
//         H_READ_ONLY, H_UNREADABLE, the mapping does not allow both.
enum h_error h_bind(struct h_fault_context context, struct h_pagemap pagemap,
                    struct h_kernel_mapping buffer, uint32_t offset);

// Errors: H_BAD_HANDLE; H_NOT_BOUND.
enum h_error h_unbind(struct h_fault_context context);

// What H calls when a context that h_run started is left. Each begins on an empty
// stack: what the client had on it before is gone. It ends in h_run or h_handoff;
// where it returns instead, the context that was left goes on, and if that cannot
// be, the machine stops.
//
// What concerns H alone is not told, as by h_execute. Of a context that came by
// SYSENTER, H_DS, H_ES, H_FS and H_GS say nothing new. Where it goes on after that
// and nothing but H_EAX and H_ESI was written to it, ECX, EDX and the arithmetic flags
// are not what they were: H may leave by SYSEXIT.
struct h_handlers {
        // A system call, by either way, with the registers that carry arguments.
        // `context` is whose it is.
        void (*system_call)(struct h_fault_context context, uint32_t eax,
                            uint32_t edx, uint32_t ecx, uint32_t esi,
                            uint32_t edi, uint32_t ebx, uint32_t ebp);
        // Anything else.
        void (*event)(struct h_fault_context context, uint8_t vector,
                      uint32_t code);
        // A system call by INT 0x80, in place of `system_call`; or null.
        void (*gate_call)(struct h_fault_context context, uint32_t eax,
                          uint32_t edx, uint32_t ecx, uint32_t esi,
                          uint32_t edi, uint32_t ebx, uint32_t ebp);
};

// Whom H calls from now on. Where system_call or event is null, nothing changes.
void h_set_handlers(const struct h_handlers *handlers);

// Runs a bound context. Returns only where it refuses. h_set_handlers comes first.
//
// Errors: H_BAD_HANDLE, the context, or what it is bound to; H_NOT_BOUND.
enum h_error h_run(struct h_fault_context context);

// Ends a message from the context that is inside a system call to `to`, and runs
// that one: copies `count` words from the one's buffer to the other's, gives the
// other `from` in EAX and `tag` in ESI, and leaves the first as it is: inside its
// system call. Returns only where it refuses, and has copied nothing then.
//
// A context is inside a system call from when the client is told of the call until
// the context runs again, or a single step is told that was due.
//
// The sender is the context that was entered last; h_run, not h_execute, counts a step
// that is told without running anything as an entry.
//
// Interrupts are not looked at while words are copied: how many they may be at
// once is for the client to say.
//
// count   words, from the beginning of both buffers: one after the other, from the
//         first on, which shows where the two overlap. None: the buffers do not
//         matter
// Errors: H_NO_CALL, no context is inside a system call, or `to` is not;
//         H_BAD_HANDLE, H_NOT_BOUND, one of the contexts; H_BAD_HANDLE also, the
//         address space of `to`, or one of the mappings;
//         H_OFFSET, more words than one of the buffers has.
enum h_error h_handoff(struct h_fault_context to, uint32_t count, uint32_t from,
                       uint32_t tag);

#endif
