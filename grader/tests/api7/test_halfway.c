// SPDX-License-Identifier: MIT
// The trials of user/trial7: what takes long, looked at in the middle.
#include "../api/api.h"

#define PROGRAM "trial7"

// halfway.c
RUN_LONG_ALL_BACK(others_look_on_at_an_unmap)
RUN_LONG_ALL_BACK(others_look_on_at_many_pages_that_come)
RUN_LONG_ALL_BACK(others_look_on_at_a_grant)
RUN_LONG_ALL_BACK(others_look_on_at_a_space_s_end)
RUN_LONG_ALL_BACK(who_unmaps_is_halted)
RUN_LONG_ALL_BACK(who_unmaps_ends)
RUN_LONG_ALL_BACK(who_maps_is_cancelled)
RUN_LONG_ALL_BACK(who_maps_ends)
RUN_LONG_ALL_BACK(who_grants_ends)
