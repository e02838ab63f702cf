// SPDX-License-Identifier: MIT
// The H interface: all that a client kernel may call, and nothing with which it
// could harm H, itself or what it runs. Source: dissertation, chapters 4 and 6.
//
// Three rules hold everywhere. Every argument is checked at every use. An
// operation that refuses has changed nothing, what its pointers name included. H
// keeps no page that it does not use: what it frees comes back to the client,
// filled with zeros.
//
// Where an operation answers with a list, the caller says for how many elements
// there is room; where that is none the list may be null. Too little: H_CAPACITY,
// and *count is the number needed. H_OK: *count is how many have come.
//
// Where two errors apply and no order is stated, either may be the answer.
#ifndef H_H
#define H_H

#include <h/bound.h>
#include <h/error.h>
#include <h/execution.h>
#include <h/types.h>

// --- Configuration (4.3, 6.3) -----------------------------------------------

// The memory that is the client's: each page in exactly one region.
enum h_error h_initial_regions(struct h_region *out, size_t capacity,
                               size_t *count);

// A region within `region` (the five conditions of 4.3.1).
//
// Errors, in the order in which they are looked for:
//         H_BAD_REGION, `region` is none;
//         H_BAD_FLEXPAGE, `pages` is nil or not of the form of a flexpage;
//         H_BAD_SIZE, `pages` does not lie within `region`.
enum h_error h_derive_region(struct h_region region, struct h_pfpage pages,
                             struct h_region *out);

// The boot loader's modules, by number from 0, and the regions that one occupies
// to its last page: they are not among the initial regions.
//
// Errors: H_NO_MODULE; H_CAPACITY.
size_t h_module_count(void);
enum h_error h_module(size_t number, struct h_module *out);
enum h_error h_module_regions(size_t number, struct h_region *out,
                              size_t capacity, size_t *count);

// The addresses in kernel space that the client controls: twice as many bytes as
// there is memory, rounded up to 4 MB, at least 8 MB, at most 512 MB.
enum h_error h_kernel_mappable_virtual_addresses(struct h_vfpage *out,
                                                 size_t capacity,
                                                 size_t *count);

// Memory for the client's own data, filled with zeros: the counterpart of the
// Haskell heap. It is environment memory, and never moves: a 12th of all memory, at
// least 64 KB, at most 16 MB.
void *h_client_heap(size_t *bytes);

// --- Paging (4.4.1, 6.4) ----------------------------------------------------

// Puts a page and an address together. Both stay free until H needs them.
//
// region   one page of memory
// mapped   the address of a page that the client controls
// Errors: H_BAD_REGION; H_BAD_SIZE, not one page;
//         H_BAD_ADDRESS, not the first one of a page, or not the client's.
enum h_error h_create_pagemap_page(struct h_region region,
                                   struct h_vaddr mapped,
                                   struct h_pagemap_page *out);

// Makes an address space out of a free page: it maps what the kernel needs, and
// nothing in user space. The page stays in use until h_free_pagemap.
//
// Errors: H_BAD_REGION, H_BAD_SIZE, H_BAD_ADDRESS, as above;
//         H_NOT_FREE, the page is mapped or in use as a table;
//         H_ADDRESS_USED; H_HANDLES_USED.
enum h_error h_alloc_pagemap(struct h_pagemap_page page, struct h_pagemap *out);

// Ends an address space: removes all of its mappings. If the processor is in it,
// it changes to one with no user space first; otherwise it stays where it is.
//
// freed    out: the pages that come back, the directory's first, the others in any
//          order
// Errors: H_BAD_HANDLE; H_CAPACITY.
enum h_error h_free_pagemap(struct h_pagemap pagemap, struct h_region *freed,
                            size_t capacity, size_t *count);

// --- UserMemory (4.4.2, 6.6) ------------------------------------------------

// Maps `region` at `pages` for user code. 4 MB and more are mapped by
// superpages, less by entries of one page-table; if there is none yet, `table`
// becomes it. Every page of the region has a mapping more, however it is mapped.
//
// table        null, or a free page outside of `region`
// table_used   out: whether it is in use now
// Errors, in the order in which they are looked for:
//         H_BAD_HANDLE; H_BAD_FLEXPAGE; H_BAD_REGION;
//         H_BAD_SIZE, `pages` and `region` differ in size;
//         H_BAD_ADDRESS, a part of `pages` is in kernel space;
//         H_NO_RIGHTS;
//         H_NOT_NORMAL, a page of the region is no normal page;
//         H_SUPERPAGE, a range of less than 4 MB is a part of a superpage;
//         H_MAPPED, a page of the range is mapped in any other way;
//         H_TABLE_NEEDED; then for the table H_BAD_REGION, H_BAD_SIZE,
//         H_BAD_ADDRESS, H_NOT_FREE, H_ADDRESS_USED, H_TABLE_INSIDE, all only
//         where it is needed;
//         H_COUNT_FULL.
enum h_error h_add_mapping(const struct h_pagemap_page *table,
                           struct h_pagemap pagemap, struct h_vfpage pages,
                           struct h_region region, unsigned rights,
                           bool *table_used);

// Gives all pages of a range other rights.
//
// Errors: H_BAD_HANDLE; H_BAD_FLEXPAGE; H_BAD_ADDRESS; H_NO_RIGHTS;
//         H_SUPERPAGE, the range is a part of one;
//         H_NOT_MAPPED, a page of the range is not mapped.
enum h_error h_modify_mapping(struct h_pagemap pagemap, struct h_vfpage pages,
                              unsigned rights);

// Unmaps a range; what is not mapped stays so.
//
// freed    out: the page-tables that are empty now, in ascending order of the
//          addresses that they translated
// Errors: H_BAD_HANDLE; H_BAD_FLEXPAGE; H_BAD_ADDRESS;
//         H_SUPERPAGE, the range is a part of one; H_CAPACITY.
enum h_error h_remove_mapping(struct h_pagemap pagemap, struct h_vfpage pages,
                              struct h_region *freed, size_t capacity,
                              size_t *count);

// What is mapped at an address of user space.
//
// Errors: H_BAD_HANDLE; H_BAD_ADDRESS; H_NOT_MAPPED.
enum h_error h_read_mapping(struct h_pagemap pagemap, struct h_vaddr address,
                            struct h_mapping_info *out);

// Has a page of the range been read or written, and has one been written, since
// this was last asked? What is not mapped has not. A superpage has one answer, and
// is asked as a whole.
//
// Errors: H_BAD_HANDLE; H_BAD_FLEXPAGE; H_BAD_ADDRESS;
//         H_SUPERPAGE, the range is a part of one.
enum h_error h_take_reference_bits(struct h_pagemap pagemap,
                                   struct h_vfpage pages, bool *accessed,
                                   bool *dirty);

// Replaces the superpage that maps an address, which may be any of its own, by a
// page-table with the same 1,024 pages, rights, accessed and dirty bits. The counts
// of the pages stay.
//
// table   a free page, which becomes the page-table
// Errors: H_BAD_HANDLE; H_BAD_ADDRESS; H_NOT_SUPERPAGE; then for the table
//         H_BAD_REGION, H_BAD_SIZE, H_BAD_ADDRESS, H_NOT_FREE, H_ADDRESS_USED.
enum h_error h_split_superpage(struct h_pagemap pagemap, struct h_vaddr address,
                               struct h_pagemap_page table);

// --- KernelMemory (4.4.3, 6.7, 8.3.2) ---------------------------------------

// Maps `region` at addresses that the client controls, in every address space. Each
// of its pages has a mapping more.
//
// user   whether user code may access it too, with the same rights
// Errors, in the order in which they are looked for:
//         H_BAD_FLEXPAGE; H_BAD_REGION; H_BAD_SIZE; H_BAD_ADDRESS; H_NO_RIGHTS;
//         H_NOT_NORMAL; H_ADDRESS_USED; H_COUNT_FULL; H_HANDLES_USED.
enum h_error h_add_kernel_mapping(struct h_region region, struct h_vfpage pages,
                                  unsigned rights, bool user,
                                  struct h_kernel_mapping *out);

// Takes it away again, from every address space and from the counts of its pages.
// Its addresses are free, and nothing can be reached through them when this returns.
//
// Errors: H_BAD_HANDLE.
enum h_error h_remove_kernel_mapping(struct h_kernel_mapping mapping);

// Its parts, as they were given; of the rights those bits that are rights.
//
// Errors: H_BAD_HANDLE.
enum h_error h_kernel_mapping_parts(struct h_kernel_mapping mapping,
                                    struct h_vfpage *pages,
                                    struct h_region *region, unsigned *rights);

// One word of a mapping. The offset, in words, is taken modulo its size. Who asked
// for H_X alone asked for no reading: H tells the two apart where the processor
// cannot.
//
// Errors: H_BAD_HANDLE; H_UNREADABLE; H_READ_ONLY.
enum h_error h_read_kernel_mapping(struct h_kernel_mapping mapping,
                                   uint32_t offset, uint32_t *word);
enum h_error h_write_kernel_mapping(struct h_kernel_mapping mapping,
                                    uint32_t offset, uint32_t word);

// One word of the mapping's first page: offset below H_PAGE_WORDS.
//
// Errors: H_BAD_HANDLE; H_OFFSET; H_UNREADABLE; H_READ_ONLY.
enum h_error h_read_word_at_offset(struct h_kernel_mapping mapping,
                                   uint32_t offset, uint32_t *word);
enum h_error h_write_word_at_offset(struct h_kernel_mapping mapping,
                                    uint32_t offset, uint32_t word);

// Copies `count` words; the two rows of words may overlap. Offsets are in words,
// and not taken modulo anything: the last word may be the mapping's last one. A
// row of no words may stand at the mapping's end, but not behind it.
//
// Errors: H_BAD_HANDLE; H_UNREADABLE, H_READ_ONLY; H_OFFSET, a part lies outside.
enum h_error h_copy_words(struct h_kernel_mapping to, uint32_t to_offset,
                          struct h_kernel_mapping from, uint32_t from_offset,
                          uint32_t count);

// Copies bytes from one address space to another, as user code there could: as
// far as reading is allowed in the one and writing in the other, page by page.
// The bytes go one after the other, from the first to the last, which shows where
// the two rows overlap in memory. Accessed and dirty bits are set as user code
// would set them. A row of no bytes may stand at the end of user space.
//
// done     out: how many bytes were copied, on an error too
// Errors: H_BAD_HANDLE; H_BAD_ADDRESS, a part lies in kernel space: nothing is
//         copied. H_UNREADABLE, H_READ_ONLY: the byte that comes next cannot be
//         read, or cannot be written; those in front of it have been copied. It may
//         be either where both are so.
enum h_error h_copy_user(struct h_pagemap to, struct h_vaddr to_address,
                         struct h_pagemap from, struct h_vaddr from_address,
                         uint32_t bytes, uint32_t *done);

// One word of user space. It has been accessed then.
//
// Errors: H_BAD_HANDLE;
//         H_BAD_ADDRESS, not aligned to 4 bytes, or in kernel space;
//         H_UNREADABLE.
enum h_error h_read_user_word(struct h_pagemap pagemap, struct h_vaddr address,
                              uint32_t *word);

// --- Port (4.6.1) -----------------------------------------------------------

// One item of 1, 2 or 4 bytes. The ports that H lends: the serial lines, the
// printer, VGA, ATA disks, the network card, the keyboard.
//
// Errors: H_PORT.
enum h_error h_in8(uint16_t port, uint8_t *value);
enum h_error h_in16(uint16_t port, uint16_t *value);
enum h_error h_in32(uint16_t port, uint32_t *value);
enum h_error h_out8(uint16_t port, uint8_t value);
enum h_error h_out16(uint16_t port, uint16_t value);
enum h_error h_out32(uint16_t port, uint32_t value);

// --- Debug (4.6.2, 8.1.2) ---------------------------------------------------

// On the serial line first, where nothing can fault, then on the screen.
void h_putch(char character);
void h_putstr(const char *text);
void h_putstrln(const char *text);

// Eight counters, by number from 0: how many instructions passed between start
// and stop, added up, and how often. A number that is none is ignored; reading it
// answers 0.
#define H_MEASUREMENTS 8

struct h_measurement {
        uint64_t instructions; // or cycles, on a machine that counts these
        uint32_t times;
};

void h_start_measurement(unsigned number);
void h_stop_measurement(unsigned number);
struct h_measurement h_read_measurement(unsigned number);

#endif
