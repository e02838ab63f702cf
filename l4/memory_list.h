// SPDX-License-Identifier: MIT
// What physical memory there is and whose it is, for the kernel interface page.
#ifndef L4_MEMORY_LIST_H
#define L4_MEMORY_LIST_H

#include "kip.h"

// Makes the list, of which `contents` says where it is then: the client's memory, in
// it the kernel's own pages, the boot loader's modules, and user space.
void memory_list(struct kip_contents *contents);

#endif
