# SPDX-License-Identifier: MIT
"""Names that a student's file gives to what is already there change no points."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from h4.control_flow import disassembled
from h4.course import Course
from h4.outside_ways import ways_of
from h4.stage import Recipe, StageBuilder
from h4.symbols import Image
from h4.ways_in_code import Code, Way

EXERCISE = """\
.globl kernel_read_only_begin, exercise
kernel_read_only_begin:
.type exercise, @function
exercise: ret
.size exercise, . - exercise
"""
TEST = """\
.globl kernel_read_only_end
.type test, @function
test: call exercise
point: nop
ret
.size test, . - test
.section .h4.tests, "a"
.long name, test
.section .rodata
name: .asciz "it"
kernel_read_only_end:
"""
BEGIN = 0xC0100000
VERSION = re.compile(r"right__|wrong_\d+__")
NAMES = {
    "of what checks call": ".globl h_strerror\n .set h_strerror, exercise\n",
    "of its own alone": ".set h_strerror, exercise\n",
    "of a test": ".globl second\n .type second, @function\n .size second, 1\n"
    f".set second, {BEGIN + 1:#x}\n",
}


def way(exercise: str, folder: Path) -> tuple[Way, dict[str, int]]:
    objects = []
    for name, text in (("exercise", exercise), ("test", TEST)):
        source = folder / f"{name}.s"
        source.write_text(f'.file "{name}.c"\n.text\n{text}')
        objects.append(source.with_suffix(".o"))
        subprocess.run(["as", "--32", source, "-o", objects[-1]], check=True)
    linked = folder / "kernel.elf"
    command = ["ld", "-m", "elf_i386", f"-Ttext={BEGIN:#x}", "-e", "0", "-o", linked]
    subprocess.run([*command, *objects], check=True)
    image = Image(linked)
    (found,) = ways_of(image).values()
    return found, image.addresses


@pytest.mark.parametrize("names", NAMES)
def test_other_names(names: str, tmp_path: Path) -> None:
    found, addresses = way(EXERCISE + NAMES[names], tmp_path)
    assert addresses["test"] == BEGIN + 1
    assert found.points[0] == addresses["point"]
    assert 0 in found.always


@pytest.mark.parametrize("lab", range(8))
def test_whatever_tests_call_says_how_large_it_is(
    builder: StageBuilder, course: Course, lab: int
) -> None:
    """Functions in assembly too: of others it is not known what they do. The versions of
    a function on which students' own tests are tried have no names but those of their
    own."""
    image = builder.stage(course.lab(lab), Recipe(jobs=1)).image
    begin, sizes = Code(image).calls.begin, image.function_sizes
    end = max(address + size for address, size in sizes.items())
    unknown = {
        image.function(one.target)
        for one in disassembled(image.path, begin, end)
        if one.calls and one.target and one.target >= begin and one.target not in sizes
        and not VERSION.match(image.function(one.address))
    }  # fmt: skip
    assert unknown == set()
