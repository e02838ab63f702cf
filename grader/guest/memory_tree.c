// SPDX-License-Identifier: MIT
// The picture of L4's mapping database, as notes on the line to the grader. Mappings in a row
// that differ by a page are told in one line.
//
// While the stage's programs run, it is told whenever there are more mappings than ever
// before, but not more often than TREE_TICKS. The last one is the picture.
#include "memory_tree.h"

#include "harness.h"

#include <h/bound.h>
#include <h/internal/run.h>
#include <h/internal/state.h>
#include <h/internal/user_space.h>
#include <kernel/cpu.h>

#pragma weak h_state
#pragma weak user_entry
#pragma weak run_handlers
#pragma weak h_set_handlers

#define TREE_TICKS 1000000u

static struct h_handlers inner;
static uint32_t most;
static uint64_t told;

// Mappings whose numbers follow each other, and whose addresses do.
struct run {
        uint32_t first, count;
        struct tree_mapping one;
        uint32_t parents, frames; // from one to the next
};

static bool
goes_on(struct run *run, uint32_t number, const struct tree_mapping *next)
{
        const struct tree_mapping *one = &run->one;
        uint32_t bytes = 1u << one->log2;
        uint32_t parents = next->parent - one->parent;
        uint32_t frames = next->frame - one->frame;

        if (run->count == 0 || number != run->first + run->count ||
            next->space != one->space || next->log2 != one->log2 ||
            next->rights != one->rights || next->used != one->used ||
            next->left != one->left ||
            next->address != one->address + run->count * bytes)
                return false;
        if (run->count == 1) {
                run->parents = parents;
                run->frames = frames;
                return parents <= 1 && (frames == 0 || frames == bytes);
        }
        return parents == run->count * run->parents &&
               frames == run->count * run->frames;
}

static void
send(const struct run *run)
{
        const struct tree_mapping *one = &run->one;

        if (run->count == 0)
                return;
        protocol_line("# treemaps %u %u %d %u 0x%08x 0x%08x %u %u %u %u %u %u",
                      run->first, run->count,
                      one->parent == TREE_NOBODY ? -1 : (int)one->parent,
                      one->space, one->address, one->frame, one->log2,
                      one->rights, one->used, one->left,
                      run->count > 1 ? run->parents : 0,
                      run->count > 1 && run->frames != 0);
}

// What the processor has noted in the entries of its pages, as the database writes it.
static uint32_t
noted(const struct tree_mapping *one)
{
        uint32_t found = 0;

        if (one->pagemap >= h_state.pagemap_count ||
            !h_state.pagemaps[one->pagemap].generation)
                return 0;
        const struct pagemap_slot *slot = &h_state.pagemaps[one->pagemap];
        for (uint32_t done = 0; done >> one->log2 == 0; done += PAGE_SIZE) {
                unsigned log2 = PAGE_LOG2;
                const uint32_t *entry =
                        user_entry(slot, vaddr(one->address + done), &log2);
                if (!entry || (*entry & ENTRY_USER) == 0)
                        continue;
                uint32_t bytes = 1u << log2;
                if ((*entry & ~(bytes - 1)) !=
                    ((one->frame + done) & ~(bytes - 1)))
                        continue;
                found |= (*entry & ENTRY_ACCESSED ? H_R : 0) |
                         (*entry & ENTRY_DIRTY ? H_W : 0);
        }
        return found;
}

void
tree_report(const char *when)
{
        struct run run = { .count = 0 };
        struct tree_mapping next;

        if (!memory_is_asked() || !tree_there())
                return;
        uint32_t room = tree_room();
        protocol_line("# tree %s %u %u", when, tree_used(), room);
        for (uint32_t i = 0; i < room; i++) {
                uint32_t thread = tree_space(i);
                if (thread != 0)
                        protocol_line("# treespace %u 0x%08x", i, thread);
        }
        for (uint32_t i = 0; i < room; i++) {
                if (!tree_mapping(i, &next))
                        continue;
                next.used |= noted(&next);
                if (goes_on(&run, i, &next)) {
                        run.count++;
                        continue;
                }
                send(&run);
                run = (struct run){ .first = i, .count = 1, .one = next };
        }
        send(&run);
        protocol_line("# treeend %s", when);
        protocol_drain();
}

// --- While programs run --------------------------------------------------------------------

static void
look(void)
{
        uint64_t now = rdtsc();

        if (tree_used() <= most || (most && now - told < TREE_TICKS))
                return;
        most = tree_used();
        tree_report("boot");
        told = rdtsc();
}

static void
on_event(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        look();
        inner.event(context, vector, code);
}

static void
on_system_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
               uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
               uint32_t ebp)
{
        look();
        inner.system_call(context, eax, edx, ecx, esi, edi, ebx, ebp);
}

static void
on_gate_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
             uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
             uint32_t ebp)
{
        look();
        inner.gate_call(context, eax, edx, ecx, esi, edi, ebx, ebp);
}

void
tree_watch(void)
{
        static const struct h_handlers outer = {
                .system_call = on_system_call,
                .event = on_event,
                .gate_call = on_gate_call,
        };

        if (!memory_is_asked() || !tree_there() || !&run_handlers)
                return;
        inner = run_handlers;
        h_set_handlers(&outer);
}
