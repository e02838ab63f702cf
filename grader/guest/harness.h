// SPDX-License-Identifier: MIT
// What the parts of the harness know of each other. Tests do not see this.
#ifndef HARNESS_H
#define HARNESS_H

#include <kernel/fault.h>
#include <kernel/memory_map.h>
#include <kernel/status.h>
#include <kernel/types.h>

// Longer texts are cut off.
#define LINE_SIZE 240
#define NONCE_SIZE 40

// COM2 is the harness's: what it is set to, and that nobody changes it.
#define COM2_PORT 0x2F8

// What decides over a boot lies in the three structs below. They are global and have
// just this form as the grader reads them from outside (README.md).

// protocol.c: the line to the grader.
struct harness_line {
        char nonce[NONCE_SIZE];
        uint32_t number; // of the last line
};
extern struct harness_line harness_line;

void protocol_begin(const char *nonce);
void protocol_line(const char *format, ...)
        __attribute__((format(printf, 1, 2)));
void protocol_drain(void);

// testlist.c: the next run of numbers in the list, from *first to *last. False
// at the end of the list, or where something else stands there.
bool testlist_next(const char **list, uint32_t *first, uint32_t *last);

// dispatch.c: what the command line asks for.
struct harness_plan {
        uint32_t seed;
        char tests[1000]; // what a command line can hold
};
extern struct harness_plan harness_plan;

// Takes down what the running test has made by the headers in <h4/>.
void fixtures_over(void);

// report.c: how a test ends.
struct harness_running {
        bool test;    // one has begun, and has no result yet
        bool counted; // harness_test_end has been called
        bool failing;
        bool debug;
        uint32_t number;
        uint32_t index;
        const uint32_t *frame; // the dispatcher's, see report_enter
};
extern struct harness_running harness_running;

void report_prepare(bool debug);
void report_enter(uint32_t number, uint32_t index, const uint32_t *frame);
void report_pass(void);
_Noreturn void report_failure(const char *message, const char *expected,
                              const char *found);
// The same at the return address `place`; 0: at none.
_Noreturn void report_failure_at(uint32_t place, const char *message,
                                 const char *expected, const char *found);
bool report_trap(struct trap_frame *frame);
void report_panic(const char *message, uint32_t frame_pointer);
void report_switched_off(void);

// trying.c: reports what the running test tries, if it has said so. Last of all: the
// texts that it is made of may be ruined.
void trying_report(void);

// From now on this is said in front of what it tries, as with printf; "" ends that.
void trying_within(const char *text, ...) __attribute__((format(printf, 1, 2)));

// Where the grader's debugger counts instructions and looks at the machine from
// outside, and where a person's debugger stops. HARNESS_OVER is the index of no test:
// behind the last one.
#define HARNESS_OVER 0xFFFFFFFFu
void harness_test_begin(uint32_t index);
void harness_test_end(uint32_t index);
void harness_failed(void);

// probe.c: was this trap a touch of a test's? Then the frame has been changed
// to go on behind it.
bool probe_trap(struct trap_frame *frame);

// baseline.c: the state of the machine that a test must leave as it was.
void baseline_prepare(void);
void baseline_check(void);

// arena.c
void arena_prepare(void);
void arena_reset(void);
void arena_check_borders(void);

// Memory for the harness itself, in words. It is never given back.
uint32_t *arena_spare(size_t count);

// Pages for a fixture's own machine: 192 in a row, from the page
// ARENA_FRAMES / PAGE_SIZE + ARENA_ROOM on. Where number 0 to 191 is mapped.
#define ARENA_ROOM 384u
#define ARENA_ROOM_PAGES 192u
uint32_t *arena_room(uint32_t number);

// How many pages the running test has made, each of them by its number, and what
// one is expected to hold: null where it is none of them.
uint32_t arena_made(void);
struct pagemap_page arena_made_page(uint32_t number);
uint32_t *arena_expected(struct paddr frame);

// memory_list.c: what an address behind the list of a test is, in words. False
// where the test has none or the address is somewhere else. After the test there
// is no list.
bool list_words(uint32_t address, char *words, size_t size);
void list_over(void);

// frames.c: what the test has asked of the backtrace, in words; false for nothing.
// After the test it is nothing.
bool frames_words(char *words, size_t size);
void frames_over(void);

// com1.c: after a test the line is set as it is to be, and has sent everything.
void com1_over(void);

// live.c: the kernel's page-directory, as it was when the harness began.
struct paddr live_boot_directory(void);

// memory_report.c: pictures of memory, where they are asked for: before the test
// of page status that is running, and after it, whether it passed or failed.
void memory_prepare(void);
bool memory_is_asked(void);
void memory_test_watched(void);
void memory_test_over(void);

// Where the harness sees what the kernel sees at `pointer`, in the environment
// memory: a report of a failure is made on a page-directory without it.
void *memory_seen(void *pointer);

// memory_tree.c: the picture of L4's mapping database, where there is one: now, or while the
// stage's programs run.
void tree_report(const char *when);
void tree_watch(void);

// memory_owners.c: whose the pages of this array are, where H is there to know.
void owners_report(struct page_array array);

// pages.c: after a test the kernel's own page array is back.
struct test_place {
        struct page_range pages;
        const char *name;
};

// The array of the running test, whatever has become of page_array; no pages
// where it has none.
struct page_array pages_of_test(void);
bool pages_place(size_t index, struct test_place *place);
void pages_over(void);

// spaces.c: after a test the kernel is back on its own page-directory.
void spaces_over(void);

// users_machine.c: what running user code changes in the processor and the devices is
// kept, and put back.
void machine_save(void);
void machine_restore(void);

// system.c: after a test there is no H, and the kernel is back on its own
// page-directory.
void system_over(void);

// users.c: after a test no trace of ring 3 is left in the processor.
void users_over(void);

// random.c
void random_begin(uint32_t seed, const char *name);

#endif
