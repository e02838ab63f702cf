// SPDX-License-Identifier: MIT
// Those who wait for a thread that is not found any more (l4/partners.h), told while an
// interrupt is pending: one of them in each step. What others do in between.
#include <h4/crowd.h>
#include <l4/calls.h>
#include <l4/kip.h>
#include <l4/protocol.h>

#define MANY 6u // the first half sends
#define KIP 0x00400000u
#define INT_BYTES 2u

static struct space *here;
static struct thread *worker, *other, *gone;
static struct thread *many[MANY];

static void
begin(void)
{
        crowd_begin();
        timeouts_init();
        interrupts_init();
        here = crowd_space();
        here->kip = KIP;
        here->privileged = true;
        worker = crowd_thread(here);
        other = crowd_thread(here);
        gone = crowd_thread(crowd_space());
        for (uint32_t i = 0; i < MANY; i++) {
                many[i] = crowd_thread(here);
                if (i < MANY / 2)
                        crowd_sends(many[i], gone, 0);
                else
                        crowd_receives(many[i], gone);
        }
        current = worker;
        while (!h_interrupt_pending())
                ; // the timer's is, soon
}

static uint32_t
told(void)
{
        uint32_t count = 0;

        for (uint32_t i = 0; i < MANY; i++) {
                if (many[i]->state != THREAD_READY)
                        continue;
                crowd_expect_error(IPC_NO_PARTNER << 1 | (i >= MANY / 2),
                                   many[i], "who has been told");
                count++;
        }
        return count;
}

// Who has ended or renamed it has told one, and does the rest in its turns.
static void
expect_rest(void)
{
        expect_number(1, told(), "how many have been told at once");
        expect_bool(true, partners_left(), "some are left");
        expect_number(WORK_TELL, worker->work, "what the caller is about");
}

TEST(partners_are_told_one_by_one)
{
        begin();
        uint32_t id = gone->id;
        thread_end(gone);
        expect_rest();
        for (uint32_t count = 2; count <= MANY; count++) {
                expect_bool(false, thread_find(id) != NULL,
                            "the thread that has ended is found");
                expect_bool(true, partners_go_on(worker) == worker,
                            "who has worked is to run next");
                expect_number(count, told(), "how many have been told");
        }
        expect_bool(false, partners_left(), "some are left");
        expect_number(WORK_LEAVE, worker->work, "what it is about then");
        expect_number(0, gone->id, "the ID in the slot");
        expect_bool(false, thread_numbered(id_number(id)) != NULL,
                    "somebody has its number");
        expect_bool(true, thread_take(id) != NULL, "it may begin anew");
}

// The last ones of those who are to be told may have gone on otherwise meanwhile.
static void
new_ones_come(uint32_t leave)
{
        begin();
        struct thread *sends = crowd_thread(here);
        struct thread *receives = crowd_thread(here);
        thread_rename(gone, gone->id + 1);
        expect_rest();
        crowd_sends(sends, gone, 0);
        crowd_receives(receives, gone);
        for (uint32_t i = 1; i <= leave; i++)
                ipc_end(many[MANY / 2 - i], IPC_NO_PARTNER);
        while (partners_left())
                partners_go_on(worker);
        expect_number(MANY, told(), "how many have been told");
        crowd_expect_state(THREAD_SENDING, sends,
                           "who sends to it by its new ID");
        crowd_expect_state(THREAD_RECEIVING, receives,
                           "who receives from it by its new ID");
        expect_number(1, crowd_ring(gone->senders), "threads that send to it");
        expect_number(1, crowd_ring(gone->waiters),
                      "threads that receive from it");
}

TEST(new_partners_are_not_told)
{
        new_ones_come(0);
}

TEST(new_partners_are_not_told_though_others_leave)
{
        new_ones_come(1);
}

TEST(new_partners_are_not_told_though_all_others_leave)
{
        new_ones_come(MANY / 2 - 1);
}

static uint32_t
behind_thread_control(void)
{
        for (uint32_t offset = 0; offset < H_PAGE_SIZE; offset++)
                if (kip_call_at(offset) == CALL_THREAD_CONTROL)
                        return KIP + offset;
        fail("the kernel interface page has no ThreadControl");
}

TEST(who_calls_thread_control_tells_the_rest)
{
        begin();
        kip_init();
        uint32_t ip = behind_thread_control();
        uint32_t number = id_number(gone->id);
        const struct registers in = {
                .eax = id_make(number, 7),
                .esi = other->id,
                .edx = other->id,
        };
        thread_end(gone);
        expect_rest();
        current = other;
        set_register(other, H_EIP, ip);
        set_register(other, H_EAX, in.eax);
        expect_bool(true, call_by_gate(other, &in) == other,
                    "who has called is to run next");
        expect_hex(ip - INT_BYTES, get_register(other, H_EIP),
                   "where it goes on: it calls again");
        expect_hex(in.eax, get_register(other, H_EAX), "its EAX, meanwhile");
        expect_number(WORK_TELL, other->work, "what it is about");
        while (other->work == WORK_TELL)
                partners_go_on(other);
        expect_number(MANY, told(), "how many have been told");

        set_register(other, H_EIP, ip);
        call_by_gate(other, &in);
        expect_hex(1, get_register(other, H_EAX), "its EAX, at last");
        expect_bool(true, thread_find(in.eax) != NULL,
                    "a new thread has the number");
        partners_go_on(worker);
        expect_number(WORK_LEAVE, worker->work,
                      "whose work another one has done");
}
