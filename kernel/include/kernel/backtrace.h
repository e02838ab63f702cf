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
// how many. A frame is two words: the caller's frame pointer and above it the
// return address. The chain ends
//   - in front of a frame that does not lie within one of the kernel's two
//     stacks (image.h) with all its bytes, or not at a multiple of 4;
//   - in front of a frame whose return address is 0;
//   - behind a frame whose caller's does not lie above it.
// Any other return address is taken, wherever it points, and a caller's frame may
// lie a single word above, or in the other stack. So the chain always ends, and
// whatever the stacks hold, nothing else is read. Nothing is printed either: it
// may be a panic that asks, in the middle of its message.
//
// frame_pointer   the value of %ebp to begin with
// frames          out: not written to beyond what is returned
size_t backtrace(uint32_t frame_pointer, uint32_t *frames, size_t capacity);

#endif
