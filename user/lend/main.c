// SPDX-License-Identifier: MIT
// A page that its owner lends to a task in a space of its own, and takes back: what each
// of them sees of it. The owner is the other one's pager.
//
//     owner                                borrower
//       | <-------------- asks for it -------- |
//       | ---- the page ---------------------> |   reads it and writes it
//       | <-------------- has used it -------- |
//       | Unmap                                |
//       | ---- goes on ----------------------> |   reads it: a page fault
//       | ---- the page, for reading --------> |
//       | <-------------- has used it -------- |
//       | ---- goes on ----------------------> |   writes it: a page fault
//       | Unmap with flush: the owner's too    |
//       | ---- goes on ----------------------> |   the same: a page fault
#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <user/task.h>
#include <user/threads.h>

#define PAGE_LOG2 12
#define PAGE_BYTES 4096u
#define WINDOW 0x20000000u // where the borrower wants to see it

#define PAGE_FAULT 0xFFEu // of a label: the upper bits
#define USED 1

static _Alignas(PAGE_BYTES) L4_Word_t page[PAGE_BYTES / sizeof(L4_Word_t)];
static struct stack stack;
static L4_ThreadId_t owner, borrower;
static unsigned faults; // in the window

static L4_Fpage_t
with_rights(L4_Word_t rights)
{
        return L4_FpageAddRights(
                L4_FpageLog2((L4_Word_t)(uintptr_t)page, PAGE_LOG2), rights);
}

// --- The borrower --------------------------------------------------------------------------

// Says that it has come as far, and what it has seen.
static void
used(L4_Word_t word)
{
        L4_Msg_t m;

        L4_MsgPut(&m, USED, 1, &word, 0, 0);
        L4_MsgLoad(&m);
        L4_Call(owner);
}

static void
borrow(void)
{
        volatile L4_Word_t *lent = (L4_Word_t *)(uintptr_t)WINDOW;

        L4_Accept(L4_MapGrantItems(L4_FpageLog2(WINDOW, PAGE_LOG2)));
        used(0);
        *lent += 1;
        used(*lent);
        used(*lent);
        *lent = 0; // never comes farther
        used(*lent);
}

// --- The owner -----------------------------------------------------------------------------

// Answers with memory; nil: with none.
static void
answer(L4_Fpage_t memory, L4_Word_t address)
{
        L4_Msg_t m;

        L4_MsgClear(&m);
        if (!L4_IsNilFpage(memory))
                L4_MsgAppendMapItem(&m, L4_MapItem(memory, address));
        L4_MsgLoad(&m);
        L4_Reply(borrower);
}

// The next thing that the borrower does about the page: true, it has used it; false, it
// has a page fault there. In the program it gets the owner's own pages meanwhile.
static bool
has_used(L4_Word_t *word)
{
        for (;;) {
                L4_MsgTag_t tag = L4_Receive(borrower);

                L4_StoreMR(1, word);
                if (L4_IpcFailed(tag) || L4_Label(tag) == USED)
                        return true;
                if (L4_Label(tag) >> 4 != PAGE_FAULT)
                        continue;
                if (*word >> PAGE_LOG2 == WINDOW >> PAGE_LOG2) {
                        faults++;
                        return false;
                }
                (void)*(volatile unsigned char *)(uintptr_t)*word;
                answer(L4_FpageAddRights(L4_FpageLog2(*word & ~(PAGE_BYTES - 1),
                                                      PAGE_LOG2),
                                         L4_FullyAccessible),
                       *word);
        }
}

static const char *
use_of(L4_Fpage_t status)
{
        if (L4_WasWritten(status))
                return "written";
        return L4_WasReferenced(status) ? "read, not written" : "not used";
}

static const char *
seen(bool used)
{
        return used ? "NO FAULT" : "a fault";
}

static void
lend(void)
{
        volatile L4_Word_t *mine = page;
        L4_Word_t word;

        mine[0] = 41;
        has_used(&word);
        answer(with_rights(L4_FullyAccessible), 0);
        has_used(&word);
        L4_Fpage_t status = L4_UnmapFpage(with_rights(L4_FullyAccessible));
        task_say("lent with 41 in it: %s, and is %u; taken back",
                 use_of(status), mine[0]);
        L4_GetStatus(with_rights(0)); // that was the owner itself

        answer(L4_Nilpage, 0);
        bool again = has_used(&word);
        answer(with_rights(L4_Readable), WINDOW);
        has_used(&word);
        status = L4_GetStatus(with_rights(0));
        answer(L4_Nilpage, 0);
        bool writing = has_used(&word);
        task_say("then %s; lent for reading: %s; writing: %s", seen(again),
                 use_of(status), seen(writing));

        L4_FlushFpage(with_rights(L4_FullyAccessible));
        answer(L4_Nilpage, 0);
        bool gone = !has_used(&word);
        task_say("flushed: %s, fault %u; mine comes back, %u in it",
                 gone ? "gone" : "STILL THERE", faults, mine[0]);
}

int
main(void)
{
        owner = L4_Myself();
        borrower = task_thread(TASK_APART, owner);
        task_start(borrower, borrow, stack_top(&stack));
        lend();
        task_ready("lend");
        return 0;
}
