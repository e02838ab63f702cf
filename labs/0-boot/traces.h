// SPDX-License-Identifier: MIT
// What the tests of backtrace share: they ask, and compare all that comes.
//
//   chain_make(&chain, 5, 0);                 five frames, in the stack for
//                                             double faults
//   traces_chain(5, "a chain of 5 frames");   are all found
#ifndef TRACES_H
#define TRACES_H

#include <h4/frames.h>
#include <h4/test.h>
#include <kernel/backtrace.h>
#include <kernel/image.h>

#define ROOM CHAIN_FRAMES
#define UNTOUCHED 0xEEEEEEEEu

static uint32_t found[ROOM + 1];
static struct chain chain;

static inline uint32_t
address_of(const void *pointer)
{
        return (uint32_t)(uintptr_t)pointer;
}

// Calls backtrace and looks whether these addresses come, and no more than
// these are written.
static inline void
traces(uint32_t frame_pointer, size_t capacity, const uint32_t *due,
       size_t due_count, const char *what)
{
        for (unsigned i = 0; i <= ROOM; i++)
                found[i] = UNTOUCHED;
        frames_ask(frame_pointer, what);
        size_t count = backtrace(frame_pointer, found, capacity);

        expect_number(due_count, count,
                      "backtrace(0x%08x), room for %zu, %s: the number of "
                      "return addresses",
                      frame_pointer, capacity, what);
        for (size_t i = 0; i < due_count; i++)
                expect_hex(due[i], found[i],
                           "backtrace(0x%08x), %s: return address %zu, "
                           "counted from 0",
                           frame_pointer, what, i);
        for (size_t i = due_count; i <= ROOM; i++)
                expect_hex(UNTOUCHED, found[i],
                           "backtrace(0x%08x), room for %zu, %s: what lies "
                           "in place %zu, behind the last return address",
                           frame_pointer, capacity, what, i);
}

static inline void
traces_nothing(uint32_t frame_pointer, const char *what)
{
        traces(frame_pointer, ROOM, NULL, 0, what);
}

// The first frames of the chain and no others.
static inline void
traces_chain(size_t due_count, const char *what)
{
        traces(chain.places[0], ROOM, chain.returns, due_count, what);
}

#endif
