// SPDX-License-Identifier: MIT
// COM1, for tests of the code that drives it. The harness sets its registers,
// reads them back and sends on it by code of its own.
//
// A guest cannot see what its line carries. Therefore a test says what it has
// sent, expect_com1(), and the grader looks for it in what came out of the
// machine. After each test that has used COM1 the harness sets the line as it is
// to be, and waits until it has sent everything.
#ifndef H4_COM1_H
#define H4_COM1_H

#include <kernel/types.h>

// Leaves COM1 as an earlier program might have: another rate, another format,
// interrupts and loopback on, FIFOs off, DTR and RTS off. Of each the random
// numbers decide what exactly.
void com1_scramble(void);

// The same, with the divisor in reach in place of data and interrupts.
void com1_scramble_divisor_access(void);

// Sets COM1 as serial_init is to set it.
void com1_prepare(void);

// How many bytes com1_fill sends.
#define COM1_FULL 17u

// Sends COM1_FULL bytes, so that the line takes no more for a while: its FIFO is
// full, and one byte is on the way.
void com1_fill(const char *bytes);

// Each fails the test unless COM1 is set as serial_init is to set it. `when`
// says when, in the lab's terms: "after serial_init".
void expect_com1_rate(const char *when);
void expect_com1_format(const char *when);
void expect_com1_interrupts(const char *when);
void expect_com1_fifo(const char *when);
void expect_com1_modem(const char *when);

// All of them.
void expect_com1_prepared(const char *when);

// These bytes are to have come out of COM1, in this order, with nothing in
// between. Everything that one test expects is one row of bytes, also where the
// test says it in several calls.
void expect_com1(const void *bytes, size_t count);

#endif
