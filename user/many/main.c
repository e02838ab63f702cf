// SPDX-License-Identifier: MIT
// What threads cost, by how many there are: 1, 4, 16, .. 1,024, and 4,094 beside the
// first one, which measures. A machine of 64 MB has room for all of them: H has 4,096
// contexts then, and none for one thread more.
#include "many.h"

#include <l4/schedule.h>
#include <l4io.h>

static const char *const titles[COSTS] = {
        [MAKING] = "make",      [MAKING_PAGE] = "page",  [ENDING] = "end",
        [SWITCHING] = "switch", [MESSAGE] = "message",   [TIMEOUT] = "timeout",
        [EXPIRING] = "expire",  [RECEIVING] = "receive",
};

// So many in all: how many there are then.
static L4_Word_t
make_up_to(L4_Word_t n, L4_Word_t had)
{
        for (L4_Word_t i = had + 1; i <= n; i++) {
                if (!crew_make(i, i - 1))
                        return i - 1;
                crew_start(i);
        }
        return n;
}

static void
print_costs(L4_Word_t n)
{
        L4_Word_t costs[COSTS];

        measure(n, costs);
        printf("%7u", n);
        for (int i = 0; i < COSTS; i++)
                printf(" %8u", costs[i]);
        printf("\n");
}

int
main(void)
{
        L4_Word_t n = 0;

        L4_Set_Timeslice(L4_Myself(), L4_Never, L4_Never);
        L4_Set_Priority(L4_Myself(), 100);
        if (!crew_prepare()) {
                complain("The space of the others");
                return 0;
        }
        printf("Ticks of the time stamp counter, by the number of other threads\n\n");
        printf("threads");
        for (int i = 0; i < COSTS; i++)
                printf(" %8s", titles[i]);
        printf("\n");
        for (L4_Word_t wanted = 1; n + 1 >= wanted / 4; wanted *= 4) {
                L4_Word_t most = wanted < MOST ? wanted : MOST;
                n = make_up_to(most, n);
                if (n < most)
                        break;
                print_costs(n);
                if (n == MOST)
                        break;
        }
        printf("\n%u threads in all; one more: ", n + 2);
        if (crew_make(n + 1, n))
                printf("there is room.\n");
        else
                printf("%s.\n", L4_ErrorCode_String(L4_ErrorCode()));
        return 0;
}
