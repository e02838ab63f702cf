// SPDX-License-Identifier: MIT
// The contracts are in machine.h, and in ../pages.h.
#include "machine.h"

#include <l4/pages.h>
#include <l4/panic.h>
#include <l4/units.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
        uint32_t frame;
        uint8_t rights; // 0: nothing
        uint8_t used;
};

// Of one slot. The entry of a superpage counts, if it is there, otherwise the table's.
struct slot {
        struct entry large;
        struct entry table[PAGES];
        unsigned count; // entries of the table; 0: there is none
};

struct unit *units;
uint32_t unit_count;
struct space machine_spaces[SPACES];
unsigned machine_tables;
bool machine_unsplit[PLACES];
jmp_buf *machine_catch;
char machine_message[256];

static struct slot slots[SPACES][SLOTS];
static const uint32_t slot_bases[SLOTS] = {
        0,
        0x10000000,
        0x10000000 + H_SUPERPAGE_SIZE,
        H_KERNEL_SPACE - H_SUPERPAGE_SIZE,
};

void
machine_stop(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(machine_message, sizeof(machine_message), format, arguments);
        va_end(arguments);
        if (!machine_catch) {
                fprintf(stderr, "%s\n", machine_message);
                abort();
        }
        longjmp(*machine_catch, 1);
}

void
l4_panic(const char *what)
{
        machine_stop("the kernel gives up: %s", what);
}

void
machine_begin(unsigned units_wanted, unsigned tables)
{
        free(units);
        units = calloc(units_wanted, sizeof(*units));
        unit_count = units_wanted;
        memset(slots, 0, sizeof(slots));
        memset(machine_unsplit, 0, sizeof(machine_unsplit));
        memset(machine_spaces, 0, sizeof(machine_spaces));
        for (unsigned i = 0; i < SPACES; i++)
                machine_spaces[i].number = i;
        machine_tables = tables;
        mapdb_init();
}

uint32_t
machine_address(unsigned slot, unsigned page)
{
        return slot_bases[slot] + page * H_PAGE_SIZE;
}

uint32_t
machine_frame(unsigned number)
{
        return 0x01000000 + number * H_SUPERPAGE_SIZE;
}

unsigned
place_of(const struct space *space, uint32_t at)
{
        unsigned page = at / H_PAGE_SIZE % PAGES;

        for (unsigned i = 0; i < SLOTS; i++)
                if (at - slot_bases[i] < H_SUPERPAGE_SIZE)
                        return (space->number * SLOTS + i) * PAGES + page;
        return PLACES;
}

const struct space *
place_space(unsigned place)
{
        return &machine_spaces[place / PAGES / SLOTS];
}

uint32_t
place_address(unsigned place)
{
        return machine_address(place / PAGES % SLOTS, place % PAGES);
}

static struct slot *
slot_of(unsigned place)
{
        return &slots[place / PAGES / SLOTS][place / PAGES % SLOTS];
}

// What maps a place. Without one: null.
static struct entry *
entry_of(unsigned place, unsigned *log2)
{
        struct slot *slot = slot_of(place);
        bool large = slot->large.rights != 0;
        struct entry *entry =
                large ? &slot->large : &slot->table[place % PAGES];

        *log2 = large ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2;
        return entry->rights != 0 ? entry : NULL;
}

// The entry for a range, which has to be of just this size.
static struct entry *
entry_for(const struct space *space, uint32_t at, unsigned log2)
{
        unsigned found;
        struct entry *entry = at % (1u << log2) == 0 && at < H_KERNEL_SPACE
                                      ? entry_of(place_of(space, at), &found)
                                      : NULL;

        if (!entry || found != log2)
                machine_stop("0x%08x of space %u is not mapped by an entry of "
                             "2^%u bytes",
                             at, space->number, log2);
        return entry;
}

bool
machine_needs_table(unsigned place)
{
        const struct slot *slot = slot_of(place);

        return slot->count == 0 && slot->large.rights == 0;
}

bool
machine_any(unsigned place)
{
        return !machine_needs_table(place);
}

static bool
take_table(void)
{
        if (machine_tables == 0)
                return false;
        machine_tables--;
        return true;
}

// With H_W always H_R too.
static uint8_t
kept(unsigned rights)
{
        return (uint8_t)(rights & H_W ? rights | H_R : rights);
}

static enum page_result
map(unsigned place, uint32_t frame, unsigned log2, unsigned rights)
{
        struct slot *slot = slot_of(place);
        struct entry entry = { frame, kept(rights), 0 };

        if (log2 == H_SUPERPAGE_LOG2) {
                if (machine_any(place))
                        return PAGE_OCCUPIED;
                slot->large = entry;
                return PAGE_OK;
        }
        if (slot->large.rights != 0 || slot->table[place % PAGES].rights != 0)
                return PAGE_OCCUPIED;
        if (slot->count == 0 && !take_table())
                return PAGE_REFUSED;
        slot->count++;
        slot->table[place % PAGES] = entry;
        return PAGE_OK;
}

enum page_result
page_map(const struct space *space, uint32_t at, uint32_t frame, unsigned log2,
         unsigned rights)
{
        if (rights == 0 || (at | frame) % (1u << log2) != 0)
                machine_stop("page_map: no rights, or not aligned");
        return map(place_of(space, at), frame, log2, rights);
}

struct page
page_at(const struct space *space, uint32_t at)
{
        unsigned place = place_of(space, at);
        unsigned log2;

        if (place == PLACES)
                return (struct page){ 0 };
        const struct entry *entry = entry_of(place, &log2);
        if (!entry)
                return (struct page){ 0 };
        uint32_t inside = (1u << log2) - H_PAGE_SIZE;
        return (struct page){
                .frame = entry->frame + (at & inside),
                .log2 = log2,
                .rights = entry->rights,
        };
}

bool
page_split(const struct space *space, uint32_t at)
{
        unsigned place = place_of(space, at);
        struct entry entry = *entry_for(space, at, H_SUPERPAGE_LOG2);
        struct slot *slot = slot_of(place);

        if (!take_table()) {
                machine_unsplit[place] = true;
                return false;
        }
        for (unsigned i = 0; i < PAGES; i++) {
                slot->table[i] = entry;
                slot->table[i].frame += i * H_PAGE_SIZE;
        }
        slot->large.rights = 0;
        slot->count = PAGES;
        return true;
}

void
page_set_rights(const struct space *space, uint32_t at, unsigned log2,
                unsigned rights)
{
        if (rights == 0)
                machine_stop("page_set_rights: none");
        entry_for(space, at, log2)->rights = kept(rights);
}

void
page_unmap(const struct space *space, uint32_t at, unsigned log2)
{
        struct slot *slot = slot_of(place_of(space, at));

        entry_for(space, at, log2)->rights = 0;
        if (log2 == H_PAGE_LOG2 && --slot->count == 0)
                machine_tables++;
}

unsigned
page_take_used(const struct space *space, uint32_t at, unsigned log2)
{
        struct entry *entry = entry_for(space, at, log2);
        unsigned used = entry->used;

        entry->used = 0;
        return used;
}

void
machine_touch(unsigned place, unsigned used)
{
        unsigned log2;

        entry_of(place, &log2)->used |= (uint8_t)used;
}

bool
machine_keep(unsigned place)
{
        return map(place, KERNELS_FRAME, H_PAGE_LOG2, H_R) == PAGE_OK;
}
