// SPDX-License-Identifier: MIT
// Strings: bytes from the sender's space to the receiver's. Both sides say in registers
// where they are; a string may be in many places there, and so may its buffer.
//
//    +--------+---+-------+-----------+-----------+-   -+-----------+
//    | length | c | j     | type    C | address 0 | ... | address j |     a part
//    +--------+---+-------+-----------+-----------+-   -+-----------+
//     31    10  9   8   4   3  1    0
//
// A part is j + 1 substrings of the same length; c: another part follows. C of a buffer:
// another buffer follows, for the next string.
//
//     sender      |<------ 5000 ------>|<------ 5000 ------>|<- 700 ->|
//     receiver    |<--------- 8192 --------->|<--------- 8192 ------ . .
//     pieces      |    4096      | 904 | 3192| 1808         |   700   |
//
// Each step copies one piece: as far as both substrings go, and 4 KB at most.
//
// The contracts are in items.h. Source: L4 X.2, string items; buffer registers.
#include "items.h"
#include "panic.h"
#include "space.h"
#include "todo.h"

// H4-BEGIN 7.9
#define ANOTHER_BUFFER 0x1u
#define CONTINUES 0x200u

#define MOST_BYTES 0x1000u // of a piece

#define FIRST_BUFFER 1u
#define NO_BUFFER BUFFER_REGISTERS

// One of the two sides.
struct side {
        const struct thread *thread;
        struct string_place *place;
        bool is_buffer;
        uint32_t end; // registers from this one on are not the string's
};

// A substring, from the place on.
struct rest {
        uint32_t address;
        uint32_t bytes;
};

static uint32_t
substrings(uint32_t word)
{
        return (word >> 4 & 0x1F) + 1;
}

static struct side
side_of_sender(struct thread *sender)
{
        uint32_t tag = sender->tag;

        return (struct side){
                .thread = sender,
                .place = &sender->under_way.string.from,
                .end = 1 + tag_untyped(tag) + tag_typed(tag),
        };
}

static struct side
side_of_receiver(struct thread *sender)
{
        return (struct side){
                .thread = sender->under_way.receiver,
                .place = &sender->under_way.string.to,
                .is_buffer = true,
                .end = BUFFER_REGISTERS,
        };
}

static uint32_t
read_register(const struct side *side, uint32_t number)
{
        return utcb_read(side->thread, side->is_buffer ? UTCB_BR0 - (int)number
                                                       : (int)number);
}

// Is the part that begins here all within the side's registers? Then its first word.
static bool
part_at(const struct side *side, uint32_t part, uint32_t *word)
{
        if (part + 1 >= side->end)
                return false;
        *word = read_register(side, part);
        return part + 1 + substrings(*word) <= side->end;
}

// --- One side ---------------------------------------------------------------------

enum found {
        FOUND,
        AT_END,
        OUTSIDE
};

// Where bytes come next: the place moves on to a substring in which some are left.
static enum found
find_next(const struct side *side, struct rest *rest)
{
        struct string_place *place = side->place;
        uint32_t word;

        while (part_at(side, place->part, &word)) {
                uint32_t length = word >> 10;

                if (place->substring < substrings(word) &&
                    place->done < length) {
                        uint32_t number = place->part + 1 + place->substring;
                        rest->address =
                                read_register(side, number) + place->done;
                        rest->bytes = length - place->done;
                        return FOUND;
                }
                place->done = 0;
                place->substring++;
                if (place->substring < substrings(word))
                        continue;
                if ((word & CONTINUES) == 0)
                        return AT_END;
                place->part += 1 + substrings(word);
                place->substring = 0;
        }
        return OUTSIDE;
}

// The register behind the last part.
static uint32_t
behind(const struct side *side)
{
        uint32_t part = side->place->part;
        uint32_t word;

        do {
                if (!part_at(side, part, &word))
                        return side->end;
                part += 1 + substrings(word);
        } while ((word & CONTINUES) != 0);
        return part;
}

// --- From the one to the other ------------------------------------------------------

static uint32_t
least(uint32_t a, uint32_t b)
{
        return a < b ? a : b;
}

// No string lies in kernel space: none goes on there.
static uint32_t
user_bytes(struct rest rest)
{
        if (rest.address >= H_KERNEL_SPACE)
                return 0;
        return least(rest.bytes, H_KERNEL_SPACE - rest.address);
}

static enum item_step
copy_piece(struct thread *sender, struct rest from, struct rest to)
{
        struct string_item *string = &sender->under_way.string;
        const struct thread *receiver = sender->under_way.receiver;
        uint32_t bytes = least(user_bytes(from), user_bytes(to));
        uint32_t done;

        if (bytes == 0)
                return ITEM_OVERFLOW;
        enum h_error error = h_copy_user(
                receiver->space->pagemap, (struct h_vaddr){ to.address },
                sender->space->pagemap, (struct h_vaddr){ from.address },
                least(bytes, MOST_BYTES), &done);
        string->from.done += done;
        string->to.done += done;
        string->bytes += done;
        if (error == H_UNREADABLE) {
                string->missing = from.address + done;
                return ITEM_SENDER_FAULTS;
        }
        if (error == H_READ_ONLY) {
                string->missing = to.address + done;
                return ITEM_RECEIVER_FAULTS;
        }
        must(error, "h_copy_user of a string");
        return ITEM_GOES_ON;
}

// The string is over, and so is its buffer, whatever is left of it.
static enum item_step
finish(struct thread *sender, const struct side *from, const struct side *to)
{
        struct under_way *way = &sender->under_way;
        uint32_t first = read_register(to, way->buffer);

        way->at = behind(from) - 1 - tag_untyped(sender->tag);
        way->buffer = (first & ANOTHER_BUFFER) != 0 ? behind(to) : NO_BUFFER;
        way->item = NO_ITEM;
        return ITEM_GOES_ON;
}
// H4-STUB 7.9
// H4-END 7.9

enum item_step
string_step(struct thread *sender)
{
        // H4-BEGIN 7.9
        struct side from = side_of_sender(sender);
        struct side to = side_of_receiver(sender);
        struct rest source, room;

        switch (find_next(&from, &source)) {
        case AT_END:
                return finish(sender, &from, &to);
        case OUTSIDE:
                return ITEM_OVERFLOW;
        default:
                break;
        }
        if (find_next(&to, &room) != FOUND)
                return ITEM_OVERFLOW;
        return copy_piece(sender, source, room);
        // H4-STUB 7.9
        //| H4_TODO("7.9", sender);
        // H4-END 7.9
}

// H4-BEGIN 7.9
static bool
accepts_strings(const struct thread *receiver)
{
        return receiver->role == ROLE_USER &&
               (utcb_read(receiver, UTCB_BR0) & ACCEPTOR_STRINGS) != 0;
}
// H4-STUB 7.9
// H4-END 7.9

enum item_step
string_begin(struct thread *sender, uint32_t item)
{
        // H4-BEGIN 7.9
        struct under_way *way = &sender->under_way;
        struct side to = side_of_receiver(sender);
        uint32_t word;

        if (way->buffer == 0)
                way->buffer = FIRST_BUFFER;
        if (!accepts_strings(way->receiver) ||
            !part_at(&to, way->buffer, &word) || (word & ITEM_STRING_BITS) != 0)
                return ITEM_OVERFLOW;
        way->item = STRING_ITEM;
        way->string.from = (struct string_place){ .part = item };
        way->string.to = (struct string_place){ .part = way->buffer };
        return string_step(sender);
        // H4-STUB 7.9
        //| H4_TODO("7.9", sender, item);
        // H4-END 7.9
}
