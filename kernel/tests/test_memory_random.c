// SPDX-License-Identifier: MIT
// Memory maps at random, against a model that knows of each byte whether it is
// usable: the rows of usable pages, where they end, and ranges of bytes.
#include <kernel/layout.h>

#include "memory_list.h"

static struct memory_map map;

// The model: each byte of the lowest and of the highest EDGE bytes, and one for
// all that lies between, where no range begins or ends.
#define EDGE_PAGES 6u
#define EDGE (EDGE_PAGES * PAGE_SIZE)
#define BETWEEN EDGE
#define CELLS (2 * EDGE + 1)

static bool usable[CELLS], other[CELLS];

static uint32_t
address_of(uint32_t cell)
{
        return cell < EDGE ? cell : cell - CELLS;
}

// Is there such a cell, and all of them up to `last`, usable?
static bool
cells_usable(uint32_t first, uint32_t last)
{
        for (uint32_t cell = first; cell <= last; cell++)
                if (!usable[cell] || other[cell])
                        return false;
        return first <= last;
}

// Any byte, often at a page's border.
static uint32_t
random_cell(struct random *random)
{
        uint32_t at = random_below(random, EDGE);

        if (random_once_in(random, 2))
                at = at / PAGE_SIZE * PAGE_SIZE +
                     (random_once_in(random, 2) ? PAGE_SIZE - 1 : 0);
        return random_once_in(random, 2) ? at : at + EDGE + 1;
}

static void
random_map(struct random *random)
{
        map.count = 0;
        memset(usable, 0, sizeof(usable));
        memset(other, 0, sizeof(other));
        for (uint32_t i = random_below(random, 16); i > 0; i--) {
                uint32_t a = random_cell(random), b = random_cell(random);
                uint32_t first = a < b ? a : b, last = a < b ? b : a;
                bool good = !random_once_in(random, 4);

                map.ranges[map.count++] = (struct memory_range){
                        .first = paddr(address_of(first)),
                        .last = paddr(address_of(last)),
                        .kind = good ? USABLE : RESERVED,
                };
                memset((good ? usable : other) + first, true, last - first + 1);
        }
}

// Is the page usable, by the model?
static bool
page_in_model(uint32_t page)
{
        uint32_t high = MEMORY_PAGES - EDGE_PAGES;

        if (page >= EDGE_PAGES && page < high)
                return cells_usable(BETWEEN, BETWEEN);
        uint32_t cell = page < EDGE_PAGES
                                ? page * PAGE_SIZE
                                : (page - high) * PAGE_SIZE + EDGE + 1;
        return cells_usable(cell, cell + PAGE_SIZE - 1);
}

// The page behind `page`, where all between the edges counts as one.
static uint32_t
step(uint32_t page)
{
        return page == EDGE_PAGES ? MEMORY_PAGES - EDGE_PAGES : page + 1;
}

static void
runs_are_those_of_the_model(void)
{
        uint32_t page = 0, end = 0;
        struct page_range run = { 0, 0 };

        for (;;) {
                while (page < MEMORY_PAGES && !page_in_model(page))
                        page = step(page);
                if (page == MEMORY_PAGES)
                        break;
                uint32_t first = page;
                while (page < MEMORY_PAGES && page_in_model(page))
                        page = step(page);
                end = page;
                assert_true(memory_map_run(&map, run.end, &run));
                assert_int_equal(run.first, first);
                assert_int_equal(run.end, end);
        }
        assert_false(memory_map_run(&map, run.end, &run));
        assert_int_equal(run.end, end);
        assert_int_equal(memory_map_end(&map), end);
}

static void
random_maps_agree_with_the_model(void **state)
{
        (void)state;
        struct random random = { 7 };

        for (unsigned round = 0; round < 3000; round++) {
                random_map(&random);
                runs_are_those_of_the_model();
                for (unsigned i = 0; i < 20; i++) {
                        uint32_t first = random_cell(&random);
                        uint32_t last = random_cell(&random);
                        assert_int_equal(memory_map_usable(
                                                 &map, paddr(address_of(first)),
                                                 paddr(address_of(last))),
                                         cells_usable(first, last));
                }
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(random_maps_agree_with_the_model),
        };
        return cmocka_run_group_tests_name("memory_random", tests, NULL, NULL);
}
