// SPDX-License-Identifier: MIT
// What H is to do, as a program that is as simple as can be: the specifications
// of the dissertation's 5.7, with what H4 closes of their gaps, one function an
// operation, from one abstract state to the next or to a refusal.
//
// It knows nothing of page tables, entries or slots. It knows the status of each
// page, for each address space which page is mapped where with which rights, what
// the client controls in kernel space, which handles have been given out, and
// what memory holds. Pages are counted from 0, physical and virtual ones alike.
#ifndef H_TESTS_MODEL_H
#define H_TESTS_MODEL_H

#include <h/h.h>

#include "machine.h"

#define MODEL_PAGEMAPS 64
#define MODEL_MAPPINGS 256
#define MODEL_CLIENT_PAGES 5120u // what the client controls in kernel space
#define MODEL_CLIENT_FIRST 0xD0000u
#define USER_SLOTS 768u // of 1,024 pages each

struct range {
        uint32_t first, count; // in pages
};

// A page or superpage that is mapped for user code.
struct model_entry {
        uint32_t page; // of memory
        uint8_t rights;
        bool mapped;
        bool accessed;
        bool dirty;
};

// 4 MB of user space: not mapped, a superpage, or pages, for which H needs a
// page-table.
struct model_slot {
        enum {
                EMPTY,
                SUPERPAGE,
                PAGES
        } kind;
        uint32_t table; // of PAGES
        uint32_t mapped;
        bool changed; // and in the list of those that have
        struct model_entry superpage;
        struct model_entry *pages;
};

struct model_pagemap {
        bool live;
        bool fresh; // has not been compared with anything yet
        struct h_pagemap handle;
        uint32_t directory;
        struct model_slot slots[USER_SLOTS];
};

struct model_mapping {
        bool live;
        struct h_kernel_mapping handle;
        uint32_t first; // of the client's pages, from 0
        uint32_t page;
        uint32_t pages;
        unsigned rights;
        bool user;
};

// A page of the client's in kernel space.
struct model_address {
        enum {
                UNUSED,
                VIEW,
                MAPPED
        } use;
        uint32_t page;
        const struct model_mapping *mapping; // of MAPPED
};

// A fault context, as its client knows it.
#define MODEL_CONTEXTS 64

struct model_context {
        bool live;
        struct h_fault_context handle;
        uint32_t registers[H_REGISTERS];
        uint32_t gs_first, gs_last; // addresses
        bool gs;
        struct h_port_range ports[H_PORT_RANGES];
        size_t port_count;
        bool bound;
        struct h_pagemap space;
        struct h_kernel_mapping buffer; // all zeros: none
        uint32_t offset, words;         // of the buffer
        bool in_call;
        bool step_due;
        unsigned char unit; // what it has put into the floating-point unit
};

struct model {
        // As <kernel/status.h> has it.
        struct page pages[MACHINE_PAGES];
        uint32_t view[MACHINE_PAGES]; // a virtual address, 0 for none

        struct {
                uint32_t first, count;
        } regions[64];
        size_t region_count;

        struct model_pagemap pagemaps[MODEL_PAGEMAPS];
        unsigned pagemap_slots; // as many as there can be
        struct model_mapping mappings[MODEL_MAPPINGS];
        unsigned mapping_slots;
        struct model_address addresses[MODEL_CLIENT_PAGES];

        // What has changed since it was compared last.
        struct model_slot *changed[USER_SLOTS * MODEL_PAGEMAPS];
        size_t changed_count;
        struct range changed_pages[2048];
        size_t changed_pages_count;
        struct range changed_addresses[256];
        size_t changed_addresses_count;

        uint32_t reference;
        uint32_t current; // the page of the directory in CR3

        struct model_context contexts[MODEL_CONTEXTS];
        unsigned context_slots;
        struct model_context *running; // that is, or was last, in ring 3
        uint16_t masks;                // a bit a line
        uint32_t period;
        uint32_t fault_address;
};

extern struct model model;
extern uint32_t model_memory[MACHINE_PAGES][H_PAGE_WORDS];

// The state after h_init, of a machine that machine_reset has prepared.
void model_reset(void);

// A set of errors. An operation may answer any of them, and may not answer H_OK
// unless the set is empty; in that case it has been done in the model.
typedef uint32_t refusals;

#define REFUSE(error) (UINT32_C(1) << (error))

// Of each function: the arguments of the operation; then what the operation is to
// answer. Handles that are given out are H's choice: the caller says afterwards
// what they are.
refusals model_derive_region(struct h_region region, struct h_pfpage pages);
refusals model_create_pagemap_page(struct h_region region,
                                   struct h_vaddr mapped);
refusals model_alloc_pagemap(struct h_pagemap_page page,
                             struct h_pagemap **handle);
refusals model_free_pagemap(struct h_pagemap pagemap, size_t capacity,
                            uint32_t *freed, size_t *count);

refusals model_add_mapping(const struct h_pagemap_page *table,
                           struct h_pagemap pagemap, struct h_vfpage pages,
                           struct h_region region, unsigned rights,
                           bool *table_used);
refusals model_modify_mapping(struct h_pagemap pagemap, struct h_vfpage pages,
                              unsigned rights);
refusals model_remove_mapping(struct h_pagemap pagemap, struct h_vfpage pages,
                              size_t capacity, uint32_t *freed, size_t *count);
refusals model_read_mapping(struct h_pagemap pagemap, struct h_vaddr address,
                            struct h_mapping_info *out);
refusals model_take_reference_bits(struct h_pagemap pagemap,
                                   struct h_vfpage pages, bool *accessed,
                                   bool *dirty);
refusals model_split_superpage(struct h_pagemap pagemap, struct h_vaddr address,
                               struct h_pagemap_page table);

refusals model_add_kernel_mapping(struct h_region region, struct h_vfpage pages,
                                  unsigned rights, bool user,
                                  struct h_kernel_mapping **handle);
refusals model_remove_kernel_mapping(struct h_kernel_mapping mapping);
refusals model_kernel_mapping_parts(struct h_kernel_mapping mapping,
                                    struct h_vfpage *pages,
                                    struct h_region *region, unsigned *rights);

// `at_offset`: the forms that take an offset in the first page.
refusals model_read_word(struct h_kernel_mapping mapping, uint32_t offset,
                         bool at_offset, uint32_t *word);
refusals model_write_word(struct h_kernel_mapping mapping, uint32_t offset,
                          bool at_offset, uint32_t word);
refusals model_copy_words(struct h_kernel_mapping to, uint32_t to_offset,
                          struct h_kernel_mapping from, uint32_t from_offset,
                          uint32_t count);

// The one that may stop half-way: `*done` bytes are copied whatever it answers.
refusals model_copy_user(struct h_pagemap to, struct h_vaddr to_address,
                         struct h_pagemap from, struct h_vaddr from_address,
                         uint32_t bytes, uint32_t *done);
refusals model_read_user_word(struct h_pagemap pagemap, struct h_vaddr address,
                              uint32_t *word);

// What contexts are, and what they may do.
refusals model_alloc_context(struct h_fault_context **handle);
refusals model_free_context(struct h_fault_context context);
refusals model_register(struct h_fault_context context, uint32_t reg,
                        uint32_t **place);
refusals model_set_gs(struct h_fault_context context, struct h_vaddr base,
                      uint32_t bytes);
refusals model_set_ports(struct h_fault_context context,
                         const struct h_port_range *ports, size_t count);
refusals model_bind(struct h_fault_context context, struct h_pagemap pagemap,
                    struct h_kernel_mapping buffer, uint32_t offset);
refusals model_unbind(struct h_fault_context context);

// Contexts run: what ring 3 gets. Which address space, the caller knows.
refusals model_run_bound(struct h_fault_context context);
refusals model_handoff(struct h_fault_context to, uint32_t count, uint32_t from,
                       uint32_t tag);
void model_enter(struct model_context *context, struct h_pagemap space);

refusals model_enable_irq(uint32_t line);
refusals model_disable_irq(uint32_t line);
refusals model_mask_ack_irq(uint32_t line);
refusals model_set_period(uint32_t microseconds);

struct model_context *model_context(struct h_fault_context handle);

// Copies words one after the other, from the first to the last.
void model_copy_forward(const struct model_mapping *to, uint32_t to_offset,
                        const struct model_mapping *from, uint32_t from_offset,
                        uint32_t count);

// What is not H's: running in an address space (5.7.8), and what user code does
// there (5.7.10). False: a page fault.
void model_run(uint32_t directory);
bool model_user_access(struct h_vaddr address, bool write, uint32_t *word);

// --- For the parts of the model ----------------------------------------------

// Notes which regions there are.
void model_find_regions(void);

// Is this the word of a flexpage that is not nil? Which pages?
bool model_flexpage(uint32_t word, struct range *out);

// Is it a region, and which pages?
bool model_region(struct h_region region, struct range *out);

// Are all pages of the range normal?
bool model_all_normal(struct range range);

// Has one of them as many mappings as there can be?
bool model_any_full(struct range range);

void model_count(struct range range, int change);

// What is to be said of a page-map page that is to be used now; the page and the
// address, as a number among the client's, when there is nothing.
refusals model_table_page(struct h_pagemap_page page, uint32_t *frame,
                          uint32_t *address);

// The page becomes a table that H sees; and back.
void model_lend(uint32_t frame, uint32_t address, int status);
void model_give_back(uint32_t frame);

// Notes that a page of memory is read or written.
void model_write(uint32_t page);

// Notes that a part of an address space has changed; pages; client-controlled
// addresses.
void model_changed(struct model_slot *slot);
void model_changed_pages(struct range range);
void model_changed_addresses(struct range range);

struct model_pagemap *model_pagemap(struct h_pagemap handle);
struct model_mapping *model_mapping(struct h_kernel_mapping handle);

// What user code of an address space has at a page of user space; null where it
// is not mapped. `page` is set to the page of memory.
struct model_entry *model_lookup(struct model_pagemap *pagemap, uint32_t at,
                                 uint32_t *page);

// Removes everything that an address space maps in a range; the pages that were
// tables for it alone.
size_t model_clear(struct model_pagemap *pagemap, struct range range,
                   uint32_t *freed);

#endif
