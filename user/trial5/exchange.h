// SPDX-License-Identifier: MIT
// ExchangeRegisters with all that it takes and tells.
#ifndef TRIAL5_EXCHANGE_H
#define TRIAL5_EXCHANGE_H

#include <h4/trial.h>
#include <l4/thread.h>

#define REGISTERS 5

// In the order of the bits from 3 on: SP, IP, flags, handle, pager.
struct all {
        L4_Word_t name, state;
        L4_Word_t registers[REGISTERS];
};

struct all exchange(L4_ThreadId_t thread, L4_Word_t control,
                    const L4_Word_t registers[REGISTERS]);

extern const L4_Word_t junk[REGISTERS];

// Changes nothing.
struct all told(L4_ThreadId_t thread);

// What a thread has to say; the trial makes it zeros before.
extern volatile L4_Word_t found[8];

// Lets thread 1 run until it has stopped itself.
void let_run(void);

#endif
