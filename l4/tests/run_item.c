// SPDX-License-Identifier: MIT
// Grants, as a grant item does them (../map_item.c): what stands in the way is walked over,
// step by step, and then it is tried again. Between two steps anything may happen.
//
//              more rights          made out            occupied
//             .----------.         .--------.         .---------.
//             v          |         v        |         v         |
//     walk: sender,   map_replace  walk: what     walk: what the
//     fewer rights     |       |   hangs on it    receiver has
//                      v       v   then `alone`
//                     ok    refused
//
// The contract is in run.h.
#include "plan.h"
#include "run.h"
#include "watch.h"

#include <l4/pages.h>
#include <string.h>

struct item {
        struct plan plan;
        bool under_way;
        bool alone;
};

static struct item items[ITEMS];

void
run_begin_items(void)
{
        memset(items, 0, sizeof(items));
}

static struct watched *
watched_of(const struct item *item)
{
        return &watches[WALKS + (item - items)];
}

static void
clear(const struct item *item, unsigned place, unsigned rights, bool own)
{
        uint32_t first = place_address(place);
        uint32_t bytes = item->plan.pages * H_PAGE_SIZE;

        run_say("  walk begins: space %u, 0x%08x, 0x%x bytes, rights %u%s",
                place_space(place)->number, first, bytes, rights,
                own ? ", own" : "");
        watch_begin(watched_of(item), place, first, first + (bytes - 1), rights,
                    own);
}

// For what the kernel keeps there is no way.
static bool
any_kernels(unsigned place, unsigned pages)
{
        for (unsigned i = 0; i < pages; i++)
                if (facts[place + i].kernels)
                        return true;
        return false;
}

// Between two walks. False: it is done, or cannot be done.
static bool
try(struct item *item)
{
        struct plan *plan = &item->plan;
        unsigned log2 = map_log2(plan->piece.from, plan->piece.at);
        unsigned more = page_at(plan->piece.from, plan->piece.at).rights &
                        ~plan->piece.rights;

        plan->piece.alone = item->alone && !watched_of(item)->walk.lost;
        item->alone = false;
        if (log2 == 0 || any_kernels(plan->to, plan->pages))
                return false;
        if (log2 < plan->piece.log2)
                plan_one_page(plan);
        if (more != 0) {
                clear(item, plan->from, more, true);
                return true;
        }
        switch (plan_replace(plan)) {
        case MAP_MADE_OUT:
                clear(item, plan->from, H_R, false);
                item->alone = true;
                return true;
        case MAP_OCCUPIED:
                clear(item, plan->to, H_R, true);
                return true;
        default:
                return false;
        }
}

static void
step(struct item *item)
{
        if (watched_of(item)->space && watch_step(watched_of(item)))
                return;
        item->under_way = try(item);
}

static void
steps(struct item *item, uint32_t number)
{
        bool all = number % 2 == 0;
        unsigned count = all ? 100 * PLACES : 1 + number / 2 % 12;

        while (count-- > 0 && item->under_way)
                step(item);
        if (all && item->under_way)
                machine_stop("a grant does not end");
}

void
run_grant(const struct plan *plan, uint32_t number)
{
        struct item *item = &items[number % ITEMS];

        if (item->under_way || plan->piece.rights == 0)
                return;
        *item = (struct item){ .plan = *plan, .under_way = true };
        item->plan.piece.rights |= H_R;
        steps(item, number / ITEMS);
}

void
run_item(const struct operation *operation)
{
        struct item *item = &items[operation->numbers[0] % ITEMS];

        if (!item->under_way)
                return;
        run_say("grant to place %u goes on", item->plan.to);
        steps(item, operation->numbers[1]);
}

void
run_end_items(const struct space *space)
{
        for (unsigned i = 0; i < ITEMS; i++) {
                struct item *item = &items[i];
                if (!item->under_way || (item->plan.piece.from != space &&
                                         item->plan.piece.to != space))
                        continue;
                item->under_way = false;
                run_unsettle(watched_of(item));
                watch_end(watched_of(item));
        }
}
