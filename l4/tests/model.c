// SPDX-License-Identifier: MIT
// The contracts are in model.h.
#include "model.h"

#include <l4/pages.h>
#include <string.h>

#define GROUPS 65536u

struct fact facts[PLACES];
unsigned model_now;

static unsigned group_count;
static unsigned lost_may[GROUPS]; // of pages that have gone out of a group

void
model_begin(void)
{
        memset(facts, 0, sizeof(facts));
        memset(lost_may, 0, sizeof(lost_may));
        group_count = 0;
        model_now = 0;
}

static unsigned
new_group(void)
{
        if (group_count == GROUPS)
                machine_stop("the test has too few groups");
        return group_count++;
}

void
model_add(unsigned to, unsigned pages, uint32_t frame, unsigned rights,
          unsigned from)
{
        unsigned group = new_group();

        for (unsigned i = 0; i < pages; i++)
                facts[to + i] = (struct fact){
                        .there = true,
                        .frame = frame + i * H_PAGE_SIZE,
                        .rights = rights,
                        .parent = from == NOBODY ? NOBODY : from + i,
                        .group = group,
                        .since = model_now,
                };
}

void
model_move(unsigned to, unsigned pages, unsigned rights, unsigned from,
           bool part)
{
        for (unsigned i = 0; i < pages; i++) {
                struct fact *old = &facts[from + i];
                for (unsigned j = 0; j < PLACES; j++)
                        if (facts[j].there && facts[j].parent == from + i)
                                facts[j].parent = to + i;
                facts[to + i] = *old;
                facts[to + i].rights &= rights;
                facts[to + i].since = model_now;
                if (part) {
                        lost_may[old->group] |= old->may;
                        facts[to + i].group = new_group();
                        facts[to + i].must = facts[to + i].may = 0;
                }
                old->there = false;
        }
}

void
model_remove(unsigned place)
{
        lost_may[facts[place].group] |= facts[place].may;
        facts[place].there = false;
}

static void
note(unsigned place, unsigned used)
{
        for (; place != NOBODY; place = facts[place].parent) {
                facts[place].must |= used;
                facts[place].may |= used;
        }
}

void
model_touch(unsigned place, unsigned used)
{
        if (page_at(place_space(place), place_address(place)).log2 ==
            H_PAGE_LOG2) {
                note(place, used);
                return;
        }
        place -= place % PAGES;
        for (unsigned i = 0; i < PAGES; i++)
                note(place + i, used);
}

bool
model_is_below(unsigned place, unsigned above)
{
        while (place != NOBODY && place != above)
                place = facts[place].parent;
        return place == above;
}

unsigned
model_group_may(unsigned group)
{
        unsigned may = lost_may[group];

        for (unsigned i = 0; i < PLACES; i++)
                if (facts[i].there && facts[i].group == group)
                        may |= facts[i].may;
        return may;
}

void
model_told(unsigned place, unsigned group, unsigned used)
{
        for (unsigned i = 0; i < PLACES; i++)
                if (facts[i].there && facts[i].group == group)
                        facts[i].must &= ~used;
        if (facts[place].there && facts[place].group == group)
                facts[place].must = facts[place].may = 0;
        lost_may[group] = 0;
}

static void
check_edge(unsigned place, bool settled)
{
        const struct fact *fact = &facts[place];

        if (fact->parent == NOBODY)
                return;
        const struct fact *parent = &facts[fact->parent];
        if (!parent->there || parent->frame != fact->frame)
                machine_stop("place %u is out of place %u, which has not got "
                             "it",
                             place, fact->parent);
        if (settled && fact->rights & ~parent->rights)
                machine_stop("place %u has rights %u, but is out of place %u, "
                             "which has %u",
                             place, fact->rights, fact->parent, parent->rights);
}

// What the database says of a place.
static void
check_found(unsigned place)
{
        const struct mapping *mapping =
                mapping_at(place_space(place), place_address(place));
        const struct fact *fact = &facts[place];

        if ((mapping != NULL) != fact->there)
                machine_stop("place %u: the database finds %s", place,
                             mapping ? "something" : "nothing");
        if (!mapping)
                return;
        const struct mapping *parent = mapping->parent;
        unsigned expected =
                parent ? place_of(parent->space,
                                  parent->address + fact->frame - parent->frame)
                       : NOBODY;
        if (expected != fact->parent)
                machine_stop("place %u is out of place %u, says the database, "
                             "and not out of place %u",
                             place, expected, fact->parent);
}

void
model_compare(bool settled)
{
        for (unsigned i = 0; i < PLACES; i++) {
                struct page page = page_at(place_space(i), place_address(i));
                unsigned rights = facts[i].there ? facts[i].rights : 0;
                if (facts[i].kernels) {
                        if (page.frame != KERNELS_FRAME)
                                machine_stop("place %u: the kernel's own page "
                                             "is gone",
                                             i);
                        continue;
                }
                if (page.rights != rights)
                        machine_stop("place %u (space %u, 0x%08x): rights %u, "
                                     "but expected %u",
                                     i, place_space(i)->number,
                                     place_address(i), page.rights, rights);
                if (rights != 0 && page.frame != facts[i].frame)
                        machine_stop("place %u: memory 0x%08x, but expected "
                                     "0x%08x",
                                     i, page.frame, facts[i].frame);
                check_found(i);
                if (facts[i].there)
                        check_edge(i, settled);
        }
}
