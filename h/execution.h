// SPDX-License-Identifier: MIT
// Running user code (dissertation 4.5, 6.8, 8.2.2), and the interrupts and the
// time that come with it. Part of the H interface; the rules of <h/h.h> hold.
#ifndef H_EXECUTION_H
#define H_EXECUTION_H

#include <h/error.h>
#include <h/types.h>

// --- Fault contexts (4.5) ----------------------------------------------------

// A handle to a fault context: the registers of a program that does not run. No
// valid one is all zeros.
struct h_fault_context {
        uint32_t slot;
        uint32_t generation;
};

// The registers of a fault context, in the order of 4.5, which is that in which
// they lie in memory. Of a selector (H_DS to H_GS, H_CS, H_SS) the lower 16 bits
// count: where a program has been left, the others may be anything.
enum h_register {
        H_EDI,
        H_ESI,
        H_EBP,
        H_BOGUS_ESP, // what the processor pushes between the others; means nothing
        H_EBX,
        H_EDX,
        H_ECX,
        H_EAX,
        H_DS,
        H_ES,
        H_FS,
        H_GS,
        H_HANDLER, // the vector by which the program was left
        H_CODE,    // its error code, 0 if it has none
        H_EIP,
        H_CS,
        H_EFLAGS,
        H_ESP,
        H_SS,
};

#define H_REGISTERS 19

// What user code runs with, whatever a context says: flat segments of ring 3 in
// CS, SS, DS, ES; FS null; GS null, or the context's GS segment; of EFLAGS the
// bits H_USER_FLAGS as written, bit 1 and IF set, all others clear. A program may
// load DS to GS itself; what is in FS and GS lasts until it is left for any reason,
// also one that the client does not hear of.
//
// A context keeps what was written to it until it is executed; afterwards it says
// what the program had. Where a single step over SYSENTER is due, which is told
// without running anything, that is what was written.
#define H_USER_FLAGS 0x00240DD5u // CF PF AF ZF SF TF DF OF AC ID

// Makes a context: all registers 0, no GS segment, no ports, and a floating-point
// unit as after FNINIT.
//
// Errors: H_HANDLES_USED.
enum h_error h_alloc_fault_context(struct h_fault_context *out);

// Errors: H_BAD_HANDLE.
enum h_error h_free_fault_context(struct h_fault_context context);

// Errors: H_BAD_HANDLE; H_BAD_REGISTER.
enum h_error h_read_register(struct h_fault_context context,
                             enum h_register reg, uint32_t *value);
enum h_error h_write_register(struct h_fault_context context,
                              enum h_register reg, uint32_t value);

// All registers at once, in their order.
//
// Errors: H_BAD_HANDLE.
enum h_error h_read_registers(struct h_fault_context context,
                              uint32_t values[H_REGISTERS]);
enum h_error h_write_registers(struct h_fault_context context,
                               const uint32_t values[H_REGISTERS]);

// What GS shows a program: read-only data of user space from `base` on. No bytes:
// GS is null. More than 1 MB are rounded up to whole pages of 4 KB, as the
// processor counts so much in pages.
//
// Errors: H_BAD_HANDLE; H_BAD_ADDRESS, a part lies in kernel space.
enum h_error h_set_gs(struct h_fault_context context, struct h_vaddr base,
                      uint32_t bytes);

// The ports that a program may use itself: at most H_PORT_RANGES ranges, each of
// ports that H lends (see h_in8). 0x64 is none of them: H would have to look at
// the commands. They replace those that it had.
//
// ports   may be null where count is 0
// Errors: H_BAD_HANDLE; H_CAPACITY, too many ranges;
//         H_PORT, one that H does not lend whole, or that ends before it begins.
#define H_PORT_RANGES 8

struct h_port_range {
        uint16_t first;
        uint16_t last;
};

enum h_error h_set_ports(struct h_fault_context context,
                         const struct h_port_range *ports, size_t count);

// --- Execution (4.5, 6.8) ----------------------------------------------------

// The vectors by which user code is left: 0 to 31 are the processor's exceptions,
// then the 16 interrupt lines, then two ways to call the kernel.
#define H_VECTOR_DEBUG 1
#define H_VECTOR_PAGE_FAULT 14
#define H_VECTOR_EXCEPTIONS 32
#define H_VECTOR_IRQ 32
#define H_VECTOR_SYSTEM_CALL 0x80 // INT 0x80
#define H_VECTOR_SYSENTER 0x81 // SYSENTER: EBX is where to go on, EBP the stack

enum h_interrupt_kind {
        H_EXCEPTION,  // of the processor; not a page fault
        H_PAGE_FAULT, //
        H_TIMER, // a period of the timer has ended: while the program ran, or
                 // in the kernel before its first instruction
        H_IRQ,   // an interrupt line
        H_SYSTEM_CALL, // by either way
};

// Why user code was left (Interrupt).
struct h_interrupt {
        enum h_interrupt_kind kind;
        uint8_t vector;
        uint8_t line;  // H_IRQ: 0 to 15
        bool present;  // H_PAGE_FAULT: the page is mapped, a right is missing
        bool write;    // H_PAGE_FAULT: by writing, otherwise by reading
        bool user;     // H_PAGE_FAULT: by code of ring 3
        uint32_t code; // the error code of H_EXCEPTION and H_PAGE_FAULT, or 0
        struct h_vaddr address; // H_PAGE_FAULT: what could not be reached
};

// Runs user code in an address space, from a context's registers on, until
// something ends it; the timer does, at the latest. The registers are in the
// context then. The context belongs to no address space: another call may name
// another one.
//
// Errors: H_BAD_HANDLE, one of the two.
enum h_error h_execute(struct h_pagemap pagemap, struct h_fault_context context,
                       struct h_interrupt *out);

// The same, and says the vector alone (executeWithoutAllocation, 8.2.2).
enum h_error h_execute_vector(struct h_pagemap pagemap,
                              struct h_fault_context context, uint8_t *vector);

// The address of the last page fault of user code (readLastFaultAddress); 0 before
// the first.
struct h_vaddr h_last_fault_address(void);

// --- Interrupts (4.5) --------------------------------------------------------

// Interrupts come while user code runs and in h_wait, nowhere else. One that comes
// is masked and acknowledged before the client hears of it: the line is silent
// until h_enable_irq. Line 0 is the timer, which H acknowledges itself, and which
// is never masked; line 2 is where the second controller is connected.
//
// line   0 to 15
// Errors: H_BAD_IRQ, there is no such line, or: enabling 2; disabling 0 or 2;
//         masking and acknowledging 0 or 2.
enum h_error h_enable_irq(unsigned line);
enum h_error h_disable_irq(unsigned line);
enum h_error h_mask_ack_irq(unsigned line);

// --- Time --------------------------------------------------------------------

// How long user code runs at most before the timer ends it: H_PERIOD_DEFAULT
// microseconds when H starts. The timer also counts while the client works, and
// ends the next program before its first instruction then: a client that always
// needs longer than a period between two programs sees none of them get on.
//
// Errors: H_BAD_PERIOD, less than H_PERIOD_LEAST or more than H_PERIOD_MOST.
#define H_PERIOD_DEFAULT 1000u
#define H_PERIOD_LEAST 100u
#define H_PERIOD_MOST 50000u

enum h_error h_set_period(uint32_t microseconds);

// Waits with the processor halted until an interrupt comes, and tells which:
// H_TIMER or H_IRQ.
void h_wait(struct h_interrupt *out);

// Is there an interrupt that would end user code at once?
bool h_interrupt_pending(void);

// Microseconds since the machine was started; never goes back.
uint64_t h_clock(void);

// Ends everything.
_Noreturn void h_power_off(void);

#endif
