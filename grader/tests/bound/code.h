// SPDX-License-Identifier: MIT
// Programs, written in place.
#ifndef CODE_H
#define CODE_H

#include <h4/users.h>

// Defines a struct user_code, which is declared as extern before or behind it.
// Numbers 5 to 9 of local labels are taken.
#define CODE(name, text)                                                       \
        __asm__(".section .rodata, \"a\"\n"                                    \
                ".balign 4\n"                                                  \
                ".globl " #name "\n" #name ": .long 8f, 9f - 8f\n"             \
                "8:\n" text "9:\n"                                             \
                ".previous\n")

// The whole of a call by SYSENTER, wherever it is copied to. Of the registers it
// takes EBX and EBP.
#define SYSENTER                                                               \
        "call 5f\n"                                                            \
        "5: pop %ebx\n"                                                        \
        "add $6f - 5b, %ebx\n"                                                 \
        "mov %esp, %ebp\n"                                                     \
        "sysenter\n"                                                           \
        "6:\n"

#endif
