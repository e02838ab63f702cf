// SPDX-License-Identifier: MIT
// Address spaces to try laws with, and what has been asked for in them. The
// contracts are in laws.h.
#include "laws.h"

struct space spaces[SPACES];

static const uint32_t groups[GROUPS] = { 0x00000000,
                                         0x10400000 - FRAMES *H_PAGE_SIZE,
                                         0x10400000,
                                         H_KERNEL_SPACE - FRAMES *H_PAGE_SIZE };

#define FREED_MOST 16

static struct h_region freed[FREED_MOST];

struct h_vfpage
pages_at(uint32_t address, unsigned log2_size)
{
        return h_vfpage((struct h_vaddr){ address }, log2_size);
}

uint32_t
place_address(unsigned place)
{
        if (place >= SMALL_PLACES)
                return LARGE + frame_offset(place - SMALL_PLACES);
        return groups[place / FRAMES] + place % FRAMES * H_PAGE_SIZE;
}

static bool
is_mapped(const struct space *space, unsigned place)
{
        return space->at[place].frame != NO_FRAME;
}

static void
note(struct space *space, unsigned place, int frame, unsigned rights)
{
        if (rights & H_W)
                rights |= H_R;
        space->at[place] = (struct place){ frame, rights };
}

static void
map(struct space *space, struct h_vfpage pages, struct h_region region,
    unsigned rights)
{
        const struct h_pagemap_page table = supply_table();
        bool used;

        done(h_add_mapping(&table, space->map, pages, region, rights, &used),
             "h_add_mapping");
}

static void
unmap(const struct space *space, struct h_vfpage pages)
{
        size_t count;

        done(h_remove_mapping(space->map, pages, freed, FREED_MOST, &count),
             "h_remove_mapping");
}

#define ALL_FRAMES ((1u << FRAMES) - 1)

// Which frames a space may show, and which of them it may show writable.
static void
choose_frames(struct space *space)
{
        space->shown = ALL_FRAMES;
        space->writable = ALL_FRAMES;
        if (random_below(4) > 0)
                space->writable = random_word() & ALL_FRAMES;
        if (random_below(2) > 0)
                space->shown = random_word() & ALL_FRAMES;
}

void
space_create(struct space *space)
{
        done(h_alloc_pagemap(supply_table(), &space->map), "h_alloc_pagemap");
        for (unsigned i = 0; i < PLACES; i++)
                note(space, i, NO_FRAME, 0);
        choose_frames(space);
        map(space, pages_at(CODE, H_PAGE_LOG2), code_region(), H_R | H_X);
}

void
space_destroy(struct space *space)
{
        size_t count;

        done(h_free_pagemap(space->map, freed, FREED_MOST, &count),
             "h_free_pagemap");
}

void
spaces_create(void)
{
        for (unsigned i = 0; i < SPACES; i++)
                space_create(&spaces[i]);
}

void
spaces_destroy(void)
{
        for (unsigned i = 0; i < SPACES; i++)
                space_destroy(&spaces[i]);
}

// Rights that allow something to these frames; H_X alone is as good as H_R.
static unsigned
random_rights(const struct space *space, unsigned shown)
{
        unsigned rights = 1 + random_below(7);

        if ((shown & ~space->writable) != 0)
                rights &= ~H_W;
        return rights ? rights : H_R;
}

static unsigned
frames_of(unsigned first, unsigned log2_count)
{
        return ((1u << (1u << log2_count)) - 1) << first;
}

// A row of places in a group, 1, 2 or 4 of them, aligned as a flexpage has to be.
struct row {
        unsigned first;
        unsigned log2_count;
};

static struct row
random_row(void)
{
        unsigned log2_count = random_below(FRAMES_LOG2);
        unsigned rows = SMALL_PLACES >> log2_count;

        return (struct row){ random_below(rows) << log2_count, log2_count };
}

static unsigned
mapped_in(const struct space *space, struct row row)
{
        unsigned mapped = 0;

        for (unsigned i = 0; i < 1u << row.log2_count; i++)
                mapped += is_mapped(space, row.first + i);
        return mapped;
}

static struct h_vfpage
pages_of(struct row row)
{
        return pages_at(place_address(row.first), H_PAGE_LOG2 + row.log2_count);
}

static void
add_row(struct space *space, struct row row)
{
        unsigned first = random_below(FRAMES >> row.log2_count)
                         << row.log2_count;
        unsigned shown = frames_of(first, row.log2_count);
        unsigned rights = random_rights(space, shown);

        if ((shown & ~space->shown) != 0)
                return;
        map(space, pages_of(row), frames(first, H_PAGE_LOG2 + row.log2_count),
            rights);
        for (unsigned i = 0; i < 1u << row.log2_count; i++)
                note(space, row.first + i, (int)(first + i), rights);
}

static void
modify_row(struct space *space, struct row row)
{
        unsigned shown = 0;
        for (unsigned i = 0; i < 1u << row.log2_count; i++)
                shown |= 1u << space->at[row.first + i].frame;
        unsigned rights = random_rights(space, shown);

        done(h_modify_mapping(space->map, pages_of(row), rights),
             "h_modify_mapping");
        for (unsigned i = 0; i < 1u << row.log2_count; i++)
                note(space, row.first + i, space->at[row.first + i].frame,
                     rights);
}

static void
remove_row(struct space *space, struct row row)
{
        unmap(space, pages_of(row));
        for (unsigned i = 0; i < 1u << row.log2_count; i++)
                note(space, row.first + i, NO_FRAME, 0);
}

static void
change_large(struct space *space)
{
        const struct h_vfpage pages = pages_at(LARGE, H_SUPERPAGE_LOG2);
        const struct h_vaddr address = { LARGE };
        bool mapped = is_mapped(space, SMALL_PLACES);
        unsigned rights = random_rights(space, ALL_FRAMES);
        unsigned choice = random_below(4);

        if (!mapped && space->shown != ALL_FRAMES)
                return;
        if (!mapped) {
                map(space, pages, all_memory(), rights);
        } else if (choice == 0) {
                // It may be split already.
                if (h_split_superpage(space->map, address, supply_table()) ==
                    H_OK)
                        return;
                unmap(space, pages);
                rights = 0;
        } else if (choice < 3) {
                unmap(space, pages);
                rights = 0;
        } else {
                done(h_modify_mapping(space->map, pages, rights),
                     "h_modify_mapping");
        }
        for (unsigned i = 0; i < FRAMES; i++)
                note(space, SMALL_PLACES + i, rights ? (int)i : NO_FRAME,
                     rights);
}

void
space_change(struct space *space)
{
        struct row row = random_row();
        unsigned mapped = mapped_in(space, row);

        space->changed = row.first;
        if (random_below(8) == 0)
                change_large(space);
        else if (mapped == 0)
                add_row(space, row);
        else if (mapped == 1u << row.log2_count && random_below(2) == 0)
                modify_row(space, row);
        else
                remove_row(space, row);
}

void
space_forget(struct space *space, unsigned frame)
{
        for (unsigned i = 0; i < SMALL_PLACES; i++)
                if (space->at[i].frame == (int)frame)
                        remove_row(space, (struct row){ i, 0 });
}

void
space_touch(const struct space *space)
{
        static struct program program;

        program_begin(&program);
        for (unsigned i = 0; i < PLACES; i++)
                if (is_mapped(space, i))
                        emit_touch(&program, place_address(i),
                                   (space->at[i].rights & H_W) != 0);
        program_end(&program);
        program_run(&program, space->map, NULL, 0);
}

void
space_populate(struct space *space)
{
        for (unsigned i = 0; i < 16; i++)
                space_change(space);
        space_touch(space);
        for (unsigned i = 0; i < 6; i++)
                space_change(space);
}

bool
space_reaches(const struct space *space, unsigned frame, unsigned right)
{
        // There is none that allows executing and not reading.
        if (right != H_W)
                right = H_R | H_W | H_X;
        for (unsigned i = 0; i < PLACES; i++)
                if (space->at[i].frame == (int)frame &&
                    (space->at[i].rights & right) != 0)
                        return true;
        return false;
}
