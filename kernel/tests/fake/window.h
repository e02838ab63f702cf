// SPDX-License-Identifier: MIT
// Stands in for window.c: a few frames of physical memory, of which one at a
// time can be seen. A pointer that is kept after the window has moved on shows
// another frame, as it does on the machine.
#ifndef FAKE_WINDOW_H
#define FAKE_WINDOW_H

#include <kernel/layout.h>
#include <kernel/window.h>

#define FAKE_FRAMES 8

struct fake_frame {
        struct paddr frame;
        uint32_t content[TABLE_ENTRIES];
};

extern struct fake_frame fake_frames[FAKE_FRAMES];

// Puts what was written through the window back into its frame, and closes it.
// To be called before fake_frames is read or written.
void fake_window_close(void);

#endif
