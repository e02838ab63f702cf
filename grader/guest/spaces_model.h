// SPDX-License-Identifier: MIT
// What the parts of <h4/spaces.h> share: the expectation, beside the machine.
#ifndef SPACES_MODEL_H
#define SPACES_MODEL_H

#include "harness.h"

#include <h/internal/state.h>
#include <h4/spaces.h>

#define CLIENT_PAGES ((SPACES_CLIENT_LIMIT - SPACES_CLIENT_BASE) / PAGE_SIZE)

struct space {
        struct h_pagemap handle;
        struct paddr directory;
};

struct kernel_space {
        struct h_kernel_mapping handle;
        struct h_vfpage pages;
        struct h_region region;
        unsigned rights;
};

// What is expected. The pages that are really there have their copies in the
// arena (harness.h, arena_expected).
struct expected {
        bool begun;
        uint32_t count;       // of the machine's pages
        struct page *pages;   // so many
        uint32_t *seen_at;    // so many
        uint32_t *client;     // CLIENT_PAGES entries
        uint32_t *reference;  // TABLE_ENTRIES
        struct paddr current; // CR3
        struct h_state state;
        uint32_t space_count;
        struct space spaces[SPACES_PAGEMAPS];
        uint32_t kernel_count;
        struct kernel_space kernel[SPACES_KERNEL_MAPPINGS];
};

extern struct expected spaces_due;

// Where the machine that is compared with it lies.
uint32_t *spaces_array(void);
uint32_t *spaces_views(void);
uint32_t *spaces_client(void);
struct pagemap_page spaces_reference(void);

// spaces_memory.c: nothing is taken.
void spaces_memory_begin(void);

// The pages of memory in a row: returns how many of them the test has taken.
uint32_t spaces_row(uint32_t **words, uint32_t **expected);

// The word that is expected at a physical address.
uint32_t *spaces_word_due(struct h_paddr address);

// spaces_due.c: the entries' access for rights that were asked for; the expected
// entry of a page; the space that a handle is expected to name; the words that
// are expected in a page-table or directory, and in the directory of a space.
// They fail the test where it expects no such thing.
struct access model_access(unsigned rights, bool user, bool global);
struct page *model_page(uint32_t number);
struct space *model_space(struct h_pagemap handle);
uint32_t *model_words(struct paddr frame);
uint32_t *model_directory(struct h_pagemap handle);

// `pages` pages have as many mappings more as `change` says.
void model_count(uint32_t first, uint32_t pages, int change);

// spaces_check.c: how the messages of the check that is under way begin.
extern const char *spaces_after;

// spaces_handles.c: a part of spaces_check().
void spaces_check_handles(void);

static inline uint32_t
page_number(struct paddr frame)
{
        return frame.value >> PAGE_LOG2;
}

#endif
