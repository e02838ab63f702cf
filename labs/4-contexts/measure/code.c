// SPDX-License-Identifier: MIT
// The programs. Each has the counter's reading in ESI while something else is
// done, and stores the difference to the first word of its data. Between two
// readings lies one instruction, where there is nothing else: NOTHING.
#include "measure.h"

#define CODE(name, text)                                                       \
        __asm__(".section .rodata, \"a\"\n"                                    \
                ".balign 4\n"                                                  \
                ".globl " #name "\n" #name ": .long 8f, 9f - 8f\n"             \
                "8:\n" text "9:\n"                                             \
                ".previous\n")

#define BEGIN "rdtsc\n mov %eax, %esi\n"
#define END                                                                    \
        "rdtsc\n"                                                              \
        "sub %esi, %eax\n"                                                     \
        "sub $2, %eax\n" /* RDTSC and MOV */                                   \
        "mov %eax, 0x40001000\n"

// By SYSENTER, on to what follows.
#define CALL                                                                   \
        "call 5f\n"                                                            \
        "5: pop %ebx\n"                                                        \
        "add $6f - 5b, %ebx\n"                                                 \
        "mov %esp, %ebp\n"
#define SYSENTER "sysenter\n 6:\n"

// A system call, so that everything is as it is to stay, and one that is
// measured.
CODE(code_round_trip_int, "int $0x80\n" BEGIN "int $0x80\n" END "ud2\n");
CODE(code_round_trip_sysenter, CALL SYSENTER CALL BEGIN SYSENTER END "ud2\n");

// System calls without an end.
CODE(code_int, "1: int $0x80\n jmp 1b\n");
CODE(code_sysenter, "1:" CALL SYSENTER "jmp 1b\n");

// The same, and each time the lower half of the counter as the program goes on.
CODE(code_messages_sysenter,
     "1:" CALL SYSENTER "rdtsc\n mov %eax, 0x40001000\n jmp 1b\n");
CODE(code_messages_int,
     "1: int $0x80\n rdtsc\n mov %eax, 0x40001000\n jmp 1b\n");

// A page fault.
CODE(code_fault, "mov 0x40002000, %eax\n");

// The floating-point unit's first use, twice.
CODE(code_float, "1:" BEGIN "fnop\n" END "int $0x80\n jmp 1b\n");

// Says that it goes on, and does nothing.
CODE(code_ready, "1: int $0x80\n jmp 1b\n");
