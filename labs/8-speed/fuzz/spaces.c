// SPDX-License-Identifier: MIT
// What is true of L4's spaces and of the pages with UTCBs.
#include "fuzz.h"

#include <l4/pages.h>
#include <l4/units.h>

static void
check_space(const struct space *space)
{
        uint32_t threads = 0;
        uint32_t active = 0;
        struct h_mapping_info nowhere;

        for (uint32_t i = 0; i < unit_count; i++) {
                const struct thread *thread = &units[i].thread;
                if (thread->id == ID_NIL || thread->space != space)
                        continue;
                threads++;
                active += thread->state != THREAD_INACTIVE;
        }
        FUZZ_HOLDS(threads == space->threads && active == space->active,
                   "space %u has %u threads, %u of them active, and counts %u "
                   "and %u",
                   space->number, threads, active, space->threads,
                   space->active);
        FUZZ_HOLDS(h_read_mapping(space->pagemap, (struct h_vaddr){ 0 },
                                  &nowhere) != H_BAD_HANDLE,
                   "space %u has no page map", space->number);
        FUZZ_HOLDS(space->port_count <= H_PORT_RANGES, "space %u has %u ports",
                   space->number, space->port_count);
        FUZZ_HOLDS(space->kip_bytes == 0 ||
                           page_at(space, space->kip).rights == (H_R | H_X),
                   "space %u: its kernel interface page", space->number);
}

static void
check_utcb_page(const struct utcb_page *page)
{
        uint32_t used = 0;

        for (unsigned i = 0; i < UTCBS; i++) {
                const struct thread *thread = page->threads[i];
                if (!thread)
                        continue;
                used++;
                FUZZ_HOLDS(
                        thread->space == page->space &&
                                thread->local == page->address + i * UTCB_SIZE +
                                                         UTCB_MR0,
                        "thread 0x%08x is not where its UTCB is", thread->id);
        }
        FUZZ_HOLDS(used == page->used, "%u UTCBs in a page that counts %u",
                   used, page->used);
        FUZZ_HOLDS(page_at(page->space, page->address).frame ==
                           h_pfpage_first(page->page.pages).value,
                   "the UTCBs at 0x%08x are not mapped", page->address);
}

void
check_spaces(void)
{
        for (uint32_t i = 0; i < unit_count; i++) {
                if (units[i].space.threads != 0)
                        check_space(&units[i].space);
                if (units[i].utcb_page.used != 0)
                        check_utcb_page(&units[i].utcb_page);
        }
}
