// SPDX-License-Identifier: MIT
// A program: a module in an address space of its own, and the registers with which
// it goes on.
//
//     0x00000000                                                    H_KERNEL_SPACE
//     |         | stack |   | code | data |                                      |
//                       ^   ^
//               STACK_END   0x08048000, where user/user.ld puts it
#ifndef CLIENT_PROGRAM_H
#define CLIENT_PROGRAM_H

#include "elf.h"
#include "files.h"

#define STACK_END 0x08040000u
#define STACK_PAGES 2u
#define LINE 70u // characters

struct program {
        const char *name;
        uint32_t instance; // in EAX at the beginning; 0: there is only one

        struct file file;
        struct elf_program elf;
        struct h_pagemap space;
        struct h_fault_context context;

        uint32_t status;  // with which it has ended: 0, all went well
        uint32_t recover; // where it goes on after an exception, or 0
        uint32_t calls, exceptions, periods;

        uint32_t line_length;
        char line[LINE + 1]; // what it has printed of a line

        bool ports; // has the first serial line
        bool running;
};

// Makes it ready to run, and says so; or says why it cannot be, and has nothing
// then. `name`, `instance`, `ports` and `file` are set, all others 0.
bool program_load(struct program *program);

// Gives back all that it has. False: H refused something.
bool program_unload(struct program *program);

// How a line that is about it begins.
void program_says(const struct program *program);

#endif
