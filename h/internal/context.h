// SPDX-License-Identifier: MIT
// Fault contexts as H keeps them, in environment memory. When ring 3 is left the
// processor pushes straight into the context: its stack for that (ESP0) ends where
// the registers end.
//
//                             execution.contexts
//                            +--------------------------------+
//      lower addresses       | registers  EDI .. EAX  (pusha) |
//                            |            DS ES FS GS         |
//                            |            HANDLER CODE        |
//                            |            EIP CS EFLAGS       |
//                            |            ESP SS              |
//          ESP0 -----------> +--------------------------------+
//      higher addresses      | generation, bindings, GS, ports |
//                            +--------------------------------+
#ifndef H_INTERNAL_CONTEXT_H
#define H_INTERNAL_CONTEXT_H

// Flags of a context. A step that is due has been made by SYSENTER, whose system
// call is told first. Instead of running the context, H says H_VECTOR_DEBUG with
// code 0 then, as if it had run and been left again at once: it is no longer inside
// the system call.
#define CONTEXT_DEBUG 1    // a single step is due
#define CONTEXT_CALL 2     // it is inside a system call
#define CONTEXT_SYSENTER 4 // by SYSENTER; at most H_EAX, H_ESI written since
#define CONTEXT_BOUND 8    // to an address space (bound.h)
#define CONTEXT_PORTS 16   // it has some

#ifndef __ASSEMBLER__
#include <h/execution.h>
#include <h/internal/state.h>

// One that has just been made is all zeros but for what makes its handle: without
// flags, without ports, bound to nothing. A free one is so too.
struct context_slot {
        uint32_t registers[H_REGISTERS]; // by enum h_register

        // As in every slot (state.h); last: the generation that a free one had.
        uint32_t generation; // 0: free
        uint32_t last;
        uint32_t next_free; // an index, or SLOT_NONE

        uint32_t gs_low, gs_high; // the descriptor of its GS segment, or 0
        uint32_t flags;           // CONTEXT_...
        uint32_t gs;              // the selector that goes with it, or 0
        uint32_t index;           // its own, once it has been bound

        uint32_t port_count; // 0: it has none
        struct h_port_range ports[H_PORT_RANGES];

        // What it is bound to (bound.h): each is looked at again at every use.
        const struct pagemap_slot *space; // null: to nothing
        uint32_t space_generation;
        const struct kernel_mapping_slot *mapping; // null: no buffer
        uint32_t mapping_generation;
        uint32_t *buffer;
        uint32_t buffer_words;
} __attribute__((aligned(CONTEXT_SLOT_SIZE)));

_Static_assert(sizeof(struct context_slot) == CONTEXT_SLOT_SIZE,
               "the environment has room for slots of this size");

// The state of a floating-point unit, as FXSAVE writes it. One for each context,
// by the index of its slot.
struct fpu_area {
        uint8_t bytes[512];
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct fpu_area) == FPU_AREA_SIZE, "so they lie");

struct execution {
        struct context_slot *contexts;
        struct fpu_area *fpu_areas;
        uint32_t context_count; // a power of two
        uint32_t free_context;

        struct context_slot *running; // that is, or was last, in ring 3
        struct context_slot *fpu_owner;
        const struct context_slot *ports_owner; // whose ports the bitmap says
        struct vaddr fault_address;

        // The last context that was entered was so by h_run; no port is open, and
        // the floating-point unit traps. So the next one can be entered by the
        // short way. (h/handoff.c)
        bool short_way;
};

extern struct execution execution;

// Takes over what lab 3's h_init has left to it: contexts, gates, interrupt lines,
// timer, clock, floating-point unit. Called once, after h_init.
void execution_init(void);

// The slot that a handle names; null where it was made up, is stale, or was freed.
static inline struct context_slot *
context_slot(struct h_fault_context handle)
{
        if (handle.slot >= execution.context_count || handle.generation == 0)
                return NULL;

        struct context_slot *slot = &execution.contexts[handle.slot];
        return slot->generation == handle.generation ? slot : NULL;
}

// The handle of a slot in use.
static inline struct h_fault_context
context_handle(const struct context_slot *slot)
{
        return (struct h_fault_context){ (uint32_t)(slot - execution.contexts),
                                         slot->generation };
}

// Where the processor begins to push when ring 3 is left.
static inline uint32_t
context_stack(const struct context_slot *slot)
{
        return (uint32_t)(uintptr_t)&slot->registers[H_REGISTERS];
}

// Makes all slots free that have never been used: once, when `execution` says
// where they are and how many. All of their words are 0. (exercise 4.3)
void contexts_init(void);

// Puts what ring 3 must have into the registers, whatever they say: the selectors
// of CS and SS, and EFLAGS but for H_USER_FLAGS. DS, ES, FS and GS are not
// taken from the context at all when it is entered. (exercise 4.3)
void context_force(struct context_slot *slot);

// Makes ports, GS segment and floating-point unit those of the context: what its
// registers do not say. FS is null afterwards, GS too or USER_GS, and the context
// is no longer inside a system call. Whenever ring 3 is entered, last of all.
// (h/enter.c)
void context_enter(struct context_slot *slot);

// The context is no more: nothing of the processor's is its any longer. Its ports
// are what they were. (h/enter.c)
void context_leave(const struct context_slot *slot);

// Before the ports of a context change: the next one to be entered gets its own
// anew. (h/enter.c)
void context_forget_ports(const struct context_slot *slot);

// Makes the floating-point unit of a context what it is after FNINIT; the context
// is not the owner of the unit itself. (h/fpu.c)
void fpu_reset(const struct context_slot *slot);

// Sets the processor up for lazy switching: the unit is nobody's. (h/fpu.c)
void fpu_init(void);

// Before ring 3 is entered: the unit's instructions trap there unless the unit
// holds the context's state. (h/fpu.c)
void fpu_enter(const struct context_slot *slot);

// Ring 3 has trapped with vector 7, "device not available". Where that was for the
// unit held another one's state, it holds that of execution.running afterwards,
// and the answer is true: the program can go on as if nothing had been, but for
// FS and GS, which are what they are at every entry.
// (h/fpu.c)
bool fpu_take(void);

// The unit's state is nobody's, if it was the context's. (h/fpu.c)
void fpu_forget(const struct context_slot *slot);
#endif

// Offsets in bytes of registers in a context, for the assembler.
#define CONTEXT_DS 32
#define CONTEXT_HANDLER 48
#define CONTEXT_EIP 56
#define CONTEXT_EFLAGS 64
#define CONTEXT_ESP 68
#define CONTEXT_END 76 // where ESP0 points
#define CONTEXT_GENERATION 76
#define CONTEXT_FLAGS 96
#define CONTEXT_GS 100
#define CONTEXT_INDEX 104

#endif
