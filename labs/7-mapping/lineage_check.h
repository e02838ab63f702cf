// SPDX-License-Identifier: MIT
// Is everything where the model of lineage.h has it?
#ifndef LAB7_LINEAGE_CHECK_H
#define LAB7_LINEAGE_CHECK_H

#include "lineage.h"

static inline void
check_spot(struct spot at)
{
        const struct space *space = lineage.spaces[at.space];
        uint32_t address = spot_address(at);
        struct place is = place_at(space, address);
        const struct held *due = held_at(at);

        if (!due->line) {
                if (page_at(space, address).rights != 0)
                        fail(STEP "space %u has something at 0x%08x, and "
                                  "nothing is due there",
                             OF_STEP, space->number, address);
                return;
        }
        if (!is.mapping)
                fail(STEP "space %u is to have memory at 0x%08x, and the "
                          "page-table or the database says that it has none",
                     OF_STEP, space->number, address);
        expect_hex(frame_at(at), is.page.frame,
                   STEP "the memory of space %u at 0x%08x", OF_STEP,
                   space->number, address);
        expect_number(due->rights, is.page.rights,
                      STEP "the rights of space %u at 0x%08x (1 X, 2 W, 4 R)",
                      OF_STEP, space->number, address);
        expect_bool(in_one_entry(due->line), is.page.log2 == H_SUPERPAGE_LOG2,
                    STEP "a superpage is one entry at 0x%08x of space %u",
                    OF_STEP, address, space->number);
        const struct line *parent = due->line->parent;
        const struct mapping *found = is.mapping->parent;
        if (!parent != !found ||
            (parent &&
             (found->space != lineage.spaces[parent->space] ||
              found->address != parent->address ||
              found->log2 != (parent->large ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2))))
                fail(STEP "the mapping of space %u at 0x%08x has another "
                          "parent than is due",
                     OF_STEP, space->number, address);
}

static inline void
check_window(struct spot at)
{
        for (at.sample = 0; at.sample < SAMPLES; at.sample++)
                check_spot(at);
}

// The places that the step is about, and the next page of each; all of them from time to
// time.
static inline void
lineage_check(void)
{
        struct spot from = lineage.from, to = lineage.to;

        check_spot(from);
        check_spot(to);
        from.sample = (from.sample + 1) % SAMPLES;
        to.sample = (to.sample + 1) % SAMPLES;
        check_spot(from);
        check_spot(to);
        if (lineage.number % 16 != 0)
                return;
        for (unsigned i = 0; i < SPACES; i++)
                for (unsigned j = 0; j < WINDOWS; j++)
                        check_window((struct spot){ i, j, 0 });
        forest_check_links("from time to time");
}

#endif
