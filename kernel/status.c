// SPDX-License-Identifier: MIT
// Reading the status of pages, and the names of what is found.
//
// The contracts are in <kernel/status.h>.
#include <kernel/status.h>

struct page_array page_array;

int
page_status(struct paddr address)
{
        const struct page *page = page_at(address);

        return page ? page->status : STATUS_NOT_INSTALLED;
}

const char *
status_name(int status)
{
        if (status >= 0)
                return "normal";

        switch (status) {
        case STATUS_ENVIRONMENT:
                return "environment";
        case STATUS_PAGE_TABLE:
                return "page-table";
        case STATUS_PAGE_DIRECTORY:
                return "page-directory";
        case STATUS_NOT_INSTALLED:
                return "not installed";
        default:
                return "undefined";
        }
}

const char *
page_result_name(enum page_result result)
{
        switch (result) {
        case PAGE_OK:
                return "PAGE_OK";
        case PAGE_NIL:
                return "PAGE_NIL";
        case PAGE_MISALIGNED:
                return "PAGE_MISALIGNED";
        case PAGE_NOT_INSTALLED:
                return "PAGE_NOT_INSTALLED";
        case PAGE_WRONG_STATUS:
                return "PAGE_WRONG_STATUS";
        case PAGE_PINNED:
                return "PAGE_PINNED";
        case PAGE_MAPPED:
                return "PAGE_MAPPED";
        case PAGE_HOLDS_ENTRIES:
                return "PAGE_HOLDS_ENTRIES";
        case PAGE_COUNT_FULL:
                return "PAGE_COUNT_FULL";
        case PAGE_COUNT_ZERO:
                return "PAGE_COUNT_ZERO";
        case PAGE_CAPACITY:
                return "PAGE_CAPACITY";
        }
        return "an undefined result";
}
