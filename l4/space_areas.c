// SPDX-License-Identifier: MIT
// The two areas of an address space that are the kernel's: one for the kernel interface
// page, one for UTCBs.
//
// The contract is in space.h. Source: L4 X.2, SpaceControl.
#include "kip.h"
#include "pool.h"
#include "space.h"

struct area {
        uint32_t first;
        uint32_t bytes;
};

// A flexpage as an area of user space. False: it is none, or smaller than it has to
// be.
static bool
to_area(uint32_t fpage, unsigned least_log2, struct area *area)
{
        unsigned log2 = fpage_log2(fpage);

        if (log2 < least_log2 || log2 > 31)
                return false;
        *area = (struct area){ fpage_first(fpage), 1u << log2 };
        return area->first < H_KERNEL_SPACE &&
               area->bytes <= H_KERNEL_SPACE - area->first;
}

static bool
overlap(struct area a, struct area b)
{
        return a.first < b.first + b.bytes && b.first < a.first + a.bytes;
}

static bool
is_configured(const struct space *space)
{
        return space->utcb_bytes != 0;
}

// Where the areas are to be: what is nil stays.
static enum call_error
find_areas(const struct space *space, uint32_t kip_area, uint32_t utcb_area,
           struct area *kip, struct area *utcbs)
{
        *kip = (struct area){ space->kip, space->kip_bytes };
        *utcbs = (struct area){ space->utcb_first, space->utcb_bytes };
        bool keep = is_configured(space);

        if (!(keep && kip_area == FPAGE_NIL) &&
            !to_area(kip_area, KIP_AREA_LOG2, kip))
                return CALL_BAD_KIP_AREA;
        if (!(keep && utcb_area == FPAGE_NIL) &&
            !to_area(utcb_area, UTCB_AREA_LOG2, utcbs))
                return CALL_BAD_UTCB_AREA;
        if (overlap(*kip, *utcbs))
                return CALL_BAD_KIP_AREA;
        return CALL_OK;
}

enum call_error
space_configure(struct space *space, uint32_t kip_area, uint32_t utcb_area)
{
        struct area kip, utcbs;
        enum call_error error =
                find_areas(space, kip_area, utcb_area, &kip, &utcbs);
        if (error != CALL_OK)
                return error;

        bool kip_moves = !is_configured(space) || kip.first != space->kip;
        bool kip_differs = kip_moves || kip.bytes != space->kip_bytes;
        bool utcbs_move = utcbs.first != space->utcb_first ||
                          utcbs.bytes != space->utcb_bytes;
        if (space->active > 0 && kip_differs)
                return CALL_BAD_KIP_AREA;
        if (space->active > 0 && utcbs_move)
                return CALL_BAD_UTCB_AREA;
        if (kip_moves &&
            pool_map(space->pagemap, kip.first, kip_page(), H_R | H_X) != H_OK)
                return CALL_NO_MEMORY;
        if (kip_moves && is_configured(space))
                pool_unmap(space->pagemap, space->kip);
        space->kip = kip.first;
        space->kip_bytes = kip.bytes;
        space->utcb_first = utcbs.first;
        space->utcb_bytes = utcbs.bytes;
        return CALL_OK;
}
