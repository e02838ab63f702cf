// SPDX-License-Identifier: MIT
// The boot loader's modules, as files. They are mapped for reading in an address
// space of their own in which no program ever runs; from there H copies their bytes
// to the programs.
#ifndef CLIENT_FILES_H
#define CLIENT_FILES_H

#include <h/h.h>

// Where a file lies in that space.
struct file {
        struct h_vaddr first;
        uint32_t bytes;
};

// Maps all modules. False: H refused something.
bool files_begin(void);
bool files_end(void);

// A module's file.
struct file files_file(const struct h_module *module);

struct h_pagemap files_space(void);

// A page of zeros in that space.
struct h_vaddr files_zeros(void);

// Reads from a struct file, as <elf.h> wants to be read to.
bool files_read(const void *from, uint32_t offset, void *to, uint32_t count);

#endif
