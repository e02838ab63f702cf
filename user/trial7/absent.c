// SPDX-License-Identifier: MIT
// The contracts are in absent.h.
#include "absent.h"

unsigned char present[BYTES];
struct act *sends, *receives;

static void
make(L4_Word_t n, bool there)
{
        if (there)
                make_there(n);
        else
                make_here(n);
}

void
prepare(enum absent who)
{
        unsigned char *string = who == RECEIVER ? present : FROM_STORE;
        void *from = who == RECEIVER ? present : (void *)FROM;
        void *to = who == SENDER ? present : (void *)TO;

        if (string[BYTES - 1] == 0)
                fill(string, 0, BYTES);
        sends = act(1, two, none);
        add_untyped(sends, 1);
        add_string(sends, from, BYTES);
        receives = act(2, none, L4_anythread);
        add_buffer(receives, to, BYTES + 1);
        make(1, who != RECEIVER);
        make(2, who != SENDER);
}

void
exchange(void)
{
        launch(2);
        settle();
        launch(1);
}

void
until_told(L4_Word_t count)
{
        while (told_count < count)
                sleep(1000);
}

void
exchange_all_of(enum absent who)
{
        prepare(who);
        exchange();
        settle();
}

void
expect_told(L4_Word_t n, L4_ThreadId_t from, L4_Word_t label, L4_Word_t address)
{
        expect_that(n < told_count, "so many faults");
        expect_word(from.raw, told[n].from, "the thread that faults");
        expect_word(label, told[n].label, "reading or writing");
        expect_word(address, told[n].address, "the address");
        expect_word(OTHER_KIP, told[n].ip & ~(PAGE - 1),
                    "in the kernel's page");
}

void
expect_both_failed(L4_Word_t sender, L4_Word_t receiver, L4_Word_t bytes)
{
        expect_failed(sends, SENDING(sender, bytes), "the sender");
        expect_failed(receives, RECEIVING(receiver, bytes), "the receiver");
        expect_word(0x1001, receives->mr[1], "the untyped word is there");
}
