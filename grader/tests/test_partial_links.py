# SPDX-License-Identifier: MIT
"""Stages that are linked in parts (h4/partial_links.py) are those that a verdict would
be given on, and what does not link is said in the same words."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from conftest import ROOT
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from h4.course import Course
from h4.partial_links import PartialLinks
from h4.stage import Recipe, StageBuilder

# Their symbols stand in another order.
OF_SYMBOLS = (".symtab", ".strtab")


def sections(image: Path) -> dict[str, tuple[object, ...]]:
    """Where each is, and what it holds."""
    with image.open("rb") as stream:
        return {
            section.name: (section["sh_addr"], section["sh_size"], section.data())
            for section in ELFFile(stream).iter_sections()
            if section.name not in OF_SYMBOLS
        }


def headers(image: Path) -> list[dict[str, object]]:
    with image.open("rb") as stream:
        return [dict(segment.header) for segment in ELFFile(stream).iter_segments()]


def symbols(image: Path) -> list[tuple[str, str]]:
    with image.open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".symtab")
        assert isinstance(table, SymbolTableSection)
        return sorted(
            (one.name, repr({k: v for k, v in one.entry.items() if k != "st_name"}))
            for one in table.iter_symbols()
        )


def changed(course: Course, path: str) -> dict[str, str]:
    """A file with one more function, which moves what lies behind it."""
    more = "\nunsigned one_more(unsigned n);\n\nunsigned\none_more(unsigned n)\n{\n"
    return {path: course.text(path) + more + "        return n * n + 5;\n}\n"}


class Watched(PartialLinks):
    """One that tells what was linked last."""

    linked: list[Path]

    def in_parts(self, objects: list[Path], always: Collection[Path]) -> list[Path]:
        self.linked = super().in_parts(objects, always)
        return self.linked


@pytest.fixture
def watched(course: Course) -> Watched:
    return Watched(course, ROOT / "build")


@pytest.mark.parametrize("number", [1, 6])
def test_the_image_is_the_same(
    course: Course, builder: StageBuilder, watched: Watched, number: int
) -> None:
    lab = course.lab(number)
    recipe = Recipe(texts=changed(course, lab.exercise_files[0]), jobs=1)
    whole, parts = (one.stage(lab, recipe).path for one in (builder, watched))
    assert whole and parts and whole != parts
    assert len(watched.linked) == 3  # what is before it, the file, what is behind it
    assert sections(parts) == sections(whole)
    assert headers(parts) == headers(whole)
    assert symbols(parts) == symbols(whole)
    assert "one_more" in {name for name, _ in symbols(parts)}


# A function that nobody has, one that somebody else has.
@pytest.mark.parametrize("body", ["nobody_has_this()", "0; }\nvoid panic(void) {"])
def test_what_does_not_link_is_said_as_ever(
    course: Course, builder: StageBuilder, watched: Watched, body: str
) -> None:
    lab = course.lab(1)
    path = lab.exercise_files[0]
    text = (
        "int nobody_has_this(void);\nint one_more(void);\n"
        f"int one_more(void) {{ return {body}; }}\n"
    )
    recipe = Recipe(texts={path: course.text(path) + text}, jobs=1)
    told = [one.stage(lab, recipe).failures for one in (builder, watched)]
    assert told[0] and told[0] == told[1]


def test_other_compilers_link_all_files(course: Course, watched: Watched) -> None:
    watched.linked = []
    watched.stage(course.lab(1), Recipe(compiler="clang"))
    assert not watched.linked
