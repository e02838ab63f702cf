// SPDX-License-Identifier: MIT
// What threads of a trial do is said in advance, as a list of acts for each: messages
// with all their words, typed items and buffers too, and what has come of them. The first
// thread runs the trial, at the highest priority; the others run when it waits.
//
//     struct act *sends = act(1, two, none);
//     add_string(sends, source, 100);
//     begin_here(1);
//     settle();                           until all of them wait
//     expect_sent(sends, "what");
#ifndef TRIAL7_ACT_H
#define TRIAL7_ACT_H

#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/schedule.h>
#include <l4/thread.h>
#include <user/threads.h>

#define me L4_Myself()
#define none L4_nilthread
#define one thread_id(1)
#define two thread_id(2)
#define three thread_id(3)

// The local ID of the n-th thread of the first space.
static inline L4_ThreadId_t
local(L4_Word_t n)
{
        return (L4_ThreadId_t){ .raw = utcb_here(n) + 0x100 };
}

#define NEVER 0u
#define AT_ONCE 0x04000400u

// Threads have numbers from 1 to THREADS - 1; the last ones are the pager of those in
// other spaces, and settle's.
#define THREADS 16u
#define PAGER (THREADS - 1)
#define RAISER (THREADS - 2)

struct act {
        L4_ThreadId_t to, from_whom;
        L4_Word_t timeouts;
        L4_Word_t transfer;  // transfer timeouts
        L4_Word_t words[64]; // message registers, from 0 on
        L4_Word_t buffers[33];
        L4_Word_t last_buffer; // where its last string buffer begins, or 0
        L4_Word_t next_buffer;

        // What has come of it.
        L4_Word_t over; // 0: nothing yet; then 1, 2 .. in the order of ending
        L4_ThreadId_t from;
        L4_MsgTag_t result;
        L4_Word_t error;
        L4_Word_t mr[64];
};

// What a word of the UTCB holds that the kernel was not to write.
#define UNWRITTEN 0x5A5A1234u

#define FAILED 0x8000u

// Errors of Ipc, with how many bytes had been copied.
#define SENDING(code, bytes) ((code) << 1 | (bytes) << 4)
#define RECEIVING(code, bytes) ((code) << 1 | 1 | (bytes) << 4)
#define TIMEOUT 1u
#define NO_PARTNER 2u
#define CANCELLED 3u
#define OVERFLOW 4u
#define TOO_LATE_MINE 5u
#define TOO_LATE_YOURS 6u
#define ABORTED 7u

// Transfer timeouts.
#define SEND_WITHIN(time) ((L4_Word_t)(time) << 16)
#define RECEIVE_WITHIN(time) ((L4_Word_t)(time))
#define NO_TIME 0x0400u

// One more act for a thread: before it is begun. Thread 0, which runs the trial, calls
// perform() itself. Its timeouts are never.
struct act *act(L4_Word_t n, L4_ThreadId_t to, L4_ThreadId_t from_whom);

// Puts more words into its message: untyped ones first, of these i-th is 0x1000 + i.
void add_untyped(struct act *it, L4_Word_t count);
void add_word(struct act *it, L4_Word_t word); // typed
void add_string(struct act *it, const void *from, L4_Word_t bytes);

// The message so far ends with a string: it goes on there, as another part; it has
// another substring.
void add_part(struct act *it, const void *from, L4_Word_t bytes);
void add_substring(struct act *it, const void *from);

// The same of buffers, from buffer register 1 on; the acceptor says strings then.
void add_buffer(struct act *it, void *to, L4_Word_t bytes);
void add_buffer_part(struct act *it, void *to, L4_Word_t bytes);
void add_buffer_substring(struct act *it, void *to);

// This thread does it.
void perform(struct act *it);

// Makes a thread that does its acts and is halted then: in this space, in one of its
// own. Those in other spaces have the pager's mappings (pager.h).
void begin_here(L4_Word_t n);
void begin_there(L4_Word_t n);
void make_here(L4_Word_t n);
void make_there(L4_Word_t n);
void launch(L4_Word_t n);

// All others run until they wait: those of priority 0 excepted.
void settle(void);

// Lets time pass.
void sleep(L4_Word_t microseconds);

void end_all(void);

// --- What is expected ---------------------------------------------------------------

// It has received a message with these words; it has sent; it has failed; it waits.
void act_got(const struct act *it, const struct act *sent, const char *text,
             const char *file, uint32_t line);
void act_sent(const struct act *it, const char *text, const char *file,
              uint32_t line);
void act_failed(const struct act *it, L4_Word_t error, const char *text,
                const char *file, uint32_t line);

#define expect_got(it, sent, text)                                             \
        act_got((it), (sent), (text), __FILE__, __LINE__)
#define expect_sent(it, text) act_sent((it), (text), __FILE__, __LINE__)
#define expect_failed(it, error, text)                                         \
        act_failed((it), (error), (text), __FILE__, __LINE__)
#define expect_waiting(it, text) expect_word(0, (it)->over, (text))

#endif
