// SPDX-License-Identifier: MIT
// The kernel image: its borders, its stacks, and the page-directory on which it
// starts. The borders are virtual addresses, set by kernel.ld; to use one, take
// its address.
//
//   kernel_image_begin   = kernel_read_only_begin
//      code, constants, the tests' table          not writable
//   kernel_read_only_end                          page-aligned
//      boot_stack_guard                           one page, not present
//      boot_stack_bottom .. boot_stack_top        the kernel's stack
//      double_fault_stack_bottom .. _top          the other one: for double
//                                                 faults, such as its overflow
//      data
//   kernel_image_end                              page-aligned
#ifndef KERNEL_IMAGE_H
#define KERNEL_IMAGE_H

#include <kernel/entry.h>
#include <kernel/layout.h>
#include <kernel/types.h>

extern char kernel_image_begin[];
extern char kernel_image_end[];
extern char kernel_read_only_begin[];
extern char kernel_read_only_end[];
extern char boot_stack_guard[];
extern char boot_stack_bottom[];
extern char boot_stack_top[];
extern char double_fault_stack_bottom[];
extern char double_fault_stack_top[];

// What CR3 holds when the stage begins. The page-directory has two entries: the
// page-table of the first 4 MB at KERNEL_BASE, and the window's. The pages of
// `boot_table` are global.
extern pde_t boot_directory[TABLE_ENTRIES];
extern pte_t boot_table[TABLE_ENTRIES];

// Replaces the superpages on which boot.S started by `boot_table`, forgets the
// identity mapping, and switches write protection and global pages on.
void image_protect(void);

// The physical address of something in the kernel image, and the reverse.
static inline struct paddr
image_frame(const void *in_image)
{
        return paddr((uint32_t)(uintptr_t)in_image - KERNEL_BASE);
}

static inline void *
image_pointer(struct paddr in_image)
{
        return (void *)(uintptr_t)(in_image.value + KERNEL_BASE);
}

#endif
