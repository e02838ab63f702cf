// SPDX-License-Identifier: MIT
// Doing calls on kernel mappings, and what reads and writes memory. See run.h.
#include "compare.h"
#include "run.h"

#include <h/internal/state.h>

void
run_kernel_memory(const struct call *call)
{
        const struct h_region region = { { call->region } };
        const struct h_vfpage pages = { call->pages };
        struct h_kernel_mapping handle = run_mapping_of(call->handle[0]);
        struct h_kernel_mapping *in_model = NULL;
        refusals set;

        switch (call->kind) {
        case ADD_KERNEL_MAPPING:
                handle = (struct h_kernel_mapping){ UNTOUCHED, UNTOUCHED };
                set = model_add_kernel_mapping(region, pages, call->rights,
                                               call->flag, &in_model);
                if (!run_agree(h_add_kernel_mapping(region, pages, call->rights,
                                                    call->flag, &handle),
                               set)) {
                        run_same("the handle", handle.slot, UNTOUCHED);
                        return;
                }
                run_note_issued(handle.slot, handle.generation, OF_MAPPING);
                *in_model = handle;
                run_keep_mapping(call->number, handle);
                return;
        case REMOVE_KERNEL_MAPPING:
                set = model_remove_kernel_mapping(handle);
                if (run_agree(h_remove_kernel_mapping(handle), set) &&
                    handle.generation == UINT32_MAX)
                        model.mapping_slots--;
                return;
        case KERNEL_MAPPING_PARTS: {
                struct h_vfpage vpages = { UNTOUCHED },
                                vpages_in_model = vpages;
                struct h_region frames = { { UNTOUCHED } };
                struct h_region frames_in_model = frames;
                unsigned rights = UNTOUCHED, rights_in_model = rights;
                set = model_kernel_mapping_parts(handle, &vpages_in_model,
                                                 &frames_in_model,
                                                 &rights_in_model);
                run_agree(h_kernel_mapping_parts(handle, &vpages, &frames,
                                                 &rights),
                          set);
                run_same("the addresses", vpages.word, vpages_in_model.word);
                run_same("the region", frames.pages.word,
                         frames_in_model.pages.word);
                run_same("the rights", rights, rights_in_model);
                return;
        }
        default:
                return;
        }
}

void
run_words(const struct call *call)
{
        const struct h_kernel_mapping to = run_mapping_of(call->handle[0]);
        const struct h_kernel_mapping from = run_mapping_of(call->handle[1]);
        bool at_offset = call->kind == READ_WORD_AT_OFFSET ||
                         call->kind == WRITE_WORD_AT_OFFSET;
        uint32_t word = UNTOUCHED, word_in_model = UNTOUCHED;
        uint32_t offset = call->address[0];
        refusals set;

        switch (call->kind) {
        case READ_KERNEL_MAPPING:
        case READ_WORD_AT_OFFSET:
                set = model_read_word(to, offset, at_offset, &word_in_model);
                run_agree(at_offset ? h_read_word_at_offset(to, offset, &word)
                                    : h_read_kernel_mapping(to, offset, &word),
                          set);
                run_same("the word", word, word_in_model);
                return;
        case WRITE_KERNEL_MAPPING:
        case WRITE_WORD_AT_OFFSET:
                set = model_write_word(to, offset, at_offset, call->word);
                run_agree(at_offset ? h_write_word_at_offset(to, offset,
                                                             call->word)
                                    : h_write_kernel_mapping(to, offset,
                                                             call->word),
                          set);
                return;
        case COPY_WORDS:
                set = model_copy_words(to, offset, from, call->address[1],
                                       call->count);
                run_agree(h_copy_words(to, offset, from, call->address[1],
                                       call->count),
                          set);
                return;
        default:
                return;
        }
}

void
run_user_words(const struct call *call)
{
        const struct h_pagemap to = run_pagemap_of(call->handle[0]);
        const struct h_pagemap from = run_pagemap_of(call->handle[1]);
        const struct h_vaddr at = { call->address[0] };
        const struct h_vaddr in = { call->address[1] };
        uint32_t word = UNTOUCHED, word_in_model = UNTOUCHED;
        refusals set;

        switch (call->kind) {
        case COPY_USER:
                set = model_copy_user(to, at, from, in, call->count,
                                      &word_in_model);
                run_agree(h_copy_user(to, at, from, in, call->count, &word),
                          set);
                run_same("*done", word, word_in_model);
                return;
        case READ_USER_WORD:
                set = model_read_user_word(to, at, &word_in_model);
                run_agree(h_read_user_word(to, at, &word), set);
                run_same("the word", word, word_in_model);
                return;
        case RUN:
                if (model_pagemap(to)) {
                        run_answers[run_kind][H_OK]++;
                        model_run(model_pagemap(to)->directory);
                        machine_load(h_state.pagemaps[to.slot].directory);
                }
                return;
        case USER_READ:
        case USER_WRITE: {
                bool write = call->kind == USER_WRITE;
                uint32_t to_model = write ? call->word : UNTOUCHED;
                bool may = model_user_access(at, write, &to_model);
                word = write ? call->word : UNTOUCHED;
                const struct vaddr address = vaddr(at.value);
                bool did = write ? machine_user_write(address, word)
                                 : machine_user_read(address, &word);
                if (may != did)
                        machine_stop(did ? "is not stopped by a page fault"
                                         : "is stopped by a page fault");
                run_same("the word", word, to_model);
                run_answers[run_kind][may ? H_OK : H_NOT_MAPPED]++;
                return;
        }
        default:
                return;
        }
}
