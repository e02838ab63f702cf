# SPDX-License-Identifier: MIT
"""Mistakes in the machine of outside_memory.py: what is changed, the rule that is broken
by it, and what the student is told."""

from __future__ import annotations

from collections.abc import Callable

from outside_memory import (
    AT_0, AT_1, AT_SUPERPAGE, AT_UTCB, CLIENT_TABLE, CONTEXTS, FREE_PAGE, GLOBAL,
    IMAGE_TABLE, INTERFACE, LARGE, MAP_TABLE, NOT_INSTALLED, OTHER, OTHER_TABLE,
    PAGE_0, PAGE_1, REFERENCE, SLOTS, SPACE, SPACE_TABLE, STATUS, SUPERPAGE, TABLE,
    UTCB, Memory, P, U, W,
)  # fmt: skip


def in_memory(m: Memory) -> None:
    m.cr3 = 0x7F000000


def writable_code(m: Memory) -> None:
    m.bits(IMAGE_TABLE, 0x101, W)


def open_kernel(m: Memory) -> None:
    m.bits(IMAGE_TABLE, 0x101, U)
    m.bits(REFERENCE, 768, U)
    m.bits(SPACE, 768, U)
    m.bits(OTHER, 768, U)


def guard_is_mapped(m: Memory) -> None:
    frame = m.symbol("boot_stack_guard")
    m.entry(IMAGE_TABLE, frame >> 12, frame | P | W)


def moved_image(m: Memory) -> None:
    m.entry(IMAGE_TABLE, 0x102, FREE_PAGE | P)


def moved_environment(m: Memory) -> None:
    m.entry(MAP_TABLE, 2, FREE_PAGE | P | W)


def open_environment(m: Memory) -> None:
    m.bits(MAP_TABLE, 3, U)
    for directory in (REFERENCE, SPACE, OTHER):
        m.bits(directory, 769, U)


def kernel_halves_differ(m: Memory) -> None:
    m.entry(OTHER, 1000, MAP_TABLE | P | W)


def reserved_bit(m: Memory) -> None:
    m.bits(SPACE, AT_SUPERPAGE >> 22, 0x2000)


def beyond_memory(m: Memory) -> None:
    m.entry(SPACE_TABLE, AT_0 >> 12, 0x1F000000 | P | W | U)


def undefined_status(m: Memory) -> None:
    m.status(FREE_PAGE, -7)


def marks_left(m: Memory) -> None:
    m.word(STATUS + FREE_PAGE // 4096 * 4, 1 << m.layouts["page"].at("unused").shift)


def kernel_page_is_free(m: Memory) -> None:
    m.status(STATUS, 0)


def current_is_no_directory(m: Memory) -> None:
    m.status(SPACE, 0)


def handle_of_no_directory(m: Memory) -> None:
    m.status(OTHER, 0)


def reference_maps_user_space(m: Memory) -> None:
    m.entry(REFERENCE, 3, SUPERPAGE | P | W | U | LARGE)


def table_is_normal(m: Memory) -> None:
    m.status(OTHER_TABLE, 0)


def shared_table(m: Memory) -> None:
    m.entry(OTHER, 5, SPACE_TABLE | P | W | U)


def kernels_table(m: Memory) -> None:
    m.entry(OTHER, 5, MAP_TABLE | P | W | U)


def environment_is_mapped(m: Memory) -> None:
    m.entry(SPACE_TABLE, AT_0 >> 12, STATUS | P | W | U)


def table_is_mapped_for_user(m: Memory) -> None:
    m.entry(SPACE_TABLE, AT_0 >> 12, OTHER_TABLE | P | W | U)


def not_installed_is_mapped(m: Memory) -> None:
    m.status(PAGE_0, NOT_INSTALLED)


def superpage_over_a_table(m: Memory) -> None:
    m.status(SUPERPAGE + 0x5000, TABLE, 1)


def count_too_low(m: Memory) -> None:
    m.status(PAGE_1, 1)


def count_too_high(m: Memory) -> None:
    m.status(FREE_PAGE, 1)


def count_of_a_superpage(m: Memory) -> None:
    m.status(SUPERPAGE + 0x3FF000, 2)


def stale_entry(m: Memory) -> None:
    m.entry(SPACE_TABLE, 9, FREE_PAGE | P | U)


def entries_too_many(m: Memory) -> None:
    m.status(SPACE_TABLE, TABLE, 5)


def empty_table(m: Memory) -> None:
    m.status(FREE_PAGE, TABLE, 0)
    m.entry(CLIENT_TABLE, 7, FREE_PAGE | P | W)


def global_user_entry(m: Memory) -> None:
    m.bits(SPACE_TABLE, AT_0 >> 12, GLOBAL)


def kernels_entry_in_user_space(m: Memory) -> None:
    m.bits(SPACE_TABLE, AT_0 >> 12, U)


def unseen_table(m: Memory) -> None:
    m.entry(CLIENT_TABLE, 1, 0)


def open_view(m: Memory) -> None:
    m.bits(CLIENT_TABLE, 1, U)


def read_only_view(m: Memory) -> None:
    m.bits(CLIENT_TABLE, 1, W)


def directory_is_left(m: Memory) -> None:
    m.put("pagemap_slot", SLOTS + 4 * 16, {"generation": 0})


def space_is_freed(m: Memory) -> None:
    m.put("space", m.place("space", 1), {"pagemap.generation": 99})


def two_spaces_are_one(m: Memory) -> None:
    m.put("space", m.place("space", 1), {"pagemap.slot": 3, "pagemap.generation": 10})


def context_is_anothers(m: Memory) -> None:
    m.put("context_slot", CONTEXTS + 256, {"space": m.seen(SLOTS) + 4 * 16})


def context_is_stale(m: Memory) -> None:
    m.put("thread", m.place("thread"), {"context.generation": 5})


def utcb_is_elsewhere(m: Memory) -> None:
    m.entry(SPACE_TABLE, AT_UTCB >> 12, FREE_PAGE | P | W | U)
    m.status(UTCB, 1)
    m.status(FREE_PAGE, 1)


def utcb_is_read_only(m: Memory) -> None:
    m.bits(SPACE_TABLE, AT_UTCB >> 12, W)


def interface_is_written(m: Memory) -> None:
    m.bits(OTHER_TABLE, 3, W)


def interface_is_missing(m: Memory) -> None:
    m.entry(OTHER_TABLE, 3, 0)
    m.status(OTHER_TABLE, TABLE, 1)
    m.status(INTERFACE, 1)


def mapping_of_other_memory(m: Memory) -> None:
    m.put("mapping", m.mapping(0), {"frame": FREE_PAGE})


def mapping_that_is_gone(m: Memory) -> None:
    m.entry(SPACE_TABLE, AT_0 >> 12, 0)
    m.status(SPACE_TABLE, TABLE, 3)
    m.status(PAGE_0, 0)


def mapping_in_no_space(m: Memory) -> None:
    m.put("mapping", m.mapping(0), {"space": m.seen(m.mapping(0))})


def superpage_by_halves(m: Memory) -> None:
    m.put("mapping", m.mapping(3), {"broken": 1, "left": 1023})


def rights_grow(m: Memory) -> None:
    m.bits(SPACE_TABLE, AT_1 >> 12, W)
    m.bits(OTHER_TABLE, AT_1 >> 12, W)


def mapping_unknown_to_l4(m: Memory) -> None:
    m.put("mapping", m.mapping(0), {"space": 0})


# What is wrong, the rule that says so, and what the student is told.
WRONG: list[tuple[Callable[[Memory], None], str, str]] = [
    (in_memory, "memory", "0x7f000000 is in use as a page-directory"),
    (writable_code, "image", "0xc0101000: the kernel's code and constants can be written"),
    (open_kernel, "image", "a program can reach the kernel"),
    (guard_is_mapped, "image", "the page below the kernel's stack is mapped"),
    (moved_image, "image", "page 0x00740000 is mapped there, and not 0x00102000"),
    (moved_environment, "environment", "environment page 0x00602000 is not mapped there"),
    (open_environment, "own", "a program can reach page 0x00603000, in kernel space"),
    (kernel_halves_differ, "agree", "page-directory 0x00702000, address 0xfa000000"),
    (reserved_bit, "entries", "has a reserved bit set"),
    (beyond_memory, "entries", "page 0x1f000000 is no memory of this machine"),
    (undefined_status, "statuses", "page 0x00740000: its status says -7"),
    (marks_left, "statuses", "its unused bits are 1"),
    (kernel_page_is_free, "kernels", "page 0x00600000 is the kernel's own"),
    (current_is_no_directory, "directories", "the processor runs on it (CR3)"),
    (handle_of_no_directory, "directories", "a handle names it as an address space"),
    (reference_maps_user_space, "reference", "the reference directory maps 0x00c00000"),
    (table_is_normal, "pointers", "page 0x00703000 is in use there as a page-table"),
    (shared_table, "shared", "page-table 0x00701000 stands in two places"),
    (kernels_table, "shared", "page-table 0x00608000 is the kernel's own"),
    (environment_is_mapped, "reach", "the kernel has it for itself"),
    (table_is_mapped_for_user, "reach", "where programs reach it"),
    (not_installed_is_mapped, "reach", "and its status says not installed"),
    (superpage_over_a_table, "reach", "mapped at 0x10005000 of the space 0x00700000"),
    (count_too_low, "counts", "page 0x00705000: its status says normal(1), and the "
     "page-tables map it 2 times: at 0x00002000 of the space 0x00700000, at 0x00002000 of "
     "the space 0x00702000"),
    (count_too_high, "counts", "says normal(1), and the page-tables map it nowhere"),
    (count_of_a_superpage, "counts", "page 0x00bff000: its status says normal(2), and the "
     "page-tables map it once: at 0x103ff000"),
    (stale_entry, "counts", "page 0x00740000: its status says normal(0), and the "
     "page-tables map it once"),
    (entries_too_many, "present", "its status says 5 entries, and 4 are present"),
    (empty_table, "present", "its status says 0 entries, and 0 are present"),
    (global_user_entry, "form", "by an entry with the bits 0x107"),
    (kernels_entry_in_user_space, "form", "by an entry with the bits 0x003"),
    (unseen_table, "views", "at 0 client-controlled addresses"),
    (open_view, "reach", "where programs reach it"),
    (read_only_view, "views", "where it is read-only"),
    (directory_is_left, "left", "page 0x00702000"),
    (space_is_freed, "spaces", "which is none: freed, or never made"),
    (two_spaces_are_one, "spaces", "two spaces that are both the space 0x00700000"),
    (context_is_anothers, "threads", "H runs its context in another one (slot 4)"),
    (context_is_stale, "threads", "a fault context that H does not have"),
    (utcb_is_elsewhere, "utcbs", "page 0x00707000, the page-table has page 0x00740000"),
    (utcb_is_read_only, "utcbs", "the program cannot write it"),
    (interface_is_written, "interface", "programs can write it"),
    (interface_is_missing, "interface", "nothing is mapped there"),
    (mapping_of_other_memory, "mapped", "L4's database has page 0x00740000"),
    (mapping_that_is_gone, "mapped", "the page-table has nothing"),
    (mapping_in_no_space, "mapped", "in a space that is none"),
    (superpage_by_halves, "broken", "1023 pages left of a superpage"),
    (rights_grow, "shrink", "it may be written at 0x00002000 of the space 0x00700000"),
    (mapping_unknown_to_l4, "known", "and L4 knows nothing of it"),
]  # fmt: skip
