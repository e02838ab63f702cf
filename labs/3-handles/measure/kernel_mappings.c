// SPDX-License-Identifier: MIT
// Figures: the client's own mappings, and the words that go through them.
#include "measure.h"

static void
measure_life(unsigned log2_size)
{
        const struct h_region region = supply_memory(log2_size);
        const struct h_vfpage pages = supply_window(log2_size);
        const uint32_t count = 1u << (log2_size - H_PAGE_LOG2);
        struct h_kernel_mapping mapping;

        MEASURE("add_kernel_mapping", numbered("", count),
                h_add_kernel_mapping(region, pages, H_R | H_W, false,
                                     &mapping));
        MEASURE("remove_kernel_mapping", numbered("", count),
                h_remove_kernel_mapping(mapping));
}

static void
measure_access(struct h_kernel_mapping mapping)
{
        struct h_vfpage pages;
        struct h_region region;
        unsigned rights;
        uint32_t word;

        MEASURE("kernel_mapping_parts", "common",
                h_kernel_mapping_parts(mapping, &pages, &region, &rights));
        MEASURE("read_kernel_mapping", "common",
                h_read_kernel_mapping(mapping, 5, &word));
        MEASURE("write_kernel_mapping", "common",
                h_write_kernel_mapping(mapping, 5, word));
        MEASURE("read_word_at_offset", "common",
                h_read_word_at_offset(mapping, 5, &word));
        MEASURE("write_word_at_offset", "common",
                h_write_word_at_offset(mapping, 5, word));

        MEASURE("copy_words", "1", h_copy_words(mapping, 0, mapping, 8, 1));
        MEASURE("copy_words", "common",
                h_copy_words(mapping, 0, mapping, 1024, 1024));
        // Rows that overlap go word by word.
        MEASURE("copy_words", "overlapping",
                h_copy_words(mapping, 1, mapping, 0, 1024));
        MEASURE("copy_words", "worst",
                h_copy_words(mapping, 1, mapping, 0, 1u << 20));
}

void
measure_kernel_mappings(void)
{
        for (unsigned log2 = H_PAGE_LOG2; log2 <= MOST_LOG2; log2++)
                measure_life(log2);

        struct h_kernel_mapping mapping;
        done(h_add_kernel_mapping(supply_memory(MOST_LOG2),
                                  supply_window(MOST_LOG2), H_R | H_W, false,
                                  &mapping));
        measure_access(mapping);
        done(h_remove_kernel_mapping(mapping));
}
