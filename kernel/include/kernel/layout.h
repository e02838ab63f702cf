// SPDX-License-Identifier: MIT
// Where things are in the virtual address space.
//
//   0xFFC00000  the window: one page table, one page of it used (window.h);
//               the two pages behind it are H's, to copy through
//   0xF0000000  end of the client-controlled kernel addresses
//   0xD0000000  their beginning
//   0xC0400000  the environment memory: H's tables, page status, heap
//   0xC0000000  the first 4 MB of physical memory: BIOS, VGA, kernel image
//   0x00000000  user space
//
// Source: dissertation 6.7. The assembler reads this file too.
#ifndef KERNEL_LAYOUT_H
#define KERNEL_LAYOUT_H

#ifdef __ASSEMBLER__
#define H4_U32(value) value
#else
#define H4_U32(value) value##u
#endif

#define PAGE_LOG2 12
#define SUPERPAGE_LOG2 22
#define PAGE_SIZE H4_U32(0x1000)
#define SUPERPAGE_SIZE H4_U32(0x400000)

// Entries of a page-directory, and of a page-table.
#define TABLE_ENTRIES 1024

// The border between user space and kernel space.
#define KERNEL_BASE H4_U32(0xC0000000)

// Where GRUB puts the kernel image, and the first physical address that it
// may not reach. The image is mapped at KERNEL_BASE + its physical address.
#define IMAGE_LOAD H4_U32(0x00100000)
#define IMAGE_LIMIT H4_U32(0x00400000)

// Where the environment memory is mapped, in one piece (environment.h).
#define ENVIRONMENT_BASE H4_U32(0xC0400000)

// The client-controlled part of kernel space (architecture: at most 512 MB).
#define CLIENT_BASE H4_U32(0xD0000000)
#define CLIENT_LIMIT H4_U32(0xF0000000)

// The one page through which any physical frame can be reached.
#define WINDOW_BASE H4_U32(0xFFC00000)

// Two more of the same page-table, for copying from one frame to another.
#define COPY_FROM_WINDOW H4_U32(0xFFC01000)
#define COPY_TO_WINDOW H4_U32(0xFFC02000)

#endif
