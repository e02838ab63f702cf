// SPDX-License-Identifier: MIT
#include <kernel/panic.h>
#include <kernel/todo.h>
#include <kernel/types.h>

void
h4_todo(const char *exercise, ...)
{
        // The callers begin with the exercise's function, not with this one.
        uint32_t frame = (uint32_t)(uintptr_t)__builtin_frame_address(0);
        panic_from(frame, "exercise %s is not done yet", exercise);
}
