// SPDX-License-Identifier: MIT
// What the harness sees of L4. Names in l4/ and kernel/ are not kept apart, so no file
// includes headers of both.
#include <l4/schedule.h>

#pragma weak current

// Declared in system_model.h.
uint32_t system_l4_thread(void);

uint32_t
system_l4_thread(void)
{
        return current ? current->id : ID_NIL;
}
