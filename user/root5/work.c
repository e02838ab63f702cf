// SPDX-License-Identifier: MIT
// What the crew does. The contracts are in crew.h.
#include "crew.h"

#include <l4/kip.h>
#include <l4/thread.h>
#include <l4io.h>

#define STEPS 200 // between two looks at the clock
#define TURNS 5

void
do_nothing(struct worker *self)
{
        (void)self;
}

static void
count_some(struct worker *self)
{
        for (L4_Word_t i = 0; i < STEPS; i++)
                self->count++;
}

void
count_until_the_end(struct worker *self)
{
        while (L4_IsClockEarlier(L4_SystemClock(), work_ends))
                count_some(self);
}

void
count_for_ever(struct worker *self)
{
        for (;;)
                count_some(self);
}

// Whoever's turn it is not gives its time to the one whose turn it is.
void
print_by_turns(struct worker *self)
{
        static volatile L4_Word_t turn; // crew[turn]'s
        struct worker *other = &crew[1 - (self - crew)];

        for (L4_Word_t i = 1; i <= TURNS; i++) {
                while (&crew[turn] != self)
                        L4_ThreadSwitch(other->id);
                printf(" %u:%u", self->number, i);
                turn = (L4_Word_t)(other - crew);
                L4_ThreadSwitch(other->id);
        }
}

void
say_where(struct worker *self)
{
        self->count++;
        printf("  Here is thread %u. My UTCB is at 0x%08x, the kernel interface "
               "page at 0x%08x.\n",
               L4_ThreadNo(L4_Myself()), L4_MyLocalId().raw, __L4_Kip());
}
