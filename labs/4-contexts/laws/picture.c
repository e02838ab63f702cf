// SPDX-License-Identifier: MIT
// What H tells of the places of an address space. The contracts are in laws.h.
#include "laws.h"

void
space_picture(const struct space *space, struct picture *out)
{
        for (unsigned i = 0; i < PLACES; i++)
                out->errors[i] = h_read_mapping(
                        space->map, (struct h_vaddr){ place_address(i) },
                        &out->infos[i]);
}

static bool
same_place(const struct picture *a, const struct picture *b, unsigned place,
           bool marks)
{
        const struct h_mapping_info *one = &a->infos[place];
        const struct h_mapping_info *other = &b->infos[place];

        if (a->errors[place] != H_OK || b->errors[place] != H_OK)
                return a->errors[place] == b->errors[place];
        return one->physical.value == other->physical.value &&
               one->log2_size == other->log2_size &&
               one->rights == other->rights &&
               (!marks || (one->accessed == other->accessed &&
                           one->dirty == other->dirty));
}

bool
same_picture(const struct picture *a, const struct picture *b, bool marks,
             unsigned *place)
{
        for (unsigned i = 0; i < PLACES; i++)
                if (!same_place(a, b, i, marks)) {
                        *place = i;
                        return false;
                }
        return true;
}

// The physical address that a place is to have, whatever maps it.
static uint32_t
physical(const struct h_mapping_info *info, uint32_t address)
{
        return info->physical.value +
               (address & ((1u << info->log2_size) - 1) & -H_PAGE_SIZE);
}

void
space_check(const struct space *space, const char *when)
{
        static struct picture picture;

        space_picture(space, &picture);
        for (unsigned i = 0; i < PLACES; i++) {
                const struct place *place = &space->at[i];
                const struct h_mapping_info *info = &picture.infos[i];
                uint32_t address = place_address(i);

                if (place->frame == NO_FRAME) {
                        if (picture.errors[i] != H_NOT_MAPPED)
                                broken("%s: 0x%08x is mapped, and is not to be",
                                       when, address);
                        continue;
                }
                struct h_region frame =
                        frames((unsigned)place->frame, H_PAGE_LOG2);
                if (picture.errors[i] != H_OK ||
                    physical(info, address) !=
                            h_pfpage_first(frame.pages).value ||
                    info->rights != place->rights)
                        broken("%s: 0x%08x is not mapped as it is to be", when,
                               address);
        }
}

void
space_take_marks(const struct space *space)
{
        bool accessed, dirty;

        for (unsigned i = 0; i < SMALL_PLACES; i += FRAMES)
                done(h_take_reference_bits(space->map,
                                           pages_at(place_address(i),
                                                    H_PAGE_LOG2 + FRAMES_LOG2),
                                           &accessed, &dirty),
                     "h_take_reference_bits");
        done(h_take_reference_bits(space->map,
                                   pages_at(LARGE, H_SUPERPAGE_LOG2), &accessed,
                                   &dirty),
             "h_take_reference_bits");
}
