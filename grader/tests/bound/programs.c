// SPDX-License-Identifier: MIT
// The programs of bound.h. They run wherever they are copied to: where SYSENTER
// is to go on is found out by a call.
#include "bound.h"
#include "code.h"

CODE(calls_int, "1: inc %edi\n int $0x80\n jmp 1b\n");
CODE(calls_sysenter, "1: inc %edi\n" SYSENTER "jmp 1b\n");
CODE(calls_both, "1: inc %edi\n" SYSENTER "inc %edi\n int $0x80\n jmp 1b\n");

#define LOAD                                                                   \
        "mov $0x40001100, %esp\n" /* USERS_LOADED */                           \
        "popa\n"                                                               \
        "popf\n"                                                               \
        "mov %ss:0x40001124, %esp\n"

CODE(loads_sysenter, LOAD "sysenter\n");
CODE(loads_int, LOAD "int $0x80\n");

CODE(says_after_sysenter, "1:" SYSENTER "mov %eax, %ss:0x40001000\n"
                          "mov %ecx, %ss:0x40001004\n"
                          "mov %edx, %ss:0x40001008\n"
                          "mov %ebx, %ss:0x4000100C\n"
                          "mov %esp, %ss:0x40001010\n"
                          "mov %ebp, %ss:0x40001014\n"
                          "mov %esi, %ss:0x40001018\n"
                          "mov %edi, %ss:0x4000101C\n"
                          "movw %cs, %ss:0x40001020\n"
                          "movw %ds, %ss:0x40001024\n"
                          "movw %es, %ss:0x40001028\n"
                          "movw %ss, %ss:0x4000102C\n"
                          "movw %fs, %ss:0x40001030\n"
                          "movw %gs, %ss:0x40001034\n"
                          "pushf\n"
                          "pop %ss:0x40001038\n"
                          "int $0x80\n"
                          "jmp 1b\n");

CODE(reads_gs, "1: mov %gs:0, %edi\n" SYSENTER "jmp 1b\n");
// DX is lost where the way back is SYSEXIT.
CODE(reads_port, "1:" SYSENTER "mov $0x3FF, %edx\n in %dx, %al\n inc %edi\n"
                 "jmp 1b\n");
CODE(uses_unit, "1: fildl 0x40001200\n" SYSENTER "fistpl 0x40001204\n"
                "incl 0x40001200\n inc %edi\n jmp 1b\n");
CODE(says_unit,
     "fnstsw %ax\n movzwl %ax, %eax\n mov %eax, 0x40001200\n int $0x80\n");
