// SPDX-License-Identifier: MIT
// A root server that loads all further boot modules, each into an address space of its
// own, and gives them their memory by a pager. At last it tells who is there.
//
//     sigma0 ---- pages ----> root7 ---- pages ----> tasks, some of which
//                                                    page tasks of their own
#include "root7.h"

#include <l4/thread.h>
#include <user/threads.h>

static struct stack pager_stack;

int
main(void)
{
        struct module module;

        if (!thread_here(PAGER)) {
                complain("The pager");
                return 0;
        }
        thread_start(thread_id(PAGER), serve_tasks, &pager_stack);
        for (unsigned n = 0; module_open(n, &module); n++)
                task_load(n, &module);
        tour();
        tasks_end();
        return 0;
}
