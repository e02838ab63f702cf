// SPDX-License-Identifier: MIT
// What the client has to work with: memory, kernel addresses, and a heap.
//
// The contracts are in <h/h.h> and <h/internal/regions.h>.
#include <h/h.h>
#include <h/internal/convert.h>
#include <h/internal/machine.h>
#include <h/internal/regions.h>
#include <h/internal/state.h>

// Whole page-tables' worth of addresses from CLIENT_BASE on, 512 MB at most: a
// flexpage for each size from 4 MB to 256 MB, and one more.
#define CLIENT_RANGES 8

enum h_error
h_initial_regions(struct h_region *out, size_t capacity, size_t *count)
{
        *count = region_table.count;
        if (region_table.count > capacity)
                return H_CAPACITY;

        for (size_t i = 0; i < region_table.count; i++)
                out[i].pages = client_pfpage(region_table.regions[i]);
        return H_OK;
}

bool
region_is_normal(struct pfpage pages)
{
        const struct page *first = page_at(paddr(fpage_first(pages.range)));
        uint32_t count = 1u << (fpage_log2(pages.range) - PAGE_LOG2);

        for (uint32_t i = 0; i < count; i++)
                if (first[i].status < 0)
                        return false;
        return true;
}

enum h_error
h_kernel_mappable_virtual_addresses(struct h_vfpage *out, size_t capacity,
                                    size_t *count)
{
        struct fpage ranges[CLIENT_RANGES];
        uint32_t last = CLIENT_BASE + (h_state.client_pages * PAGE_SIZE - 1);

        *count = 0;
        fpage_split(CLIENT_BASE, last, ranges, CLIENT_RANGES, count);
        if (*count > capacity)
                return H_CAPACITY;

        for (size_t i = 0; i < *count; i++)
                out[i] = client_vfpage((struct vfpage){ ranges[i] });
        return H_OK;
}

void *
h_client_heap(size_t *bytes)
{
        *bytes = (environment.heap.end - environment.heap.first) * PAGE_SIZE;
        return machine_at(environment_at(environment.heap.first));
}
