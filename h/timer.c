// SPDX-License-Identifier: MIT
// The timer, which makes sure that user code is left again. It runs all the
// time: a program is left at the next of its interrupts, however long the
// kernel has taken before.
//
// The contracts are in <h/execution.h> and <h/internal/interrupts.h>; what the
// timer understands is in <kernel/pit.h>.
#include <h/internal/interrupts.h>
#include <h/internal/paranoid.h>
#include <kernel/cpu.h>
#include <kernel/pit.h>
#include <kernel/todo.h>

// H4-BEGIN 4.7
#define MICROSECONDS 1000000u // in a second

// The longest count that takes no longer than the period.
static uint32_t
counts(uint32_t microseconds)
{
        uint64_t product = (uint64_t)microseconds * PIT_FREQUENCY;
        return (uint32_t)(product / MICROSECONDS);
}
// H4-STUB 4.7
// H4-END 4.7

enum h_error
h_set_period(uint32_t microseconds)
{
        H_OPERATION();
        // H4-BEGIN 4.7
        if (microseconds < H_PERIOD_LEAST || microseconds > H_PERIOD_MOST)
                return H_BAD_PERIOD;

        uint32_t count = counts(microseconds);
        outb(PIT_CONTROL, PIT_SELECT_0 | PIT_TWO_BYTES | PIT_PERIODIC);
        outb(PIT_COUNTER_0, count & 0xFF);
        outb(PIT_COUNTER_0, (uint8_t)(count >> 8));
        return H_OK;
        // H4-STUB 4.7
        //| H4_TODO("4.7", microseconds);
        // H4-END 4.7
}

void
timer_init(void)
{
        // H4-BEGIN 4.7
        (void)h_set_period(H_PERIOD_DEFAULT);
        // H4-STUB 4.7
        //| H4_TODO("4.7");
        // H4-END 4.7
}
