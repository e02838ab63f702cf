// SPDX-License-Identifier: MIT
// A model of the interrupt controllers and the interval timer, as far as H uses
// them: what their data sheets say of each command, word by word. Anything else that
// is written to them stops the machine.
// Source: Intel 8259A and 8254 data sheets.
#ifndef H_TESTS_CONTROLLERS_H
#define H_TESTS_CONTROLLERS_H

#include <kernel/types.h>

struct controller {
        uint8_t requests; // lines that are raised
        uint8_t service;
        uint8_t mask;
        uint8_t base;  // its first vector
        bool read_isr; // what the command port reads
        unsigned step; // of initialisation: which word comes next, 0 for none
};

struct controllers {
        struct controller pic[2];

        // Counter 0 of the timer: the last control word, and the count.
        uint8_t control;
        uint16_t count;
        unsigned bytes; // of the count that have come since the control word
};

extern struct controllers controllers;

// As the BIOS has left them: lines at vectors 8 and 0x70, all of them open.
void controllers_reset(void);

// An access to a port, if it is one of theirs.
bool controllers_read(uint16_t port, uint8_t *value);
bool controllers_write(uint16_t port, uint8_t value);

// A device raises a line, or takes it back.
void controllers_raise(unsigned line);
void controllers_drop(unsigned line);

// Is an interrupt told to the processor?
bool controllers_tell(void);

// The processor takes the interrupt, and gets its vector. Where no line is raised
// any more that would be due, it is that of a controller's last line, which is not
// in service then.
uint32_t controllers_take(void);

#endif
