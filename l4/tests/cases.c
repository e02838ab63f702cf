// SPDX-License-Identifier: MIT
// The contracts are in cases.h.
#include "cases.h"

#include <l4/mapdb_nodes.h>

unsigned steps;

uint32_t
at(unsigned slot, unsigned page)
{
        return machine_address(slot, page);
}

struct space *
space(unsigned number)
{
        return &machine_spaces[number];
}

void
begin(unsigned tables)
{
        machine_begin(ROW, tables);
}

enum map_result
give(unsigned to, uint32_t to_at, uint32_t frame, unsigned log2)
{
        const struct map_piece piece = {
                NULL, frame, space(to), to_at, log2, ALL, false,
        };

        return map_share(&piece);
}

enum map_result
share(unsigned from, uint32_t from_at, unsigned to, uint32_t to_at,
      unsigned log2, unsigned rights)
{
        const struct map_piece piece = {
                space(from), from_at, space(to), to_at, log2, rights, false,
        };

        return map_share(&piece);
}

enum map_result
grant(unsigned from, uint32_t from_at, unsigned to, uint32_t to_at,
      unsigned log2, bool alone)
{
        const struct map_piece piece = {
                space(from), from_at, space(to), to_at, log2, ALL, alone,
        };

        return map_replace(&piece);
}

unsigned
walk(unsigned number, uint32_t first, uint32_t bytes, unsigned rights, bool own)
{
        struct map_walk under_way;

        map_walk_begin(&under_way, space(number), first, first + (bytes - 1),
                       rights, own);
        for (steps = 1; map_walk_step(&under_way); steps++)
                ;
        return under_way.used;
}

unsigned
rights_at(unsigned number, uint32_t address)
{
        struct place place = place_at(space(number), address);

        return place.mapping ? place.page.rights : 0;
}

unsigned
entry_log2_at(unsigned number, uint32_t address)
{
        return place_at(space(number), address).page.log2;
}

void
touch(unsigned number, uint32_t address, unsigned used)
{
        machine_touch(place_of(space(number), address), used);
}

static void
must(enum map_result result)
{
        if (result != MAP_OK)
                machine_stop("what a case begins with fails");
}

void
three_superpages(unsigned tables)
{
        begin(tables);
        must(give(0, at(1, 0), FRAME, H_SUPERPAGE_LOG2));
        must(share(0, at(1, 0), 1, at(1, 0), H_SUPERPAGE_LOG2, ALL));
        must(share(1, at(1, 0), 2, at(2, 0), H_SUPERPAGE_LOG2, ALL));
}
