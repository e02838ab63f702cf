// SPDX-License-Identifier: MIT
// See real_machine.h.
#include "real_machine.h"

#include <h/internal/state.h>
#include <h4/live.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/memory.h>

// Memory is divided once in a boot; between tests other machines stand there.
static struct {
        bool known;
        struct page_array array;
        struct environment environment;
        struct region_table regions;
} machine;

void
real_machine_begin(void)
{
        if (machine.known) {
                page_array = machine.array;
                environment = machine.environment;
                region_table = machine.regions;
                live_load(image_frame(reference_directory));
                live_flush();
        } else {
                memory_init();
                machine.known = true;
                machine.array = page_array;
                machine.environment = environment;
                machine.regions = region_table;
        }
        h_init();
}

void
real_machine_end(void)
{
        page_array = (struct page_array){ NULL, 0 };
        live_end();
}

bool
page_is_of_module(uint32_t number)
{
        return machine.array.pages[number].module;
}

bool
page_is_for_client(uint32_t number)
{
        const struct page *page = &machine.array.pages[number];

        return page->status == 0 && !page->module;
}

uint32_t
pages_in_all(void)
{
        return machine.array.count;
}

uint32_t
pages_installed(void)
{
        uint32_t count = 0;

        for (uint32_t i = 0; i < machine.array.count; i++)
                count += machine.array.pages[i].status != STATUS_NOT_INSTALLED;
        return count;
}

static void
with_room(const struct list *list, size_t needed, size_t room)
{
        uint32_t words[ROOM];
        size_t count = UNTOUCHED;

        for (size_t i = 0; i < ROOM; i++)
                words[i] = UNTOUCHED;
        enum h_error due = room < needed ? H_CAPACITY : H_OK;
        expect_h(due, list->get(words, room, &count), "%s with room for %u",
                 list->name, (unsigned)room);
        expect_number(needed, count, "%s with room for %u: *count", list->name,
                      (unsigned)room);
        for (size_t i = due == H_OK ? needed : 0; i < ROOM; i++)
                expect_hex(UNTOUCHED, words[i],
                           "%s with room for %u: word %u of the answer",
                           list->name, (unsigned)room, (unsigned)i);
}

size_t
list_comes(const struct list *list, uint32_t *words)
{
        size_t needed = 0, count = UNTOUCHED;
        enum h_error error = list->get(NULL, 0, &needed);

        if (needed > ROOM - 1)
                fail("%s: the test has room for %u", list->name, ROOM - 1);
        expect_h(needed == 0 ? H_OK : H_CAPACITY, error, "%s with no room",
                 list->name);
        if (needed > 0)
                with_room(list, needed, needed - 1);
        with_room(list, needed, needed);
        with_room(list, needed, needed + 1);
        expect_h(H_OK, list->get(words, needed, &count), "%s", list->name);
        return count;
}
