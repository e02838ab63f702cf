// SPDX-License-Identifier: MIT
// Counting a mapping of many pages at once: all of them, or none.
//
//    first                                         last
//   +-----+-----+-----+-----+-----+-----+-----+-----+
//   |  0  |  0  |  1  |  0  |  2  |  t  |  0  |  0  |    t, a page-table,
//   +-----+-----+-----+-----+-----+-----+-----+-----+    refuses: no count of
//                                                        the others changes
//
// The contracts are in <kernel/status.h>.
#include <kernel/status.h>
#include <kernel/todo.h>

// H4-BEGIN 2.4
// What a page of status `old` says to a change of its count by `change`, 1
// or -1.
static enum page_result
answer(int old, int change)
{
        if (old == STATUS_NOT_INSTALLED)
                return PAGE_NOT_INSTALLED;
        if (old < 0)
                return PAGE_WRONG_STATUS;
        if (old + change > PAGE_COUNT_MAX)
                return PAGE_COUNT_FULL;
        return old + change < 0 ? PAGE_COUNT_ZERO : PAGE_OK;
}

// Do all of these pages say PAGE_OK? Regions are large, so this loop and that
// of add() are short; who refuses, and why, is asked when somebody does.
static inline bool
all_agree(const struct page *pages, uint32_t count, int change)
{
        int least = change < 0 ? 1 : 0;
        int most = change < 0 ? PAGE_COUNT_MAX : PAGE_COUNT_MAX - 1;

        for (uint32_t left = count; left > 0; left--) {
                int old = pages[left - 1].status;
                if (old < least || old > most)
                        return false;
        }
        return true;
}

static inline void
add(struct page *pages, uint32_t count, int change)
{
        // Two at a time: otherwise the loop costs more than what it does.
        uint32_t i = count % 2;
        if (i > 0)
                pages[0].status += change;
        for (; i < count; i += 2) {
                pages[i].status += change;
                pages[i + 1].status += change;
        }
}

// Finds the first page from `frame` on that refuses. There is one.
static enum page_result
find_refusal(struct paddr frame, int change, struct paddr *refused)
{
        enum page_result result = answer(page_status(frame), change);
        while (result == PAGE_OK) {
                frame.value += PAGE_SIZE;
                result = answer(page_status(frame), change);
        }
        *refused = frame;
        return result;
}

static inline enum page_result
change_counts(struct pfpage region, int change, struct paddr *refused)
{
        if (fpage_is_nil(region.range))
                return PAGE_NIL;

        struct paddr first = paddr(fpage_first(region.range));
        uint32_t number = first.value >> PAGE_LOG2;
        uint32_t count = 1u << (fpage_log2(region.range) - PAGE_LOG2);
        struct page *pages = page_at(first);
        if (!pages || count > page_array.count - number ||
            !all_agree(pages, count, change))
                return find_refusal(first, change, refused);

        add(pages, count, change);
        return PAGE_OK;
}
// H4-STUB 2.4
// H4-END 2.4

enum page_result
region_count_mapping(struct pfpage region, struct paddr *refused)
{
        // H4-BEGIN 2.4
        return change_counts(region, 1, refused);
        // H4-STUB 2.4
        //| H4_TODO("2.4", region, refused);
        // H4-END 2.4
}

enum page_result
region_uncount_mapping(struct pfpage region, struct paddr *refused)
{
        // H4-BEGIN 2.4
        return change_counts(region, -1, refused);
        // H4-STUB 2.4
        //| H4_TODO("2.4", region, refused);
        // H4-END 2.4
}
