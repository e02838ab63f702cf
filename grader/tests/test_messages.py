# SPDX-License-Identifier: MIT
"""What students are told of typical mistakes: the tables in messages/, written by
`make mutants MESSAGES=grader/tests/messages` and read by a person."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

from h4.course import Course
from h4.endings import FAIL, Outcome
from h4.errors import GraderError
from h4.manifest import load_mutants
from h4.messages import MOST_LINES, Message, read_table, told, unclear
from h4.mutants import kill
from h4.stage import StageBuilder
from h4.symbols import Image, Place

TABLES = sorted((ROOT / "grader/tests/messages").glob("*.txt"))
AGAIN = (
    ("0-boot", "format-7-bits"),
    ("0-boot", "putc-adds-returns"),
    ("0-boot", "putc-waits-the-wrong-way"),
    ("0-boot", "guard-page-is-stack"),
    ("2-status", "boot-status-only"),
    ("3-handles", "free-stays-without-tables"),
    ("4-contexts", "gates-lines-left-out"),
    ("7-mapping", "walk-orphans"),
    # Hangs: of a loop, of user code, of what takes too long.
    ("1-paging", "split-wraps-at-the-top"),
    ("4-contexts", "execute-interrupts-hidden"),
    ("4-contexts", "execute-unit-never-told"),
    ("6-ipc", "redirectors-endless"),
    ("7-mapping", "mapping-ring-slow"),
    ("7-mapping", "walk-waits-for-other-children"),
    # Crashes in a table of cases.
    ("4-contexts", "execute-forced-too-late"),
    ("5-threads", "ready-replaced-alone"),
)


def table_of(name: str) -> list[Message]:
    return read_table((ROOT / f"grader/tests/messages/{name}.txt").read_text())


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_tables_are_of_mutants_that_there_are_and_clear(
    course: Course, path: Path
) -> None:
    """A mutant that is new may wait for the next time that the table is written."""
    lab = next(lab for lab in course.labs if Path(lab.folder).name == path.stem)
    table = read_table(path.read_text())
    killers = {m.name: m.killed_by for m in load_mutants(ROOT, lab)}
    assert table and len({m.mutant for m in table}) == len(table)
    assert not [m.mutant for m in table if killers.get(m.mutant) != m.test]
    assert not [f"{m.mutant}: {words}" for m in table for words in unclear(m)]


@pytest.mark.parametrize(("name", "mutant"), AGAIN, ids=[name for _, name in AGAIN])
def test_a_message_is_still_what_the_table_has(
    builder: StageBuilder, course: Course, name: str, mutant: str
) -> None:
    lab = next(lab for lab in course.labs if Path(lab.folder).name == name)
    entry = next(one for one in load_mutants(ROOT, lab) if one.name == mutant)
    test = next(test for test in lab.tests if test.name == entry.killed_by)
    now = told(mutant, kill(builder, lab, entry, [test]).outcomes[test.name])
    before = next(m for m in table_of(name) if m.mutant == mutant)
    assert (now.test, now.status) == (before.test, before.status)
    if "on COM1" in before.lines[0]:  # random text, which no pattern divides from words
        assert len(now.lines) == len(before.lines)
    else:
        assert now.wording == before.wording


def test_a_table_is_read_as_it_was_written(course: Course) -> None:
    test = course.lab(0).tests[0]
    place = Place(0xC0100000, "serial_init", "kernel/serial.c", 12)
    outcome = Outcome(test, FAIL, ["expected: 1\n", "found:    | \x1b[1m2"], [place])
    message = told("a-mutant", outcome)
    assert message.lines == ("expected: 1", "found:    | \\x1b[1m2", "in serial_init")
    empty = Message("another", test.name, FAIL, ())
    assert read_table(f"Head.\n\n{message}\n{empty}") == [message, empty]
    with pytest.raises(GraderError, match="is no entry"):
        read_table("Head.\n\na\n  b: fail\nc\n")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "says nothing"),
        (("the harness: missing ok",), "no student knows it"),
        (("0xc0100000",), "a number without a word"),
        (("17",), "a number without a word"),
        (("expected",) * (MOST_LINES + 1), "lines; at most"),
        (("x" * 400,), "characters; at most"),
        (("expected: 1", "found:    2"), ""),
    ],
)
def test_what_is_unclear(lines: tuple[str, ...], words: str) -> None:
    found = list(unclear(Message("m", "t", FAIL, lines)))
    assert (words in found[0] and len(found) == 1) if words else not found


def test_numbers_make_no_difference() -> None:
    one, other = (
        Message("m", "t", FAIL, (f"page 0x{n:08x} of {n} has a bad bed",)) for n in (7, 99)
    )
    assert one.wording == other.wording == ("page # of # has a bad bed",)


def test_a_divided_function_has_its_own_name(tmp_path: Path) -> None:
    """gcc puts what seldom happens into name.cold; a student has written no such thing."""
    names = ("plain", "divided", "divided.cold", "divided.part.0", "divided.constprop.1")
    source, image = tmp_path / "names.s", tmp_path / "names.elf"
    source.write_text("".join(
        f".type {n}, @function\n{n}: ret\n.size {n}, 1\n" for n in names
    ))  # fmt: skip
    plain = ["-m32", "-nostdlib", "-static", "-Wl,-Ttext=0xC0100000,-e,0xC0100000"]
    subprocess.run(["gcc", *plain, "-o", image, source], check=True)
    found = Image(image)
    begins = [found.address(name) for name in names]
    assert [p.function for p in found.places(begins)] == ["plain"] + ["divided"] * 4
    assert found.function(0x40000000) == "0x40000000, in user space"
