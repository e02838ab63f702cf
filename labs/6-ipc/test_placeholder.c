// SPDX-License-Identifier: MIT
#include <l4/protocol.h>

#include "crowd.h"

TEST(todo_6_1_works)
{
        crowd_begin();
        timeouts_init();
        interrupts_init();
        struct space *one = crowd_space(), *two = crowd_space();
        struct thread *a = crowd_thread(one), *b = crowd_thread(two);

        a->role = ROLE_USER;
        a->tag = 3;
        for (uint32_t i = 1; i < 4; i++)
                utcb_write(a, (int)i, 0x100 + i);
        crowd_receives(b, a);
        current = a;
        ipc_send(a, b, TIME_ZERO);
        crowd_expect_state(THREAD_READY, b, "b");
        crowd_expect_free(b, "b");
        expect_hex(0x103, utcb_read(b, 3), "word 3");
        crowd_sends(b, a, 2);
        expect_number(1, crowd_ring(a->senders), "ring");
        ipc_receive(a, ID_ANY, TIME_ZERO);
        crowd_expect_state(THREAD_READY, b, "b");
        ipc_receive(a, b->id, TIME_ZERO);
        crowd_expect_error(IPC_TIMEOUT << 1 | 1, a, "a");
}

TEST(todo_6_1_refuses)
{
}

TEST(todo_6_1_invariants)
{
}

TEST(todo_6_2_works)
{
}

TEST(todo_6_2_refuses)
{
}

TEST(todo_6_2_invariants)
{
}

TEST(todo_6_3_works)
{
}

TEST(todo_6_3_refuses)
{
}

TEST(todo_6_3_invariants)
{
}

TEST(todo_6_4_works)
{
}

TEST(todo_6_4_refuses)
{
}

TEST(todo_6_4_invariants)
{
}

TEST(todo_6_6_works)
{
}

TEST(todo_6_6_refuses)
{
}

TEST(todo_6_6_invariants)
{
}

TEST(todo_6_9_works)
{
}

TEST(todo_6_9_refuses)
{
}

TEST(todo_6_9_invariants)
{
}
