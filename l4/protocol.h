// SPDX-License-Identifier: MIT
// What the kernel sends on behalf of threads, and what it makes of the answers. None of
// its messages is redirected, whatever redirector the thread's space has.
//
//   page fault    to the pager                 the answer maps something
//   port fault    to the pager                 the answer maps ports (from lab 7 on)
//   exception     to the exception handler     the answer is all registers
//   interrupt     to the handler of its line   the answer unmasks the line
//   preemption    to the scheduler             no answer
//   start         from the pager               where to begin
//
// Layouts: l4/README.md. Source: L4 X.2, protocols.
#ifndef L4_PROTOCOL_H
#define L4_PROTOCOL_H

#include "thread.h"

// Each returns who is to run next, as schedule() wants it.

// Something has ended user code of the thread: a vector that is neither an interrupt
// line's nor a system call's, nor an exception that is one (instruction.h).
// (exercise 6.5)
struct thread *protocol_event(struct thread *thread, uint8_t vector,
                              uint32_t code);

// An exception that the thread's handler is told of. (exercise 6.5)
struct thread *protocol_exception(struct thread *thread, uint32_t number,
                                  uint32_t code);

// The total quantum of a thread that is READY has ended. It is stopped until
// somebody gives it another one.
void protocol_used_up(struct thread *thread);

// A thread that is READY has been preempted, and wants its scheduler to be told, if
// that one waits for it.
void protocol_preempted(struct thread *thread);

// --- Messages (message.c, exercise 6.6) -----------------------------------------------------

// The kernel's message that is sent for the thread: its words, and as the answer its
// tag.
uint32_t protocol_message(const struct thread *sender,
                          uint32_t words[EXCEPTION_WORDS]);

// A program's message has come that the thread waits for in a role that is not
// ROLE_USER: does what it says. Of a line: interrupt_answered. That the sender may
// answer has been found out before; it may do so in the name of the one who is
// waited for.
void protocol_answer(struct thread *sender, struct thread *thread);

// --- Interrupts (interrupt.c) -----------------------------------------------------------------

// Makes the threads of the lines; nobody handles any.
void interrupts_init(void);

// Does anybody handle a line?
bool interrupts_any(void);

// The line has been raised, and is masked. Where its thread is not READY, or its handler
// is no more, nothing happens; whether `handler` still says so afterwards is left open.
// (exercise 6.7)
struct thread *interrupt_raised(unsigned line);

// The handler has answered: the line may be raised again. protocol_answer calls this.
void interrupt_answered(struct thread *line);

// Somebody handles a line from now on, or nobody: null. What has been on its way to
// the one before is so no longer.
//
// Errors: CALL_BAD_THREAD, this line is the kernel's. (exercise 6.7)
enum call_error interrupt_handle(struct thread *line,
                                 const struct thread *handler);

// The thread will be no more: it handles nothing.
void interrupts_forget(const struct thread *handler);

#endif
