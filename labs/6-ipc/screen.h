// SPDX-License-Identifier: MIT
// What the kernel prints, as the VGA screen shows it: full of what the test has put there
// before, so that older words are no longer found.
#ifndef LAB6_SCREEN_H
#define LAB6_SCREEN_H

#include <h4/test.h>

// A character and its colour in each cell.
#define SCREEN ((volatile uint16_t *)0xC00B8000u)
#define SCREEN_CELLS (80u * 25u)

static uint16_t screen_kept[SCREEN_CELLS];

static inline void
screen_fill(void)
{
        for (unsigned i = 0; i < SCREEN_CELLS; i++) {
                screen_kept[i] = SCREEN[i];
                SCREEN[i] = (uint16_t)(0x0800 + i);
        }
}

static inline void
screen_restore(void)
{
        for (unsigned i = 0; i < SCREEN_CELLS; i++)
                SCREEN[i] = screen_kept[i];
}

static inline bool
screen_shows(const char *words)
{
        for (unsigned i = 0; i < SCREEN_CELLS; i++) {
                unsigned n = 0;
                while (words[n] != 0 && i + n < SCREEN_CELLS &&
                       (SCREEN[i + n] & 0xFF) == (uint8_t)words[n])
                        n++;
                if (words[n] == 0)
                        return true;
        }
        return false;
}

#endif
