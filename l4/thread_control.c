// SPDX-License-Identifier: MIT
// ThreadControl: makes threads, changes them and ends them. Everything is looked at
// before anything is done.
//
// The contract is in calls.h. Source: l4/README.md; L4 X.2, ThreadControl.
#include "calls.h"
#include "protocol.h"
#include "schedule.h"
#include "space.h"

#define UNCHANGED 0xFFFFFFFFu

// The arguments, and what they name.
struct request {
        uint32_t id;
        uint32_t pager;                 // an ID, or ID_NIL
        uint32_t utcb;                  // UNCHANGED
        bool new_space;                 // one of the thread's own
        const struct thread *space;     // one of its threads; null
        const struct thread *scheduler; // null: ID_NIL was said
};

// --- A thread that there is not yet ---------------------------------------------------------

static struct space *
space_of(const struct request *request)
{
        return request->new_space ? space_take() : request->space->space;
}

static enum call_error
create(const struct request *request)
{
        bool active = request->pager != ID_NIL;

        if (!request->scheduler)
                return CALL_BAD_SCHEDULER;
        if (active && request->new_space)
                return CALL_BAD_SPACE; // it has no areas yet

        struct thread *thread = thread_take(request->id);
        if (!thread)
                return CALL_NO_MEMORY;
        thread->space = space_of(request);
        if (!thread->space) {
                thread_give(thread);
                return CALL_NO_MEMORY;
        }
        thread->space->threads++;
        thread->scheduler = request->scheduler->id;
        thread->utcb_wanted = request->utcb;
        thread->priority = PRIORITY_DEFAULT;
        slice_begin(thread);
        if (!active)
                return CALL_OK;

        enum call_error error = thread_activate(thread, request->pager);
        if (error != CALL_OK) {
                space_leave(thread->space);
                thread_give(thread);
        }
        return error;
}

// --- One that there is -----------------------------------------------------------------------

static bool
is_active(const struct thread *thread)
{
        return thread->state != THREAD_INACTIVE;
}

static enum call_error
modify_active(struct thread *thread, const struct request *request)
{
        struct space *to = request->space->space;

        if (request->utcb != UNCHANGED && request->utcb != thread->utcb_wanted)
                return CALL_BAD_UTCB_AREA;
        if (to != thread->space) {
                enum call_error error = thread_move(thread, to);
                if (error != CALL_OK)
                        return error;
        }
        if (request->pager != ID_NIL)
                utcb_write(thread, UTCB_PAGER, request->pager);
        return CALL_OK;
}

static enum call_error
modify_inactive(struct thread *thread, const struct request *request)
{
        struct space *from = thread->space;
        struct space *to = request->space->space;
        uint32_t wanted = thread->utcb_wanted;

        thread->space = to;
        if (request->utcb != UNCHANGED)
                thread->utcb_wanted = request->utcb;
        if (request->pager != ID_NIL) {
                enum call_error error = thread_activate(thread, request->pager);
                if (error != CALL_OK) {
                        thread->space = from;
                        thread->utcb_wanted = wanted;
                        return error;
                }
        }
        to->threads++; // before the other one may be no more
        space_leave(from);
        return CALL_OK;
}

static enum call_error
modify(struct thread *thread, const struct request *request)
{
        enum call_error error = is_active(thread)
                                        ? modify_active(thread, request)
                                        : modify_inactive(thread, request);

        if (error != CALL_OK)
                return error;
        if (request->id != thread->id)
                thread_rename(thread, request->id);
        if (request->scheduler)
                thread->scheduler = request->scheduler->id;
        return CALL_OK;
}

// --- Interrupt lines --------------------------------------------------------------------------

static enum call_error
associate(const struct thread *self, uint32_t id, uint32_t handler)
{
        struct thread *line = thread_find(id);
        const struct thread *by = thread_named(self, handler);

        if (!line)
                return CALL_BAD_THREAD;
        if (handler == ID_NIL)
                return CALL_OK;
        if (by == line)
                return interrupt_handle(line, NULL);
        if (!by || !by->space)
                return CALL_BAD_THREAD;
        return interrupt_handle(line, by);
}

// --- The call -----------------------------------------------------------------------------------

// The global ID that the program means. ID_NIL: it is none.
static uint32_t
global_id(const struct thread *self, uint32_t id)
{
        if (id_is_global(id))
                return id;

        const struct thread *thread = thread_named(self, id);
        return thread ? thread->id : ID_NIL;
}

// A local ID of the caller's means nothing in another space.
static uint32_t
pager_id(const struct thread *self, uint32_t id)
{
        uint32_t global = global_id(self, id);

        return global != ID_NIL ? global : id;
}

static enum call_error
end(struct thread *self, struct thread *thread)
{
        if (!thread || thread == self)
                return CALL_BAD_THREAD;
        thread_end(thread);
        return CALL_OK;
}

static enum call_error
control(struct thread *self, const struct registers *in)
{
        uint32_t id = global_id(self, in->eax);
        uint32_t number = id_number(id);

        if (!self->space->privileged)
                return CALL_NO_PRIVILEGE;
        if (id == ID_NIL || number >= NUMBERS)
                return CALL_BAD_THREAD;
        if (number < NUMBER_USER)
                return associate(self, id, in->ecx);

        struct thread *thread = thread_numbered(number);
        if (in->esi == ID_NIL)
                return end(self, thread);

        struct request request = {
                .id = id,
                .pager = pager_id(self, in->ecx),
                .utcb = in->edi,
                .space = thread_named(self, in->esi),
                .scheduler = thread_named(self, in->edx),
        };
        request.new_space = !thread && in->esi == in->eax;
        if (!request.new_space && (!request.space || !request.space->space))
                return CALL_BAD_SPACE;
        if (in->edx != ID_NIL &&
            (!request.scheduler || !request.scheduler->space))
                return CALL_BAD_SCHEDULER;
        return thread ? modify(thread, &request) : create(&request);
}

struct thread *
call_thread_control(struct thread *self, const struct registers *in)
{
        return call_answer(self, control(self, in));
}
