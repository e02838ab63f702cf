// SPDX-License-Identifier: MIT
// The bound form of execution (bound.h): between handoff.c, which decides what runs
// next, and run.S, which enters and leaves it. The kernel's stack, while programs
// run this way:
//
//        boot_stack_top   +-------------------------------+
//                         | how enter_user returns, for   |  RUN_FRAME bytes
//                         | as long as nobody calls it    |
//           RUN_STACK     +-------------------------------+
//                         | each call of a handler begins |
//                         | here                          |
//
// There are two ways in. The long one is enter_user, for any context. The short one
// is SYSEXIT, for those that came by SYSENTER. And two ways out: SYSENTER goes on
// at run_sysenter, all else by leave_user, which returns from the last enter_user,
// also where SYSEXIT has been since.
#ifndef H_INTERNAL_RUN_H
#define H_INTERNAL_RUN_H

#define RUN_FRAME 128
#define RUN_STACK boot_stack_top - RUN_FRAME

#ifndef __ASSEMBLER__
#include <h/bound.h>
#include <h/internal/context.h>

#ifdef H_ON_HOST
#define RUN_IN_EAX
#else
#define RUN_IN_EAX __attribute__((regparm(1)))
#endif

// Whom to call; null until the client has said it. (h/bind.c)
extern struct h_handlers run_handlers;

// Runs a context by enter_user, with an empty stack below it. All that enter_user
// asks for is done. (run.S)
_Noreturn void run_enter(struct context_slot *slot);

// Runs a context by SYSEXIT: EIP and ESP go where ECX and EDX were, and DS and ES
// are the program's already. FS, GS and the other registers are loaded. (run.S)
RUN_IN_EAX _Noreturn void run_sysexit(const struct context_slot *slot);

// Calls run_event, on an empty stack. (run.S)
_Noreturn void run_left(void);

// Where sysenter.S goes on: calls the handler for system calls, on an empty
// stack. (run.S)
_Noreturn void run_sysenter(void);

// execution.running has been left by another way, and its registers say why: tells
// the client, if it is to hear of that. (h/handoff.c)
_Noreturn void run_event(void);

// A handler that was called for a context has returned. (h/handoff.c)
_Noreturn void run_returned(struct h_fault_context context);

#endif

// Offsets in bytes, for the assembler: in struct execution and struct h_handlers.
#define EXECUTION_RUNNING 16
#define HANDLERS_SYSTEM_CALL 0

#endif
