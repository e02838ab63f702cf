// SPDX-License-Identifier: MIT
// L4's mapping database as the picture of it needs it. Names in l4/ and kernel/ are not kept
// apart, so one file looks (memory_l4.c), and another one tells (memory_tree.c).
#ifndef MEMORY_TREE_H
#define MEMORY_TREE_H

#include <stdbool.h>
#include <stdint.h>

#define TREE_NOBODY UINT32_MAX

struct tree_mapping {
        uint32_t
                parent; // the number of a mapping; TREE_NOBODY: the kernel's gift
        uint32_t space;          // its number
        uint32_t pagemap;        // of the space: a slot of H
        uint32_t address, frame; // of its first byte
        uint32_t log2;           // its size
        uint32_t rights;         // of its first page that is there; 0: of none
        uint32_t used;           // what has not been told yet
        uint32_t left;           // how many pages of it are there
};

// Is there a database? Otherwise nothing else here may be asked.
bool tree_there(void);

// How many mappings there are, and how many there may be: that is where numbers end, of
// mappings as of spaces.
uint32_t tree_used(void);
uint32_t tree_room(void);

// False: there is none with this number.
bool tree_mapping(uint32_t number, struct tree_mapping *out);

// The ID of the first of a space's threads. 0: there is no such space, or nobody in it.
uint32_t tree_space(uint32_t number);

#endif
