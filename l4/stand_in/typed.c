// SPDX-License-Identifier: MIT
// Memory of programs before there is a mapping database. The first program has the
// pages that it was loaded to. A space that faults there gets the same pages, so
// that threads of one program can be in several spaces; where it faults elsewhere, it
// gets a page of its own. In both cases the pager has to answer first; what it says
// about mappings is not looked at yet.
//
// The contracts are in ../typed.h.
#include "../typed.h"
#include "../panic.h"
#include "../pool.h"
#include "../schedule.h"
#include "typed_asked.h"

#define MOST_PAGES 256

// Pages that are held back for programs: of the kernel's own ones.
struct own_page {
        const struct space *space; // null: nobody has it
        uint32_t address;          // where, in that space
        struct h_region page;
};

struct typed_asked typed_asked;

static struct own_page own_pages[MOST_PAGES];
static uint32_t image_first;
static uint32_t image_end;

void
typed_init(void)
{
        for (unsigned i = 0; i < MOST_PAGES; i++)
                own_pages[i].space = NULL;
        image_first = 0;
        image_end = 0;
        typed_asked = (struct typed_asked){ 0 };
}

// One page of the program that was loaded, in any space.
static enum h_error
map_image_page(const struct space *space, uint32_t address)
{
        struct h_region page = { h_pfpage((struct h_paddr){ address },
                                          H_PAGE_LOG2) };

        return pool_map(space->pagemap, address & ~(H_PAGE_SIZE - 1), page,
                        H_R | H_W | H_X);
}

bool
typed_has_sigma0(void)
{
        return false;
}

// All have COM1.
void
typed_begin(struct space *space)
{
        space->ports[0] = (struct h_port_range){ 0x3F8, 0x3FF };
        space->port_count = 1;
}

void
typed_give(uint32_t id, struct space *space, uint32_t first, uint32_t end)
{
        (void)id;
        image_first = first & ~(H_PAGE_SIZE - 1);
        image_end = end;
        for (uint32_t page = image_first; page < end; page += H_PAGE_SIZE)
                if (map_image_page(space, page) != H_OK)
                        l4_panic("no memory for the first program");
}

// Nothing is carried yet.
uint32_t
typed_transfer(struct thread *sender, struct thread *receiver, uint32_t untyped,
               uint32_t typed)
{
        typed_asked.sender = sender;
        typed_asked.receiver = receiver;
        typed_asked.untyped = untyped;
        typed_asked.typed = typed;
        return typed < typed_asked.carried ? typed : typed_asked.carried;
}

// Is it in one of the areas that are the kernel's in each space?
static bool
is_kernels(const struct space *space, uint32_t page)
{
        return page - space->kip < space->kip_bytes ||
               page - space->utcb_first < space->utcb_bytes;
}

static enum h_error
map_own_page(const struct space *space, uint32_t address)
{
        uint32_t at = address & ~(H_PAGE_SIZE - 1);
        struct h_kernel_mapping mapping;
        struct h_region page;
        unsigned i = 0;

        while (i < MOST_PAGES && own_pages[i].space)
                i++;
        // Half of the pool is for what the kernel itself needs.
        if (i == MOST_PAGES || is_kernels(space, at) ||
            pool_left() < pool_pages() / 2 ||
            !pool_take_mapped(&page, &mapping))
                return H_CAPACITY;
        must(h_remove_kernel_mapping(mapping), "h_remove_kernel_mapping");

        enum h_error error =
                pool_map(space->pagemap, at, page, H_R | H_W | H_X);
        if (error != H_OK)
                pool_give(page);
        else
                own_pages[i] = (struct own_page){ space, at, page };
        return error;
}

bool
typed_carry(struct thread *sender, struct thread *receiver)
{
        (void)sender;
        (void)receiver;
        return true;
}

bool
typed_fault_reply(struct thread *pager, struct thread *thread)
{
        const struct space *space = thread->space;
        uint32_t address = thread->fault;

        (void)pager;
        if (address >= image_first && address < image_end)
                return map_image_page(space, address) == H_OK;
        return map_own_page(space, address) == H_OK;
}

bool
typed_forget(struct space *space)
{
        for (unsigned i = 0; i < MOST_PAGES; i++) {
                if (own_pages[i].space != space)
                        continue;
                pool_unmap(space->pagemap, own_pages[i].address);
                pool_give(own_pages[i].page);
                own_pages[i].space = NULL;
        }
        return true;
}

// Nothing takes long yet.
struct thread *
typed_go_on(struct thread *thread)
{
        thread->work = WORK_NONE;
        return thread;
}

void
typed_break(struct thread *thread)
{
        typed_asked.breaks++;
        typed_asked.broken = thread;
        if (typed_asked.break_readies)
                thread_ready(thread);
}

// All faults are a pager's affair.
bool
typed_own_fault(struct thread *thread, struct h_vaddr address)
{
        (void)thread;
        (void)address;
        return false;
}

bool
typed_port_fault(struct thread *thread, struct thread **next)
{
        (void)thread;
        (void)next;
        return false;
}

// Nothing is taken away yet, and pages have no attributes.
struct thread *
call_unmap(struct thread *self, const struct registers *in)
{
        (void)in;
        return self;
}

struct thread *
call_memory_control(struct thread *self, const struct registers *in)
{
        (void)in;
        return call_answer(self, self->space->privileged ? CALL_BAD_PARAMETER
                                                         : CALL_NO_PRIVILEGE);
}
