// SPDX-License-Identifier: MIT
// Trials: ports, which are sent as memory is, and faults of those who have none.
#include "task.h"

#define PORT_TAG 0xFF800002u
#define COM1 0x3F8u
#define COM1_SCRATCH (COM1 + 7) // keeps what is written
#define KEYBOARD 0x60u
#define COM2 0x2F8u

#define USE(name, instruction)                                                 \
        __attribute__((noinline)) static L4_Word_t name(L4_Word_t port)        \
        {                                                                      \
                L4_Word_t eax = 0x5A;                                          \
                __asm__ volatile(".globl " #name "_here\n" #name               \
                                 "_here:\n\t" instruction                      \
                                 : "+a"(eax), "+d"(port)                       \
                                 :                                             \
                                 : "memory");                                  \
                return eax;                                                    \
        }                                                                      \
        extern const char name##_here[]

USE(read_byte, "inb %%dx, %%al");
USE(write_byte, "outb %%al, %%dx");
USE(read_word, "inw %%dx, %%ax");
USE(read_long, "inl %%dx, %%eax");
USE(write_long, "outl %%eax, %%dx");
USE(read_fixed, "inb $0x71, %%al");
USE(write_fixed, "outw %%ax, $0x80");
USE(halt, "hlt");

static L4_Word_t buffer;

__attribute__((noinline)) static L4_Word_t
read_string(L4_Word_t port)
{
        L4_Word_t *to = &buffer;
        L4_Word_t count = 1;

        __asm__ volatile(".globl read_string_here\n"
                         "read_string_here:\n\trep insb"
                         : "+D"(to), "+c"(count)
                         : "d"(port)
                         : "memory");
        return buffer;
}
extern const char read_string_here[];

static void
expect_fault(L4_Word_t (*what)(L4_Word_t), L4_Word_t port, L4_Word_t ports,
             const char *ip)
{
        expect_word(NOTHING, ask(1, what, port), "it cannot go on");
        expect_word(PORT_TAG, last_fault.tag, "the tag");
        expect_word(ports, last_fault.first, "MR1: the ports");
        expect_word((L4_Word_t)(uintptr_t)ip, last_fault.ip,
                    "MR2: the instruction");
        expect_word(thread_id(1).raw, last_fault.from.raw, "from whom");
}

TRIAL(a_port_fault_says_which_ports)
{
        task_begin(1);
        expect_fault(read_byte, COM1, ports_at(COM1, 0), read_byte_here);
        expect_fault(write_byte, COM1 + 3, ports_at(COM1 + 3, 0),
                     write_byte_here);
        expect_fault(read_word, COM1 + 4, ports_at(COM1 + 4, 1),
                     read_word_here);
        expect_fault(read_long, 0x1234, ports_at(0x1234, 2), read_long_here);
        expect_fault(write_long, COM1, ports_at(COM1, 2), write_long_here);
        expect_fault(read_fixed, 0, ports_at(0x71, 0), read_fixed_here);
        expect_fault(write_fixed, 0, ports_at(0x80, 1), write_fixed_here);
        expect_fault(read_string, COM1, ports_at(COM1, 0), read_string_here);
}

TRIAL(a_port_fault_between_two_rows)
{
        task_begin(1);
        expect_fault(read_word, COM1 + 1, ports_at(COM1, 2), read_word_here);
        expect_fault(read_long, COM1 + 2, ports_at(COM1, 3), read_long_here);
}

TRIAL(what_is_no_port_fault)
{
        task_begin(1);
        orders[1] = (struct order){ .what = TASK_CALLS, .use = halt };
        task_starts(1);
        L4_Sleep(L4_TimePeriod(20000));
        expect_word(0, fault_count, "the pager is not told");
        expect_word(2, state_of(thread_id(1)),
                    "it is an exception, and nobody handles it");
}

TRIAL(a_port_fault_is_answered_by_ports)
{
        task_begin(1);
        answers_left = 1;
        fault_answer[0] = 8;
        fault_answer[1] = ports_at(COM1, 3);
        ask(1, write_byte, COM1_SCRATCH);
        expect_that(!orders[1].faulted, "it goes on");
        expect_word(0x5A, ask(1, read_byte, COM1_SCRATCH) & 0xFF,
                    "it has the ports");
        expect_word(1, fault_count, "one fault");
}

TRIAL(a_port_fault_is_answered_by_nothing)
{
        task_begin(1);
        answers_left = 2;
        expect_word(NOTHING, ask(1, read_byte, COM1), "it does not go on");
        expect_word(3, fault_count, "it is tried again each time");
}

TRIAL(ports_are_mapped)
{
        task_begin(1);
        expect_that(map(0, 1, ports_at(COM1, 3) | ALL, 0, ports_at(0, 16)),
                    "they are sent");
        expect_that(ask(1, read_byte, COM1_SCRATCH) != NOTHING, "used");
        expect_word(0, fault_count, "without a fault");
        expect_word(NOTHING, ask(1, read_byte, COM1 - 1), "no others");
        expect_word(NOTHING, ask(1, read_byte, COM1 + 8), "no others");
}

TRIAL(ports_go_through_a_window)
{
        task_begin(1);
        expect_that(map(0, 1, ports_at(COM1, 3), 0, ports_at(COM1 + 4, 1)),
                    "they are sent");
        expect_word(NOTHING, ask(1, read_byte, COM1 + 3), "not outside");
        expect_that(ask(1, read_byte, COM1 + 4) != NOTHING, "inside");
        expect_that(ask(1, read_byte, COM1 + 5) != NOTHING, "inside");
        expect_word(NOTHING, ask(1, read_byte, COM1 + 6), "not outside");
}

TRIAL(ports_do_not_go_through_a_window_for_memory)
{
        task_begin(1);
        expect_that(map(0, 1, ports_at(COM1, 3), 0, WHOLE), "no error");
        expect_word(NOTHING, ask(1, read_byte, COM1), "and no ports");
        expect_that(map(0, 1, pages(store_at(0), 12, ALL), 0, ports_at(0, 16)),
                    "no error");
        expect_word(NOTHING, peek(1, PLACE), "nor memory the other way");
}

TRIAL(nobody_gives_ports_that_he_has_not)
{
        task_begin(1);
        task_begin(2);
        expect_that(map(0, 1, ports_at(KEYBOARD, 0), 0, ports_at(0, 16)),
                    "no error");
        expect_word(NOTHING, ask(1, read_byte, KEYBOARD), "the trial has none");
        expect_that(map(0, 1, ports_at(COM1 + 4, 1), 0, ports_at(0, 16)),
                    "two ports");
        expect_that(map(1, 2, ports_at(0, 16), 0, ports_at(0, 16)), "all");
        expect_that(ask(2, read_byte, COM1 + 5) != NOTHING, "these two");
        expect_word(NOTHING, ask(2, read_byte, COM1 + 6), "and no others");
}

TRIAL(ports_are_taken_away)
{
        for (L4_Word_t n = 1; n <= 3; n++)
                task_begin(n);
        map(0, 1, ports_at(COM1, 3), 0, ports_at(0, 16));
        map(1, 2, ports_at(COM1, 3), 0, ports_at(0, 16));
        map(2, 3, ports_at(COM1, 3), 0, ports_at(0, 16));
        for (L4_Word_t n = 1; n <= 3; n++)
                expect_that(ask(n, read_byte, COM1 + 5) != NOTHING, "used");
        unmap(1, ports_at(COM1 + 4, 2) | ALL);
        expect_that(ask(1, read_byte, COM1 + 5) != NOTHING, "oneself not");
        expect_word(NOTHING, ask(2, read_byte, COM1 + 5), "those below");
        expect_word(NOTHING, ask(3, read_byte, COM1 + 5), "those below");
        expect_that(ask(3, read_byte, COM1 + 1) != NOTHING, "of these ports");
        flush(1, ports_at(COM1, 3) | ALL);
        expect_word(NOTHING, ask(1, read_byte, COM1 + 5), "oneself");
        expect_word(NOTHING, ask(3, read_byte, COM1 + 1), "and the others");
}

TRIAL(ports_are_granted)
{
        task_begin(1);
        task_begin(2);
        map(0, 1, ports_at(COM1, 3), 0, ports_at(0, 16));
        ask(1, read_byte, COM1);
        expect_that(grant(1, 2, ports_at(COM1, 3), 0, ports_at(0, 16)),
                    "they are granted");
        expect_word(NOTHING, ask(1, read_byte, COM1), "the one has none");
        expect_that(ask(2, read_byte, COM1 + 5) != NOTHING, "the other has");
        unmap(0, ports_at(COM1, 3) | ALL);
        expect_word(NOTHING, ask(2, read_byte, COM1 + 5), "from the trial");
}

TRIAL(ports_end_with_the_space_they_are_from)
{
        task_begin(1);
        task_begin(2);
        map(0, 1, ports_at(COM1, 3), 0, ports_at(0, 16));
        map(1, 2, ports_at(COM1, 3), 0, ports_at(0, 16));
        expect_that(ask(2, read_byte, COM1 + 5) != NOTHING, "used");
        task_end(1);
        expect_word(NOTHING, ask(2, read_byte, COM1 + 5), "no more");
}

TRIAL(ports_of_sigma0)
{
        task_begin(1);
        L4_Word_t given = request(1, ports_at(COM2, 3), 0, ports_at(0, 16));
        expect_word(ports_at(COM2, 3) | ALL, given, "sigma0 gives ports");
        expect_that(ask(1, read_byte, COM2 + 5) != NOTHING, "used");
        (void)request(1, ports_at(0, 16), 0, ports_at(0, 16));
        expect_word(NOTHING, ask(1, read_byte, 0x20),
                    "not those of the interrupt controller");
}

TRIAL(ports_one_by_one)
{
        task_begin(1);
        for (L4_Word_t i = 0; i < 8; i++)
                map(0, 1, ports_at(COM1 + i * 5 % 8, 0), 0, ports_at(0, 16));
        for (L4_Word_t i = 0; i < 8; i++)
                expect_that(ask(1, read_byte, COM1 + i) != NOTHING, "each");
        expect_word(0, fault_count, "without a fault");
}
