// SPDX-License-Identifier: MIT
// The machine of <h4/spaces.h>: its memory, H's tables in it, and what a test
// takes of it.
//
//   room of the arena    0   spaces_memory.c
//   (harness.h)         64   environment: page-tables of the client's addresses,
//                            handles, contexts, views, page status, heap, the
//                            page-table that maps all these, and the reference
//                            directory
//                      128   spaces_memory.c
#include "outside.h"
#include "spaces_model.h"
#include "words.h"

#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/image.h>
#include <kernel/memory.h>

#pragma weak page_array
#pragma weak environment
#pragma weak region_table
#pragma weak h_state
#pragma weak h_init

#define ENVIRONMENT_ROOM 64u

// Parts of the environment, in pages from its beginning.
#define TABLES 0u
#define HANDLES 2u
#define CONTEXTS 5u
#define VIEWS 8u
#define ARRAY 14u
#define HEAP 20u
#define MAP_TABLE 21u
#define REFERENCE 22u
#define PARTS 23u

#define FIRST_PAGE                                                             \
        ((ARENA_FRAMES + (ARENA_ROOM + ENVIRONMENT_ROOM) * PAGE_SIZE) /        \
         PAGE_SIZE)

_Static_assert(FIRST_PAGE + PARTS <= 0x600,
               "the drawing in <h4/spaces.h> is right");
_Static_assert(HANDLES - TABLES == CLIENT_PAGES / TABLE_ENTRIES &&
                       (CONTEXTS - HANDLES) * PAGE_SIZE >=
                               SPACES_PAGEMAPS * PAGEMAP_SLOT_SIZE +
                                       SPACES_KERNEL_MAPPINGS *
                                               KERNEL_MAPPING_SLOT_SIZE &&
                       (VIEWS - CONTEXTS) * PAGE_SIZE >=
                               SPACES_CONTEXTS *
                                       (CONTEXT_SLOT_SIZE + FPU_AREA_SIZE) &&
                       (ARRAY - VIEWS) * TABLE_ENTRIES == SPACES_PAGES &&
                       (HEAP - ARRAY) * TABLE_ENTRIES == SPACES_PAGES,
               "the parts have room for what they hold");

struct expected spaces_due;

static struct paddr
part_frame(uint32_t part)
{
        return paddr((FIRST_PAGE + part) * PAGE_SIZE);
}

static uint32_t *
part_words(uint32_t part)
{
        return arena_room(ENVIRONMENT_ROOM + part);
}

uint32_t *
spaces_array(void)
{
        return part_words(ARRAY);
}

uint32_t *
spaces_views(void)
{
        return part_words(VIEWS);
}

uint32_t *
spaces_client(void)
{
        return part_words(TABLES);
}

struct pagemap_page
spaces_reference(void)
{
        return (struct pagemap_page){ part_frame(REFERENCE),
                                      part_words(REFERENCE) };
}

struct paddr
spaces_reference_frame(void)
{
        return part_frame(REFERENCE);
}

static void
fill_pages(uint32_t first, uint32_t end, struct page entry)
{
        const union {
                struct page entry;
                uint32_t word;
        } both = { entry };

        if (first < end)
                words_fill(spaces_array() + first, both.word, end - first);
}

static void
make_array(uint32_t pages)
{
        fill_pages(0, pages, NORMAL(0));
        fill_pages(0x09F, 0x100, NOT_INSTALLED);
        fill_pages(0x100, 0x600, ENVIRONMENT);
        fill_pages(0x640, 0x658, ENVIRONMENT);

        fill_pages(FIRST_PAGE + TABLES, FIRST_PAGE + HANDLES, PINNED_TABLE(0));
        fill_pages(FIRST_PAGE + MAP_TABLE, FIRST_PAGE + REFERENCE,
                   PINNED_TABLE(0));
        fill_pages(FIRST_PAGE + REFERENCE, FIRST_PAGE + PARTS,
                   PINNED_DIRECTORY);
        for (unsigned i = KERNEL_BASE / SUPERPAGE_SIZE; i < TABLE_ENTRIES; i++)
                if (pde_is_table(boot_directory[i])) {
                        uint32_t page = boot_directory[i] / PAGE_SIZE;
                        fill_pages(page, page + 1, PINNED_TABLE(0));
                }
        page_array = (struct page_array){
                .pages = (struct page *)(uintptr_t)(ENVIRONMENT_BASE +
                                                    ARRAY * PAGE_SIZE),
                .count = pages,
        };
}

static void
make_regions(uint32_t pages)
{
        static const uint32_t regions[] = {
                0x00000000 | 19, 0x00080000 | 16, 0x00090000 | 15,
                0x00098000 | 14, 0x0009C000 | 13, 0x0009E000 | 12,
                0x00600000 | 18, 0x00658000 | 15, 0x00660000 | 17,
                0x00680000 | 19, 0x00700000 | 20, 0x00800000 | 23,
                0x01000000 | 23,
        };

        region_table.count = 0;
        for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
                if (regions[i] / PAGE_SIZE < pages)
                        region_table.regions[region_table.count++].range.word =
                                regions[i];
}

static struct page_range
part_range(uint32_t first, uint32_t end)
{
        return (struct page_range){ FIRST_PAGE + first, FIRST_PAGE + end };
}

static void
make_environment(void)
{
        environment = (struct environment){
                .page_count = SPACES_PAGES,
                .pagemap_slots = SPACES_PAGEMAPS,
                .kernel_mapping_slots = SPACES_KERNEL_MAPPINGS,
                .context_slots = SPACES_CONTEXTS,
                .pages = part_range(0, PARTS),
                .heap = part_range(HEAP, HEAP + 1),
                .tables = part_range(TABLES, HANDLES),
                .handles = part_range(HANDLES, CONTEXTS),
                .contexts = part_range(CONTEXTS, VIEWS),
                .views = part_range(VIEWS, ARRAY),
                .status = part_range(ARRAY, HEAP),
        };
}

static void
make_tables(void)
{
        const struct access access = { .perms = PERM_R | PERM_W,
                                       .global = true };
        const unsigned kernel = KERNEL_BASE / SUPERPAGE_SIZE;
        uint32_t *reference = part_words(REFERENCE);
        uint32_t *map = part_words(MAP_TABLE);

        words_fill(spaces_client(), 0, CLIENT_PAGES);
        words_fill(map, 0, TABLE_ENTRIES);
        for (uint32_t i = 0; i < PARTS; i++)
                map[i] = raw_page(part_frame(i), access);

        words_fill(reference, 0, kernel);
        words_copy(reference + kernel, boot_directory + kernel,
                   TABLE_ENTRIES - kernel);
        reference[ENVIRONMENT_BASE / SUPERPAGE_SIZE] =
                part_frame(MAP_TABLE).value | ENTRY_PRESENT | ENTRY_WRITE;
        for (uint32_t i = 0; i < HANDLES - TABLES; i++)
                reference[SPACES_CLIENT_BASE / SUPERPAGE_SIZE + i] =
                        part_frame(TABLES + i).value | ENTRY_PRESENT |
                        ENTRY_WRITE | ENTRY_USER;
}

static void
expect_all_of_it(void)
{
        struct expected *due = &spaces_due;

        if (!due->pages) {
                due->pages = (struct page *)arena_spare(SPACES_PAGES);
                due->seen_at = arena_spare(SPACES_PAGES);
                due->client = arena_spare(CLIENT_PAGES);
                due->reference = arena_spare(TABLE_ENTRIES);
        }
        due->count = page_array.count;
        words_copy((uint32_t *)due->pages, spaces_array(), due->count);
        words_copy(due->seen_at, spaces_views(), due->count);
        words_copy(due->client, spaces_client(), CLIENT_PAGES);
        words_copy(due->reference, part_words(REFERENCE), TABLE_ENTRIES);
        due->current = part_frame(REFERENCE);
        due->state = h_state;
        due->space_count = due->kernel_count = 0;
        due->begun = true;
}

void
spaces_begin(void)
{
        spaces_begin_with(SPACES_USUAL);
}

void
spaces_begin_with(uint32_t pages)
{
        make_environment();
        make_array(pages);
        make_regions(pages);
        make_tables();
        live_load(part_frame(REFERENCE));
        live_flush();
        h_init();
        outside_begin(OUTSIDE_SPACES);

        spaces_memory_begin();
        expect_all_of_it();
}

void
spaces_over(void)
{
        if (!spaces_due.begun)
                return;
        spaces_due.begun = false;
        page_array = (struct page_array){ NULL, 0 };
        live_end();
}

void
spaces_make(void)
{
        const struct expected *due = &spaces_due;
        uint32_t *words, *copy;
        uint32_t row = spaces_row(&words, &copy);

        words_copy(spaces_array(), (uint32_t *)due->pages, due->count);
        words_copy(spaces_views(), due->seen_at, due->count);
        words_copy(spaces_client(), due->client, CLIENT_PAGES);
        words_copy(words, copy, row * TABLE_ENTRIES);
        for (uint32_t i = 0; i < arena_made(); i++) {
                struct pagemap_page page = arena_made_page(i);
                words_copy(page.mapped, arena_expected(page.frame),
                           TABLE_ENTRIES);
        }
        spaces_due.state = h_state;
        live_load(due->current);
        live_flush();
        memory_test_watched();
}
