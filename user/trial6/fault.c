// SPDX-License-Identifier: MIT
// The contracts are in <h4/fault.h>.
#include <h4/fault.h>

volatile L4_Word_t address = SOMEWHERE;
volatile L4_Word_t value;
L4_Word_t pager_of_faults = 2;

__attribute__((noinline)) void
read_it(void)
{
        value = 0; // so that the variables are mapped
        L4_Set_Pager(thread_id(pager_of_faults));
        __asm__ volatile(".globl read_here\n"
                         "read_here:\n\tmovl (%1), %0"
                         : "=r"(value)
                         : "r"(address)
                         : "memory");
}

__attribute__((noinline)) void
write_it(void)
{
        value = 0;
        L4_Set_Pager(thread_id(pager_of_faults));
        __asm__ volatile(".globl write_here\n"
                         "write_here:\n\tmovl %0, (%1)"
                         :
                         : "r"(0x12345678), "r"(address)
                         : "memory");
        value = *(volatile L4_Word_t *)(uintptr_t)address;
}

struct act *
fault_and_handle(void (*fault)(void), L4_Word_t tag)
{
        struct act *handles = receive(2, L4_anythread);

        if (tag != SAME)
                send(2, one, tag);
        act(1, none, none, 0)->before = fault;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
        expect_that(handles->over, "the pager is told");
        return handles;
}

void
told(const struct act *handles, L4_Word_t label, const char *ip)
{
        expect_word(TAG(label, 2), handles->result.raw, "the tag");
        expect_word(local(1).raw, handles->from.raw, "from whom");
        expect_word(address, handles->mr[1], "MR1: the address");
        expect_word((L4_Word_t)(uintptr_t)ip, handles->mr[2],
                    "MR2: the instruction");
        expect_word(handles->first + 3, handles->mr[3], "MR3 is left alone");
}
