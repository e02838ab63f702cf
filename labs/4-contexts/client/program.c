// SPDX-License-Identifier: MIT
#include "program.h"

#include "say.h"
#include "spaces.h"

#define COM1 0x3F8
#define COM1_LAST 0x3FF

void
program_says(const struct program *program)
{
        say("  ");
        say_visible(program->name);
        if (program->instance) {
                say(" ");
                say_number(program->instance);
        }
        say(": ");
}

static const struct elf_segment stack = {
        .address = STACK_END - STACK_PAGES * H_PAGE_SIZE,
        .memory_bytes = STACK_PAGES * H_PAGE_SIZE,
        .rights = H_R | H_W,
};

static uint32_t
first_page(const struct elf_segment *segment)
{
        return segment->address & ~(H_PAGE_SIZE - 1);
}

static uint32_t
page_count(const struct elf_segment *segment)
{
        uint32_t last = segment->address + (segment->memory_bytes - 1);

        return last / H_PAGE_SIZE - segment->address / H_PAGE_SIZE + 1;
}

// The bytes go through a mapping that allows writing; the program gets its rights
// when they are there.
static bool
load_segment(const struct program *program, const struct elf_segment *segment)
{
        struct h_vaddr to = { segment->address };
        struct h_vaddr from = { program->file.first.value + segment->offset };
        uint32_t pages = page_count(segment);
        uint32_t done;

        for (uint32_t i = 0; i < pages; i++) {
                struct h_vaddr page = { first_page(segment) + i * H_PAGE_SIZE };
                if (!space_add_page(program->space, page))
                        return false;
        }
        if (!worked("h_copy_user",
                    h_copy_user(program->space, to, files_space(), from,
                                segment->file_bytes, &done)))
                return false;
        for (uint32_t i = 0; i < pages; i++) {
                struct h_vaddr page = { first_page(segment) + i * H_PAGE_SIZE };
                if (!space_protect(program->space, page, segment->rights))
                        return false;
        }
        return true;
}

static bool
load_memory(struct program *program)
{
        if (!space_begin(&program->space))
                return false;
        for (size_t i = 0; i < program->elf.count; i++)
                if (!load_segment(program, &program->elf.segments[i]))
                        return false;
        return load_segment(program, &stack);
}

static bool
make_context(struct program *program)
{
        const struct h_port_range serial_line = { COM1, COM1_LAST };
        uint32_t registers[H_REGISTERS] = {
                [H_EAX] = program->instance,
                [H_EIP] = program->elf.entry,
                [H_ESP] = STACK_END,
        };

        if (!worked("h_alloc_fault_context",
                    h_alloc_fault_context(&program->context)) ||
            !worked("h_write_registers",
                    h_write_registers(program->context, registers)))
                return false;
        return !program->ports ||
               worked("h_set_ports",
                      h_set_ports(program->context, &serial_line, 1));
}

static void
say_loaded(const struct program *program)
{
        uint32_t pages = page_count(&stack);

        for (size_t i = 0; i < program->elf.count; i++)
                pages += page_count(&program->elf.segments[i]);
        program_says(program);
        say_number(program->file.bytes);
        say(" bytes in the file, ");
        say_number(pages);
        say(" pages with its stack, begins at ");
        say_hex(program->elf.entry);
        say_line("");
}

// Of a segment that was loaded in part, the first pages are there.
static void
unload_segment(const struct program *program, const struct elf_segment *segment)
{
        for (uint32_t i = 0; i < page_count(segment); i++) {
                struct h_vaddr page = { first_page(segment) + i * H_PAGE_SIZE };
                if (!space_take_page(program->space, page))
                        return;
        }
}

bool
program_unload(struct program *program)
{
        bool fine = true;

        program->running = false;
        if (program->context.generation)
                fine &= worked("h_free_fault_context",
                               h_free_fault_context(program->context));
        program->context = (struct h_fault_context){ 0 };
        if (program->space.generation) {
                for (size_t i = 0; i < program->elf.count; i++)
                        unload_segment(program, &program->elf.segments[i]);
                unload_segment(program, &stack);
                fine &= space_end(program->space);
        }
        program->space = (struct h_pagemap){ 0 };
        return fine;
}

bool
program_load(struct program *program)
{
        const struct elf_file file = { program->file.bytes, files_read,
                                       &program->file };
        enum elf_result result = elf_parse(&file, &program->elf);

        if (result != ELF_OK) {
                program_says(program);
                say("refused, ");
                say_line(elf_reason(result));
                return false;
        }
        if (!load_memory(program) || !make_context(program)) {
                program_says(program);
                say_line("could not be loaded");
                program_unload(program);
                return false;
        }
        say_loaded(program);
        program->running = true;
        return true;
}
