// SPDX-License-Identifier: MIT
// A root server that knows of H4 nothing: it uses no header and no library of this tree,
// only the numbers of L4 X.2 on IA-32, as a program does that was built elsewhere. It
// checks what such programs rely on, one thing after the other; the first that is not so
// is told by its number.
//
// The third boot module begins with the characters "H4ok".

#include "numbers.inc"

        .text
        .balign 4
        .long 0x1BADB002, 0, -0x1BADB002 // such files can be booted without L4 too

        .globl _start
_start:
        movl $stack_end, %esp
        pushl %ebx
        pushl %eax

// --- The kernel interface page ---------------------------------------------------------------

        .byte 0xF0, 0x90 // LOCK NOP
        movl %eax, kip
        expect_equal 1, $0x4BE6344C, (%eax)
        expect_equal 2, 4(%eax), %ecx
        expect_equal 3, 8(%eax), %edx
        movl 0x0C(%eax), %ebx
        addl %eax, %ebx
        expect_equal 4, (%ebx), %esi
        shrl $24, %ecx
        expect_equal 5, $0x84, %ecx
        expect_equal 6, $0, %edx

        link_call at_space_control, 0xD0
        link_call at_thread_control, 0xD4
        link_call at_ipc, 0xE0
        link_call at_lipc, 0xE4
        link_call at_unmap, 0xE8
        link_call at_exchange_registers, 0xEC
        link_call at_system_clock, 0xF0
        link_call at_thread_switch, 0xF4

        // Where the root server begins, and what its memory is.
        expect_equal 7, $_start, 0x44(%eax)
        expect_equal 8, $first, 0x48(%eax)
        expect_equal 9, $_end, 0x4C(%eax)

        // Sizes of UTCBs and of their area, of the page; pages; numbers of threads.
        expect_equal 10, $0x000C2401, 0xA8(%eax)
        expect_equal 11, $12, 0xAC(%eax)
        expect_equal 12, $0x00401006, 0xC8(%eax)
        movl 0xC4(%eax), %ebx
        shrl $20, %ebx
        expect_equal 13, $48, %ebx

        movl %gs:0, %edi
        movl %edi, utcb
        expect_equal 14, $ROOT, MY_ID(%edi)
        expect_equal 15, $SIGMA0, PAGER(%edi)

        // All pages, so that they can be handed on.
        movl $first, %eax
1:      movb (%eax), %bl
        addl $0x1000, %eax
        cmpl $_end, %eax
        jb 1b
        expect_equal 16, $0, zeros
        movl %eax, zeros

        movl $hello, %esi
        call print

// --- sigma0 ----------------------------------------------------------------------------------

        // A page, whichever it is; the window is the whole space.
        movl $0x10, BR0(%edi)
        movl $0xFFFFFCC0, 4(%edi)
        movl $0, 8(%edi)
        ipc $SIGMA0, $SIGMA0, $0xFFA00002
        expect_equal 20, $0x80, %esi // two words of items
        expect_equal 21, %esi, (%edi)
        expect_equal 22, %ebx, 4(%edi)
        expect_equal 23, %ebp, 8(%edi)
        expect_equal 24, $SIGMA0, %eax
        andl $0xE, %ebx
        expect_equal 25, $8, %ebx // a map item
        movl %ebp, %ebx
        andl $0x3F0, %ebx
        expect_equal 26, $0xC0, %ebx
        andl $0xFFFFF000, %ebp
        movl $4711, (%ebp)
        expect_equal 27, $4711, (%ebp)

        // The kernel's own memory: a map item, and nil in it.
        movl $0x001000C0, 4(%edi)
        movl $0, 8(%edi)
        ipc $SIGMA0, $SIGMA0, $0xFFA00002
        expect_equal 28, $0x80, %esi
        expect_none 29, $0xFFFFFFF0, %ebp

        // What is no request gets no answer.
        ipc $SIGMA0, $SIGMA0, $0x12340000, SOON
        expect_equal 30, $0, %eax
        andl $0x8000, %esi
        expect_equal 31, $0x8000, %esi
        expect_equal 32, $3, ERROR(%edi) // receiving, time is over

        // The third module, by the list of memory.
        call find_module
        orl $0xC0, %eax
        movl %eax, 4(%edi)
        movl $0, 8(%edi)
        ipc $SIGMA0, $SIGMA0, $0xFFA00002
        expect_equal 33, $0x80, %esi
        andl $0xFFFFF000, %ebp
        expect_equal 34, $0x6B6F3448, (%ebp) // "H4ok"

        jmp threads

// --- Time ------------------------------------------------------------------------------------

time:   movl $0xC0FFEE, %ecx
        call *at_system_clock
        expect_equal 62, $0xC0FFEE, %ecx
        movl %eax, %esi
        movl $NOTHING, %eax
        call *at_thread_switch
        expect_equal 63, $0xC0FFEE, %ecx
        ipc $NOTHING, $ROOT, $0, SOON // nobody writes to himself: sleeping
        call *at_system_clock
        subl %esi, %eax
        cmpl $10240, %eax
        setae %al
        cmpb $1, %al
        expect 64

        movl $well, %esi
        call print
sleep:  movl utcb, %edi
        ipc $NOTHING, $ROOT, $0
        jmp sleep

#include "threads.inc"
#include "words.inc"
