// SPDX-License-Identifier: MIT
// Stands in for <kernel/image.h> on the host: the kernel image is a row of
// frames in the model of physical memory (machine.h). What H asks of it is where
// the reference directory and the stack's guard page lie.
#ifndef KERNEL_IMAGE_H
#define KERNEL_IMAGE_H

#include <kernel/entry.h>
#include <kernel/layout.h>
#include <kernel/types.h>

extern unsigned char machine_ram[];
extern char boot_stack_guard[]; // one page of machine_ram

static inline struct paddr
image_frame(const void *in_image)
{
        const unsigned char *byte = in_image;

        return paddr((uint32_t)(byte - machine_ram));
}

static inline void *
image_pointer(struct paddr in_image)
{
        return machine_ram + in_image.value;
}

#endif
