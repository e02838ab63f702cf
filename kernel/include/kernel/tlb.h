// SPDX-License-Identifier: MIT
// The translation lookaside buffer remembers translations, and nothing tells it
// when a table in memory changes. Source: Intel SDM volume 3, 4.10; the
// dissertation does not speak of it.
#ifndef KERNEL_TLB_H
#define KERNEL_TLB_H

#include <kernel/flexpage.h>
#include <kernel/types.h>

// Forgets the translation of the page that holds `address`, global or not.
void tlb_invalidate_page(struct vaddr address);

// Forgets the translations of every page of `pages`, global or not, small or
// superpages. It may forget others too. Nil: nothing need be forgotten.
void tlb_invalidate(struct vfpage pages);

// Forgets every translation, the global ones included. The control registers
// are afterwards as they were.
void tlb_flush(void);

#endif
