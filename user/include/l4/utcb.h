// SPDX-License-Identifier: MIT
// Where the calling thread's own control block is: the word at GS:0 is its local ID,
// which is the address of message register 0.
#ifndef USER_L4_UTCB_H
#define USER_L4_UTCB_H

#include <l4/types.h>

static inline L4_Word_t *
__L4_X86_Utcb(void)
{
        L4_Word_t *utcb;

        __asm__("movl %%gs:0, %0" : "=r"(utcb));
        return utcb;
}

#endif
