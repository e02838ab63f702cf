// SPDX-License-Identifier: MIT
// A server that writes lines to the serial line, each as a whole.
//
//     label CONSOLE_WRITE, word 0: how many characters, at most CONSOLE_MOST; then
//     the characters, four to a word
//
// The answer, which has no words, comes when all are on their way.
#ifndef USER_CONSOLE_H
#define USER_CONSOLE_H

#include <l4/message.h>

#define CONSOLE_WRITE 1
#define CONSOLE_MOST ((__L4_NUM_MRS - 2) * 4)

// The number of the serial line's interrupt.
#define CONSOLE_IRQ 4

// The server; it never returns. Somebody privileged has to have made its thread the
// handler of the line's interrupt, and it needs the line's ports.
void serve_console(void);

// For clients: writes a text, as much of it as there is room for in a message.
void console_write(L4_ThreadId_t server, const char *text);

#endif
