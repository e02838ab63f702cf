// SPDX-License-Identifier: MIT
// The four transitions: a page that nothing reaches becomes a page-directory or
// a page-table, and such a page becomes normal again.
//
// No table turns into the other kind, and no page that is mapped into a table:
// whatever the processor reads as a table was written by the kernel alone.
//
// The contracts are in <kernel/status.h>.
#include <kernel/status.h>
#include <kernel/todo.h>

// H4-BEGIN 2.2
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

// Turns the normal page at `frame` into a table of the kind `status`.
static enum page_result
make_table(struct paddr frame, int16_t status)
{
        struct page *page;
        enum page_result result = find_page(frame, &page);
        if (result != PAGE_OK)
                return result;
        if (page->status < 0)
                return PAGE_WRONG_STATUS;
        if (page->status > 0)
                return PAGE_MAPPED;

        page->status = status;
        return PAGE_OK;
}

// Finds the entry of a table of the kind `status` that may be freed.
static enum page_result
find_table(struct paddr frame, int16_t status, struct page **page)
{
        enum page_result result = find_page(frame, page);
        if (result != PAGE_OK)
                return result;
        if ((*page)->status != status)
                return PAGE_WRONG_STATUS;
        if ((*page)->pinned)
                return PAGE_PINNED;
        return PAGE_OK;
}
// H4-STUB 2.2
// H4-END 2.2

enum page_result
page_make_directory(struct paddr frame)
{
        // H4-BEGIN 2.2
        return make_table(frame, STATUS_PAGE_DIRECTORY);
        // H4-STUB 2.2
        //| H4_TODO("2.2", frame);
        // H4-END 2.2
}

enum page_result
page_free_directory(struct paddr frame)
{
        // H4-BEGIN 2.2
        struct page *page;
        enum page_result result =
                find_table(frame, STATUS_PAGE_DIRECTORY, &page);
        if (result != PAGE_OK)
                return result;

        page->status = 0;
        return PAGE_OK;
        // H4-STUB 2.2
        //| H4_TODO("2.2", frame);
        // H4-END 2.2
}

enum page_result
page_make_table(struct paddr frame)
{
        // H4-BEGIN 2.2
        return make_table(frame, STATUS_PAGE_TABLE);
        // H4-STUB 2.2
        //| H4_TODO("2.2", frame);
        // H4-END 2.2
}

enum page_result
page_free_table(struct paddr frame)
{
        // H4-BEGIN 2.2
        struct page *page;
        enum page_result result = find_table(frame, STATUS_PAGE_TABLE, &page);
        if (result != PAGE_OK)
                return result;
        if (page->entries > 0)
                return PAGE_HOLDS_ENTRIES;

        page->status = 0;
        return PAGE_OK;
        // H4-STUB 2.2
        //| H4_TODO("2.2", frame);
        // H4-END 2.2
}
