// SPDX-License-Identifier: MIT
// What the operations of H cost, in ticks of the time-stamp counter; in Bochs
// these are instructions, and the same in each run. This stage is built for
// `make bench` alone, and is a part of no other.
//
// Its code stands where a client kernel's would, but is compiled as the kernel is:
// the figures are those of H, without the traps of a client's code.
#ifndef MEASURE_H
#define MEASURE_H

#include <h/h.h>

#include <kernel/cpu.h>

// Reports what one call of an operation cost; arguments that cost something are
// computed before.
//
// operation   its name without h_
// title       of the case: letters, digits and _
#define MEASURE(operation, title, call)                                        \
        do {                                                                   \
                const uint64_t begin_ = rdtsc();                               \
                const enum h_error error_ = (call);                            \
                const uint64_t end_ = rdtsc();                                 \
                measured(operation, title, end_ - begin_, error_);             \
        } while (0)

// The same of a call that cannot refuse.
#define MEASURE_VOID(operation, title, call)                                   \
        do {                                                                   \
                const uint64_t begin_ = rdtsc();                               \
                (call);                                                        \
                const uint64_t end_ = rdtsc();                                 \
                measured(operation, title, end_ - begin_, H_OK);               \
        } while (0)

// Reports a figure, less what measuring nothing costs. An error stops the
// machine: this stage makes only calls that are good.
void measured(const char *operation, const char *title, uint64_t ticks,
              enum h_error error);

// "name_12": the title of a case that has a number.
const char *numbered(const char *name, uint32_t number);

// Stops the machine unless `error` is H_OK: for calls that are not measured.
void done(enum h_error error);

// The memory and the addresses that the operations are given. Everything has to
// be given back between one group of figures and the next.
#define MOST_LOG2 26 // the memory that is mapped: 64 MB in one region

void supply_init(void);
void supply_again(void); // from the beginning

// A free page, and one with a kernel address for H.
struct h_region supply_page(void);
struct h_pagemap_page supply_table(void);

// The first 2^log2_size bytes of the memory that is mapped, and as many kernel
// addresses.
struct h_region supply_memory(unsigned log2_size);
struct h_vfpage supply_window(unsigned log2_size);

// User addresses.
struct h_vfpage at(uint32_t address, unsigned log2_size);

// Address spaces. `freed` has room for all that an address space can give back.
#define FREED_MOST 1024
extern struct h_region freed[FREED_MOST];

struct h_pagemap new_space(void);
void end_space(struct h_pagemap pagemap);

// Maps pages that no other mapping is near, or not.
void map(struct h_pagemap pagemap, struct h_vfpage pages,
         struct h_region region);
void unmap(struct h_pagemap pagemap, struct h_vfpage pages);

// Fills 2 GB from 0 on with pages of 4 KB, in 512 page-tables: more user memory
// than a machine has, and the most that one call can speak of.
#define FULL_LOG2 31

void fill(struct h_pagemap pagemap);

// Replaces the initial regions by `count` of them, the last of which is the memory
// that is mapped, and puts back what there was.
void regions_replace(size_t count);
void regions_restore(void);

// The groups of figures.
void measure_configuration(void);
void measure_spaces(void);
void measure_mappings(void);
void measure_kernel_mappings(void);
void measure_words(void);
void measure_devices(void);
void measure_growth(void);

#endif
