// SPDX-License-Identifier: MIT
// What the boot loader said: command line, memory map, modules. The loader
// leaves it anywhere in physical memory; all of it is copied into the kernel
// image at the start, so that the rest of memory can be used freely.
// Source: Multiboot Specification 0.6.96, 3.3.
#ifndef KERNEL_BOOTINFO_H
#define KERNEL_BOOTINFO_H

#include <kernel/multiboot.h>
#include <kernel/types.h>

#define COMMAND_LINE_SIZE 1024
#define MODULES 16
#define MODULE_NAME_SIZE 64

// A file that the loader put into memory.
struct boot_module {
        struct paddr first;
        uint32_t size;               // in bytes
        char name[MODULE_NAME_SIZE]; // its arguments as given; cut if longer
};

// Copies what the loader left at `info`. What is too long is cut: the command
// line at COMMAND_LINE_SIZE - 1 characters, the modules after MODULES, the memory
// map at 4096 bytes. Anything that contradicts itself (a module that ends before
// it begins, an address that wraps) counts as not there.
void bootinfo_init(struct paddr info);

// The command line; empty when there is none. GRUB leaves out the kernel's file
// name, QEMU's -kernel puts it first.
const char *bootinfo_command_line(void);

// The memory map as the loader gave it, and the results of memory_map_parse: a
// loader that gives none is MEMORY_MAP_EMPTY; of a list that was cut the result
// is never MEMORY_MAP_OK, but MEMORY_MAP_CUT where there is no other error.
enum memory_map_result bootinfo_memory_map(struct memory_map *out);

size_t bootinfo_module_count(void);

// Are all modules of the loader's list there? Where it has more than MODULES, the
// memory of the others looks free, and is not.
bool bootinfo_modules_complete(void);

// A module, or null when there is none of that number.
const struct boot_module *bootinfo_module(size_t index);

#endif
