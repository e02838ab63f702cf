// SPDX-License-Identifier: MIT
// How much environment memory a machine needs: for each number of megabytes in
// the arguments one line with that number, and in pages all of it, and the
// parts tables, handles, contexts, views, status, heap. For `make size`.
#include <kernel/environment.h>
#include <kernel/layout.h>

#include <stdio.h>
#include <stdlib.h>

// The usable memory of the PC that the emulators simulate: the first 636 KB,
// and what lies above 1 MB, but for the last 64 KB, which hold the ACPI tables.
static struct memory_map
pc(uint32_t megabytes)
{
        struct memory_map map = {
                .count = 2,
                .ranges = {
                        { { 0 }, { 0x9EFFF }, MEMORY_USABLE },
                        { { 0x100000 },
                          { megabytes * 0x100000 - 0x10001 },
                          MEMORY_USABLE },
                },
        };

        return map;
}

static unsigned
pages(struct page_range range)
{
        return range.end - range.first;
}

int
main(int count, char **arguments)
{
        for (int i = 1; i < count; i++) {
                unsigned megabytes = (unsigned)atoi(arguments[i]);
                struct memory_map map = pc(megabytes);
                struct environment plan;
                if (environment_plan(&map, NULL, 0, &plan) != ENVIRONMENT_OK)
                        return EXIT_FAILURE;
                printf("%u %u %u %u %u %u %u %u\n", megabytes,
                       pages(plan.pages), pages(plan.tables),
                       pages(plan.handles), pages(plan.contexts),
                       pages(plan.views), pages(plan.status), pages(plan.heap));
        }
        return EXIT_SUCCESS;
}
