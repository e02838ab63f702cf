// SPDX-License-Identifier: MIT
// For tests of strings: a sender and a receiver in two spaces, with some memory each, string
// items as rows of substrings, and what the receiver's memory is to be afterwards.
//
//     strings_begin();
//     struct row from, to;
//     row_begin(&from, a, 1 + UNTYPED);           message registers of the sender
//     row_part(&from, 100, 2, places, 0);         two substrings of 100 bytes
//     row_begin(&to, b, 1);                       buffer registers of the receiver
//     row_part(&to, 4096, 1, room, 0);
//     strings_due(&from, &to);                    what is to be copied, is
//     strings_run(&from, 3, "...");               in 3 steps at most
#ifndef LAB7_STRINGS_H
#define LAB7_STRINGS_H

#include <h4/crowd.h>
#include <kernel/string.h>
#include <l4/pages.h>

#include "forest.h"
#include "steps.h"

#define UNTYPED 3u
#define FIRST_ITEM (1 + UNTYPED)

#define AREA_PAGES 3u
#define AREA_BYTES (AREA_PAGES * H_PAGE_SIZE)
#define FROM 0x00100000u // the sender's memory
#define TO 0x00203000u   // the receiver's

#define CONTINUES 0x200u // of a part's first word: another part follows
#define ANOTHER 0x1u     // of a buffer's: another buffer follows

static struct space *home, *abroad;
static struct thread *a, *b; // sender, receiver
static uint8_t sent[AREA_BYTES] __attribute__((aligned(4)));
static uint8_t due[AREA_BYTES] __attribute__((aligned(4)));
static uint8_t found[AREA_BYTES] __attribute__((aligned(4)));
static uint32_t due_first, due_end; // of `due`: what has changed

struct substring {
        uint32_t at, bytes;
};

// The substrings of one string, in their order, and where its words go.
struct row {
        struct thread *thread;
        bool buffers;
        uint32_t next; // register
        uint32_t count;
        struct substring substrings[32];
};

static inline uint32_t
strings_page(uint32_t number)
{
        return forest_page(40 + number);
}

static inline void
strings_map(struct space *space, uint32_t first, uint32_t page, unsigned rights)
{
        uint32_t frame = strings_page(page + (space == home ? 0 : AREA_PAGES));

        expect_number(PAGE_OK,
                      page_map(space, first + page * H_PAGE_SIZE, frame,
                               H_PAGE_LOG2, rights),
                      "the test's own page_map");
}

static inline void
strings_begin(void)
{
        crowd_begin_with(0, FOREST_UNITS);
        home = crowd_space();
        abroad = crowd_space();
        a = crowd_thread(home);
        b = crowd_thread(abroad);
        for (uint32_t i = 0; i < AREA_PAGES; i++) {
                strings_map(home, FROM, i, H_R | H_W);
                strings_map(abroad, TO, i, H_R | H_W);
        }
        uint32_t *words = (uint32_t *)sent;
        for (uint32_t i = 0; i < AREA_BYTES / 4; i++)
                words[i] = (i + 1) * 0x01030507;
        memset(due, 0xEE, sizeof(due));
        due_first = AREA_BYTES;
        due_end = 0;
        system_copy_in(home->pagemap, FROM, sent, AREA_BYTES);
        system_copy_in(abroad->pagemap, TO, due, AREA_BYTES);
        b->role = ROLE_USER;
        utcb_write(b, UTCB_BR0, ACCEPTOR_STRINGS);
}

// --- Rows -----------------------------------------------------------------------------

static inline void
row_begin(struct row *row, struct thread *thread, uint32_t first)
{
        *row = (struct row){
                .thread = thread,
                .buffers = thread == b,
                .next = first,
        };
}

static inline void
row_word(struct row *row, uint32_t word)
{
        int number = (int)row->next++;

        utcb_write(row->thread, row->buffers ? UTCB_BR0 - number : number,
                   word);
}

// One part more: so many substrings of `bytes` bytes each, at these places of the area.
static inline void
row_part(struct row *row, uint32_t bytes, uint32_t count,
         const uint32_t *places, uint32_t flags)
{
        uint32_t area = row->buffers ? TO : FROM;

        row_word(row, bytes << 10 | (count - 1) << 4 | flags);
        for (uint32_t i = 0; i < count; i++) {
                row_word(row, area + places[i]);
                row->substrings[row->count++] =
                        (struct substring){ area + places[i], bytes };
        }
}

// A row of one substring.
static inline void
row_one(struct row *row, struct thread *thread, uint32_t first, uint32_t place,
        uint32_t bytes)
{
        row_begin(row, thread, first);
        row_part(row, bytes, 1, &place, 0);
}

static inline uint32_t
row_bytes(const struct row *row)
{
        uint32_t bytes = 0;

        for (uint32_t i = 0; i < row->count; i++)
                bytes += row->substrings[i].bytes;
        return bytes;
}

// Where byte `number` of the string is, and how many bytes of its substring come from there on.
static inline struct substring
row_rest(const struct row *row, uint32_t number)
{
        uint32_t i = 0;

        while (number >= row->substrings[i].bytes)
                number -= row->substrings[i++].bytes;
        return (struct substring){ row->substrings[i].at + number,
                                   row->substrings[i].bytes - number };
}

// --- What is due ------------------------------------------------------------------------

// So many bytes of the sender's area are to be in the receiver's, there.
static inline void
strings_due_bytes(uint32_t from, uint32_t to, uint32_t bytes)
{
        if (bytes == 0)
                return;
        memcpy(due + to, sent + from, bytes);
        if (to < due_first)
                due_first = to;
        if (to + bytes > due_end)
                due_end = to + bytes;
}

// The bytes from `first` up to `end` of the string are to be in the buffer.
static inline void
strings_due_part(const struct row *from, const struct row *to, uint32_t first,
                 uint32_t end)
{
        while (first < end) {
                struct substring source = row_rest(from, first);
                struct substring room = row_rest(to, first);
                uint32_t bytes = end - first;
                if (bytes > source.bytes)
                        bytes = source.bytes;
                if (bytes > room.bytes)
                        bytes = room.bytes;
                strings_due_bytes(source.at - FROM, room.at - TO, bytes);
                first += bytes;
        }
}

static inline void
strings_due(const struct row *from, const struct row *to)
{
        strings_due_part(from, to, 0, row_bytes(from));
}

// The bytes from `first` up to `end` of the receiver's area are as is due.
static inline void
strings_compare(uint32_t first, uint32_t end, const char *what)
{
        uint32_t page = first & ~(H_PAGE_SIZE - 1);

        for (; page < end; page += H_PAGE_SIZE)
                if (page_at(abroad, TO + page).rights == 0) // on purpose
                        memcpy(found + page, due + page, H_PAGE_SIZE);
                else
                        system_copy_out(abroad->pagemap, TO + page,
                                        found + page, H_PAGE_SIZE);
        const uint32_t *words = (const uint32_t *)due;
        const uint32_t *seen = (const uint32_t *)found;
        uint32_t i = first / 4;

        while (i < end / 4 && words[i] == seen[i])
                i++;
        if (i == end / 4)
                return;
        for (i *= 4; due[i] == found[i];)
                i++;
        expect_hex(due[i], found[i], "%s: the receiver's byte at 0x%08x%s",
                   what, TO + i,
                   due[i] == 0xEE ? ", in front of which or behind which its "
                                    "buffers end"
                                  : "");
}

// What has been due since the last time is there, and around it all is as it was. If nothing
// has been due, nothing at all has changed.
static inline void
strings_expect(const char *what)
{
        uint32_t first = due_first < 256 ? 0 : due_first - 256;
        uint32_t end = due_end + 256 > AREA_BYTES ? AREA_BYTES : due_end + 256;

        if (due_end == 0)
                strings_compare(0, AREA_BYTES, what);
        else
                strings_compare(first & ~3u, end & ~3u, what);
        due_first = AREA_BYTES;
        due_end = 0;
}

// At the end of a test: all of it is as is due.
static inline void
strings_expect_all(void)
{
        strings_compare(0, AREA_BYTES, "all strings of this test together");
}

// --- A message ---------------------------------------------------------------------------

// A message with so many typed words begins, and nothing of it has been done.
static inline void
strings_message(uint32_t typed)
{
        a->tag = tag_make(0, UNTYPED, typed);
        a->under_way = (struct under_way){ .receiver = b };
}

// From the string that begins in this register on, or from where it has got to (0), until
// it is over or cannot go on. Never more than 4 KB in a step, nor more steps than `most`.
static inline enum item_step
strings_steps(uint32_t item, uint32_t most, const char *what)
{
        struct under_way *way = &a->under_way;
        uint32_t before = way->string.bytes;
        enum item_step step = item ? string_begin(a, item) : string_step(a);

        for (uint32_t steps = 1;
             step == ITEM_GOES_ON && way->item == STRING_ITEM; steps++) {
                if (way->string.bytes - before > 4096)
                        expect_number(4096, way->string.bytes - before,
                                      "%s: bytes in one step", what);
                if (steps > most)
                        fail("%s: it is not over after %u steps, and %u bytes "
                             "have been copied",
                             what, steps, way->string.bytes);
                before = way->string.bytes;
                step = string_step(a);
        }
        return step;
}

// The string comes to its end: what comes next is in these registers.
static inline void
strings_run(const struct row *from, uint32_t buffer, uint32_t most,
            const char *what)
{
        struct under_way *way = &a->under_way;
        uint32_t bytes = way->string.bytes;
        uint32_t first = FIRST_ITEM + way->at;
        enum item_step step = strings_steps(first, most, what);

        expect_step(ITEM_GOES_ON, step, what);
        expect_number(NO_ITEM, way->item, "%s: `item` when it is over", what);
        expect_number(bytes + row_bytes(from), way->string.bytes,
                      "%s: the bytes that have been copied", what);
        expect_number(from->next - FIRST_ITEM, way->at,
                      "%s: the typed words that are done", what);
        expect_number(buffer, way->buffer, "%s: the next buffer's register",
                      what);
        strings_expect(what);
}

#endif
