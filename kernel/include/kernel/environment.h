// SPDX-License-Identifier: MIT
// The environment memory beside the kernel image: what the kernel needs for its
// own tables, whose size depends on the machine. It is one row of pages, as high
// in memory as possible, and never changes (dissertation 4.3.1, figure 4.4; 6.3).
//
//   pages.first                                                   pages.end
//   +-------------+---------+----------+-------+-------------+-------------+
//   | tables: of  | handles | contexts | views | status: the | heap: the   |
//   | the client's|         |          |       | array of    | client's    |
//   | addresses   |         |          |       | <kernel/    | own data    |
//   |             |         |          |       | status.h>   |             |
//   +-------------+---------+----------+-------+-------------+-------------+
//
// Where it is mapped, nothing follows it: a client that runs over the end of
// its heap meets no table of the kernel's, but a page that is not there.
#ifndef KERNEL_ENVIRONMENT_H
#define KERNEL_ENVIRONMENT_H

#include <kernel/memory_map.h>

struct environment {
        uint32_t page_count; // entries of the status array

        // How many address spaces, mappings of its own, and fault contexts a
        // client can have: powers of two.
        uint32_t pagemap_slots;        // pages of memory / 64, 64 to 4096
        uint32_t kernel_mapping_slots; // pages of memory / 16, 256 to 16384
        uint32_t context_slots;        // pages of memory / 4, 128 to 8192

        struct page_range pages;    // all of it
        struct page_range tables;   // one for each 4 MB of client-controlled
                                    // addresses: 2 * memory, 8 MB to 512 MB
        struct page_range handles;  // slots: those of address spaces first
        struct page_range contexts; // slots of fault contexts, and behind them
                                    // an area each for the FPU's state
        struct page_range views;    // where H sees a page: 4 bytes for each
        struct page_range status;   // 4 bytes for each page
        struct page_range heap;     // memory / 12, from 64 KB to 16 MB
};

// The sizes of slots and areas, in bytes.
#define PAGEMAP_SLOT_SIZE 16u
#define KERNEL_MAPPING_SLOT_SIZE 32u
#define CONTEXT_SLOT_SIZE 256u
#define FPU_AREA_SIZE 512u

// The most pages that it ever has, with 4 GB: tables, handles, contexts, views,
// status, heap.
#define ENVIRONMENT_PAGES_MAX (128u + 144u + 1536u + 1024u + 1024u + 4096u)

enum environment_result {
        ENVIRONMENT_OK,
        ENVIRONMENT_NO_MEMORY, // the map has no usable page
        ENVIRONMENT_NO_ROOM,   // nowhere are enough pages in a row
};

// Plans the environment memory: how large, and where. It is usable to its last
// byte and shares no page with `taken`.
//
// taken   what is in use already: kernel image, modules; in any order, may
//         overlap and lie outside of memory
// out     where there is no room: what it would have needed, in its sizes, and
//         in `pages` the longest row of pages that there is. Left as it was where
//         there is no memory at all.
enum environment_result environment_plan(const struct memory_map *map,
                                         const struct page_range *taken,
                                         size_t taken_count,
                                         struct environment *out);

#endif
