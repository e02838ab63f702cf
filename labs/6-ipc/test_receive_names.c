// SPDX-License-Identifier: MIT
// Receiving what was sent in somebody else's name.
#include "deputies.h"

// R receives what this one has sent in the name of O.
static void
expect_deputy(uint32_t from, const struct thread *who, uint32_t first,
              const char *what)
{
        trying("ipc_receive from 0x%08x: %s", from, what);
        ipc_receive(r, from, TIME_ZERO);
        trying_over();
        expect_received(r, o, TAG_P, first, what);
        expect_ready(r, "R");
        expect_sent(who, "who has sent in the name of O");
}

// Of O itself and who sends in its name the one that began first is taken.
static void
deputies_have_their_turn(void)
{
        begin();
        sends_as(s, o, 0x300);
        meeting_has_sent(o, r, TAG_2, 0x200, ID_NIL, 0);
        sends_as(c, o, 0x500);
        expect_deputy(o->id, s, 0x300, "S and C send as O, O between them");
        expect_number(1, r->deputies, DEPUTIES);
        ipc_receive(r, o->id, TIME_ZERO);
        expect_received(r, o, TAG_2, 0x200, "O and C send, C as O");
        expect_deputy(o->id, c, 0x500, "C alone sends as O");
        expect_number(0, r->deputies, DEPUTIES);

        // A sender of the very ID that somebody else uses is still found.
        begin();
        meeting_has_sent(o, r, TAG_2, 0x200, ID_NIL, 0);
        sends_as(s, w, 0x300);
        ipc_receive(r, o->id, TIME_ZERO);
        expect_received(r, o, TAG_2, 0x200, "O sends, and S as W");

        // Somebody who receives then looks for a deputy too.
        begin();
        sends_as(s, o, 0x300);
        meeting_says(r, TAG_2, 0x600);
        r->receive = o->id;
        r->receive_timeout = TIME_ZERO;
        ipc_sent(r, w);
        expect_looking(r, o->id, "R, which has sent, and S sends to it as O,");
        ipc_look(r);
        expect_received(r, o, TAG_P, 0x300, "R has looked");
}

TEST(deputies_are_found)
{
        meeting_first();
        static const char *const texts[] = {
                "F and S send, S in the name of O; R receives from O",
                "the same, by O's local ID",
                "the same, from any local: S is foreign, and O is not",
        };

        for (unsigned i = 0; i < 3; i++) {
                begin();
                meeting_has_sent(f, r, TAG_2, 0x400, ID_NIL, 0);
                sends_as(s, o, 0x300);
                expect_deputy(i == 0   ? o->id
                              : i == 1 ? o->local
                                       : ID_ANY_LOCAL,
                              s, 0x300, texts[i]);
                expect_number(0, r->deputies, DEPUTIES);
                expect_sending(f, r, false, "F, whom R does not want,");
        }

        // By its own name it is not found, and is not foreign any more.
        begin();
        sends_as(s, o, 0x300);
        ipc_receive(r, s->id, TIME_ZERO);
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), r,
                      "R, which receives from S, who sends as O,");
        begin();
        sends_as(w, f, 0x300);
        ipc_receive(r, ID_ANY_LOCAL, TIME_ZERO);
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), r,
                      "R, which receives from any local, while W, a local one, "
                      "sends as F, a foreign one,");
        expect_sending(w, r, false, "W, who sends as F,");
        expect_number(1, r->deputies, DEPUTIES);

        // O sends to somebody else, or is SENDING to R for another one.
        begin();
        meeting_has_sent(o, w, TAG_2, 0x100, ID_NIL, 0);
        sends_as(s, o, 0x300);
        expect_deputy(o->id, s, 0x300, "S sends as O, O to W");
        begin();
        sends_as(o, w, 0x100);
        sends_as(s, o, 0x300);
        expect_deputy(o->id, s, 0x300, "S sends as O, O as W");
        expect_number(1, r->deputies, DEPUTIES);

        deputies_have_their_turn();
}
