// SPDX-License-Identifier: MIT
// Address spaces (dissertation 7.1), and what the kernel maps in each of them: the
// kernel interface page, and the pages with the UTCBs of its threads.
#ifndef L4_SPACE_H
#define L4_SPACE_H

#include <h/h.h>

#include "abi.h"
#include "map_walk.h"

struct thread;

struct space {
        uint32_t redirector; // as SpaceControl has said; ID_ANY: none
        struct h_pagemap pagemap;
        uint32_t number;  // that no other space has
        uint32_t threads; // how many belong to it; 0: the slot is free
        uint32_t active;  // how many of these are active
        bool privileged;  // its threads may control threads and spaces

        // What SpaceControl has said; before, all are 0.
        uint32_t kip; // the area in which the kernel interface page is
        uint32_t kip_bytes;
        uint32_t utcb_first; // the UTCB area
        uint32_t utcb_bytes; // 0: SpaceControl has not been called yet

        // The ports that its threads may use, and from whom they are; null: the
        // kernel. A context may have those of another version (thread.h).
        struct h_port_range ports[H_PORT_RANGES];
        struct space *port_givers[H_PORT_RANGES];
        uint32_t port_count;
        uint32_t port_version; // not 0
        bool has_all_ports;    // sigma0

        struct mapping *mappings; // what it has of programs' memory, or null
        struct map_walk leaving;  // all of it is being taken away (mapdb.h)

        struct space *next_free;
};

// There are none.
void spaces_init(void);

// A new space without threads. Null where there is no room, or no page.
struct space *space_take(void);

// A thread less is in the space. If it was the last one, the space is no more, and its
// pages come back: at once or, where it has much (typed_forget), later, by space_end.
void space_leave(struct space *space);
void space_end(struct space *space);

// Its ports are others than before.
void space_ports_change(struct space *space);

// --- SpaceControl (exercise 5.5) ----------------------------------------------------

// Gives a space its areas and maps the kernel interface page. Both are flexpages as
// programs write them; what is nil (0, and no other word: not rights alone) stays as
// it is, where there is something already.
//
// Errors, in this order: CALL_BAD_KIP_AREA, CALL_BAD_UTCB_AREA: not of the size that
//         the kernel interface page asks for, not in user space; CALL_BAD_KIP_AREA:
//         the one over the other; CALL_BAD_KIP_AREA, CALL_BAD_UTCB_AREA: another
//         place or size than it has, while a thread of the space is active;
//         CALL_NO_MEMORY: the page cannot be mapped, as there is no page-table, or as
//         something is mapped there already.
enum call_error space_configure(struct space *space, uint32_t kip_area,
                                uint32_t utcb_area);

// --- UTCBs (exercise 5.3) -----------------------------------------------------------

// Gives a thread of the space its UTCB at an address, with a page of its own where
// no other thread has one there: all zeros. Of the structure it writes utcb, mr0 and
// local; utcb_wanted is the caller's affair.
//
// Errors: CALL_BAD_UTCB_AREA: not in the area, not aligned to UTCB_SIZE, another
//         thread's; CALL_NO_MEMORY: there is no page for it, or it cannot be mapped,
//         as there is no page-table, or as something is mapped there already. The
//         structure is as it was then.
enum call_error utcb_take(struct thread *thread, uint32_t address);

// Takes it away, and the page where no other thread has one there; local is 0 then.
// What is passed may be a copy of the thread that has it: thread_move passes one, with
// the space and the local ID of before, when the thread itself has others already.
void utcb_give(struct thread *thread);

// The thread of the space that has this local ID, or null. Any word may be asked
// for.
struct thread *utcb_find(const struct space *space, uint32_t local);

// There are none.
void utcbs_init(void);

// A word of a thread's UTCB, counted from message register 0. The program may
// write all of them.
uint32_t utcb_read(const struct thread *thread, int word);
void utcb_write(const struct thread *thread, int word, uint32_t value);

// Is a part of these bytes what the space has for its kernel interface page, or for its UTCBs?
bool space_is_kernels(const struct space *space, uint32_t first,
                      uint32_t bytes);

#endif
