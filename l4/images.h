// SPDX-License-Identifier: MIT
// Programs as the boot loader has brought them: ELF files in its modules.
#ifndef L4_IMAGES_H
#define L4_IMAGES_H

#include "kip.h"

// Puts a module's program, the module's number from 0, to the physical addresses that are
// its own ones, and says where it lies and begins. Stops the machine where there is none,
// or where its memory is not the client's.
void images_load(size_t number, struct kip_server *server);

#endif
