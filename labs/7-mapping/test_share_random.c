// SPDX-License-Identifier: MIT
// Sharing (7.3) at random, each step compared with a list of who has what from whom.
#include "lineage_check.h"

#define STEPS 80u

// The same memory is there already.
static void
due_again(struct line *source, unsigned rights, bool large)
{
        struct spot at = lineage.to;
        struct held *there = held_at(at);

        if (there->line->parent != source ||
            (there->rights | rights) == there->rights)
                return;
        if (large) {
                for (at.sample = 0; at.sample < SAMPLES; at.sample++)
                        held_at(at)->rights |= rights;
                return;
        }
        if (in_one_entry(there->line))
                there->line->broken = true;
        there->rights |= rights;
}

static enum map_result
due_share(bool large)
{
        const struct held *source = held_at(lineage.from);
        const struct held *there = held_at(lineage.to);
        const struct line *superpage =
                lineage.large[lineage.to.space][lineage.to.window];

        if (!source->line || (large && !in_one_entry(source->line)))
                return MAP_NO_SOURCE;
        unsigned rights = with_reading(lineage.rights & source->rights);
        if (rights == 0)
                return MAP_NO_SOURCE;

        uint32_t frame = frame_at(lineage.from);
        if (large && superpage && superpage->frame == frame) {
                if (superpage->broken)
                        return MAP_IN_PAGES;
        } else if (large ? !window_is_empty(lineage.to)
                         : there->line && frame_at(lineage.to) != frame) {
                return MAP_OCCUPIED;
        }
        if (there->line)
                due_again(source->line, rights, large);
        else
                line_begin(lineage.to, frame, large, rights, source->line);
        return MAP_OK;
}

TEST(sharing_at_random)
{
        uint32_t shared = 0;

        lineage_begin();
        for (lineage.number = 1; lineage.number <= STEPS; lineage.number++) {
                bool large = random_piece();
                lineage.what =
                        large ? "a superpage is shared" : "a page is shared";
                const struct map_piece piece = piece_of(
                        lineage.spaces[lineage.from.space],
                        spot_address(lineage.from),
                        lineage.spaces[lineage.to.space],
                        spot_address(lineage.to),
                        large ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2, lineage.rights);
                enum map_result found = map_share(&piece);
                enum map_result due = due_share(large);
                if (due != found)
                        fail_values(map_result_name(due),
                                    map_result_name(found), STEP "the result",
                                    OF_STEP);
                shared += due == MAP_OK;
                lineage_check();
                if (random_below(4) == 0)
                        lineage_lose(random_spot());
        }
        expect_bool(true, shared > STEPS / 8, "something has been shared");
}
