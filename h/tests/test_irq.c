// SPDX-License-Identifier: MIT
// Interrupt lines, the timer, waiting and the clock, over models of the controllers.
#include "execution.h"

#include <h/internal/interrupts.h>
#include <kernel/pit.h>

static uint16_t
masks(void)
{
        return (uint16_t)(controllers.pic[0].mask | controllers.pic[1].mask
                                                            << 8);
}

static void
the_controllers_at_the_beginning(void **state)
{
        (void)state;
        assert_int_equal(masks(), 0xFFFA);
        assert_int_equal(controllers.pic[0].base, 32);
        assert_int_equal(controllers.pic[1].base, 40);
        assert_int_equal(controllers.pic[0].step | controllers.pic[1].step, 0);
}

// Each line, and some that are none; all others stay as they are.
static void
lines_are_enabled_and_disabled(void **state)
{
        (void)state;
        for (unsigned i = 0; i < 2; i++)
                for (unsigned line = 0; line < 16; line++) {
                        uint16_t before = masks();
                        uint16_t bit = (uint16_t)(1u << line);
                        assert_int_equal(h_enable_irq(line),
                                         line == 2 ? H_BAD_IRQ : H_OK);
                        assert_int_equal(masks(), before & ~bit);
                        before = masks();
                        bool kept = line == 0 || line == 2;
                        assert_int_equal(h_disable_irq(line),
                                         kept ? H_BAD_IRQ : H_OK);
                        assert_int_equal(masks(), kept ? before : before | bit);
                        if (i == 0)
                                (void)h_enable_irq(line);
                }
        const unsigned bad[] = { 16, 17, 32, 255, 256, 0x10000, UINT32_MAX };
        uint16_t before = masks();
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                assert_int_equal(h_enable_irq(bad[i]), H_BAD_IRQ);
                assert_int_equal(h_disable_irq(bad[i]), H_BAD_IRQ);
                assert_int_equal(h_mask_ack_irq(bad[i]), H_BAD_IRQ);
        }
        assert_int_equal(masks(), before);
}

static void
lines_are_masked_and_acknowledged(void **state)
{
        (void)state;
        for (unsigned line = 0; line < 16; line++) {
                OK(h_enable_irq(line == 2 ? 3 : line));
                struct controllers before = controllers;
                if (line == 0 || line == 2) {
                        assert_int_equal(h_mask_ack_irq(line), H_BAD_IRQ);
                        assert_memory_equal(&controllers, &before,
                                            sizeof(before));
                        continue;
                }
                controllers_raise(line);
                assert_int_equal(controllers_take(), 32 + line);
                OK(h_mask_ack_irq(line));
                assert_int_equal(masks() >> line & 1, 1);
                assert_int_equal(controllers.pic[0].service, 0);
                assert_int_equal(controllers.pic[1].service, 0);
        }
}

// A line that arrives while another one of the same controller is in service.
static void
only_its_own_line_is_acknowledged(void **state)
{
        (void)state;
        for (unsigned line = 1; line < 16; line++) {
                if (line == 2)
                        continue;
                OK(h_enable_irq(line));
                struct controller *pic = &controllers.pic[line / 8];
                uint8_t others = (uint8_t)(0xFFu << (line % 8 + 1));
                controllers_raise(line);
                controllers_take();
                pic->service |= others;
                assert_true(irq_arrived(line));
                assert_int_equal(pic->service, others);
                pic->service = 0;
                controllers.pic[0].service = 0;
        }
}

static void
the_timer_is_never_masked(void **state)
{
        (void)state;
        controllers_raise(0);
        assert_int_equal(controllers_take(), 32);
        assert_true(irq_arrived(0));
        assert_int_equal(controllers.pic[0].service, 0);
        assert_int_equal(controllers.pic[0].mask & 1, 0);
}

// A program never runs longer than it was said.
static void
periods(void **state)
{
        (void)state;
        assert_int_equal(controllers.count, 1193); // 1 ms
        const uint32_t bad[] = { 0, 1, 99, 50001, 65536, UINT32_MAX };
        for (size_t i = 0; i < COUNT_OF(bad); i++)
                assert_int_equal(h_set_period(bad[i]), H_BAD_PERIOD);
        assert_int_equal(controllers.count, 1193);
        for (uint32_t period = 100; period <= 50000; period++) {
                OK(h_set_period(period));
                uint64_t product = UINT64_C(1193182) * period;
                assert_int_equal(controllers.bytes, 2);
                assert_int_equal(controllers.count, product / 1000000);
        }
}

static void
waiting(void **state)
{
        (void)state;
        struct h_interrupt out;
        assert_false(h_interrupt_pending());
        controllers_raise(0);
        assert_true(h_interrupt_pending());
        h_wait(&out);
        assert_int_equal(out.kind, H_TIMER);
        assert_int_equal(out.vector, 32);
        assert_false(h_interrupt_pending());
        controllers_raise(12);
        assert_false(h_interrupt_pending()); // masked
        OK(h_enable_irq(12));
        assert_true(h_interrupt_pending());
        h_wait(&out);
        assert_int_equal(out.kind, H_IRQ);
        assert_int_equal(out.line, 12);
        assert_int_equal(controllers.pic[0].service, 0);
        assert_int_equal(controllers.pic[1].service, 0);
        assert_false(h_interrupt_pending());
        assert_int_equal(masks() >> 12 & 1, 1);
}

static void
the_clock_goes_on(void **state)
{
        (void)state;
        uint64_t before = h_clock();
        for (unsigned i = 0; i < 1000; i++) {
                uint64_t now = h_clock();
                assert_true(now >= before);
                before = now;
        }
        // 100 polls were 3.4 ms, each of them 100 ticks.
        uint64_t begin = h_clock();
        for (unsigned i = 0; i < 10000; i++)
                (void)rdtsc();
        uint64_t passed = h_clock() - begin;
        assert_true(passed > 300000 && passed < 380000);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(the_controllers_at_the_beginning),
                T(lines_are_enabled_and_disabled),
                T(lines_are_masked_and_acknowledged),
                T(only_its_own_line_is_acknowledged),
                T(the_timer_is_never_masked),
                T(periods),
                T(waiting),
                T(the_clock_goes_on),
        };
        return cmocka_run_group_tests_name("irq", tests, NULL, NULL);
}
