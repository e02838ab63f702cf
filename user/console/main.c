// SPDX-License-Identifier: MIT
// A console server and two clients, one of them in a space of its own. However their
// time slices end, each of their lines is a whole one.
#include <user/console.h>

#include <l4/ipc.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/threads.h>

#define PAGER 1
#define SERVER 2
#define CLIENT 3
#define CLIENTS 2
#define LINES 6

static struct stack stacks[CLIENT + CLIENTS];

static void
client(void)
{
        L4_Word_t number = L4_ThreadNo(L4_Myself()) - L4_ThreadNo(thread_id(0));
        char text[100];

        for (L4_Word_t i = 1; i <= LINES; i++) {
                snprintf(text, sizeof(text),
                         "Thread %u says its line %u of %u, and nobody "
                         "interrupts it.\n",
                         number, i, LINES);
                console_write(thread_id(SERVER), text);
        }
        L4_LoadMR(0, 0);
        L4_Send(thread_id(0));
}

int
main(void)
{
        if (!thread_here(PAGER) || !thread_here(SERVER) ||
            !thread_here(CLIENT) ||
            !thread_in_new_space(CLIENT + 1, OTHER_KIP, thread_id(PAGER)))
                complain("The threads");
        if (!L4_AssociateInterrupt(L4_GlobalId(CONSOLE_IRQ, 1),
                                   thread_id(SERVER)))
                complain("The interrupt of the serial line");
        thread_start(thread_id(PAGER), serve_faults, &stacks[PAGER]);
        thread_start(thread_id(SERVER), serve_console, &stacks[SERVER]);
        for (L4_Word_t n = CLIENT; n < CLIENT + CLIENTS; n++)
                thread_start(thread_id(n), client, &stacks[n]);
        for (L4_Word_t i = 0; i < CLIENTS; i++) {
                L4_ThreadId_t from;
                L4_Wait(&from);
        }
        printf("Both have said what they wanted to say.\n");
        thread_end(SERVER); // it handles the line no longer: all is over
        return 0;
}
