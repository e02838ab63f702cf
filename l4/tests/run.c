// SPDX-License-Identifier: MIT
// The contracts are in run.h.
#include "run.h"

#include "../units.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool run_aloud;

static unsigned sizes_units;

void
run_say(const char *format, ...)
{
        va_list arguments;

        if (!run_aloud)
                return;
        printf("#   ");
        va_start(arguments, format);
        vprintf(format, arguments);
        va_end(arguments);
        printf("\n");
}

void
run_begin(uint32_t sizes)
{
        // Now and then there is so little that it runs out all the time.
        sizes_units = sizes % 4 == 0 ? 1 + sizes / 4 % 4 : 8 + sizes / 4 % 16;
        unsigned tables =
                sizes / 256 % 3 == 0 ? sizes / 1024 % 5 : 5 + sizes / 1024 % 16;

        run_say("%u units, %u page-tables", sizes_units, tables);
        machine_begin(sizes_units, tables);
        model_begin();
        run_begin_walks();
        run_begin_items();
}

unsigned
run_choose(uint32_t number)
{
        unsigned place = number / 16 % PLACES;

        if (number % 16 == 0)
                return place;
        for (unsigned i = 0; i < PLACES; i++) {
                unsigned at = (place + i) % PLACES;
                if (facts[at].there)
                        return at;
        }
        return place;
}

static void
run_touch(const struct operation *operation)
{
        unsigned place = run_choose(operation->numbers[0]);
        unsigned used = operation->numbers[1] % 2 ? H_R : H_R | H_W;

        if (!facts[place].there)
                return;
        if (!(facts[place].rights & H_W))
                used = H_R;
        run_say("space %u uses 0x%08x: %u", place_space(place)->number,
                place_address(place), used);
        machine_touch(place, used);
        model_touch(place, used);
}

static void
run_keep(const struct operation *operation)
{
        unsigned place = operation->numbers[0] % PLACES;

        if (operation->numbers[1] % 8 != 0)
                return;
        if (machine_keep(place)) {
                run_say("the kernel's own: space %u, 0x%08x",
                        place_space(place)->number, place_address(place));
                facts[place].kernels = true;
        }
}

static void
run_tables(const struct operation *operation)
{
        uint32_t number = operation->numbers[0];

        machine_tables = number % 2 ? 0 : number / 2 % 8;
        run_say("%u page-tables are left", machine_tables);
}

void
run_operation(const struct operation *operation)
{
        model_now++;
        if (!run_any_walk())
                memset(machine_unsplit, 0, sizeof(machine_unsplit));
        switch (operation->kind) {
        case GIVE:
        case SHARE:
        case GRANT:
                run_map(operation);
                break;
        case ITEM:
                run_item(operation);
                break;
        case TOUCH:
                run_touch(operation);
                break;
        case KEEP:
                run_keep(operation);
                break;
        case TABLES:
                run_tables(operation);
                break;
        default:
                run_walk(operation);
                break;
        }
        model_compare(run_is_settled());
        database_check(run_any_walk());
        if (mapdb_room() != UNIT_MAPPINGS * sizes_units)
                machine_stop("mapdb_room has changed");
}
