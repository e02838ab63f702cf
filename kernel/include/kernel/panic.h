// SPDX-License-Identifier: MIT
// The end of the road: the kernel has found something that must not be, says
// what, and stops the machine.
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <stddef.h>
#include <stdint.h>

// Prints the text (see format.h) and the callers, and stops the machine. Where
// printing or finding the callers panics in its turn, both texts are printed: on
// the screen at least, on COM1 too if it works.
_Noreturn void panic(const char *text, ...)
        __attribute__((format(printf, 1, 2)));

// The same, with the callers from another stack frame on (the value of %ebp).
_Noreturn void panic_from(uint32_t frame_pointer, const char *text, ...)
        __attribute__((format(printf, 2, 3)));

// Who is to hear of a panic before anything else is done; null for nobody. It
// may or may not return. Should it panic itself, both messages are printed, and
// the machine stops.
//
// message         without a line end
// frame_pointer   where the callers begin, see backtrace.h
void panic_set_observer(void (*observer)(const char *message,
                                         uint32_t frame_pointer));

// How many callers a panic names at most.
#define PANIC_FRAMES 32

// Prints what backtrace() collected, up to PANIC_FRAMES return addresses. A call
// may be the last instruction of its function: its place is the address minus 1.
void print_callers(const uint32_t *frames, size_t count);

// Panics unless the expression is true.
#ifdef H4_TERSE_ASSERT
#define ASSERT(expression) ASSERT_(expression, "")
#else
#define ASSERT(expression) ASSERT_(expression, ": " #expression)
#endif

#define ASSERT_(expression, words)                                             \
        ((expression)                                                          \
                 ? (void)0                                                     \
                 : assertion_failed(__FILE__ ":" ASSERT_LINE(__LINE__) words))
#define ASSERT_LINE(line) ASSERT_TEXT(line)
#define ASSERT_TEXT(line) #line

_Noreturn void assertion_failed(const char *what);

#endif
