// SPDX-License-Identifier: MIT
// The contract is in console.h.
#include <user/console.h>

#include <l4/ipc.h>

void
console_write(L4_ThreadId_t server, const char *text)
{
        union {
                L4_Word_t words[CONSOLE_MOST / 4];
                char characters[CONSOLE_MOST];
        } out;
        L4_Word_t count = 0;
        L4_Msg_t m;

        for (; text[count] && count < CONSOLE_MOST; count++)
                out.characters[count] = text[count];
        L4_MsgClear(&m);
        L4_Set_MsgLabel(&m, CONSOLE_WRITE);
        L4_MsgAppendWord(&m, count);
        for (L4_Word_t i = 0; i * 4 < count; i++)
                L4_MsgAppendWord(&m, out.words[i]);
        L4_MsgLoad(&m);
        L4_Call(server);
}
