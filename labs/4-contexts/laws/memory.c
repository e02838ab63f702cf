// SPDX-License-Identifier: MIT
// Memory to try laws with. The contracts are in laws.h.
//
//     a region     | 4 MB, frames among them | pages for tables | program |
//     addresses    | of tables  | windows | program | 4 MB, frames        |
#include "laws.h"

#include <kernel/panic.h>

#define REGIONS_MOST 64
#define TABLES_LOG2 9 // pages

static struct {
        uint32_t memory;    // physical address of the 4 MB
        uint32_t tables;    // and of the pages behind them
        uint32_t addresses; // the first one that is the client's
        uint32_t first;     // of the frames: number of a page of the 4 MB
        uint32_t taken;     // of the pages for tables
} supply;

// Addresses, in pages behind the first.
#define WINDOWS_AT (1u << TABLES_LOG2)
#define CODE_AT (WINDOWS_AT + WINDOWS)
#define MEMORY_AT 1024u

static struct h_vfpage
address(uint32_t page, unsigned log2_size)
{
        return pages_at(supply.addresses + page * H_PAGE_SIZE, log2_size);
}

static struct h_region
region(uint32_t first, unsigned log2_size)
{
        return (struct h_region){ h_pfpage((struct h_paddr){ first },
                                           log2_size) };
}

// The largest region has room for twice 4 MB.
static void
find_memory(void)
{
        static struct h_region regions[REGIONS_MOST];
        struct h_region largest = { { 0 } };
        size_t count;

        done(h_initial_regions(regions, REGIONS_MOST, &count),
             "h_initial_regions");
        for (size_t i = 0; i < count; i++)
                if (h_pfpage_log2(regions[i].pages) >
                    h_pfpage_log2(largest.pages))
                        largest = regions[i];
        if (h_pfpage_log2(largest.pages) <= H_SUPERPAGE_LOG2)
                panic("the laws need a region of 8 MB");
        supply.memory = h_pfpage_first(largest.pages).value;
        supply.tables = supply.memory + H_SUPERPAGE_SIZE;
}

void
memory_begin(void)
{
        struct h_vfpage addresses[8];
        struct h_kernel_mapping mapping;
        size_t count;

        find_memory();
        done(h_kernel_mappable_virtual_addresses(addresses, 8, &count),
             "h_kernel_mappable_virtual_addresses");
        supply.addresses = h_vfpage_first(addresses[0]).value;
        done(h_add_kernel_mapping(all_memory(),
                                  address(MEMORY_AT, H_SUPERPAGE_LOG2),
                                  H_R | H_W, false, &mapping),
             "h_add_kernel_mapping");
        done(h_add_kernel_mapping(code_region(), address(CODE_AT, H_PAGE_LOG2),
                                  H_R | H_W, false, &mapping),
             "h_add_kernel_mapping");
}

void
memory_choose(void)
{
        supply.taken = 0;
        supply.first = random_below(1024 / FRAMES) * FRAMES;
        for (unsigned i = 0; i < FRAMES; i++)
                fill_random(i);
}

struct h_pagemap_page
supply_table(void)
{
        uint32_t page = supply.taken++;

        if (page >= WINDOWS_AT)
                panic("a case of a law takes too many tables");
        return (struct h_pagemap_page){
                region(supply.tables + page * H_PAGE_SIZE, H_PAGE_LOG2),
                h_vfpage_first(address(page, H_PAGE_LOG2)),
        };
}

uint32_t
frame_offset(unsigned frame)
{
        return (supply.first + frame) * H_PAGE_SIZE;
}

struct h_region
frames(unsigned first, unsigned log2_size)
{
        return region(supply.memory + frame_offset(first), log2_size);
}

struct h_region
all_memory(void)
{
        return region(supply.memory, H_SUPERPAGE_LOG2);
}

struct h_region
code_region(void)
{
        return region(supply.tables + (H_PAGE_SIZE << TABLES_LOG2),
                      H_PAGE_LOG2);
}

static uint32_t *
seen(uint32_t page)
{
        return (uint32_t *)(uintptr_t)(supply.addresses + page * H_PAGE_SIZE);
}

uint32_t *
frame_words(unsigned frame)
{
        return seen(MEMORY_AT + supply.first + frame);
}

uint8_t *
code_bytes(void)
{
        return (uint8_t *)seen(CODE_AT);
}

struct h_kernel_mapping
window_add(unsigned window, struct h_region page)
{
        struct h_kernel_mapping mapping;

        done(h_add_kernel_mapping(page,
                                  address(WINDOWS_AT + window, H_PAGE_LOG2),
                                  H_R | H_W, false, &mapping),
             "h_add_kernel_mapping");
        return mapping;
}

void
fill_random(unsigned frame)
{
        uint32_t *words = frame_words(frame);
        uint32_t word = random_word();

        for (unsigned i = 0; i < H_PAGE_WORDS; i++)
                words[i] = word = word * 1664525u + 1013904223u;
}

uint32_t
hash_word(uint32_t hash, uint32_t word)
{
        return (hash << 5 | hash >> 27) * 9u ^ word;
}

uint32_t
frame_hash(unsigned frame)
{
        const uint32_t *words = frame_words(frame);
        uint32_t hash = 0;

        for (unsigned i = 0; i < H_PAGE_WORDS; i++)
                hash = hash_word(hash, words[i]);
        return hash;
}

void
disturb_memory(void)
{
        size_t bytes;
        uint32_t *heap = h_client_heap(&bytes);

        for (unsigned i = 0; i < 64; i++) {
                uint32_t page = random_below(H_PAGE_WORDS);
                if (page - supply.first >= FRAMES)
                        seen(MEMORY_AT + page)[random_below(H_PAGE_WORDS)] =
                                random_word();
                heap[random_below((uint32_t)bytes / 4)] = random_word();
        }
}
