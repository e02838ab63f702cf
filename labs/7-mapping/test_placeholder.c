// SPDX-License-Identifier: MIT
#include "forest.h"

#define TODO(name)                                                             \
        TEST(name)                                                             \
        {                                                                      \
                forest_begin(1);                                               \
                struct space *a = forest_space(), *b = forest_space();         \
                struct mapping *m =                                            \
                        forest_put(a, 0x800000, forest_superpage(0),           \
                                   H_SUPERPAGE_LOG2, H_R | H_W, NULL);         \
                forest_put(b, 0x1000, forest_superpage(0) + 0x3000,            \
                           H_PAGE_LOG2, H_R | H_W, m);                         \
                forest_put(b, 0x2000, forest_page(100), H_PAGE_LOG2, H_R,      \
                           NULL);                                              \
                forest_touch(b, 0x1000, H_W);                                  \
                expect_number(H_R | H_W, page_take_used(b, 0x1000, 12),        \
                              "used");                                         \
                forest_check("begun");                                         \
        }

TODO(todo_7_1)
TODO(todo_7_2)
TODO(todo_7_3)
TODO(todo_7_4)
TODO(todo_7_6)
TODO(todo_7_7)
TODO(todo_7_9)
TODO(todo_7_10)
