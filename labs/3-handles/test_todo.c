// SPDX-License-Identifier: MIT
#include <h4/test.h>
TEST(todo_1)
{
}
TEST(todo_2)
{
}
TEST(todo_3)
{
}
