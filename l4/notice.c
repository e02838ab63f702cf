// SPDX-License-Identifier: MIT
// The contracts are in notice.h.
#include "notice.h"

#define ROOM 320u // some lines

static char text[ROOM];
static uint32_t count, said;

void
notices_init(void)
{
        count = 0;
        said = 0;
}

static void
put(const char *words)
{
        while (*words)
                text[count++] = *words++;
}

static void
put_hex(uint32_t number)
{
        for (unsigned shift = 32; shift > 0; shift -= 4)
                text[count++] = "0123456789ABCDEF"[number >> (shift - 4) & 15];
}

void
notice_halted(uint32_t id, uint32_t address)
{
        static const char begin[] = "L4: a privileged thread has been halted: ";
        static const char middle[] = " at ";
        static const char end[] = "\n";
        const uint32_t digits = 2 * 8;

        if (ROOM - count <
            sizeof(begin) + sizeof(middle) + sizeof(end) + digits)
                return;
        put(begin);
        put_hex(id);
        put(middle);
        put_hex(address);
        put(end);
}

bool
notices_any(void)
{
        return said < count;
}

void
notice_step(void)
{
        h_putch(text[said++]);
        if (said == count)
                notices_init();
}
