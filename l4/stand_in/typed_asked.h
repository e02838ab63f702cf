// SPDX-License-Identifier: MIT
// With what the stand-in for typed items was called last, and what it answers: for tests.
#ifndef L4_STAND_IN_TYPED_ASKED_H
#define L4_STAND_IN_TYPED_ASKED_H

#include "../thread.h"

struct typed_asked {
        const struct thread *sender, *receiver;
        uint32_t untyped, typed;

        // So many words of a message are said to have arrived, if it has as many.
        uint32_t carried;

        // How often typed_break was called, for whom last, and whether that one is READY
        // then.
        uint32_t breaks;
        const struct thread *broken;
        bool break_readies;
};

extern struct typed_asked typed_asked;

#endif
