// SPDX-License-Identifier: MIT
// The eleven laws of the first H interface (Hallgren, Jones, Leslie, Tolmach: "A
// Principled Approach to Operating System Construction in Haskell", ICFP 2005),
// tried with random cases on the machine, with user code that really runs.
//
// A case is one number, its seed: memory, address spaces, mappings, contents,
// registers and programs follow from it. This stage is built for tests of the
// course alone, and is part of no other.
//
//     memory               FRAMES pages in a row, which the kernel sees as well
//     space 0, 1, 2        the places where their user code may see them
//
//     | 8 pages | ... | 8 pages | 8 pages | ... | 8 pages |   the four groups,
//     0           page-table's end  begin         end of user space
//
//     | 4 MB, in which the frames are |                       LARGE: mapped as a
//                                                             superpage, or not
#ifndef LAWS_H
#define LAWS_H

#include <h/h.h>

#include <h4/test.h>

// What was said of the case that is under way does not hold: reports it with law
// and seed, and stops the machine.
_Noreturn void broken(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

// An operation of H must not refuse here.
void done(enum h_error error, const char *operation);

struct law {
        const char *name;
        void (*check)(void); // one case
};

#define LAWS 11
extern const struct law laws[LAWS];

void pages_are_independent_locations(void);
void entries_are_independent_locations(void);
void fresh_maps_are_empty(void);
void maps_do_not_depend_on_memory(void);
void ports_do_not_depend_on_memory_or_maps(void);
void execution_writes_only_where_it_may(void);
void unmapped_memory_does_not_matter(void);
void other_maps_do_not_matter(void);
void execution_leaves_other_maps_alone(void);
void execution_leaves_mappings_and_rights(void);
void what_changed_was_writable_and_is_dirty(void);

// --- Memory (memory.c) -------------------------------------------------------

#define FRAMES 8
#define FRAMES_LOG2 3

// Sets out the memory, once.
void memory_begin(void);

// The memory of a case: FRAMES other pages of the 4 MB, with random contents, and
// all pages for tables to be supplied once more.
void memory_choose(void);

// A free page that becomes a table, and an address for it.
struct h_pagemap_page supply_table(void);

// 2^log2_size bytes of frames from number `first` on, aligned to their size, and
// all the 4 MB.
struct h_region frames(unsigned first, unsigned log2_size);
struct h_region all_memory(void);

// How far behind the beginning of the 4 MB a frame lies, in bytes.
uint32_t frame_offset(unsigned frame);

// What the kernel sees of a frame, and of the page of the program that runs.
uint32_t *frame_words(unsigned frame);
uint8_t *code_bytes(void);

// The page of the program, as it is mapped at CODE in each space.
#define CODE 0x08048000u
struct h_region code_region(void);

// Mappings of the client's, of one page each, by which words are read and written
// through H alone.
#define WINDOWS 4
struct h_kernel_mapping window_add(unsigned window, struct h_region page);

void fill_random(unsigned frame);
uint32_t frame_hash(unsigned frame);
uint32_t hash_word(uint32_t hash, uint32_t word);

// Writes random words to memory that no program sees: pages of the 4 MB which are
// no frames, and the client's heap.
void disturb_memory(void);

// --- Address spaces (space.c) ------------------------------------------------

#define SPACES 3
#define GROUPS 4
#define SMALL_PLACES (GROUPS * FRAMES)
#define PLACES (SMALL_PLACES + FRAMES) // and those in LARGE
#define LARGE 0x20000000u
#define NO_FRAME (-1)

// What is mapped at a place, as it was asked for.
struct place {
        int frame; // or NO_FRAME
        unsigned rights;
};

struct space {
        struct h_pagemap map;
        struct place at[PLACES];
        unsigned shown, writable; // the frames that it may show, a bit each
        unsigned changed;         // the first place that changed last
};

extern struct space spaces[SPACES];

// Empty spaces, but for the program's page.
void spaces_create(void);
void spaces_destroy(void);

// One more, and its end.
void space_create(struct space *space);
void space_destroy(struct space *space);

uint32_t place_address(unsigned place);
struct h_vfpage pages_at(uint32_t address, unsigned log2_size);

// A random operation on a space that is good: pages are mapped, unmapped, get other
// rights; so does the superpage, or is split.
void space_change(struct space *space);

// User code touches all that is mapped, so that the processor knows it.
void space_touch(const struct space *space);

// Changes until much is mapped, touches it, and changes some of it.
void space_populate(struct space *space);

// Unmaps a frame wherever it is mapped by pages.
void space_forget(struct space *space, unsigned frame);

// May user code of the space read the frame, or write it?
bool space_reaches(const struct space *space, unsigned frame, unsigned right);

// Is every place as the operations have left it? `when` is said otherwise.
void space_check(const struct space *space, const char *when);

// What h_read_mapping tells of all places.
struct picture {
        enum h_error errors[PLACES];
        struct h_mapping_info infos[PLACES];
};

void space_picture(const struct space *space, struct picture *out);

// Are two pictures the same? With `marks` accessed and dirty count too.
bool same_picture(const struct picture *a, const struct picture *b, bool marks,
                  unsigned *place);

void space_take_marks(const struct space *space);

// --- Programs (program.c, code.c) --------------------------------------------

// A program that ends: a row of random operations and a system call. Where one of
// them faults, the next one is gone on with.
#define OPERATIONS 48
#define PROGRAM_SIZE 2048

struct program {
        uint8_t bytes[PROGRAM_SIZE];
        uint32_t length;
        uint32_t starts[OPERATIONS + 1]; // of its operations
        unsigned count;
        uint32_t registers[H_REGISTERS];
};

// A random one: mostly at places that are mapped in the space.
void program_random(struct program *program, const struct space *space);

// The same operations each time: one that begins, and ends by a system call.
void program_begin(struct program *program);
void program_end(struct program *program);
void emit_store(struct program *program, uint32_t address, uint32_t word);
void emit_load(struct program *program, uint32_t address); // to EAX
void emit_touch(struct program *program, uint32_t address, bool write);
void emit_out(struct program *program, uint16_t port, uint8_t value);
void emit_in(struct program *program, uint16_t port); // to AL
void emit_random(struct program *program, const struct space *space);
void emit_next(struct program *program); // an operation begins
void emit(struct program *program, const void *bytes, uint32_t count);
void emit_word(struct program *program, uint32_t word);

// What came of a program: a digest of all its faults and of its last registers.
struct outcome {
        uint32_t digest;
        uint32_t eax;
        unsigned faults;
        struct h_interrupt first; // the first fault
};

// Runs it in a context of its own, with these ports.
struct outcome program_run(const struct program *program, struct h_pagemap map,
                           const struct h_port_range *ports, size_t count);

#endif
