// SPDX-License-Identifier: MIT
// The tour: who is there and who pages whom, and what the tasks have said. The console
// task writes it, if there is one.
#include "root7.h"

#include <l4/kip.h>
#include <l4io.h>
#include <stdarg.h>
#include <user/console.h>
#include <user/string.h>

#define LINE 100

static L4_ThreadId_t console;

__attribute__((format(printf, 1, 2))) static void
say(const char *format, ...)
{
        char line[LINE];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(line, sizeof(line), format, arguments);
        va_end(arguments);
        if (L4_IsNilThread(console))
                printf("%s", line);
        else
                console_write(console, line);
}

static void
find_console(void)
{
        console = L4_nilthread;
        for (unsigned i = 0; i < task_count; i++)
                if (memcmp(tasks[i].name, "console", sizeof("console")) == 0)
                        console = tasks[i].thread;
}

static void
row(const char *who, const char *pager, unsigned threads, unsigned spaces,
    unsigned pages, unsigned faults)
{
        say("  %-11s %-11s %8u %7u %5u KB %7u\n", who, pager, threads, spaces,
            pages * (PAGE_BYTES >> 10), faults);
}

void
tour(void)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();
        L4_Word_t own =
                (kip->root.high - kip->root.low + PAGE_BYTES - 1) / PAGE_BYTES;
        unsigned threads = 3, spaces = 2; // sigma0's and the root server's
        // Who writes this needs more pages as it does, and how many depends on how often
        // it has to wait for the line.
        static struct task now[TASKS];

        memcpy(now, tasks, sizeof(now));
        find_console();
        say("  %-11s %-11s %8s %7s %8s %7s\n", "who", "paged by", "threads",
            "spaces", "memory", "faults");
        say("  %-11s %-11s %8u %7u\n", "sigma0", "the kernel", 1, 1);
        row("root7", "sigma0", 2, 1, own, own);
        for (unsigned i = 0; i < task_count; i++) {
                const struct task *task = &now[i];
                unsigned others = task->apart - 1;
                row(task->name, "root7", task->threads - others, 1, task->pages,
                    task->faults);
                if (others > 0)
                        say("    %-9s %-11s %8u %7u\n",
                            others > 1 ? "its tasks" : "its task", task->name,
                            others, others);
                threads += task->threads;
                spaces += task->apart;
        }
        say("  %-23s %8u %7u\n", "in all", threads, spaces);
        for (unsigned i = 0; i < task_count; i++)
                for (unsigned n = 0; n < tasks[i].lines; n++)
                        say("%s: %s.\n", tasks[i].name, tasks[i].says[n]);
}
