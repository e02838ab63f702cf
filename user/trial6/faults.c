// SPDX-License-Identifier: MIT
// Trials: page faults of each kind.
#include <h4/fault.h>

// One behind the other: of the last one, by executing, there is no other right to tell.
#define ELSEWHERE (SOMEWHERE + 0x5FFC)
#define NO_CODE (SOMEWHERE + 0xA123)

static void
read_write_execute(void)
{
        address = SOMEWHERE;
        read_it();
        address = ELSEWHERE;
        write_it();
        ((void (*)(void))NO_CODE)();
}

TRIAL(faults_of_each_kind)
{
        struct act *reads = receive(2, L4_anythread);
        struct act *writes = act(2, one, L4_anythread, NEVER);
        struct act *executes = act(2, one, L4_anythread, NEVER);
        struct act *other = receive(2, three);

        writes->tag = TAG(0x1234, 63); // any answer will do
        writes->before = map_zeros;
        executes->before = map_zeros;
        writes->before = map_zeros;
        executes->before = map_zeros;
        act(1, none, none, 0)->before = read_write_execute;
        act(3, none, none, 0)->before = read_it;
        make_here(1);
        make_there(3);
        begin_here(2);
        launch(1);
        settle();
        expect_that(executes->over, "the pager is told of each");
        address = SOMEWHERE;
        told(reads, READING, read_here);
        address = ELSEWHERE;
        told(writes, WRITING, write_here);
        expect_word(0x12345678, value, "it has been written");
        address = NO_CODE;
        told(executes, READING, (const char *)NO_CODE);
        expect_word(6, state_of(one), "it waits for an answer");

        // In another space.
        address = SOMEWHERE;
        launch(3);
        settle();
        settle();
        expect_word(three.raw, other->from.raw, "from whom");
        expect_word(TAG(READING, 2), other->result.raw, "the tag");
        expect_word(SOMEWHERE, other->mr[1], "the address");
        expect_word((L4_Word_t)(uintptr_t)read_here, other->mr[2],
                    "the instruction");
}
