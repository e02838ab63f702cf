// SPDX-License-Identifier: MIT
#include <l4/protocol.h>

#include "crowd.h"

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

TEST(todo_6_5_works)
{
}

TEST(todo_6_5_refuses)
{
}

TEST(todo_6_5_invariants)
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

TEST(todo_6_7_works)
{
}

TEST(todo_6_7_refuses)
{
}

TEST(todo_6_7_invariants)
{
}

TEST(todo_6_8_works)
{
}

TEST(todo_6_8_refuses)
{
}

TEST(todo_6_8_invariants)
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
