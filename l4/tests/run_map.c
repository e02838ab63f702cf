// SPDX-License-Identifier: MIT
// Giving, sharing and granting, compared with what is to be. Which answers are right, and
// what is to be mapped then, is found from the facts of the model; how large entries are, and
// how many page-tables are left, from the machine.
//
// The contract is in run.h.
#include "run.h"

#include <l4/pages.h>

#define SET(result) (1u << (result))

// A piece, as places.
struct plan {
        struct map_piece piece;
        unsigned from; // NOBODY: the kernel
        unsigned to;
        unsigned pages;
        uint32_t frame;
        unsigned rights; // that the receiver gets
};

static unsigned
entry_log2(unsigned place)
{
        return page_at(place_space(place), place_address(place)).log2;
}

static bool
is_full(void)
{
        return mapdb_used() == mapdb_room();
}

// Has memory been given away, if only a part?
static bool
has_owner(uint32_t frame, unsigned pages)
{
        for (unsigned i = 0; i < PLACES; i++)
                if (facts[i].there && facts[i].parent == NOBODY &&
                    facts[i].frame - frame < pages * H_PAGE_SIZE)
                        return true;
        return false;
}

static bool
has_children(unsigned place)
{
        for (unsigned i = 0; i < PLACES; i++)
                if (facts[i].there && facts[i].parent == place)
                        return true;
        return false;
}

static unsigned
given(unsigned rights)
{
        return rights != 0 ? rights | H_R : 0;
}

// What is wrong with the source: a set of answers, or none.
static unsigned
expect_source(struct plan *plan)
{
        const struct fact *from = &facts[plan->from];

        if (plan->from == NOBODY) {
                plan->frame = plan->piece.at;
                plan->rights = given(plan->piece.rights);
                if (plan->rights == 0)
                        return SET(MAP_NO_SOURCE);
                return has_owner(plan->frame, plan->pages) ? SET(MAP_OCCUPIED)
                                                           : 0;
        }
        if (!from->there || entry_log2(plan->from) < plan->piece.log2)
                return SET(MAP_NO_SOURCE);
        plan->frame = from->frame;
        plan->rights = given(plan->piece.rights & from->rights);
        return plan->rights == 0 ? SET(MAP_NO_SOURCE) : 0;
}

// Has the receiver just this memory already?
static bool
is_same(const struct plan *plan)
{
        return facts[plan->to].there && facts[plan->to].frame == plan->frame &&
               entry_log2(plan->to) >= plan->piece.log2;
}

// What is wrong with mapping where nothing of programs is, when so many page-tables are
// left.
static unsigned
expect_room(const struct plan *plan, bool takes_mapping, unsigned tables)
{
        bool full = takes_mapping && is_full();
        bool large = plan->pages > 1;

        if (large ? machine_any(plan->to) : facts[plan->to].kernels)
                return full ? SET(MAP_NO_MEMORY) : SET(MAP_OCCUPIED);
        if (full || (!large && machine_needs_table(plan->to) && tables == 0))
                return SET(MAP_NO_MEMORY);
        return SET(MAP_OK);
}

static unsigned
expect_share(struct plan *plan)
{
        unsigned refused = expect_source(plan);
        const struct fact *to = &facts[plan->to];

        if (refused)
                return refused;
        if (!to->there)
                return expect_room(plan, true, machine_tables);
        if (!is_same(plan))
                return SET(MAP_OCCUPIED);
        if (to->parent != plan->from || !(plan->rights & ~to->rights))
                return SET(MAP_OK);
        if (entry_log2(plan->to) > plan->piece.log2 && machine_tables == 0)
                return SET(MAP_NO_MEMORY);
        return SET(MAP_OK);
}

static void
note_share(const struct plan *plan)
{
        struct fact *to = &facts[plan->to];

        if (!to->there) {
                model_add(plan->to, plan->pages, plan->frame, plan->rights,
                          plan->from);
        } else if (to->parent == plan->from && plan->rights & ~to->rights) {
                for (unsigned i = 0; i < plan->pages; i++) {
                        to[i].rights |= plan->rights;
                        to[i].since = model_now;
                }
        }
}

static bool
is_part(const struct plan *plan)
{
        return mapping_at(plan->piece.from, plan->piece.at)->log2 >
               plan->piece.log2;
}

static unsigned
expect_grant(struct plan *plan)
{
        unsigned tables = machine_tables;
        unsigned also = 0;
        unsigned refused = expect_source(plan);

        if (refused)
                return refused;
        if (facts[plan->to].there)
                return is_same(plan) && facts[plan->to].parent != plan->from
                               ? SET(MAP_OK)
                               : SET(MAP_OCCUPIED);
        if (!is_part(plan))
                return expect_room(plan, false, tables);
        if (has_children(plan->from))
                return SET(MAP_MADE_OUT);
        if (!plan->piece.alone)
                also = SET(MAP_MADE_OUT);
        if (entry_log2(plan->from) > plan->piece.log2) {
                if (tables == 0)
                        return also | SET(MAP_NO_MEMORY);
                tables--;
        }
        return also | expect_room(plan, true, tables);
}

static void
note_grant(const struct plan *plan, bool part)
{
        if (facts[plan->to].there)
                return;
        run_unsettle();
        if (plan->pages > 1) // a walk that takes all of it goes on to
                machine_unsplit[plan->to] |= machine_unsplit[plan->from];
        model_move(plan->to, plan->pages, plan->rights, plan->from, part);
}

static const char *const results[] = { "ok", "no source", "occupied",
                                       "made out", "no memory" };

static void
compare(const struct plan *plan, enum map_result result, unsigned expected)
{
        run_say("  %s", results[result]);
        if (!(expected & SET(result)))
                machine_stop("place %u to place %u, %u pages: the answer is %u "
                             "(%s), expected was one of the set 0x%x",
                             plan->from, plan->to, plan->pages, result,
                             results[result], expected);
}

// What is in the way goes.
static void
clear_way(const struct plan *plan)
{
        run_take(plan->to, plan->pages * H_PAGE_SIZE, H_R, true);
}

static void
share(struct plan *plan)
{
        for (int times = 0; times < 2; times++) {
                unsigned expected = expect_share(plan);
                enum map_result result = map_share(&plan->piece);
                compare(plan, result, expected);
                if (result == MAP_OK)
                        note_share(plan);
                if (result != MAP_OCCUPIED || plan->from == NOBODY)
                        return;
                clear_way(plan);
        }
}

// What was made out of it may not have more rights than it will have.
static void
restrict_first(const struct plan *plan)
{
        unsigned away = (H_W | H_X) & ~plan->piece.rights;

        if (away)
                run_take(plan->from, plan->pages * H_PAGE_SIZE, away, true);
}

static void
grant(struct plan *plan)
{
        restrict_first(plan);
        for (int times = 0; times < 4; times++) {
                plan->piece.alone = false;
                unsigned expected = expect_grant(plan);
                bool part = expected & SET(MAP_OK) && is_part(plan);
                enum map_result result = map_replace(&plan->piece);
                compare(plan, result, expected);
                if (result == MAP_MADE_OUT) {
                        run_take(plan->from, plan->pages * H_PAGE_SIZE, H_R,
                                 false);
                        plan->piece.alone = true;
                        expected = expect_grant(plan);
                        part = expected & SET(MAP_OK) && is_part(plan);
                        result = map_replace(&plan->piece);
                        compare(plan, result, expected);
                }
                if (result == MAP_OK)
                        note_grant(plan, part);
                if (result != MAP_OCCUPIED)
                        return;
                clear_way(plan);
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
                grant(&plan);
        else
                share(&plan);
}
