// SPDX-License-Identifier: MIT
// What the kernel does for a thread that takes long: a message with typed items, Unmap, the
// end of a space, or of a thread for which many wait. It is done in steps. Between two of them the kernel looks for interrupts;
// if there is one the rest waits until it is the thread's turn again, as a program would.
#ifndef L4_WORK_H
#define L4_WORK_H

#include "map_item.h"

enum kernel_work {
        WORK_NONE,
        WORK_CARRY, // carry.h
        WORK_UNMAP, // unmap.h
        WORK_LEAVE, // spaces that are to be no more: typed.c
        WORK_TELL,  // partners.h
};

struct thread;

// Which typed item of a message is under way (items.c).
enum item_kind {
        NO_ITEM,  // one is over, or none has begun
        MAP_ITEM, // map or grant
        STRING_ITEM,
};

// Where in a string one of the two sides is (string.c).
struct string_place {
        uint32_t part; // the register with which its part of the string begins
        uint32_t substring; // of this part, counted from 0
        uint32_t done;      // bytes of the substring
};

// A string item under way.
struct string_item {
        struct string_place from; // in the sender's message registers
        struct string_place to;   // in the receiver's buffer registers
        uint32_t bytes;           // of all strings of this message
        uint32_t missing; // where a page is missing, or a right: an address
};

// What the message of a thread is about that carries it, or has a page fault while it is
// carried: what the kernel sends in the thread's name meanwhile, a page fault's message
// or a preemption's, uses the same words of struct thread.
struct before_fault {
        uint32_t tag, sent_as, intended, receive;
        uint16_t receive_timeout;
        uint8_t role;
        struct thread *carried_by; // null, unless it has a page fault
};

// A thread's page fault in the middle of a message.
enum carry_fault {
        FAULT_NONE,
        FAULT_ASKED,    // its pager is to be told, or to answer
        FAULT_ANSWERED, // it has
};

struct under_way {
        struct thread
                *receiver; // of the message that this thread carries, or null
        uint32_t
                at; // WORK_CARRY: typed words that are done; WORK_UNMAP: fpages
        uint32_t buffer;     // WORK_CARRY: the next buffer register
        uint8_t item;        // enum item_kind
        struct map_item map; // of a message; its walk also is that of Unmap
        struct string_item string;

        // Of the sender as of the receiver.
        struct before_fault before;
        uint8_t fault; // enum carry_fault

        // Of the message: when its transfer timeout ends, once there was a page
        // fault; UINT64_MAX: never. Whose is it?
        uint64_t fault_end;
        bool end_is_receivers;
};

#endif
