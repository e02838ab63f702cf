// SPDX-License-Identifier: MIT
// Memory in pieces of 4 MB, of which single pages are handed on and taken away. Each
// line is what a task has found, and whether that is as it has to be.
//
//     root  4 MB of sigma0's
//       |-- reader  4 MB at LARGE       by one page fault
//       `-- writer  one page of it at SMALL
#include <l4/ipc.h>
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/sigma0.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/threads.h>

#define PAGER 1
#define READER 2
#define WRITER 3

#define PAGE_LOG2 12
#define PAGE_BYTES 0x1000u
#define PIECE_LOG2 22
#define PIECE_BYTES 0x400000u
#define LARGE 0x20000000u
#define SMALL 0x30123000u
#define CHOSEN 0x123u // the number of the writer's page

#define PAGE_FAULT 0xFFEu
#define NOTHING 0xFA017FA0u

static struct stack stacks[WRITER + 1];
static L4_Fpage_t piece;

// What the pager answers in LARGE and SMALL; nil: it lets the thread break off.
static volatile L4_Word_t answers;
static volatile L4_Word_t faults;

static volatile L4_Word_t order_address, order_word, order_writes, result;

static volatile L4_Word_t *
word_at(L4_Word_t address)
{
        return (volatile L4_Word_t *)(uintptr_t)address;
}

static L4_Word_t
own_page(L4_Word_t number)
{
        return L4_Address(piece) + number * PAGE_BYTES;
}

// --- Tasks -------------------------------------------------------------------------------

static void
obey(void)
{
        for (;;) {
                L4_Receive(thread_id(0));
                if (order_writes)
                        *word_at(order_address) = order_word;
                result = *word_at(order_address);
                L4_LoadMR(0, 0);
                L4_Send(thread_id(0));
        }
}

static void
break_off(void)
{
        result = NOTHING;
        L4_LoadMR(0, 0);
        L4_Send(thread_id(0));
        obey();
}

static bool
find(L4_Word_t address, L4_Fpage_t *page)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();

        if (address >= kip->root.low && address < kip->root.high) {
                *page = L4_FpageLog2(address & ~(PAGE_BYTES - 1), PAGE_LOG2);
                return true;
        }
        faults++;
        *page = address < SMALL ? piece
                                : L4_FpageLog2(own_page(CHOSEN), PAGE_LOG2);
        return answers > 0 && answers-- > 0;
}

static void
serve(void)
{
        L4_ThreadId_t from, to = L4_nilthread;
        L4_Msg_t m;

        for (;;) {
                L4_Fpage_t page;
                L4_Word_t address;
                L4_MsgTag_t tag = L4_ReplyWait(to, &from);

                to = L4_nilthread;
                L4_StoreMR(1, &address);
                if (L4_IpcFailed(tag) || L4_Label(tag) >> 4 != PAGE_FAULT)
                        continue;
                L4_MsgClear(&m);
                if (find(address, &page)) {
                        page = L4_FpageAddRights(page, L4_FullyAccessible);
                        L4_MsgAppendMapItem(
                                &m,
                                L4_MapItem(page, address & ~(PAGE_BYTES - 1)));
                        L4_MsgLoad(&m);
                        to = from;
                } else {
                        thread_start(from, break_off,
                                     &stacks[L4_ThreadNo(from) -
                                             L4_ThreadNo(thread_id(0))]);
                }
        }
}

static L4_Word_t
let(L4_Word_t task, L4_Word_t address, L4_Word_t writes, L4_Word_t word)
{
        order_address = address;
        order_writes = writes;
        order_word = word;
        L4_LoadMR(0, 0);
        L4_Call(thread_id(task));
        return result;
}

static L4_Word_t
read(L4_Word_t task, L4_Word_t address)
{
        return let(task, address, 0, 0);
}

static L4_Word_t
write(L4_Word_t task, L4_Word_t address, L4_Word_t word)
{
        return let(task, address, 1, word);
}

// --- What is to be seen ---------------------------------------------------------------------

static void
check(const char *what, bool is_so)
{
        printf("%s: %s\n", is_so ? "yes" : "NO ", what);
}

static L4_Fpage_t
page(L4_Word_t number, L4_Word_t rights)
{
        L4_Fpage_t f = L4_FpageLog2(own_page(number), PAGE_LOG2);

        L4_Set_Rights(&f, rights);
        return f;
}

static L4_Fpage_t
whole(L4_Word_t rights)
{
        L4_Fpage_t f = piece;

        L4_Set_Rights(&f, rights);
        return f;
}

static void
hand_on(void)
{
        for (L4_Word_t i = 0; i < PIECE_BYTES / PAGE_BYTES; i++)
                *word_at(own_page(i)) = i;
        answers = 1;
        check("the reader has the last page",
              read(READER, LARGE + PIECE_BYTES - PAGE_BYTES) == 1023);
        check("and the first one, by one page fault",
              read(READER, LARGE) == 0 && faults == 1);
        answers = 1;
        check("the writer has one page of it", read(WRITER, SMALL) == CHOSEN);
        check("which it writes", write(WRITER, SMALL, 4711) == 4711);
        check("and the reader reads",
              read(READER, LARGE + CHOSEN * PAGE_BYTES) == 4711);
        check("it has no other one",
              read(WRITER, SMALL + PAGE_BYTES) == NOTHING);
}

static void
ask(void)
{
        L4_UnmapFpage(whole(0));
        read(READER, LARGE + 5 * PAGE_BYTES);
        L4_Fpage_t used = L4_UnmapFpage(whole(0));
        check("it has been read, and not written",
              L4_WasReferenced(used) && !L4_WasWritten(used));
        write(WRITER, SMALL, 7);
        check("it has been written", L4_WasWritten(L4_UnmapFpage(whole(0))));
        check("which is told once", !L4_WasWritten(L4_UnmapFpage(whole(0))));
}

static void
take_some(void)
{
        L4_UnmapFpage(page(5, L4_FullyAccessible));
        check("a page is taken out of the middle",
              read(READER, LARGE + 5 * PAGE_BYTES) == NOTHING);
        check("those beside it stay",
              read(READER, LARGE + 4 * PAGE_BYTES) == 4 &&
                      read(READER, LARGE + 6 * PAGE_BYTES) == 6);
        L4_UnmapFpage(page(9, L4_Writable));
        check("another one is for reading now",
              write(READER, LARGE + 9 * PAGE_BYTES, 1) == NOTHING &&
                      read(READER, LARGE + 9 * PAGE_BYTES) == 9);
        check("the next one is not",
              write(READER, LARGE + 10 * PAGE_BYTES, 1) == 1);
        L4_UnmapFpage(page(CHOSEN, L4_FullyAccessible));
        check("the writer's page is taken away",
              read(WRITER, SMALL) == NOTHING);
        check("which is the reader's no more",
              read(READER, LARGE + CHOSEN * PAGE_BYTES) == NOTHING);
        check("but the root server's", *word_at(own_page(CHOSEN)) == 7);
}

static void
take_all(void)
{
        L4_UnmapFpage(whole(L4_FullyAccessible));
        check("all is taken away",
              read(READER, LARGE) == NOTHING &&
                      read(READER, LARGE + 4 * PAGE_BYTES) == NOTHING);
        faults = 0;
        answers = 1;
        check("and comes again in one piece",
              read(READER, LARGE + 5 * PAGE_BYTES) == 5 &&
                      read(READER, LARGE + 77 * PAGE_BYTES) == 77 &&
                      faults == 1);
        L4_FlushFpage(whole(L4_FullyAccessible));
        check("or goes from the root server too",
              read(READER, LARGE) == NOTHING);
        check("which gets it from sigma0 again", *word_at(own_page(77)) == 77);
}

int
main(void)
{
        piece = L4_Sigma0_GetAny(L4_nilthread, PIECE_LOG2,
                                 L4_CompleteAddressSpace);
        check("sigma0 has 4 MB in one piece", !L4_IsNilFpage(piece));
        if (L4_IsNilFpage(piece) || !thread_here(PAGER) ||
            !thread_in_new_space(READER, OTHER_KIP, thread_id(PAGER)) ||
            !thread_in_new_space(WRITER, OTHER_KIP, thread_id(PAGER))) {
                complain("Two tasks");
                return 0;
        }
        thread_start(thread_id(PAGER), serve, &stacks[PAGER]);
        thread_start(thread_id(READER), obey, &stacks[READER]);
        thread_start(thread_id(WRITER), obey, &stacks[WRITER]);
        hand_on();
        ask();
        take_some();
        take_all();
        thread_end(READER);
        thread_end(WRITER);
        printf("That is all.\n");
        return 0;
}
