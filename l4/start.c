// SPDX-License-Identifier: MIT
// The first programs: loads them to the addresses where they want to be, tells the
// kernel interface page of them, and makes a thread for each. Without a mapping database
// there is but one, the root server; with it sigma0 comes before.
//
// The contract is in l4.h. Source: l4/README.md, "Loading"; L4 X.2, start-up.
#include "calls.h"
#include "frequency.h"
#include "images.h"
#include "kip.h"
#include "l4.h"
#include "memory_list.h"
#include "panic.h"
#include "schedule.h"
#include "space.h"
#include "typed.h"

#define SERVER_KIP 0xBFF00000u
#define SERVER_UTCBS 0xBF000000u
#define SERVER_UTCBS_LOG2 17u

static uint32_t
area(uint32_t first, unsigned log2)
{
        return first | (uint32_t)log2 << 4;
}

// A thread that the kernel starts itself, in a space of its own.
static void
start(uint32_t id, uint32_t pager, const struct kip_server *server)
{
        struct thread *thread = thread_take(id);
        struct space *space = space_take();

        if (!thread || !space)
                l4_panic("no memory for the first programs");
        thread->space = space;
        space->threads = 1;
        space->privileged = true;
        if (space_configure(space, area(SERVER_KIP, KIP_AREA_LOG2),
                            area(SERVER_UTCBS, SERVER_UTCBS_LOG2)) != CALL_OK)
                l4_panic("the areas of the first programs");

        thread->utcb_wanted = SERVER_UTCBS;
        thread->scheduler = id;
        thread->priority = PRIORITY_HIGHEST;
        slice_begin(thread);
        if (thread_activate(thread, pager) != CALL_OK)
                l4_panic("no memory for the first threads");
        set_register(thread, H_EIP, server->ip);
        set_register(thread, H_ESP, server->sp);
        typed_give(id, space, server->first, server->end);
        thread_ready(thread);
}

void
l4_run(void)
{
        struct kip_contents contents = { 0 };
        bool has_sigma0 = typed_has_sigma0();

        if (has_sigma0)
                images_load(0, &contents.sigma0);
        images_load(has_sigma0 ? 1 : 0, &contents.root);
        memory_list(&contents);
        contents.khz = clock_khz();
        kip_fill(&contents);
        if (has_sigma0)
                start(ID_SIGMA0, ID_NIL, &contents.sigma0);
        start(ID_ROOT, has_sigma0 ? ID_SIGMA0 : ID_NIL, &contents.root);
        schedule(NULL);
}
