// SPDX-License-Identifier: MIT
#include <l4/utcb.h>

L4_Word_t fake_utcb[FAKE_UTCB_WORDS];
