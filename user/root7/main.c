// SPDX-License-Identifier: MIT
// A root server that gets its memory from sigma0 and hands some of it on to a task in a
// space of its own, lends it, and takes it back.
//
//     sigma0 ----- pages, by page faults and by requests -----> root
//                                                                |  pager: a thread of root
//                                                                |
//                                                                v
//                                                               task
#include <l4/ipc.h>
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/sigma0.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/threads.h>

#define PAGER 1
#define TASK 2

#define PAGE_LOG2 12
#define WINDOW 0x20000000u // where the task wants to see what it is lent

#define PAGE_FAULT 0xFFE0u
#define KIND 0xFFF0u

static struct stack stacks[TASK + 1];

// What is lent: a page of root's. Nil: nothing, and a page fault there waits.
static L4_Fpage_t lent;
static volatile L4_Word_t faults;

static volatile L4_Word_t *
word_at(L4_Word_t address)
{
        return (volatile L4_Word_t *)(uintptr_t)address;
}

// Page faults of the task: in the program its page, in the window what is lent.
static L4_Bool_t
find_page(L4_Word_t address, L4_Fpage_t *page)
{
        if (address >> PAGE_LOG2 == WINDOW >> PAGE_LOG2) {
                faults++;
                *page = lent;
        } else {
                *page = L4_FpageLog2(address >> PAGE_LOG2 << PAGE_LOG2,
                                     PAGE_LOG2);
        }
        return !L4_IsNilFpage(*page);
}

static void
serve(void)
{
        L4_ThreadId_t from;
        L4_MsgTag_t tag = L4_Wait(&from);

        for (;;) {
                L4_ThreadId_t to = L4_nilthread;
                L4_Fpage_t page;
                L4_Word_t address;
                L4_Msg_t m;

                L4_StoreMR(1, &address);
                L4_MsgClear(&m);
                if (L4_IpcSucceeded(tag) &&
                    (L4_Label(tag) & KIND) == PAGE_FAULT &&
                    find_page(address, &page)) {
                        page = L4_FpageAddRights(page, L4_FullyAccessible);
                        L4_MsgAppendMapItem(&m, L4_MapItem(page, address));
                        L4_MsgLoad(&m);
                        to = from;
                }
                tag = L4_ReplyWait(to, &from);
        }
}

// In its own space: adds 1 to what stands in the window, and says so.
static void
task(void)
{
        for (;;) {
                *word_at(WINDOW) += 1;
                L4_LoadMR(0, 0);
                L4_Call(thread_id(0));
        }
}

static void
wait_for_task(void)
{
        L4_Receive(thread_id(TASK));
}

static void
let_task_go_on(void)
{
        L4_LoadMR(0, 0);
        L4_Send(thread_id(TASK));
}

static void
show(const char *what, L4_Fpage_t pages)
{
        if (L4_IsNilFpage(pages))
                printf("%s: sigma0 refuses.\n", what);
        else
                printf("%s: %u KB at 0x%08x.\n", what,
                       1u << (L4_SizeLog2(pages) - 10), L4_Address(pages));
}

static L4_Fpage_t
ask_sigma0(void)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();
        L4_Word_t high = (kip->root.high + 0xFFFF) & ~0xFFFFu;

        show("A page behind the program",
             L4_Sigma0_GetPage(L4_nilthread, L4_FpageLog2(high, PAGE_LOG2)));
        show("The same once more",
             L4_Sigma0_GetPage(L4_nilthread, L4_FpageLog2(high, PAGE_LOG2)));
        show("The kernel's",
             L4_Sigma0_GetPage(L4_nilthread,
                               L4_FpageLog2(0x00100000, PAGE_LOG2)));
        show("64 KB, wherever they are",
             L4_Sigma0_GetAny(L4_nilthread, 16, L4_CompleteAddressSpace));
        L4_Fpage_t page = L4_Sigma0_GetAny(L4_nilthread, PAGE_LOG2,
                                           L4_CompleteAddressSpace);
        show("A page, wherever it is", page);
        return page;
}

static void
lend(L4_Fpage_t page)
{
        volatile L4_Word_t *word = word_at(L4_Address(page));

        *word = 41;
        lent = page;
        if (!thread_here(PAGER) ||
            !thread_in_new_space(TASK, OTHER_KIP, thread_id(PAGER))) {
                complain("The task");
                return;
        }
        thread_start(thread_id(PAGER), serve, &stacks[PAGER]);
        thread_start(thread_id(TASK), task, &stacks[TASK]);
        wait_for_task();
        printf("The task has made 41 to %u, after %u page faults there.\n",
               *word, faults);

        L4_Fpage_t used =
                L4_UnmapFpage(L4_FpageAddRights(page, L4_FullyAccessible));
        printf("Taken back: it has %sbeen written.\n",
               L4_WasWritten(used) ? "" : "not ");
        let_task_go_on();
        wait_for_task();
        printf("The task has made 42 to %u, after %u page faults there.\n",
               *word, faults);

        L4_Word_t before = faults;
        lent = L4_Nilpage;
        L4_UnmapFpage(L4_FpageAddRights(page, L4_FullyAccessible));
        let_task_go_on();
        while (faults == before)
                L4_Receive_Timeout(thread_id(TASK), L4_TimePeriod(20000));
        printf("Taken back for good: the task waits for it, page fault %u.\n",
               faults);
        thread_end(TASK);
        printf("The task is no more; the word is still %u.\n", *word);
}

int
main(void)
{
        printf("A root server, whose memory sigma0 has given it.\n\n");
        L4_Fpage_t page = ask_sigma0();
        if (!L4_IsNilFpage(page))
                lend(page);
        return 0;
}
