// SPDX-License-Identifier: MIT
// What is in use of all that can be: by H and by L4.
#include "fuzz.h"

#include <h/internal/context.h>
#include <h/internal/state.h>
#include <kernel/status.h>

const char *const book_names[BOOKS] = {
        [BOOK_POOL] = "the kernel's pages that can be had",
        [BOOK_MAPPINGS] = "mappings",
        [BOOK_THREADS] = "threads",
        [BOOK_SPACES] = "spaces",
        [BOOK_UTCB_PAGES] = "pages with UTCBs",
        [BOOK_TIMEOUTS] = "timeouts",
        [BOOK_CONTEXTS] = "contexts",
        [BOOK_PAGEMAPS] = "address spaces of H",
        [BOOK_KERNEL_MAPPINGS] = "kernel mappings of H",
        [BOOK_DIRECTORIES] = "page-directories",
        [BOOK_TABLES] = "page-tables",
        [BOOK_MAPPED] = "mapped pages",
};

void
books_of_h(uint32_t books[BOOKS])
{
        for (uint32_t i = 0; i < execution.context_count; i++)
                books[BOOK_CONTEXTS] += execution.contexts[i].generation != 0;
        for (uint32_t i = 0; i < h_state.pagemap_count; i++)
                books[BOOK_PAGEMAPS] += h_state.pagemaps[i].generation != 0;
        for (uint32_t i = 0; i < h_state.kernel_mapping_count; i++)
                books[BOOK_KERNEL_MAPPINGS] +=
                        h_state.kernel_mappings[i].generation != 0;
        for (uint32_t i = 0; i < page_array.count; i++) {
                int status = page_array.pages[i].status;
                books[BOOK_DIRECTORIES] += status == STATUS_PAGE_DIRECTORY;
                books[BOOK_TABLES] += status == STATUS_PAGE_TABLE;
                if (status > 0)
                        books[BOOK_MAPPED] += (uint32_t)status;
        }
}

void
books_count(uint32_t books[BOOKS])
{
        for (enum book book = 0; book < BOOKS; book++)
                books[book] = 0;
        books_of_h(books);
        books_of_l4(books);
}
