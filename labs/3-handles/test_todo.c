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
TEST(todo_4)
{
}
TEST(todo_5)
{
}
TEST(todo_6)
{
}
TEST(todo_7)
{
}
