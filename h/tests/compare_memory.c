// SPDX-License-Identifier: MIT
// Comparing what memory holds, and which handles are good. See compare.h.
#include "compare.h"

#include <string.h>

#include <h/internal/state.h>

void
compare_handles(void)
{
        uint32_t live = 0;

        for (uint32_t i = 0; i < h_state.pagemap_count; i++) {
                const struct pagemap_slot *slot = &h_state.pagemaps[i];
                struct h_pagemap handle = { i, slot->generation };
                if (slot->generation != 0 && !model_pagemap(handle))
                        machine_stop("slot %u is in use, with generation %u", i,
                                     slot->generation);
                live += slot->generation != 0;
        }
        for (uint32_t i = 0; i < h_state.kernel_mapping_count; i++) {
                const struct kernel_mapping_slot *slot =
                        &h_state.kernel_mappings[i];
                struct h_kernel_mapping handle = { i, slot->generation };
                if (slot->generation != 0 && !model_mapping(handle))
                        machine_stop("the slot %u of a kernel mapping is in "
                                     "use, with generation %u",
                                     i, slot->generation);
                live += slot->generation != 0;
        }
        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++)
                live -= model.pagemaps[i].live;
        for (unsigned i = 0; i < MODEL_MAPPINGS; i++)
                live -= model.mappings[i].live;
        if (live != 0)
                machine_stop("a handle that is good has no slot");
}

void
compare_memory(void)
{
        for (uint32_t i = 0; i < MACHINE_PAGES; i++) {
                if (model.pages[i].status < 0 ||
                    !machine_touched(paddr(i * PAGE_SIZE)))
                        continue;
                const uint32_t *words = machine_frame(paddr(i * PAGE_SIZE));
                if (memcmp(words, model_memory[i], PAGE_SIZE) == 0)
                        continue;
                for (uint32_t word = 0; word < H_PAGE_WORDS; word++)
                        if (words[word] != model_memory[i][word])
                                machine_stop("word %u of page 0x%x is 0x%08x, "
                                             "not 0x%08x",
                                             word, i, words[word],
                                             model_memory[i][word]);
        }
}

void
compare_zeros(const uint32_t *pages, size_t count)
{
        static const uint32_t zeros[H_PAGE_WORDS];

        for (size_t i = 0; i < count; i++)
                if (memcmp(machine_frame(paddr(pages[i] * PAGE_SIZE)), zeros,
                           PAGE_SIZE) != 0)
                        machine_stop("page 0x%x comes back, and is not filled "
                                     "with zeros",
                                     pages[i]);
}
