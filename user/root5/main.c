// SPDX-License-Identifier: MIT
// A tour of what L4 does without messages: threads and their time, address spaces, and
// what one thread can do to another.
#include "crew.h"

#include <l4/kip.h>
#include <l4/schedule.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/threads.h>

static L4_Time_t
milliseconds(L4_Word_t number)
{
        return L4_TimePeriod((L4_Word64_t)number * 1000);
}

static void
look_around(void)
{
        printf("The kernel is \"%s\", API 0x%08x. Its page is at 0x%08x.\n",
               L4_KernelVersionString(0), L4_ApiVersion(), __L4_Kip());
        printf("I am thread %u, and here I am called 0x%08x.\n",
               L4_ThreadNo(L4_Myself()), L4_MyLocalId().raw);
}

// How much each of the crew has got done, of all that has been done.
static void
print_shares(void)
{
        L4_Word_t all = 0;

        for (L4_Word_t i = 0; i < CREW; i++)
                all += crew[i].count;
        for (L4_Word_t i = 0; i < CREW; i++)
                printf("  thread %u: %3u %%", crew[i].number,
                       all >= 100 ? crew[i].count / (all / 100) : 0);
        printf("\n");
}

static void
share_time(void)
{
        printf("\nThree threads of one priority, 10 ms each, in turn:\n");
        crew_make(3, count_until_the_end);
        crew_work(180, 3);
        print_shares();
        crew_end();

        printf("The same, but the second one has 40 ms:\n");
        crew_make(3, count_until_the_end);
        L4_Set_Timeslice(crew[1].id, milliseconds(40), L4_Never);
        crew_work(240, 3);
        print_shares();
        crew_end();
}

static void
have_priorities(void)
{
        printf("\nA thread of priority 100, and two of priority 90 and 80:\n");
        crew_make(3, count_until_the_end);
        L4_Set_Priority(crew[1].id, 90);
        L4_Set_Priority(crew[2].id, 80);
        crew_work(30, 3);
        for (L4_Word_t i = 1; i < 3; i++)
                printf("  thread %u began %u ms after thread 1.\n",
                       crew[i].number,
                       (L4_Word_t)(crew[i].began - crew[0].began) / 1000);
        crew_end();
}

static void
take_turns(void)
{
        printf("\nTwo threads that give each other their time:\n ");
        crew_make(2, print_by_turns);
        crew_work(0, 2);
        printf("\n");
        crew_end();
}

// Thread 2 comes after thread 1, which never stops by itself.
static void
use_time_up(void)
{
        printf("\nA thread that has 20 ms in all, before one of priority 90:\n");
        crew_make(2, count_until_the_end);
        crew[0].work = count_for_ever;
        L4_Set_Timeslice(crew[0].id, milliseconds(10), milliseconds(20));
        L4_Set_Priority(crew[1].id, 90);
        crew_work(40, 1);

        L4_Time_t slice, quantum;
        L4_Word_t state = L4_Timeslice(crew[0].id, &slice, &quantum);
        printf("  thread 2 began %u ms after thread 1, which is %s.\n",
               (L4_Word_t)(crew[1].began - crew[0].began) / 1000,
               state == L4_SCHEDRESULT_INACTIVE ? "stopped" : "not stopped");
        crew_end();
}

// Stops one in the middle of its work, and lets it do something else.
static void
exchange_registers(void)
{
        L4_Word_t sp, ip, flags;

        printf("\nA thread that counts for ever, and one that ends:\n");
        crew_make(2, count_until_the_end);
        crew[0].work = count_for_ever;
        crew_work(20, 1);
        L4_ThreadState_t state =
                L4_Stop_SpIpFlags(crew[0].id, &sp, &ip, &flags);
        printf("  thread 1 was %s at 0x%08x, stack 0x%08x; its count is %s.\n",
               L4_ThreadWasHalted(state) ? "stopped" : "running", ip, sp,
               crew[0].count > 0 ? "not 0" : "0");
        crew[0].work = say_where;
        thread_end(crew[1].number);
        crew[1].work = 0;
        crew_work(0, 1);
        crew_end();
}

static void
have_spaces(void)
{
        printf("\nThe same program in three other spaces, one after the other:\n");
        for (L4_Word_t i = 0; i < 3; i++) {
                crew_make_apart(OTHER_KIP + i * 0x100000, say_where);
                crew_work(0, 2);
                crew_end();
        }
}

static void
expect(const char *what, L4_Word_t result, L4_Word_t error)
{
        if (result != 0 || L4_ErrorCode() != error)
                printf("  %s was not refused as it should be.\n", what);
        else
                printf("  %s is refused: %s.\n", what,
                       L4_ErrorCode_String(error));
}

static void
be_refused(void)
{
        L4_ThreadId_t me = L4_Myself();
        L4_ThreadId_t nil = L4_nilthread;
        void *nowhere = (void *)(uintptr_t)0x1000;

        printf("\nWhat the kernel does not do:\n");
        expect("Ending oneself", L4_ThreadControl(me, nil, nil, nil, nowhere),
               L4_ErrInvalidThread);
        expect("A thread in the space of nobody",
               L4_ThreadControl(thread_id(1), thread_id(9), me, me, nowhere),
               L4_ErrInvalidSpace);
        expect("A UTCB at 0x1000",
               L4_ThreadControl(thread_id(1), me, me, me, nowhere),
               L4_ErrUtcbArea);
        expect("Scheduling nobody", L4_Set_Priority(thread_id(9), 1),
               L4_ErrInvalidThread);
}

int
main(void)
{
        look_around();
        share_time();
        have_priorities();
        take_turns();
        use_time_up();
        exchange_registers();
        have_spaces();
        be_refused();
        printf("\nThat was all.\n");
        return 0;
}
