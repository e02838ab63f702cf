// SPDX-License-Identifier: MIT
// SpaceControl: where a space has the areas that are the kernel's, and who gets what
// its threads send.
//
// The contract is in calls.h. Source: l4/README.md; L4 X.2, SpaceControl.
#include "calls.h"
#include "space.h"

// Who is to get it: an ID as a program says it. False: there is no such thread.
static bool
set_redirector(const struct thread *self, struct space *space, uint32_t id)
{
        const struct thread *thread = thread_named(self, id);

        if (id == ID_ANY)
                space->redirector = ID_ANY;
        else if (thread && thread->space)
                space->redirector = thread->id;
        else
                return id == ID_NIL;
        return true;
}

static enum call_error
control(const struct thread *self, const struct registers *in)
{
        const struct thread *thread = thread_named(self, in->eax);

        if (!self->space->privileged)
                return CALL_NO_PRIVILEGE;
        if (!thread || !thread->space)
                return CALL_BAD_SPACE;

        struct space *space = thread->space;
        uint32_t before = space->redirector;
        if (!set_redirector(self, space, in->edi))
                return CALL_BAD_THREAD;
        enum call_error error = space_configure(space, in->edx, in->esi);
        if (error != CALL_OK)
                space->redirector = before;
        return error;
}

struct thread *
call_space_control(struct thread *self, const struct registers *in)
{
        enum call_error error = control(self, in);

        set_register(self, H_ECX, 0); // what the control was
        return call_answer(self, error);
}
