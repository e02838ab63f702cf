// SPDX-License-Identifier: MIT
// What the call says stays where the program has put it, in EAX and its message registers,
// until it is over: how far it has come is all that is kept.
//
// The contracts are in unmap.h and calls.h. Source: L4 X.2, Unmap.
#include "unmap.h"

#include "fpages.h"
#include "ports.h"
#include "space.h"
#include "todo.h"

// H4-BEGIN 7.8
#define CONTROL_LAST 0x3Fu // the number of the last flexpage
#define CONTROL_FLUSH 0x40u

static uint32_t
flexpage(const struct thread *thread, uint32_t number)
{
        return number == 0 ? get_register(thread, H_ESI)
                           : utcb_read(thread, (int)number);
}

// It is done: in place of the rights stand those that have been used.
static void
finish(struct thread *thread, unsigned used)
{
        uint32_t number = thread->under_way.at++;
        uint32_t word = (flexpage(thread, number) & ~FPAGE_RIGHTS) | used;

        if (number == 0)
                set_register(thread, H_ESI, word);
        utcb_write(thread, (int)number, word);
        thread->under_way.map = (struct map_item){ .mapped = false };
}

// Memory goes step by step, and so do ports.
static void
begin(struct thread *thread, bool flush)
{
        struct map_item *map = &thread->under_way.map;
        uint32_t word = flexpage(thread, thread->under_way.at);
        struct fpage_range range = fpage_range(word);
        struct port_row row = ports_of(word);
        bool takes = (word & FPAGE_RIGHTS) != 0;

        if (range.any)
                map_walk_begin(&map->walk, thread->space, range.first,
                               range.last, range.rights, flush);
        map->ports = row.any && takes;
        map->row = row;
        if (map->walk.space || map->ports)
                map->mapped = true; // it is under way
        else
                finish(thread, 0);
}

// False: it is over.
static bool
step(struct thread *thread)
{
        struct map_item *map = &thread->under_way.map;
        uint32_t control = get_register(thread, H_EAX);
        bool flush = (control & CONTROL_FLUSH) != 0;

        if (!map->mapped)
                begin(thread, flush);
        else if (map->ports ? !map_ports_take_step(map, thread->space, flush)
                            : !map_walk_step(&map->walk))
                finish(thread, map->walk.used);
        return thread->under_way.at <= (control & CONTROL_LAST);
}
// H4-STUB 7.8
// H4-END 7.8

struct thread *
unmap_go_on(struct thread *thread)
{
        // H4-BEGIN 7.8
        do {
                if (!step(thread)) {
                        thread->work = WORK_NONE;
                        return thread;
                }
        } while (!h_interrupt_pending());
        return thread;
        // H4-STUB 7.8
        //| H4_TODO("7.8", thread);
        // H4-END 7.8
}

void
unmap_break(struct thread *thread)
{
        struct map_item *map = &thread->under_way.map;

        thread->work = WORK_NONE;
        map_walk_end(&map->walk);
        if (map->ports)
                map_ports_end();
}

struct thread *
call_unmap(struct thread *self, const struct registers *in)
{
        // H4-BEGIN 7.8
        (void)in;
        self->work = WORK_UNMAP;
        self->under_way.at = 0;
        self->under_way.map = (struct map_item){ .mapped = false };
        return unmap_go_on(self);
        // H4-STUB 7.8
        //| H4_TODO("7.8", self, in);
        // H4-END 7.8
}
