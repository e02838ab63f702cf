// SPDX-License-Identifier: MIT
// INT3, by which X.2's programs enter a kernel's debugger. This kernel has none: it
// returns a character of the serial line, and for the rest goes on. A thread that has
// an exception handler talks to that one instead.
#ifndef USER_L4_KDEBUG_H
#define USER_L4_KDEBUG_H

#include <l4/types.h>

// Enters it, with a constant text to be shown there.
#define L4_KDB_Enter(text)                                                     \
        __asm__ volatile("int3\n\t"                                            \
                         "jmp 1f\n\t"                                          \
                         "movl $2f, %eax\n"                                    \
                         "1:\n\t"                                              \
                         ".section .rodata\n"                                  \
                         "2:\t.asciz \"" text "\"\n\t"                         \
                         ".previous")

// What is in AL behind the INT3 says what is wanted.
#define __L4_KDB(operation, argument)                                          \
        __asm__ volatile("int3\n\t"                                            \
                         "cmpb $" #operation ", %%al"                          \
                         : "+a"(argument)                                      \
                         :                                                     \
                         : "memory", "cc")

static inline void
L4_KDB_PrintChar(char character)
{
        L4_Word_t eax = (unsigned char)character;

        __L4_KDB(0, eax);
}

static inline void
L4_KDB_PrintString(const char *text)
{
        L4_Word_t eax = (L4_Word_t)(uintptr_t)text;

        __L4_KDB(1, eax);
}

static inline void
L4_KDB_ClearPage(void)
{
        L4_Word_t eax = 0;

        __L4_KDB(2, eax);
}

// A character; where none has come, a character that is -1 in X.2 and nothing here.
static inline char
L4_KDB_ReadChar(void)
{
        L4_Word_t eax = 0xFFFFFFFF;

        __L4_KDB(8, eax);
        return (char)eax;
}

// Waits for one.
static inline char
L4_KDB_ReadChar_Blocked(void)
{
        L4_Word_t eax = 0;

        __L4_KDB(0xd, eax);
        return (char)eax;
}

#endif
