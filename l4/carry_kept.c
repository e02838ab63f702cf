// SPDX-License-Identifier: MIT
// What a thread's own message is about, while the kernel sends others in its name: page
// faults, and that its time is over.
//
// The contracts are in carry.h.
#include "carry.h"

void
carry_keep(struct thread *thread)
{
        thread->under_way.before = (struct before_fault){
                .tag = thread->tag,
                .sent_as = thread->sent_as,
                .intended = thread->intended,
                .receive = thread->receive,
                .receive_timeout = thread->receive_timeout,
                .role = thread->role,
        };
}

void
carry_put_back(struct thread *thread)
{
        const struct before_fault *before = &thread->under_way.before;

        thread->tag = before->tag;
        thread->sent_as = before->sent_as;
        thread->intended = before->intended;
        thread->receive = before->receive;
        thread->receive_timeout = before->receive_timeout;
        thread->role = before->role;
}
