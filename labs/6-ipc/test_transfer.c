// SPDX-License-Identifier: MIT
// Tests of messages from one program to another: words, tag, and from whom. No program is
// needed.
#include <l4/stand_in/typed_asked.h>
#include <l4/transfer.h>

#include "seen.h"

#define MOST 63u
#define PLACES 9u // one more than a page has UTCBs

static struct space *home, *abroad;
static struct thread *a, *neighbour,
        *b; // neighbour: in a's space; b: in another one

static void
begin(void)
{
        crowd_begin();
        home = crowd_space();
        abroad = crowd_space();
        a = crowd_thread(home);
        neighbour = crowd_thread(home);
        b = crowd_thread(abroad);
        seen_scramble(a);
        seen_scramble(neighbour);
        seen_scramble(b);
}

static void
expect_arrived(struct transfer done, const char *what)
{
        expect_number(IPC_OK, done.error,
                      "%s: the error (0: none, 4: overflow)", what);
        expect_number(0, done.offset, "%s: the offset", what);
}

// --- Words -----------------------------------------------------------------------------------

// Words 1 to `count` are the sender's, and one behind them is as it was.
static void
expect_words(uint32_t count, const struct thread *sender,
             const struct thread *receiver, uint32_t behind, const char *by)
{
        const uint32_t *sent = seen_utcb(sender) + SEEN_MR0;
        const uint32_t *found = seen_utcb(receiver) + SEEN_MR0;

        for (uint32_t i = 1; i <= count; i++)
                if (sent[i] != found[i])
                        expect_hex(sent[i], found[i],
                                   "%s of %u words: message register %u of the "
                                   "receiver",
                                   by, count, i);
        if (count < MOST)
                expect_hex(behind, utcb_read(receiver, (int)count + 1),
                           "%s of %u words: the receiver's message register %u",
                           by, count, count + 1);
}

TEST(words_are_carried)
{
        begin();
        for (uint32_t i = 0; i <= 2 * MOST + 1; i++) {
                uint32_t count = i / 2 * 5 % (MOST + 1); // in any order
                struct thread *to = i % 4 < 2 ? b : neighbour;
                seen_scramble(a);
                uint32_t behind =
                        count < MOST ? utcb_read(to, (int)count + 1) : 0;
                uint32_t tag = utcb_read(to, 0);
                a->tag = tag_make(0, count, 0);
                if (i % 2 == 0)
                        transfer_untyped(a, to, count);
                else
                        expect_arrived(transfer_message(a, to, a->id),
                                       "a message");
                expect_words(count, a, to, behind,
                             i % 2 == 0 ? "transfer_untyped" : "a message");
                expect_hex(tag, utcb_read(to, 0),
                           "%u words: message register 0 in the receiver's "
                           "UTCB, which programs write themselves",
                           count);
        }
}

// Every UTCB of two pages, and one of another space's: nothing but the receiver's words 1
// to 63 is written.
TEST(words_go_between_any_utcbs)
{
        static struct seen due[PLACES + 1];
        struct thread *threads[PLACES + 1];
        static const uint8_t pairs[][2] = {
                { 0, 7 }, { 7, 0 }, { 7, 8 }, { 8, 7 }, { 1, 2 },
                { 9, 3 }, { 3, 9 }, { 9, 8 }, { 7, 9 }, { 8, 0 },
        };

        begin();
        threads[0] = a;
        threads[1] = neighbour;
        threads[PLACES] = b;
        for (uint32_t i = 2; i < PLACES; i++) {
                threads[i] = crowd_thread(home);
                seen_scramble(threads[i]);
        }
        for (uint32_t i = 0; i <= PLACES; i++)
                seen_note(&due[i], threads[i]);
        for (uint32_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
                uint32_t from = pairs[i][0], to = pairs[i][1];
                uint32_t count = MOST - i / 4;
                transfer_untyped(threads[from], threads[to], count);
                for (uint32_t word = 1; word <= count; word++)
                        due[to].words[SEEN_MR0 + word] =
                                due[from].words[SEEN_MR0 + word];
                for (uint32_t j = 0; j <= PLACES; j++)
                        seen_expect_words(&due[j], threads[j],
                                          j == to     ? "the receiver"
                                          : j == from ? "the sender"
                                                      : "a third thread");
        }
}

// --- What is told beside them ------------------------------------------------------------------

static void
expect_asked(const struct thread *to, uint32_t tag)
{
        if (typed_asked.sender != a || typed_asked.receiver != to)
                fail("a message whose tag is 0x%08x: typed_transfer was not "
                     "called, or not for its sender and its receiver",
                     tag);
        expect_number(tag_untyped(tag), typed_asked.untyped,
                      "a message whose tag is 0x%08x: typed_transfer's "
                      "argument `untyped`",
                      tag);
        expect_number(tag_typed(tag), typed_asked.typed,
                      "a message whose tag is 0x%08x: typed_transfer's "
                      "argument `typed`",
                      tag);
}

static void
told(struct thread *to, uint32_t tag, uint32_t carried)
{
        uint32_t from = random_word();

        typed_asked.sender = NULL;
        typed_asked.carried = carried;
        a->tag = tag;
        expect_arrived(transfer_message(a, to, from), "a message");
        typed_asked.carried = 0;
        if (tag_typed(tag) > 0)
                expect_asked(to, tag);
        expect_hex((tag & ~TAG_COUNTS) | tag_make(0, tag_untyped(tag), carried),
                   get_register(to, H_ESI),
                   "a message whose tag is 0x%08x, and the receiver has got %u "
                   "of the typed words: its ESI",
                   tag, carried);
        expect_hex(from, get_register(to, H_EAX),
                   "a message from 0x%08x: EAX of the receiver", from);
}

TEST(receivers_are_told_what_has_come)
{
        begin();
        for (uint32_t untyped = 0; untyped <= MOST; untyped += 3)
                for (uint32_t i = 0; i < 2; i++) {
                        uint32_t typed = i == 0 ? 0 : MOST - untyped;
                        uint32_t label = random_word() >> 16;
                        told(untyped % 2 == 0 ? b : neighbour,
                             tag_make(label, untyped, typed),
                             typed - typed * untyped / MOST);
                }
        for (uint32_t bit = 16; bit < 32; bit++)
                told(b, 1u << bit | 1, 0);
        told(b, tag_make(0x77, 3, 1), 0); // a typed word, which is no item
        told(b, TAG_PROPAGATED | 5, 0);
        told(b, TAG_REDIRECTED | 6, 0);
        told(b, TAG_PROPAGATED | TAG_REDIRECTED | 0xABCD0007, 0);
        told(b, 0, 0);
        told(b, tag_make(9, 4, 6), 0);
}

// What is told only if the flags are there.
static void
named(struct thread *to, uint32_t flags, uint32_t actual)
{
        uint32_t words[2] = { random_word(), random_word() };

        utcb_write(to, UTCB_ACTUAL, words[0]);
        utcb_write(to, UTCB_INTENDED, words[1]);
        a->tag = flags | 3;
        a->sent_as = id_make(CROWD_FIRST + 700, 1);
        a->intended = random_word();
        expect_arrived(transfer_message(a, to, a->sent_as), "a message");
        expect_hex((flags & TAG_PROPAGATED) != 0 ? actual : words[0],
                   utcb_read(to, UTCB_ACTUAL),
                   "a message with the flags 0x%04x, %s: the receiver's word "
                   "\"actual sender\"",
                   flags, to == b ? "to another space" : "within the space");
        expect_hex((flags & TAG_REDIRECTED) != 0 ? a->intended : words[1],
                   utcb_read(to, UTCB_INTENDED),
                   "a message with the flags 0x%04x, %s: the receiver's word "
                   "\"intended receiver\"",
                   flags, to == b ? "to another space" : "within the space");
        expect_hex(a->sent_as, get_register(to, H_EAX),
                   "a message with the flags 0x%04x: EAX of the receiver",
                   flags);
}

TEST(receivers_are_told_of_deputies)
{
        static const uint32_t flags[] = { 0, TAG_PROPAGATED, TAG_REDIRECTED,
                                          TAG_PROPAGATED | TAG_REDIRECTED };

        begin();
        for (uint32_t i = 0; i < 4; i++) {
                named(b, flags[i], a->id);
                named(neighbour, flags[i], a->local);
        }
}
