// SPDX-License-Identifier: MIT
// The contracts are in <user/task.h>.
#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/thread.h>
#include <l4io.h>
#include <stdarg.h>
#include <user/task.h>
#include <user/threads.h>

// Asks, and returns the first word of the answer; 0: there is none.
static L4_Word_t
ask(L4_Word_t label, const L4_Word_t *words, int count)
{
        L4_Word_t result = 0;
        L4_Msg_t m;

        L4_MsgPut(&m, label, count, words, 0, 0);
        L4_MsgLoad(&m);
        L4_MsgTag_t tag = L4_Call(thread_id(0));
        if (L4_IpcSucceeded(tag) && L4_UntypedWords(tag) > 0)
                L4_StoreMR(1, &result);
        return result;
}

static L4_Word_t
ask_by_name(L4_Word_t label, const char *name)
{
        union {
                char characters[TASK_NAME];
                L4_Word_t words[TASK_NAME / sizeof(L4_Word_t)];
        } out = { 0 };

        for (int i = 0; i < TASK_NAME && name[i]; i++)
                out.characters[i] = name[i];
        return ask(label, out.words, TASK_NAME / sizeof(L4_Word_t));
}

void
task_ready(const char *name)
{
        ask_by_name(TASK_READY, name);
}

L4_ThreadId_t
task_find(const char *name)
{
        return (L4_ThreadId_t){ .raw = ask_by_name(TASK_FIND, name) };
}

L4_ThreadId_t
task_thread(L4_Word_t where, L4_ThreadId_t pager)
{
        const L4_Word_t words[] = { where, pager.raw };

        return (L4_ThreadId_t){ .raw = ask(TASK_THREAD, words, 2) };
}

bool
task_irq(L4_Word_t number)
{
        return ask(TASK_IRQ, &number, 1) != 0;
}

void
task_say(const char *format, ...)
{
        union {
                char characters[TASK_TEXT];
                L4_Word_t words[TASK_TEXT / sizeof(L4_Word_t)];
        } out = { 0 };
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(out.characters, sizeof(out.characters), format, arguments);
        va_end(arguments);
        ask(TASK_SAY, out.words, TASK_TEXT / sizeof(L4_Word_t));
}

void
task_start(L4_ThreadId_t thread, void (*run)(void), L4_Word_t stack)
{
        const L4_Word_t words[] = { (L4_Word_t)(uintptr_t)run, stack };
        L4_Msg_t m;

        L4_MsgPut(&m, 0, 2, words, 0, 0);
        L4_MsgLoad(&m);
        L4_Send(thread);
}
