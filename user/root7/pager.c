// SPDX-License-Identifier: MIT
// The pager: a task gets each page of its memory when it uses it for the first time, made
// of a page that sigma0 has left: zeros, and over them what the module has for it.
#include "root7.h"

#include <l4/arch.h>
#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/sigma0.h>
#include <l4io.h>
#include <user/string.h>
#include <user/threads.h>

// Labels: their upper bits. In the lower ones are the rights that are missing.
#define PAGE_FAULT 0xFFEu
#define PORT_FAULT 0xFF8u

#define MOST_PAGES 512

#define SERIAL_LINE 0x3F8u
#define SERIAL_LINE_LOG2 3 // ports

// What tasks have.
static struct page {
        const struct task *task;
        L4_Word_t address;
        unsigned char *content; // where it is, for the root server too
        L4_Word_t rights;
} pages[MOST_PAGES];
static unsigned page_count;

// --- Pages ---------------------------------------------------------------------------------

static struct page *
find(const struct task *task, L4_Word_t address)
{
        for (unsigned i = 0; i < page_count; i++)
                if (pages[i].task == task && pages[i].address == address)
                        return &pages[i];
        return 0;
}

// What of a segment is in the page, it brings into it.
static void
fill(struct page *page, const struct segment *segment)
{
        L4_Word_t end = page->address + PAGE_BYTES;
        L4_Word_t first = segment->first;
        L4_Word_t last = first + segment->bytes;

        if (first >= end || first + segment->size <= page->address)
                return;
        page->rights |= segment->rights;
        if (first < page->address)
                first = page->address;
        if (last > end)
                last = end;
        if (first < last)
                memcpy(page->content + (first - page->address),
                       segment->from + (first - segment->first), last - first);
}

static struct page *
make(struct task *task, L4_Word_t address)
{
        struct page *page = &pages[page_count];

        if (page_count == MOST_PAGES)
                return 0;
        L4_Fpage_t memory = L4_Sigma0_GetAny(L4_nilthread, PAGE_LOG2,
                                             L4_CompleteAddressSpace);
        unsigned char *content = (unsigned char *)(uintptr_t)L4_Address(memory);
        if (!content)
                return 0;
        *page = (struct page){ task, address, content, 0 };
        memset(content, 0, PAGE_BYTES);
        for (unsigned i = 0; i < task->image.count; i++)
                fill(page, &task->image.segments[i]);
        page_count++;
        task->pages++;
        return page;
}

static bool
is_in(const struct image *image, L4_Word_t page)
{
        for (unsigned i = 0; i < image->count; i++)
                if (image->segments[i].first < page + PAGE_BYTES &&
                    image->segments[i].first + image->segments[i].size > page)
                        return true;
        return false;
}

// --- Answers -------------------------------------------------------------------------------

static void
answer(L4_Fpage_t memory, L4_Word_t address)
{
        L4_Msg_t m;

        L4_MsgClear(&m);
        L4_MsgAppendMapItem(&m, L4_MapItem(memory, address));
        L4_MsgLoad(&m);
}

// Returns why there is no answer; null: there is one.
static const char *
page_fault(struct task *task, L4_Word_t address, L4_Word_t rights)
{
        L4_Word_t at = address & ~(PAGE_BYTES - 1);

        if (!is_in(&task->image, at))
                return "nothing is there";
        task->faults++;
        struct page *page = find(task, at);
        if (!page)
                page = make(task, at);
        if (!page)
                return "there is no memory left";
        if (rights & ~page->rights)
                return "it may not do that there";
        L4_Word_t memory = (L4_Word_t)(uintptr_t)page->content;
        answer(L4_FpageAddRights(L4_FpageLog2(memory, PAGE_LOG2), page->rights),
               address);
        return 0;
}

static const char *
port_fault(L4_Word_t ports)
{
        L4_Word_t first = L4_IoFpagePort((L4_Fpage_t){ .raw = ports });

        if (first >> SERIAL_LINE_LOG2 != SERIAL_LINE >> SERIAL_LINE_LOG2)
                return "these ports are not for tasks";
        answer(L4_FpageAddRights(L4_IoFpageLog2(SERIAL_LINE, SERIAL_LINE_LOG2),
                                 L4_FullyAccessible),
               0);
        return 0;
}

// The thread waits for ever; the first one hears of it, if it waits for tasks.
static void
refuse(const struct task *task, L4_ThreadId_t thread, const L4_Word_t words[2],
       const char *what, const char *why)
{
        printf("Module %u: thread 0x%08x has a %s fault, 0x%08x, by the\n"
               "instruction at 0x%08x: %s.\n",
               (unsigned)(task - tasks), thread.raw, what, words[0], words[1],
               why);
        L4_LoadMR(0, (L4_MsgTag_t){ .X.u = 1, .X.label = TASK_LOST }.raw);
        L4_LoadMR(1, thread.raw);
        L4_Send_Timeout(thread_id(0), L4_ZeroTime);
}

// Puts an answer together and says for whom it is; nil: nobody.
static L4_ThreadId_t
serve(L4_MsgTag_t tag, L4_ThreadId_t from)
{
        L4_Word_t words[START_WORDS];
        L4_Word_t kind = L4_Label(tag) >> 4;
        struct task *task = task_of(from);

        L4_StoreMRs(1, START_WORDS, words);
        if (L4_IsLocalId(from) && L4_UntypedWords(tag) == START_WORDS) {
                L4_Msg_t m;
                L4_MsgPut(&m, 0, 2, words + 1, 0, 0);
                L4_MsgLoad(&m);
                return (L4_ThreadId_t){ .raw = words[0] };
        }
        if (!task || (kind != PAGE_FAULT && kind != PORT_FAULT))
                return L4_nilthread;
        const char *why =
                kind == PAGE_FAULT
                        ? page_fault(task, words[0],
                                     L4_Label(tag) & L4_FullyAccessible)
                        : port_fault(words[0]);
        if (!why)
                return from;
        refuse(task, from, words, kind == PAGE_FAULT ? "page" : "port", why);
        return L4_nilthread;
}

void
serve_tasks(void)
{
        L4_ThreadId_t from;
        L4_MsgTag_t tag = L4_Wait(&from);

        for (;;) {
                L4_ThreadId_t to = L4_nilthread;

                if (L4_IpcSucceeded(tag))
                        to = serve(tag, from);
                tag = L4_ReplyWait(to, &from);
        }
}
