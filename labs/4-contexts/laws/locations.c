// SPDX-License-Identifier: MIT
// Laws 1 to 3: memory and page maps are made of locations, each of which holds what
// was put there last.
#include "laws.h"

#define OFFSETS 4 // words of each frame that are looked at

// Where a step of the first law reads and writes, and what is there.
static struct {
        uint32_t offsets[OFFSETS];
        uint32_t words[FRAMES][OFFSETS];
        unsigned shown[WINDOWS]; // the frame that a window shows
        struct h_kernel_mapping windows[WINDOWS];
} memory;

// The first place of a space where user code reaches a frame.
static uint32_t
address_of(const struct space *space, unsigned frame, unsigned right)
{
        for (unsigned i = 0; i < PLACES; i++)
                if (space->at[i].frame == (int)frame &&
                    (right != H_W || (space->at[i].rights & H_W) != 0))
                        return place_address(i);
        return 0;
}

static void
write_by_user_code(unsigned frame, unsigned offset, uint32_t word)
{
        static struct program program;
        const struct space *space = &spaces[random_below(SPACES)];

        if (!space_reaches(space, frame, H_W))
                return;
        program_begin(&program);
        emit_store(&program,
                   address_of(space, frame, H_W) + 4 * memory.offsets[offset],
                   word);
        program_end(&program);
        if (program_run(&program, space->map, NULL, 0).faults > 0)
                broken("user code cannot write to frame %u", frame);
        memory.words[frame][offset] = word;
}

static void
write_by_window(unsigned window, unsigned offset, uint32_t word)
{
        const struct h_kernel_mapping mapping = memory.windows[window];

        if (random_below(2))
                done(h_write_kernel_mapping(mapping, memory.offsets[offset],
                                            word),
                     "h_write_kernel_mapping");
        else
                done(h_write_word_at_offset(mapping, memory.offsets[offset],
                                            word),
                     "h_write_word_at_offset");
        memory.words[memory.shown[window]][offset] = word;
}

static void
copy_between_windows(unsigned offset)
{
        unsigned to = random_below(WINDOWS), from = random_below(WINDOWS);
        unsigned other = random_below(OFFSETS);

        done(h_copy_words(memory.windows[to], memory.offsets[offset],
                          memory.windows[from], memory.offsets[other], 1),
             "h_copy_words");
        memory.words[memory.shown[to]][offset] =
                memory.words[memory.shown[from]][other];
}

// The window shows another frame, which is looked at at once.
static void
move_window(unsigned window)
{
        done(h_remove_kernel_mapping(memory.windows[window]),
             "h_remove_kernel_mapping");
        memory.shown[window] = random_below(FRAMES);
        memory.windows[window] =
                window_add(window, frames(memory.shown[window], H_PAGE_LOG2));
}

static void
read_by_windows(void)
{
        for (unsigned i = 0; i < WINDOWS; i++)
                for (unsigned k = 0; k < OFFSETS; k++) {
                        uint32_t expected = memory.words[memory.shown[i]][k];
                        uint32_t word;
                        done(h_read_kernel_mapping(memory.windows[i],
                                                   memory.offsets[k], &word),
                             "h_read_kernel_mapping");
                        if (word != expected)
                                broken("word %u of frame %u is 0x%08x, and "
                                       "0x%08x was written last",
                                       memory.offsets[k], memory.shown[i], word,
                                       expected);
                }
}

static void
read_by_user_code(unsigned frame, unsigned offset)
{
        static struct program program;
        const struct space *space = &spaces[random_below(SPACES)];
        uint32_t word;

        if (!space_reaches(space, frame, H_R))
                return;
        const struct h_vaddr address = { address_of(space, frame, H_R) +
                                         4 * memory.offsets[offset] };
        program_begin(&program);
        emit_load(&program, address.value);
        program_end(&program);
        struct outcome outcome = program_run(&program, space->map, NULL, 0);
        done(h_read_user_word(space->map, address, &word), "h_read_user_word");
        if (outcome.faults > 0 || outcome.eax != memory.words[frame][offset] ||
            word != memory.words[frame][offset])
                broken("user code reads 0x%08x in frame %u, and 0x%08x was "
                       "written last",
                       outcome.eax, frame, memory.words[frame][offset]);
}

static void
memory_prepare(void)
{
        for (unsigned k = 0; k < OFFSETS; k++)
                memory.offsets[k] = k * (H_PAGE_WORDS / OFFSETS) +
                                    random_below(H_PAGE_WORDS / OFFSETS);
        for (unsigned i = 0; i < WINDOWS; i++) {
                memory.shown[i] = random_below(FRAMES);
                memory.windows[i] =
                        window_add(i, frames(memory.shown[i], H_PAGE_LOG2));
        }
        for (unsigned i = 0; i < FRAMES; i++)
                for (unsigned k = 0; k < OFFSETS; k++)
                        memory.words[i][k] = frame_words(i)[memory.offsets[k]];
}

// Physical pages are independent locations: a word reads as what was written to it
// last, by whatever way, and writing it changes no other.
void
pages_are_independent_locations(void)
{
        for (unsigned i = 0; i < SPACES; i++)
                space_populate(&spaces[i]);
        memory_prepare();
        for (unsigned step = 0; step < 40; step++) {
                unsigned window = random_below(WINDOWS);
                unsigned frame = random_below(FRAMES);
                unsigned offset = random_below(OFFSETS);
                switch (random_below(4)) {
                case 0:
                        move_window(window);
                        break;
                case 1:
                        copy_between_windows(offset);
                        break;
                case 2:
                        write_by_user_code(frame, offset, random_word());
                        break;
                default:
                        write_by_window(window, offset, random_word());
                }
                read_by_windows();
                read_by_user_code(frame, offset);
        }
        for (unsigned i = 0; i < WINDOWS; i++)
                done(h_remove_kernel_mapping(memory.windows[i]),
                     "h_remove_kernel_mapping");
}

// User code finds at a place what is mapped there: reads it and writes it, as far as
// it may, or faults.
static void
look_by_user_code(const struct space *space, unsigned place)
{
        static struct program program;
        const struct place *at = &space->at[place];
        bool write = random_below(2);

        program_begin(&program);
        if (write)
                emit_touch(&program, place_address(place), true);
        emit_load(&program, place_address(place));
        program_end(&program);
        struct outcome outcome = program_run(&program, space->map, NULL, 0);
        bool read = at->frame != NO_FRAME;
        unsigned faults = !read + (write && (at->rights & H_W) == 0);
        if (outcome.faults != faults ||
            (read && outcome.eax != frame_words((unsigned)at->frame)[0]))
                broken("user code does not find at 0x%08x what is mapped there",
                       place_address(place));
}

// Page-map entries are independent locations: an entry is what it was set to last,
// and setting it changes no other, in this map and in others.
void
entries_are_independent_locations(void)
{
        for (unsigned i = 0; i < SPACES; i++)
                space_populate(&spaces[i]);
        for (unsigned step = 0; step < 16; step++) {
                unsigned changed = random_below(SPACES);
                space_touch(&spaces[changed]);
                space_change(&spaces[changed]);
                for (unsigned i = 0; i < SPACES; i++)
                        space_check(&spaces[i], "after another entry was set");
                look_by_user_code(&spaces[changed], spaces[changed].changed);
                look_by_user_code(&spaces[changed], random_below(PLACES));
        }
}

// Words that would be entries, if anybody took them for some.
static void
fill_with_entries(struct h_region page)
{
        const uint32_t bits = 0x87; // superpage, user, writable, present
        uint32_t frame = h_pfpage_first(all_memory().pages).value;
        struct h_kernel_mapping window = window_add(0, page);

        for (unsigned i = 0; i < H_PAGE_WORDS; i++)
                done(h_write_kernel_mapping(window, i, frame | bits),
                     "h_write_kernel_mapping");
        done(h_remove_kernel_mapping(window), "h_remove_kernel_mapping");
}

static uint32_t
some_address(void)
{
        if (random_below(2))
                return place_address(random_below(PLACES));
        return random_below(H_KERNEL_SPACE);
}

// Fresh page maps are empty: nothing is mapped in a map that was just made, whatever
// its page has held before, and user code cannot execute one instruction there.
void
fresh_maps_are_empty(void)
{
        static struct program program;
        const struct h_pagemap_page page = supply_table();
        struct h_mapping_info info;
        struct h_pagemap fresh;
        struct h_region freed;
        size_t count;

        space_populate(&spaces[0]);
        fill_with_entries(page.page);
        done(h_alloc_pagemap(page, &fresh), "h_alloc_pagemap");
        for (unsigned i = 0; i < 64; i++) {
                const struct h_vaddr address = { some_address() };
                if (h_read_mapping(fresh, address, &info) != H_NOT_MAPPED)
                        broken("0x%08x is mapped in a fresh map",
                               address.value);
        }
        program_begin(&program);
        for (unsigned i = 0; i < 8; i++) {
                uint32_t eip = i ? some_address() : CODE;
                program.registers[H_EIP] = eip;
                struct outcome outcome = program_run(&program, fresh, NULL, 0);
                if (outcome.first.kind != H_PAGE_FAULT ||
                    outcome.first.present || outcome.first.address.value != eip)
                        broken("user code at 0x%08x in a fresh map is ended by "
                               "vector %u",
                               eip, outcome.first.vector);
        }
        done(h_free_pagemap(fresh, &freed, 1, &count), "h_free_pagemap");
}
