// SPDX-License-Identifier: MIT
// Pages for tests, and what each is expected to hold.
//
//   frame  COPIES   for each page, a copy of what it is expected to hold
//          SPARE    for the harness itself
//          ROOM     for the machine of a fixture
//          EDGE     one page, behind which nothing is mapped
//          PAGES    border | page | border | page | border ...
//
// Pages are handed out in an order that the seed decides, never two in a row:
// what runs over the end of one meets a border.
//
// Tests ask whether the TLB still knows a translation, so the harness must not
// drive it out. Where a TLB chooses an entry by the address's bits from 12 on
// (Bochs: 11 of them), the same bits in two addresses compete. A frame in a
// superpage has 10 of them from its physical address; therefore the harness
// maps the frames in a rotated order, by which neither the pages nor the copies
// come to lie, in these bits, where the pages' frames are. Nor is the kernel
// image there, while it ends below 2.3 MB.
#include "harness.h"
#include "words.h"

#include <h4/entries.h>
#include <h4/live.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/format.h>
#include <kernel/image.h>

// In frames, relative to the arena.
#define COPIES 0u
#define SPARE ARENA_PAGES
#define SPARE_FRAMES (ARENA_ROOM - SPARE)
#define EDGE (PAGES - 1) // mapped last
#define PAGES 600u
#define ROTATED 424u // PAGES are mapped first

#define BORDER 0x5AFEB0DEu // not a present entry
#define BORDER_WORDS 16
#define STRIDE 67u // has no factor in common with ARENA_PAGES

static struct {
        uint32_t first; // where the order of this test begins
        uint32_t count; // pages handed out
        size_t spare;   // words handed out to the harness
        const char *labels[ARENA_PAGES];
        uint32_t numbers[ARENA_PAGES]; // by slot: the reverse of frame_of
} arena;

static pte_t arena_table[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

// Where a frame, relative to the arena, is mapped.
static uint32_t *
at(uint32_t number)
{
        uint32_t page = (number + ROTATED) % TABLE_ENTRIES;
        return (uint32_t *)(uintptr_t)(ARENA_MAPPED + page * PAGE_SIZE);
}

// In which frame, relative to the arena, page `number` lies.
static uint32_t
frame_of(uint32_t number)
{
        uint32_t slot = (arena.first + number * STRIDE) % ARENA_PAGES;
        return PAGES + 2 * slot + 1;
}

static struct paddr
address_of(uint32_t number)
{
        return paddr(ARENA_FRAMES + frame_of(number) * PAGE_SIZE);
}

static uint32_t *
copy_of(uint32_t number)
{
        return at(COPIES + number);
}

void
arena_prepare(void)
{
        for (uint32_t frame = 0; frame < TABLE_ENTRIES; frame++)
                arena_table[(frame + ROTATED) % TABLE_ENTRIES] =
                        (ARENA_FRAMES + frame * PAGE_SIZE) | ENTRY_PRESENT |
                        ENTRY_WRITE;
        boot_directory[ARENA_MAPPED >> SUPERPAGE_LOG2] =
                image_frame(arena_table).value | ENTRY_PRESENT | ENTRY_WRITE;
        live_flush();
}

void
arena_reset(void)
{
        arena.first = random_below(ARENA_PAGES);
        arena.count = 0;
}

static struct pagemap_page
new_page(const char *label)
{
        if (arena.count == ARENA_PAGES)
                fail("the test wants more than %u pages", ARENA_PAGES);

        uint32_t number = arena.count++;
        uint32_t *words = at(frame_of(number));
        arena.numbers[(frame_of(number) - PAGES) / 2] = number;
        arena.labels[number] = label;
        for (unsigned i = 0; i < BORDER_WORDS; i++) {
                words[-1 - (int)i] = BORDER;
                words[TABLE_ENTRIES + i] = BORDER;
        }
        return (struct pagemap_page){ address_of(number), words };
}

struct pagemap_page
arena_page(const char *label)
{
        struct pagemap_page page = new_page(label);
        words_fill(page.mapped, 0, TABLE_ENTRIES);
        return page;
}

struct pagemap_page
arena_dirty_page(const char *label)
{
        struct pagemap_page page = new_page(label);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                page.mapped[i] = random_word();
        return page;
}

void
arena_watch(void)
{
        for (uint32_t page = 0; page < arena.count; page++)
                words_copy(copy_of(page), at(frame_of(page)), TABLE_ENTRIES);
}

uint32_t *
arena_spare(size_t count)
{
        if (arena.spare + count > SPARE_FRAMES * TABLE_ENTRIES)
                fail("the harness has no room left");

        uint32_t *words = at(SPARE) + arena.spare;
        arena.spare += count;
        return words;
}

uint32_t *
arena_room(uint32_t number)
{
        return at(ARENA_ROOM + number);
}

uint32_t *
arena_edge(void)
{
        return at(EDGE);
}

// Which page it is that has this frame; arena.count where none has.
static uint32_t
number_of(struct paddr frame)
{
        uint32_t first = ARENA_FRAMES + PAGES * PAGE_SIZE;
        uint32_t slot = (frame.value - first) / PAGE_SIZE / 2;
        if (slot >= ARENA_PAGES)
                return arena.count;
        uint32_t page = arena.numbers[slot];
        if (page >= arena.count || frame.value != address_of(page).value)
                return arena.count;
        return page;
}

uint32_t
arena_made(void)
{
        return arena.count;
}

struct pagemap_page
arena_made_page(uint32_t number)
{
        return (struct pagemap_page){ address_of(number),
                                      at(frame_of(number)) };
}

uint32_t *
arena_expected(struct paddr frame)
{
        uint32_t number = number_of(frame);

        return number < arena.count ? copy_of(number) : NULL;
}

void
arena_accept(struct pagemap_page page, unsigned index)
{
        uint32_t number = number_of(page.frame);
        if (number < arena.count)
                copy_of(number)[index] = page.mapped[index];
}

const char *
arena_label(struct paddr frame)
{
        uint32_t number = number_of(frame);
        return number < arena.count ? arena.labels[number] : NULL;
}

static _Noreturn void
report_change(const char *text, va_list arguments, uint32_t page,
              unsigned index)
{
        char words[160];
        vformat(words, sizeof(words), text, arguments);
        uint32_t due = copy_of(page)[index];
        uint32_t found = at(frame_of(page))[index];
        fail_values(entry_words(due).text, entry_words(found).text,
                    "%s: entry %u of the %s in frame 0x%08x has changed", words,
                    index, arena.labels[page], address_of(page).value);
}

static void
check(uint32_t ignored, const char *text, va_list arguments)
{
        for (uint32_t page = 0; page < arena.count; page++) {
                const uint32_t *found = at(frame_of(page));
                const uint32_t *due = copy_of(page);
                size_t i = words_differ(found, due, 0, TABLE_ENTRIES);
                while (i < TABLE_ENTRIES) {
                        if ((found[i] ^ due[i]) & ~ignored)
                                report_change(text, arguments, page, i);
                        i = words_differ(found, due, i + 1, TABLE_ENTRIES);
                }
        }
}

void
arena_check(const char *text, ...)
{
        va_list arguments;
        va_start(arguments, text);
        check(0, text, arguments);
        va_end(arguments);
}

void
arena_check_used(const char *text, ...)
{
        va_list arguments;
        va_start(arguments, text);
        check(ENTRY_USED, text, arguments);
        va_end(arguments);
}

void
arena_check_borders(void)
{
        for (uint32_t page = 0; page < arena.count; page++) {
                const uint32_t *words = at(frame_of(page));
                for (unsigned i = 0; i < BORDER_WORDS; i++)
                        if (words[-1 - (int)i] != BORDER ||
                            words[TABLE_ENTRIES + i] != BORDER)
                                fail("memory beside the %s in frame 0x%08x "
                                     "has been written to",
                                     arena.labels[page],
                                     address_of(page).value);
        }
}

uint32_t *
frame_mapped(struct paddr frame)
{
        if (frame.value == image_frame(boot_stack_guard).value)
                return NULL;
        if (frame.value < ARENA_FRAMES)
                return image_pointer(frame);
        if (frame.value < ARENA_FRAMES + SUPERPAGE_SIZE)
                return at((frame.value - ARENA_FRAMES) / PAGE_SIZE);
        return NULL;
}

uint32_t
frame_mark(struct pagemap_page page)
{
        page.mapped[0] = page.frame.value ^ 0xA5A50F0Fu;
        return page.mapped[0];
}
