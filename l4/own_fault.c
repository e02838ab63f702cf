// SPDX-License-Identifier: MIT
// Where all memory comes from (mapRegion in the dissertation, 7.3), and the ports.
//
// The contracts are in own_fault.h and typed.h.
#include "own_fault.h"

#include "mapdb.h"
#include "pages.h"
#include "pool.h"
#include "ports.h"
#include "todo.h"
#include "typed.h"

static struct space *sigma0;

bool
typed_has_sigma0(void)
{
        return true;
}

// Nothing, but what others map to it. Perhaps it is where sigma0's was.
void
typed_begin(struct space *space)
{
        if (space == sigma0)
                sigma0 = NULL;
}

// They get their memory by page faults, as all others do.
void
typed_give(uint32_t id, struct space *space, uint32_t first, uint32_t end)
{
        (void)first;
        (void)end;
        if (id == ID_SIGMA0) {
                sigma0 = space;
                ports_give_all(space);
        } else {
                ports_give_console(space);
        }
}

// H4-BEGIN 7.10
#define ALL_RIGHTS (H_R | H_W | H_X)

// Is a page of it one of the kernel's own?
static bool
has_pool_pages(uint32_t first, unsigned log2)
{
        const struct pool_range *ranges;
        size_t count = pool_ranges(&ranges);
        uint32_t last = first + ((1u << log2) - 1);

        for (size_t i = 0; i < count; i++)
                if (first < ranges[i].first + ranges[i].pages * H_PAGE_SIZE &&
                    ranges[i].first <= last)
                        return true;
        return false;
}

// H knows what is a program's memory, and refuses all else.
static bool
take(struct space *space, uint32_t address, unsigned log2)
{
        uint32_t first = address >> log2 << log2;
        const struct map_piece piece = {
                .at = first,
                .to = space,
                .to_at = first,
                .log2 = log2,
                .rights = ALL_RIGHTS,
        };

        return !has_pool_pages(first, log2) && map_share(&piece) == MAP_OK;
}
// H4-STUB 7.10
// H4-END 7.10

unsigned
own_memory(struct space *space, uint32_t address)
{
        if (space != sigma0)
                return 0;
        // H4-BEGIN 7.10
        if (address >= H_KERNEL_SPACE)
                return 0;
        if (take(space, address, H_SUPERPAGE_LOG2))
                return H_SUPERPAGE_LOG2;
        return take(space, address, H_PAGE_LOG2) ? H_PAGE_LOG2 : 0;
        // H4-STUB 7.10
        //| H4_TODO("7.10", address);
        // H4-END 7.10
}

// Afterwards the access must be possible: or it would be tried for ever.
bool
typed_own_fault(struct thread *thread, struct h_vaddr address)
{
        // H4-BEGIN 7.10
        return own_memory(thread->space, address.value) != 0 &&
               page_at(thread->space, address.value).rights == ALL_RIGHTS;
        // H4-STUB 7.10
        //| H4_TODO("7.10", thread, address);
        // H4-END 7.10
}
