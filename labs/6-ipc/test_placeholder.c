// SPDX-License-Identifier: MIT
#include <h4/test.h>

TEST(todo_6_5_works)
{
}

TEST(todo_6_5_refuses)
{
}

TEST(todo_6_5_invariants)
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
