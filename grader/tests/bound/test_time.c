// SPDX-License-Identifier: MIT
// Waiting for interrupts, asking for them, and the time.
#include "plain.h"

#include <h/internal/interrupts.h>
#include <labs/4-contexts/counting.h>

static struct h_interrupt told;

static void
wait(void)
{
        told = (struct h_interrupt){
                .kind = H_PAGE_FAULT,
                .vector = 0xEE,
                .line = 0xEE,
                .present = true,
                .write = true,
                .user = true,
                .code = UNTOUCHED,
                .address = { UNTOUCHED },
        };
        h_wait(&told);
        expect_hex(0, read_eflags() & EFLAGS_IF,
                   "after h_wait: the interrupt flag");
}

static void
expect_told(enum h_interrupt_kind kind, unsigned line, const char *what)
{
        expect_kind(kind, told.kind, what);
        expect_number(IRQ_BASE + line, told.vector, "%s: the vector", what);
        expect_number(line, told.line, "%s: the line", what);
        expect_hex(0, told.code, "%s: the error code", what);
        expect_hex(0, told.address.value, "%s: the address", what);
        if (told.present || told.write || told.user)
                fail("%s: present, write or user is set", what);
        expect_hex(0, lines_in_service(), "%s: what is in service", what);
}

// All lines masked but this one.
static void
open_line(unsigned line)
{
        lines_mask((uint16_t)(ALL_LINES & ~(1u << line | CASCADE)));
}

// --- h_wait ------------------------------------------------------------------

TEST(waiting_tells_the_timer)
{
        users_begin();
        users_timer(300);
        for (unsigned i = 0; i < 5; i++) {
                wait();
                expect_told(H_TIMER, LINE_TIMER, "waiting for the timer");
                expect_hex(0, lines_masked() & 1u << LINE_TIMER,
                           "after h_wait: the mask of the timer's line");
        }
}

static const unsigned devices[] = { LINE_KEYBOARD, LINE_COM1, LINE_DISK };

#define DEVICES (sizeof(devices) / sizeof(devices[0]))

// Each is masked and acknowledged, and comes again when it has been let.
TEST(waiting_tells_lines)
{
        users_begin();
        lines.com1_interrupts = inb(0x3F9);
        lines.com1_modem = inb(0x3FC);
        lines_mask((uint16_t)(ALL_LINES & ~CASCADE));
        for (unsigned i = 0; i < 2 * DEVICES; i++) {
                unsigned line = devices[i % DEVICES];

                line_raise(line);
                expect_h(H_OK, h_enable_irq(line), "h_enable_irq");
                wait();
                line_calm_device(line);
                expect_told(H_IRQ, line, "waiting for a line");
                expect_hex(ALL_LINES & ~CASCADE, lines_masked(),
                           "after h_wait has told line %u: all masks", line);
        }
}

// A line of the second controller is masked before the processor asks for the
// vector: QEMU's first controller remembers that there was one, and the second one
// answers 15 then, which nobody is told. COM1's line is of a lower rank, so it is
// the one after that.
TEST(waiting_does_not_tell_spurious_interrupts)
{
        users_begin();
        lines.com1_interrupts = inb(0x3F9);
        lines.com1_modem = inb(0x3FC);
        for (unsigned i = 0; i < 3; i++) {
                open_line(LINE_DISK);
                line_raise(LINE_DISK);
                lines_mask((uint16_t)(ALL_LINES & ~CASCADE));
                line_raise(LINE_COM1);
                expect_h(H_OK, h_enable_irq(LINE_COM1), "h_enable_irq");
                wait();
                line_calm_device(LINE_COM1);
                line_calm_device(LINE_DISK);
                expect_told(H_IRQ, LINE_COM1,
                            "waiting while a line has come and gone");
                expect_hex(ALL_LINES & ~CASCADE, lines_masked(),
                           "after an interrupt that was none: all masks");
        }
}

// --- h_interrupt_pending -----------------------------------------------------

static void
expect_pending(bool due, const char *when)
{
        // To ask changes nothing.
        for (unsigned i = 0; i < 3; i++)
                expect_bool(due, h_interrupt_pending(),
                            "h_interrupt_pending %s", when);
}

TEST(pending_is_what_would_come)
{
        users_begin();
        lines.com1_interrupts = inb(0x3F9);
        lines.com1_modem = inb(0x3FC);
        lines_mask((uint16_t)(ALL_LINES & ~CASCADE));
        for (unsigned i = 0; i < 2 * DEVICES; i++) {
                unsigned line = devices[i % DEVICES];

                expect_pending(false, "while no device wants anything");
                expect_h(H_OK, h_enable_irq(line), "h_enable_irq");
                expect_pending(false, "while no device wants anything");
                line_raise(line);
                expect_pending(true, "while a line is raised");
                expect_h(H_OK, h_disable_irq(line), "h_disable_irq");
                expect_pending(false, "while a line is raised and masked");
                open_line(devices[(i + 1) % DEVICES]);
                expect_pending(false, "while another line is not masked");
                lines_mask((uint16_t)(ALL_LINES & ~CASCADE));
                expect_h(H_OK, h_enable_irq(line), "h_enable_irq");
                expect_pending(true, "while a line is raised again");
                wait();
                line_calm_device(line);
                expect_told(H_IRQ, line, "the line that was pending");
                expect_pending(false, "after h_wait has told it");
        }

        users_timer(200);
        while (!h_interrupt_pending())
                ;
        expect_pending(true, "while the timer's line is raised");
        wait();
        expect_told(H_TIMER, LINE_TIMER, "the timer, which was pending");
}

// --- h_clock -----------------------------------------------------------------

// Ticks of counter 2 while `ask` is asked, and microseconds.
static void
expect_as_fast(const char *when)
{
        struct sample a = sample();
        uint64_t from = h_clock(), last = from;

        while (between(a, sample()) < 40000) {
                uint64_t now = h_clock();
                if (now < last)
                        fail("%s: h_clock has gone back", when);
                last = now;
        }
        uint32_t ticks = between(a, sample());
        uint32_t due = (uint32_t)((uint64_t)ticks * 1000000 / PIT_FREQUENCY);
        uint32_t passed = (uint32_t)(h_clock() - from);

        // Elsewhere than in Bochs a moment can pass between two readings.
        uint32_t slack = due / 200;
        if (time_is_exact() && (passed + slack < due || passed > due + slack))
                fail("%s: h_clock has gone on by %u microseconds, and the "
                     "timer by %u",
                     when, passed, due);
}

#define MSR_TIME_STAMP 0x10u

static void
set_time_stamp(uint64_t ticks)
{
        __asm__ volatile("wrmsr"
                         :
                         : "c"(MSR_TIME_STAMP), "a"((uint32_t)ticks),
                           "d"((uint32_t)(ticks >> 32)));
}

TEST(the_clock_goes_as_time_does)
{
        users_begin();
        clock_init();
        timer_begin();
        expect_as_fast("after clock_init");

        // Hours later, and while the counter's lower half begins again.
        const uint64_t before = rdtsc();
        set_time_stamp((7ull << 32) - 100000);
        if (time_is_exact()) {
                uint64_t now = h_clock();
                expect_as_fast("while the counter's lower half begins again");
                expect_bool(true, now > 3005000000u && now < 3008000000u,
                            "at 7 * 2^32 ticks, ten a microsecond: the clock "
                            "is at %u ms",
                            (uint32_t)(now / 1000));
        }

        // A counter that is set back does not take the clock with it.
        uint64_t latest = h_clock();
        set_time_stamp(before);
        for (unsigned i = 0; i < 100; i++) {
                uint64_t now = h_clock();
                if (now < latest)
                        fail("the time-stamp counter was set back, and "
                             "h_clock has gone back");
                latest = now;
        }
        timer_end();
        clock_init();
        uint64_t first = h_clock();
        expect_bool(true, !time_is_exact() || first < latest,
                    "clock_init begins anew");
}

// So many periods, so much time.
TEST(a_period_is_what_the_clock_says)
{
        static const uint32_t periods[] = { H_PERIOD_LEAST, 700,
                                            H_PERIOD_DEFAULT, 5000 };

        users_begin();
        clock_init();
        for (unsigned i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
                const uint32_t period = periods[i];

                expect_h(H_OK, h_set_period(period), "h_set_period");
                expect_h(H_OK, h_enable_irq(LINE_TIMER), "h_enable_irq");
                wait();
                uint64_t from = h_clock();
                for (unsigned j = 0; j < 4; j++)
                        wait();
                uint32_t passed = (uint32_t)(h_clock() - from);
                expect_told(H_TIMER, LINE_TIMER, "waiting for the timer");
                if (time_is_exact() && (passed > 4 * period + period / 10 ||
                                        passed < 4 * period - period / 10))
                        fail("four periods of %u microseconds have taken %u",
                             period, passed);
        }
}
