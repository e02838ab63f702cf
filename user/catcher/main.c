// SPDX-License-Identifier: MIT
// A thread to which all kinds of accidents happen, and another one, its exception
// handler, which says what it was and lets it go on behind it.
#include "accidents.h"

#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/threads.h>

#define HANDLER 1
#define VICTIM 2

static struct stack stacks[VICTIM + 1];

// Words of an exception's message; the answer has the same ones.
enum word {
        EIP,
        EFLAGS,
        NUMBER,
        CODE,
        EDI,
        ESI,
        EBP,
        ESP,
        EBX,
        EDX,
        ECX,
        EAX,
        WORDS,
};

#define LABEL 0xFFB0u

static void
handle(void)
{
        L4_ThreadId_t from;
        L4_MsgTag_t tag = L4_Wait(&from);

        for (;;) {
                L4_Word_t words[WORDS];

                if (L4_Label(tag) != LABEL || L4_UntypedWords(tag) != WORDS) {
                        printf("a message that is no exception: 0x%08x\n",
                               tag.raw);
                        tag = L4_Wait(&from);
                        continue;
                }
                L4_StoreMRs(1, WORDS, words);
                printf("exception %2u, code 0x%03x, EIP 0x%08x\n",
                       words[NUMBER], words[CODE], words[EIP]);

                // The accidents say in EBX where it goes on.
                L4_LoadMR(0, (L4_MsgTag_t){ .X.u = WORDS }.raw);
                L4_LoadMR(1 + EIP, words[EBX]);
                tag = L4_ReplyWait(from, &from);
        }
}

static void
suffer(void)
{
        static const struct {
                const char *name;
                void (*happens)(void);
        } accidents[] = {
                { "Dividing by 0", divide_by_zero },
                { "INT3", breakpoint },
                { "INTO", overflow },
                { "BOUND", out_of_bounds },
                { "UD2", undefined_instruction },
                { "HLT", halt },
                { "CLI", disable_interrupts },
                { "INT 0x20", closed_gate },
                { "INT 0x80", call_from_nowhere },
                { "Loading 0x10 to FS", load_kernel_segment },
        };
        const L4_Word_t count = sizeof(accidents) / sizeof(accidents[0]);

        L4_Set_ExceptionHandler(thread_id(HANDLER));
        for (L4_Word_t i = 0; i < count; i++) {
                printf("%-20s", accidents[i].name);
                accidents[i].happens();
        }
        printf("After %u accidents all is well.\n", count);
        L4_LoadMR(0, 0);
        L4_Send(thread_id(0));
}

int
main(void)
{
        if (!thread_here(HANDLER) || !thread_here(VICTIM))
                complain("The threads");
        thread_start(thread_id(HANDLER), handle, &stacks[HANDLER]);
        thread_start(thread_id(VICTIM), suffer, &stacks[VICTIM]);
        L4_Receive(thread_id(VICTIM));
        return 0;
}
