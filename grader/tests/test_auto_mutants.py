# SPDX-License-Identifier: MIT
"""Mistakes made by rule: their names, what is known of them, and what becomes of them."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import ROOT
from pytest import MonkeyPatch

from h4.auto_command import check_entries, sample, twins_of_explained
from h4.auto_mutants import AutoMutant, Equivalent, arguments, mutants_of_text
from h4.auto_run import (
    BROKEN,
    KILLED,
    SAME,
    SURVIVED,
    TWIN,
    Bench,
    Fate,
    bench,
    judge_all,
)
from h4.course import Course
from h4.stage import StageBuilder

ARGUMENTS = ["-std=c11", "-ffreestanding"]

SMALL = """\
int f(int a, int b);
int f(int a, int b)
{
        // H4-BEGIN 1.1
        if (a)
                return 5;
        b += a;
        if (a)
                return 5;
        return b;
        // H4-STUB 1.1
        //| H4_TODO("1.1", a);
        // H4-END 1.1
}
"""


def small(text: str = SMALL) -> list[AutoMutant]:
    return mutants_of_text(text, "small.c", ARGUMENTS)


def test_names_outlive_other_changes() -> None:
    moved = SMALL.replace("        b += a;\n", "        b += a;\n        b += 9;\n")
    before = {re.sub(r":\d+:", ":", m.name) for m in small()}
    after = {re.sub(r":\d+:", ":", m.name) for m in small("// More.\n" + moved)}
    assert before < after
    assert len(before) == len(small())  # each of the two checks has a name of its own


def test_a_sample_follows_from_its_seed() -> None:
    every = small()
    one = sample(every, 4, 17)
    assert one == sample(small(), 4, 17)
    assert len(one) == 4
    assert [m for m in every if m in one] == one
    assert any(sample(every, 4, seed) != one for seed in range(5))
    assert sample(every, None, 17) == sample(every, 1000, 17) == every


def entry(mutant: AutoMutant, **other: object) -> Equivalent:
    edit = mutant.edit
    words = {
        "exercise": mutant.exercise, "file": mutant.file, "function": edit.function,
        "find": mutant.find, "becomes": mutant.becomes, "nth": mutant.nth,
        "reason": "nobody can see it",
    }  # fmt: skip
    return Equivalent(**(words | other))  # type: ignore[arg-type]


def test_entries_are_held_against_what_is() -> None:
    every = small()
    fates = {mutant: Fate(SURVIVED) for mutant in every}
    for mutant, status in zip(every[1:], (KILLED, SAME, TWIN, BROKEN)):
        fates[mutant] = Fate(status, "some_test" if status == KILLED else "")
    entries = [entry(mutant) for mutant in every[:5]]
    entries += [entry(every[0]), entry(every[0], becomes="b = 1;"), entry(every[0], nth=9)]
    found = check_entries(entries, every, fates)
    assert list(found.explained) == [every[0]]
    assert found.survivors == every[5:]
    parts = (
        "some_test sees it", "same code of it", "explain that one", "does not compile",
        "twice", "no such mutant", "number 9",
    )  # fmt: skip
    assert len(found.problems) == 7
    for part in parts:
        assert any(part in problem for problem in found.problems), part
    assert not found.good


class Codes(Bench):
    """A bench that knows of each mutant's code and compiles nothing."""

    def __init__(self, codes: dict[str, str]) -> None:
        self.codes = codes

    def compiled(self, file: str, text: str) -> str:
        assert file == "small.c"
        return self.codes[text]


def test_a_twin_of_an_explained_one_that_was_not_drawn() -> None:
    """A sample without the explained mutant has its twin: that is no survivor."""
    explained, twin, other, killed, same = small()[:5]
    every = [explained, twin, other, killed, same]
    codes = {m.mutated: "code" for m in every} | {other.mutated: "else"}
    place, entries = Codes(codes), [entry(explained)]
    drawn = {m: Fate(SURVIVED) for m in (twin, other)}
    drawn |= {killed: Fate(KILLED, "some_test"), same: Fate(SAME)}
    found = twins_of_explained(place, every, entries, drawn)
    assert found == {twin: Fate(TWIN)}
    assert check_entries(entries, every, drawn | found).survivors == [other]
    # Drawn, it is judged itself; without a reason, or killed, its twin is no twin.
    drawn[explained] = Fate(SURVIVED)
    assert twins_of_explained(place, every, entries, drawn) == {}
    assert twins_of_explained(place, every, [], {twin: Fate(SURVIVED)}) == {}
    # What survives with a reason of its own stays explained.
    entries.append(entry(twin))
    assert twins_of_explained(place, every, entries, {twin: Fate(SURVIVED)}) == {}


def test_when_all_is_good() -> None:
    every = small()
    fates = {mutant: Fate(KILLED, "some_test") for mutant in every}
    assert check_entries([], every, fates).good
    fates[every[0]] = Fate(SURVIVED)
    assert not check_entries([], every, fates).good
    assert check_entries([entry(every[0])], every, fates).good
    assert not check_entries([entry(every[1])], every, fates).good


FILE, EXERCISE = "kernel/serial.c", "0.1"
PLANTED = """\
        volatile int unseen = 5;

        switch (unseen) {
        case 7:
        case 8:
                break;
        }
        if (20 > 30)
                return;
"""


def planted() -> list[AutoMutant]:
    """Mutants of the first function of lab 0, in which more is written than is due."""
    text = (ROOT / FILE).read_text()
    marker = f"        // H4-BEGIN {EXERCISE}\n"
    assert marker in text
    text = text.replace(marker, marker + PLANTED, 1)
    return mutants_of_text(text, FILE, arguments(ROOT, FILE))


def only(mutants: list[AutoMutant], find: str, becomes: str) -> AutoMutant:
    found = [m for m in mutants if (m.find, m.becomes) == (find, becomes)]
    assert len(found) == 1, (find, [(m.find, m.becomes) for m in mutants])
    return found[0]


def test_one_exercise(course: Course, tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    """Of lab 0, on the machine: what becomes of each kind, and that it is known
    afterwards."""
    every = planted()
    unseen, check = "volatile int unseen = 5;", "if (20 > 30)"
    high = "outb(COM1 + UART_DIVISOR_HIGH, 0);"
    expected = {
        only(every, unseen, "volatile int unseen = 6;"): SURVIVED,
        only(every, "case 7:", "case 8:"): BROKEN,
        only(every, check + " return;", "{}"): SAME,
        only(every, check, "if (20 < 30)"): TWIN,  # of the one that comes first
        only(every, high, "{}"): KILLED,
        only(every, high, high.replace("0", "1")): KILLED,
        only(every, check, "if (!(20 > 30))"): KILLED,
    }
    mutants = [mutant for mutant in every if mutant in expected]
    # Objects are shared with all other tests, results are not.
    (ROOT / "build/objects").mkdir(parents=True, exist_ok=True)
    (tmp_path / "objects").symlink_to(ROOT / "build/objects")
    builder = StageBuilder(course, tmp_path)
    said: list[str] = []
    with bench(builder, course.lab(0)) as place:
        fates = judge_all(place, mutants, said.append)
    came = {mutant.name: fate.status for mutant, fate in fates.items()}
    assert came == {mutant.name: status for mutant, status in expected.items()}
    tests = {t.name for t in course.lab(0).tests_of(course.exercise(EXERCISE))}
    for fate in fates.values():
        assert (fate.by in tests) == (fate.status == KILLED)
    assert said.count("compiled") == len(mutants)

    def no_boot(*_: object) -> Fate:
        raise AssertionError("booted once more")

    monkeypatch.setattr(Bench, "_boot", no_boot)
    with bench(builder, course.lab(0)) as place:
        assert judge_all(place, mutants, said.append) == fates
