// SPDX-License-Identifier: MIT
// The code in the kernel interface page: how a program calls the kernel. A program
// reads in the page where each call begins, and CALLs it there, with the arguments
// in the registers that user/README.md names.
//
// This becomes a row of bytes, which the build hands to the kernel as kip_code (see
// l4/kip.h), and the kernel copies the code into the page. Where the page is, each
// address space says for itself: so nothing here may depend on where it lies.

// --- First, where the calls are ---------------------------------------------------
//
// In the order in which the page names them, two words each, in bytes from the
// beginning of all this: where the call begins, and where the program goes on when
// it comes back. For the kernel a call by INT 0x80 is the one behind whose INT the
// program stands.

        .macro PLACE name
        .long \name - beginning
        .long \name\()_back - beginning
        .endm

        .text
beginning:
        PLACE space_control
        PLACE thread_control
        PLACE processor_control
        PLACE memory_control
        PLACE ipc
        PLACE lipc
        PLACE unmap
        PLACE exchange_registers
        PLACE system_clock
        PLACE thread_switch
        PLACE schedule

// --- Messages: SYSENTER -----------------------------------------------------------
//
// SYSENTER saves nothing: EBX says where to go on, EBP with which stack. Both are
// results of the call, as ESI is, which programs want to find in memory too; ECX and
// EDX are lost. Ipc and Lipc are one.
//
//        on the way in                     on the way out
//   EAX  to                                from whom
//   ECX  timeouts                          lost
//   EDX  from whom                         lost
//   ESI  message register 0                message register 0
//   EDI  address of message register 0     the same
//   EBX  -                                 message register 1
//   EBP  -                                 message register 2
//
// The return address stays on the stack above ESP all the time. The inner CALL tells
// where this code is, so it leads over what comes after SYSENTER: the address that
// it pushes is where to go on.
ipc:
lipc:
        call 1f
ipc_back:
lipc_back:
        movl %esi, (%edi)
        movl 4(%edi), %ebx
        movl 8(%edi), %ebp
        ret
1:
        popl %ebx
        movl %esp, %ebp
        sysenter

// --- All other calls: INT 0x80 ----------------------------------------------------
//
// It saves everything, and gives every register back as the kernel has set it: what
// is no result of a call stays as it was.

        .macro GATE name
\name:
        int $0x80
\name\()_back:
        ret
        .endm

        GATE space_control
        GATE thread_control
        GATE processor_control
        GATE memory_control
        GATE unmap
        GATE exchange_registers
        GATE system_clock
        GATE thread_switch
        GATE schedule

        .balign 4, 0xCC // whole words; nobody comes here

        .section .note.GNU-stack, "", @progbits
