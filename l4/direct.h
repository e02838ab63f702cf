// SPDX-License-Identifier: MIT
// How the current thread's Ipc begins.
#ifndef L4_DIRECT_H
#define L4_DIRECT_H

#include <h/h.h>

// H's handler of system calls by SYSENTER: Ipc, with the registers of its arguments.
void ipc_called(struct h_fault_context context, uint32_t to, uint32_t from,
                uint32_t timeouts, uint32_t tag, uint32_t edi, uint32_t ebx,
                uint32_t ebp);

#endif
