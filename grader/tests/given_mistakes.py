# SPDX-License-Identifier: MIT
"""Mistakes in the operations of H that lab 3 gives, and which test in
grader/tests/given sees each."""

from __future__ import annotations

from dataclasses import dataclass

BOTH = ("bochs", "qemu")


@dataclass(frozen=True)
class Mistake:
    """`find` stands once in the file; `seen_by` is the test that must fail:
    on both machines where a mistake is about what their TLBs remember."""

    file: str
    find: str
    replace: str
    seen_by: str
    emulators: tuple[str, ...] = ("bochs",)


MISTAKES = {
    "window_stale": Mistake(
        "h/copy.c", "        tlb_invalidate_page(window);\n", "",
        "copy_windows_move", BOTH,
    ),
    "copy_over_the_page": Mistake(
        "h/copy.c",
        "                part = at_most(part, PAGE_SIZE - from_offset);\n", "",
        "copy_bytes_across_borders",
    ),
    "copy_by_words_where_it_overlaps": Mistake(
        "h/copy.c", "if (from->frame.value != to->frame.value) {", "{",
        "copy_bytes_that_overlap",
    ),
    "copy_border_wraps": Mistake(
        "h/copy.c", "address.value <= H_KERNEL_SPACE - bytes",
        "address.value + bytes <= H_KERNEL_SPACE",
        "copy_refuses_kernel_space",
    ),
    "copy_no_bytes_refused": Mistake(
        "h/copy.c", "address.value <= H_KERNEL_SPACE - bytes",
        "address.value < H_KERNEL_SPACE - bytes",
        "copy_bytes_at_the_ends_of_user_space",
    ),
    "copy_writes_what_is_read_only": Mistake(
        "h/copy.c", "ENTRY_USER | (write ? ENTRY_WRITE : 0)",
        "ENTRY_USER | (write ? 0 : 0)",
        "copy_bytes_as_far_as_rights_go",
    ),
    "copy_done_counts_too_early": Mistake(
        "h/copy.c",
        "                if (!find_page(into, at, true, &to_page))\n"
        "                        return H_READ_ONLY;\n",
        "                if (!find_page(into, at, true, &to_page)) {\n"
        "                        *done += 1;\n"
        "                        return H_READ_ONLY;\n"
        "                }\n",
        "copy_stops_where_nothing_can_be_written",
    ),
    "copy_done_left_alone": Mistake(
        "h/copy.c", "        *done = 0;\n", "", "copy_refuses_bad_handles",
    ),
    "copy_forgets_dirty": Mistake(
        "h/copy.c", "*to->entry |= ENTRY_ACCESSED | ENTRY_DIRTY;",
        "*to->entry |= ENTRY_ACCESSED;",
        "copy_sets_marks",
    ),
    "copy_source_dirty": Mistake(
        "h/copy.c", "*from->entry |= ENTRY_ACCESSED;",
        "*from->entry |= ENTRY_ACCESSED | ENTRY_DIRTY;",
        "marks_of_copying_are_taken",
    ),
    "copy_first_page_of_superpage": Mistake(
        "h/copy.c",
        "                frame = (*entry & ENTRY_SUPERPAGE_FRAME) |\n"
        "                        (address.value & ENTRY_FRAME & (SUPERPAGE_SIZE - 1));",
        "                frame = *entry & ENTRY_SUPERPAGE_FRAME;",
        "copy_bytes_of_superpages",
    ),
    "copy_asks_for_reading": Mistake(
        "h/copy.c", "(*entry & needed) != needed)",
        "(*entry & needed) != needed ||\n"
        "            !(*entry & (ENTRY_ASKED_READ | ENTRY_WRITE)))",
        "copy_bytes_as_far_as_rights_go",
    ),
    "word_not_accessed": Mistake(
        "h/copy.c", "        *page.entry |= ENTRY_ACCESSED;\n", "",
        "user_words_that_are_read_are_accessed",
    ),
    "word_not_aligned": Mistake(
        "h/copy.c", " || address.value % 4 != 0", "", "user_word_refuses",
    ),
    "split_not_counted": Mistake(
        "h/superpage.c", "        table_count_entries(frame, TABLE_ENTRIES);\n", "",
        "split_maps_the_same",
    ),
    "split_at_another_place": Mistake(
        "h/superpage.c", "superpage & ~ENTRY_SUPERPAGE;",
        "(superpage & ~ENTRY_SUPERPAGE) ^ PAGE_SIZE;",
        "operations_in_any_order",
    ),
    "split_pages_fresh": Mistake(
        "h/superpage.c", "superpage & ~ENTRY_SUPERPAGE;",
        "superpage & ~(ENTRY_SUPERPAGE | ENTRY_ACCESSED | ENTRY_DIRTY);",
        "split_maps_the_same",
    ),
    "split_of_a_table": Mistake(
        "h/superpage.c", "!pde_is_superpage(*entry)", "!entry_is_present(*entry)",
        "split_refuses_what_is_no_superpage",
    ),
    "split_asks_too_late": Mistake(
        "h/superpage.c",
        "        if (error != H_OK)\n                return error;\n\n"
        "        page_make_table(frame);\n",
        "        if (error == H_ADDRESS_USED)\n"
        "                page_make_table(paddr(table.page.pages.word - PAGE_LOG2));\n"
        "        if (error != H_OK)\n                return error;\n\n"
        "        page_make_table(frame);\n",
        "split_refuses_pages",
    ),
    "marks_stay_in_the_tlb": Mistake(
        "h/reference_bits.c", "                tlb_invalidate(range.pages);",
        "                (void)0;",
        "marks_are_taken_and_come_again", BOTH,
    ),
    "marks_of_reading_stay_in_the_tlb": Mistake(
        "h/reference_bits.c", "if (marks != 0)", "if (marks & ENTRY_DIRTY)",
        "marks_are_taken_and_come_again", BOTH,
    ),
    "marks_of_entries_not_present": Mistake(
        "h/reference_bits.c", "if (entry_is_present(row.first[i])) {", "{",
        "marks_of_what_is_not_mapped",
    ),
    "marks_of_a_part_of_a_superpage": Mistake(
        "h/reference_bits.c", "if (user_range_in_superpage(range))", "if (false)",
        "marks_refuse",
    ),
    "port_behind_a_range": Mistake(
        "h/port.c", "port + (bytes - 1) <= lent[i].last", "port <= lent[i].last",
        "ports_that_are_not_lent",
    ),
    "port_one_too_many": Mistake(
        "h/port.c", "{ 0x0060, 0x0060 }", "{ 0x0060, 0x0061 }",
        "ports_that_are_not_lent",
    ),
    "port_half_a_word": Mistake(
        "h/port.c", "        outl(port, value);",
        "        outw(port, (uint16_t)value);",
        "ports_carry_sectors",
    ),
    "port_reset_by_the_keyboard": Mistake(
        "h/port.c", "command >= 0xF0;", "command == 0xFE;",
        "ports_no_command_resets_the_machine",
    ),
    "regions_fill_the_room": Mistake(
        "h/configuration.c", "region_table.count > capacity",
        "region_table.count >= capacity",
        "regions_are_the_clients_memory",
    ),
    "addresses_one_page_more": Mistake(
        "h/configuration.c", "(h_state.client_pages * PAGE_SIZE - 1)",
        "(h_state.client_pages * PAGE_SIZE)",
        "addresses_are_the_clients",
    ),
    "heap_one_page_more": Mistake(
        "h/configuration.c", "(environment.heap.end - environment.heap.first)",
        "(environment.heap.end - environment.heap.first + 1)",
        "heap_is_the_clients",
    ),
    "module_entry_of_no_program": Mistake(
        "h/modules.c", ".entry = executable ? entry : 0,", ".entry = entry,",
        "modules_are_described",
    ),
    "module_segment_longer_than_the_file": Mistake(
        "h/modules.c",
        "               within(segment->offset, segment->file_bytes, file_bytes) &&\n",
        "               file_bytes > 0 &&\n",
        "modules_are_looked_at_each_time",
    ),
    "module_headers_behind_the_file": Mistake(
        "h/modules.c", "within(header->segments, table_bytes, file_bytes)",
        "header->segments < file_bytes && table_bytes > 0",
        "modules_are_looked_at_each_time",
    ),
    "module_without_its_last_page": Mistake(
        "h/modules.c", "*count = split_module(pages, NULL);",
        "pages.end -= pages.end - pages.first > 1;\n"
        "        *count = split_module(pages, NULL);",
        "modules_have_regions",
    ),
    "measurement_of_the_last_time_only": Mistake(
        "h/measure.c", "sum.instructions +=", "sum.instructions =",
        "measurements_add_up",
    ),
    "measurement_never_started": Mistake(
        "h/measure.c", " || !measurements[number].running", "",
        "measurements_that_are_none",
    ),
    "text_without_an_end_of_line": Mistake(
        "h/debug.c", "        h_putch('\\n');\n", "", "text_is_on_line_and_screen",
    ),
    "text_not_on_the_screen": Mistake(
        "h/debug.c", "                console_putc_screen(*next);",
        "                (void)next;",
        "text_is_on_line_and_screen",
    ),
}  # fmt: skip
