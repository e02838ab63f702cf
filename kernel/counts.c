// SPDX-License-Identifier: MIT
// Counting the mappings that reach a normal page, and the entries that are
// present in a page-table. A count that is too low would let a page be freed
// that is still in use; so none ever wraps, in either direction.
//
// The contracts are in <kernel/status.h>.
#include <kernel/status.h>
#include <kernel/todo.h>

// H4-BEGIN 2.3
// Finds the entry of the installed page at `frame`.
static enum page_result
find_page(struct paddr frame, struct page **page)
{
        if (frame.value % PAGE_SIZE != 0)
                return PAGE_MISALIGNED;
        *page = page_at(frame);
        if (!*page || (*page)->status == STATUS_NOT_INSTALLED)
                return PAGE_NOT_INSTALLED;
        return PAGE_OK;
}

static enum page_result
find_normal(struct paddr frame, struct page **page)
{
        enum page_result result = find_page(frame, page);
        if (result != PAGE_OK)
                return result;
        return (*page)->status >= 0 ? PAGE_OK : PAGE_WRONG_STATUS;
}

static enum page_result
find_table(struct paddr frame, struct page **page)
{
        enum page_result result = find_page(frame, page);
        if (result != PAGE_OK)
                return result;
        return (*page)->status == STATUS_PAGE_TABLE ? PAGE_OK
                                                    : PAGE_WRONG_STATUS;
}
// H4-STUB 2.3
// H4-END 2.3

enum page_result
page_count_mapping(struct paddr frame)
{
        // H4-BEGIN 2.3
        struct page *page;
        enum page_result result = find_normal(frame, &page);
        if (result != PAGE_OK)
                return result;
        if (page->status == PAGE_COUNT_MAX)
                return PAGE_COUNT_FULL;

        page->status++;
        return PAGE_OK;
        // H4-STUB 2.3
        //| H4_TODO("2.3", frame);
        // H4-END 2.3
}

enum page_result
page_uncount_mapping(struct paddr frame)
{
        // H4-BEGIN 2.3
        struct page *page;
        enum page_result result = find_normal(frame, &page);
        if (result != PAGE_OK)
                return result;
        if (page->status == 0)
                return PAGE_COUNT_ZERO;

        page->status--;
        return PAGE_OK;
        // H4-STUB 2.3
        //| H4_TODO("2.3", frame);
        // H4-END 2.3
}

enum page_result
table_count_entries(struct paddr frame, uint32_t entries)
{
        // H4-BEGIN 2.3
        struct page *page;
        enum page_result result = find_table(frame, &page);
        if (result != PAGE_OK)
                return result;
        // Compared with the room that is left: a sum could wrap.
        if (entries > (uint32_t)TABLE_ENTRIES - page->entries)
                return PAGE_COUNT_FULL;

        page->entries += entries;
        return PAGE_OK;
        // H4-STUB 2.3
        //| H4_TODO("2.3", frame, entries);
        // H4-END 2.3
}

enum page_result
table_uncount_entries(struct paddr frame, uint32_t entries)
{
        // H4-BEGIN 2.3
        struct page *page;
        enum page_result result = find_table(frame, &page);
        if (result != PAGE_OK)
                return result;
        if (entries > page->entries)
                return PAGE_COUNT_ZERO;

        page->entries -= entries;
        return PAGE_OK;
        // H4-STUB 2.3
        //| H4_TODO("2.3", frame, entries);
        // H4-END 2.3
}
