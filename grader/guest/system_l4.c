// SPDX-License-Identifier: MIT
// What the harness sees of L4. Names in l4/ and kernel/ are not kept apart, so no file
// includes headers of both.
#include <l4/mapdb.h>
#include <l4/schedule.h>

#pragma weak current
#pragma weak mapdb_used

// Declared in system_model.h.
uint32_t system_l4_thread(void);
uint32_t system_l4_mappings(void);

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
