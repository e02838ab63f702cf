// SPDX-License-Identifier: MIT
// Trials: page faults.
#include <h4/fault.h>

TRIAL(a_fault_by_reading)
{
        told(fault_and_handle(read_it, 0), READING, read_here);
        settle();
        expect_word(0, value, "a page of zeros has come");
        expect_word(2, state_of(one), "it has gone on, to its end");
}

TRIAL(a_fault_by_writing)
{
        address = SOMEWHERE + 0xFFC;
        told(fault_and_handle(write_it, 0), WRITING, write_here);
        settle();
        expect_word(0x12345678, value, "it has been written");
}

// In another space, and its pager is told of the global ID.
TRIAL(a_fault_in_another_space)
{
        struct act *handles = receive(2, L4_anythread);

        add_zeros(send(2, one, TAG(0x1234, has_sigma0() ? 61 : 63)));
        act(1, none, none, 0)->before = write_it;
        begin_here(2);
        begin_there(1);
        settle();
        settle();
        expect_word(one.raw, handles->from.raw, "from whom");
        expect_word(TAG(WRITING, 2), handles->result.raw, "the tag");
        expect_word(SOMEWHERE, handles->mr[1], "the address");
        expect_word(0x12345678, value, "any answer will do");
}

// The thread's own registers of messages and its error code are as before.
static struct act kept;

static void
write_between_messages(void)
{
        L4_Word_t *mr = __L4_X86_Utcb();

        for (L4_Word_t i = 0; i < 64; i++)
                mr[i] = 0xAB000000 + i;
        for (int i = 0; i < 33; i++)
                L4_LoadBR(i, 0xBB000000 + (L4_Word_t)i);
        __L4_TCR_Set_ErrorCode(UNWRITTEN);
        L4_Set_VirtualSender(three);
        write_it();
        for (L4_Word_t i = 0; i < 64; i++)
                kept.mr[i] = mr[i];
        for (int i = 0; i < 33; i++) {
                L4_Word_t word;
                L4_StoreBR(i, &word);
                kept.over += word == 0xBB000000 + (L4_Word_t)i;
        }
        kept.error = L4_ErrorCode();
        kept.actual = L4_ActualSender().raw;
}

TRIAL(a_fault_leaves_registers_alone)
{
        fault_and_handle(write_between_messages, TAG(0x1234, 63));
        settle();
        for (L4_Word_t i = 0; i < 64; i++)
                expect_word(0xAB000000 + i, kept.mr[i], "a message register");
        expect_word(33, kept.over, "buffer registers that are as before");
        expect_word(UNWRITTEN, kept.error, "the error code");
        expect_word(three.raw, kept.actual, "the sender's word");
}

// What the answer does not mend is asked again: in the UTCB area is nobody's memory.
TRIAL(a_fault_that_stays)
{
        struct act *handles = receive(2, L4_anythread);
        struct act *again = act(2, one, L4_anythread, NEVER);
        struct act *third = act(2, one, L4_anythread, NEVER);

        address = ROOT_UTCBS + 0x1F000;
        act(1, none, none, 0)->before = read_it;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
        told(handles, READING, read_here);
        told(again, READING, read_here);
        told(third, READING, read_here);
}

// Reading the page is allowed, and writing is not, whatever the pager says.
TRIAL(the_page_cannot_be_written)
{
        struct act *handles = receive(2, L4_anythread);
        struct act *again = act(2, one, L4_anythread, NEVER);
        struct act *third = act(2, one, L4_anythread, NEVER);

        address = ROOT_KIP;
        act(1, none, none, 0)->before = write_it;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
        told(handles, WRITING, write_here);
        told(again, WRITING, write_here);
        told(third, WRITING, write_here);
        thread_end(1);
        expect_word(0x4BE6344C, *(L4_Word_t *)ROOT_KIP,
                    "the page is as it was");
}

TRIAL(kernel_space_is_nobody_s)
{
        struct act *handles = receive(2, L4_anythread);
        struct act *again = act(2, one, L4_anythread, NEVER);

        address = 0xC0100000;
        act(1, none, none, 0)->before = read_it;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
        told(handles, READING, read_here);
        told(again, READING, read_here);
}
