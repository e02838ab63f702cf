// SPDX-License-Identifier: MIT
// One item after the other.
//
//     MR0   1 .. u    u + 1                                  u + t
//    +-----+---------+----------+---------------+-------------+
//    | tag | untyped | map item | string item   | grant item  |
//    +-----+---------+----------+---------------+-------------+
//                    <--- at, in words ---> next
//
// Each word is read when it is its turn. It may be anything, and another thing than it
// was a moment ago: other threads of the sender's space can write it.
//
// The contracts are in items.h. Source: L4 X.2, messages.
#include "items.h"

#include "space.h"

#define MAP_WORDS 2u

// Where the receiver wants memory to be. For a fault the kernel receives in the
// thread's place, and wants anything; otherwise it wants nothing.
static uint32_t
window_of(const struct thread *receiver)
{
        switch (receiver->role) {
        case ROLE_USER:
                return utcb_read(receiver, UTCB_BR0) & ~ACCEPTOR_BITS;
        case ROLE_PAGE_FAULT:
                return FPAGE_ALL_LOG2 << 4;
        case ROLE_PORT_FAULT:
                return fpage_ports(0, 16);
        default:
                return FPAGE_NIL;
        }
}

static enum item_step
map_step(struct under_way *way)
{
        if (!map_item_step(&way->map)) {
                way->item = NO_ITEM;
                way->at += MAP_WORDS;
        }
        return ITEM_GOES_ON;
}

static enum item_step
map_begin(struct thread *sender, uint32_t item)
{
        struct under_way *way = &sender->under_way;
        struct thread *receiver = way->receiver;
        uint32_t window = window_of(receiver);
        const uint32_t words[MAP_WORDS] = {
                utcb_read(sender, (int)item),
                utcb_read(sender, (int)item + 1),
        };

        if ((words[1] & ~ACCEPTOR_BITS) == FPAGE_NIL) {
                way->at += MAP_WORDS;
                return ITEM_GOES_ON;
        }
        if (window == FPAGE_NIL)
                return ITEM_OVERFLOW;
        map_item_begin(&way->map, sender->space, receiver->space, words,
                       window);
        way->item = MAP_ITEM;
        return map_step(way);
}

// Every item has two words at least.
static enum item_step
begin(struct thread *sender)
{
        uint32_t first = 1 + tag_untyped(sender->tag);
        uint32_t left = tag_typed(sender->tag) - sender->under_way.at;
        uint32_t item = first + sender->under_way.at;

        if (left == 0)
                return ITEM_OVER;
        if (left == 1)
                return ITEM_OVERFLOW;

        uint32_t type = utcb_read(sender, (int)item) & ITEM_TYPE;
        if ((type & ITEM_STRING_BITS) == 0)
                return string_begin(sender, item);
        if (type == ITEM_MAP || type == ITEM_GRANT)
                return map_begin(sender, item);
        return ITEM_OVERFLOW;
}

enum item_step
items_step(struct thread *sender)
{
        switch (sender->under_way.item) {
        case MAP_ITEM:
                return map_step(&sender->under_way);
        case STRING_ITEM:
                return string_step(sender);
        default:
                return begin(sender);
        }
}

void
items_end(struct thread *sender)
{
        if (sender->under_way.item == MAP_ITEM)
                map_item_end(&sender->under_way.map);
        sender->under_way.item = NO_ITEM;
}
