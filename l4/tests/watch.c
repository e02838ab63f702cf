// SPDX-License-Identifier: MIT
// The contracts are in watch.h and run.h.
#include "watch.h"

#include "run.h"

#include <l4/pages.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct watched watches[WALKS + ITEMS];
struct watched watches_leaving[SPACES];
static bool unsettled;

void
run_begin_walks(void)
{
        memset(watches, 0, sizeof(watches));
        memset(watches_leaving, 0, sizeof(watches_leaving));
        unsettled = false;
}

static bool
restricts(const struct watched *watched)
{
        return watched->space && !(watched->rights & H_R);
}

bool
run_is_settled(void)
{
        bool any = false;

        for (size_t i = 0; i < COUNT(watches); i++) {
                any |= restricts(&watches[i]);
                unsettled |= restricts(&watches[i]) && watches[i].walk.lost;
        }
        return !unsettled && !any;
}

void
run_unsettle(const struct watched *watched)
{
        unsettled |= restricts(watched);
}

bool
run_any_walk(void)
{
        for (size_t i = 0; i < COUNT(watches); i++)
                if (watches[i].space)
                        return true;
        for (unsigned i = 0; i < SPACES; i++)
                if (watches_leaving[i].space)
                        return true;
        return false;
}

bool
run_is_leaving(const struct space *space)
{
        return watches_leaving[space->number].space != NULL;
}

bool
watch_is_in_range(const struct watched *watched, unsigned place)
{
        return place_space(place) == watched->space &&
               place_address(place) >= watched->first &&
               place_address(place) <= watched->last;
}

// A space may have memory out of its own memory. A walk over both may come by the one on its
// way from the other, and then does not ask what it has to tell.
bool
watch_is_below_range(const struct watched *watched, unsigned place)
{
        while ((place = facts[place].parent) != NOBODY)
                if (watch_is_in_range(watched, place))
                        return true;
        return false;
}

// Is a place in what the walk may take away? With `older` only if nothing happened there
// since it began.
static bool
is_taken(const struct watched *watched, unsigned place, bool older)
{
        bool own = watched->own;

        for (unsigned at = place; at != NOBODY; at = facts[at].parent) {
                if (older && facts[at].since >= watched->since)
                        return false;
                if (own && watch_is_in_range(watched, at))
                        return true;
                // The rest of a superpage, where there was no page-table.
                if (!older && machine_unsplit[at - at % PAGES])
                        return true;
                own = true;
        }
        return false;
}

static void
note_less(const struct watched *watched, unsigned place, unsigned rights)
{
        unsigned lost = facts[place].rights & ~rights;

        if (rights & ~facts[place].rights)
                machine_stop("a walk gave rights to place %u", place);
        if (!is_taken(watched, place, false))
                machine_stop("a walk took something from place %u, which is "
                             "not below its range",
                             place);
        if (!(watched->rights & H_R) && lost & ~watched->rights)
                machine_stop("a walk took rights %u from place %u", lost,
                             place);
}

// What a step has done.
void
watch_note_step(const struct watched *watched)
{
        static unsigned rights[PLACES];

        for (unsigned i = 0; i < PLACES; i++) {
                rights[i] = page_at(place_space(i), place_address(i)).rights;
                if (facts[i].there && rights[i] != facts[i].rights)
                        note_less(watched, i, rights[i]);
        }
        for (unsigned i = 0; i < PLACES; i++) {
                if (!facts[i].there)
                        continue;
                facts[i].rights = rights[i];
                if (rights[i] == 0)
                        model_remove(i);
        }
}

void
watch_check_end(const struct watched *watched)
{
        for (unsigned i = 0; i < PLACES; i++) {
                if (!facts[i].there || !is_taken(watched, i, true))
                        continue;
                if (facts[i].rights & watched->rights || watched->rights & H_R)
                        machine_stop("the walk is over, but place %u still has "
                                     "rights %u",
                                     i, facts[i].rights);
        }
}

void
watch_begin(struct watched *watched, unsigned place, uint32_t first,
            uint32_t last, unsigned rights, bool own)
{
        struct space *space = &machine_spaces[place_space(place)->number];

        model_now++; // what was there before may be as old as that
        *watched = (struct watched){
                .space = space,
                .first = first,
                .last = last,
                .rights = rights,
                .own = own,
                .since = model_now,
        };
        map_walk_begin(&watched->walk, space, first, last, rights, own);
}

// Nobody has been told anything about these bits any more.
void
watch_forget_told(unsigned used)
{
        for (unsigned i = 0; i < PLACES; i++)
                facts[i].must &= ~used;
}

void
watch_end(struct watched *watched)
{
        map_walk_end(&watched->walk);
        watch_forget_told(watched->walk.used);
        watched->space = NULL;
}

bool
watch_step(struct watched *watched)
{
        bool more = map_walk_step(&watched->walk);

        watch_note_step(watched);
        if (!more) {
                watch_check_end(watched);
                watch_end(watched);
        }
        return more;
}

// What walks under way have been told already.
unsigned
watch_told_so_far(void)
{
        unsigned used = 0;

        for (size_t i = 0; i < COUNT(watches); i++)
                if (watches[i].space)
                        used |= watches[i].walk.used;
        for (unsigned i = 0; i < SPACES; i++)
                used |= machine_spaces[i].leaving.used;
        return used;
}
