// SPDX-License-Identifier: MIT
// A pager that gives what it has itself. The contract is in <user/threads.h>.
#include <l4/arch.h>
#include <l4/ipc.h>
#include <l4/message.h>
#include <user/threads.h>

#define PAGE_LOG2 12

// Labels of faults, but for the rights in the lowest three bits.
#define PAGE_FAULT 0xFFE0u
#define IO_FAULT 0xFF80u
#define KIND 0xFFF0u

static L4_MapItem_t
own_page(L4_Word_t address)
{
        L4_Fpage_t page =
                L4_FpageLog2(address >> PAGE_LOG2 << PAGE_LOG2, PAGE_LOG2);

        return L4_MapItem(L4_FpageAddRights(page, L4_FullyAccessible), address);
}

static L4_MapItem_t
ports(L4_Word_t fpage)
{
        L4_Fpage_t page = { .raw = fpage };

        return L4_MapItem(L4_FpageAddRights(page, L4_FullyAccessible), 0);
}

// Puts together what answers this message, and says for whom it is; nil: nobody.
static L4_ThreadId_t
answer(L4_MsgTag_t tag, L4_ThreadId_t from, L4_Msg_t *m)
{
        L4_Msg_t told;

        L4_MsgStore(tag, &told);
        if ((L4_Label(tag) & KIND) == PAGE_FAULT) {
                L4_MsgAppendMapItem(m, own_page(L4_MsgWord(&told, 0)));
                return from;
        }
        if ((L4_Label(tag) & KIND) == IO_FAULT) {
                L4_MsgAppendMapItem(m, ports(L4_MsgWord(&told, 0)));
                return from;
        }
        if (L4_UntypedWords(tag) != START_WORDS || !L4_IsLocalId(from))
                return L4_nilthread;

        // The thread starts with its first message from its pager.
        L4_MsgAppendWord(m, L4_MsgWord(&told, 1));
        L4_MsgAppendWord(m, L4_MsgWord(&told, 2));
        return (L4_ThreadId_t){ .raw = L4_MsgWord(&told, 0) };
}

void
serve_faults(void)
{
        L4_ThreadId_t from;
        L4_MsgTag_t tag = L4_Wait(&from);

        for (;;) {
                L4_ThreadId_t to = L4_nilthread;
                L4_Msg_t m;

                L4_MsgClear(&m);
                if (L4_IpcSucceeded(tag))
                        to = answer(tag, from, &m);
                if (!L4_IsNilThread(to))
                        L4_MsgLoad(&m);
                tag = L4_ReplyWait(to, &from);
        }
}
