// SPDX-License-Identifier: MIT
// The state of the kernel's task, and what has to lie around it.
//
//                   +----------------------+
//                   | a stack of 32 words  |  see below
//    kernel_tss     +----------------------+
//                   | link, esp0, ss0, ... |  struct tss
//    kernel_ports   +----------------------+
//                   | a bit a port, 65,536 |  where io_map points, if a program
//                   | eight ones           |  may use ports itself
//                   +----------------------+
//
// SYSENTER takes its stack pointer from a register that is set once: it points
// to esp0, so the first instruction behind SYSENTER can take from there the
// stack that ring 3 is left on. Where that very instruction traps (a single
// step of the program that has called), the processor pushes below esp0: EFLAGS
// to `link`, the rest to the stack of 32 words. `link` is where an IRET with NT
// set would go, which a program can execute; so it is made 0 again at once, and
// 0 is no task.
//
// The processor wants the first 104 bytes of a task state not to lie on both
// sides of a page border. Source: Intel SDM volume 3, 7.2.1; volume 1, 19.5.2.

#define STACK 128
#define TSS 104
#define PORT_BYTES 8192

        .bss
        .balign 256
        .skip STACK

        .globl kernel_tss
        .type kernel_tss, @object
kernel_tss:
        .skip TSS
        .size kernel_tss, . - kernel_tss

        .globl kernel_ports
        .type kernel_ports, @object
kernel_ports:
        .skip PORT_BYTES + 1
        .size kernel_ports, . - kernel_ports

        .section .note.GNU-stack, "", @progbits
