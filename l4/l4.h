// SPDX-License-Identifier: MIT
// The L4 X.2 microkernel, a client of H: what whoever has started H calls.
#ifndef L4_L4_H
#define L4_L4_H

// Makes everything ready: no thread is there yet. H has been started, and nobody has
// used it before.
void l4_begin(void);

// Loads the programs that the boot loader has brought, starts the first ones, and
// runs them. Does not return.
_Noreturn void l4_run(void);

#endif
