// SPDX-License-Identifier: MIT
// Going anywhere with anything in the registers.
#ifndef USER_FUZZ_WILD_H
#define USER_FUZZ_WILD_H

#include <l4/types.h>

struct wild {
        L4_Word_t eax, ecx, edx, ebx, ebp, esi, edi, eflags, esp;
};

// With these registers: to where EAX says; INT 0x80; SYSENTER. They do not come back, at
// least not by themselves.
_Noreturn void wild_jump(const struct wild *wild);
_Noreturn void wild_gate(const struct wild *wild);
_Noreturn void wild_sysenter(const struct wild *wild);

#endif
