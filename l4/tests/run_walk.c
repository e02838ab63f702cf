// SPDX-License-Identifier: MIT
// Walks, from the beginning to the end or in parts, and spaces that leave.
//
// The contract is in run.h.
#include "run.h"
#include "watch.h"

#include <string.h>

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
        watch_begin(&watched, place, first, last, rights, own);
        for (unsigned i = 0; i < PLACES; i++) {
                begins[i] = facts[i].there && watch_is_in_range(&watched, i);
                groups[i] = facts[i].group;
                if (begins[i]) {
                        if (!watch_is_below_range(&watched, i))
                                must |= facts[i].must;
                        may |= model_group_may(groups[i]);
                }
        }
        must &= ~watch_told_so_far();

        unsigned limit = 40 * PLACES + 4 * H_SUPERPAGE_SIZE / H_PAGE_SIZE;
        struct watched before = watched;
        while (map_walk_step(&watched.walk)) {
                watch_note_step(&before);
                if (++steps > limit)
                        machine_stop("a walk does not end");
        }
        watch_note_step(&before);
        watch_check_end(&before);
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
        struct watched *watched = &watches_leaving[number];

        run_say("space %u leaves, %u steps", number, steps);
        if (!watched->space)
                *watched = (struct watched){
                        .space = &machine_spaces[number],
                        .last = UINT32_MAX,
                        .rights = H_R | H_W | H_X,
                        .own = true,
                        .since = model_now,
                };
        run_end_items(&machine_spaces[number]);
        for (unsigned i = 0; i < WALKS; i++)
                if (watches[i].space == watched->space) {
                        watch_forget_told(watches[i].walk.used);
                        run_unsettle(&watches[i]);
                }
        while (steps-- > 0) {
                bool more = mapdb_leave(&machine_spaces[number]);
                watch_note_step(watched);
                if (!more) {
                        watch_check_end(watched);
                        if (machine_spaces[number].mappings)
                                machine_stop("a space has left, and has "
                                             "something");
                        watched->space = NULL;
                        break;
                }
        }
        for (unsigned i = 0; i < WALKS; i++)
                if (watches[i].space == &machine_spaces[number]) {
                        if (map_walk_step(&watches[i].walk))
                                machine_stop("a walk goes on in a space that "
                                             "leaves");
                        watches[i].space = NULL;
                }
        watch_forget_told(machine_spaces[number].leaving.used);
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
                watch_begin(watched, place, first, last, rights, own);
        else
                walk_over(place, first, last, rights, own);
}

void
run_walk(const struct operation *operation)
{
        struct watched *watched = &watches[operation->numbers[0] % WALKS];

        if (operation->kind == TAKE) {
                run_range(operation, NULL);
        } else if (operation->kind == LEAVE) {
                run_leave(operation);
        } else if (operation->kind == BEGIN) {
                if (!watched->space)
                        run_range(operation, watched);
        } else if (watched->space && operation->kind == END) {
                run_say("walk %u is broken off", operation->numbers[0] % WALKS);
                run_unsettle(watched);
                watch_end(watched);
        } else if (watched->space) {
                unsigned steps = 1 + operation->numbers[1] % 12;
                run_say("walk %u: %u steps", operation->numbers[0] % WALKS,
                        steps);
                while (steps-- > 0 && watch_step(watched))
                        ;
        }
}
