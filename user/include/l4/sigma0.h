// SPDX-License-Identifier: MIT
// Asking sigma0 for memory: it has all that nobody has yet.
#ifndef USER_L4_SIGMA0_H
#define USER_L4_SIGMA0_H

#include <l4/types.h>

// Asks for a flexpage, to be mapped into the window; where there is none, to the
// addresses that it has. `sigma0` nil: the first thread of all. Returns what has been
// mapped; nil: nothing.
L4_Fpage_t L4_Sigma0_GetPage_RcvWindow(L4_ThreadId_t sigma0, L4_Fpage_t f,
                                       L4_Fpage_t window);
L4_Fpage_t L4_Sigma0_GetPage(L4_ThreadId_t sigma0, L4_Fpage_t f);

// Asks for 2^size bytes, wherever they are.
L4_Fpage_t L4_Sigma0_GetAny(L4_ThreadId_t sigma0, L4_Word_t size,
                            L4_Fpage_t window);

// Asks for a flexpage with these attributes of memory.
L4_Fpage_t L4_Sigma0_GetSpecial(L4_ThreadId_t sigma0, L4_Fpage_t f,
                                L4_Word_t attributes, L4_Fpage_t window);

#endif
