// SPDX-License-Identifier: MIT
// The demonstration client: what a kernel on top of H looks like. It includes
// <h/h.h> and nothing else, and `make check-client` holds it to that.
#include "main.h"

#include "pool.h"
#include "print.h"
#include "spaces.h"

static struct demonstration all;
static bool fine;

void
client_begin(void)
{
        h_start_measurement(0);
        fine = pool_init() && spaces_share(&all) && spaces_look(&all) &&
               spaces_grow(&all);
        h_stop_measurement(0);
}

void
client_end(void)
{
        h_start_measurement(0);
        fine = fine && misuse(&all) && spaces_end(&all) &&
               misuse_after_end(&all);
        h_stop_measurement(0);

        uint64_t instructions = h_read_measurement(0).instructions;
        print_number((uint32_t)(instructions / 1000));
        print_line(" thousand instructions, most of them for this text");
        print_line(fine ? "H kept its promises." : "H broke a promise.");
}
