# SPDX-License-Identifier: MIT
"""The eleven laws of H hold, on the machine, and each of them sees a mistake that
breaks it. `make soak ONLY=laws` tries them with more seeds."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from conftest import ROOT

from h4.course import Course
from h4.release import _INSTRUCTORS
from h4.stage import Stage, StageBuilder
from h4.trials import LAW_NAMES, LAWS, PROGRAMS, Law, stage_of, try_laws

SEED = 1
CASES = {"bochs": 10, "qemu": 30}
MUTANT_CASES = 20


@dataclass(frozen=True)
class Mistake:
    """A text of H that is replaced by another one, and the law that sees it."""

    law: str
    file: str
    text: str
    wrong: str


MISTAKES = {
    "an_unmapped_page_is_still_reached": Mistake(
        "pages_are_independent_locations",
        "kernel/table_entries.c",
        "span.first[i] = 0;\n        tlb_invalidate(pages);\n",
        "span.first[i] = 0;\n",
    ),
    "rights_that_are_gone_still_count": Mistake(
        "entries_are_independent_locations",
        "kernel/table_entries.c",
        "span.first[i] = (span.first[i] & kept) | rights;\n"
        "        tlb_invalidate(pages);\n",
        "span.first[i] = (span.first[i] & kept) | rights;\n",
    ),
    "a_new_map_keeps_what_its_page_held": Mistake(
        "fresh_maps_are_empty",
        "h/pagemap.c",
        "memcpy(directory, h_state.reference_entries, PAGE_SIZE);",
        "memcpy(directory + USER_ENTRIES,\n"
        "               h_state.reference_entries + USER_ENTRIES,\n"
        "               PAGE_SIZE - USER_ENTRIES * sizeof(pde_t));",
    ),
    "mapping_clears_the_page": Mistake(
        "maps_do_not_depend_on_memory",
        "h/add_mapping.c",
        "        *table_used = seen.value != 0;\n",
        "        *table_used = seen.value != 0;\n"
        "        h_write_kernel_mapping((struct h_kernel_mapping){ 0, 1 },\n"
        "                               first_frame(target).value / 4, 0);\n",
    ),
    "mapping_leaves_a_note_in_a_device": Mistake(
        "ports_do_not_depend_on_memory_or_maps",
        "h/add_mapping.c",
        "        *table_used = seen.value != 0;\n",
        "        *table_used = seen.value != 0;\n"
        "        h_out8(0x3FF, (uint8_t)rights);\n",
    ),
    "every_page_is_writable": Mistake(
        "execution_writes_only_where_it_may",
        "h/add_mapping.c",
        "        add_table_entries(table_seen(table), target.pages, "
        "first_frame(target),\n                          user_access(rights));",
        "        add_table_entries(table_seen(table), target.pages, "
        "first_frame(target),\n                          user_access(rights | H_W));",
    ),
    "an_unmapped_page_is_still_read": Mistake(
        "unmapped_memory_does_not_matter",
        "kernel/table_entries.c",
        "span.first[i] = 0;\n        tlb_invalidate(pages);\n",
        "span.first[i] = 0;\n",
    ),
    "a_new_map_shares_the_current_one_s_tables": Mistake(
        "other_maps_do_not_matter",
        "h/pagemap.c",
        "memcpy(directory, h_state.reference_entries, PAGE_SIZE);",
        "memcpy(directory, h_state.reference_entries, PAGE_SIZE);\n"
        "        if (machine_directory().value != h_state.reference.value)\n"
        "                memcpy(directory, table_seen(machine_directory()),\n"
        "                       USER_ENTRIES * sizeof(pde_t));",
    ),
    "a_program_runs_in_the_map_that_is_loaded": Mistake(
        "execution_leaves_other_maps_alone",
        "h/execute.c",
        "        machine_load(space->directory);\n",
        "        if (read_cr3() == h_state.reference.value)\n"
        "                machine_load(space->directory);\n",
    ),
    "whoever_writes_may_write": Mistake(
        "execution_leaves_mappings_and_rights",
        "h/execute.c",
        "        *out = interrupt_decode(vector, code, execution.fault_address);\n",
        "        *out = interrupt_decode(vector, code, execution.fault_address);\n"
        "        enum h_error h_modify_mapping(struct h_pagemap, struct h_vfpage,\n"
        "                                      unsigned);\n"
        "        if (out->present && out->write)\n"
        "                h_modify_mapping(pagemap, h_vfpage(out->address, 12),\n"
        "                                 H_R | H_W);\n",
    ),
    "a_mark_that_was_taken_does_not_come_back": Mistake(
        "what_changed_was_writable_and_is_dirty",
        "h/reference_bits.c",
        "        if (marks != 0)\n                tlb_invalidate(range.pages);\n",
        "",
    ),
}


@pytest.fixture(scope="module")
def stage(builder: StageBuilder) -> Stage:
    return stage_of(builder, LAWS)


@pytest.mark.parametrize("emulator", CASES)
def test_the_laws_hold(stage: Stage, emulator: str) -> None:
    assert not stage.warnings
    found = try_laws(stage, SEED, CASES[emulator], emulator=emulator)
    assert found == [Law(name, SEED, CASES[emulator]) for name in LAW_NAMES]


def test_a_case_is_the_same_alone(stage: Stage) -> None:
    alone = try_laws(stage, SEED + 3, 1, LAW_NAMES.index("other_maps_do_not_matter"))
    assert alone == [Law("other_maps_do_not_matter", SEED + 3, 1)]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_law_sees_what_breaks_it(name: str, builder: StageBuilder) -> None:
    mistake = MISTAKES[name]
    text = (ROOT / mistake.file).read_text()
    assert text.count(mistake.text) == 1, "the mistake cannot be put in"
    wrong = {mistake.file: text.replace(mistake.text, mistake.wrong)}
    stage = stage_of(builder, LAWS, wrong)
    number = LAW_NAMES.index(mistake.law)
    found = try_laws(stage, SEED, MUTANT_CASES, number)[-1]
    assert found.name == mistake.law
    assert found.broken and not found.broken.startswith("the machine"), found
    # What is named is one case, and can be had again.
    assert try_laws(stage, found.seed, 1, number)[-1] == found


def test_each_law_sees_a_mistake() -> None:
    assert {mistake.law for mistake in MISTAKES.values()} == set(LAW_NAMES)


@pytest.mark.parametrize("name", [LAWS, PROGRAMS])
def test_the_stages_are_no_part_of_what_is_graded(name: str) -> None:
    course = Course(ROOT)
    lab = course.lab_with(name)
    folder = course.own_stage(lab, name)
    own = course.own_stage_files(lab, name)
    assert own and all((ROOT / path).is_file() for path in own)
    for ordinary in (course.units(lab), course.stage_tree(lab), course.given):
        assert not [path for path in ordinary if path.startswith(folder)]
    assert [path for path in own if path.endswith(".c")] == [
        path for path in course.units(lab, name) if path.startswith(lab.folder)
    ]
    assert "grader/h4/trials.py" in _INSTRUCTORS
