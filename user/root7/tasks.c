// SPDX-License-Identifier: MIT
// Tasks: a space for each module, with one thread at first. The root server is the only
// one that may make threads and spaces, so it does that for tasks too.
#include "root7.h"

#include <l4/ipc.h>
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/string.h>
#include <user/threads.h>

// Where a task has the kernel interface page and its UTCBs: where the kernel puts them
// for the programs that it starts itself.
#define KIP 0xBFF00000u
#define UTCBS 0xBF000000u
#define UTCBS_LOG2 15 // 64 of them

#define AS_IT_IS ((void *)(uintptr_t)0xFFFFFFFF) // the UTCB

#define PATIENCE 5000000 // microseconds for a task to become ready

struct task tasks[TASKS];
unsigned task_count;

struct task *
task_of(L4_ThreadId_t thread)
{
        L4_Word_t n =
                L4_ThreadNo(thread) - L4_ThreadNo(thread_id(TASK_FIRST(0)));

        return n / TASK_THREADS < task_count ? &tasks[n / TASK_THREADS] : 0;
}

// --- Threads and spaces --------------------------------------------------------------------

static void *
utcb(L4_Word_t n)
{
        return (void *)(uintptr_t)(UTCBS + n * L4_UtcbSize(0));
}

// A thread without a pager is not active: its space gets its areas first.
static bool
make_apart(L4_ThreadId_t thread, L4_ThreadId_t pager)
{
        L4_ThreadId_t me = L4_Myself();

        return L4_ThreadControl(thread, thread, me, L4_nilthread, utcb(0)) &&
               L4_SpaceControl(
                       thread, 0, L4_FpageLog2(KIP, (int)L4_KipAreaSizeLog2(0)),
                       L4_FpageLog2(UTCBS, UTCBS_LOG2), L4_nilthread, 0) &&
               L4_ThreadControl(thread, thread, me, pager, AS_IT_IS);
}

// The task's next thread; nil: that cannot be.
static L4_ThreadId_t
make_thread(struct task *task, L4_Word_t where, L4_ThreadId_t pager)
{
        L4_Word_t n = (L4_Word_t)(task - tasks);
        L4_ThreadId_t thread = thread_id(TASK_FIRST(n) + task->threads);

        if (task->threads == TASK_THREADS)
                return L4_nilthread;
        if (L4_IsNilThread(pager))
                pager = thread_id(PAGER);
        bool done =
                where == TASK_APART
                        ? make_apart(thread, pager)
                        : L4_ThreadControl(thread, task->thread, L4_Myself(),
                                           pager, utcb(task->threads)) != 0;
        if (!done) {
                complain("A thread");
                return L4_nilthread;
        }
        task->threads++;
        task->apart += where == TASK_APART;
        return thread;
}

// --- What tasks ask ------------------------------------------------------------------------

// The task with this name; null: there is none.
static struct task *
find(const L4_Word_t *name)
{
        for (unsigned i = 0; i < task_count; i++)
                if (memcmp(tasks[i].name, name, TASK_NAME) == 0)
                        return &tasks[i];
        return 0;
}

static L4_Word_t
irq(L4_Word_t number, L4_ThreadId_t handler)
{
        return L4_AssociateInterrupt(L4_GlobalId(number, 1), handler);
}

// Does it, and returns the word of the answer.
static L4_Word_t
obey(struct task *task, L4_Word_t label, const L4_Word_t *words)
{
        struct task *other;

        switch (label) {
        case TASK_READY:
                memcpy(task->name, words, TASK_NAME);
                return 0;
        case TASK_FIND:
                other = find(words);
                return other ? other->thread.raw : 0;
        case TASK_THREAD:
                return make_thread(task, words[0],
                                   (L4_ThreadId_t){ .raw = words[1] })
                        .raw;
        case TASK_IRQ:
                return irq(words[0], task->thread);
        case TASK_SAY:
                if (task->lines < LINES)
                        memcpy(task->says[task->lines++], words, TASK_TEXT - 1);
                return 0;
        default:
                return 0;
        }
}

// Answers what tasks ask until this one is ready. Returns what is wrong; null: nothing.
static const char *
wait_for(const struct task *task)
{
        L4_Time_t patience = L4_TimePeriod(PATIENCE);
        L4_ThreadId_t from;
        L4_MsgTag_t tag = L4_Wait_Timeout(patience, &from);

        while (task->name[0] == '\0') {
                L4_Word_t words[TASK_TEXT / sizeof(L4_Word_t)], result = 0;
                struct task *asks = task_of(from);
                L4_Msg_t m;

                if (L4_IpcFailed(tag))
                        return "it does not become ready";
                L4_StoreMRs(1, TASK_TEXT / sizeof(L4_Word_t), words);
                if (L4_Label(tag) == TASK_LOST && L4_IsLocalId(from))
                        return "it is lost";
                if (asks && L4_IsThreadEqual(from, asks->thread))
                        result = obey(asks, L4_Label(tag), words);
                L4_MsgPut(&m, 0, 1, &result, 0, 0);
                L4_MsgLoad(&m);
                L4_Reply(from);
                if (task->name[0] == '\0')
                        tag = L4_Wait_Timeout(patience, &from);
        }
        return 0;
}

// --- Beginning and end ---------------------------------------------------------------------

// The pager starts a thread, by its first message.
static void
start(const struct task *task)
{
        const L4_Word_t words[START_WORDS] = {
                task->thread.raw,
                task->image.entry,
                task->image.stack,
        };
        L4_Msg_t m;

        L4_MsgPut(&m, 0, START_WORDS, words, 0, 0);
        L4_MsgLoad(&m);
        L4_Send(thread_id(PAGER));
}

static const char *
load(const struct module *module)
{
        struct task *task = &tasks[task_count];
        const char *why;

        if (task_count == TASKS)
                return "there are too many";
        if (!module->first)
                return "sigma0 does not give it";
        why = image_read(module, &task->image);
        if (why)
                return why;
        task->thread = make_thread(task, TASK_APART, L4_nilthread);
        if (L4_IsNilThread(task->thread))
                return "there is no room for it";
        task_count++;
        start(task);
        return wait_for(task);
}

void
task_load(unsigned n, const struct module *module)
{
        const char *why = load(module);

        if (why)
                printf("Module %u, at 0x%08x: %s.\n", n, module->first, why);
}

void
tasks_end(void)
{
        for (unsigned i = 0; i < task_count; i++)
                while (tasks[i].threads > 0)
                        thread_end(TASK_FIRST(i) + --tasks[i].threads);
}
