// SPDX-License-Identifier: MIT
// Following the frame pointers up the stack.
//
// The drawing and the contract are in <kernel/backtrace.h>.
#include <kernel/backtrace.h>
#include <kernel/image.h>
#include <kernel/todo.h>

// H4-BEGIN 0.3
// What a frame pointer points to.
struct stack_frame {
        uint32_t caller; // the caller's frame pointer, 0 at the end
        uint32_t return_address;
};

static bool
within(uint32_t address, const char *bottom, const char *top)
{
        return address >= (uint32_t)bottom &&
               address <= (uint32_t)top - sizeof(struct stack_frame);
}

// Can a stack frame lie there? Everything that answers true is mapped.
static bool
in_a_stack(uint32_t address)
{
        if (address % sizeof(uint32_t) != 0)
                return false;
        return within(address, boot_stack_bottom, boot_stack_top) ||
               within(address, double_fault_stack_bottom,
                      double_fault_stack_top);
}
// H4-STUB 0.3
// H4-END 0.3

size_t
backtrace(uint32_t frame_pointer, uint32_t *frames, size_t capacity)
{
        // H4-BEGIN 0.3
        size_t count = 0;

        while (count < capacity && in_a_stack(frame_pointer)) {
                const struct stack_frame *frame =
                        (const struct stack_frame *)frame_pointer;
                if (frame->return_address == 0)
                        break;
                frames[count++] = frame->return_address;
                if (frame->caller <= frame_pointer)
                        break;
                frame_pointer = frame->caller;
        }
        return count;
        // H4-STUB 0.3
        //| H4_TODO("0.3", frame_pointer, frames, capacity);
        // H4-END 0.3
}
