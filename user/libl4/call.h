// SPDX-License-Identifier: MIT
// Within the library: a system call with all registers (call.S).
#ifndef USER_LIBL4_CALL_H
#define USER_LIBL4_CALL_H

#include <l4/types.h>

struct __l4_registers {
        L4_Word_t eax, ecx, edx, ebx, ebp, esi, edi;
};

// CALLs the code at this address with these registers, and tells what is in them
// afterwards.
void __l4_call(struct __l4_registers *registers, L4_Word_t call);

// Reads a word of each page of the program, if it is the root server: sigma0 gives a page
// to the thread that asks for it first, and this is the first one.
void __l4_touch(void);

// Ends the calling thread, as far as it can do that itself: it is stopped for good.
void __l4_end(void);

#endif
