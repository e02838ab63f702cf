// SPDX-License-Identifier: MIT
// Map and grant items (dissertation 7.7). Both flexpages are gone through together, in
// pieces as large as they can be:
//
//     sent      |  superpage  |p|p| |p|        pieces that the sender has
//     window    |  superpage  |p|p| |p|        at the same distance from the beginning
//
// The contracts are in map_item.h. Source: L4 X.2, map and grant items.
#include "map_item.h"

#include "ends.h"
#include "own_fault.h"
#include "pages.h"

#define SUPERPAGE_MASK (H_SUPERPAGE_SIZE - 1)

// What can be written or executed can be read (mapdb.h), and the rights are compared
// with what H tells.
static unsigned
whole_rights(unsigned rights)
{
        return (rights & (H_W | H_X)) != 0 ? rights | H_R : rights;
}

void
map_item_begin(struct map_item *item, struct space *from, struct space *to,
               const uint32_t words[2], uint32_t window)
{
        *item = (struct map_item){
                .from = from,
                .to = to,
                .grant = (words[0] & ITEM_TYPE) == ITEM_GRANT,
                .ports = ports_of(words[1]).any,
                .rights = whole_rights(words[1] & FPAGE_RIGHTS),
        };
        window &= ~ACCEPTOR_BITS;
        if (item->ports)
                item->row = ports_fit(words[1], window);
        else if (item->rights != 0)
                item->pair = fpages_fit(words[1], words[0] & ITEM_BASE, window);
}

// --- Memory ----------------------------------------------------------------------------

static bool
within(uint32_t first, uint32_t bytes, uint32_t area, uint32_t area_bytes)
{
        return area_bytes > 0 && first < area + area_bytes &&
               area < first + bytes;
}

// Is a part of it what the space has for its kernel interface page, or its UTCBs?
static bool
is_kernels(const struct space *space, uint32_t first, uint32_t bytes)
{
        return within(first, bytes, space->kip, space->kip_bytes) ||
               within(first, bytes, space->utcb_first, space->utcb_bytes);
}

// The size of the next piece; 0: there is nothing.
static unsigned
piece_log2(const struct map_item *item, uint32_t from, uint32_t to)
{
        unsigned log2 = map_log2(item->from, from);

        if (log2 == 0)
                log2 = own_memory(item->from, from);
        if (log2 == H_SUPERPAGE_LOG2 &&
            (item->pair.log2 < H_SUPERPAGE_LOG2 ||
             ((from | to) & SUPERPAGE_MASK) != 0 ||
             is_kernels(item->from, from, H_SUPERPAGE_SIZE) ||
             is_kernels(item->to, to, H_SUPERPAGE_SIZE)))
                log2 = H_PAGE_LOG2;
        if (log2 == H_PAGE_LOG2 && (is_kernels(item->from, from, H_PAGE_SIZE) ||
                                    is_kernels(item->to, to, H_PAGE_SIZE)))
                log2 = 0;
        return log2;
}

// Begins to take rights away from a space, if `own`, and from those who have the piece from
// there.
static void
clear(struct map_item *item, struct space *space, uint32_t first, unsigned log2,
      unsigned rights, bool own)
{
        map_walk_begin(&item->walk, space, first, first + ((1u << log2) - 1),
                       rights, own);
}

// True: it is done, or cannot be done. False: something has to be taken away first.
static bool
map_piece(struct map_item *item, const struct map_piece *piece)
{
        unsigned had = page_at(item->to, piece->to_at).rights;
        unsigned more = page_at(item->from, piece->at).rights & ~item->rights;

        // A grant with fewer rights takes them from all who have it from the sender.
        if (item->grant && more != 0) {
                clear(item, item->from, piece->at, piece->log2, more, true);
                return false;
        }
        switch (item->grant ? map_replace(piece) : map_share(piece)) {
        case MAP_OK:
                if (page_at(item->to, piece->to_at).rights != had)
                        item->mapped = true;
                break;
        case MAP_NO_SOURCE:
                break;
        case MAP_NO_MEMORY:
                item->short_of_memory = true;
                break;
        case MAP_MADE_OUT:
                clear(item, item->from, piece->at, piece->log2, H_R, false);
                item->alone = true;
                return false;
        case MAP_OCCUPIED:
                item->mapped = true;
                clear(item, item->to, piece->to_at, piece->log2, H_R, true);
                return false;
        }
        return true;
}

static bool
is_over(const struct map_item *item)
{
        return item->pair.log2 < 32 && item->done >> item->pair.log2 != 0;
}

// Goes over pages that the sender has not, some at once.
#define MISSING_AT_ONCE 16u

static bool
memory_step(struct map_item *item)
{
        unsigned log2 = 0;

        for (uint32_t i = 0; log2 == 0 && i < MISSING_AT_ONCE; i++) {
                uint32_t from = item->pair.from + item->done;
                uint32_t to = item->pair.to + item->done;
                if (!item->pair.any || from >= H_KERNEL_SPACE ||
                    to >= H_KERNEL_SPACE || is_over(item))
                        return false;

                log2 = piece_log2(item, from, to);
                const struct map_piece piece = {
                        .from = item->from,
                        .at = from,
                        .to = item->to,
                        .to_at = to,
                        .log2 = log2,
                        .rights = item->rights,
                        .alone = item->alone,
                };
                item->alone = false;
                if (log2 != 0 && !map_piece(item, &piece))
                        return true;
                item->done += 1u << (log2 != 0 ? log2 : H_PAGE_LOG2);
        }
        return !is_over(item);
}

// --- Ports ------------------------------------------------------------------------------

// What somebody takes away comes first, and what a grant takes away too.
static bool
ports_step(struct map_item *item)
{
        if (ports_go_on())
                return true;
        if (item->done > 0 || !item->row.any)
                return false;
        item->done++;
        item->mapped = item->grant;
        if (item->grant)
                ports_grant(item->from, item->to, item->row);
        else
                item->mapped = ports_share(item->from, item->to, item->row);
        return true;
}

bool
map_item_step(struct map_item *item)
{
        if (item->ports)
                return ports_step(item);
        if (item->walk.space && map_walk_step(&item->walk))
                return true;
        return memory_step(item);
}

void
map_item_end(struct map_item *item)
{
        map_walk_end(&item->walk);
        if (item->ports)
                ends_hand_on();
        *item = (struct map_item){ .from = NULL };
}
