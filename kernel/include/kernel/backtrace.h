// SPDX-License-Identifier: MIT
// Who called whom, by the chain of frame pointers on the stack.
//
//        ...                        higher addresses
//        return address
//   +--> caller's %ebp  ---->       this function's callers
//   |    local variables
//   |    return address             into the caller
//   +--- caller's %ebp   <---- %ebp
#ifndef KERNEL_BACKTRACE_H
#define KERNEL_BACKTRACE_H

#include <stddef.h>
#include <stdint.h>

// Collects return addresses, innermost first, at most `capacity`, and returns
// how many. It ends where the chain does, and where it leaves the kernel's
// stacks or does not ascend; whatever the stack holds, it does not fault.
//
// frame_pointer   the value of %ebp to begin with
size_t backtrace(uint32_t frame_pointer, uint32_t *frames, size_t capacity);

#endif
