// SPDX-License-Identifier: MIT
// Map and grant items (dissertation 7.7). Both flexpages are gone through together, in
// pieces as large as they can be:
//
//     sent      |  superpage  |p|p| |p|        pieces that the sender has
//     window    |  superpage  |p|p| |p|        at the same distance from the beginning
//
// The contracts are in map_item.h. Source: L4 X.2, map and grant items.
#include "map_item.h"

#include "own_fault.h"
#include "pages.h"
#include "todo.h"

// H4-BEGIN 7.7
#define SUPERPAGE_MASK (H_SUPERPAGE_SIZE - 1)

// What can be written or executed can be read (mapdb.h), and the rights are compared
// with what H tells.
static unsigned
whole_rights(unsigned rights)
{
        return (rights & (H_W | H_X)) != 0 ? rights | H_R : rights;
}
// H4-STUB 7.7
// H4-END 7.7

void
map_item_begin(struct map_item *item, struct space *from, struct space *to,
               const uint32_t words[2], uint32_t window)
{
        // H4-BEGIN 7.7
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
        // H4-STUB 7.7
        //| H4_TODO("7.7", item, from, to, words, window);
        // H4-END 7.7
}

// H4-BEGIN 7.7
// The size of the next piece; 0: there is nothing.
static unsigned
piece_log2(const struct map_item *item, uint32_t from, uint32_t to)
{
        unsigned log2 = map_log2(item->from, from);

        if (log2 == 0)
                log2 = own_memory(item->from, from);
        if (log2 == H_SUPERPAGE_LOG2 &&
            (item->pair.log2 < H_SUPERPAGE_LOG2 || item->in_pages ||
             ((from | to) & SUPERPAGE_MASK) != 0 ||
             space_is_kernels(item->from, from, H_SUPERPAGE_SIZE) ||
             space_is_kernels(item->to, to, H_SUPERPAGE_SIZE)))
                log2 = H_PAGE_LOG2;
        if (log2 == H_PAGE_LOG2 &&
            (space_is_kernels(item->from, from, H_PAGE_SIZE) ||
             space_is_kernels(item->to, to, H_PAGE_SIZE)))
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

// True: it is done, or cannot be done. False: something has to be taken away first, or it has to
// be done page by page.
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
        case MAP_IN_PAGES:
                item->in_pages = true;
                return false;
        case MAP_OCCUPIED:
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
                        .alone = item->alone && !item->walk.lost,
                };
                item->alone = false;
                if (log2 != 0 && !map_piece(item, &piece))
                        return true;
                item->in_pages = false;
                item->done += 1u << (log2 != 0 ? log2 : H_PAGE_LOG2);
        }
        return !is_over(item);
}
// H4-STUB 7.7
// H4-END 7.7

bool
map_item_step(struct map_item *item)
{
        // H4-BEGIN 7.7
        if (item->ports)
                return map_ports_step(item);
        if (item->walk.space && map_walk_step(&item->walk))
                return true;
        return memory_step(item);
        // H4-STUB 7.7
        //| H4_TODO("7.7", item);
        // H4-END 7.7
}

void
map_item_end(struct map_item *item)
{
        // H4-BEGIN 7.7
        map_walk_end(&item->walk);
        if (item->ports)
                map_ports_end();
        *item = (struct map_item){ .from = NULL };
        // H4-STUB 7.7
        //| H4_TODO("7.7", item);
        // H4-END 7.7
}
