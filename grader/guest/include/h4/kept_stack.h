// SPDX-License-Identifier: MIT
// Calling what leaves the kernel's stack behind: H takes that from its top whenever
// user code that h_run started is left.
#ifndef H4_KEPT_STACK_H
#define H4_KEPT_STACK_H

// Calls `begin`, which does not return, and keeps all that is on the stack. It ends in
// stack_again, on whatever stack: then this returns.
void call_keeping_stack(void (*begin)(void));
_Noreturn void stack_again(void);

#endif
