// SPDX-License-Identifier: MIT
// Granting (7.4) at random, each step compared with a list of who has what from whom.
#include "lineage_check.h"

#define STEPS 80u

// The line is elsewhere, with all that was made out of it.
static void
due_move(struct line *line, bool large, unsigned rights)
{
        struct spot from = lineage.from, to = lineage.to;

        line->space = to.space;
        line->address = spot_address(to);
        if (!large) {
                held_at(from)->line = NULL;
                *held_at(to) = (struct held){ line, rights };
                return;
        }
        lineage.large[from.space][from.window] = NULL;
        lineage.large[to.space][to.window] = line;
        for (unsigned i = 0; i < SAMPLES; i++) {
                from.sample = to.sample = i;
                held_at(from)->line = NULL;
                *held_at(to) = (struct held){ line, rights };
        }
}

// There is something at the receiver's place already.
static enum map_result
due_already(const struct line *source, uint32_t frame, bool large)
{
        const struct line *there = held_at(lineage.to)->line;
        bool same = frame_at(lineage.to) == frame &&
                    (!large || in_one_entry(there));

        return same && there->parent != source ? MAP_OK : MAP_OCCUPIED;
}

static enum map_result
due_grant(bool large, bool alone)
{
        struct line *source = held_at(lineage.from)->line;

        if (!source || (large && !in_one_entry(source)))
                return MAP_NO_SOURCE;
        unsigned rights =
                with_reading(lineage.rights & held_at(lineage.from)->rights);
        if (rights == 0)
                return MAP_NO_SOURCE;
        uint32_t frame = frame_at(lineage.from);
        if (held_at(lineage.to)->line)
                return due_already(source, frame, large);
        if (large && !window_is_empty(lineage.to))
                return MAP_OCCUPIED;
        if (large == source->large) {
                due_move(source, large, rights);
                return MAP_OK;
        }
        bool believed = alone && source->broken;
        source->broken = true;
        if (has_children(source, frame, false, !believed))
                return MAP_MADE_OUT;
        held_at(lineage.from)->line = NULL;
        line_begin(lineage.to, frame, false, rights, source->parent);
        return MAP_OK;
}

// Something is made out of what is there, where there is room.
static void
put_child(void)
{
        struct spot from = random_spot(), to = random_spot();
        const struct held *held = held_at(from);
        bool large = held->line && held->line->large && random_below(4) == 0;

        if (large) {
                from.sample = to.sample = 0;
                to.window %= WINDOWS - 1;
        }
        if (!held->line || (large && !in_one_entry(held->line)) ||
            (large ? !window_is_empty(to) : held_at(to)->line != NULL))
                return;
        lineage_put(to, frame_at(from), large, H_R, held->line);
}

// What a walk would have found to take away is still there: then nobody says alone.
static bool
may_be_alone(void)
{
        const struct line *source = held_at(lineage.from)->line;

        return source && source->large &&
               !has_children(source, frame_at(lineage.from), false, false);
}

TEST(granting_at_random)
{
        uint32_t granted = 0;

        lineage_begin();
        for (lineage.number = 1; lineage.number <= STEPS; lineage.number++) {
                put_child();
                bool large = random_piece();
                lineage.what =
                        large ? "a superpage is granted" : "a page is granted";
                struct map_piece piece = piece_of(
                        lineage.spaces[lineage.from.space],
                        spot_address(lineage.from),
                        lineage.spaces[lineage.to.space],
                        spot_address(lineage.to),
                        large ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2, lineage.rights);
                piece.alone = may_be_alone() && random_below(2);
                enum map_result found = map_replace(&piece);
                enum map_result due = due_grant(large, piece.alone);
                if (due != found)
                        fail_values(map_result_name(due),
                                    map_result_name(found), STEP "the result",
                                    OF_STEP);
                granted += due == MAP_OK;
                lineage_check();
                if (random_below(4) == 0)
                        lineage_lose(random_spot());
        }
        expect_bool(true, granted > STEPS / 8, "something has been granted");
}
