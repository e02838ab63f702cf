// SPDX-License-Identifier: MIT
// Tests of page faults and exceptions: who is told, of what, and whom the thread waits
// for then.
#include "telling.h"

#define PROGRAM "trial6"

#define RUN(trial)                                                             \
        TEST(trial)                                                            \
        {                                                                      \
                system_begin(PROGRAM);                                         \
                system_allow_exceptions();                                     \
                system_run(#trial);                                            \
        }

RUN(faults_of_each_kind)
RUN(exceptions_of_each_kind)

// --- Page faults --------------------------------------------------------------------------

static void
fault(uint32_t code, struct thread *pager, bool waits)
{
        uint32_t rights = (code & 2) != 0 ? 2 : 4;
        const char *when = waits ? "a pager that waits" : "a busy pager";
        struct kept due = leave_any(a);

        clear_words(pager);
        clear_words(d);
        crowd_receives_any(d, ID_ANY); // the handler of its exceptions
        if (waits)
                crowd_receives_any(pager, ID_ANY);
        struct thread *next = protocol_event(a, H_VECTOR_PAGE_FAULT, code);
        crowd_expect_state(THREAD_RECEIVING, d, "the exception handler");
        if (!waits) {
                expect_waits(THREAD_SENDING, ROLE_PAGE_FAULT, pager,
                             "a page fault, and the pager does not wait");
                ipc_receive(pager, ID_ANY, TIME_ZERO);
        }
        expect_waits(THREAD_RECEIVING, ROLE_PAGE_FAULT, pager,
                     "a page fault, and the pager has been told");
        expect_told(pager, tag_make(LABEL_PAGE_FAULT + rights, FAULT_WORDS, 0),
                    when);
        expect_hex(h_last_fault_address().value, utcb_read(pager, 1),
                   "%s: MR1, the address", when);
        expect_hex(due.registers[H_EIP], utcb_read(pager, 2),
                   "%s: MR2, the instruction", when);
        expect_bool(true, !waits || next == pager,
                    "who is to run next: the pager, if it is READY");
        expect_kept(&due, a, "who waits for its pager");
        let_go(a);
        let_go(d);
}

TEST(a_page_fault_is_told_to_its_pager)
{
        begin();
        redirect();
        for (uint32_t code = 4; code < 8; code++) {
                struct thread *pager = code % 2 == 0 ? b : c;
                set_named(a, pager->id, d->id);
                fault(code, pager, code < 6);
        }
        set_named(a, b->local, d->id);
        fault(7, b, true); // a local ID of its own space
        expect_hex(CROWD_AREA + UTCB_MR0, c->local,
                   "the local ID of the first thread of the other space");
        fault(4, b, false);
        set_named(a, c->id, d->id); // another one, just before
        fault(6, c, true);
}

// --- Exceptions -----------------------------------------------------------------------------

static void
except(uint32_t number, uint32_t code, struct thread *handler, bool by_event)
{
        static const enum h_register registers[EXCEPTION_WORDS] = {
                [0] = H_EIP,  [1] = H_EFLAGS, [4] = H_EDI, [5] = H_ESI,
                [6] = H_EBP,  [7] = H_ESP,    [8] = H_EBX, [9] = H_EDX,
                [10] = H_ECX, [11] = H_EAX,
        };
        struct kept due = leave_any(a);

        clear_words(handler);
        clear_words(d);
        crowd_receives_any(d, ID_ANY); // its pager
        crowd_receives_any(handler, ID_ANY);
        struct thread *next = by_event
                                      ? protocol_event(a, (uint8_t)number, code)
                                      : protocol_exception(a, number, code);
        crowd_expect_state(THREAD_RECEIVING, d, "the pager");
        expect_waits(THREAD_RECEIVING, ROLE_EXCEPTION, handler,
                     "an exception, and the handler has been told");
        expect_told(handler, tag_make(LABEL_EXCEPTION, EXCEPTION_WORDS, 0),
                    "the handler");
        for (uint32_t i = 0; i < EXCEPTION_WORDS; i++)
                expect_hex(i == 2   ? number
                           : i == 3 ? code
                                    : due.registers[registers[i]],
                           utcb_read(handler, (int)i + 1),
                           "exception %u: MR%u of the handler", number, i + 1);
        expect_bool(true, next == handler,
                    "who is to run next: the handler, which is READY");
        expect_kept(&due, a, "who has an exception");
        let_go(a);
        let_go(d);
}

TEST(an_exception_is_told_to_its_handler)
{
        static const struct {
                uint32_t number, code;
        } each[] = { { 0, 0 },      { 3, 0 },      { 6, 0 },
                     { 13, 0x102 }, { 13, 0x402 }, { 17, 0 } };

        begin();
        redirect();
        for (uint32_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
                struct thread *handler = i % 2 == 0 ? b : c;
                set_named(a, d->id, i == 2 ? b->local : handler->id);
                except(each[i].number, each[i].code, handler, i != 4);
        }
}

// --- The message before -----------------------------------------------------------------------

// What an Ipc may have left: one in another's name, with timeouts, to be redirected; or
// one of the kernel's.
static void
leave_marks(uint32_t how)
{
        a->role = how == 0   ? ROLE_USER
                  : how == 1 ? ROLE_EXCEPTION
                             : ROLE_PREEMPTION;
        a->tag = TAG_PROPAGATED | TAG_REDIRECTED | tag_make(9, 63, 63);
        a->sent_as = c->id;
        a->intended = c->id;
        a->receive = how == 0 ? ID_ANY : d->id;
        a->receive_timeout = how == 2 ? 0x0001 : TIME_ZERO; // 1 us
        a->partner = ID_ANY;
}

static void
told_afterwards(uint32_t what, bool waits)
{
        enum thread_role role = what == 0   ? ROLE_PAGE_FAULT
                                : what == 1 ? ROLE_EXCEPTION
                                            : ROLE_PREEMPTION;
        static const char *const kinds[] = { "a page fault", "an exception",
                                             "a used up quantum" };
        const uint32_t tags[] = {
                tag_make(LABEL_PAGE_FAULT + 4, FAULT_WORDS, 0),
                tag_make(LABEL_EXCEPTION, EXCEPTION_WORDS, 0),
                tag_make(LABEL_PREEMPTION, PREEMPTION_WORDS, 0),
        };

        clear_words(b);
        utcb_write(b, UTCB_ACTUAL, 0x77);
        utcb_write(b, UTCB_INTENDED, 0x77);
        if (waits)
                crowd_receives(b, a);
        if (what == 2)
                protocol_used_up(a);
        else
                protocol_event(a, what == 0 ? H_VECTOR_PAGE_FAULT : 6, 4);
        if (!waits) {
                crowd_expect_state(THREAD_SENDING, a,
                                   "whose fault or used up quantum is told "
                                   "of, to one who does not wait");
                expect_number(0, a->wake_place,
                              "%s, after some other message of the thread: "
                              "wake_place, as the message has no timeout",
                              kinds[what]);
                expect_number(0, b->deputies,
                              "%s, after some other message of the thread: how "
                              "many send to its receiver in another one's name "
                              "(struct thread, deputies)",
                              kinds[what]);
                ipc_receive(b, a->id, TIME_ZERO);
        }
        expect_told(b, tags[what], "who is told after some other message");
        expect_hex(0x77, utcb_read(b, UTCB_ACTUAL), "its word actual sender");
        expect_hex(0x77, utcb_read(b, UTCB_INTENDED),
                   "its word intended receiver");
        if (what < 2)
                expect_waits(THREAD_RECEIVING, role, b,
                             "after some other message");
        else
                crowd_expect_state(THREAD_READY, a,
                                   "whose used up quantum has been told");
        let_go(a);
        let_go(b);
}

TEST(last_messages_leave_no_marks)
{
        begin();
        set_named(a, b->id, b->id);
        a->scheduler = b->id;
        for (uint32_t what = 0; what < 3; what++)
                for (uint32_t how = 0; how < 3; how++)
                        for (uint32_t waits = 0; waits < 2; waits++) {
                                leave_marks(how);
                                told_afterwards(what, waits != 0);
                        }
}
