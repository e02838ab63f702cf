// SPDX-License-Identifier: MIT
// The console server. The line interrupts whenever it can take another character: its
// interrupt is a message from the thread (4, 1), and the next one comes when that has
// been answered.
//
//      server                line's thread               the line
//        | writes a character ------------------------------> |
//        |                        | <----- interrupt -------- |   it is sent
//        | <------ message ------ |
//        | writes the next one -----------------------------> |
//        | ------- answer ------> |  may interrupt again      |
//
// The contract is in console.h.
#include <user/console.h>

#include <l4/ipc.h>
#include <l4/thread.h>
#include <stdbool.h>

#define LINE 0x3F8
#define LINE_INTERRUPTS (LINE + 1) // which there are
#define LINE_REASON (LINE + 2)     // of the last one; reading it takes it back
#define LINE_MODEM (LINE + 4)
#define LINE_STATUS (LINE + 5)

#define INTERRUPT_EMPTY 0x02
#define MODEM_INTERRUPTS                                                       \
        0x08 // OUT2, which connects the line with its interrupt
#define STATUS_TAKES_MORE 0x20

// Without an interrupt for so long something is wrong.
#define PATIENCE 100000 // microseconds

static unsigned char
read_port(unsigned short port)
{
        unsigned char byte;

        __asm__ volatile("inb %1, %0" : "=a"(byte) : "Nd"(port));
        return byte;
}

static void
write_port(unsigned short port, unsigned char byte)
{
        __asm__ volatile("outb %0, %1" : : "a"(byte), "Nd"(port));
}

static L4_ThreadId_t
line(void)
{
        return L4_GlobalId(CONSOLE_IRQ, 1);
}

// The next interrupt; the one before is answered first. False: it does not come.
static bool
wait_for_interrupt(void)
{
        static bool one_before;
        L4_Time_t patience = L4_TimePeriod(PATIENCE);
        L4_MsgTag_t tag;

        L4_LoadMR(0, 0);
        tag = one_before ? L4_Call_Timeouts(line(), L4_ZeroTime, patience)
                         : L4_Receive_Timeout(line(), patience);
        one_before = L4_IpcSucceeded(tag);
        return one_before;
}

// Waits until the line takes a character.
static void
wait_for_line(void)
{
        while ((read_port(LINE_STATUS) & STATUS_TAKES_MORE) == 0) {
                if (!wait_for_interrupt())
                        return;
                read_port(LINE_REASON);
        }
}

static void
write_line(const char *text, L4_Word_t count)
{
        write_port(LINE_INTERRUPTS, INTERRUPT_EMPTY);
        for (L4_Word_t i = 0; i < count; i++) {
                wait_for_line();
                write_port(LINE, (unsigned char)text[i]);
        }
        wait_for_line();
        write_port(LINE_INTERRUPTS, 0);
}

// What a message says, if it is one of a client's.
static void
obey(L4_MsgTag_t tag)
{
        union {
                L4_Msg_t m;
                char characters[sizeof(L4_Msg_t)];
        } in;
        L4_Word_t count;

        if (L4_IpcFailed(tag) || L4_Label(tag) != CONSOLE_WRITE)
                return;
        L4_MsgStore(tag, &in.m);
        count = L4_MsgWord(&in.m, 0);
        if (L4_UntypedWords(tag) > 0 &&
            count <= (L4_UntypedWords(tag) - 1) * sizeof(L4_Word_t))
                write_line(in.characters + 2 * sizeof(L4_Word_t), count);
}

void
serve_console(void)
{
        L4_ThreadId_t from;
        L4_MsgTag_t tag;

        write_port(LINE_MODEM, read_port(LINE_MODEM) | MODEM_INTERRUPTS);
        tag = L4_Wait(&from);
        for (;;) {
                obey(tag);
                L4_LoadMR(0, 0);
                tag = L4_ReplyWait(from, &from);
        }
}
