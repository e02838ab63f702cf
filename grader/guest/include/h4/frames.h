// SPDX-License-Identifier: MIT
// Stack frames made up word by word, for tests of the backtrace. They lie in the
// stack for double faults, which nobody uses meanwhile.
#ifndef H4_FRAMES_H
#define H4_FRAMES_H

#include <kernel/types.h>

#define CHAIN_FRAMES 40

struct chain {
        size_t count;
        uint32_t places[CHAIN_FRAMES];  // of each frame, innermost first
        uint32_t returns[CHAIN_FRAMES]; // its return address
};

// A frame: the caller's frame pointer, and above it the return address.
void frame_make(uint32_t place, uint32_t caller, uint32_t return_address);

// Changes the return address of a frame that is there.
void frame_return_to(uint32_t place, uint32_t return_address);

// The address of something in the kernel's code, at random.
uint32_t random_code(void);

// Fills the stack with a word that could be a frame pointer, and makes a chain of
// `count` frames in it, the first at its lowest place. The last one names `end`
// as its caller's frame.
void chain_make(struct chain *chain, size_t count, uint32_t end);

// Places where no stack is, to the last of them: the first page, user space, the
// screen, the end of the address space and so on. Some are mapped.
bool place_off_the_stacks(unsigned number, uint32_t *place);

// The same beside the stacks: in their guard page, with half a frame on one, in
// constants and data. Returns where that is, in words; null behind the last one.
const char *place_beside_the_stacks(unsigned number, uint32_t *place);

// The test is about to ask for the callers from `frame_pointer` on, of the stack
// that `what` describes: a fault on the way is reported in these terms.
void frames_ask(uint32_t frame_pointer, const char *what);

// The stack for double faults is as chain_make has left it, but for what was
// changed by frame_make and frame_return_to; fails the test where it is not.
void expect_chain_untouched(const char *when);

#endif
