// SPDX-License-Identifier: MIT
// Regions: the memory that the client may name. A handle to memory is a plain
// value, and H keeps no list of those that it has given out; instead it asks of
// each one it meets where it lies.
//
//      initial regions     [   0   ][ 1 ]        [    2    ][3]
//      accepted            [  ]  [] [ ]          [  ]
//      refused          [    ]     [   ]     [ ]          [    ]
//
// The contracts are in <h/h.h> and <h/internal/regions.h>.
#include <h/h.h>
#include <h/internal/check.h>
#include <h/internal/paranoid.h>
#include <h/internal/regions.h>
#include <kernel/memory.h>
#include <kernel/todo.h>

// H4-BEGIN 3.1
// Is it one page? Every word of this form is a flexpage.
static bool
is_one_page(struct pfpage pages)
{
        return (pages.range.word & (PAGE_SIZE - 1)) == PAGE_LOG2;
}

// Is it a page of the client's, in an initial region or a module's? It is when
// it is used for what only the client's pages are used for: none ever changes
// sides. Most regions are one page, and need no more than this question.
static bool
is_clients(const struct page *page)
{
        return page && page->status != STATUS_ENVIRONMENT &&
               page->status != STATUS_NOT_INSTALLED && !page->pinned;
}

// Does one initial region hold all of `pages`? The only one that can is the last
// one that does not begin behind them: they are in ascending order and have no
// page in common.
static bool
initial_region_holds(struct pfpage pages)
{
        uint32_t first = fpage_first(pages.range);
        uint32_t low = 0;
        uint32_t end = (uint32_t)region_table.count;

        // All regions below `low` begin at `first` or in front of it, and none
        // from `end` on.
        while (low < end) {
                uint32_t middle = (low + end) / 2;
                if (fpage_first(region_table.regions[middle].range) <= first)
                        low = middle + 1;
                else
                        end = middle;
        }
        if (low == 0)
                return false;
        struct fpage region = region_table.regions[low - 1].range;
        return (first | offset_bits(pages.range)) <=
               (fpage_first(region) | offset_bits(region));
}
// H4-STUB 3.1
// H4-END 3.1

enum h_error
region_check(struct h_region region, struct pfpage *pages)
{
        // H4-BEGIN 3.1
        struct pfpage named = kernel_pfpage(region.pages);
        struct paddr first = paddr(fpage_first(named.range));
        bool good = is_one_page(named) ? is_clients(page_at(first))
                                       : pfpage_valid(region.pages) &&
                                                 (initial_region_holds(named) ||
                                                  module_region_holds(named));
        if (!good)
                return H_BAD_REGION;

        *pages = named;
        return H_OK;
        // H4-STUB 3.1
        //| H4_TODO("3.1", region, pages);
        // H4-END 3.1
}

enum h_error
h_derive_region(struct h_region region, struct h_pfpage pages,
                struct h_region *out)
{
        H_OPERATION();
        // H4-BEGIN 3.1
        struct pfpage whole;
        enum h_error error = region_check(region, &whole);
        if (error != H_OK)
                return error;
        if (!pfpage_valid(pages))
                return H_BAD_FLEXPAGE;
        if (!fpage_within(kernel_pfpage(pages).range, whole.range))
                return H_BAD_SIZE;

        out->pages = pages;
        return H_OK;
        // H4-STUB 3.1
        //| H4_TODO("3.1", region, pages, out);
        // H4-END 3.1
}
