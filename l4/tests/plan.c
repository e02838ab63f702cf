// SPDX-License-Identifier: MIT
// Which answers are right, and what is to be mapped then, is found from the facts of the
// model; how large entries are, and how many page-tables are left, from the machine; which
// pages of a space are one superpage, and whether any was made out of it, from the database.
//
// The contract is in plan.h.
#include "plan.h"

#include "run.h"

#include <l4/mapdb_nodes.h>

#define SET(result) (1u << (result))

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

// Has the receiver this superpage, but by pages?
static bool
is_in_pages(const struct plan *plan)
{
        const struct mapping *there = mapping_find(
                plan->piece.to, plan->piece.to_at, H_SUPERPAGE_LOG2);

        return plan->pages > 1 && there && there->broken &&
               there->frame == plan->frame;
}

static unsigned
expect_share(struct plan *plan)
{
        unsigned refused = expect_source(plan);
        const struct fact *to = &facts[plan->to];

        if (refused)
                return refused;
        if (is_in_pages(plan))
                return SET(MAP_IN_PAGES);
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

// Is it part of a superpage?
static bool
is_part(const struct plan *plan)
{
        return facts[plan->from].there &&
               mapping_at(plan->piece.from, plan->piece.at)->log2 >
                       plan->piece.log2;
}

// Has another superpage been made out of the one of which it is a page?
static bool
has_superpages(const struct plan *plan)
{
        const struct mapping *source =
                mapping_at(plan->piece.from, plan->piece.at);

        return source->children && source->children->log2 == H_SUPERPAGE_LOG2;
}

static unsigned
expect_grant(struct plan *plan)
{
        unsigned tables = machine_tables;
        unsigned refused = expect_source(plan);

        if (refused)
                return refused;
        if (facts[plan->to].there)
                return is_same(plan) && facts[plan->to].parent != plan->from
                               ? SET(MAP_OK)
                               : SET(MAP_OCCUPIED);
        if (!is_part(plan))
                return expect_room(plan, false, tables);

        bool whole = entry_log2(plan->from) > plan->piece.log2;
        if (is_full() || (whole && tables == 0))
                return SET(MAP_NO_MEMORY);
        if (has_children(plan->from))
                return SET(MAP_MADE_OUT);
        if ((whole || !plan->piece.alone) && has_superpages(plan))
                return SET(MAP_MADE_OUT);
        return expect_room(plan, false, whole ? tables - 1 : tables);
}

static void
note_grant(const struct plan *plan, bool part)
{
        if (facts[plan->to].there)
                return;
        if (plan->pages > 1) // a walk that takes all of it goes on to
                machine_unsplit[plan->to] |= machine_unsplit[plan->from];
        model_move(plan->to, plan->pages, plan->rights, plan->from, part);
}

static const char *const results[] = {
        [MAP_OK] = "ok",
        [MAP_NO_SOURCE] = "no source",
        [MAP_OCCUPIED] = "occupied",
        [MAP_MADE_OUT] = "made out",
        [MAP_IN_PAGES] = "in pages",
        [MAP_NO_MEMORY] = "no memory",
};

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

void
plan_one_page(struct plan *plan)
{
        plan->pages = 1;
        plan->piece.log2 = H_PAGE_LOG2;
}

enum map_result
plan_share(struct plan *plan)
{
        unsigned expected = expect_share(plan);
        enum map_result result = map_share(&plan->piece);

        compare(plan, result, expected);
        if (result == MAP_OK)
                note_share(plan);
        return result;
}

// A superpage is broken before it is said that something was made out of it; without room or a
// table it is not.
enum map_result
plan_replace(struct plan *plan)
{
        unsigned expected = expect_grant(plan);
        bool part = is_part(plan);
        unsigned before = entry_log2(plan->from);
        bool lacks = is_full() || machine_tables == 0;
        enum map_result result = map_replace(&plan->piece);

        compare(plan, result, expected);
        if (result == MAP_MADE_OUT && entry_log2(plan->from) != H_PAGE_LOG2)
                machine_stop("place %u is in a superpage still", plan->from);
        if (lacks && result != MAP_OK && entry_log2(plan->from) != before)
                machine_stop("place %u is not in a superpage any more",
                             plan->from);
        if (result == MAP_OK)
                note_grant(plan, part);
        return result;
}
