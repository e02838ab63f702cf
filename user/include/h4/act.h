// SPDX-License-Identifier: MIT
// What threads of a trial do is said in advance, as a list of acts for each: messages
// with all their arguments, and what has come of them. The first thread runs the
// trial, at the highest priority; the others run when it waits.
//
//     struct act *receives = act(1, none, L4_anythread, NEVER);
//     begin_here(1);
//     settle();                           until all of them wait
//     ...
//     expect_message(receives, from, tag, first, "what");
#ifndef USER_H4_ACT_H
#define USER_H4_ACT_H

#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/ipc.h>
#include <l4/schedule.h>
#include <l4/thread.h>
#include <user/threads.h>

#define me L4_Myself()
#define none L4_nilthread
#define one thread_id(1)
#define two thread_id(2)
#define three thread_id(3)
#define four thread_id(4)

// The local ID of the n-th thread of the first space.
static inline L4_ThreadId_t
local(L4_Word_t n)
{
        return (L4_ThreadId_t){ .raw = utcb_here(n) + 0x100 };
}

// Timeouts of both phases.
#define NEVER 0u
#define AT_ONCE 0x04000400u

// Threads have numbers from 1 to THREADS - 1; the last ones are the pager of those in
// other spaces, and settle's.
#define THREADS 16u
#define PAGER (THREADS - 1)
#define RAISER (THREADS - 2)

#define TYPED 8u

struct act {
        // What is to be done. Message register i is `first` + i, from 1 on.
        L4_ThreadId_t to, from_whom;
        L4_Word_t timeouts, tag, first;
        L4_ThreadId_t as;     // the virtual sender
        void (*before)(void); // called first; may be null

        // Typed words in the place of those that `first` says: so many.
        L4_Word_t typed[TYPED], typed_count;
        L4_Word_t acceptor; // BR0

        // What has come of it.
        L4_Word_t over; // 0: nothing yet; then 1, 2 .. in the order of ending
        L4_ThreadId_t from;
        L4_MsgTag_t result;
        L4_Word_t error, actual, intended;
        L4_Word_t mr[64];
        L4_Word64_t begun, ended;
};

// What a word of the UTCB holds that the kernel was not to write.
#define UNWRITTEN 0x5A5A1234u

#define PROPAGATED 0x1000u
#define REDIRECTED 0x2000u
#define FAILED 0x8000u

// Errors of Ipc.
#define SENDING(code) ((code) << 1)
#define RECEIVING(code) ((code) << 1 | 1)
#define TIMEOUT 1u
#define NO_PARTNER 2u
#define CANCELLED 3u
#define OVERFLOW 4u

// A tag, with a label and a number of words.
#define TAG(label, words) ((L4_Word_t)(label) << 16 | (words))

// One more act for a thread: before it is begun. Thread 0, which runs the trial, calls
// perform() itself.
struct act *act(L4_Word_t n, L4_ThreadId_t to, L4_ThreadId_t from_whom,
                L4_Word_t timeouts);

// The same with a message.
struct act *send(L4_Word_t n, L4_ThreadId_t to, L4_Word_t tag);
struct act *receive(L4_Word_t n, L4_ThreadId_t from);

// This thread does it.
void perform(struct act *it);

// Makes a thread that does its acts and is halted then: in this space, in one of its
// own, in that of another one. Those in other spaces have the pager's mappings.
void begin_here(L4_Word_t n);
void begin_there(L4_Word_t n);
void begin_beside(L4_Word_t n, L4_Word_t other);

// Makes one first, so that others find it, and starts it later.
void make_here(L4_Word_t n);
void make_there(L4_Word_t n);
void launch(L4_Word_t n);

// All others run until they wait: those of priority 0 excepted.
void settle(void);

// This thread waits for some time.
void sleep(L4_Word_t microseconds);

// Ends all threads but this one. The rest of the trial, where all is to be as it was,
// is look(1).
void end_all(void);

// --- What is expected ---------------------------------------------------------------

// It has received this: the sender and the words. Message registers behind the
// last one are as they were.
#define expect_message(it, from, tag, first, text)                             \
        act_message((it), (from), (tag), (first), (text), __FILE__, __LINE__)
void act_message(const struct act *it, L4_ThreadId_t from, L4_Word_t tag,
                 L4_Word_t first, const char *text, const char *file,
                 uint32_t line);

// It has sent its message, and received none.
#define expect_sent(it, text) act_sent((it), (text), __FILE__, __LINE__)
void act_sent(const struct act *it, const char *text, const char *file,
              uint32_t line);

// It has failed with this error; the message registers are as they were.
#define expect_failed(it, error, text)                                         \
        act_failed((it), (error), (text), __FILE__, __LINE__)
void act_failed(const struct act *it, L4_Word_t error, const char *text,
                const char *file, uint32_t line);

// It is not over.
#define expect_waiting(it, text) expect_word(0, (it)->over, text)

#endif
