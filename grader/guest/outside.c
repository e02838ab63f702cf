// SPDX-License-Identifier: MIT
// Telling the grader where to look. See outside.h.
#include "outside.h"

#pragma weak page_array
#pragma weak environment
#pragma weak region_table
#pragma weak h_state
#pragma weak execution

struct outside_machine outside_machine;

const struct outside_places outside_places = {
        .machine = &outside_machine,
        .array = &page_array,
        .environment = &environment,
        .regions = &region_table,
        .state = &h_state,
        .execution = &execution,
};

void
outside_begin(enum outside_kind kind)
{
        outside_machine = (struct outside_machine){
                .kind = kind,
                .reference = h_state.reference,
                .pagemaps = h_state.pagemaps,
                .pagemap_count = h_state.pagemap_count,
                .client_pages = h_state.client_pages,
        };
        if (kind == OUTSIDE_USERS)
                return;
        outside_machine.array = page_array;
        outside_machine.environment = environment.pages;
}

void
outside_over(void)
{
        outside_machine.kind = OUTSIDE_NONE;
}
