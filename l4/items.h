// SPDX-License-Identifier: MIT
// The typed items of a message under way (dissertation 7.7): one after the other, and each
// of them bit by bit.
#ifndef L4_ITEMS_H
#define L4_ITEMS_H

#include "thread.h"

// What a step has come to.
enum item_step {
        ITEM_GOES_ON,
        ITEM_OVER,            // of one item; of all
        ITEM_OVERFLOW,        // it cannot be carried, or not all of it
        ITEM_SENDER_FAULTS,   // `missing` in under_way.string is to be readable
        ITEM_RECEIVER_FAULTS, // or writable, there
};

// The next step of the message that the thread carries: a piece or two of memory that
// changes hands, or at most 4 KB that are copied. Nothing has been done yet: all of
// under_way is 0 but for the receiver. ITEM_OVER: nothing is left to be done.
enum item_step items_step(struct thread *sender);

// The message is over, or is broken off. What has been done stays.
void items_end(struct thread *sender);

// --- Strings (string.c) -----------------------------------------------------------------

// The string item that begins in this message register begins to be copied to the next of the
// receiver's buffers (`buffer` of under_way; 0: there has been no string yet, and it is BR1), and
// under_way.item is STRING_ITEM. Then, as long as it is that, a step of it. (exercise 7.9)
//
// Each step copies up to 4 KB of one substring to one substring. ITEM_GOES_ON: something has
// been copied, or the string is over: under_way.item is NO_ITEM again then, `at` says how many
// typed words of the message have been done, and `buffer` which register the next buffer
// begins with, BUFFER_REGISTERS if there is none. (ITEM_OVER is about the message, and
// not for strings to say.) With ITEM_SENDER_FAULTS and ITEM_RECEIVER_FAULTS under_way.string
// says where what is missing would go on; the next step tries it again.
enum item_step string_begin(struct thread *sender, uint32_t item);
enum item_step string_step(struct thread *sender);

#endif
