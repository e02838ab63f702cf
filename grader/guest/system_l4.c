// SPDX-License-Identifier: MIT
// What the harness sees of L4, and where the grader finds it (outside.h). Names in l4/
// and kernel/ are not kept apart, so no file includes headers of both.
#include <l4/mapdb.h>
#include <l4/schedule.h>
#include <l4/units.h>

#pragma weak units
#pragma weak unit_count
#pragma weak current
#pragma weak mapdb_used

// Declared in system_model.h.
uint32_t system_l4_thread(void);
uint32_t system_l4_mappings(void);
void system_l4_none(void);

// Threads, spaces and mappings, which the grader compares with the page-tables.
struct outside_l4_places {
        struct unit **units;
        uint32_t *unit_count;
};

extern const struct outside_l4_places outside_l4_places;

const struct outside_l4_places outside_l4_places = {
        .units = &units,
        .unit_count = &unit_count,
};

uint32_t
system_l4_thread(void)
{
        return current ? current->id : ID_NIL;
}

uint32_t
system_l4_mappings(void)
{
        return mapdb_used ? mapdb_used() : 0;
}

void
system_l4_none(void)
{
        if (&units)
                units = NULL;
}
