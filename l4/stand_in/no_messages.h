// SPDX-License-Identifier: MIT
// How often lab 5's stand-in for messages has been asked for what it does not have, and
// for whom last: for tests. A test that needs a line's thread takes one.
#ifndef L4_STAND_IN_NO_MESSAGES_H
#define L4_STAND_IN_NO_MESSAGES_H

#include "../thread.h"

struct asked {
        uint32_t times;
        const struct thread *last;
        enum ipc_error error; // of ipc_end
};

struct asked_handle {
        uint32_t times;
        const struct thread *line, *handler;
        enum call_error
                answer; // CALL_BAD_THREAD, but where a test says another one
};

extern struct asked asked_preempted;     // protocol_preempted
extern struct asked asked_used_up;       // protocol_used_up
extern struct asked asked_end;           // ipc_end
extern struct asked_handle asked_handle; // interrupt_handle

#endif
