// SPDX-License-Identifier: MIT
#include <kernel/backtrace.h>
#include <kernel/console.h>
#include <kernel/format.h>
#include <kernel/panic.h>
#include <kernel/power.h>
#include <kernel/types.h>

static void (*panic_observer)(const char *message, uint32_t frame_pointer)
        __attribute__((section(".bss.set_once")));

void
panic_set_observer(void (*observer)(const char *message,
                                    uint32_t frame_pointer))
{
        panic_observer = observer;
}

// The messages lie here and not on the stack, of which little may be left.
#define MESSAGE_SIZE 512
static char message[MESSAGE_SIZE];
static char further_message[MESSAGE_SIZE];

static void
print_message(void)
{
        static bool printed;

        if (printed)
                return;
        printed = true;
        printk("\npanic: %s\n", message);
}

// What is needed to report a panic may be what panics: the line, the backtrace,
// the observer. The second panic says so and reports no more; a third one comes
// from saying so.
static _Noreturn void
stop_again(const char *text, va_list arguments)
{
        static bool again;

        if (!again) {
                again = true;
                vformat(further_message, sizeof(further_message), text,
                        arguments);
                print_message();
                printk("  And while this was reported: %s\n", further_message);
        }
        power_off(POWER_OFF_FATAL);
}

static _Noreturn void
stop(uint32_t frame_pointer, const char *text, va_list arguments)
{
        static bool panicking;
        static uint32_t frames[PANIC_FRAMES];

        if (panicking)
                stop_again(text, arguments);
        panicking = true;

        vformat(message, sizeof(message), text, arguments);
        if (panic_observer)
                panic_observer(message, frame_pointer);

        print_message();
        print_callers(frames, backtrace(frame_pointer, frames, PANIC_FRAMES));
        power_off(POWER_OFF_FATAL);
}

void
print_callers(const uint32_t *frames, size_t count)
{
        size_t i = 0;

        while (i < count) {
                size_t same = 1;
                while (i + same < count && frames[i + same] == frames[i])
                        same++;
                printk("  called from 0x%08x", frames[i]);
                if (same > 1)
                        printk(", %zu times", same);
                printk("\n");
                i += same;
        }
        if (count == PANIC_FRAMES)
                printk("  and so on\n");
}

void
panic_from(uint32_t frame_pointer, const char *text, ...)
{
        va_list arguments;

        va_start(arguments, text);
        stop(frame_pointer, text, arguments);
}

void
panic(const char *text, ...)
{
        uint32_t frame = (uint32_t)(uintptr_t)__builtin_frame_address(0);
        va_list arguments;

        va_start(arguments, text);
        stop(frame, text, arguments);
}

void
assertion_failed(const char *what)
{
        uint32_t frame = (uint32_t)(uintptr_t)__builtin_frame_address(0);

        panic_from(frame, "assertion failed: %s", what);
}
