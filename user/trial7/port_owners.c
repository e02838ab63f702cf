// SPDX-License-Identifier: MIT
// Trials: whose ports are whose, after grants, and where taking away is broken off.
#include "task.h"

#include <l4/space.h>

#define COM1 0x3F8u
#define COM2 0x2F8u
#define ALL_PORTS ports_at(0, 16)
#define TRIES 10u
#define CROWD 100u
#define MANY 150u

static void
lend(L4_Word_t from, L4_Word_t to)
{
        expect_that(map(from, to, ports_at(COM1, 3), 0, ALL_PORTS),
                    "ports are mapped");
        expect_that(has_port(to, COM1), "and there");
}

static void
give(L4_Word_t from, L4_Word_t to)
{
        expect_that(grant(from, to, ports_at(COM1, 3), 0, ALL_PORTS),
                    "ports are granted");
        expect_that(!has_port(from, COM1), "who grants has them no more");
}

TRIAL(sigma0_grants_ports)
{
        task_at_sigma0(3);
        task_begin(1);
        expect_that(grant(3, 1, ports_at(COM2, 3), 0, ALL_PORTS), "granted");
        expect_that(has_port(1, COM2 + 5), "the receiver has them");
        expect_that(has_port(3, COM2 + 5), "sigma0 keeps all");
        unmap(3, ports_at(COM2, 3) | ALL);
        expect_that(!has_port(1, COM2 + 5), "and takes them away again");
}

TRIAL(ports_are_granted_to_who_has_them_already)
{
        for (L4_Word_t n = 1; n <= 3; n++)
                task_begin(n);
        lend(0, 1);
        lend(1, 2);
        lend(1, 3);
        give(1, 2);
        expect_that(has_port(2, COM1 + 5), "the receiver has them");
        expect_that(!has_port(3, COM1 + 5), "no other one");
        unmap(0, ports_at(COM1, 3) | ALL);
        expect_that(!has_port(2, COM1 + 5), "from the trial now");
}

TRIAL(ports_are_granted_to_who_has_them_by_another_one)
{
        for (L4_Word_t n = 1; n <= 3; n++)
                task_begin(n);
        lend(0, 1);
        lend(1, 3);
        lend(3, 2);
        give(1, 2);
        expect_that(has_port(2, COM1 + 5), "the receiver has them");
        expect_that(!has_port(3, COM1 + 5), "not the one between");
}

TRIAL(ports_are_granted_to_who_they_are_from)
{
        for (L4_Word_t n = 1; n <= 3; n++)
                task_begin(n);
        lend(0, 1);
        lend(1, 2);
        lend(2, 3);
        give(3, 1);
        expect_that(has_port(1, COM1 + 5), "it has them as before");
        expect_that(has_port(2, COM1 + 5), "and the one between too");
        unmap(0, ports_at(COM1, 3) | ALL);
        expect_that(!has_port(1, COM1 + 5), "from the trial");
        expect_that(!has_port(2, COM1 + 5), "as before");
}

// Nobody is asked in the order in which they have them from each other.
TRIAL(ports_go_a_long_way)
{
        for (L4_Word_t n = 1; n < TASKS; n++)
                task_begin(n);
        for (L4_Word_t n = TASKS - 1; n > 0; n--)
                expect_that(map(0, n, ports_at(COM1 + 7, 0), 0, ALL_PORTS),
                            "another port, for the order");
        lend(0, 1);
        for (L4_Word_t n = 1; n + 1 < TASKS; n++)
                expect_that(map(n, n + 1, ports_at(COM1, 2), 0, ALL_PORTS),
                            "handed on");
        expect_that(has_port(TASKS - 1, COM1), "to the last one");
        flush(1, ports_at(COM1, 3) | ALL);
        for (L4_Word_t n = 1; n < TASKS; n++)
                expect_that(!has_port(n, COM1), "all lose them");
        expect_that(has_port(TASKS - 1, COM1 + 7), "and no others");
}

static void
until_the_period_ends(void)
{
        L4_Sleep(L4_TimePeriod(1));
}

// So many threads that it takes a while to go through them all.
static void
make_crowd(void)
{
        for (L4_Word_t n = CROWD; n < CROWD + MANY; n++)
                expect_word(0,
                            thread_control(thread_id(n), L4_Myself(),
                                           L4_Myself(), L4_nilthread, SAME),
                            "a thread is made that is not active");
}

// Whoever takes them away ends, sooner or later after it has begun; another thread of its
// space goes on.
TRIAL(ports_are_taken_away_by_one_that_ends)
{
        task_begin(1);
        make_crowd();
        task_begin(3);
        for (L4_Word_t i = 0; i < TRIES; i++) {
                task_beside(2, 1);
                lend(0, 1);
                lend(1, 3);
                until_the_period_ends();
                for (volatile L4_Word_t j = 0; j < i * 200; j++)
                        ;
                orders[2] = (struct order){
                        .what = TASK_UNMAPS,
                        .a = __L4_UNMAP_FROM_ME_TOO,
                        .mr = { ports_at(COM1, 3) | ALL },
                };
                task_starts(2);
                until_the_period_ends();
                task_end(2);
                expect_word(has_port(1, COM1), has_port(3, COM1),
                            "it has not begun, or somebody goes on with it");
        }
}
