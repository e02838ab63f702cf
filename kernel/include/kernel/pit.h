// SPDX-License-Identifier: MIT
// The interval timer: three counters that count down PIT_FREQUENCY times a
// second. Counter 0 raises interrupt line 0; counter 2, whose gate and output
// the system's port B has, is there to measure time with.
// Source: Intel 8254 data sheet; for the wiring, IBM PC/AT Technical Reference.
#ifndef KERNEL_PIT_H
#define KERNEL_PIT_H

#define PIT_FREQUENCY 1193182u // counts a second: 14.31818 MHz / 12

// Ports. A count goes to its counter's port, low byte first, after a control
// word that says which counter it is for, and how it is to count.
#define PIT_COUNTER_0 0x40u
#define PIT_COUNTER_2 0x42u
#define PIT_CONTROL 0x43u

// Control words.
#define PIT_SELECT_0 0x00u
#define PIT_SELECT_2 0x80u
#define PIT_TWO_BYTES 0x30u // the count comes as low byte, high byte
#define PIT_ONCE 0x00u      // mode 0: the output rises when it has counted down
#define PIT_PERIODIC                                                           \
        0x04u // mode 2: an interrupt each time, and it begins again

// The system's port B.
#define PORT_B 0x61u
#define PORT_B_GATE_2 0x01u   // counter 2 counts
#define PORT_B_SPEAKER 0x02u  // its output is heard
#define PORT_B_OUTPUT_2 0x20u // its output

#endif
