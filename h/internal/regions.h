// SPDX-License-Identifier: MIT
// Which memory the client may name at all.
#ifndef H_INTERNAL_REGIONS_H
#define H_INTERNAL_REGIONS_H

#include <h/error.h>
#include <h/types.h>
#include <kernel/status.h>

// Looks at a region that the client names. Nothing is remembered of regions, so
// every operation asks again: it is good where it is a flexpage, not nil, and
// lies within one initial region or one region of a module. What the pages are
// used for at the moment is not asked.
//
// pages   out: the same as a flexpage; left as it was on an error
// Errors: H_BAD_REGION.
enum h_error region_check(struct h_region region, struct pfpage *pages);

// Is every page of a region normal, however often it is mapped? The region has
// passed region_check. (h/configuration.c)
bool region_is_normal(struct pfpage pages);

// Do all of `pages` lie within one region of one module? (h/modules.c)
bool module_region_holds(struct pfpage pages);

#endif
