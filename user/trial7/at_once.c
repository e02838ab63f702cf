// SPDX-License-Identifier: MIT
// Trials: two threads do the same at once, and neither notices the other, wherever the timer
// says that it is the other one's turn.
#include "act.h"

#include "pager.h"

#define ROUNDS 2u
#define STRINGS 5u
#define MOST 250u // bytes of a part
#define ROOM (2 * STRINGS * MOST)

static unsigned char sources[2][ROOM];
static unsigned char targets[2][ROUNDS][ROOM];

// Strings of two parts, each into one buffer.
static void
say(struct act *sends, struct act *receives, const unsigned char *from,
    unsigned char *to, L4_Word_t part)
{
        add_untyped(sends, 2);
        for (L4_Word_t i = 0; i < STRINGS; i++) {
                add_string(sends, from + 2 * i * part, part);
                add_part(sends, from + (2 * i + 1) * part, part);
                add_buffer(receives, to + 2 * i * part, 2 * part);
        }
}

TRIAL(strings_at_once)
{
        struct act *sends[2][ROUNDS], *receives[2][ROUNDS];

        for (L4_Word_t pair = 0; pair < 2; pair++) {
                L4_Word_t n = 1 + 2 * pair;
                fill(sources[pair], 5000 * pair, ROOM);
                for (L4_Word_t i = 0; i < ROUNDS; i++) {
                        sends[pair][i] = act(n, thread_id(n + 1), none);
                        receives[pair][i] = act(n + 1, none, thread_id(n));
                        say(sends[pair][i], receives[pair][i], sources[pair],
                            targets[pair][i], MOST - 60 * pair - 7 * i);
                }
                make_here(n);
                make_here(n + 1);
        }
        for (L4_Word_t n = 4; n > 0; n--)
                launch(n);
        settle();
        for (L4_Word_t pair = 0; pair < 2; pair++)
                for (L4_Word_t i = 0; i < ROUNDS; i++) {
                        L4_Word_t bytes =
                                2 * STRINGS * (MOST - 60 * pair - 7 * i);
                        expect_sent(sends[pair][i], "a message with strings");
                        expect_got(receives[pair][i], sends[pair][i],
                                   "a message with strings");
                        expect_bytes(targets[pair][i], 5000 * pair, bytes,
                                     "the strings");
                        expect_zeros(targets[pair][i] + bytes, ROOM - bytes,
                                     "behind them");
                }
}
