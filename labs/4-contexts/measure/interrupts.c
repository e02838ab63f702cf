// SPDX-License-Identifier: MIT
// Figures: interrupt lines, and time.
#include "measure.h"

#define PRINTER_LINE 7u
#define DISK_LINE 14u // of the second controller

static void
measure_line(const char *title, unsigned line)
{
        MEASURE("enable_irq", title, h_enable_irq(line));
        MEASURE("disable_irq", title, h_disable_irq(line));
        MEASURE("mask_ack_irq", title, h_mask_ack_irq(line));
}

static void
measure_time(void)
{
        struct h_interrupt interrupt;

        MEASURE("set_period", "common", h_set_period(H_PERIOD_MOST));
        MEASURE_VOID("interrupt_pending", "common", h_interrupt_pending());

        // The processor does not halt for what has come already.
        while (!h_interrupt_pending())
                ;
        MEASURE_VOID("wait", "common", h_wait(&interrupt));
        MEASURE_VOID("clock", "common", h_clock());
}

void
measure_interrupts(void)
{
        measure_line("common", PRINTER_LINE);
        measure_line("second_controller", DISK_LINE);
        measure_time();
}
