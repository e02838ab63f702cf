// SPDX-License-Identifier: MIT
// The demonstration client: programs that the boot loader has brought run in
// address spaces of their own, and whatever they do ends here. It includes <h/h.h>
// and nothing else, and `make check-client` holds it to that.
#include "main.h"

#include "pool.h"
#include "program.h"
#include "refuse.h"
#include "run.h"
#include "say.h"

#define MOST_PROGRAMS 24

// Modules that are started otherwise than once.
struct start {
        const char *name;
        uint32_t instance;
        bool ports;
};

static const struct start starts[] = {
        { "float", 1, false },
        { "float", 2, false },
        { "ports", 1, true },
        { "ports", 2, false },
};

static struct program programs[MOST_PROGRAMS];
static size_t program_count;
static bool fine;

static bool
same(const char *a, const char *b)
{
        while (*a && *a == *b) {
                a++;
                b++;
        }
        return *a == *b;
}

static void
start(const struct h_module *module, uint32_t instance, bool ports)
{
        if (program_count == MOST_PROGRAMS) {
                say_line("  more programs than there is room for");
                fine = false;
                return;
        }

        struct program *program = &programs[program_count++];
        program->name = module->name;
        program->instance = instance;
        program->ports = ports;
        program->file = files_file(module);
        program_load(program);
}

static void
start_module(const struct h_module *module)
{
        bool known = false;

        for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
                const struct start *one = &starts[i];
                if (!same(module->name, one->name))
                        continue;
                known = true;
                start(module, one->instance, one->ports);
        }
        if (!known)
                start(module, 0, false);
}

void
client_begin(void)
{
        fine = pool_init() && files_begin();
        if (!fine)
                return;

        say_line("programs that the boot loader has brought:");
        for (size_t i = 0; i < h_module_count(); i++) {
                struct h_module module;
                if (worked("h_module", h_module(i, &module)))
                        start_module(&module);
        }
        if (program_count == 0)
                say_line("  none");
}

static bool
refuse_others(void)
{
        for (size_t i = 0; i < program_count; i++) {
                if (programs[i].elf.count == 0)
                        continue;
                say("what looks like ");
                say_visible(programs[i].name);
                say_line(", and is no program:");
                return refuse_damaged(&programs[i].file);
        }
        return true;
}

static bool
unload_all(void)
{
        bool unloaded = true;

        for (size_t i = 0; i < program_count; i++)
                unloaded &= program_unload(&programs[i]);
        unloaded &= files_end();
        if (pool_out() == 0) {
                say_line("every page has come back.");
                return unloaded;
        }
        say_number(pool_out());
        say_line(" pages have not come back.");
        return false;
}

void
client_end(void)
{
        bool well = true;

        if (fine) {
                say_line("they run, by turns:");
                well = run_all(programs, program_count);
                fine = refuse_others();
        }
        fine &= unload_all();
        if (!fine)
                say_line("H broke a promise.");
        else
                say_line(well ? "H kept its promises."
                              : "Not every program has ended well.");
}
