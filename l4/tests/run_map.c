// SPDX-License-Identifier: MIT
// Giving and sharing, and what is to be granted (run_item.c).
//
// The contract is in run.h.
#include "plan.h"
#include "run.h"

// What is in the way goes.
static enum map_result
share_with_room(struct plan *plan)
{
        enum map_result result = plan_share(plan);

        if (result == MAP_OCCUPIED && plan->from != NOBODY) {
                run_take(plan->to, plan->pages * H_PAGE_SIZE, H_R, true);
                result = plan_share(plan);
        }
        return result;
}

static void
share(const struct plan *plan)
{
        struct plan page = *plan;

        if (share_with_room(&page) != MAP_IN_PAGES)
                return;
        plan_one_page(&page);
        for (unsigned i = 0; i < plan->pages; i++) {
                share_with_room(&page);
                page.from++;
                page.to++;
                page.piece.at += H_PAGE_SIZE;
                page.piece.to_at += H_PAGE_SIZE;
        }
}

void
run_map(const struct operation *operation)
{
        const uint32_t *numbers = operation->numbers;
        bool large = numbers[0] % 2 == 0;
        struct plan plan = {
                .from = run_choose(numbers[1]),
                .to = numbers[2] % PLACES,
                .pages = large ? PAGES : 1,
        };

        if (numbers[3] % 4 != 0) // at the same place in a superpage
                plan.to += plan.from % PAGES - plan.to % PAGES;
        if (large) {
                plan.to -= plan.to % PAGES;
                plan.from -= plan.from % PAGES;
        }
        plan.piece = (struct map_piece){
                .from = &machine_spaces[place_space(plan.from)->number],
                .at = place_address(plan.from),
                .to = &machine_spaces[place_space(plan.to)->number],
                .to_at = place_address(plan.to),
                .log2 = large ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2,
                .rights = numbers[4] % 2 ? 7 : numbers[4] / 2 % 8,
        };
        if (operation->kind == GIVE) {
                plan.piece.from = NULL;
                plan.piece.at = machine_frame(numbers[5] % FRAMES) +
                                plan.from % PAGES * H_PAGE_SIZE;
                plan.from = NOBODY;
        }
        if (run_is_leaving(plan.piece.to) ||
            (plan.piece.from && run_is_leaving(plan.piece.from)))
                return;
        run_say("%s: %u of place %u (0x%08x) to place %u (0x%08x), rights %u",
                operation->kind == GRANT ? "grant" : "share", plan.pages,
                plan.from, plan.piece.at, plan.to, plan.piece.to_at,
                plan.piece.rights);
        if (operation->kind == GRANT)
                run_grant(&plan, numbers[5]);
        else
                share(&plan);
}
