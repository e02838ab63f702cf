// SPDX-License-Identifier: MIT
// All of memory, page by page, before some runs and after them: the same, but for
// what is an exception by name. Of tables, accessed and dirty do not count. The
// contracts are in random.h.
//
// Exceptions are either found here or named on the command line, by addresses of
// the kernel's image, where they belong to one file and C has no name for them.
#include "random.h"

#include <kernel/image.h>
#include <kernel/memory.h>
#include <kernel/panic.h>
#include <kernel/status.h>
#include <kernel/string.h>
#include <kernel/window.h>

static uint32_t
physical(const void *pointer)
{
        uint32_t address = (uint32_t)(uintptr_t)pointer;

        if (address >= ENVIRONMENT_BASE)
                return address - ENVIRONMENT_BASE +
                       environment.pages.first * PAGE_SIZE;
        return address - KERNEL_BASE;
}

static void
except(const void *begin, uint32_t bytes, const char *name, const char *reason)
{
        if (own.exception_count == EXCEPTIONS_MOST)
                panic("more than %u exceptions", EXCEPTIONS_MOST);
        own.exceptions[own.exception_count++] = (struct exception){
                physical(begin),
                physical(begin) + bytes,
                name,
                reason,
        };
}

// Two words in a slot: see h/internal/state.h.
static void
except_generation(const uint32_t *generation)
{
        except(generation, 2 * sizeof(*generation), "a slot",
               "how often a space was freed, or a buffer removed");
}

void
exceptions_begin(void)
{
        // Each run takes the first free contexts, and gives them back. So it is
        // with the spaces of a batch; each has the slot of the one before.
        const uint32_t context = execution.free_context;
        const uint32_t space = h_state.free_pagemap;

        except(&own, sizeof(own), "own", "the variables of this stage");
        except(boot_stack_bottom,
               (uint32_t)(boot_stack_top - boot_stack_bottom),
               "the kernel's stack", "every function leaves something there");
        except(&execution.contexts[context],
               SLOTS * sizeof(struct context_slot), "contexts",
               "the registers of the programs that ran");
        except(&execution.fpu_areas[context], SLOTS * sizeof(struct fpu_area),
               "floating-point units", "and what they had there");
        for (unsigned i = 0; i < SPACES; i++)
                except_generation(&h_state.pagemaps[space + i].generation);
        for (unsigned i = 0; i < BUFFERS; i++)
                except_generation(
                        &h_state.kernel_mappings[own.bound.buffers[i]
                                                         .mapping.slot]
                                 .generation);
}

static const char *
hexadecimal(const char *text, uint32_t *value)
{
        *value = 0;
        for (;; text++) {
                if (*text >= '0' && *text <= '9')
                        *value = *value << 4 | (uint32_t)(*text - '0');
                else if (*text >= 'a' && *text <= 'f')
                        *value = *value << 4 | (uint32_t)(*text - 'a' + 10);
                else
                        return text;
        }
}

void
exceptions_from(const char *list)
{
        uint32_t first, end;

        while (*list) {
                list = hexadecimal(list, &first);
                if (*list++ != '-')
                        panic("no list of exceptions");
                list = hexadecimal(list, &end);
                if (*list == '.')
                        list++;
                except((const void *)(uintptr_t)first, end - first,
                       "a variable of H", "named by the grader");
        }
}

static uint32_t
mix(uint32_t hash, uint32_t word)
{
        return (hash << 5 | hash >> 27) ^ word;
}

static bool
is_exception(uint32_t address)
{
        for (uint32_t i = 0; i < own.exception_count; i++)
                if (address + 4 > own.exceptions[i].first &&
                    address < own.exceptions[i].end)
                        return true;
        return false;
}

static bool
has_exception(uint32_t frame)
{
        for (uint32_t i = 0; i < own.exception_count; i++)
                if (frame + PAGE_SIZE > own.exceptions[i].first &&
                    frame < own.exceptions[i].end)
                        return true;
        return false;
}

static uint32_t
hash_plain(const uint32_t *words)
{
        uint32_t hash = 0;

        for (uint32_t i = 0; i < PAGE_SIZE / 4; i += 8) {
                hash = mix(hash, words[i]);
                hash = mix(hash, words[i + 1]);
                hash = mix(hash, words[i + 2]);
                hash = mix(hash, words[i + 3]);
                hash = mix(hash, words[i + 4]);
                hash = mix(hash, words[i + 5]);
                hash = mix(hash, words[i + 6]);
                hash = mix(hash, words[i + 7]);
        }
        return hash;
}

static uint32_t
hash_carefully(const uint32_t *words, uint32_t frame, uint32_t mask)
{
        uint32_t hash = 0;

        for (uint32_t i = 0; i < PAGE_SIZE / 4; i++)
                if (!is_exception(frame + 4 * i))
                        hash = mix(hash, words[i] & mask);
        return hash;
}

static uint32_t
hash_page(uint32_t number)
{
        const uint32_t frame = number * PAGE_SIZE;
        const int status = page_array.pages[number].status;

        if (status == STATUS_NOT_INSTALLED)
                return 0;
        const uint32_t *words = window_map(paddr(frame));
        if (status == STATUS_PAGE_TABLE || status == STATUS_PAGE_DIRECTORY)
                return hash_carefully(words, frame,
                                      ~(ENTRY_ACCESSED | ENTRY_DIRTY));
        if (has_exception(frame))
                return hash_carefully(words, frame, UINT32_MAX);
        return hash_plain(words);
}

// What programs may write to is as it was, and there is none; so are the random
// numbers.
static void
make_even(void)
{
        memset(own.pages[PAGE_CODE].template, 0, PAGE_SIZE);
        pages_reset();
        buffers_empty();
        random_from(own.seed, 0);
}

void
memory_note(void)
{
        make_even();
        if (page_array.count > PAGES_MOST)
                panic("random programs want a small machine");
        for (uint32_t i = 0; i < page_array.count; i++)
                own.hashes[i] = hash_page(i);
}

void
memory_check(void)
{
        make_even();
        for (uint32_t i = 0; i < page_array.count; i++)
                if (hash_page(i) != own.hashes[i])
                        broken("memory has changed in the page 0x%08x, %s",
                               i * PAGE_SIZE,
                               status_name(page_array.pages[i].status));
}
