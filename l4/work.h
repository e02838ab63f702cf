// SPDX-License-Identifier: MIT
// What the kernel does for a thread that takes long: a message with typed items, Unmap, the
// end of a space. It is done in steps. Between two of them the kernel looks for interrupts;
// if there is one the rest waits until it is the thread's turn again, as a program would.
#ifndef L4_WORK_H
#define L4_WORK_H

#include "map_item.h"

enum kernel_work {
        WORK_NONE,
        WORK_CARRY, // carry.h
        WORK_UNMAP, // unmap.h
        WORK_LEAVE, // spaces that are to be no more: typed.c
};

struct thread;

// A string item under way (string.c).
struct string_item {
        uint32_t item; // message register of the sender's string item
        uint32_t string,
                offset;  // substring of the sender's, bytes of it that are done
        uint32_t buffer; // buffer register of the receiver's string item
        uint32_t substring, room; // in it, bytes of it that are full
        uint32_t bytes;           // of all strings of this message
};

// What a thread was about when it had a page fault in the middle of a message.
struct before_fault {
        uint32_t tag, sent_as, intended, receive;
        uint16_t receive_timeout;
        uint8_t role;
        struct thread *carried_by;
};

struct under_way {
        struct thread
                *receiver; // of the message that this thread carries, or null
        uint32_t
                at; // WORK_CARRY: typed words that are done; WORK_UNMAP: fpages
        uint32_t buffer;     // WORK_CARRY: the next buffer register
        struct map_item map; // of a message; its walk also is that of Unmap
        struct string_item string;
        struct before_fault before;
        uint64_t fault_end; // when its transfer timeout ends; UINT64_MAX: never
};

#endif
