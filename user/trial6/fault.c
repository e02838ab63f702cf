// SPDX-License-Identifier: MIT
// The contracts are in <h4/fault.h>.
#include <h4/fault.h>

#include <l4/message.h>
#include <l4/sigma0.h>

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

#define PAGE_LOG2 12
#define PAGE_WORDS 1024

static L4_Fpage_t
get_zeros(L4_Fpage_t window)
{
        L4_Fpage_t page = L4_Sigma0_GetAny(L4_nilthread, PAGE_LOG2, window);

        expect_that(!L4_IsNilFpage(page), "a page of sigma0's");
        return page;
}

static void
clear(L4_Word_t at)
{
        volatile L4_Word_t *word = (volatile L4_Word_t *)(uintptr_t)at;

        for (L4_Word_t i = 0; i < PAGE_WORDS; i++)
                word[i] = 0;
}

void
map_zeros(void)
{
        L4_Word_t at = address >> PAGE_LOG2 << PAGE_LOG2;

        if (!has_sigma0())
                return;
        get_zeros(L4_FpageLog2(at, PAGE_LOG2));
        clear(at);
}

void
add_zeros(struct act *answers)
{
        if (!has_sigma0())
                return;
        L4_Fpage_t page = get_zeros(L4_CompleteAddressSpace);
        clear(L4_Address(page));
        L4_MapItem_t item = L4_MapItem(
                L4_FpageAddRights(page, L4_FullyAccessible), address);
        answers->tag |= 2 << 6;
        answers->typed_count = 2;
        answers->typed[0] = item.raw[0];
        answers->typed[1] = item.raw[1];
}

struct act *
fault_and_handle(void (*fault)(void), L4_Word_t tag)
{
        struct act *handles = receive(2, L4_anythread);

        if (tag != SAME)
                send(2, one, tag)->before = map_zeros;
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
