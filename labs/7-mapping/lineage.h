// SPDX-License-Identifier: MIT
// A model of who has what from whom, for random sharing and granting: three spaces with
// three windows of 4 MB each, and four pages of each window that are looked at. A line is
// what was mapped at once: a page, or a superpage, of which pages may have gone.
//
// No page of a superpage goes here that is not one of the four: so it has never lost all.
#ifndef LAB7_LINEAGE_H
#define LAB7_LINEAGE_H

#include "pieces.h"

#define SPACES 3u
#define WINDOWS 3u // in the last one there are pages only
#define SAMPLES 4u
#define LINES 64u
#define LINEAGE_FIRST 0x10000000u

struct line {
        bool there, large, broken;
        unsigned space;
        uint32_t address, frame;
        struct line *parent;
};

struct held {
        struct line *line; // null: nothing
        unsigned rights;
};

// A page, or where a superpage begins.
struct spot {
        unsigned space, window, sample;
};

static struct {
        struct space *spaces[SPACES];
        struct line lines[LINES];
        struct held held[SPACES][WINDOWS][SAMPLES];
        struct line *large[SPACES][WINDOWS]; // whatever is left of it

        // The step: what for messages.
        uint32_t number;
        const char *what;
        struct spot from, to;
        unsigned rights;
} lineage;

#define STEP "step %u (%s, space %u 0x%08x to space %u 0x%08x, rights %u): "
#define OF_STEP                                                                \
        lineage.number, lineage.what,                                          \
                lineage.spaces[lineage.from.space]->number,                    \
                spot_address(lineage.from),                                    \
                lineage.spaces[lineage.to.space]->number,                      \
                spot_address(lineage.to), lineage.rights

static inline uint32_t
sample_offset(unsigned sample)
{
        static const uint32_t pages[SAMPLES] = { 0, 1, 2, 1023 };

        return pages[sample] * H_PAGE_SIZE;
}

static inline uint32_t
spot_address(struct spot spot)
{
        return LINEAGE_FIRST + spot.window * H_SUPERPAGE_SIZE +
               sample_offset(spot.sample);
}

static inline struct held *
held_at(struct spot spot)
{
        return &lineage.held[spot.space][spot.window][spot.sample];
}

// The memory that is due there. Something is.
static inline uint32_t
frame_at(struct spot spot)
{
        const struct line *line = held_at(spot)->line;

        return line->frame + (line->large ? sample_offset(spot.sample) : 0);
}

static inline bool
in_one_entry(const struct line *line)
{
        return line->large && !line->broken;
}

// --- Changing the model ---------------------------------------------------------------

static inline struct line *
line_begin(struct spot at, uint32_t frame, bool large, unsigned rights,
           struct line *parent)
{
        unsigned i = 0;

        while (i < LINES - 1 && lineage.lines[i].there)
                i++;
        struct line *line = &lineage.lines[i];
        *line = (struct line){
                .there = true,
                .large = large,
                .space = at.space,
                .address = spot_address(at),
                .frame = frame,
                .parent = parent,
        };
        if (!large) {
                *held_at(at) = (struct held){ line, rights };
                return line;
        }
        lineage.large[at.space][at.window] = line;
        for (at.sample = 0; at.sample < SAMPLES; at.sample++)
                *held_at(at) = (struct held){ line, rights };
        return line;
}

static inline bool
window_is_empty(struct spot at)
{
        if (lineage.large[at.space][at.window])
                return false;
        for (at.sample = 0; at.sample < SAMPLES; at.sample++)
                if (held_at(at)->line)
                        return false;
        return true;
}

// Has something of this memory been made out of the line? By superpages only those that
// still have it count, unless `all`.
static inline bool
has_children(const struct line *line, uint32_t frame, bool large, bool all)
{
        for (unsigned i = 0; i < LINES; i++) {
                const struct line *child = &lineage.lines[i];
                if (!child->there || child->parent != line)
                        continue;
                if (large || (child->large && all) ||
                    (!child->large && child->frame == frame))
                        return true;
                unsigned window =
                        (child->address - LINEAGE_FIRST) / H_SUPERPAGE_SIZE;
                for (unsigned j = 0; child->large && j < SAMPLES; j++)
                        if (child->frame + sample_offset(j) == frame &&
                            lineage.held[child->space][window][j].line == child)
                                return true;
        }
        return false;
}

// --- The beginning, and steps ---------------------------------------------------------------

// Something new is there: of the kernel's, or, parent not null, out of that line.
static inline void
lineage_put(struct spot at, uint32_t frame, bool large, unsigned rights,
            struct line *parent)
{
        unsigned log2 = large ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2;
        struct mapping *above = NULL;

        if (parent)
                above = mapping_find(
                        lineage.spaces[parent->space], parent->address,
                        parent->large ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2);
        forest_put(lineage.spaces[at.space], spot_address(at), frame, log2,
                   rights, above);
        line_begin(at, frame, large, rights, parent);
}

static inline void
lineage_begin(void)
{
        forest_begin(1);
        for (unsigned i = 0; i < LINES; i++)
                lineage.lines[i].there = false;
        for (unsigned i = 0; i < SPACES; i++) {
                lineage.spaces[i] = forest_space();
                for (unsigned j = 0; j < WINDOWS; j++) {
                        lineage.large[i][j] = NULL;
                        for (unsigned k = 0; k < SAMPLES; k++)
                                lineage.held[i][j][k].line = NULL;
                }
        }
        lineage_put((struct spot){ 0, 0, 0 }, forest_superpage(0), true,
                    ALL_RIGHTS, NULL);
        lineage_put((struct spot){ 1, 1, 0 }, forest_superpage(0), true, H_R,
                    lineage.large[0][0]);
        lineage_put((struct spot){ 1, 2, 1 }, forest_page(1), false, H_R | H_W,
                    NULL);
        lineage_put((struct spot){ 2, 2, 2 }, forest_page(2), false, H_R, NULL);
}

static inline struct spot
random_spot(void)
{
        return (struct spot){ random_below(SPACES), random_below(WINDOWS),
                              random_below(SAMPLES) };
}

// Often the same memory is there already, if it is anywhere: whatever is left of it where
// it is a superpage.
static inline void
random_place(const struct line *line, bool large)
{
        lineage.to = random_spot();
        if (large) {
                lineage.to.sample = 0;
                lineage.to.window %= WINDOWS - 1;
        }
        if (!line || random_below(2) == 0)
                return;
        for (unsigned i = 0; i < 12; i++) {
                struct spot at = random_spot();
                const struct line *there =
                        large ? lineage.large[at.space][at.window]
                              : held_at(at)->line;
                if (large)
                        at.sample = 0;
                if (there && (large ? there->frame == line->frame
                                    : frame_at(at) == frame_at(lineage.from)))
                        lineage.to = at;
        }
}

// A page or superpage that is there, mostly, and a place for it. Returns whether it is a
// superpage.
static inline bool
random_piece(void)
{
        for (unsigned i = 0; i < 8; i++) {
                lineage.from = random_spot();
                if (held_at(lineage.from)->line)
                        break;
        }
        lineage.rights = random_below(ALL_RIGHTS + 1);
        const struct line *line = held_at(lineage.from)->line;
        bool large = line && line->large && random_below(3) == 0;
        if (large)
                lineage.from.sample = 0;
        random_place(line, large);
        return large;
}

// A page goes that nothing was made out of: so that there are places again, and gaps.
static inline void
lineage_lose(struct spot at)
{
        struct space *space = lineage.spaces[at.space];
        uint32_t address = spot_address(at);
        struct line *line = held_at(at)->line;

        if (!line || has_children(line, frame_at(at), false, true))
                return;
        struct mapping *mapping = mapping_at(space, address);
        if (in_one_entry(line)) {
                line->broken = true;
                mapping_split(mapping);
        }
        page_unmap(space, address, H_PAGE_LOG2);
        if (line->large) {
                mapping_lose(mapping, 1);
        } else {
                mapping_end(mapping);
                line->there = false;
        }
        held_at(at)->line = NULL;
}

#endif
