// SPDX-License-Identifier: MIT
// Walks. What a step does is looked for in the page-tables: it may take away what hangs on
// the range, and nothing else; and when the walk is over nothing of that may be left, but for
// what was mapped, moved or given rights meanwhile.
//
// The contract is in run.h.
#include "run.h"

#include <l4/pages.h>
#include <string.h>

#define WALKS 3u

struct watched {
        struct map_walk walk;
        const struct space *space; // null: it is not under way
        uint32_t first, last;
        unsigned rights;
        bool own;
        unsigned since;
};

static struct watched walks[WALKS];
static struct watched leaving[SPACES]; // mapdb_leave
static bool unsettled;

void
run_begin_walks(void)
{
        memset(walks, 0, sizeof(walks));
        memset(leaving, 0, sizeof(leaving));
        unsettled = false;
}

static bool
any_restricts(void)
{
        for (unsigned i = 0; i < WALKS; i++)
                if (walks[i].space && !(walks[i].rights & H_R))
                        return true;
        return false;
}

bool
run_is_settled(void)
{
        return !unsettled && !any_restricts();
}

void
run_unsettle(void)
{
        unsettled |= any_restricts();
}

bool
run_any_walk(void)
{
        for (unsigned i = 0; i < WALKS; i++)
                if (walks[i].space)
                        return true;
        for (unsigned i = 0; i < SPACES; i++)
                if (leaving[i].space)
                        return true;
        return false;
}

bool
run_is_leaving(const struct space *space)
{
        return leaving[space->number].space != NULL;
}

static bool
in_range(const struct watched *watched, unsigned place)
{
        return place_space(place) == watched->space &&
               place_address(place) >= watched->first &&
               place_address(place) <= watched->last;
}

// A space may have memory out of its own memory. A walk over both may come by the one on its
// way from the other, and then does not ask what it has to tell.
static bool
is_below_range(const struct watched *watched, unsigned place)
{
        while ((place = facts[place].parent) != NOBODY)
                if (in_range(watched, place))
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
                if (own && in_range(watched, at))
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
static void
note_step(const struct watched *watched)
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

static void
check_end(const struct watched *watched)
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

static void
begin(struct watched *watched, unsigned place, uint32_t first, uint32_t last,
      unsigned rights, bool own)
{
        struct space *space = &machine_spaces[place_space(place)->number];

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
static void
forget_told(unsigned used)
{
        for (unsigned i = 0; i < PLACES; i++)
                facts[i].must &= ~used;
}

static void
end(struct watched *watched)
{
        map_walk_end(&watched->walk);
        forget_told(watched->walk.used);
        watched->space = NULL;
}

static bool
step(struct watched *watched)
{
        bool more = map_walk_step(&watched->walk);

        note_step(watched);
        if (!more) {
                check_end(watched);
                end(watched);
        }
        return more;
}

// What walks under way have been told already.
static unsigned
told_so_far(void)
{
        unsigned used = 0;

        for (unsigned i = 0; i < WALKS; i++)
                if (walks[i].space)
                        used |= walks[i].walk.used;
        for (unsigned i = 0; i < SPACES; i++)
                used |= machine_spaces[i].leaving.used;
        return used;
}

static unsigned
walk_over(unsigned place, uint32_t first, uint32_t last, unsigned rights,
          bool own)
{
        static struct watched watched;
        static unsigned groups[PLACES];
        static bool begins[PLACES];
        unsigned must = 0, may = 0, steps = 0;

        if (!run_any_walk())
                memset(machine_unsplit, 0, sizeof(machine_unsplit));
        model_now++; // what was there before may be as old as that
        begin(&watched, place, first, last, rights, own);
        for (unsigned i = 0; i < PLACES; i++) {
                begins[i] = facts[i].there && in_range(&watched, i);
                groups[i] = facts[i].group;
                if (begins[i]) {
                        if (!is_below_range(&watched, i))
                                must |= facts[i].must;
                        may |= model_group_may(groups[i]);
                }
        }
        must &= ~told_so_far();

        unsigned limit = 40 * PLACES + 4 * H_SUPERPAGE_SIZE / H_PAGE_SIZE;
        struct watched before = watched;
        while (map_walk_step(&watched.walk)) {
                note_step(&before);
                if (++steps > limit)
                        machine_stop("a walk does not end");
        }
        note_step(&before);
        check_end(&before);
        unsigned used = watched.walk.used;
        run_say("  %u steps, used: %u", steps, used);
        if ((used & must) != must || used & ~may)
                machine_stop("the walk told of use %u, expected at least %u, "
                             "at most %u",
                             used, must, may);
        for (unsigned i = 0; i < PLACES; i++)
                if (begins[i])
                        model_told(i, groups[i], used);
        return used;
}

unsigned
run_take(unsigned place, uint32_t bytes, unsigned rights, bool own)
{
        uint32_t first = place_address(place);

        run_say("  walk: space %u, 0x%08x, 0x%x bytes, rights %u%s",
                place_space(place)->number, first, bytes, rights,
                own ? ", own" : "");
        return walk_over(place, first, first + (bytes - 1), rights, own);
}

// A range around a place: most are flexpages, but the database takes any.
static void
choose_range(uint32_t number, unsigned place, uint32_t *first, uint32_t *last)
{
        static const unsigned log2s[] = {
                H_PAGE_LOG2,          H_PAGE_LOG2,
                H_PAGE_LOG2 + 1,      H_PAGE_LOG2 + 2,
                H_SUPERPAGE_LOG2,     H_SUPERPAGE_LOG2,
                H_SUPERPAGE_LOG2 + 1, 32,
        };
        unsigned log2 = log2s[number % 8];
        uint32_t size = log2 == 32 ? UINT32_MAX : (1u << log2) - 1;

        *first = log2 == 32 ? 0 : place_address(place) & ~size;
        if (number / 8 % 8 == 0)
                *first = place_address(place);
        *last = *first > UINT32_MAX - size ? UINT32_MAX : *first + size;
}

static void
run_leave(const struct operation *operation)
{
        unsigned number = operation->numbers[0] % SPACES;
        unsigned steps = operation->numbers[1] % 4 == 0
                                 ? UINT32_MAX
                                 : 1 + operation->numbers[2] % 16;
        struct watched *watched = &leaving[number];

        run_say("space %u leaves, %u steps", number, steps);
        if (!watched->space)
                *watched = (struct watched){
                        .space = &machine_spaces[number],
                        .last = UINT32_MAX,
                        .rights = H_R | H_W | H_X,
                        .own = true,
                        .since = model_now,
                };
        for (unsigned i = 0; i < WALKS; i++)
                if (walks[i].space == watched->space) {
                        forget_told(walks[i].walk.used);
                        run_unsettle();
                }
        while (steps-- > 0) {
                bool more = mapdb_leave(&machine_spaces[number]);
                note_step(watched);
                if (!more) {
                        check_end(watched);
                        if (machine_spaces[number].mappings)
                                machine_stop("a space has left, and has "
                                             "something");
                        watched->space = NULL;
                        break;
                }
        }
        for (unsigned i = 0; i < WALKS; i++)
                if (walks[i].space == &machine_spaces[number]) {
                        if (map_walk_step(&walks[i].walk))
                                machine_stop("a walk goes on in a space that "
                                             "leaves");
                        walks[i].space = NULL;
                }
        forget_told(machine_spaces[number].leaving.used);
}

static void
run_range(const struct operation *operation, struct watched *watched)
{
        const uint32_t *numbers = operation->numbers;
        unsigned place = run_choose(numbers[1]);
        unsigned rights = numbers[3] % 4 == 0 ? 7 : numbers[3] / 4 % 8;
        bool own = numbers[4] % 2;
        uint32_t first, last;

        if (run_is_leaving(place_space(place)))
                return;
        choose_range(numbers[2], place, &first, &last);
        run_say("walk%s: space %u, 0x%08x to 0x%08x, rights %u%s",
                watched ? " begins" : "", place_space(place)->number, first,
                last, rights, own ? ", own" : "");
        if (watched)
                begin(watched, place, first, last, rights, own);
        else
                walk_over(place, first, last, rights, own);
}

void
run_walk(const struct operation *operation)
{
        struct watched *watched = &walks[operation->numbers[0] % WALKS];

        if (operation->kind == TAKE) {
                run_range(operation, NULL);
        } else if (operation->kind == LEAVE) {
                run_leave(operation);
        } else if (operation->kind == BEGIN) {
                if (!watched->space)
                        run_range(operation, watched);
        } else if (watched->space && operation->kind == END) {
                run_say("walk %u is broken off", operation->numbers[0] % WALKS);
                run_unsettle();
                end(watched);
        } else if (watched->space) {
                unsigned steps = 1 + operation->numbers[1] % 12;
                run_say("walk %u: %u steps", operation->numbers[0] % WALKS,
                        steps);
                while (steps-- > 0 && step(watched))
                        ;
        }
}
