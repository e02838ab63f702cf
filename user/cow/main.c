// SPDX-License-Identifier: MIT
// Copy on write: two tasks that begin with all that their parent has, and share it until
// they write. The parent is their pager. A page that is read is the parent's own, without
// the right to write; a page that is written is a copy, made at that moment.
//
//               parent's page 0          page 1    2    3
//                /          \              |
//         read  /            \  read       | ...
//          first task    second task
//              |               |
//       copy, written    copy, written
#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/thread.h>
#include <user/string.h>
#include <user/task.h>
#include <user/threads.h>

#define TASKS 2
#define SHARED 4 // pages that they read and write
#define COPIES 8 // that each may make, with those of its stack and variables

#define PAGE_LOG2 12
#define PAGE_BYTES 4096u

#define PAGE_FAULT 0xFFEu // of a label: the upper bits
#define REPORT 1

struct page {
        _Alignas(PAGE_BYTES) L4_Word_t words[PAGE_BYTES / sizeof(L4_Word_t)];
};

static struct page shared[SHARED];
static struct stack stacks[TASKS];

// What the parent knows of its tasks.
static struct task {
        L4_ThreadId_t thread;
        unsigned copy_count;
        L4_Word_t copy_of[COPIES]; // addresses of pages
        unsigned reports;
        L4_Word_t saw[2]; // before everybody has written, and after
} tasks[TASKS];
static struct page copies[TASKS][COPIES];

// Page faults in the shared pages.
static unsigned reading_faults, writing_faults;

static L4_ThreadId_t parent;

static L4_Word_t
add_up(void)
{
        const volatile struct page *pages = shared;
        L4_Word_t sum = 0;

        for (unsigned i = 0; i < SHARED; i++)
                sum += pages[i].words[0];
        return sum;
}

// --- The tasks -----------------------------------------------------------------------------

static void
report(L4_Word_t sum)
{
        L4_Msg_t m;

        L4_MsgPut(&m, REPORT, 1, &sum, 0, 0);
        L4_MsgLoad(&m);
        L4_Call(parent);
}

// The n-th task adds n to two pages.
static void
task(void)
{
        L4_Word_t n = L4_ThreadNo(L4_Myself()) - L4_ThreadNo(parent);

        L4_Word_t before = add_up();
        shared[0].words[0] += n;
        shared[n].words[0] += n;
        report(before); // answered when the other one has come as far
        report(add_up());
}

// --- The parent, their pager ---------------------------------------------------------------

// What is at an address for a task that reads there, or writes.
static L4_Fpage_t
page_for(struct task *task, L4_Word_t address, bool writes)
{
        struct page *own = copies[task - tasks];
        L4_Word_t at = address & ~(PAGE_BYTES - 1);
        unsigned i = 0;

        while (i < task->copy_count && task->copy_of[i] != at)
                i++;
        if (i == task->copy_count) {
                struct page *original = (struct page *)(uintptr_t)at;
                // What the parent has not used yet it cannot hand on either.
                (void)*(volatile L4_Word_t *)original->words;
                if (!writes)
                        return L4_FpageAddRights(L4_FpageLog2(at, PAGE_LOG2),
                                                 L4_ReadeXecOnly);
                if (i == COPIES)
                        return L4_Nilpage;
                memcpy(&own[i], original, sizeof(*own));
                task->copy_of[task->copy_count++] = at;
        }
        return L4_FpageAddRights(
                L4_FpageLog2((L4_Word_t)(uintptr_t)&own[i], PAGE_LOG2),
                L4_FullyAccessible);
}

static void
serve_page_fault(struct task *task, L4_Word_t label)
{
        bool writes = (label & L4_Writable) != 0;
        L4_Word_t address;
        L4_Msg_t m;

        L4_StoreMR(1, &address);
        if (address - (L4_Word_t)(uintptr_t)shared < sizeof(shared)) {
                reading_faults += !writes;
                writing_faults += writes;
        }
        L4_MsgClear(&m);
        L4_MsgAppendMapItem(
                &m, L4_MapItem(page_for(task, address, writes), address));
        L4_MsgLoad(&m);
        L4_Reply(task->thread);
}

// A task has reported; when the last one has, all go on.
static void
serve_report(struct task *task)
{
        bool all = true;

        if (task->reports < 2)
                L4_StoreMR(1, &task->saw[task->reports++]);
        for (unsigned i = 0; i < TASKS; i++)
                all = all && tasks[i].reports > 0;
        for (unsigned i = 0; all && task->reports == 1 && i < TASKS; i++) {
                L4_LoadMR(0, 0);
                L4_Reply(tasks[i].thread);
        }
}

static void
serve(void)
{
        while (tasks[0].reports + tasks[1].reports < 2 * TASKS) {
                L4_ThreadId_t from;
                L4_MsgTag_t tag = L4_Wait(&from);
                L4_Word_t label = L4_Label(tag);
                struct task *task = tasks;

                while (task < tasks + TASKS &&
                       !L4_IsThreadEqual(task->thread, from))
                        task++;
                if (L4_IpcFailed(tag) || task == tasks + TASKS)
                        continue;
                if (label >> 4 == PAGE_FAULT)
                        serve_page_fault(task, label);
                else if (label == REPORT)
                        serve_report(task);
        }
}

int
main(void)
{
        parent = L4_Myself();
        for (unsigned i = 0; i < SHARED; i++)
                shared[i].words[0] = 10 * (i + 1);
        for (unsigned i = 0; i < TASKS; i++)
                tasks[i].thread = task_thread(TASK_APART, parent);
        for (unsigned i = 0; i < TASKS; i++)
                task_start(tasks[i].thread, task, stack_top(&stacks[i]));
        serve();
        task_say("two tasks find %u and %u in my pages and write: %u, %u; I "
                 "see %u",
                 tasks[0].saw[0], tasks[1].saw[0], tasks[0].saw[1],
                 tasks[1].saw[1], add_up());
        task_say("%u page faults by reading: shared; %u by writing: copied",
                 reading_faults, writing_faults);
        task_ready("cow");
        return 0;
}
