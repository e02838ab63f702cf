// SPDX-License-Identifier: MIT
// The kernel's own messages, and what programs answer.
//
// The contracts are in protocol.h. Source: l4/README.md; L4 X.2, protocols.
#include "calls.h"
#include "protocol.h"
#include "space.h"
#include "todo.h"
#include "typed.h"

// H4-BEGIN 6.6
// The registers of an exception message. The number and the code, which come third
// and fourth, are none.
static const enum h_register exception_registers[EXCEPTION_WORDS] = {
        H_EIP, H_EFLAGS, H_HANDLER, H_CODE, H_EDI, H_ESI,
        H_EBP, H_ESP,    H_EBX,     H_EDX,  H_ECX, H_EAX,
};

#define NUMBER_WORD 2u
#define CODE_WORD 3u

static uint32_t
exception_message(const struct thread *thread, uint32_t *words)
{
        for (uint32_t i = 0; i < EXCEPTION_WORDS; i++)
                words[i] = get_register(thread, exception_registers[i]);
        words[NUMBER_WORD] = thread->fault;
        words[CODE_WORD] = thread->fault_code;
        return tag_make(LABEL_EXCEPTION, EXCEPTION_WORDS, 0);
}

static uint32_t
preemption_message(uint32_t *words)
{
        uint64_t now = h_clock();

        words[0] = (uint32_t)now;
        words[1] = (uint32_t)(now >> 32);
        return tag_make(LABEL_PREEMPTION, PREEMPTION_WORDS, 0);
}
// H4-STUB 6.6
// H4-END 6.6

uint32_t
protocol_message(const struct thread *sender, uint32_t words[EXCEPTION_WORDS])
{
        // H4-BEGIN 6.6
        switch (sender->role) {
        case ROLE_PAGE_FAULT:
        case ROLE_PORT_FAULT:
                words[0] = sender->fault;
                words[1] = get_register(sender, H_EIP);
                if (sender->role == ROLE_PORT_FAULT)
                        return tag_make(LABEL_IO_FAULT, FAULT_WORDS, 0);
                return tag_make(LABEL_PAGE_FAULT + sender->fault_code,
                                FAULT_WORDS, 0);
        case ROLE_EXCEPTION:
                return exception_message(sender, words);
        case ROLE_PREEMPTION:
                return preemption_message(words);
        default:
                return tag_make(LABEL_INTERRUPT, 0, 0);
        }
        // H4-STUB 6.6
        //| H4_TODO("6.6", sender, words);
        // H4-END 6.6
}

// H4-BEGIN 6.6
// A word of a program's message, counted from 1; 0 where it has not so many.
static uint32_t
word_of(const struct thread *sender, uint32_t number)
{
        return number <= tag_untyped(sender->tag)
                       ? utcb_read(sender, (int)number)
                       : 0;
}

static void
start(const struct thread *sender, struct thread *thread)
{
        set_register(thread, H_EIP, word_of(sender, 1));
        set_register(thread, H_ESP, word_of(sender, 2));
}

// All registers as the handler says, as far as the message goes. Of EFLAGS a thread
// may set what it may set of another thread's.
static void
restore(const struct thread *sender, struct thread *thread)
{
        uint32_t flags = get_register(thread, H_EFLAGS) & ~EXCHANGE_EFLAGS;

        for (uint32_t i = 0; i < EXCEPTION_WORDS; i++) {
                if (i == NUMBER_WORD || i == CODE_WORD ||
                    i >= tag_untyped(sender->tag))
                        continue;
                uint32_t word = word_of(sender, i + 1);
                if (exception_registers[i] == H_EFLAGS)
                        word = flags | (word & EXCHANGE_EFLAGS);
                set_register(thread, exception_registers[i], word);
        }
}
// H4-STUB 6.6
// H4-END 6.6

void
protocol_answer(struct thread *sender, struct thread *thread)
{
        // H4-BEGIN 6.6
        switch (thread->role) {
        case ROLE_START:
                start(sender, thread);
                break;
        case ROLE_EXCEPTION:
                restore(sender, thread);
                break;
        case ROLE_PAGE_FAULT:
        case ROLE_PORT_FAULT:
                typed_fault_reply(sender, thread);
                break;
        default:
                interrupt_answered(thread);
        }
        // H4-STUB 6.6
        //| H4_TODO("6.6", sender, thread);
        // H4-END 6.6
}
