// SPDX-License-Identifier: MIT
// A root server that knows of H4 nothing: it uses no header and no library of this tree,
// only the numbers of L4 X.2 on IA-32, as a program does that was built elsewhere. It
// checks what such programs rely on, one thing after the other; the first that is not so
// is told by its number.
//
// The third boot module begins with the characters "H4ok".

        .set NEVER, 0
        .set SOON, 0x280A          // 10 * 2^10 microseconds
        .set NOTHING, 0            // nil: a thread, a flexpage
        .set AS_IT_IS, 0xFFFFFFFF

        .set SIGMA0, 0xC0001       // number 48, version 1
        .set ROOT, 0xC8001         // number 50, version 1
        .set FRIEND, 0xCC001       // number 51: in this space
        .set STRANGER, 0xD0001     // number 52: in another one
        .set STRANGERS_KIP, 0x00C00000
        .set STRANGERS_UTCB, 0x00800000

        // In bytes from message register 0.
        .set MY_ID, -60
        .set PAGER, -48
        .set ERROR, -36
        .set BR0, -64
        .set BR1, -68
        .set BR2, -72

        .set LINE, 0x3F8

// --- Macros ----------------------------------------------------------------------------------

// The flags say "equal", or this is what is wrong.
.macro expect number
        je .Lfine\@
        movl $\number, wrong_number
        jmp wrong
.Lfine\@:
.endm

.macro expect_equal number, value, where
        cmpl \value, \where
        expect \number
.endm

// None of these bits, or all of them.
.macro expect_none number, bits, where
        testl \bits, \where
        expect \number
.endm

.macro link_call name, offset
        movl \offset(%eax), %ebx
        addl %eax, %ebx
        movl %ebx, \name
.endm

// One message; EDI is message register 0, whose value is the tag.
.macro ipc to, from, tag, receive=NEVER
        movl \tag, %esi
        movl %esi, (%edi)
        movl \to, %eax
        movl \from, %edx
        movl $\receive, %ecx
        call *at_ipc
.endm

.macro thread_control thread, space, scheduler, pager, utcb
        movl \thread, %eax
        movl \space, %esi
        movl \scheduler, %edx
        movl \pager, %ecx
        movl \utcb, %edi
        call *at_thread_control
        movl utcb, %edi
.endm

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

// --- A thread in this space ------------------------------------------------------------------

        // The next UTCB: its size is what the page says.
        movl %edi, %ebx
        addl $0x200, %ebx
        movl %ebx, friends_utcb
        subl $0x100, %ebx
        thread_control $FRIEND, $ROOT, $ROOT, $ROOT, %ebx
        expect_equal 40, $1, %eax
        movl $friend, 4(%edi)
        movl $friends_stack_end, 8(%edi)
        ipc $FRIEND, $NOTHING, $2
        expect_none 41, $0x8000, %esi

        // A word and a string.
        movl $0xCAFE, 4(%edi)
        movl $TEXT_BYTES << 10, 8(%edi)
        movl $text, 12(%edi)
        ipc $FRIEND, $FRIEND, $0x47110081
        expect_equal 42, $1, %esi
        expect_equal 43, friends_utcb, %eax // by its local ID
        expect_equal 44, $0xBEEF, %ebx

        // By its global ID it is told the local one, and that it waits.
        movl $FRIEND, %eax
        movl $0, %ecx
        call *at_exchange_registers
        movl utcb, %edi
        expect_equal 45, friends_utcb, %eax
        andl $7, %ecx
        expect_equal 46, $2, %ecx

        thread_control $FRIEND, $NOTHING, $NOTHING, $NOTHING, $AS_IT_IS
        expect_equal 47, $1, %eax
        ipc $FRIEND, $NOTHING, $0
        expect_equal 48, $4, ERROR(%edi) // sending, nobody there

// --- A thread in another space ---------------------------------------------------------------

        // It is made before its space has any place for UTCBs.
        thread_control $STRANGER, $STRANGER, $ROOT, $NOTHING, $STRANGERS_UTCB
        expect_equal 50, $1, %eax
        movl $STRANGER, %eax
        movl $0, %ecx
        movl $STRANGERS_KIP + 0xC0, %edx
        movl $STRANGERS_UTCB + 0xD0, %esi
        movl $NOTHING, %edi
        call *at_space_control
        movl utcb, %edi
        expect_equal 51, $1, %eax
        thread_control $STRANGER, $STRANGER, $ROOT, $ROOT, $AS_IT_IS
        expect_equal 52, $1, %eax
        movl $stranger, 4(%edi)
        movl $strangers_stack_end, 8(%edi)
        ipc $STRANGER, $NOTHING, $2
        expect_none 53, $0x8000, %esi

        // Its pager: each page as it is here, and each port that it asks for.
        ipc $NOTHING, $STRANGER, $0
page:   expect_equal 54, $STRANGER, %eax
        movl %esi, %eax
        andl $0xFFF0003F, %eax
        cmpl $0xFFE00002, %eax
        jne port
        incl page_faults
        movl %ebx, %eax
        andl $0xFFFFFC00, %eax
        orl $8, %eax
        movl %eax, 4(%edi)
        andl $0xFFFFF000, %ebx
        orl $0xC7, %ebx
        movl %ebx, 8(%edi)
        ipc $STRANGER, $STRANGER, $0x80
        jmp page
port:   cmpl $0xFF800002, %eax
        jne told
        incl port_faults
        movl $8, 4(%edi)
        orl $7, %ebx
        movl %ebx, 8(%edi)
        ipc $STRANGER, $STRANGER, $0x80
        jmp page
told:   expect_equal 55, $0x08150001, %esi
        expect_equal 56, $0x2A, %ebx
        expect_equal 57, $0x2A, strangers_word

        // The page that it wrote to is taken away; it was written and read.
        movl $strangers_word + 0xC7, %esi
        movl %esi, (%edi)
        movl $0, %eax
        call *at_unmap
        movl %esi, %eax
        andl $6, %eax
        expect_equal 58, $6, %eax
        cmpl $2, page_faults // its code, its stack, its word
        seta %al
        cmpb $1, %al
        expect 59
        cmpl $0, port_faults
        setne %al
        cmpb $1, %al
        expect 60
        thread_control $STRANGER, $NOTHING, $NOTHING, $NOTHING, $AS_IT_IS
        expect_equal 61, $1, %eax

// --- Time ------------------------------------------------------------------------------------

        movl $0xC0FFEE, %ecx
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

// --- The thread in this space ----------------------------------------------------------------

friend: movl %gs:0, %edi
        movl $1, BR0(%edi)         // strings, please
        movl $64 << 10, BR1(%edi)  // 64 bytes
        movl $buffer, BR2(%edi)
        ipc $NOTHING, $ROOT, $0
        expect_equal 70, $0x47110081, %esi
        expect_equal 71, utcb, %eax // the sender's local ID
        expect_equal 72, $0xCAFE, %ebx
        expect_equal 73, $TEXT_BYTES << 10, %ebp
        movl %edi, %ebx
        movl $text, %esi
        movl $buffer, %edi
        movl $TEXT_BYTES, %ecx
        repe cmpsb
        expect 74
        movl %ebx, %edi
        expect_equal 75, friends_utcb, %edi
        movl $0xBEEF, 4(%edi)
        movl $1, (%edi)
        movl $1, %esi
        movl utcb, %eax
        movl utcb, %edx
        movl $0, %ecx
        call *at_lipc
        jmp wrong

// --- The thread in another space -------------------------------------------------------------

stranger:
        .byte 0xF0, 0x90
        expect_equal 80, $STRANGERS_KIP, %eax
        movl 0xE0(%eax), %ebx
        addl %eax, %ebx
        movl %gs:0, %edi
        expect_equal 81, $STRANGERS_UTCB + 0x100, %edi
        expect_equal 82, $STRANGER, MY_ID(%edi)
        pushl %ebx
        movl $apart, %esi
        call print
        popl %ebx
        movl $0x2A, strangers_word
        movl $0x2A, 4(%edi)
        movl $0x08150001, %esi
        movl %esi, (%edi)
        movl $ROOT, %eax
        movl $ROOT, %edx
        movl $0, %ecx
        call *%ebx
        jmp wrong

// --- What all need ---------------------------------------------------------------------------

// EAX: where the third of the memory's parts of type 14 begins.
find_module:
        movl kip, %ebx
        movzwl 0x54(%ebx), %ecx
        movzwl 0x56(%ebx), %eax
        addl %eax, %ebx
        movl $3, %edx
1:      movl (%ebx), %eax
        addl $8, %ebx
        andl $0x20F, %eax // the type, and whether it is virtual
        cmpl $14, %eax
        jne 2f
        decl %edx
        jz 3f
2:      loop 1b
        movl $35, wrong_number
        jmp wrong
3:      movl -8(%ebx), %eax
        andl $0xFFFFFC00, %eax
        ret

// Writes the characters at ESI, up to a zero byte, to the serial line. Where the port is
// not had, that is for the pager to know.
print:  movb (%esi), %cl
        incl %esi
        testb %cl, %cl
        jz 2f
1:      movw $LINE + 5, %dx
        inb %dx, %al
        testb $0x20, %al
        jz 1b
        movw $LINE, %dx
        movb %cl, %al
        outb %al, %dx
        jmp print
2:      ret

wrong:  movl wrong_number, %eax
        movb $10, %dl
        divb %dl
        addb $'0', %al
        addb $'0', %ah
        movw %ax, digits
        movl $bad, %esi
        call print
        jmp sleep

        .data
        .balign 4096
hello:  .asciz "Foreign: the page and the registers are as they should be.\n"
apart:  .asciz "Foreign: a thread in another space, with ports from its pager.\n"
well:   .asciz "Foreign: all is well.\n"
bad:    .ascii "Foreign: wrong is number "
digits: .asciz "00.\n"
text:   .ascii "Strings, too"
        .set TEXT_BYTES, . - text
        .balign 4
wrong_number: .long 99

        .bss
        .balign 4096
kip:    .skip 4
utcb:   .skip 4
friends_utcb: .skip 4
at_space_control: .skip 4
at_thread_control: .skip 4
at_ipc: .skip 4
at_lipc: .skip 4
at_unmap: .skip 4
at_exchange_registers: .skip 4
at_system_clock: .skip 4
at_thread_switch: .skip 4
page_faults: .skip 4
port_faults: .skip 4
zeros:  .skip 4
buffer: .skip 64
        .balign 4096
strangers_word: .skip 4096
        .skip 2048
strangers_stack_end:
        .skip 2048
friends_stack_end:
        .skip 4096
stack_end:

        .section .note.GNU-stack, "", @progbits
