// SPDX-License-Identifier: MIT
// Stands in for <l4/utcb.h> on the host: the calling thread's control block.
#ifndef USER_L4_UTCB_H
#define USER_L4_UTCB_H

#include <l4/types.h>

#define FAKE_UTCB_WORDS 128
#define FAKE_UTCB_MR0 64

extern L4_Word_t fake_utcb[FAKE_UTCB_WORDS];

static inline L4_Word_t *
__L4_X86_Utcb(void)
{
        return &fake_utcb[FAKE_UTCB_MR0];
}

#endif
