// SPDX-License-Identifier: MIT
#include "memory_runs.h"

#include "harness.h"

#include <kernel/format.h>

void
runs_add(struct runs *runs, uint32_t first, uint32_t count, const char *code)
{
        char run[40];
        size_t size = format(run, sizeof(run), " %s", code);

        if (count > 1)
                size += format(run + size, sizeof(run) - size, "*%u", count);
        if (first != runs->next || runs->length + size >= sizeof(runs->text))
                runs_end(runs);
        if (!runs->length)
                runs->first = first;
        runs->length += format(runs->text + runs->length,
                               sizeof(runs->text) - runs->length, "%s", run);
        runs->next = first + count;
}

void
runs_end(struct runs *runs)
{
        if (runs->length)
                protocol_line("# %s %u%s", runs->note, runs->first, runs->text);
        runs->length = 0;
}
